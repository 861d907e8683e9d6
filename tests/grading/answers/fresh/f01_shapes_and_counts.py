"""Shapes and counts, from the students' notebook alone."""

from .writing import function, several, values

ASSIGNMENT = "01-shapes-and-counts"
BLOCKS = {1: (64, 2), 2: (128, 2), 3: (256, 3), 4: (512, 3), 5: (512, 3)}


def vgg(first: int = 3, side: int = 7, bias: int = 1, area: int = 9, dense: str = "") -> dict:
    """Return layer -> parameters, with the mistakes that people make as settings."""
    found, inputs = {}, first
    for block, (filters, layers) in BLOCKS.items():
        for number in range(1, layers + 1):
            found[f"conv{block}_{number}"] = filters * (area * inputs + bias)
            inputs = filters
    inputs *= side * side
    for name, units in {"fc6": 4096, "fc7": 4096, "fc8": 1000}.items():
        found[name] = units * (inputs + bias) if name != dense else units * units
        inputs = units
    return found


def three(found: dict, total: object = None, largest: object = "fc6") -> str:
    return f"{found!r}, {sum(found.values()) if total is None else total!r}, {largest!r}"


POINTWISE_LOOPS = """
rows = []
for filter_weights in weights:
    total = 0
    for channel, weight in zip(x, filter_weights):
        total = total + weight * channel
    rows.append(total)
return np.array(rows)
"""
SAME = """
out = -(-input_size // stride)
total = {total}
before = {before}
return {result}
"""


def same(
    total="max((out - 1) * stride + kernel_size - input_size, 0)",
    before="total // 2",
    result="before, total - before",
) -> str:
    return SAME.format(total=total, before=before, result=result)


FRESH = {
    "ex01": values(
        "ex01_output_size",
        ["30", "(64 - 5) // 2 + 1", "np.int64(30)", "'30'", "Decimal(30)", "np.array([30])"],
        [
            "29",
            "31",
            "32",
            "60",
            "30.5",
            "29.5",
            "(64 - 5) / 2 + 1",
            "900",
            "28",
            "-30",
        ],
    ),
    "ex02": values(
        "ex02_parameters",
        ["73856", "128 * (9 * 64 + 1)", "'73,856'", "73856.0", "np.array(73856)", "'73 856'"],
        [
            "73728",
            "73792",
            "73857",
            "1280",
            "147584",
            "73856.5",
            "577",
            "'73.856'",
            "64 * 9 + 128",
            "[73728, 128]",
            "7385",
        ],
    ),
    "ex03": values(
        "ex03_after_convolution, ex03_after_pooling",
        [
            "(112, 112, 64), (56, 56, 64)",
            "[112, 112, 64], [56, 56, 64]",
            "'112x112x64', '56×56×64'",
            "np.array([112, 112, 64]), np.array([56.0, 56.0, 64.0])",
        ],
        [
            "(112, 112, 64), (55, 55, 64)",
            "(64, 112, 112), (64, 56, 56)",
            "(112, 112, 3), (56, 56, 3)",
            "(111, 111, 64), (55, 55, 64)",
            "(1, 112, 112, 64), (1, 56, 56, 64)",
            "(112, 112), (56, 56)",
            "(109, 109, 64), (54, 54, 64)",
            "(56, 56, 64), (112, 112, 64)",
            "(112.5, 112.5, 64), (56, 56, 64)",
            "(113, 113, 64), (57, 57, 64)",
            "(112, 112, 64), (56, 56, 32)",
        ],
    ),
    "ex09-count": values(
        "ex09_weights, ex09_parameters",
        [
            "512 * 64, 512 * 64 + 64",
            "32768, 32832",
            "'32,768', '32,832'",
            "32768.0, np.float32(32832)",
        ],
        [
            "32832, 32768",
            "32768, 33280",
            "32768, 32769",
            "576, 640",
            "32768, 32768",
            "294912, 294976",
            "512, 513",
            "64, 128",
            "32768 * 2, 32832",
            "'32.768', '32.832'",
        ],
    ),
    "ex09-pointwise": function(
        "def ex09_pointwise(x, weights):",
        {
            "tensordot": "return np.tensordot(weights, x, axes=1)",
            "loops": POINTWISE_LOOPS,
            "matmul": "c, h, w = x.shape\nreturn (weights @ x.reshape(c, -1)).reshape(-1, h, w)",
            "lists": "return np.einsum('kc,chw->khw', weights, x).tolist()",
        },
        {
            "the channel's sum only": "return np.array([x.sum(0)] * len(weights))",
            "axes turned": "return np.tensordot(x, weights, axes=(0, 1))",
            "square only": "return np.einsum('ck,chw->khw', weights, x)",
            "mean of channels": "return np.einsum('kc,chw->khw', weights, x) / x.shape[0]",
            "rows for columns": "return np.einsum('kc,chw->kwh', weights, x)",
            "first filter": "return np.einsum('c,chw->hw', weights[0], x)",
            "relu": "return np.maximum(np.einsum('kc,chw->khw', weights, x), 0)",
            "whole numbers": "return np.einsum('kc,chw->khw', weights, x).astype(int)",
            "in place": "x *= 2\nreturn np.einsum('kc,chw->khw', weights, x) / 2",
            "damages the weights": "y = np.einsum('kc,chw->khw', weights, x)\nweights[:] = 0\nreturn y",
            "batch axis": "return np.einsum('kc,chw->khw', weights, x)[None]",
            "prints": "print(np.einsum('kc,chw->khw', weights, x))",
            "average of the filters": "return np.einsum('kc,chw->hw', weights, x)[None].repeat(len(weights), 0)",
        },
    ),
    "ex13": values(
        "ex13_parameters, ex13_total, ex13_largest",
        [
            three(vgg()),
            three({k: float(v) for k, v in vgg().items()}, "138,357,544"),
            three(dict(reversed(vgg().items())), largest="FC6"),
            three({k: f"{v:,}" for k, v in vgg().items()}, 138357544),
        ],
        [
            three(vgg(bias=0)),
            three(vgg(first=1)),
            three(vgg(side=14)),
            three(vgg(side=1)),
            three(vgg(area=1)),
            three(vgg(), largest="fc7"),
            three(vgg(), largest="conv5_3"),
            three(vgg(), total=138344128),
            three(vgg(dense="fc7")),
            three(dict.fromkeys(vgg()), total=138357544),
            three(vgg(), total=138.4),
            three(dict(list(vgg().items())[:-1])),
        ],
    ),
    "ex21": values(
        "ex21_macs, ex21_flops",
        [
            "231211008, 462422016",
            "9 * 256 * 512 * 196, 2 * 9 * 256 * 512 * 196",
            "'231,211,008', '462,422,016'",
            "2.31211008e8, 4.62422016e8",
            "231211008, 231211008 + 2303 * 512 * 196",
        ],
        [
            "462422016, 231211008",
            "231211008, 231211008",
            "1179648, 2359296",
            "231211008, 462522368",
            "256 * 512 * 196, 2 * 256 * 512 * 196",
            "9 * 256 * 196, 18 * 256 * 196",
            "231.2, 462.4",
            "9 * 256 * 512 * 14, 18 * 256 * 512 * 14",
            "231211008, 115605504",
            "9 * 256 * 512 * 144, 18 * 256 * 512 * 144",
        ],
    ),
    "ex22-count": values(
        "ex22_standard, ex22_separable, ex22_ratio",
        [
            "294912, 33920, 294912 / 33920",
            "9 * 128 * 256, 9 * 128 + 128 * 256, 8.69",
            "'294,912', '33,920', '8.69'",
            "294912, 33920, Fraction(294912, 33920)",
        ],
        [
            "295168, 34304, 8.60",
            "294912, 33920, 0.115",
            "294912, 35072, 8.41",
            "294912, 33920, 9.0",
            "294912, 33920, 86.9",
            "33920, 294912, 8.69",
            "294912, 32768, 9.0",
            "294912, 1152, 256.0",
            "294912, 33920, 8",
            "294912, 1152 * 256, 1",
            "294912, 33920, -8.69",
        ],
    ),
    "ex22-saving": function(
        "def ex22_saving(kernel_size, in_channels, out_channels):",
        {
            "simplified": "return 1 / (1 / out_channels + 1 / kernel_size**2)",
            "counted": "standard = kernel_size**2 * in_channels * out_channels\nseparable = in_channels * (kernel_size**2 + out_channels)\nreturn standard / separable",
            "a fraction": "return Fraction(kernel_size**2 * out_channels, kernel_size**2 + out_channels)",
            "a NumPy number": "return np.float64(kernel_size**2 * out_channels) / (kernel_size**2 + out_channels)",
        },
        {
            "kernel not squared": "return 1 / (1 / out_channels + 1 / kernel_size)",
            "upside down": "return 1 / out_channels + 1 / kernel_size**2",
            "always a 3": "return 1 / (1 / out_channels + 1 / 9)",
            "inputs for outputs": "return 1 / (1 / in_channels + 1 / kernel_size**2)",
            "rounded": "return round(1 / (1 / out_channels + 1 / kernel_size**2), 1)",
            "whole": "return (kernel_size**2 * out_channels) // (kernel_size**2 + out_channels)",
            "never below 1": "return max(1, 1 / (1 / out_channels + 1 / kernel_size**2))",
            "with biases": "a = out_channels * (kernel_size**2 * in_channels + 1)\nb = in_channels * (kernel_size**2 + 1) + out_channels * (in_channels + 1)\nreturn a / b",
            "saved share": "return 1 - (1 / out_channels + 1 / kernel_size**2)",
            "the example": "return 8.69",
            "limit": "return kernel_size**2",
            "depthwise for every output": "return in_channels * out_channels * kernel_size**2 / (kernel_size**2 * out_channels + in_channels * out_channels)",
        },
    ),
    "ex25-reasons": several(
        ASSIGNMENT,
        "ex25-reasons",
        "ex25_reasons",
        ["The maps keep their size", "take part in more outputs", "In a residual block"],
    ),
    "ex25-symmetric": function(
        "def ex25_symmetric(kernel_size, dilation=1):",
        {
            "by the rule": "return dilation * (kernel_size - 1) // 2",
            "by the effective kernel": "effective = dilation * (kernel_size - 1) + 1\nreturn effective // 2",
            "a whole float": "return dilation * (kernel_size - 1) / 2",
            "searching": "p = 0\nwhile 101 + 2 * p - dilation * (kernel_size - 1) < 101:\n    p += 1\nreturn p",
        },
        {
            "no dilation": "return (kernel_size - 1) // 2",
            "both sides": "return dilation * (kernel_size - 1)",
            "half the kernel times dilation": "return kernel_size * dilation // 2",
            "always 1": "return 1",
            "kernel minus one": "return kernel_size - 1",
            "dilation added": "return (kernel_size - 1) // 2 + dilation - 1",
            "a half too much": "return dilation * kernel_size / 2",
            "a pair": "p = dilation * (kernel_size - 1) // 2\nreturn p, p",
            "text": "return 'same'",
            "ceiling": "return (dilation * kernel_size + 1) // 2",
            "plus one": "return dilation * (kernel_size - 1) // 2 + 1",
        },
    ),
    "ex25-same": function(
        "def ex25_same(input_size, kernel_size, stride=1):",
        {
            "by the rule": same(),
            "with math": "import math\nout = math.ceil(input_size / stride)\nn = max(0, (out - 1) * stride + kernel_size - input_size)\nreturn [n // 2, math.ceil(n / 2)]",
            "adding one zero at a time": "b = a = 0\nout = (input_size + stride - 1) // stride\nwhile (input_size + a + b - kernel_size) // stride + 1 < out or input_size + a + b < kernel_size:\n    if a > b:\n        b += 1\n    else:\n        a += 1\nreturn b, a",
            "an array": same(result="np.array([before, total - before])"),
        },
        {
            "extra zero in front": same(before="(total + 1) // 2"),
            "no floor at zero": same(total="(out - 1) * stride + kernel_size - input_size"),
            "for stride 1": "n = kernel_size - 1\nreturn n // 2, n - n // 2",
            "half the kernel": "return kernel_size // 2, kernel_size // 2",
            "out rounded down": same().replace("-(-input_size // stride)", "input_size // stride"),
            "even only": same(result="before, before"),
            "total": same(result="total"),
            "after first": same(result="total - before, before"),
            "forgets the kernel": same(total="max(out * stride - input_size, 0)"),
            "out not minus one": same(total="max(out * stride + kernel_size - input_size, 0)"),
            "fractions": same(result="total / 2, total / 2"),
            "keeps the input's size": same(
                total="max((input_size - 1) * stride + kernel_size - input_size, 0)"
            ),
        },
    ),
}
