"""Pooling and invariance, from the students' notebook alone."""

from .writing import PRELUDE, function, several, table, values

ASSIGNMENT = "03-pooling-and-invariance"

HELPER = """
def same_map(image, kernel):
    rows, columns = kernel.shape
    top, left = rows // 2, columns // 2
    padded = np.pad(image, ((top, rows - 1 - top), (left, columns - 1 - left)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)
"""
POOL = """
class AvgPool2D:
    def __init__(self, pool_size=2, stride=None):
        self.p = pool_size
        self.s = {stride}
    def forward(self, x):
        p, s = self.p, self.s
        n, c, h, w = x.shape
        rows, columns = {rows}, {columns}
        out = np.zeros((n, c, rows, columns){kind})
        for i in range(rows):
            for j in range(columns):
                window = x[:, :, i * s : i * s + p, j * s : j * s + p]
                out[:, :, i, j] = {mean}
        return out
"""
SETTINGS = {
    "stride": "pool_size if stride is None else stride",
    "rows": "(h - p) // s + 1",
    "columns": "(w - p) // s + 1",
    "kind": "",
    "mean": "window.mean(axis=(2, 3))",
}


def pool(**changed: str) -> str:
    return PRELUDE + POOL.format(**{**SETTINGS, **changed})


MEASURE = """
rolled = np.roll(image, {shift}, axis={axis})
here, there = same_map(image, kernel), same_map(rolled, kernel)
return {first}, {second}, {third}
"""


def measure(
    shift="shift",
    axis="1",
    first="np.abs(there - here).mean()",
    second="np.abs(there - np.roll(here, shift, axis=1)).mean()",
    third="abs(there.mean() - here.mean())",
) -> str:
    return MEASURE.format(shift=shift, axis=axis, first=first, second=second, third=third)


SHUFFLE = """
def added_shuffle_pixels(images, permutation):
    {pixels}
def added_shuffle_weights(weights, permutation):
    {weights}
added_shuffle_true = {true}
"""
TRUE = several(
    ASSIGNMENT,
    "added-shuffle",
    "added_shuffle_true",
    ["A dense network can reach", "loses what makes it good"],
)
KEY = next(iter(TRUE["RIGHT"]))


def shuffle(
    pixels="return images.reshape(len(images), -1)[:, permutation].reshape(images.shape)",
    weights="return weights[permutation]",
    true=KEY,
) -> str:
    return PRELUDE + SHUFFLE.format(pixels=pixels, weights=weights, true=true)


FRESH = {
    "ex06": values(
        "ex06_max, ex06_average",
        [
            "[[3, 4], [5, 6]], [[1.5, 2.5], [2.25, 2.25]]",
            "np.array([[3, 4], [5, 6]]), np.array([[1.5, 2.5], [2.25, 2.25]])",
            "((3, 4), (5, 6)), ((1.5, 2.5), (2.25, 2.25))",
            "[[3.0, 4.0], [5.0, 6.0]], [[Fraction(3, 2), 2.5], [2.25, 2.25]]",
        ],
        [
            "[[1.5, 2.5], [2.25, 2.25]], [[3, 4], [5, 6]]",
            "[[3, 4], [5, 6]], [[1, 2], [2, 2]]",
            "[[3, 4], [5, 6]], [[6, 10], [9, 9]]",
            "[[3, 5], [4, 6]], [[1.5, 2.25], [2.5, 2.25]]",
            "[[3, 3, 4], [5, 2, 6], [5, 2, 6]], [[1.5, 2.5], [2.25, 2.25]]",
            "[[3, 4], [5, 6]], [[2, 3], [2, 2]]",
            "[[1, 2], [3, 0]], [[1.5, 2.5], [2.25, 2.25]]",
            "6, 2.125",
            "[3, 4, 5, 6], [1.5, 2.5, 2.25, 2.25]",
            "[[0, 1], [0, 0]], [[1.5, 2.5], [2.25, 2.25]]",
            "[[3, 4], [5, 6]], [[1.5, 2.5], [2.2, 2.2]]",
        ],
    ),
    "ex06-compare": table(
        ASSIGNMENT,
        "ex06-compare",
        "ex06_compare",
        {
            "whole gradient of a window": "max",
            "gets an equal share": "average",
            "no parameters": "both",
            "ResNet uses its global form": "average",
            "One strong response": "max",
            "closest to the constant": "average",
        },
    ),
    "ex14": {
        "RIGHT": {
            "loops": pool(),
            "sums": pool(mean="window.sum(axis=(2, 3)) / (p * p)"),
            "sliding windows": PRELUDE
            + "class AvgPool2D:\n    def __init__(self, pool_size=2, stride=None):\n        self.pool_size, self.stride = pool_size, stride or pool_size\n    def forward(self, x):\n        p, s = self.pool_size, self.stride\n        view = np.lib.stride_tricks.sliding_window_view(x, (p, p), axis=(2, 3))\n        return view[:, :, ::s, ::s].mean((-1, -2))\n",
            "float32": pool(kind=", np.float32"),
        },
        "WRONG": {
            "max": pool(mean="window.max(axis=(2, 3))"),
            "stride fixed": pool(stride="pool_size"),
            "stride 2 by default": pool(stride="stride or 2"),
            "stride 1 by default": pool(stride="stride or 1"),
            "rows for columns": pool(columns="(h - p) // s + 1"),
            "one window less": pool(rows="(h - p) // s", columns="(w - p) // s"),
            "ceiling": pool(rows="-(-(h - p) // s) + 1", columns="-(-(w - p) // s) + 1"),
            "whole numbers": pool(kind=", int"),
            "input's type": pool(kind=", x.dtype"),
            "sum": pool(mean="window.sum(axis=(2, 3))"),
            "mean of all": pool(mean="window.mean()"),
            "mean over the batch": pool(mean="window.mean(axis=(0, 2, 3))"),
            "one side divided": pool(mean="window.sum(axis=(2, 3)) / p"),
            "subtracts in place": pool(mean="window.mean(axis=(2, 3))").replace(
                "        return out", "        x -= x.mean()\n        return out"
            ),
            "median": pool(mean="np.median(window, axis=(2, 3))"),
            "no forward": PRELUDE
            + "class AvgPool2D:\n    def __init__(self, pool_size=2, stride=None):\n        self.p = pool_size\n",
        },
    },
    "ex17": values(
        "ex17_gap_length, ex17_gap_parameters, ex17_flatten_parameters, ex17_classifier_parameters",
        [
            "512, 0, 102764544, 1025000",
            "512, 0, '102,764,544', '1,025,000'",
            "512.0, 0.0, 4096 * (25088 + 1), 1000 * 1025",
            "np.int16(512), np.int16(0), np.int64(102764544), np.int64(1025000)",
        ],
        [
            "512, 512, 102764544, 1025000",
            "49, 0, 102764544, 1025000",
            "25088, 0, 102764544, 1025000",
            "512, 0, 102760448, 1024000",
            "512, 0, 2101248, 1025000",
            "512, 0, 102764544, 1024001",
            "1, 0, 102764544, 1025000",
            "512, 0, 102764544, 1024000",
            "512, 0, 102785632, 1025000",
            "512, None, 102764544, 1025000",
            "512, 0, 102764544, 50177000",
        ],
    ),
    "ex17-function": function(
        "def ex17_global_average(x):",
        {
            "two axes": "return x.mean(axis=(2, 3))",
            "reshaped": "return x.reshape(*x.shape[:2], -1).mean(-1)",
            "einsum": "return np.einsum('nchw->nc', x) / (x.shape[2] * x.shape[3])",
            "lists": "return [[float(np.mean(m)) for m in picture] for picture in x]",
        },
        {
            "first axes": "return x.mean(axis=(0, 1))",
            "channels too": "return x.mean(axis=(1, 2, 3))",
            "rows only": "return x.mean(axis=2)",
            "keeps the axes": "return x.mean(axis=(2, 3), keepdims=True)",
            "max": "return x.max(axis=(2, 3))",
            "sum": "return x.sum(axis=(2, 3))",
            "batch averaged": "return x.mean(axis=(0, 2, 3))",
            "divides by one side": "return x.sum(axis=(2, 3)) / x.shape[2] ** 2",
            "turned": "return x.mean(axis=(2, 3)).T",
            "channels last": "return x.mean(axis=(1, 2))",
            "whole": "return x.sum(axis=(2, 3)) // (x.shape[2] * x.shape[3])",
            "damages": "y = x.mean(axis=(2, 3))\nx[...] = 0\nreturn y",
        },
    ),
    "ex24": several(
        ASSIGNMENT,
        "ex24",
        "ex24_true",
        [
            "When an object moves three pixels",
            "The global average of a stride-1 feature map",
            "Training on shifted",
        ],
    ),
    "ex24-measure": function(
        "def ex24_measure(image, kernel, shift):",
        {
            "by the text": measure(),
            "an array": measure().replace("return ", "return np.array([").rstrip() + "])",
            "own loops": "r = np.roll(image, shift, 1)\na, b = same_map(image, kernel), same_map(r, kernel)\nf = lambda u, v: float(sum(abs(p - q) for p, q in zip(u.ravel(), v.ravel())) / u.size)\nreturn [f(a, b), f(np.roll(a, shift, 1), b), abs(float(a.mean() - b.mean()))]",
        },
        {
            "rolls down": measure(axis="0"),
            "rolls left": measure(shift="-shift"),
            "one and two swapped": measure(
                first="np.abs(there - np.roll(here, shift, axis=1)).mean()",
                second="np.abs(there - here).mean()",
            ),
            "signed": measure(first="(there - here).mean()"),
            "squares": measure(first="((there - here) ** 2).mean()"),
            "sums": measure(
                first="np.abs(there - here).sum()",
                second="np.abs(there - np.roll(here, shift, axis=1)).sum()",
            ),
            "largest": measure(first="np.abs(there - here).max()"),
            "mean difference signed": measure(third="here.mean() - there.mean()"),
            "images compared": measure(first="np.abs(rolled - image).mean()"),
            "rolled back": measure(second="np.abs(there - np.roll(here, -shift, axis=1)).mean()"),
            "two numbers": measure().replace(", abs(there.mean() - here.mean())", ""),
            "by one pixel": measure(shift="1"),
            "assumed": measure(second="0.0", third="0.0"),
        },
        before=HELPER,
    ),
    "added-shuffle": {
        "RIGHT": {
            "by the text": shuffle(),
            "take": shuffle(
                pixels="return np.take(images.reshape(len(images), -1), permutation, axis=1).reshape(images.shape)"
            ),
            "one by one": shuffle(
                pixels="return np.array([p.ravel()[permutation].reshape(p.shape) for p in images])",
                weights="return np.array([weights[i] for i in permutation])",
            ),
        },
        "WRONG": {
            "weights back": shuffle(weights="return weights[np.argsort(permutation)]"),
            "weights kept": shuffle(weights="return weights"),
            "weights' columns": shuffle(
                weights="return weights[:, permutation[: weights.shape[1]] % weights.shape[1]]"
            ),
            "pixels back": shuffle(
                pixels="return images.reshape(len(images), -1)[:, np.argsort(permutation)].reshape(images.shape)"
            ),
            "flat": shuffle(pixels="return images.reshape(len(images), -1)[:, permutation]"),
            "random": shuffle(
                pixels="return np.random.permutation(images.ravel()).reshape(images.shape)"
            ),
            "pictures shuffled": shuffle(pixels="return images[permutation % len(images)]"),
            "each its own order": shuffle(
                pixels="return np.array([np.random.default_rng(i).permutation(p.ravel()).reshape(p.shape) for i, p in enumerate(images)])"
            ),
            "in place": shuffle(
                pixels="images[:] = images.reshape(len(images), -1)[:, permutation].reshape(images.shape); return images"
            ),
            **{f"chose {text}": shuffle(true=text) for text in list(TRUE["WRONG"])[:6]},
        },
    },
}
