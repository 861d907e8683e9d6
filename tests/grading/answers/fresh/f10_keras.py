"""Keras, from the students' notebook alone; `trained` has two networks when the answers run."""

from .writing import PRELUDE, but, function

ASSIGNMENT = "10-keras"

STATED = """
def conv(filters, size, stride=1, padding="same", bias=False):
    return {"layer": "conv", "filters": filters, "kernel_size": size, "stride": stride,
            "padding": padding, "bias": bias}
def wise(size=3, bias=False):
    return {"layer": "depthwise_conv", "kernel_size": size, "stride": 1, "padding": "same", "bias": bias}
norm, relu, pool = {"layer": "batch_norm", "epsilon": 0.001}, {"layer": "relu"}, {"layer": "max_pool", "pool_size": 2, "stride": 2}
mean = {"layer": "global_avg_pool"}
stated_layers = [
    conv(12, 5, 2), norm, relu,
    wise(), norm, relu,
    conv(24, 1), norm, relu, pool,
    conv(32, 3, padding="valid", bias=True), relu, mean,
    {"layer": "dense", "units": 8, "bias": True},
]
stated_parameters = 8696
stated_trainable = 8600
"""


def stated(*changes: tuple[str, str]) -> str:
    return PRELUDE + but(STATED, *changes)


BUILD = {
    "RIGHT": {
        "as Keras says it": stated(),
        "a tuple, and counts as text": stated(
            (
                "stated_parameters = 8696",
                "stated_layers = tuple(stated_layers)\nstated_parameters = '8,696'",
            ),
            ("8600", "'8,600'"),
        ),
        "counted": stated(
            ("8696", "5*5*3*12 + 4*12 + 9*12 + 4*12 + 12*24 + 4*24 + 9*24*32 + 32 + 32*8 + 8"),
            ("8600", "stated_parameters - 2 * (12 + 12 + 24)"),
        ),
        "padding of one for three": stated(
            (
                '"stride": 1, "padding": "same", "bias": bias}',
                '"stride": 1, "padding": 1, "bias": bias}',
            )
        ),
    },
    "WRONG": {
        "no stride": stated(("conv(12, 5, 2)", "conv(12, 5)")),
        "a kernel of three": stated(("conv(12, 5, 2)", "conv(12, 3, 2)")),
        "padding valid": stated(("conv(12, 5, 2)", 'conv(12, 5, 2, "valid")')),
        "a dense convolution for the depthwise one": stated(
            ("    wise(), norm", "    conv(12, 3), norm")
        ),
        "a depthwise kernel of five": stated(("    wise(), norm", "    wise(5), norm")),
        "biases where none were stated": stated(("conv(24, 1)", "conv(24, 1, bias=True)")),
        "no ReLU behind the depthwise one": stated(("wise(), norm, relu,", "wise(), norm,")),
        "no normalisation behind the first": stated(
            ("conv(12, 5, 2), norm, relu,", "conv(12, 5, 2), relu,")
        ),
        "ReLU before the normalisation": stated(
            ("conv(24, 1), norm, relu,", "conv(24, 1), relu, norm,")
        ),
        "average pooling": stated(('"max_pool"', '"avg_pool"')),
        "no pooling": stated(("norm, relu, pool,", "norm, relu,")),
        "pooled before the ReLU's convolution": stated(
            ("    conv(24, 1), norm, relu, pool,", "    pool, conv(24, 1), norm, relu,")
        ),
        "the last one padded": stated(('padding="valid", bias=True', 'padding="same", bias=True')),
        "the last one without bias": stated(('padding="valid", bias=True', 'padding="valid"')),
        "normalised at the end": stated(("relu, mean,", "norm, relu, mean,")),
        "flattened": stated(('{"layer": "global_avg_pool"}', '{"layer": "flatten"}')),
        "ten logits": stated(('"units": 8', '"units": 10')),
        "counts swapped": stated(
            ("8696", "8600"), ("stated_trainable = 8600", "stated_trainable = 8696")
        ),
        "without the moving statistics": stated(("8696", "8600")),
        "moving statistics are trained": stated(("trainable = 8600", "trainable = 8696")),
        "half of the normalisation left out": stated(("8696", "8648")),
        "counts only": stated(("stated_parameters", "stated_layers = ...\nstated_parameters")),
        "layers only": stated(("8696", "..."), ("= 8600", "= ...")),
    },
}


def signs(layers: str = "layers", weights: str = "weights", before: str = "") -> str:
    return f"{PRELUDE}layers, weights = trained.signs()\n{before}\nsigns_layers, signs_weights = {layers}, {weights}\n"


FOLDED = """
folded, plain = [], []
pairs = iter(weights)
for entry in layers:
    if entry["layer"] == "conv":
        [kernel], (gamma, beta, mean, variance) = next(pairs), next(pairs)
        scale = gamma / np.sqrt(variance + 1e-3)
        folded.append([kernel * scale[:, None, None, None], beta - mean * scale])
        plain.append({**entry, "bias": True})
    elif entry["layer"] != "batch_norm":
        plain.append(entry)
folded.append(next(pairs))
"""
TRAIN = {
    "RIGHT": {
        "as it was trained": signs(),
        "lists": signs(weights="[[a.tolist() for a in entry] for entry in weights]"),
        "normalisation folded into the kernels": signs("plain", "folded", FOLDED),
        "64 bits, with a dropout": signs(
            "[*layers[:-1], {'layer': 'dropout', 'rate': 0.3}, layers[-1]]",
            "[[a.astype(float) for a in entry] for entry in weights]",
        ),
    },
    "WRONG": {
        "untrained": signs(
            weights="[[np.random.default_rng(3).random(a.shape) for a in e] for e in weights]"
        ),
        "nothing": signs(weights="[[0 * a for a in e] for e in weights]"),
        "blue first": signs(weights="[[weights[0][0][:, ::-1]], *weights[1:]]"),
        "pixels up to 255": signs(weights="[[weights[0][0] / 255], *weights[1:]]"),
        "kernels turned": signs(
            weights="[[a[:, :, ::-1, ::-1] if a.ndim == 4 else a for a in e] for e in weights]"
        ),
        "labels off by one": signs(
            weights="[*weights[:-1], [np.roll(a, 1, -1) for a in weights[-1]]]"
        ),
        "moving statistics as they began": signs(
            weights="[[e[0], e[1], 0 * e[2], 0 * e[3] + 1] if len(e) == 4 else e for e in weights]"
        ),
        "moving means and variances swapped": signs(
            weights="[[e[0], e[1], e[3], abs(e[2])] if len(e) == 4 else e for e in weights]"
        ),
        "normalisation forgotten": signs(
            "[l for l in layers if l['layer'] != 'batch_norm']",
            "[e for e in weights if len(e) != 4]",
        ),
        "an average of the image and a dense layer": signs(
            "[{'layer': 'global_avg_pool'}, {'layer': 'dense', 'units': 8}]",
            "[[np.eye(3, 8), np.zeros(8)]]",
        ),
        "a linear model": signs(
            "[{'layer': 'avg_pool'}, {'layer': 'flatten'}, {'layer': 'dense', 'units': 8}]",
            "[trained.linear_signs()]",
        ),
        "Keras's order of the axes": signs(
            weights="[[a.transpose(2, 3, 1, 0) if a.ndim == 4 else a for a in e] for e in weights]"
        ),
        "twelve logits": signs(
            "[*layers[:-1], {**layers[-1], 'units': 12}]",
            "[*weights[:-1], [np.pad(weights[-1][0], ((0, 0), (0, 4))), np.pad(weights[-1][1], (0, 4))]]",
        ),
        "no pooling": signs("[l for l in layers if l['layer'] != 'max_pool']"),
        "layers only": signs(weights="..."),
    },
}


def moved(head: str = "head", base: str = "base", count: object = 132, before: str = "") -> str:
    return (
        f"{PRELUDE}signs_layers, signs_weights = trained.signs()\n"
        "whole, arrays = trained.signs(new=True)\nbase, head = arrays[:-1], arrays[-1]\n"
        f"{before}\nnew_signs_layers, new_signs_weights = whole, [*({base}), {head}]\n"
        f"new_signs_trainable = {count}\n"
    )


TRANSFER = {
    "RIGHT": {
        "as it was trained": moved(),
        "lists, and the count as a product": moved(
            "[a.tolist() for a in head]", "[[a.tolist() for a in e] for e in base]", "32 * 4 + 4"
        ),
        "single precision, text": moved(
            "[a.astype('f4') for a in head]", "[[a.astype('f4') for a in e] for e in base]", "'132'"
        ),
    },
    "WRONG": {
        "head of zeros": moved("[0 * a for a in head]"),
        "head at random": moved("[np.random.default_rng(1).normal(size=a.shape) for a in head]"),
        "classes off by one": moved("[np.roll(a, 1, -1) for a in head]"),
        "kernels trained on": moved(
            base="[[a * 1.05 if a.ndim == 4 else a for a in e] for e in base]"
        ),
        "only the last kernels trained on": moved(
            base="[*base[:-2], [base[-2][0] + 0.01], base[-1]]"
        ),
        "moving statistics drifted": moved(
            base="[[e[0], e[1], e[2] + 0.05, e[3] * 1.1] if len(e) == 4 else e for e in base]"
        ),
        "scales trained on": moved(
            base="[[e[0] * 1.1, *e[1:]] if len(e) == 4 else e for e in base]"
        ),
        "from scratch": moved(
            base="[[np.random.default_rng(2).random(a.shape) for a in e] for e in base]"
        ),
        "everything was trained": moved(count="sum(a.size for e in arrays for a in e)"),
        "biases forgotten": moved(count=128),
        "weights of eight classes": moved(count=264),
        "nothing was trained": moved(count=0),
        "no count": moved(count="..."),
        "the old network": f"{PRELUDE}signs_layers, signs_weights = trained.signs()\n"
        "new_signs_layers, new_signs_weights, new_signs_trainable = signs_layers, signs_weights, 132\n",
        "the head alone": moved(before="whole, base = whole[-1:], []"),
    },
}

CAM = """
xs, x = [], np.asarray(maps, dtype=float)
for part in head:
    xs.append(x)
    if part["layer"] == "global_avg_pool":
        x = x.mean(axis=(0, 1))
    elif part["layer"] == "flatten":
        x = x.reshape(-1)
    elif part["layer"] == "relu":
        x = np.maximum(x, 0)
    else:
        x = x @ part["weights"] + part["bias"]
g = np.zeros(len(x))
g[label] = 1
for part, x in zip(head[::-1], xs[::-1]):
    if part["layer"] == "global_avg_pool":
        g = np.broadcast_to(g / (x.shape[0] * x.shape[1]), x.shape)
    elif part["layer"] == "flatten":
        g = g.reshape(x.shape)
    elif part["layer"] == "relu":
        g = g * (x > 0)
    else:
        g = part["weights"] @ g
heat = np.maximum((maps * g.mean(axis=(0, 1))).sum(axis=-1), 0)
return heat / heat.max() if heat.max() > 0 else heat
"""
NUMERICAL = """
def logit(values):
    x = values
    for part in head:
        kind = part["layer"]
        if kind == "dense":
            x = x @ part["weights"] + part["bias"]
        else:
            x = {"global_avg_pool": lambda v: v.mean((0, 1)), "flatten": np.ravel, "relu": lambda v: v * (v > 0)}[kind](x)
    return x[label]
maps = np.array(maps, float)
weights = np.zeros(maps.shape[2])
for i, j, c in np.ndindex(maps.shape):
    up, down = maps.copy(), maps.copy()
    up[i, j, c] += 1e-6
    down[i, j, c] -= 1e-6
    weights[c] += (logit(up) - logit(down)) / 2e-6 / (maps.shape[0] * maps.shape[1])
heat = np.clip(maps @ weights, 0, None)
return heat / heat.max() if heat.any() else heat
"""
MATRICES = """
h, w, c = maps.shape
pooled = head[0]["layer"] == "global_avg_pool"
a = maps.mean((0, 1)) if pooled else maps.ravel()
rows = np.eye(len(a))
for part in head[1:]:
    if part["layer"] == "dense":
        a, rows = a @ part["weights"] + part["bias"], rows @ part["weights"]
    else:
        rows, a = rows * (a > 0), np.where(a > 0, a, 0)
slope = rows[:, label]
weight = slope / (h * w) if pooled else slope.reshape(h, w, c).mean((0, 1))
heat = np.maximum(np.tensordot(maps, weight, 1), 0)
top = heat.max()
return heat / (top if top > 0 else 1)
"""
GRAD_CAM = function(
    "def grad_cam(maps, head, label):",
    {"backward by hand": CAM, "numerical": NUMERICAL, "one matrix": MATRICES},
    {
        "negative values kept": but(
            CAM,
            (
                "np.maximum((maps * g.mean(axis=(0, 1))).sum(axis=-1), 0)",
                "(maps * g.mean(axis=(0, 1))).sum(axis=-1)",
            ),
        ),
        "magnitudes": but(
            CAM,
            (
                "np.maximum((maps * g.mean(axis=(0, 1))).sum(axis=-1), 0)",
                "abs((maps * g.mean(axis=(0, 1))).sum(axis=-1))",
            ),
        ),
        "not divided": but(CAM, ("heat / heat.max() if heat.max() > 0 else heat", "heat")),
        "NaN where nothing is positive": but(
            CAM, ("heat / heat.max() if heat.max() > 0 else heat", "heat / heat.max()")
        ),
        "divided by the sum": but(CAM, ("heat / heat.max()", "heat / heat.sum()")),
        "ReLU of the gradient": but(
            CAM, ("g.mean(axis=(0, 1))", "np.maximum(g, 0).mean(axis=(0, 1))")
        ),
        "gradient times maps, position by position": but(
            CAM, ("maps * g.mean(axis=(0, 1))", "maps * g")
        ),
        "ReLU's gradient forgotten": but(CAM, ("g = g * (x > 0)", "pass")),
        "the best class": but(CAM, ("g[label] = 1", "g[x.argmax()] = 1")),
        "all classes": but(CAM, ("g[label] = 1", "g[:] = 1")),
        "of the probability": but(
            CAM,
            (
                "g[label] = 1",
                "p = np.exp(x - x.max()); p /= p.sum()\ng = -p * p[label]\ng[label] += p[label]",
            ),
        ),
        "channels first when flattened": but(
            CAM,
            ("x = x.reshape(-1)", "x = x.transpose(2, 0, 1).reshape(-1)"),
            (
                "g = g.reshape(x.shape)",
                "g = g.reshape(x.shape[2], *x.shape[:2]).transpose(1, 2, 0)",
            ),
        ),
        "the bias forgotten": but(CAM, (' + part["bias"]', "")),
        "between least and most": but(
            CAM,
            (
                "heat / heat.max() if heat.max() > 0 else heat",
                "(heat - heat.min()) / (heat.max() - heat.min()) if heat.max() > heat.min() else heat * 0",
            ),
        ),
        "the mean map": "heat = np.maximum(maps.mean(axis=-1), 0)\nreturn heat / heat.max() if heat.max() > 0 else heat",
        "first dense layer only": "w = head[1]['weights'][:, 0][: maps.shape[2]]\nheat = np.maximum(maps @ w, 0)\nreturn heat / heat.max() if heat.max() > 0 else heat",
        "damages the maps": but(
            CAM,
            (
                "heat = np.maximum(",
                "kept = maps * 1.0\nmaps *= 0\nmaps, given = kept, maps\nheat = np.maximum(",
            ),
        ),
    },
)

FRESH = {
    "keras-build": BUILD,
    "keras-train": TRAIN,
    "keras-transfer": TRANSFER,
    "keras-grad-cam": GRAD_CAM,
}
