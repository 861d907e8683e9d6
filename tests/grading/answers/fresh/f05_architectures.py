"""Architectures, from the students' notebook alone."""

from .writing import PRELUDE, but, several

ASSIGNMENT = "05-architectures"

SCALE = (
    PRELUDE
    + """
ex20_growth = {growth}
def ex20_flops_factor(depth, width, resolution):
    {body}
"""
)


def scale(growth="1.2 * 1.1**2 * 1.15**2", body="return depth * width**2 * resolution**2") -> str:
    return SCALE.format(growth=growth, body=body)


FAMOUS = """
ex16_table = {
    "AlexNet": {"layers": 8, "parameters": 60_965_224},
    "VGG-16": {"layers": 16, "parameters": 138_357_544, "top5": 90.1},
    "ResNet-50": {"layers": 50, "parameters": 25_636_712, "top5": 92.1},
}
"""
LOOP = """
def conv(reads, filters, kernel, groups=1):
    return (reads // groups * kernel**2 + 1) * filters
def dense(reads, units):
    return (reads + 1) * units
alexnet = conv(3, 96, 11) + conv(96, 256, 5, 2) + conv(256, 384, 3) + conv(384, 384, 3, 2) + conv(384, 256, 3, 2)
alexnet += dense(9216, 4096) + dense(4096, 4096) + dense(4096, 1000)
vgg, reads = 0, 3
for filters in [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6:
    vgg, reads = vgg + conv(reads, filters, 3), filters
vgg += dense(25088, 4096) + dense(4096, 4096) + dense(4096, 1000)
def normed(*plan):
    return conv(*plan) + 4 * plan[1]
resnet, reads = normed(3, 64, 7), 64
for blocks, w in ((3, 64), (4, 128), (6, 256), (3, 512)):
    for block in range(blocks):
        resnet += normed(reads, w, 1) + normed(w, w, 3) + normed(w, 4 * w, 1)
        resnet += normed(reads, 4 * w, 1) if block == 0 else 0
        reads = 4 * w
resnet += dense(2048, 1000)
"""
COUNTED = [("60_965_224", "alexnet"), ("138_357_544", "vgg"), ("25_636_712", "resnet")]


def famous(*changes: tuple[str, str]) -> str:
    return PRELUDE + but(FAMOUS, *changes)


THREE = {
    "RIGHT": {
        "exact": famous(),
        "millions": famous(
            ("60_965_224", "61.0"), ("138_357_544", "138.4"), ("25_636_712", "25.6")
        ),
        "one group, in full millions": famous(("60_965_224", "62.4e6"), ("138_357_544", "138.4e6")),
        "one group, exact, as text": famous(("60_965_224", "'62,378,344'"), ("90.1", "'90.1 %'")),
        "counted by a loop": PRELUDE + LOOP + but(FAMOUS, *COUNTED),
        "whole percents": famous(("90.1", "90"), ("92.1", "92")),
        "shares computed": famous(("90.1", "100 * 45_050 / 50_000"), ("92.1", "46_050 / 500")),
    },
    "WRONG": {
        "AlexNet's convolutions only": famous(('"layers": 8', '"layers": 5')),
        "AlexNet as its abstract rounds it": famous(("60_965_224", "60_000_000")),
        "AlexNet's groups read everything thrice": famous(("60_965_224", "63_000_000")),
        "AlexNet without biases": famous(("60_965_224", "60_954_656")),
        "VGG-16's convolutions only": famous(('"layers": 16', '"layers": 13')),
        "VGG-16 with its poolings": famous(('"layers": 16', '"layers": 21')),
        "VGG-16 rounded to ten millions": famous(("138_357_544", "140e6")),
        "VGG-16 without its dense layers": famous(("138_357_544", "14_714_688")),
        "VGG-19": famous(("138_357_544", "143.7")),
        "ResNet-50 with what goes round": famous(('"layers": 50', '"layers": 54')),
        "ResNet-50 without its dense layer": famous(('"layers": 50', '"layers": 49')),
        "ResNet-50 without biases": famous(("25_636_712", "25_610_152")),
        "ResNet-50 as PyTorch counts it": famous(("25_636_712", "25_557_032")),
        "ResNet-50, what training changes": famous(("25_636_712", "25_583_592")),
        "ResNet-50 without its skips": famous(("25_636_712", "22.8")),
        "ResNet-50 without its dense layer's numbers": famous(("25_636_712", "23_587_712")),
        "ResNet-50 rounded downwards": famous(("25_636_712", "25.2")),
        "thousands": famous(("25_636_712", "25_636.7")),
        "top five's errors": famous(("90.1", "9.9"), ("92.1", "7.9")),
        "top five swapped": famous(("90.1", "swap"), ("92.1", "90.1"), ("swap", "92.1")),
        "images instead of percent": famous(("90.1", "45_050")),
        "top one": famous(("90.1", "71.3"), ("92.1", "74.9")),
        "one network short": PRELUDE + FAMOUS + 'del ex16_table["VGG-16"]\n',
    },
}

SMALL = """
def block(filters, size=3):
    return [{"layer": "conv", "filters": filters, "kernel_size": size, "padding": "same"},
            {"layer": "batch_norm"}, {"layer": "relu"}, {"layer": "max_pool"}]
layers = [*block(8), *block(16), {"layer": "flatten"}, {"layer": "dense", "units": 10}]
weights = trained.small()
"""
DESIGN = """
def block(filters, size=3):
    return [{"layer": "conv", "filters": filters, "kernel_size": size, "bias": False},
            {"layer": "batch_norm"}, {"layer": "relu"}]
pool = [{"layer": "max_pool"}]
layers = block(8) + block(16) + pool + block(16) + block(16) + pool + block(16)
layers += [{"layer": "global_avg_pool"}, {"layer": "dense", "units": 10}]
weights = trained.design()
"""
FOLD = """
folded, plain = [], [l for l in layers if l["layer"] != "batch_norm"]
for conv, (gamma, beta, mean, variance) in zip(weights[:-1:2], weights[1:-1:2]):
    scale = gamma / np.sqrt(variance + 1e-3)
    bias = conv[1] if len(conv) == 2 else 0
    folded.append([conv[0] * scale[:, None, None, None], (bias - mean) * scale + beta])
for entry in plain:
    entry.pop("bias", None)
folded.append(weights[-1])
"""


def small(layers="layers", weights="weights", before="") -> str:
    return f"{PRELUDE}{SMALL}{before}\nadded_network_layers, added_network_weights = {layers}, {weights}"


def design(layers="layers", weights="weights", before="", data="digits") -> str:
    return (
        f"{PRELUDE}{DESIGN}{before}\nex18_dataset = {data!r}\n"
        f"ex18_layers, ex18_weights = {layers}, {weights}"
    )


def networks(hand_in, images: int, right: dict[str, str], wrong: dict[str, str]) -> dict:
    """What holds for both networks: `hand_in` makes an answer, images are so many pixels wide."""
    flat = "[{'layer': 'flatten'}, {'layer': 'dense', 'units': 10}]"
    shared = "[{'layer': 'avg_pool', 'pool_size': %d}, {'layer': 'flatten'}, {'layer': 'dense', 'units': 10}]"
    rng = "np.random.default_rng(5).normal(0, 0.1, {})"
    return {
        "RIGHT": {
            "as it was trained": hand_in(),
            "lists": hand_in(weights="[[a.tolist() for a in entry] for entry in weights]"),
            "normalisation folded into the kernels": hand_in("plain", "folded", FOLD),
            **right,
        },
        "WRONG": {
            "untrained": hand_in(
                weights="[[np.random.default_rng(6).random(a.shape) for a in e] for e in weights]"
            ),
            "the last layer untrained": hand_in(
                weights=f"[*weights[:-1], [{rng.format('weights[-1][0].shape')}, np.zeros(10)]]"
            ),
            "the first kernels untrained": hand_in(
                weights=f"[[{rng.format('weights[0][0].shape')}, *weights[0][1:]], *weights[1:]]"
            ),
            "nothing": hand_in(weights="[[0 * a for a in e] for e in weights]"),
            "labels off by one": hand_in(
                weights="[*weights[:-1], [np.roll(a, 1, -1) for a in weights[-1]]]"
            ),
            "a linear model": hand_in(flat, f"[[{rng.format((images**2, 10))}, np.zeros(10)]]"),
            "a mean of the image": hand_in(
                shared % images, f"[[{rng.format((1, 10))}, np.zeros(10)]]"
            ),
            "kernels of one pixel": hand_in(
                "[{'layer': 'conv', 'filters': 8, 'kernel_size': 1}, {'layer': 'relu'}, "
                "{'layer': 'global_avg_pool'}, {'layer': 'dense', 'units': 10}]",
                f"[[{rng.format((8, 1, 1, 1))}, np.zeros(8)], [{rng.format((8, 10))}, np.zeros(10)]]",
            ),
            "pixels up to 255": hand_in(
                weights="[[weights[0][0] / 255, *weights[0][1:]], *weights[1:]]"
            ),
            "moving statistics as they began": hand_in(
                weights="[[e[0], e[1], 0 * e[2], 0 * e[3] + 1] if len(e) == 4 else e for e in weights]"
            ),
            "no normalisation": hand_in(
                "[l for l in layers if l['layer'] != 'batch_norm']",
                "[e for e in weights if len(e) != 4]",
            ),
            "eleven outputs": hand_in(
                "[*layers[:-1], {**layers[-1], 'units': 11}]",
                "[*weights[:-1], [np.pad(weights[-1][0], ((0, 0), (0, 1))), np.append(weights[-1][1], 9)]]",
            ),
            "layers without weights": hand_in(weights="[]"),
            "weights without layers": hand_in(layers="[]"),
            **wrong,
        },
    }


FRESH = {
    "ex16": THREE,
    "added-small-network": networks(
        small,
        8,
        {"padding of one": small("[{**l, 'padding': 1} if 'padding' in l else l for l in layers]")},
        {
            "three thousand parameters and more": small(
                "[*layers[:-1], {'layer': 'dense', 'units': 32}, {'layer': 'dense', 'units': 10}]",
                "[*weights[:-1], [np.pad(weights[-1][0], ((0, 0), (0, 22))), np.pad(weights[-1][1], (0, 22))], "
                "[np.eye(32, 10), np.zeros(10)]]",
            ),
        },
    ),
    "ex18": networks(
        design,
        28,
        {"64 bits": design(weights="[[a.astype(float) for a in entry] for entry in weights]")},
        {
            "ten thousand parameters and more": design(
                "[*layers[:-1], {'layer': 'dense', 'units': 100}, {'layer': 'dense', 'units': 10}]",
                "[*weights[:-1], [np.pad(weights[-1][0], ((0, 0), (0, 90))), np.pad(weights[-1][1], (0, 90))], "
                "[np.eye(100, 10), np.zeros(10)]]",
            ),
            "no data": design(data="cifar10"),
            "no pooling": design("[l for l in layers if l['layer'] != 'max_pool']"),
        },
    ),
    "ex20": {
        "RIGHT": {
            "computed": scale(),
            "two decimals": scale(growth="1.92"),
            "text": scale(growth="'1.92'"),
            "by squares": scale(body="return depth * (width * resolution) ** 2"),
            "NumPy": scale(body="return np.prod([depth, np.square(width), np.square(resolution)])"),
        },
        "WRONG": {
            "about two": scale(growth="2"),
            "product": scale(growth="1.2 * 1.1 * 1.15"),
            "width once": scale(growth="1.2 * 1.1 * 1.15**2"),
            "resolution once": scale(growth="1.2 * 1.1**2 * 1.15"),
            "all squared": scale(growth="(1.2 * 1.1 * 1.15) ** 2"),
            "sum": scale(growth="1.2 + 1.1**2 + 1.15**2"),
            "percent": scale(growth="92"),
            "growth less one": scale(growth="0.92"),
            "function: all once": scale(body="return depth * width * resolution"),
            "function: depth squared": scale(body="return depth**2 * width**2 * resolution**2"),
            "function: parameters": scale(body="return depth * width**2"),
            "function: the example": scale(body="return 1.2 * 1.1**2 * 1.15**2"),
            "function: rounded": scale(body="return round(depth * width**2 * resolution**2)"),
            "function: two to the phi": scale(body="return 2 ** (depth - 1)"),
        },
    },
    "ex20-choice": several(
        ASSIGNMENT,
        "ex20-choice",
        "ex20_true",
        [
            "One coefficient",
            "brings less and less",
            "FLOPs roughly double",
            "leaves the parameters",
        ],
    ),
}
