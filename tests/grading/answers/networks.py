"""Right and wrong hand-ins of a small trained network; `trained` is at hand when they run."""

SMALL_NAMES = [("added_network_layers", "value"), ("added_network_weights", "value")]


def small(layers: str, weights: str, before: str = "") -> str:
    return f"import numpy as np\n{before}\nadded_network_layers = {layers}\nadded_network_weights = {weights}"


LINEAR = '[{"layer": "flatten"}, {"layer": "dense", "units": 10, "bias": True}]'
FIT_LINEAR = "w, b = trained.linear()"
HIDDEN = (
    '[{"layer": "flatten"}, {"layer": "dense", "units": 32, "bias": True}, {"layer": "relu"}, '
    '{"layer": "dense", "units": 10, "bias": True}]'
)
FIT_HIDDEN = "a, p, w, b = trained.hidden()"
FILTERS = (
    '[{"layer": "conv", "filters": 8, "kernel_size": 3, "stride": 1, "padding": "valid", "bias": True}, '
    '{"layer": "relu"}, {"layer": "max_pool", "pool_size": 2, "stride": 2}, {"layer": "flatten"}, '
    '{"layer": "dense", "units": 10, "bias": True}]'
)
FIT_FILTERS = "k, p, w, b = trained.filters()"

SMALL_GOOD = {
    "hidden layer": small(HIDDEN, "[[a, p], [w, b]]", FIT_HIDDEN),
    "random filters": small(FILTERS, "[[k, p], [w, b]]", FIT_FILTERS),
    "lists and single precision": small(
        HIDDEN, "[[a.astype('f4').tolist(), p.tolist()], (w.astype('f4'), b)]", FIT_HIDDEN
    ),
    "batch normalisation that does nothing": small(
        HIDDEN.replace(
            '{"layer": "relu"}',
            '{"layer": "batch_norm", "epsilon": 1e-3}, {"layer": "relu"}, {"layer": "dropout"}',
        ),
        "[[a, p], [np.ones(32), np.zeros(32), np.zeros(32), np.ones(32) - 1e-3], [w, b]]",
        FIT_HIDDEN,
    ),
    "padding as a number": small(FILTERS.replace('"valid"', "0"), "[[k, p], [w, b]]", FIT_FILTERS),
}

RANDOM = "r = np.random.default_rng(0)\na, p = r.normal(size=(64, 32)), np.zeros(32)\nw, b = r.normal(size=(32, 10)), np.zeros(10)"

SMALL_WRONG = {
    "untrained": small(HIDDEN, "[[a, p], [w, b]]", RANDOM),
    "weights of nothing": small(HIDDEN, "[[0 * a, 0 * p], [0 * w, 0 * b]]", RANDOM),
    "NaN in a weight": small(
        HIDDEN, "[[a, p], [w, b]]", FIT_HIDDEN + "\na = a.copy(); a[3, 3] = np.nan"
    ),
    "infinite weights": small(HIDDEN, "[[a, p], [w, b]]", FIT_HIDDEN + "\nb = b * np.inf"),
    "huge weights": small(HIDDEN, "[[a * 1e300, p], [w * 1e300, b]]", FIT_HIDDEN),
    "transposed weights": small(HIDDEN, "[[a.T, p], [w.T, b]]", FIT_HIDDEN),
    "layers swapped": small(HIDDEN, "[[w, b], [a, p]]", FIT_HIDDEN),
    "biases missing": small(HIDDEN, "[[a], [w]]", FIT_HIDDEN),
    "biases announced as missing": small(
        HIDDEN.replace("True", "False"), "[[a, p], [w, b]]", FIT_HIDDEN
    ),
    "one layer's weights missing": small(HIDDEN, "[[a, p]]", FIT_HIDDEN),
    "no flatten": small(
        HIDDEN.replace('{"layer": "flatten"}, ', ""), "[[a, p], [w, b]]", FIT_HIDDEN
    ),
    "no ReLU": small(HIDDEN.replace('{"layer": "relu"}, ', ""), "[[-a, p], [w, b]]", FIT_HIDDEN),
    "too many parameters": small(
        HIDDEN.replace("32", "64"),
        "[[np.hstack([a, 0 * a]), np.hstack([p, 0 * p])], [np.vstack([w, 0 * w]), b]]",
        FIT_HIDDEN,
    ),
    "exactly at the limit": small(
        '[{"layer": "flatten"}, {"layer": "dense", "units": 40, "bias": True}, {"layer": "dense", "units": 10, "bias": False}]',
        "[[np.zeros((64, 40)), np.zeros(40)], [np.zeros((40, 10))]]",
    ),
    "nine outputs": small(HIDDEN.replace("10", "9"), "[[a, p], [w[:, :9], b[:9]]]", FIT_HIDDEN),
    "unknown layer": small(
        HIDDEN.replace('{"layer": "relu"}', '{"layer": "lookup_table"}'),
        "[[a, p], [w, b]]",
        FIT_HIDDEN,
    ),
    "units that lie": small(HIDDEN.replace("32", "16"), "[[a, p], [w, b]]", FIT_HIDDEN),
    "a function as a layer": small(
        "[lambda x: x, {'layer': 'dense', 'units': 10}]",
        "[[w, b]]",
        "w = np.ones((64, 10)); b = np.ones(10)",
    ),
    "labels shifted": small(HIDDEN, "[[a, p], [np.roll(w, 1, 1), np.roll(b, 1)]]", FIT_HIDDEN),
    "flattened row by row through the channels": small(
        FILTERS,
        "[[k, p], [w.reshape(8, 9, 10).transpose(1, 0, 2).reshape(72, 10), b]]",
        FIT_FILTERS,
    ),
    "flipped filters": small(FILTERS, "[[k[:, :, ::-1, ::-1], p], [w, b]]", FIT_FILTERS),
    "layers only": small(HIDDEN, "...", FIT_HIDDEN),
    "weights only": small("...", "[[a, p], [w, b]]", FIT_HIDDEN),
    "negative units": small(HIDDEN.replace("32", "-32"), "[[a, p], [w, b]]", FIT_HIDDEN),
    "a million units": small(HIDDEN.replace("32", "10**12"), "[[a, p], [w, b]]", FIT_HIDDEN),
    "kernel of a billion": small(
        FILTERS.replace('"kernel_size": 3', '"kernel_size": 10**9'), "[[k, p], [w, b]]", FIT_FILTERS
    ),
    "stride of nothing": small(
        FILTERS.replace('"stride": 1', '"stride": 0'), "[[k, p], [w, b]]", FIT_FILTERS
    ),
    "padding of a million": small(
        FILTERS.replace('"valid"', "10**6"), "[[k, p], [w, b]]", FIT_FILTERS
    ),
    "two thousand layers": small(
        '[{"layer": "relu"}] * 2000 + ' + HIDDEN + ' + [{"layer": "relu"}] * 2000',
        "[[-a, p], [-w, b]]",
        FIT_HIDDEN,
    ),
    "complex weights": small(HIDDEN, "[[a * 1j, p], [w, b]]", FIT_HIDDEN),
    "weights as text": small(HIDDEN, '[["best", "weights"], ["ever", "seen"]]'),
}

SMALL_PARTIAL = {
    "legal but untrained": (SMALL_WRONG["weights of nothing"], 2),
    "one layer, about 96 %": (small(LINEAR, "[[w, b]]", FIT_LINEAR), 5),
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

DESIGN_WRONG = {
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
    "legal and small but untrained": (DESIGN_WRONG["weights of nothing"], 4),
}
