"""Right and wrong answers for the Keras notebook; `trained` has its networks when they run."""

from textwrap import indent

ASSIGNMENT = "10-keras"

NAMES = {
    "keras-build": [
        ("stated_layers", "value"),
        ("stated_parameters", "value"),
        ("stated_trainable", "value"),
    ],
    "keras-train": [("signs_layers", "value"), ("signs_weights", "value")],
    "keras-transfer": [
        ("new_signs_layers", "value"),
        ("new_signs_weights", "value"),
        ("new_signs_trainable", "value"),
    ],
    "keras-grad-cam": [("grad_cam", "function")],
}

# --- build ---------------------------------------------------------------------------------------

STATED = """
def conv(filters, size, stride=1, padding="same", bias=False):
    return {"layer": "conv", "filters": filters, "kernel_size": size, "stride": stride,
            "padding": padding, "bias": bias}
bn, relu = {"layer": "batch_norm", "epsilon": 1e-3}, {"layer": "relu"}
wise = {"layer": "depthwise_conv", "kernel_size": 3, "stride": 1, "padding": "same", "bias": False}
pool, gap = {"layer": "max_pool", "pool_size": 2, "stride": 2}, {"layer": "global_avg_pool"}
last, dense = conv(32, 3, padding="valid", bias=True), {"layer": "dense", "units": 8, "bias": True}
first = [conv(12, 5, 2), bn, relu]
second, third = [wise, bn, relu], [conv(24, 1), bn, relu, pool]
fourth, fifth = [last, relu, gap], [dense]
"""
# By hand: kernels 900 + 108 + 288, batch norms 192, then 6,944 and 264.
TOTAL, LEARNED = 900 + 108 + 288 + 192 + 6944 + 264, 900 + 108 + 288 + 96 + 6944 + 264


def stated(
    layers="first + second + third + fourth + fifth", total=TOTAL, learned=LEARNED, before=""
) -> str:
    return (
        f"{STATED}\n{before}\nstated_layers = {layers}\n"
        f"stated_parameters, stated_trainable = {total!r}, {learned!r}"
    )


def stage(number: int, text: str) -> str:
    """The right network but for one stage."""
    names = ["first", "second", "third", "fourth", "fifth"]
    names[number] = text
    return stated(" + ".join(names))


# --- train and transfer --------------------------------------------------------------------------


def train(layers="layers", weights="weights", before="") -> str:
    return (
        f"import numpy as np\nlayers, weights = trained.signs()\n{before}\n"
        f"signs_layers, signs_weights = {layers}, {weights}"
    )


def transfer(weights="new", layers="new_layers", count=132, before="") -> str:
    return (
        "import numpy as np\nsigns_layers, signs_weights = trained.signs()\n"
        "new_layers, new = trained.signs(new=True)\n"
        f"{before}\nnew_signs_layers, new_signs_weights = {layers}, {weights}\n"
        f"new_signs_trainable = {count!r}"
    )


# Kernels, gamma, beta, mean, variance: the places of the arrays in an entry of the list.
MOVED = "[[*e[:2], e[2] + 0.1, e[3] * 1.1] if len(e) == 4 else e for e in new]"
LEARNT = "[[e[0] + 0.05 * (e[0].ndim == 4), *e[1:]] for e in new]"
SCALED = "[[e[0] * 1.05, *e[1:]] if len(e) == 4 else e for e in new]"

# --- Grad-CAM ------------------------------------------------------------------------------------


def cam(body: str) -> str:
    return "import numpy as np\ndef grad_cam(maps, head, label):\n" + indent(body, "    ")


BACK = """values = [maps]
for layer in head:
    x, kind = values[-1], layer["layer"]
    values.append(
        x.mean((0, 1)) if kind == "global_avg_pool" else x.ravel() if kind == "flatten"
        else np.maximum(x, 0) if kind == "relu" else x @ layer["weights"] + layer["bias"])
g = np.zeros(len(values[-1]))
g[label] = 1
for layer, x in list(zip(head, values))[::-1]:
    kind = layer["layer"]
    if kind == "dense":
        g = layer["weights"] @ g
    elif kind == "relu":
        g = g * (x > 0)
    elif kind == "flatten":
        g = g.reshape(x.shape)
    else:
        g = np.ones(x.shape) * g / (x.shape[0] * x.shape[1])
heat = np.maximum((maps * g.mean((0, 1))).sum(-1), 0)
return heat / heat.max() if heat.max() > 0 else heat
"""
NUMERIC = """def logit(m):
    x = m
    for layer in head:
        kind = layer["layer"]
        x = (x.mean((0, 1)) if kind == "global_avg_pool" else x.ravel() if kind == "flatten"
             else np.maximum(x, 0) if kind == "relu" else x @ layer["weights"] + layer["bias"])
    return x[label]
g = np.zeros(maps.shape)
for at in np.ndindex(maps.shape):
    up, down = maps.copy(), maps.copy()
    up[at] += 1e-6
    down[at] -= 1e-6
    g[at] = (logit(up) - logit(down)) / 2e-6
heat = np.maximum(np.einsum("hwc,c->hw", maps, g.mean((0, 1))), 0)
return heat / max(heat.max(), 1e-12)
"""
MATRIX = """first, *rest = head
h, w, c = maps.shape
jacobian = np.eye(h * w * c)
x = maps.ravel()
if first["layer"] == "global_avg_pool":
    jacobian = np.kron(np.ones((1, h * w)) / (h * w), np.eye(c))
    x = jacobian @ x
for layer in rest:
    if layer["layer"] == "relu":
        jacobian = (x > 0)[:, None] * jacobian
        x = np.maximum(x, 0)
    else:
        jacobian = layer["weights"].T @ jacobian
        x = x @ layer["weights"] + layer["bias"]
weights = jacobian[label].reshape(h, w, c).mean((0, 1))
heat = np.clip(maps @ weights, 0, None)
top = heat.max()
return (heat / top if top else heat).tolist()
"""


def changed(*pairs: tuple[str, str]) -> str:
    body = BACK
    for old, new in pairs:
        if old not in body:
            raise ValueError(f"{old!r} is not in it")
        body = body.replace(old, new)
    return cam(body)


RIGHT = {
    "keras-build": {
        "as Keras gives it": stated(),
        "short settings": stated(
            before="conv_last = {'layer': 'conv', 'filters': 32, 'kernel_size': 3}\n"
            "fourth = [conv_last, relu, gap]\nbn = {'layer': 'batch_norm'}"
        ),
        "a dropout, which holds nothing": stated(
            "first + second + third + fourth + [{'layer': 'dropout', 'rate': 0.2}] + fifth"
        ),
        "counts as text": stated(total=f"{TOTAL:,}", learned=f"{LEARNED:,}"),
    },
    "keras-train": {
        "from its text": train(),
        "lists": train(weights="[[a.tolist() for a in e] for e in weights]"),
        "64-bit numbers": train(
            weights="tuple(tuple(a.astype(float) for a in e) for e in weights)"
        ),
    },
    "keras-transfer": {
        "from its text": transfer(),
        "the base itself under a new head": transfer("signs_weights[:-1] + new[-1:]"),
        "a head as lists": transfer("new[:-1] + [[a.tolist() for a in new[-1]]]", count="132"),
    },
    "keras-grad-cam": {
        "backward": cam(BACK),
        "differences": cam(NUMERIC),
        "one matrix": cam(MATRIX),
    },
}

WRONG = {
    "keras-build": {
        "bias before batch norm": stage(0, "[conv(12, 5, 2, bias=True), bn, relu]"),
        "no stride": stage(0, "[conv(12, 5), bn, relu]"),
        "padding valid": stage(0, "[conv(12, 5, 2, padding='valid'), bn, relu]"),
        "a kernel of three": stage(0, "[conv(12, 3, 2), bn, relu]"),
        "ordinary for depthwise": stage(1, "[conv(12, 3), bn, relu]"),
        "no ReLU": stage(1, "[wise, bn]"),
        "no batch norm": stage(2, "[conv(24, 1), relu, pool]"),
        "no pooling": stage(2, "[conv(24, 1), bn, relu]"),
        "ReLU before batch norm": stage(2, "[conv(24, 1), relu, bn, pool]"),
        "no bias in the last": stage(3, "[conv(32, 3, padding='valid'), relu, gap]"),
        "flatten": stage(3, "[last, relu, {'layer': 'flatten'}]"),
        "ten logits": stage(4, "[{'layer': 'dense', 'units': 10}]"),
        "one layer too many": stated(
            "first + second + third + [conv(24, 3), bn, relu] + fourth + fifth"
        ),
        "trainable twice": stated(total=LEARNED),
        "all twice": stated(learned=TOTAL),
        "batch norm not held": stated(total=TOTAL - 192),
        "batch norm not trained": stated(learned=LEARNED - 96),
        "biases everywhere": stated(total=TOTAL + 48),
        "counts only": stated(layers="[]"),
    },
    "keras-train": {
        "untrained": train(
            weights="[[np.random.default_rng(0).random(a.shape) for a in e] for e in weights]"
        ),
        "zeros": train(weights="[[a * 0 for a in e] for e in weights]"),
        "classes in another order": train(
            weights="weights[:-1] + [[np.roll(a, 1, -1) for a in weights[-1]]]"
        ),
        "bytes for shares": train(weights="[[weights[0][0] * 255, *weights[0][1:]], *weights[1:]]"),
        "red for blue": train(weights="[[weights[0][0][:, ::-1], *weights[0][1:]], *weights[1:]]"),
        "a base for four classes": train(before="layers, weights = trained.signs(new=True)"),
        "kernels turned": train(
            weights="[[a[..., ::-1, ::-1] if a.ndim == 4 else a for a in e] for e in weights]"
        ),
        "moving variances of one": train(
            weights="[[*e[:3], e[3] * 0 + 1] if len(e) == 4 else e for e in weights]"
        ),
        "one pixel a kernel": train(
            weights="[[a * (np.arange(9).reshape(3, 3) == 4) if a.ndim == 4 else a for a in e] for e in weights]"
        ),
        "a linear model": train(
            "[{'layer': 'avg_pool'}, {'layer': 'flatten'}, {'layer': 'dense', 'units': 8}]",
            "[trained.linear_signs()]",
        ),
        "a little noise": train(
            weights="[[a + np.random.default_rng(1).normal(0, 0.03, a.shape).astype('f4') * (a.ndim == 4) for a in e] for e in weights]"
        ),
        "noisy weights": train(
            weights="[[a + np.random.default_rng(1).normal(0, 0.07, a.shape).astype('f4') * (a.ndim == 4) for a in e] for e in weights]"
        ),
        "idle filters without end": train(
            "[*layers[:-2], {'layer': 'conv', 'filters': 64, 'kernel_size': 3, 'padding': 'same'}, *layers[-2:]]",
            "[*weights[:-1], *trained.idle_filters(weights[-1])]",
        ),
        "layers alone": train(weights="[]"),
        "the text itself": train("'[{}]UEsDB'", "'[{}]UEsDB'"),
    },
    "keras-transfer": {
        "statistics moved": transfer(MOVED),
        "kernels learnt": transfer(LEARNT),
        "scales learnt": transfer(SCALED),
        "a head of noise": transfer(
            "new[:-1] + [[np.random.default_rng(0).normal(size=a.shape) for a in new[-1]]]"
        ),
        "a head of zeros": transfer("new[:-1] + [[a * 0 for a in new[-1]]]"),
        "the old network": transfer("signs_weights", "signs_layers"),
        "the old head cut": transfer(
            "signs_weights[:-1] + [[a[..., :4] for a in signs_weights[-1]]]"
        ),
        "another base": transfer(
            "new[:2] + new[-1:]",
            "new_layers[:4] + [{'layer': 'global_avg_pool'}, {'layer': 'dense', 'units': 4}]",
            before="new = [*new[:2], [new[-1][0][:16], new[-1][1]]]",
        ),
        "a weaker head": transfer("new[:-1] + [trained.weaker_head(new[-1], 0.9)]"),
        "a much weaker head": transfer("new[:-1] + [trained.weaker_head(new[-1], 1)]"),
        "counts the base": transfer(count=11_088 + 132),
        "counts what could be trained": transfer(count=11_088 + 132 - 144),
        "forgot the biases": transfer(count=128),
        "counts the old head": transfer(count=264),
        "counts batch norm": transfer(count=132 + 144),
        "counts arrays": transfer(count=2),
        "nothing": transfer("...", "...", None),
    },
    "keras-grad-cam": {
        "ReLU of the head forgotten": changed(("g = g * (x > 0)", "pass")),
        "negative places kept": changed(
            ("np.maximum((maps * g.mean((0, 1))).sum(-1), 0)", "(maps * g.mean((0, 1))).sum(-1)")
        ),
        "not normalised": changed(
            ("return heat / heat.max() if heat.max() > 0 else heat", "return heat")
        ),
        "of the predicted class": changed(("g[label] = 1", "g[values[-1].argmax()] = 1")),
        "of the probability": changed(
            (
                "g[label] = 1",
                "p = np.exp(values[-1] - values[-1].max()); p /= p.sum(); g = -p * p[label]; g[label] += p[label]",
            )
        ),
        "absolute gradient": changed(("(maps * g.mean((0, 1)))", "(maps * abs(g).mean((0, 1)))")),
        "position by position": changed(("(maps * g.mean((0, 1)))", "(maps * g)")),
        "mean of the maps": changed(("(maps * g.mean((0, 1)))", "maps")),
        "NaN for nothing": changed(
            ("return heat / heat.max() if heat.max() > 0 else heat", "return heat / heat.max()")
        ),
        "last dense only": cam(
            "w = head[1]['weights']\n"
            "for layer in head[2:]:\n    w = w @ layer['weights'] if layer['layer'] == 'dense' else w\n"
            "heat = np.maximum(maps @ w[:, label], 0)\n"
            "return heat / heat.max() if heat.max() > 0 else heat"
        ),
        "first class always": changed(("g[label] = 1", "g[0] = 1")),
        "flat": changed(("return heat /", "heat = heat.ravel()\nreturn heat /")),
        "damages the maps": changed(
            ("return heat / heat.max()", "maps *= 0\nreturn heat / heat.max()")
        ),
        "damages the head": changed(
            ("return heat / heat.max()", "head.reverse()\nreturn heat / heat.max()")
        ),
        "raises": cam("raise ValueError('later')"),
    },
}

PARTIAL: dict = {
    "keras-build": {
        "layers without counts": (stated(total=None, learned=None), 5),
        "counts without layers": (WRONG["keras-build"]["counts only"], 2),
        "one stage wrong": (WRONG["keras-build"]["no ReLU"], 6),
    },
    "keras-train": {
        "untrained": (WRONG["keras-train"]["untrained"], 0),
        "too many parameters": (WRONG["keras-train"]["idle filters without end"], 2.5),
    },
    "keras-transfer": {
        "statistics moved": (
            transfer("[[*e[:2], e[2] + 0.005, e[3]] if len(e) == 4 else e for e in new]"),
            4,
        ),
        "a frozen base under noise": (WRONG["keras-transfer"]["a head of zeros"], 1),
        "the count alone": (transfer("...", "..."), 1),
    },
}
