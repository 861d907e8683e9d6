"""Right and wrong answers for the assignment on receptive fields and small kernels."""

ASSIGNMENT = "02-receptive-fields"

NAMES = {
    "ex04": [
        ("ex04_with_biases", "value"),
        ("ex04_two_3x3", "value"),
        ("ex04_one_5x5", "value"),
        ("ex04_saved", "value"),
        ("ex04_saved_percent", "value"),
        ("ex04_receptive_fields", "value"),
    ],
    "ex05": [("ex05_receptive_fields", "value")],
    "ex05-rule": [("ex05_receptive_field", "function")],
    "ex05-drawing": [("ex05_drawing", "function")],
    "added-hand-convolution": [
        ("added_hand_valid", "value"),
        ("added_hand_padded", "value"),
        ("added_hand_channels", "value"),
    ],
}

# --- right values, by brute force -----------------------------------------------------------


def count(kernel: int, channels: int, biases: bool) -> int:
    return sum(kernel * kernel * channels + biases for _ in range(channels))


def four(biases: bool) -> tuple[int, int, int, float]:
    two, one = 2 * count(3, 256, biases), count(5, 256, biases)
    return two, one, one - two, 100 * (one - two) / one


def seen(layers) -> int:
    """Walk back from one neuron and collect the input pixels that it reads."""
    pixels = {0}
    for kernel, stride in reversed(layers):
        pixels = {p * stride + offset for p in pixels for offset in range(kernel)}
    return max(pixels) - min(pixels) + 1


GROWTH = [seen([(3, 1)] * n) for n in (1, 2, 3)]

PICTURE = [[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 0, 1], [1, 0, 2, 3]]
KERNEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
SECOND = [[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]
SLICE = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]


def slide(picture, kernel, stride=1, pad=0, dilate=1):
    """Cross-correlation in plain loops."""
    width = len(picture[0])
    empty = [[0] * (width + 2 * pad)]
    rows = empty * pad + [[0] * pad + r + [0] * pad for r in picture] + empty * pad
    size = len(kernel)
    places = range(0, len(rows) - size + 1, stride)
    return [
        [
            sum(rows[i + a][j + b] * kernel[a][b] for a in range(size) for b in range(size))
            for j in places
        ]
        for i in places
    ]


def flipped(kernel):
    return [row[::-1] for row in kernel[::-1]]


def plus(first, second, bias=0):
    return [
        [a + b + bias for a, b in zip(r, s, strict=True)]
        for r, s in zip(first, second, strict=True)
    ]


VALID = slide(PICTURE, KERNEL)
PADDED = slide(PICTURE, KERNEL, stride=2, pad=1)
CHANNELS = plus(slide(PICTURE, KERNEL), slide(SECOND, SLICE), 2)


def ex04(biases, two, one, saved, percent, fields=(5, 5)) -> str:
    return (
        f"ex04_with_biases = {biases!r}\nex04_two_3x3 = {two!r}\nex04_one_5x5 = {one!r}\n"
        f"ex04_saved = {saved!r}\nex04_saved_percent = {percent!r}\n"
        f"ex04_receptive_fields = {fields!r}"
    )


def rule(body: str) -> str:
    return f"def ex05_receptive_field(layers):\n    {body}"


def drawing(body: str) -> str:
    return f"import numpy as np\ndef ex05_drawing(size):\n    {body}"


RINGS = "m = size // 2\n    d = np.maximum(*np.abs(np.indices((size, size)) - m))\n"


def hand(valid=None, padded=None, channels=None) -> str:
    return (
        f"added_hand_valid = {VALID if valid is None else valid!r}\n"
        f"added_hand_padded = {PADDED if padded is None else padded!r}\n"
        f"added_hand_channels = {CHANNELS if channels is None else channels!r}"
    )


BARE, BIASED = four(False), four(True)

RIGHT = {
    "ex04": {
        "without biases": ex04(False, *BARE),
        "with biases": ex04(True, *BIASED),
        "one decimal": ex04(False, *BARE[:3], round(BARE[3], 1)),
        "whole percent": ex04(False, *BARE[:3], 28),
        "percent sign": ex04(True, *BIASED[:3], "28 %"),
        "separators": ex04(False, *(f"{v:,}" for v in BARE[:3]), "28.0%", [5, 5]),
        "computed": "import numpy as np\n"
        "ex04_with_biases = np.bool_(False)\n"
        "ex04_two_3x3 = 2 * np.prod([3, 3, 256, 256])\nex04_one_5x5 = np.prod([5, 5, 256, 256])\n"
        "ex04_saved = ex04_one_5x5 - ex04_two_3x3\n"
        "ex04_saved_percent = 100 * ex04_saved / ex04_one_5x5\n"
        "ex04_receptive_fields = np.array([5, 5])",
    },
    "ex05": {
        "list": f"ex05_receptive_fields = {GROWTH}",
        "tuple": f"ex05_receptive_fields = {tuple(GROWTH)}",
        "array": f"import numpy as np\nex05_receptive_fields = np.array({GROWTH}, float)",
        "computed": "ex05_receptive_fields = [1 + 2 * n for n in (1, 2, 3)]",
    },
    "ex05-rule": {
        "forwards": rule(
            "size, jump = 1, 1\n"
            "    for kernel, stride in layers:\n"
            "        size += (kernel - 1) * jump\n"
            "        jump *= stride\n"
            "    return size"
        ),
        "backwards": rule(
            "size = 1\n"
            "    for kernel, stride in reversed(list(layers)):\n"
            "        size = (size - 1) * stride + kernel\n"
            "    return size"
        ),
        "by sets": rule(
            "pixels = {0}\n"
            "    for kernel, stride in list(layers)[::-1]:\n"
            "        pixels = {p * stride + i for p in pixels for i in range(kernel)}\n"
            "    return float(max(pixels) - min(pixels) + 1)"
        ),
        "by recursion": rule(
            "layers = [tuple(l) for l in layers]\n"
            "    if not layers:\n        return 1\n"
            "    (kernel, stride), rest = layers[0], layers[1:]\n"
            "    return kernel + (ex05_receptive_field(rest) - 1) * stride"
        ),
        "by NumPy": "import numpy as np\n"
        + rule(
            "if len(layers) == 0:\n        return np.int64(1)\n"
            "    k, s = np.array(layers).T\n"
            "    return 1 + ((k - 1) * np.cumprod(np.r_[1, s[:-1]])).sum()"
        ),
    },
    "ex05-drawing": {
        "by distance": drawing(
            RINGS + "    out = np.maximum(d, 1)\n    out[d > 3] = 0\n    return out"
        ),
        "by painting inwards": drawing(
            "out = np.zeros((size, size))\n"
            "    m = size // 2\n"
            "    for n in (3, 2, 1):\n"
            "        out[m - n:m + n + 1, m - n:m + n + 1] = n\n"
            "    return out"
        ),
        "nested lists": drawing(
            "m = size // 2\n"
            "    def at(i, j):\n"
            "        d = max(abs(i - m), abs(j - m))\n"
            "        return 0 if d > 3 else max(d, 1)\n"
            "    return [[at(i, j) for j in range(size)] for i in range(size)]"
        ),
        "by spreading": drawing(
            "seen = np.zeros((size, size), bool)\n"
            "    seen[size // 2, size // 2] = True\n"
            "    out = np.zeros((size, size), np.uint8)\n"
            "    for n in (1, 2, 3):\n"
            "        p = np.pad(seen, 1)\n"
            "        seen = np.any([p[i:i + size, j:j + size] for i in range(3) for j in range(3)], 0)\n"
            "        out[seen & (out == 0)] = n\n"
            "    return out"
        ),
    },
    "added-hand-convolution": {
        "lists": hand(),
        "arrays": "import numpy as np\n"
        + "\n".join(
            f"added_hand_{name} = np.array({value}, np.float32)"
            for name, value in (("valid", VALID), ("padded", PADDED), ("channels", CHANNELS))
        ),
        "tuples of floats": hand(
            *(tuple(tuple(map(float, r)) for r in v) for v in (VALID, PADDED, CHANNELS))
        ),
        "computed": "import numpy as np\n"
        f"x, k = np.array({PICTURE}), np.array({KERNEL})\ny, l = np.array({SECOND}), np.array({SLICE})\n"
        "def c(x, k, s=1):\n"
        "    v = np.lib.stride_tricks.sliding_window_view(x, k.shape)[::s, ::s]\n"
        "    return np.einsum('ijab,ab->ij', v, k)\n"
        "added_hand_valid = c(x, k)\nadded_hand_padded = c(np.pad(x, 1), k, 2)\n"
        "added_hand_channels = c(x, k) + c(y, l) + 2",
    },
}

WRONG = {
    "ex04": {
        "counts with biases, said without": ex04(False, *BIASED),
        "counts without biases, said with": ex04(True, *BARE),
        "mixed conventions": ex04(True, BIASED[0], BARE[1], BARE[1] - BIASED[0], 28.0),
        "did not say": ex04(None, *BARE),
        "both at once": ex04("True or False", *BARE),
        "one 3×3 for two": ex04(False, BARE[0] // 2, BARE[1], BARE[1] - BARE[0] // 2, 64.0),
        "channels counted once": ex04(False, 2 * 9 * 256, 25 * 256, 7 * 256, 28.0),
        "fraction for percent": ex04(False, *BARE[:3], 0.28),
        "percent of the two": ex04(False, *BARE[:3], 100 * BARE[2] / BARE[0]),
        "percent kept for saved": ex04(False, *BARE[:3], 72.0),
        "negative saving": ex04(False, BARE[0], BARE[1], -BARE[2], -28.0),
        "swapped": ex04(False, BARE[1], BARE[0], -BARE[2], -100 * BARE[2] / BARE[0]),
        "fields added up": ex04(False, *BARE, (6, 5)),
        "field of one layer": ex04(False, *BARE, (3, 5)),
        "one field": ex04(False, *BARE, 5),
        "percent off by two tenths": ex04(False, *BARE[:3], 28.2),
        "NaN percent": ex04(False, *BARE[:3], "NaN"),
    },
    "ex05": {
        "added kernels": "ex05_receptive_fields = [3, 6, 9]",
        "multiplied": "ex05_receptive_fields = [3, 9, 27]",
        "never grows": "ex05_receptive_fields = [3, 3, 3]",
        "reversed": "ex05_receptive_fields = [7, 5, 3]",
        "starts at the input": "ex05_receptive_fields = [1, 3, 5]",
        "areas": "ex05_receptive_fields = [9, 25, 49]",
        "growth a layer": "ex05_receptive_fields = [2, 2, 2]",
        "four numbers": "ex05_receptive_fields = [1, 3, 5, 7]",
        "last only": "ex05_receptive_fields = 7",
        "two numbers": "ex05_receptive_fields = [3, 5]",
        "column": "ex05_receptive_fields = [[3], [5], [8]]",
        "pairs": "ex05_receptive_fields = [(3, 3), (5, 5), (7, 8)]",
    },
    "ex05-rule": {
        "ignores strides": rule("return 1 + sum(k - 1 for k, s in layers)"),
        "adds kernels": rule("return sum(k for k, s in layers) or 1"),
        "own stride too early": rule(
            "size, jump = 1, 1\n    for k, s in layers:\n"
            "        jump *= s\n        size += (k - 1) * jump\n    return size"
        ),
        "strides added for multiplied": rule(
            "size, jump = 1, 0\n    for k, s in layers:\n"
            "        size += (k - 1) * max(jump, 1)\n        jump += s\n    return size"
        ),
        "only the previous stride": rule(
            "size, last = 1, 1\n    for k, s in layers:\n"
            "        size += (k - 1) * last\n        last = s\n    return size"
        ),
        "kernel for kernel less one": rule(
            "size, jump = 1, 1\n    for k, s in layers:\n"
            "        size += k * jump\n        jump *= s\n    return size"
        ),
        "starts at zero": rule(
            "size, jump = 0, 1\n    for k, s in layers:\n"
            "        size += (k - 1) * jump\n        jump *= s\n    return size"
        ),
        "wrong order": rule(
            "size, jump = 1, 1\n    for k, s in reversed(list(layers)):\n"
            "        size += (k - 1) * jump\n        jump *= s\n    return size"
        ),
        "skips the last layer": rule(
            "size, jump = 1, 1\n    for k, s in list(layers)[:-1]:\n"
            "        size += (k - 1) * jump\n        jump *= s\n    return size"
        ),
        "fails on the empty list": rule(
            "layers = list(layers)\n    size, jump = layers[0]\n"
            "    for k, s in layers[1:]:\n"
            "        size += (k - 1) * jump\n        jump *= s\n    return size"
        ),
        "three by three only": rule("return 2 * len(layers) + 1"),
        "product of strides at once": rule(
            "p = 1\n    for k, s in layers:\n        p *= s\n"
            "    return 1 + sum((k - 1) * p for k, s in layers)"
        ),
        "area": rule(
            "size, jump = 1, 1\n    for k, s in layers:\n"
            "        size += (k - 1) * jump\n        jump *= s\n    return size ** 2"
        ),
        "empties the list": rule(
            "size, jump, n = 1, 1, len(layers)\n    for _ in range(n):\n"
            "        k, s = layers.pop()\n"
            "        size += (k - 1) * jump\n        jump *= s\n    return size"
        ),
        "list of sizes": rule(
            "size, jump, out = 1, 1, []\n    for k, s in layers:\n"
            "        size += (k - 1) * jump\n        jump *= s\n        out.append(size)\n    return out"
        ),
        "second layer always stride one": rule(
            "size, jump = 1, 1\n    for i, (k, s) in enumerate(layers):\n"
            "        size += (k - 1) * jump\n        jump *= s if i != 1 else 1\n    return size"
        ),
    },
    "ex05-drawing": {
        "middle left at zero": drawing(
            RINGS + "    out = d.copy()\n    out[d > 3] = 0\n    return out"
        ),
        "diamonds for squares": drawing(
            "m = size // 2\n    d = np.abs(np.indices((size, size)) - m).sum(0)\n"
            "    out = np.maximum(d, 1)\n    out[d > 3] = 0\n    return out"
        ),
        "order reversed": drawing(RINGS + "    return np.where(d > 3, 0, 4 - np.maximum(d, 1))"),
        "two rings": drawing(
            RINGS + "    out = np.maximum(d, 1)\n    out[d > 2] = 0\n    return out"
        ),
        "grows without an end": drawing(RINGS + "    return np.maximum(d, 1)"),
        "not in the middle": drawing(
            "m = size // 2 - 1\n    d = np.maximum(*np.abs(np.indices((size, size)) - m))\n"
            "    out = np.maximum(d, 1)\n    out[d > 3] = 0\n    return out"
        ),
        "seven by seven always": drawing(
            "d = np.maximum(*np.abs(np.indices((7, 7)) - 3))\n    return np.maximum(d, 1)"
        ),
        "painted outwards": drawing(
            "out = np.zeros((size, size))\n    m = size // 2\n"
            "    for n in (1, 2, 3):\n"
            "        out[m - n:m + n + 1, m - n:m + n + 1] = n\n    return out"
        ),
        "last column missing": drawing(
            "out = np.zeros((size, size))\n    m = size // 2\n"
            "    for n in (3, 2, 1):\n"
            "        out[m - n:m + n + 1, m - n:m + n] = n\n    return out"
        ),
        "rings of two": drawing(
            RINGS + "    out = np.maximum((d + 1) // 2, 1)\n    out[out > 3] = 0\n    return out"
        ),
        "how often it is used": drawing(RINGS + "    return np.maximum(4 - np.maximum(d, 1), 0)"),
        "fractions": drawing(
            RINGS + "    out = np.maximum(d, 1) + 0.4\n    out[d > 3] = 0\n    return out"
        ),
        "flat": drawing(
            RINGS + "    out = np.maximum(d, 1)\n    out[d > 3] = 0\n    return out.ravel()"
        ),
        "true and false": drawing(RINGS + "    return d <= 3"),
    },
    "added-hand-convolution": {
        "flipped kernel": hand(
            slide(PICTURE, flipped(KERNEL)),
            slide(PICTURE, flipped(KERNEL), 2, 1),
            plus(slide(PICTURE, flipped(KERNEL)), slide(SECOND, flipped(SLICE)), 2),
        ),
        "forgot the padding": hand(padded=slide(PICTURE, KERNEL, 1)),
        "forgot the stride": hand(padded=slide(PICTURE, KERNEL, 1, 1)),
        "forgot the bias": hand(channels=plus(slide(PICTURE, KERNEL), slide(SECOND, SLICE))),
        "bias once a channel": hand(channels=plus(slide(PICTURE, KERNEL), slide(SECOND, SLICE), 4)),
        "first channel only": hand(channels=plus(VALID, [[0, 0], [0, 0]], 2)),
        "channels kept apart": hand(channels=[VALID, slide(SECOND, SLICE)]),
        "transposed": hand(valid=[list(r) for r in zip(*VALID, strict=True)]),
        "transposed kernel": hand(
            slide(PICTURE, [list(r) for r in zip(*KERNEL, strict=True)]),
            slide(PICTURE, [list(r) for r in zip(*KERNEL, strict=True)], 2, 1),
        ),
        "one number wrong": hand(
            valid=[[VALID[0][0], VALID[0][1]], [VALID[1][0], VALID[1][1] + 1]]
        ),
        "flat": hand(*([v for r in a for v in r] for a in (VALID, PADDED, CHANNELS))),
        "magnitudes": hand(
            *([[abs(v) + (v == 0) for v in r] for r in a] for a in (VALID, PADDED, CHANNELS))
        ),
        "only the first": hand(padded=0, channels=0),
        "clipped at zero": hand(
            *([[max(v, 0) for v in r] for r in a] for a in (VALID, PADDED, CHANNELS))
        ),
        "zeros": hand(*[[[0, 0], [0, 0]]] * 3),
    },
}


def with_error(array):
    """The array with its first number one too large."""
    rows = [list(r) for r in array]
    rows[0][0] += 1
    return rows


PARTIAL = {
    "ex04": {
        "fields only": (ex04(False, 1, 2, 3, 4), 0),
        "counts right, saving wrong": (ex04(False, BARE[0], BARE[1], 5, 5), 3),
        "saving follows from wrong counts": (
            ex04(
                *(False, BARE[0] + 200_000, BARE[1], BARE[2] - 200_000),
                100 * (BARE[2] - 200_000) / BARE[1],
                (3, 3),
            ),
            2,
        ),
        "saving follows from invented counts": (ex04(False, 1000, 2000, 1000, 50, (3, 3)), 0),
    },
    "ex05": {
        "first wrong": ("ex05_receptive_fields = [1, 5, 7]", 1.5),
        "third only": ("ex05_receptive_fields = [0, 0, 7]", 0),
        "third wrong": ("ex05_receptive_fields = [3, 5, 9]", 1),
    },
    "added-hand-convolution": {
        "valid only": (hand(padded=0, channels=0), 1),
        "padded only": (hand(valid=0, channels=0), 1.5),
        "channels only": (hand(valid=0, padded=0), 1.5),
        "one number of the first wrong": (hand(valid=with_error(VALID)), 3.5),
    },
}
