"""Right and wrong hand-ins of a small trained network; `trained` is at hand when they run."""

SMALL_NAMES = [("added_network_layers", "value"), ("added_network_weights", "value")]


def small(layers: str, weights: str, before: str = "") -> str:
    return f"import numpy as np\n{before}\nadded_network_layers = {layers}\nadded_network_weights = {weights}"


# Two convolutions of 8 and 16 filters with batch normalisation, trained on distorted digits;
# `trained.small()` has the arrays, layer by layer.
SMALL_BLOCKS = """
def block(filters, bias=True, norm=True, **more):
    conv = {"layer": "conv", "filters": filters, "kernel_size": 3, "padding": "same", "bias": bias, **more}
    return [conv] + [{"layer": "batch_norm", "epsilon": 1e-3}] * norm + [{"layer": "relu"}, {"layer": "max_pool"}]
layers = block(8) + block(16)
end = [{"layer": "flatten"}, {"layer": "dense", "units": 10}]
weights = trained.small()
"""


def conv(layers="layers + end", weights="weights", before="") -> str:
    return small(layers, weights, SMALL_BLOCKS + before)


SMALL_FOLDED = """
folded = []
for (kernel, bias), (gamma, beta, mean, variance) in zip(weights[:-1:2], weights[1:-1:2]):
    scale = gamma / np.sqrt(variance + 1e-3)
    folded.append([kernel * scale[:, None, None, None], (bias - mean) * scale + beta])
"""
LINEAR = '[{"layer": "flatten"}, {"layer": "dense", "units": 10, "bias": True}]'
FIT_LINEAR = "w, b = trained.linear()"
HIDDEN = (
    '[{"layer": "flatten"}, {"layer": "dense", "units": 32, "bias": True}, {"layer": "relu"}, '
    '{"layer": "dense", "units": 10, "bias": True}]'
)
FIT_HIDDEN = "a, p, w, b = trained.hidden()"
# A perceptron behind a convolution that only passes the image on.
PASSED_ON = HIDDEN.replace(
    "[{", '[{"layer": "conv", "filters": 1, "kernel_size": 3, "padding": "same"}, {', 1
)
PASS_ON = FIT_HIDDEN + "\nk = np.zeros((1, 1, 3, 3)); k[0, 0, {0}] = 1"
FILTERS = (
    '[{"layer": "conv", "filters": 8, "kernel_size": 3, "stride": 1, "padding": "valid", "bias": True}, '
    '{"layer": "relu"}, {"layer": "max_pool", "pool_size": 2, "stride": 2}, {"layer": "flatten"}, '
    '{"layer": "dense", "units": 10, "bias": True}]'
)
FIT_FILTERS = "k, p, w, b = trained.filters()"

SMALL_GOOD = {
    "as it was trained": conv(),
    "lists and single precision": conv(
        weights="[tuple(a.astype('f4').tolist() for a in entry) for entry in weights]"
    ),
    "batch normalisation folded into the convolutions": conv(
        "block(8, norm=False) + block(16, norm=False) + end",
        "folded + weights[-1:]",
        SMALL_FOLDED,
    ),
    "padding as a number, and a dropout": conv(
        "block(8, padding=1) + block(16, padding='1') + [{'layer': 'dropout', 'rate': 0.2}] + end"
    ),
    "16-bit weights": conv(weights="[[a.astype('f2') for a in e] for e in weights]"),
}

SMALL_WRONG = {
    "untrained": conv(
        weights="[[np.random.default_rng(0).random(a.shape) for a in e] for e in weights]"
    ),
    "weights of nothing": conv(weights="[[0 * a for a in e] for e in weights]"),
    "a linear model": small(LINEAR, "[[w, b]]", FIT_LINEAR),
    "a perceptron": small(HIDDEN, "[[a, p], [w, b]]", FIT_HIDDEN),
    "a perceptron behind a convolution that passes the image on": small(
        PASSED_ON, "[[k, [0]], [a, p], [w, b]]", PASS_ON.format("1, 1")
    ),
    "a perceptron behind a convolution that shifts the image": small(
        PASSED_ON, "[[k, [0]], [a, p], [w, b]]", PASS_ON.format("1, 2")
    ),
    "a perceptron behind a 1×1 convolution": small(
        PASSED_ON.replace('"kernel_size": 3', '"kernel_size": 1'),
        "[[np.ones((1, 1, 1, 1)), [0]], [a, p], [w, b]]",
        FIT_HIDDEN,
    ),
    "a perceptron written as one convolution over the image": small(
        '[{"layer": "conv", "filters": 32, "kernel_size": 8}, {"layer": "relu"}, {"layer": "flatten"}, '
        '{"layer": "dense", "units": 10}]',
        "[[a.T.reshape(32, 1, 8, 8), p], [w, b]]",
        FIT_HIDDEN,
    ),
    "random filters under a linear model": small(FILTERS, "[[k, p], [w, b]]", FIT_FILTERS),
    "never saw a moved digit": conv(weights="trained.small(distorted=False)"),
    "NaN in a weight": conv(weights="[[a * np.nan for a in e] for e in weights]"),
    "infinite weights": conv(weights="weights[:-1] + [[weights[-1][0], weights[-1][1] * np.inf]]"),
    "huge weights": conv(weights="[[a * 1e300 for a in e] for e in weights]"),
    "transposed weights": conv(weights="[[a.T for a in e] for e in weights]"),
    "layers swapped": conv(weights="weights[2:4] + weights[:2] + weights[4:]"),
    "biases missing": conv(weights="[e[:1] if len(e) == 2 else e for e in weights]"),
    "biases announced as missing": conv("block(8, bias=False) + block(16) + end"),
    "one layer's weights missing": conv(weights="weights[:-1]"),
    "no flatten": conv("layers + end[1:]"),
    "no ReLU": conv("[l for l in layers if l['layer'] != 'relu'] + end"),
    "batch normalisation left out": conv(
        "[l for l in layers if l['layer'] != 'batch_norm'] + end",
        "[e for e in weights if len(e) != 4]",
    ),
    "too many parameters": conv(
        "block(8) + block(32) + end",
        "[*weights[:2], *trained.widened(weights[2:])]",
    ),
    "nine outputs": conv(
        "layers + [end[0], {'layer': 'dense', 'units': 9}]",
        "weights[:-1] + [[weights[-1][0][:, :9], weights[-1][1][:9]]]",
    ),
    "unknown layer": conv("[{'layer': 'lookup_table'}] + layers + end"),
    "units that lie": conv("layers + [end[0], {'layer': 'dense', 'units': 12}]"),
    "a function as a layer": small(
        "[lambda x: x, {'layer': 'dense', 'units': 10}]",
        "[[w, b]]",
        "w = np.ones((64, 10)); b = np.ones(10)",
    ),
    "labels shifted": conv(
        weights="weights[:-1] + [[np.roll(weights[-1][0], 1, 1), np.roll(weights[-1][1], 1)]]"
    ),
    "flattened row by row through the channels": conv(
        weights="weights[:-1] + [[weights[-1][0].reshape(16, 4, 10).transpose(1, 0, 2).reshape(64, 10), "
        "weights[-1][1]]]"
    ),
    "flipped filters": conv(
        weights="[[a[:, :, ::-1, ::-1] if a.ndim == 4 else a for a in e] for e in weights]"
    ),
    "Keras's order of the axes": conv(
        weights="[[a.transpose(2, 3, 1, 0) if a.ndim == 4 else a for a in e] for e in weights]"
    ),
    "layers only": conv(weights="..."),
    "weights only": conv("..."),
    "negative units": conv("layers + [end[0], {'layer': 'dense', 'units': -10}]"),
    "a million units": conv("layers + [end[0], {'layer': 'dense', 'units': 10**12}]"),
    "kernel of a billion": conv("block(8, kernel_size=10**9) + block(16) + end"),
    "stride of nothing": conv("block(8, stride=0) + block(16) + end"),
    "padding of a million": conv("block(8, padding=10**6) + block(16) + end"),
    "two thousand layers": conv("[{'layer': 'relu'}] * 2000 + layers + end"),
    "complex weights": conv(weights="[[a * 1j for a in e] for e in weights]"),
    "weights as text": conv(weights='[["best", "weights"], ["ever", "seen"]]'),
}

SMALL_PARTIAL = {
    "legal but untrained": (SMALL_WRONG["weights of nothing"], 0),
    "a linear model": (SMALL_WRONG["a linear model"], 0),
    "a perceptron": (SMALL_WRONG["a perceptron"], 0),
    "behind a convolution that passes the image on": (
        SMALL_WRONG["a perceptron behind a convolution that passes the image on"],
        0,
    ),
    "behind a convolution that shifts the image": (
        SMALL_WRONG["a perceptron behind a convolution that shifts the image"],
        0,
    ),
    "as one convolution over the image": (
        SMALL_WRONG["a perceptron written as one convolution over the image"],
        0,
    ),
    "right, with too many parameters": (SMALL_WRONG["too many parameters"], 2.5),
}

DESIGN_NAMES = [("ex18_dataset", "value"), ("ex18_layers", "value"), ("ex18_weights", "value")]

# Five convolutions of 8, 16, 16, 16, 16 filters with batch normalisation, trained on the enlarged
# digits; `trained.design()` has its arrays, layer by layer.
BLOCKS = """
def block(filters, bias=False, norm=True, **more):
    conv = {"layer": "conv", "filters": filters, "kernel_size": 3, "bias": bias, **more}
    return [conv] + [{"layer": "batch_norm", "epsilon": 1e-3}] * norm + [{"layer": "relu"}]
pool = [{"layer": "max_pool", "pool_size": 2}]
layers = block(8) + block(16) + pool + block(16) + block(16) + pool + block(16)
end = [{"layer": "global_avg_pool"}, {"layer": "dense", "units": 10}]
weights = trained.design()
"""


def design(layers="layers + end", weights="weights", dataset="digits", before="") -> str:
    return (
        f"import numpy as np\n{BLOCKS}\n{before}\nex18_dataset = {dataset!r}\n"
        f"ex18_layers = {layers}\nex18_weights = {weights}"
    )


FOLDED = """
folded = []
for (kernel,), (gamma, beta, mean, variance) in zip(weights[:-1:2], weights[1:-1:2]):
    scale = gamma / np.sqrt(variance + 1e-3)
    folded.append([kernel * scale[:, None, None, None], beta - mean * scale])
layers = []
for number, filters in enumerate((8, 16, 16, 16, 16)):
    layers += block(filters, bias=True, norm=False) + (pool if number in (1, 3) else [])
"""

DESIGN_GOOD = {
    "as it was trained": design(),
    "batch normalisation folded into the convolutions": design(
        weights="folded + weights[-1:]", before=FOLDED
    ),
    "lists, tuples and every setting": design(
        layers="tuple({**l, 'stride': 1, 'padding': 'valid'} if l['layer'] == 'conv' else dict(l) for l in layers) + tuple(end)",
        weights="[tuple(a.tolist() for a in entry) for entry in weights]",
        dataset="Digits",
    ),
    "average pooling and flatten at the end": design(
        layers="layers + [{'layer': 'avg_pool', 'pool_size': 2}, {'layer': 'flatten'}, {'layer': 'dropout'}, end[1]]",
        weights="[[a.astype(float) for a in entry] for entry in weights]",
    ),
}

POOLED = (
    "[{'layer': 'avg_pool'}, {'layer': 'flatten'}, {'layer': 'dense', 'units': 45}, "
    "{'layer': 'relu'}, {'layer': 'dense', 'units': 10}]"
)

DESIGN_WRONG = {
    "a perceptron on pooled images": design(
        POOLED, "[[a, p], [w, b]]", before="a, p, w, b = trained.pooled()"
    ),
    "untrained": design(
        weights="[[np.random.default_rng(0).normal(size=a.shape) for a in e] for e in weights]"
    ),
    "weights of nothing": design(weights="[[0 * a for a in e] for e in weights]"),
    "no layers": design(layers="[]", weights="[]"),
    "layers only": design(weights="..."),
    "weights only": design(layers="..."),
    "no data set": design(dataset=None),
    "other data set": design(dataset="cifar10"),
    "NaN in a weight": design(weights="[[a * np.nan for a in e] for e in weights]"),
    "ten thousand parameters and more": design(
        layers="layers[:-3] + block(34) + end",
        weights="weights[:-3] + [[np.concatenate([weights[-3][0], np.zeros((18, 16, 3, 3))])], "
        "[np.concatenate([a, np.ones(18)]) for a in weights[-2]], "
        "[np.concatenate([weights[-1][0], np.zeros((18, 10))]), weights[-1][1]]]",
    ),
    "Keras's order of the axes": design(
        weights="[[a.transpose(2, 3, 1, 0) if a.ndim == 4 else a for a in e] for e in weights]"
    ),
    "kernel rows for columns": design(
        weights="[[a.transpose(0, 1, 3, 2) if a.ndim == 4 else a for a in e] for e in weights]"
    ),
    "batch normalisation left out": design(
        layers="[l for l in layers if l['layer'] != 'batch_norm'] + end",
        weights="[e for e in weights if len(e) != 4]",
    ),
    "mean and variance swapped": design(
        weights="[[e[0], e[1], abs(e[3]), abs(e[2])] if len(e) == 4 else e for e in weights]"
    ),
    "negative variance": design(weights="[[*e[:3], -e[3]] if len(e) == 4 else e for e in weights]"),
    "labels shifted": design(
        weights="weights[:-1] + [[np.roll(weights[-1][0], 1, 1), np.roll(weights[-1][1], 1)]]"
    ),
    "forgot the poolings": design(layers="[l for l in layers if l['layer'] != 'max_pool'] + end"),
    "padding same": design(
        layers="[{**l, 'padding': 'same'} if l['layer'] == 'conv' else l for l in layers] * 1 + end",
        weights="[[a * 0.5 for a in e] for e in weights]",
    ),
    "lookup table": design(
        layers="[{'layer': 'flatten'}, {'layer': 'lookup', 'table': [1, 2, 3]}]", weights="[]"
    ),
    "a layer of one's own": design(layers="layers + [{'layer': lambda x: x}] + end"),
    "padding of a million": design(layers="[{**layers[0], 'padding': 10**6}] + layers[1:] + end"),
    "settings that are no numbers": design(
        layers="[{**layers[0], 'kernel_size': 'three', 'stride': [1], 'filters': None}] + layers[1:] + end"
    ),
}

DESIGN_PARTIAL = {
    "legal and small but untrained": (DESIGN_WRONG["weights of nothing"], 0),
    "right, with too many parameters": (DESIGN_WRONG["ten thousand parameters and more"], 4),
    "a perceptron on pooled images": (DESIGN_WRONG["a perceptron on pooled images"], 0),
}
