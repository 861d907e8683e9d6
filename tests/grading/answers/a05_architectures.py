"""Right and wrong answers for the assignment on architectures."""

from textwrap import indent

from .networks import (
    DESIGN_GOOD,
    DESIGN_NAMES,
    DESIGN_PARTIAL,
    DESIGN_WRONG,
    SMALL_GOOD,
    SMALL_NAMES,
    SMALL_PARTIAL,
    SMALL_WRONG,
)

ASSIGNMENT = "05-architectures"

NAMES = {
    "ex16": [("ex16_table", "value")],
    "ex18": DESIGN_NAMES,
    "added-small-network": SMALL_NAMES,
    "ex20": [("ex20_growth", "value"), ("ex20_flops_factor", "function")],
    "ex20-choice": [("ex20_true", "value")],
}

# Layers, parameters in millions, top-5 accuracy in percent (Keras Applications).
TABLE = {
    "AlexNet": {"layers": 8, "parameters": 60.97},
    "VGG-16": {"layers": 16, "parameters": 138.36, "top5": 90.1},
    "ResNet-50": {"layers": 50, "parameters": 25.64, "top5": 92.1},
}


def table(changes: dict[tuple[str, str], object] | None = None) -> str:
    rows = {model: dict(row) for model, row in TABLE.items()}
    for (model, entry), value in (changes or {}).items():
        rows[model][entry] = value
    return f"ex16_table = {rows!r}"


GROWTH = 1.2 * 1.1 * 1.1 * 1.15 * 1.15


def factor(body: str, growth: object = round(GROWTH, 3)) -> str:
    return f"ex20_growth = {growth!r}\ndef ex20_flops_factor(depth, width, resolution):\n" + indent(
        body, "    "
    )


RULE = "return depth * width ** 2 * resolution ** 2"

RIGHT = {
    "ex16": {
        "millions": table(),
        "exact counts": table(
            {
                ("AlexNet", "parameters"): 60_965_224,
                ("VGG-16", "parameters"): 138_357_544,
                ("ResNet-50", "parameters"): 25_636_712,
            }
        ),
        "one group": table({("AlexNet", "parameters"): 62.4}),
        "one group, exact, as text": table({("AlexNet", "parameters"): "62,378,344"}),
        "other spelling of the names": "ex16_table = "
        + repr(
            {"alexnet": TABLE["AlexNet"], "VGG16": TABLE["VGG-16"], "resnet50": TABLE["ResNet-50"]}
        ),
        "millions in words": table(
            {
                ("AlexNet", "parameters"): "61 million",
                ("VGG-16", "parameters"): "138.4 M",
                ("ResNet-50", "parameters"): "25.6M",
            }
        ),
        "NumPy's numbers of 32 bits": "import numpy as np\n"
        + table()
        + "\nfor row in ex16_table.values():\n"
        "    row.update({k: np.float32(v) for k, v in row.items() if k != 'layers'})",
        "accuracies with a percent sign": table(
            {("VGG-16", "top5"): "90.1 %", ("ResNet-50", "top5"): "92.1%"}
        ),
        "rounded": table(
            {
                ("AlexNet", "parameters"): 61,
                ("VGG-16", "parameters"): 138,
                ("ResNet-50", "parameters"): 25.6,
                ("VGG-16", "top5"): 90,
                ("ResNet-50", "top5"): 92,
            }
        ),
    },
    "ex18": DESIGN_GOOD,
    "added-small-network": SMALL_GOOD,
    "ex20": {
        "rule": factor(RULE),
        "unrounded": factor("return depth * (width * resolution) ** 2", GROWTH),
        "text": factor("return width * resolution * depth * resolution * width", "1.92"),
        "by a count": factor(
            "layers, side, channels = 10, 56, 64\n"
            "flops = lambda n, s, c: n * s * s * 9 * c * c * 2\n"
            "return flops(layers * depth, side * resolution, channels * width) / "
            "flops(layers, side, channels)"
        ),
        "by logarithms": factor(
            "import numpy as np\n"
            "return np.exp(np.log([depth, width, width, resolution, resolution]).sum())"
        ),
    },
    "ex20-choice": {
        "list": 'ex20_true = ["a", "c", "d", "e"]',
        "string": 'ex20_true = "acde"',
        "brackets": 'ex20_true = "(d), (c), (a), (e)"',
    },
}

WRONG = {
    "ex16": {
        "layers with pooling": table({("VGG-16", "layers"): 21}),
        "AlexNet's convolutions only": table({("AlexNet", "layers"): 5}),
        "other ResNet": table({("ResNet-50", "layers"): 152, ("ResNet-50", "parameters"): 60.42}),
        "parameters swapped": table(
            {("VGG-16", "parameters"): 25.64, ("ResNet-50", "parameters"): 138.36}
        ),
        "in thousands": table({("VGG-16", "parameters"): 138_358}),
        "convolutions only": table({("VGG-16", "parameters"): 14.7}),
        "top-1": table({("VGG-16", "top5"): 71.3, ("ResNet-50", "top5"): 74.9}),
        "error for accuracy": table({("VGG-16", "top5"): 9.9, ("ResNet-50", "top5"): 7.9}),
        "fraction for percent": table({("VGG-16", "top5"): 0.901, ("ResNet-50", "top5"): 0.921}),
        "ensemble": table({("ResNet-50", "top5"): 96.43}),
        "a model missing": "ex16_table = "
        + repr({m: r for m, r in TABLE.items() if m != "VGG-16"}),
        "an entry missing": "ex16_table = "
        + repr(TABLE | {"VGG-16": {"layers": 16, "parameters": 138.36}}),
        "two guesses": table({("AlexNet", "layers"): [8, 16]}),
        "NaN": table({("AlexNet", "parameters"): "NaN"}),
        "list of numbers": "ex16_table = [8, 60.97, 16, 138.36, 90.1, 50, 25.64, 92.1]",
        "far off by three percent": table({("VGG-16", "parameters"): 142.6}),
        "AlexNet between its two forms and beyond": table({("AlexNet", "parameters"): 66}),
    },
    "ex18": DESIGN_WRONG,
    "added-small-network": SMALL_WRONG,
    "ex20": {
        "width once": factor("return depth * width * resolution ** 2"),
        "resolution once": factor("return depth * width ** 2 * resolution"),
        "product": factor("return depth * width * resolution"),
        "sum": factor("return depth + width + resolution - 2"),
        "sum of squares": factor("return depth + width ** 2 + resolution ** 2 - 2"),
        "everything squared": factor("return (depth * width * resolution) ** 2"),
        "always two": factor("return 2.0"),
        "its own constants": factor("return 1.2 * 1.1 ** 2 * 1.15 ** 2"),
        "integer division": factor("return (depth * width ** 2 * resolution ** 2) // 1"),
        "rounded": factor("return round(depth * width ** 2 * resolution ** 2, 2)"),
        "whole factors only": factor("return int(depth) * int(width) ** 2 * int(resolution) ** 2"),
        "cubed width": factor("return depth * width ** 3 * resolution ** 2"),
        "inverse": factor("return 1 / (depth * width ** 2 * resolution ** 2)"),
        "growth is two": factor(RULE, 2),
        "growth of the product": factor(RULE, 1.518),
        "growth without the resolution": factor(RULE, 1.452),
        "growth in percent": factor(RULE, "92 %"),
        "growth only": f"ex20_growth = {GROWTH}",
        "function only": "def ex20_flops_factor(depth, width, resolution):\n    " + RULE,
        "arguments in another order": "ex20_growth = 1.92\n"
        "def ex20_flops_factor(width, depth, resolution):\n    " + RULE,
        "growth is no number": factor(RULE, "nan"),
    },
    "ex20-choice": {
        "everything": 'ex20_true = "abcde"',
        "depth only": 'ex20_true = "bcd"',
        "picture adds parameters": 'ex20_true = "ACD"',
        "no limit": 'ex20_true = "ade"',
        "no constants": 'ex20_true = "ace"',
        "the opposite": 'ex20_true = "b"',
        "one letter": 'ex20_true = "c"',
    },
}

PARTIAL = {
    "ex16": {
        "one entry wrong": (table({("VGG-16", "layers"): 21}), 3.5),
        "layers only": (
            'ex16_table = {"AlexNet": {"layers": 8}, "VGG-16": {"layers": 16}, "ResNet-50": {"layers": 50}}',
            0,
        ),
    },
    "ex18": DESIGN_PARTIAL,
    "added-small-network": SMALL_PARTIAL,
    "ex20": {
        "growth only": (WRONG["ex20"]["growth only"], 1),
        "function only": (WRONG["ex20"]["function only"], 2),
    },
    "ex20-choice": {
        "one missing": ('ex20_true = "acd"', 1),
        "everything": ('ex20_true = "abcde"', 0),
    },
}
