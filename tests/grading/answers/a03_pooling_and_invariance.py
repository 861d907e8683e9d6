"""Right and wrong answers for the assignment on pooling and invariance."""

from textwrap import indent

ASSIGNMENT = "03-pooling-and-invariance"

NAMES = {
    "ex06": [("ex06_max", "value"), ("ex06_average", "value")],
    "ex06-compare": [("ex06_compare", "value")],
    "ex14": [("AvgPool2D", "class")],
    "ex17": [
        ("ex17_gap_length", "value"),
        ("ex17_gap_parameters", "value"),
        ("ex17_flatten_parameters", "value"),
        ("ex17_classifier_parameters", "value"),
    ],
    "ex17-function": [("ex17_global_average", "function")],
    "ex24": [("ex24_true", "value")],
    "ex24-measure": [("ex24_measure", "function")],
    "added-shuffle": [
        ("added_shuffle_pixels", "function"),
        ("added_shuffle_weights", "function"),
        ("added_shuffle_true", "value"),
    ],
}

# --- right values, by brute force -----------------------------------------------------------

MAP = [[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 1]]


def pool(choose):
    return [
        [choose([MAP[i + a][j + b] for a in (0, 1) for b in (0, 1)]) for j in (0, 2)]
        for i in (0, 2)
    ]


MAX, AVERAGE = pool(max), pool(lambda v: sum(v) / len(v))
COMPARE = {"a": "max", "b": "average", "c": "both", "d": "average", "e": "max", "f": "average"}
FLATTEN = sum(7 * 7 * 512 + 1 for _ in range(4096))
CLASSIFIER = sum(1024 + 1 for _ in range(1000))


def pools(largest=None, average=None) -> str:
    return (
        f"ex06_max = {MAX if largest is None else largest!r}\n"
        f"ex06_average = {AVERAGE if average is None else average!r}"
    )


def compare(**changes) -> str:
    return f"ex06_compare = {COMPARE | changes!r}"


def gap(length=512, parameters=0, flatten=FLATTEN, classifier=CLASSIFIER) -> str:
    return (
        f"ex17_gap_length = {length!r}\nex17_gap_parameters = {parameters!r}\n"
        f"ex17_flatten_parameters = {flatten!r}\nex17_classifier_parameters = {classifier!r}"
    )


def pooling(
    forward: str, init: str = "", stride: str = "pool_size if stride is None else stride"
) -> str:
    """A class for exercise 14 around the body of `forward`."""
    return (
        "import numpy as np\n"
        "class AvgPool2D:\n"
        "    def __init__(self, pool_size=2, stride=None):\n"
        "        self.pool_size = pool_size\n"
        f"        self.stride = {stride}\n"
        + indent(init, " " * 8)
        + ("\n" if init else "")
        + "    def forward(self, x):\n"
        + indent(forward, " " * 8)
    )


def loops(
    inner="out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].mean((2, 3))",
    height="(h - p) // s + 1",
    width="(w - p) // s + 1",
    made="np.zeros((n, c, ho, wo))",
    end="return out",
    before="",
) -> str:
    return (
        "n, c, h, w = x.shape\n"
        "p, s = self.pool_size, self.stride\n"
        f"ho, wo = {height}, {width}\n"
        f"{before + chr(10) if before else ''}"
        f"out = {made}\n"
        "for i in range(ho):\n"
        "    for j in range(wo):\n"
        f"        {inner}\n"
        f"{end}"
    )


def global_average(expression: str) -> str:
    return f"import numpy as np\ndef ex17_global_average(x):\n    return {expression}"


SAME_MAP = """import numpy as np
def same_map(image, kernel):
    kernel = np.asarray(kernel, float)
    h, w = kernel.shape
    padded = np.pad(np.asarray(image, float), ((h // 2, (h - 1) // 2), (w // 2, (w - 1) // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (h, w))
    return np.einsum("ijab,ab->ij", windows, kernel)
"""


def measure(body: str) -> str:
    return SAME_MAP + f"def ex24_measure(image, kernel, shift):\n{indent(body, '    ')}"


MEASURED = (
    "a = same_map(image, kernel)\n"
    "b = same_map(np.roll(image, shift, axis=1), kernel)\n"
    "r = np.roll(a, shift, axis=1)\n"
)

GOOD_PIXELS = (
    "def added_shuffle_pixels(images, permutation):\n"
    "    n = len(images)\n"
    "    return images.reshape(n, -1)[:, permutation].reshape(images.shape)\n"
)
GOOD_WEIGHTS = "def added_shuffle_weights(weights, permutation):\n    return weights[permutation]\n"
GOOD_TRUE = 'added_shuffle_true = ["b", "c"]\n'


def shuffle(pixels: str = "", weights: str = "", true: str = GOOD_TRUE) -> str:
    head = "import numpy as np\n"
    first = (
        "def added_shuffle_pixels(images, permutation):\n" + indent(pixels, "    ") + "\n"
        if pixels
        else GOOD_PIXELS
    )
    second = (
        "def added_shuffle_weights(weights, permutation):\n" + indent(weights, "    ") + "\n"
        if weights
        else GOOD_WEIGHTS
    )
    return head + first + second + true


RIGHT = {
    "ex06": {
        "lists": pools(),
        "arrays": f"import numpy as np\nex06_max = np.array({MAX})\nex06_average = np.array({AVERAGE}, 'f4')",
        "floats in tuples": pools(
            tuple(tuple(map(float, r)) for r in MAX), tuple(map(tuple, AVERAGE))
        ),
        "computed": f"import numpy as np\nx = np.array({MAP}).reshape(2, 2, 2, 2)\n"
        "ex06_max = x.max((1, 3))\nex06_average = x.mean((1, 3))",
    },
    "ex06-compare": {
        "dictionary": compare(),
        "list of words": f"ex06_compare = {list(COMPARE.values())!r}",
        "capitals and blanks": "ex06_compare = "
        + repr({k.upper(): f" {v.capitalize()} " for k, v in COMPARE.items()}),
        "another order": f"ex06_compare = {dict(reversed(COMPARE.items()))!r}",
    },
    "ex14": {
        "loops": pooling(loops()),
        "window view": pooling(
            "p, s = self.pool_size, self.stride\n"
            "v = np.lib.stride_tricks.sliding_window_view(x, (p, p), axis=(2, 3))\n"
            "return v[:, :, ::s, ::s].mean((-1, -2))"
        ),
        "rounded to a ten-thousandth": pooling(
            "p, s = self.pool_size, self.stride\n"
            "v = np.lib.stride_tricks.sliding_window_view(x, (p, p), axis=(2, 3))\n"
            "return v[:, :, ::s, ::s].mean((-1, -2)).round(4)"
        ),
        "sum of shifted pictures": pooling(
            "p, s = self.pool_size, self.stride\n"
            "h, w = x.shape[2:]\n"
            "ho, wo = (h - p) // s + 1, (w - p) // s + 1\n"
            "out = 0.0\n"
            "for a in range(p):\n"
            "    for b in range(p):\n"
            "        out = out + x[:, :, a:a + s * (ho - 1) + 1:s, b:b + s * (wo - 1) + 1:s]\n"
            "return out / p ** 2"
        ),
        "integral image": pooling(
            "p, s = self.pool_size, self.stride\n"
            "total = np.pad(x.astype(float), ((0, 0), (0, 0), (1, 0), (1, 0))).cumsum(2).cumsum(3)\n"
            "box = (total[:, :, p:, p:] - total[:, :, :-p, p:] - total[:, :, p:, :-p]"
            " + total[:, :, :-p, :-p])\n"
            "return box[:, :, ::s, ::s] / (p * p)"
        ),
        "every number by itself": pooling(
            loops(
                "out[:, :, i, j] = [[sum(x[b, k, i * s + u, j * s + v] for u in range(p) "
                "for v in range(p)) / p / p for k in range(c)] for b in range(n)]"
            )
        ),
        "single precision": pooling(loops(made="np.zeros((n, c, ho, wo), np.float32)")),
    },
    "ex17": {
        "integers": gap(),
        "separators": gap("512", "0", f"{FLATTEN:,}", f"{CLASSIFIER:,}"),
        "floats": gap(512.0, 0.0, float(FLATTEN), float(CLASSIFIER)),
        "computed": "import numpy as np\n"
        "ex17_gap_length = np.zeros((7, 7, 512)).mean((0, 1)).size\nex17_gap_parameters = 0\n"
        "ex17_flatten_parameters = np.int64(7 * 7 * 512 + 1) * 4096\n"
        "ex17_classifier_parameters = (1024 + 1) * 1000",
    },
    "ex17-function": {
        "mean": global_average("np.mean(x, axis=(2, 3))"),
        "einsum": global_average(
            "np.einsum('nchw->nc', np.asarray(x, float)) / (x.shape[2] * x.shape[3])"
        ),
        "flattened": global_average("x.reshape(*x.shape[:2], -1).mean(-1)"),
        "lists": global_average(
            "[[sum(map(sum, m)) / (len(m) * len(m[0])) for m in image] for image in x.tolist()]"
        ),
        "single precision": global_average("x.astype(np.float32).mean(-1).mean(-1)"),
    },
    "ex24": {
        "list": 'ex24_true = ["a", "d", "f"]',
        "string": 'ex24_true = "adf"',
        "another order": 'ex24_true = ("F", "(d)", "a.")',
        "commas": 'ex24_true = "A, D, F"',
    },
    "ex24-measure": {
        "tuple": measure(
            MEASURED + "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "array": measure(
            MEASURED + "return np.array([np.mean(np.abs(a - b)), np.mean(np.abs(r - b)), "
            "abs(a.mean() - b.mean())])"
        ),
        "list of floats": measure(
            "n = image.shape[1]\n"
            "moved = image[:, [(j - shift) % n for j in range(n)]]\n"
            "a, b = same_map(image, kernel), same_map(moved, kernel)\n"
            "r = a[:, [(j - shift) % n for j in range(n)]]\n"
            "return [float(np.abs(b - a).sum() / a.size), float(np.abs(b - r).sum() / a.size), "
            "abs(float(b.sum() - a.sum())) / a.size]"
        ),
    },
    "added-shuffle": {
        "fancy indexing": shuffle(),
        "take and loops": shuffle(
            "out = np.empty_like(images)\n"
            "for i, image in enumerate(images):\n"
            "    out[i] = image.ravel()[permutation].reshape(image.shape)\n"
            "return out",
            "out = np.zeros(weights.shape)\n"
            "for new, old in enumerate(permutation):\n"
            "    out[new] = weights[old]\n"
            "return out",
            'added_shuffle_true = "C, B"',
        ),
        "matrix product": shuffle(
            "n, h, w = images.shape\n"
            "m = np.eye(h * w)[permutation]\n"
            "return (images.reshape(n, -1) @ m.T).reshape(n, h, w)",
            "return np.eye(len(weights))[permutation] @ weights",
            'added_shuffle_true = ("b", "c")',
        ),
        "lists": shuffle(
            "n, h, w = images.shape\n"
            "flat = images.reshape(n, h * w).tolist()\n"
            "return [[[p[permutation[i * w + j]] for j in range(w)] for i in range(h)] for p in flat]",
            "return np.take(weights, permutation, axis=0).tolist()",
        ),
    },
}

WRONG = {
    "ex06": {
        "swapped": f"ex06_max = {AVERAGE}\nex06_average = {MAX}",
        "sum for mean": pools(average=[[4 * v for v in r] for r in AVERAGE]),
        "integer division": pools(average=[[int(v) for v in r] for r in AVERAGE]),
        "minimum": pools([[0, 1], [0, 0]]),
        "stride one": pools([[3, 3, 4], [5, 2, 6], [5, 2, 6]]),
        "transposed": pools(
            [list(r) for r in zip(*MAX, strict=True)], [list(r) for r in zip(*AVERAGE, strict=True)]
        ),
        "one number wrong": pools([[3, 4], [5, 5]]),
        "rows of the map": pools([[4, 3], [6, 3]], [[2.5, 1.5], [3.5, 1.0]]),
        "flat": pools([3, 4, 5, 6], [1.5, 2.5, 2.25, 2.25]),
        "rounded": pools(average=[[2, 2], [2, 2]]),
        "global": pools(6, 2.125),
        "maximum only": "ex06_max = [[3, 4], [5, 6]]\nex06_average = ...",
    },
    "ex06-compare": {
        "all both": f"ex06_compare = {dict.fromkeys(COMPARE, 'both')!r}",
        "all max": f"ex06_compare = {dict.fromkeys(COMPARE, 'max')!r}",
        "opposite": compare(a="average", b="max", d="max", e="average", f="max"),
        "average has no parameters, max has": compare(c="average"),
        "noise": compare(f="max"),
        "ResNet": compare(d="max"),
        "one missing": f"ex06_compare = {dict(list(COMPARE.items())[:-1])!r}",
        "five words": f"ex06_compare = {list(COMPARE.values())[:-1]!r}",
        "two words at once": compare(a="max or average"),
        "one word": 'ex06_compare = "max"',
        "letters for words": f"ex06_compare = {dict.fromkeys(COMPARE, 'a')!r}",
        "seven words": f"ex06_compare = {[*COMPARE.values(), 'max']!r}",
    },
    "ex14": {
        "maximum": pooling(
            loops("out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].max((2, 3))")
        ),
        "sum": pooling(
            loops("out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].sum((2, 3))")
        ),
        "mean over everything": pooling(
            loops("out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].mean()")
        ),
        "mean over the batch too": pooling(
            loops("out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].mean((0, 2, 3))")
        ),
        "mean over the channels too": pooling(
            loops(
                "out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].mean((1, 2, 3))[:, None]"
            )
        ),
        "first image only": pooling(
            loops("out[:, :, i, j] = x[0, :, i * s:i * s + p, j * s:j * s + p].mean((1, 2))")
        ),
        "ignores the stride": pooling(
            loops("out[:, :, i, j] = x[:, :, i * p:i * p + p, j * p:j * p + p].mean((2, 3))")
        ),
        "stride always two": pooling(loops(), stride="2"),
        "stride always the pool size": pooling(loops(), stride="pool_size"),
        "stride none means one": pooling(loops(), stride="stride or 1"),
        "size off by one": pooling(loops(height="(h - p) // s", width="(w - p) // s")),
        "size rounded up": pooling(
            loops(height="-(-(h - p) // s) + 1", width="-(-(w - p) // s) + 1")
        ),
        "integer division": pooling(
            loops(
                "out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].sum((2, 3)) // p ** 2"
            )
        ),
        "in the type of the input": pooling(loops(made="np.zeros((n, c, ho, wo), x.dtype)")),
        "half precision": pooling(loops(made="np.zeros((n, c, ho, wo), np.float16)")),
        "damages x": pooling(loops(end="x -= 1\nreturn out")),
        "writes into x": pooling(
            loops(
                "x[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].mean((2, 3))",
                end="return x[:, :, :ho, :wo].astype(float)",
            )
        ),
        "height and width swapped": pooling(loops(made="np.zeros((n, c, wo, ho))")),
        "right for squares only": pooling(loops(width="ho")),
        "divides by a fixed four": pooling(
            loops("out[:, :, i, j] = x[:, :, i * s:i * s + p, j * s:j * s + p].sum((2, 3)) / 4")
        ),
        "channels last": pooling(
            "n, h, w, c = x.shape\np, s = self.pool_size, self.stride\n"
            "ho, wo = (h - p) // s + 1, (w - p) // s + 1\n"
            "return np.array([[[x[b, i*s:i*s+p, j*s:j*s+p].mean((0, 1)) for j in range(wo)] "
            "for i in range(ho)] for b in range(n)]).reshape(n, max(ho, 0), max(wo, 0), -1)"
        ),
        "reshape for windows": pooling(
            "n, c, h, w = x.shape\np = self.pool_size\n"
            "return x[:, :, :h // p * p, :w // p * p].reshape(n, c, h // p, w // p, p * p).mean(-1)"
        ),
        "remembers the first call": pooling(
            "if self.kept is None:\n"
            + indent(loops(end="self.kept = out"), "    ")
            + "\nreturn self.kept",
            init="self.kept = None",
        ),
        "adds up over calls": pooling(
            loops(
                end="self.total = self.total + out if np.shape(self.total) == out.shape else out\nreturn self.total"
            ),
            init="self.total = None",
        ),
        "pads with zeros": pooling(
            loops(
                height="-(-h // s)",
                width="-(-w // s)",
                before="x = np.pad(x, ((0, 0), (0, 0), (0, p), (0, p)))",
            )
        ),
        "the shown example only": pooling("return np.array([[[[1.5, 2.5], [2.25, 2.25]]]])"),
        "two dimensions only": pooling(
            "p, s = self.pool_size, self.stride\nh, w = x.shape\n"
            "return np.array([[x[i:i+p, j:j+p].mean() for j in range(0, w - p + 1, s)] "
            "for i in range(0, h - p + 1, s)])"
        ),
        "zeros of the right shape": pooling(loops("pass")),
    },
    "ex17": {
        "length with positions": gap(25088),
        "one number": gap(1),
        "spatial size": gap(49),
        "weights for averaging": gap(parameters=512),
        "a bias for averaging": gap(parameters=1),
        "no biases": gap(flatten=FLATTEN - 4096, classifier=CLASSIFIER - 1000),
        "without flattening": gap(flatten=513 * 4096),
        "one bias": gap(flatten=FLATTEN - 4095),
        "biases of the inputs": gap(classifier=1024 * 1000 + 1024),
        "classifier alone wrong": gap(classifier=1_000_000),
        "VGG's classifier": gap(classifier=4097 * 1000),
        "not a number": gap(flatten="NaN"),
    },
    "ex17-function": {
        "wrong axes": global_average("np.mean(x, axis=(0, 1))"),
        "over the batch": global_average("np.mean(x, axis=(0, 2, 3))"),
        "over the channels": global_average("np.mean(x, axis=(1, 2, 3))"),
        "one axis": global_average("np.mean(x, axis=3)"),
        "maximum": global_average("np.max(x, axis=(2, 3))"),
        "sum": global_average("np.sum(x, axis=(2, 3))"),
        "keeps the axes": global_average("np.mean(x, axis=(2, 3), keepdims=True)"),
        "transposed": global_average("np.mean(x, axis=(2, 3)).T"),
        "divides by the height twice": global_average("np.sum(x, axis=(2, 3)) / x.shape[2] ** 2"),
        "divides by 49": global_average("np.sum(x, axis=(2, 3)) / 49"),
        "integer division": global_average("np.sum(x, axis=(2, 3)) // (x.shape[2] * x.shape[3])"),
        "half precision": global_average("np.mean(x, axis=(2, 3)).astype(np.float16)"),
        "channels last": global_average("np.mean(x, axis=(1, 2))"),
        "first image only": global_average("np.repeat(np.mean(x[:1], axis=(2, 3)), len(x), 0)"),
        "median": global_average("np.median(x, axis=(2, 3))"),
        "integer result": global_average("np.mean(x, axis=(2, 3)).astype(int)"),
        "everything": global_average("np.mean(x)"),
        "damages x": "import numpy as np\ndef ex17_global_average(x):\n"
        "    y = np.mean(x, axis=(2, 3))\n    x[:] = 0\n    return y",
        "drops the last row": global_average("np.mean(x[:, :, :-1], axis=(2, 3))"),
    },
    "ex24": {
        "everything": 'ex24_true = "abdcef"',
        "unchanged map": 'ex24_true = "abdf"',
        "pooling is exact": 'ex24_true = ["a", "d", "c", "f"]',
        "stride is exact": 'ex24_true = ["a", "d", "e", "f"]',
        "no invariance": 'ex24_true = "af"',
        "no training": 'ex24_true = "ad"',
        "the opposite": 'ex24_true = "bce"',
        "one letter": 'ex24_true = "a"',
        "letters that are not there": 'ex24_true = "acfg"',
    },
    "ex24-measure": {
        "shifts to the left": measure(
            "a = same_map(image, kernel)\n"
            "b = same_map(np.roll(image, -shift, axis=1), kernel)\nr = np.roll(a, -shift, axis=1)\n"
            "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "shifts downwards": measure(
            "a = same_map(image, kernel)\n"
            "b = same_map(np.roll(image, shift, axis=0), kernel)\nr = np.roll(a, shift, axis=0)\n"
            "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "rolls the flat picture": measure(
            "a = same_map(image, kernel)\n"
            "b = same_map(np.roll(image, shift), kernel)\nr = np.roll(a, shift)\n"
            "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "no absolute value": measure(
            MEASURED + "return (b - a).mean(), (b - r).mean(), b.mean() - a.mean()"
        ),
        "squared": measure(
            MEASURED
            + "return ((b - a) ** 2).mean(), ((b - r) ** 2).mean(), (b.mean() - a.mean()) ** 2"
        ),
        "sum for mean": measure(
            MEASURED + "return abs(b - a).sum(), abs(b - r).sum(), abs(b.sum() - a.sum())"
        ),
        "first two swapped": measure(
            MEASURED + "return abs(b - r).mean(), abs(b - a).mean(), abs(b.mean() - a.mean())"
        ),
        "second taken as zero": measure(
            MEASURED + "return abs(b - a).mean(), 0.0, abs(b.mean() - a.mean())"
        ),
        "third taken as zero": measure(
            MEASURED + "return abs(b - a).mean(), abs(b - r).mean(), 0.0"
        ),
        "third from the pictures": measure(
            MEASURED + "return abs(b - a).mean(), abs(b - r).mean(), "
            "abs(np.roll(image, shift, axis=1).mean() - image.mean())"
        ),
        "first from the pictures": measure(
            MEASURED + "return abs(np.roll(image, shift, 1) - image).mean(), abs(b - r).mean(), "
            "abs(b.mean() - a.mean())"
        ),
        "shift of one": measure(
            MEASURED.replace("shift", "1")
            + "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "maximum for mean": measure(
            MEASURED + "return abs(b - a).max(), abs(b - r).max(), abs(b.mean() - a.mean())"
        ),
        "two numbers": measure(MEASURED + "return abs(b - a).mean(), abs(b - r).mean()"),
        "rolls the kernel": measure(
            "a = same_map(image, kernel)\nb = same_map(image, np.roll(kernel, shift, axis=1))\n"
            "r = np.roll(a, shift, axis=1)\n"
            "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "shifts in zeros": measure(
            "m = np.zeros_like(image)\nm[:, shift:] = image[:, :-shift] if shift else image\n"
            "a, b = same_map(image, kernel), same_map(m, kernel)\nr = np.roll(a, shift, axis=1)\n"
            "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "crops the border": measure(
            MEASURED + "a, b, r = a[1:-1, 1:-1], b[1:-1, 1:-1], r[1:-1, 1:-1]\n"
            "return abs(b - a).mean(), abs(b - r).mean(), abs(b.mean() - a.mean())"
        ),
        "rounded": measure(
            MEASURED + "return round(abs(b - a).mean(), 1), round(abs(b - r).mean(), 1), "
            "round(abs(b.mean() - a.mean()), 1)"
        ),
    },
    "added-shuffle": {
        "inverse permutation": shuffle(
            "return images.reshape(len(images), -1)[:, np.argsort(permutation)].reshape(images.shape)"
        ),
        "inverse for the weights": shuffle(weights="return weights[np.argsort(permutation)]"),
        "both inverted": shuffle(
            "return images.reshape(len(images), -1)[:, np.argsort(permutation)].reshape(images.shape)",
            "return weights[np.argsort(permutation)]",
        ),
        "units shuffled": shuffle(
            weights="return weights[:, np.argsort(np.argsort(permutation))[:weights.shape[1]] % weights.shape[1]]"
        ),
        "weights left alone": shuffle(weights="return weights"),
        "pixels left alone": shuffle("return images"),
        "another order for every picture": shuffle(
            "r = np.random.default_rng(0)\n"
            "return np.array([r.permutation(i.ravel()).reshape(i.shape) for i in images])"
        ),
        "pictures mixed up": shuffle(
            "return images.ravel()[np.resize(permutation, images.size)].reshape(images.shape)"
        ),
        "stays flat": shuffle("return images.reshape(len(images), -1)[:, permutation]"),
        "right for squares only": shuffle(
            "n, h, w = images.shape\nreturn images.reshape(n, -1)[:, permutation].reshape(n, w, h)"
        ),
        "whole rows": shuffle(
            "h = images.shape[1]\nreturn images[:, [p for p in permutation if p < h]]"
        ),
        "first picture only": shuffle(
            "out = images.copy()\n"
            "out[0] = images[0].ravel()[permutation].reshape(images[0].shape)\nreturn out"
        ),
        "damages the pictures": shuffle(
            "flat = images.reshape(len(images), -1)\nflat[:] = flat[:, permutation]\nreturn images"
        ),
        "damages the weights": shuffle(weights="weights[:] = weights[permutation]\nreturn weights"),
        "drops the last pixel": shuffle(
            "out = images.reshape(len(images), -1)[:, permutation].copy()\nout[:, -1] = 0\n"
            "return out.reshape(images.shape)"
        ),
        "impossible for every network": shuffle(true='added_shuffle_true = "bca"'),
        "dense network suffers too": shuffle(true='added_shuffle_true = "cd"'),
        "one statement": shuffle(true='added_shuffle_true = "b"'),
        "no choice": shuffle(true="added_shuffle_true = ..."),
        "functions missing": GOOD_TRUE,
        "transposed weights": shuffle(weights="return weights[permutation].T"),
    },
}

PARTIAL = {
    "ex06": {
        "maximum only": (WRONG["ex06"]["maximum only"], 1),
        "one number wrong": (pools([[3, 4], [5, 5]]), 1.5),
        "average only": (f"ex06_max = None\nex06_average = {AVERAGE}", 1),
    },
    "ex06-compare": {
        "one wrong": (compare(c="average"), 1.5),
        "two wrong": (compare(c="average", d="max"), 0),
    },
    "ex17": {
        "no biases": (gap(flatten=FLATTEN - 4096, classifier=CLASSIFIER - 1000), 1),
        "length only": (gap(512, None, None, None), 0.5),
    },
    "ex24": {
        "one too many": ('ex24_true = "abdf"', 1.5),
        "everything": ('ex24_true = "abdcef"', 0),
        "nothing": ("ex24_true = []", 0),
    },
    "ex24-measure": {
        "third wrong": (measure(MEASURED + "return abs(b - a).mean(), abs(b - r).mean(), -1"), 2),
        "first only": (measure(MEASURED + "return abs(b - a).mean(), -1, -1"), 1),
    },
    "added-shuffle": {
        "statements only": (GOOD_TRUE, 1),
        "pixels only": (GOOD_PIXELS + "added_shuffle_true = ...", 2),
        "weights only": (GOOD_WEIGHTS + "added_shuffle_true = ...", 2),
    },
}
