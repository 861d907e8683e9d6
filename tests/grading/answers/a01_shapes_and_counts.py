"""Right and wrong answers for the assignment on shapes and counts."""

ASSIGNMENT = "01-shapes-and-counts"

NAMES = {
    "ex01": [("ex01_output_size", "value")],
    "ex02": [("ex02_parameters", "value")],
    "ex03": [("ex03_after_convolution", "value"), ("ex03_after_pooling", "value")],
    "ex09-count": [("ex09_weights", "value"), ("ex09_parameters", "value")],
    "ex09-pointwise": [("ex09_pointwise", "function")],
    "ex13": [
        ("ex13_parameters", "value"),
        ("ex13_total", "value"),
        ("ex13_largest", "value"),
    ],
    "ex21": [("ex21_macs", "value"), ("ex21_flops", "value")],
    "ex22-count": [
        ("ex22_standard", "value"),
        ("ex22_separable", "value"),
        ("ex22_ratio", "value"),
    ],
    "ex22-saving": [("ex22_saving", "function")],
    "ex25-reasons": [("ex25_reasons", "value")],
    "ex25-symmetric": [("ex25_symmetric", "function")],
    "ex25-same": [("ex25_same", "function")],
}

# --- right values, by counting --------------------------------------------------------------


def positions(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """Count the places where a window fits, one by one."""
    row = [0] * (size + 2 * pad)
    return sum(
        1 for start in range(0, len(row), stride) if len(row[start : start + kernel]) == kernel
    )


def filter_numbers(kernel: int, inputs: int, filters: int, bias: bool = True) -> int:
    return sum(kernel * kernel * inputs + bias for _ in range(filters))


SIDE = positions(64, 5, 2)
PARAMETERS = filter_numbers(3, 64, 128)
AFTER = positions(224, 7, 2, 3)
POOLED = positions(AFTER, 3, 2, 1)

WIDTHS = {1: [64, 64], 2: [128, 128], 3: [256] * 3, 4: [512] * 3, 5: [512] * 3}


def vgg(bias: bool = True) -> dict[str, int]:
    table, inputs = {}, 3
    for block, widths in WIDTHS.items():
        for place, width in enumerate(widths, 1):
            table[f"conv{block}_{place}"] = filter_numbers(3, inputs, width, bias)
            inputs = width
    inputs *= 7 * 7
    for name, units in (("fc6", 4096), ("fc7", 4096), ("fc8", 1000)):
        table[name] = units * (inputs + bias)
        inputs = units
    return table


VGG, VGG_BARE = vgg(), vgg(bias=False)
TOTAL = sum(VGG.values())

MACS = sum(3 * 3 * 256 for _ in range(14 * 14)) * 512
STANDARD = 3 * 3 * 128 * 256
SEPARABLE = 3 * 3 * 128 + 128 * 256

# --- right ----------------------------------------------------------------------------------

RIGHT = {
    "ex01": {
        "integer": f"ex01_output_size = {SIDE}",
        "whole float": f"ex01_output_size = {float(SIDE)}",
        "NumPy integer": f"import numpy as np\nex01_output_size = np.int32({SIDE})",
        "NumPy float": f"import numpy as np\nex01_output_size = np.float32({SIDE})",
        "zero-dimensional array": f"import numpy as np\nex01_output_size = np.array({SIDE})",
        "list of one": f"ex01_output_size = [{SIDE}]",
        "string": f'ex01_output_size = "{SIDE}"',
        "string with blanks": f'ex01_output_size = "  {SIDE} "',
        "pair": f"ex01_output_size = ({SIDE}, {SIDE})",
        "text of a pair": f'ex01_output_size = "{SIDE}×{SIDE}"',
        "text of a pair with x": f'ex01_output_size = "{SIDE} x {SIDE}"',
        "computed": "ex01_output_size = (64 - 5 + 2 * 0) // 2 + 1",
        "counted": "ex01_output_size = len(range(0, 64 - 5 + 1, 2))",
        "by NumPy": "import numpy as np\nex01_output_size = np.floor((64 - 5) / 2) + 1",
        "by window view": (
            "import numpy as np\n"
            "ex01_output_size = "
            "np.lib.stride_tricks.sliding_window_view(np.zeros(64), 5)[::2].shape[0]"
        ),
    },
    "ex02": {
        "integer": f"ex02_parameters = {PARAMETERS}",
        "thousands separator": f'ex02_parameters = "{PARAMETERS:,}"',
        "blank as separator": f'ex02_parameters = "{PARAMETERS:,}"'.replace(",", " "),
        "underscore": f'ex02_parameters = "{PARAMETERS:_}"',
        "float": f"ex02_parameters = {PARAMETERS}.0",
        "int64": f"import numpy as np\nex02_parameters = np.int64({PARAMETERS})",
        "computed": "ex02_parameters = 128 * (3 * 3 * 64 + 1)",
        "from arrays": (
            "import numpy as np\n"
            "ex02_parameters = np.zeros((128, 64, 3, 3)).size + np.zeros(128).size"
        ),
        "one-element array": f"import numpy as np\nex02_parameters = np.array([{PARAMETERS}])",
    },
    "ex03": {
        "tuples": f"ex03_after_convolution = ({AFTER}, {AFTER}, 64)\n"
        f"ex03_after_pooling = ({POOLED}, {POOLED}, 64)",
        "lists": f"ex03_after_convolution = [{AFTER}, {AFTER}, 64]\n"
        f"ex03_after_pooling = [{POOLED}, {POOLED}, 64]",
        "arrays": "import numpy as np\n"
        f"ex03_after_convolution = np.array([{AFTER}, {AFTER}, 64])\n"
        f"ex03_after_pooling = np.array([{POOLED}, {POOLED}, 64], dtype=np.float32)",
        "text": f'ex03_after_convolution = "{AFTER}×{AFTER}×64"\n'
        f'ex03_after_pooling = "{POOLED}×{POOLED}×64"',
        "text of tuples": f'ex03_after_convolution = "({AFTER}, {AFTER}, 64)"\n'
        f'ex03_after_pooling = "({POOLED}, {POOLED}, 64)"',
        "shape of an array": "import numpy as np\n"
        f"ex03_after_convolution = np.zeros(({AFTER}, {AFTER}, 64), np.uint8).shape\n"
        f"ex03_after_pooling = np.zeros(({POOLED}, {POOLED}, 64), np.uint8).shape",
        "floats": f"ex03_after_convolution = ({AFTER}.0, {AFTER}.0, 64.0)\n"
        f"ex03_after_pooling = ({POOLED}.0, {POOLED}.0, 64.0)",
        "computed": "out = lambda w, f, s, p: (w - f + 2 * p) // s + 1\n"
        "a = out(224, 7, 2, 3)\n"
        "ex03_after_convolution = (a, a, 64)\n"
        "ex03_after_pooling = (out(a, 3, 2, 1), out(a, 3, 2, 1), 64)",
    },
    "ex09-count": {
        "integers": f"ex09_weights = {512 * 64}\nex09_parameters = {512 * 64 + 64}",
        "computed": "ex09_weights = 1 * 1 * 512 * 64\nex09_parameters = 64 * (512 + 1)",
        "strings": f'ex09_weights = "{512 * 64:,}"\nex09_parameters = "{512 * 64 + 64:,}"',
        "from arrays": "import numpy as np\nw, b = np.ones((64, 512, 1, 1)), np.ones(64)\n"
        "ex09_weights = w.sum()\nex09_parameters = w.sum() + b.sum()",
    },
    "ex09-pointwise": {
        "einsum": "import numpy as np\n"
        "def ex09_pointwise(x, weights):\n"
        "    return np.einsum('kc,chw->khw', weights, x)",
        "tensordot": "import numpy as np\n"
        "def ex09_pointwise(x, weights):\n"
        "    return np.tensordot(weights, x, axes=1)",
        "matrix product": "import numpy as np\n"
        "def ex09_pointwise(x, weights):\n"
        "    c, h, w = x.shape\n"
        "    return (weights @ x.reshape(c, h * w)).reshape(len(weights), h, w)",
        "loops": "import numpy as np\n"
        "def ex09_pointwise(x, weights):\n"
        "    out = np.zeros((weights.shape[0],) + x.shape[1:])\n"
        "    for k in range(weights.shape[0]):\n"
        "        for c in range(weights.shape[1]):\n"
        "            out[k] += weights[k, c] * x[c]\n"
        "    return out",
        "nested lists": "def ex09_pointwise(x, weights):\n"
        "    x, weights = x.tolist(), weights.tolist()\n"
        "    return [[[sum(w * m[i][j] for w, m in zip(row, x)) for j in range(len(x[0][0]))]\n"
        "             for i in range(len(x[0]))] for row in weights]",
        "float32": "import numpy as np\n"
        "def ex09_pointwise(x, weights):\n"
        "    return np.einsum('kc,chw->khw', weights.astype('f4'), x.astype('f4'))",
        "keyword call style": "import numpy as np\n"
        "def ex09_pointwise(x, weights, *, verbose=False):\n"
        "    return np.moveaxis(np.moveaxis(np.asarray(x), 0, -1) @ np.asarray(weights).T, -1, 0)",
    },
    "ex13": {
        "dictionary": f"ex13_parameters = {VGG!r}\nex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "list in order": f"ex13_parameters = {list(VGG.values())!r}\n"
        f"ex13_total = {TOTAL}\nex13_largest = 'FC6'",
        "with its sum below": f"ex13_parameters = {VGG!r}\nex13_total = {TOTAL}\n"
        "ex13_largest = 'fc6'\nex13_parameters['Total'] = sum(ex13_parameters.values())",
        "array and separators": "import numpy as np\n"
        f"ex13_parameters = np.array({list(VGG.values())!r})\n"
        f"ex13_total = '{TOTAL:,}'\nex13_largest = ' fc6 '",
        "other spelling of the names": "ex13_parameters = "
        + repr({n.upper().replace("_", "-"): v for n, v in VGG.items()})
        + f"\nex13_total = {TOTAL}.0\nex13_largest = 'Fc6'",
        "computed": "widths = [(1, [64] * 2), (2, [128] * 2), (3, [256] * 3), (4, [512] * 3), "
        "(5, [512] * 3)]\n"
        "ex13_parameters, c = {}, 3\n"
        "for block, filters in widths:\n"
        "    for i, k in enumerate(filters):\n"
        "        ex13_parameters['conv%d_%d' % (block, i + 1)] = k * (9 * c + 1)\n"
        "        c = k\n"
        "n = 512 * 7 * 7\n"
        "for name, units in ('fc6', 4096), ('fc7', 4096), ('fc8', 1000):\n"
        "    ex13_parameters[name] = units * (n + 1)\n"
        "    n = units\n"
        "ex13_total = sum(ex13_parameters.values())\n"
        "ex13_largest = max(ex13_parameters, key=ex13_parameters.get)",
        "strings in another order": "ex13_parameters = "
        + repr({n: f"{v:,}" for n, v in reversed(VGG.items())})
        + f"\nex13_total = {TOTAL}\nex13_largest = 'fc-6'",
    },
    "ex21": {
        "integers": f"ex21_macs = {MACS}\nex21_flops = {2 * MACS}",
        "computed": "ex21_macs = 3 * 3 * 256 * 512 * 14 * 14\nex21_flops = 2 * ex21_macs",
        "separators": f'ex21_macs = "{MACS:,}"\nex21_flops = "{2 * MACS:_}"',
        "floats": f"ex21_macs = {float(MACS)}\nex21_flops = {2.0 * MACS}",
        "additions to the letter": f"ex21_macs = {MACS}\n"
        "ex21_flops = (9 * 256 + (9 * 256 - 1)) * 512 * 14 * 14",
        "product of an array": "import numpy as np\n"
        "ex21_macs = np.prod([3, 3, 256, 512, 14, 14])\nex21_flops = ex21_macs + ex21_macs",
    },
    "ex22-count": {
        "integers": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        f"ex22_ratio = {STANDARD / SEPARABLE}",
        "two decimals": f"ex22_standard = '{STANDARD:,}'\nex22_separable = '{SEPARABLE:,}'\n"
        f"ex22_ratio = {STANDARD / SEPARABLE:.2f}",
        "ratio as text": f"ex22_standard = {STANDARD}.0\nex22_separable = {SEPARABLE}.0\n"
        f"ex22_ratio = '{STANDARD / SEPARABLE:.2f}'",
        "computed": "ex22_standard = 9 * 128 * 256\nex22_separable = 9 * 128 + 128 * 256\n"
        "ex22_ratio = 1 / (1 / 256 + 1 / 9)",
    },
    "ex22-saving": {
        "by the rule": "def ex22_saving(kernel_size, in_channels, out_channels):\n"
        "    return 1 / (1 / out_channels + 1 / kernel_size ** 2)",
        "by counting": "def ex22_saving(kernel_size, in_channels, out_channels):\n"
        "    f2 = kernel_size * kernel_size\n"
        "    return f2 * in_channels * out_channels / (f2 * in_channels + in_channels * out_channels)",
        "as a fraction of floats": "import numpy as np\n"
        "def ex22_saving(kernel_size, in_channels, out_channels):\n"
        "    return np.float64(kernel_size ** 2 * out_channels) / (kernel_size ** 2 + out_channels)",
        "as a lambda": "ex22_saving = lambda f, c, k: f * f * k / (f * f + k)",
        "from arrays": "import numpy as np\n"
        "def ex22_saving(kernel_size, in_channels, out_channels):\n"
        "    a = np.zeros((out_channels, in_channels, kernel_size, kernel_size), bool).size\n"
        "    b = np.zeros((in_channels, kernel_size, kernel_size), bool).size\n"
        "    return np.array(a / (b + in_channels * out_channels))",
    },
    "ex25-reasons": {
        "list": 'ex25_reasons = ["b", "c", "e"]',
        "string": 'ex25_reasons = "bce"',
        "text with commas": 'ex25_reasons = "b, c, e"',
        "tuple, capitals, another order": 'ex25_reasons = ("E", "B", "C")',
        "repeats and brackets": 'ex25_reasons = ["(b)", "c)", "e.", "b"]',
    },
    "ex25-symmetric": {
        "by the rule": "def ex25_symmetric(kernel_size, dilation=1):\n"
        "    return dilation * (kernel_size - 1) // 2",
        "by effective size": "def ex25_symmetric(kernel_size, dilation=1):\n"
        "    effective = 1 + (kernel_size - 1) * dilation\n"
        "    return (effective - 1) / 2",
        "by search": "def ex25_symmetric(kernel_size, dilation=1):\n"
        "    reach = [i * dilation for i in range(kernel_size)][-1] + 1\n"
        "    return next(p for p in range(1000) if 100 + 2 * p - reach + 1 == 100)",
        "NumPy integer": "import numpy as np\n"
        "def ex25_symmetric(kernel_size, dilation=1):\n"
        "    return np.int64(dilation * (kernel_size // 2))",
    },
    "ex25-same": {
        "by the rule": "def ex25_same(input_size, kernel_size, stride=1):\n"
        "    out = -(-input_size // stride)\n"
        "    total = max((out - 1) * stride + kernel_size - input_size, 0)\n"
        "    return total // 2, total - total // 2",
        "by the other form of the rule": "def ex25_same(input_size, kernel_size, stride=1):\n"
        "    rest = input_size % stride\n"
        "    total = max(kernel_size - (stride if rest == 0 else rest), 0)\n"
        "    return [total // 2, (total + 1) // 2]",
        "by search": "import math\n"
        "import numpy as np\n"
        "def ex25_same(input_size, kernel_size, stride=1):\n"
        "    want, total = math.ceil(input_size / stride), 0\n"
        "    while (input_size + total - kernel_size) // stride + 1 < want:\n"
        "        total += 1\n"
        "    return np.array([total // 2, total - total // 2])",
        "floats": "import math\n"
        "def ex25_same(input_size, kernel_size, stride=1):\n"
        "    total = max(0, (math.ceil(input_size / stride) - 1) * stride + kernel_size - input_size)\n"
        "    return (float(math.floor(total / 2)), float(math.ceil(total / 2)))",
    },
}

# --- wrong ----------------------------------------------------------------------------------

GOOD_TABLE = f"ex13_parameters = {VGG!r}\n"


def table(change) -> str:
    """The right table after `change` has been at it."""
    return f"ex13_parameters = {dict(change)!r}\nex13_total = {TOTAL}\nex13_largest = 'fc6'"


def pointwise(body: str) -> str:
    return f"import numpy as np\ndef ex09_pointwise(x, weights):\n    {body}"


def saving(expression: str) -> str:
    return (
        "def ex22_saving(kernel_size, in_channels, out_channels):\n"
        f"    f, c, k = kernel_size, in_channels, out_channels\n    return {expression}"
    )


def symmetric(expression: str) -> str:
    return f"def ex25_symmetric(kernel_size, dilation=1):\n    return {expression}"


def same(body: str) -> str:
    return (
        "import math\ndef ex25_same(input_size, kernel_size, stride=1):\n"
        f"    w, f, s = input_size, kernel_size, stride\n    {body}"
    )


TAIL = "\n    return t // 2, t - t // 2"

WRONG = {
    "ex01": {
        "rounded up": f"ex01_output_size = {SIDE + 1}",
        "forgot the plus one": f"ex01_output_size = {SIDE - 1}",
        "kept the fraction": "ex01_output_size = (64 - 5) / 2 + 1",
        "forgot the stride": "ex01_output_size = 60",
        "halved the input": "ex01_output_size = 32",
        "padded as if same": "ex01_output_size = 64",
        "added the kernel": "ex01_output_size = (64 + 5) // 2 + 1",
        "nearly": f"ex01_output_size = {SIDE + 1e-3}",
        "unequal pair": f"ex01_output_size = ({SIDE}, {SIDE + 1})",
        "three numbers": f"ex01_output_size = ({SIDE}, {SIDE}, {SIDE})",
        "right number among others": f"ex01_output_size = [{SIDE - 1}, {SIDE}, {SIDE + 1}]",
        "area": f"ex01_output_size = {SIDE * SIDE}",
        "negative": f"ex01_output_size = {-SIDE}",
        "two guesses in a text": f'ex01_output_size = "{SIDE} or {SIDE + 1}"',
        "text with a remark": 'ex01_output_size = "30 or so, perhaps 31"',
        "expression as text": 'ex01_output_size = "(64-5)//2+1"',
        "set of guesses": f"ex01_output_size = {{{SIDE}, {SIDE + 1}}}",
        "column of the number": f"ex01_output_size = [[{SIDE}], [{SIDE}], [{SIDE}]]",
    },
    "ex02": {
        "weights only": f"ex02_parameters = {3 * 3 * 64 * 128}",
        "one bias for the layer": f"ex02_parameters = {3 * 3 * 64 * 128 + 1}",
        "filters that read one channel": f"ex02_parameters = {128 * (9 + 1)}",
        "a bias for every input channel": f"ex02_parameters = {3 * 3 * 64 * 128 + 64}",
        "channels swapped, with their biases": f"ex02_parameters = {64 * (9 * 128 + 1)}",
        "a bias for every slice": f"ex02_parameters = {64 * 128 * 10}",
        "one side of the kernel": f"ex02_parameters = {128 * (3 * 64 + 1)}",
        "off by one": f"ex02_parameters = {PARAMETERS + 1}",
        "rounded to thousands": "ex02_parameters = 74000",
        "text in thousands": 'ex02_parameters = "73.9k"',
        "pair": f"ex02_parameters = ({PARAMETERS}, {PARAMETERS})",
    },
    "ex03": {
        "forgot the padding of the convolution": "ex03_after_convolution = (109, 109, 64)\n"
        "ex03_after_pooling = (55, 55, 64)",
        "padded on one side only": "ex03_after_convolution = (111, 111, 64)\n"
        "ex03_after_pooling = (56, 56, 64)",
        "rounded up": "ex03_after_convolution = (113, 113, 64)\nex03_after_pooling = (57, 57, 64)",
        "pooling without padding": f"ex03_after_convolution = ({AFTER}, {AFTER}, 64)\n"
        "ex03_after_pooling = (55, 55, 64)",
        "pooling changed the channels": f"ex03_after_convolution = ({AFTER}, {AFTER}, 64)\n"
        f"ex03_after_pooling = ({POOLED}, {POOLED}, 32)",
        "channels of the input": f"ex03_after_convolution = ({AFTER}, {AFTER}, 3)\n"
        f"ex03_after_pooling = ({POOLED}, {POOLED}, 3)",
        "channels first": f"ex03_after_convolution = (64, {AFTER}, {AFTER})\n"
        f"ex03_after_pooling = (64, {POOLED}, {POOLED})",
        "with a batch axis": f"ex03_after_convolution = (1, {AFTER}, {AFTER}, 64)\n"
        f"ex03_after_pooling = (1, {POOLED}, {POOLED}, 64)",
        "without channels": f"ex03_after_convolution = ({AFTER}, {AFTER})\n"
        f"ex03_after_pooling = ({POOLED}, {POOLED})",
        "swapped": f"ex03_after_convolution = ({POOLED}, {POOLED}, 64)\n"
        f"ex03_after_pooling = ({AFTER}, {AFTER}, 64)",
        "only the first": f"ex03_after_convolution = ({AFTER}, {AFTER}, 64)\n"
        "ex03_after_pooling = ...",
        "only the second": "ex03_after_convolution = None\n"
        f"ex03_after_pooling = ({POOLED}, {POOLED}, 64)",
        "all channels multiplied": f"ex03_after_convolution = ({AFTER}, {AFTER}, 192)\n"
        f"ex03_after_pooling = ({POOLED}, {POOLED}, 192)",
        "array instead of its shape": "import numpy as np\n"
        f"ex03_after_convolution = np.zeros(({AFTER}, {AFTER}, 1))\n"
        f"ex03_after_pooling = np.zeros(({POOLED}, {POOLED}, 1))",
    },
    "ex09-count": {
        "swapped": f"ex09_weights = {512 * 64 + 64}\nex09_parameters = {512 * 64}",
        "biases of the inputs": f"ex09_weights = {512 * 64}\nex09_parameters = {512 * 64 + 512}",
        "no biases": f"ex09_weights = {512 * 64}\nex09_parameters = {512 * 64}",
        "one number a filter": "ex09_weights = 64\nex09_parameters = 128",
        "sum for product": "ex09_weights = 576\nex09_parameters = 640",
        "kernel 3 by 3": f"ex09_weights = {9 * 512 * 64}\nex09_parameters = {9 * 512 * 64 + 64}",
        "one bias": f"ex09_weights = {512 * 64}\nex09_parameters = {512 * 64 + 1}",
        "inputs only": "ex09_weights = 512\nex09_parameters = 513",
    },
    "ex09-pointwise": {
        "first filter only": pointwise("return np.tensordot(weights[:1], x, 1)"),
        "weights reshaped for transposed": pointwise(
            "w = weights.reshape(weights.shape[::-1]).T\n    return np.tensordot(w, x, 1)"
        ),
        "ignores the input channels": pointwise(
            "return weights.sum(1)[:, None, None] * x[0][None]"
        ),
        "mean over channels for sum": pointwise("return np.tensordot(weights, x, 1) / x.shape[0]"),
        "height and width swapped": pointwise(
            "return np.tensordot(weights, x, 1).transpose(0, 2, 1)"
        ),
        "channels last": pointwise("return np.moveaxis(np.tensordot(weights, x, 1), 0, -1)"),
        "reshape for transpose": pointwise(
            "c, h, w = x.shape\n"
            "    return (x.reshape(h * w, c) @ weights.T).T.reshape(len(weights), h, w)"
        ),
        "drops the last channel": pointwise("return np.tensordot(weights[:, :-1], x[:-1], 1)"),
        "loops one row short": pointwise(
            "out = np.zeros((len(weights),) + x.shape[1:])\n"
            "    out[:, :-1] = np.tensordot(weights, x, 1)[:, :-1]\n    return out"
        ),
        "integer result": pointwise("return np.tensordot(weights, x, 1).astype(int)"),
        "result in the input's type": pointwise(
            "out = np.zeros((len(weights),) + x.shape[1:], x.dtype)\n"
            "    out[:] = np.tensordot(weights, x, 1)\n    return out"
        ),
        "half precision": pointwise("return np.tensordot(weights.astype('f2'), x.astype('f2'), 1)"),
        "damages x": pointwise("y = np.tensordot(weights, x, 1)\n    x *= 0\n    return y"),
        "damages the weights": pointwise(
            "y = np.tensordot(weights, x, 1)\n    weights[:] = weights[::-1]\n    return y"
        ),
        "right for square maps only": pointwise(
            "c, h, w = x.shape\n    return np.tensordot(weights, x, 1).reshape(len(weights), w, h)"
        ),
        "right for fewer filters than channels only": pointwise(
            "k = min(weights.shape)\n    return np.tensordot(weights[:k], x, 1)"
        ),
        "adds a ReLU": pointwise("return np.maximum(np.tensordot(weights, x, 1), 0)"),
        "depthwise": pointwise(
            "k = len(weights)\n"
            "    return np.stack([weights[i, i % x.shape[0]] * x[i % x.shape[0]] for i in range(k)])"
        ),
        "right shape, random values": pointwise(
            "return np.random.default_rng(0).normal(size=(len(weights),) + x.shape[1:])"
        ),
        "squeezes axes of one": pointwise("return np.tensordot(weights, x, 1).squeeze()"),
        "adds a batch axis": pointwise("return np.tensordot(weights, x, 1)[None]"),
        "prints and returns nothing": pointwise("print(np.tensordot(weights, x, 1))"),
    },
    "ex13": {
        "forgot the biases everywhere": f"ex13_parameters = {VGG_BARE!r}\n"
        f"ex13_total = {sum(VGG_BARE.values())}\nex13_largest = 'fc6'",
        "fc6 without flattening": table(VGG | {"fc6": 4096 * 513}),
        "fc6 on 14×14": table(VGG | {"fc6": 4096 * (14 * 14 * 512 + 1)}),
        "first layer on grey": table(VGG | {"conv1_1": 64 * 10}),
        "a layer is missing": table({n: v for n, v in VGG.items() if n != "conv4_3"}),
        "off by one": table(VGG | {"fc8": VGG["fc8"] + 1}),
        "second of each block as the first": table(VGG | {"conv3_2": VGG["conv3_1"]}),
        "total off by one": GOOD_TABLE + f"ex13_total = {TOTAL + 1}\nex13_largest = 'fc6'",
        "total without the dense layers": GOOD_TABLE
        + f"ex13_total = {sum(v for n, v in VGG.items() if n.startswith('conv'))}\n"
        "ex13_largest = 'fc6'",
        "wrong largest": GOOD_TABLE + f"ex13_total = {TOTAL}\nex13_largest = 'conv5_3'",
        "largest by its units": GOOD_TABLE + f"ex13_total = {TOTAL}\nex13_largest = 'fc7'",
        "largest is two": GOOD_TABLE + f"ex13_total = {TOTAL}\nex13_largest = 'fc6 or fc7'",
        "largest as list of all": GOOD_TABLE
        + f"ex13_total = {TOTAL}\nex13_largest = {list(VGG)!r}",
        "no table": f"ex13_parameters = ...\nex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "table of fifteen": f"ex13_parameters = {list(VGG.values())[1:]!r}\n"
        f"ex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "reversed list": f"ex13_parameters = {list(VGG.values())[::-1]!r}\n"
        f"ex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "rounded to millions": "ex13_parameters = "
        + repr({n: round(v, -4) for n, v in VGG.items()})
        + f"\nex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "NaN among numbers": "ex13_parameters = "
        + repr(VGG | {"fc7": "NaN"})
        + f"\nex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "every value a list of guesses": "ex13_parameters = "
        + repr({n: [v, v + 1] for n, v in VGG.items()})
        + f"\nex13_total = {TOTAL}\nex13_largest = 'fc6'",
        "two spellings, two values": "ex13_parameters = "
        + repr({n.upper(): v + 1 for n, v in VGG.items()} | VGG)
        + f"\nex13_total = {TOTAL}\nex13_largest = 'fc6'",
    },
    "ex21": {
        "FLOPs for MACs": f"ex21_macs = {2 * MACS}\nex21_flops = {2 * MACS}",
        "swapped": f"ex21_macs = {2 * MACS}\nex21_flops = {MACS}",
        "MACs for FLOPs": f"ex21_macs = {MACS}\nex21_flops = {MACS}",
        "forgot the kernel": f"ex21_macs = {MACS // 9}\nex21_flops = {2 * MACS // 9}",
        "one side of the map": f"ex21_macs = {MACS // 14}\nex21_flops = {2 * MACS // 14}",
        "weights only": f"ex21_macs = {9 * 256 * 512}\nex21_flops = {18 * 256 * 512}",
        "input channels left out": f"ex21_macs = {MACS // 256}\nex21_flops = {MACS // 128}",
        "biases counted": f"ex21_macs = {MACS + 512 * 196}\nex21_flops = {2 * MACS + 512 * 196}",
        "adds one fewer in each map": f"ex21_macs = {MACS}\nex21_flops = {2 * MACS - 512}",
        "half the MACs": f"ex21_macs = {MACS // 2}\nex21_flops = {MACS}",
        "in millions": "ex21_macs = 231.2\nex21_flops = 462.4",
        "rounded": "ex21_macs = 231000000\nex21_flops = 462000000",
        "float32 rounding": "import numpy as np\n"
        f"ex21_macs = np.float32({MACS + 9})\nex21_flops = np.float32({2 * MACS + 50})",
    },
    "ex22-count": {
        "swapped": f"ex22_standard = {SEPARABLE}\nex22_separable = {STANDARD}\n"
        f"ex22_ratio = {STANDARD / SEPARABLE}",
        "inverse ratio": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        f"ex22_ratio = {SEPARABLE / STANDARD}",
        "with biases": f"ex22_standard = {STANDARD + 256}\nex22_separable = {SEPARABLE + 256}\n"
        f"ex22_ratio = {(STANDARD + 256) / (SEPARABLE + 256)}",
        "depthwise only": f"ex22_standard = {STANDARD}\nex22_separable = {9 * 128}\n"
        f"ex22_ratio = {256.0}",
        "pointwise only": f"ex22_standard = {STANDARD}\nex22_separable = {128 * 256}\n"
        "ex22_ratio = 9.0",
        "depthwise on the outputs": f"ex22_standard = {STANDARD}\n"
        f"ex22_separable = {9 * 256 + 128 * 256}\n"
        f"ex22_ratio = {STANDARD / (9 * 256 + 128 * 256)}",
        "product of the steps": f"ex22_standard = {STANDARD}\n"
        f"ex22_separable = {9 * 128 * 128 * 256}\nex22_ratio = {1 / 128}",
        "rounded to one decimal": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        "ex22_ratio = 8.7",
        "limit for the ratio": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        "ex22_ratio = 9",
        "integer division": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        f"ex22_ratio = {STANDARD // SEPARABLE}",
        "saving in percent": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        f"ex22_ratio = '{100 - 100 * SEPARABLE / STANDARD:.1f} %'",
        "ratio as NaN": f"ex22_standard = {STANDARD}\nex22_separable = {SEPARABLE}\n"
        "ex22_ratio = float('nan')",
    },
    "ex22-saving": {
        "inverse": saving("1 / k + 1 / f ** 2"),
        "limit": saving("f ** 2"),
        "integer division": saving("(f * f * c * k) // (f * f * c + c * k)"),
        "channels swapped": saving("f * f * c / (f * f + c)"),
        "kernel not squared": saving("1 / (1 / k + 1 / f)"),
        "rounded to two decimals": saving("round(1 / (1 / k + 1 / f ** 2), 2)"),
        "with biases": saving("k * (f * f * c + 1) / (f * f * c + c * k + k)"),
        "never below one": saving("max(1, 1 / (1 / k + 1 / f ** 2))"),
        "kernel of three only": saving("1 / (1 / k + 1 / 9)"),
        "the example only": saving(f"{STANDARD / SEPARABLE}"),
        "difference for ratio": saving("f * f * c * k - (f * f * c + c * k)"),
        "percent saved": saving("100 * (1 - (1 / k + 1 / f ** 2))"),
        "depthwise on the outputs": saving("f * f * c * k / (f * f * k + c * k)"),
        "fails for kernel one": saving("1 / (1 / k + 1 / f ** 2) if f > 1 else 1"),
        "single precision in eighths": saving("round(8 / (1 / k + 1 / f ** 2)) / 8"),
        "text": saving("str(1 / (1 / k + 1 / f ** 2)) + ' times'"),
        "pair": saving("(1 / (1 / k + 1 / f ** 2), 0)"),
    },
    "ex25-reasons": {
        "everything": 'ex25_reasons = "baced"',
        "one missing": 'ex25_reasons = "bc"',
        "one too many": 'ex25_reasons = "bace"',
        "false edges": 'ex25_reasons = ["b", "c", "e", "d"]',
        "the opposite": 'ex25_reasons = ["a", "d"]',
        "one letter": 'ex25_reasons = "b"',
        "numbers": "ex25_reasons = [1, 3, 4]",
        "letters that are not there": 'ex25_reasons = ["b", "c", "e", "f"]',
        "with a question mark": 'ex25_reasons = "acd, maybe e"',
        "truth values": "ex25_reasons = [True, False, True, True, False]",
        "nested letters": 'ex25_reasons = [["b"], ["c"]]',
    },
    "ex25-symmetric": {
        "half the kernel": symmetric("dilation * kernel_size / 2"),
        "rounded up": symmetric("dilation * (kernel_size + 1) // 2"),
        "ignores the dilation": symmetric("(kernel_size - 1) // 2"),
        "total for a side": symmetric("dilation * (kernel_size - 1)"),
        "adds the dilation": symmetric("(kernel_size - 1) // 2 + dilation - 1"),
        "effective size for padding": symmetric("1 + dilation * (kernel_size - 1)"),
        "always one": symmetric("1"),
        "never zero": symmetric("max(1, dilation * (kernel_size - 1) // 2)"),
        "pair": symmetric(
            "(dilation * (kernel_size - 1) // 2, dilation * (kernel_size - 1) // 2 + 1)"
        ),
        "needs the second argument": "def ex25_symmetric(kernel_size, dilation):\n"
        "    return dilation * (kernel_size - 1) // 2",
        "wrong default": "def ex25_symmetric(kernel_size, dilation=2):\n"
        "    return dilation * (kernel_size - 1) // 2",
        "small kernels only": symmetric("{1: 0, 3: 1, 5: 2}[kernel_size] * dilation"),
        "squared dilation": symmetric("dilation ** 2 * (kernel_size - 1) // 2"),
        "not rounded": symmetric("dilation * kernel_size / 2 - 0.4"),
    },
    "ex25-same": {
        "extra zero first": same(
            "t = max((-(-w // s) - 1) * s + f - w, 0)\n    return t - t // 2, t // 2"
        ),
        "symmetric": same("p = (f - 1) // 2\n    return p, p"),
        "negative padding": same("t = (-(-w // s) - 1) * s + f - w" + TAIL),
        "floor for ceil": same("t = max((w // s - 1) * s + f - w, 0)" + TAIL),
        "ignores the stride": same("t = f - 1" + TAIL),
        "keeps the size at every stride": same("t = max((w - 1) * s + f - w, 0)" + TAIL),
        "total only": same("t = max((-(-w // s) - 1) * s + f - w, 0)\n    return t"),
        "total twice": same("t = max((-(-w // s) - 1) * s + f - w, 0)\n    return t, t"),
        "off by one": same("t = max((-(-w // s)) * s + f - w, 0)" + TAIL),
        "all at the end": same("t = max((-(-w // s) - 1) * s + f - w, 0)\n    return 0, t"),
        "fractions": same("t = max((-(-w // s) - 1) * s + f - w, 0)\n    return t / 2, t / 2"),
        "right when the stride divides": same("t = max(f - s, 0)" + TAIL),
        "odd kernels only": same("t = max((-(-w // s) - 1) * s + 2 * (f // 2) + 1 - w, 0)" + TAIL),
        "never zero": same("t = max((-(-w // s) - 1) * s + f - w, 1)" + TAIL),
        "the shown cases only": same(
            "return {(224, 7, 2): (2, 3), (224, 3, 2): (0, 1), (5, 2, 1): (0, 1)}"
            ".get((w, f, s), (1, 1))"
        ),
        "rounded division": same("t = max((round(w / s) - 1) * s + f - w, 0)" + TAIL),
        "needs the stride": "def ex25_same(input_size, kernel_size, stride):\n"
        "    t = max((-(-input_size // stride) - 1) * stride + kernel_size - input_size, 0)\n"
        "    return t // 2, t - t // 2",
        "three numbers": same(
            "t = max((-(-w // s) - 1) * s + f - w, 0)\n    return t // 2, t - t // 2, t"
        ),
    },
}

# --- a promised part ------------------------------------------------------------------------

CONVOLUTION = f"ex03_after_convolution = ({AFTER}, {AFTER}, 64)\n"

PARTIAL = {
    "ex02": {"weights only": (WRONG["ex02"]["weights only"], 1)},
    "ex03": {
        "only the first": (CONVOLUTION + "ex03_after_pooling = ...", 1),
        "only the second": (WRONG["ex03"]["only the second"], 2),
        "pooling follows from a wrong convolution": (
            "ex03_after_convolution = (109, 109, 64)\nex03_after_pooling = (55, 55, 64)",
            1,
        ),
    },
    "ex09-count": {
        "weights right": (f"ex09_weights = {512 * 64}\nex09_parameters = 5", 1),
        "parameters right": (f"ex09_weights = 5\nex09_parameters = {512 * 64 + 64}", 1),
    },
    "ex13": {
        "table only": (GOOD_TABLE + "ex13_total = 1\nex13_largest = 'conv1_1'", 4),
        "total only": (f"ex13_parameters = ...\nex13_total = {TOTAL}\nex13_largest = None", 1),
        "largest only": ("ex13_parameters = ...\nex13_total = ...\nex13_largest = 'fc6'", 0),
        "one layer wrong": (table(VGG | {"conv2_1": 5}), 5.75),
        "sum of a wrong table": (
            f"ex13_parameters = {VGG | {'conv2_1': 5}!r}\n"
            f"ex13_total = {TOTAL - VGG['conv2_1'] + 5}\nex13_largest = 'fc6'",
            5.25,
        ),
        "no biases anywhere": (
            f"ex13_parameters = {VGG_BARE!r}\n"
            f"ex13_total = {sum(VGG_BARE.values())}\nex13_largest = 'fc6'",
            3.5,
        ),
    },
    "ex21": {
        "MACs only": (f"ex21_macs = {MACS}\nex21_flops = 1", 2),
        "FLOPs only": (f"ex21_macs = 1\nex21_flops = {2 * MACS}", 1),
        "FLOPs follow from wrong MACs": (
            f"ex21_macs = {3 * 3 * 256 * 512}\nex21_flops = {2 * 3 * 3 * 256 * 512}",
            0.5,
        ),
        "FLOPs follow from invented MACs": ("ex21_macs = 1000\nex21_flops = 2000", 0),
    },
    "ex22-count": {
        "standard only": (f"ex22_standard = {STANDARD}\nex22_separable = 1\nex22_ratio = 0", 1),
        "ratio follows from wrong counts": (
            f"ex22_standard = {STANDARD + 9}\nex22_separable = {3 * 3 * 128}\n"
            "ex22_ratio = ex22_standard / ex22_separable",
            0.5,
        ),
        "ratio follows from invented counts": (
            "ex22_standard = 1000\nex22_separable = 100\nex22_ratio = 10",
            0,
        ),
    },
    "ex25-reasons": {
        "one missing": ('ex25_reasons = "bc"', 1),
        "one too many": ('ex25_reasons = "bace"', 1),
        "everything": ('ex25_reasons = "baced"', 0),
        "nothing": ("ex25_reasons = []", 0),
    },
}
