"""Receptive fields, from the students' notebook alone."""

from .writing import function, values

ASSIGNMENT = "02-receptive-fields"

PICTURE = [[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 0, 1], [1, 0, 2, 3]]
SECOND = [[0, 1, 0, 1], [1, 0, 1, 0]] * 2
KERNEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
SLICE = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]


def slide(picture: list, kernel: list, step: int = 1, ring: int = 0, bias: int = 0) -> list:
    """Return the feature map, number by number."""
    width = len(picture) + 2 * ring
    whole = [[0] * width for _ in range(width)]
    for i, row in enumerate(picture):
        for j, number in enumerate(row):
            whole[i + ring][j + ring] = number
    places = range(0, width - 2, step)
    return [
        [
            bias + sum(whole[i + a][j + b] * kernel[a][b] for a in range(3) for b in range(3))
            for j in places
        ]
        for i in places
    ]


def turned(grid: list) -> list:
    return [list(reversed(row)) for row in reversed(grid)]


def added(*grids: list) -> list:
    return [
        [sum(numbers) for numbers in zip(*rows, strict=True)] for rows in zip(*grids, strict=True)
    ]


def rows_and_columns(grid: list) -> list:
    return [list(row) for row in zip(*grid, strict=True)]


VALID, PADDED = slide(PICTURE, KERNEL), slide(PICTURE, KERNEL, 2, 1)
CHANNELS = added(VALID, slide(SECOND, SLICE, bias=2))
FLIPPED = slide(PICTURE, turned(KERNEL))


def hand(valid=VALID, padded=PADDED, channels=CHANNELS) -> str:
    return f"{valid!r}, {padded!r}, {channels!r}"


FIELD = """
size, jump = {start}, 1
for kernel, stride in {layers}:
    size {grow}
    jump {leap}
return size
"""


def field(start="1", layers="layers", grow="+= (kernel - 1) * jump", leap="*= stride") -> str:
    return FIELD.format(start=start, layers=layers, grow=grow, leap=leap)


DRAW = """
picture = np.zeros((size, size), int)
middle = size // 2
for depth in {order}:
    picture[{rows}, {rows}] = {value}
return picture
"""


def draw(order="(3, 2, 1)", rows="middle - depth : middle + depth + 1", value="depth") -> str:
    return DRAW.format(order=order, rows=rows, value=value)


FRESH = {
    "ex04": values(
        "ex04_with_biases, ex04_two_3x3, ex04_one_5x5, ex04_saved, ex04_saved_percent, ex04_receptive_fields",
        [
            "False, 1179648, 1638400, 458752, 28.0, (5, 5)",
            "True, 1180160, 1638656, 458496, 28.0, (5, 5)",
            "False, '1,179,648', '1,638,400', '458,752', '28 %', [5, 5]",
            "True, 1180160, 1638656, 458496, 27.98, (5, 5)",
            "np.bool_(False), 1179648.0, 1638400.0, 458752.0, np.float32(28), np.array([5, 5])",
        ],
        [
            "False, 1180160, 1638656, 458496, 27.98, (5, 5)",
            "True, 1179648, 1638400, 458752, 28.0, (5, 5)",
            "False, 589824, 1638400, 1048576, 64.0, (5, 5)",
            "False, 1179648, 1638400, 458752, 38.9, (5, 5)",
            "False, 1179648, 1638400, 458752, 72.0, (5, 5)",
            "False, 1179648, 1638400, 458752, 28.0, (3, 5)",
            "False, 1179648, 1638400, 458752, 28.0, (6, 5)",
            "False, 1179648, 1638400, -458752, -28.0, (5, 5)",
            "False, 4608, 6400, 1792, 28.0, (5, 5)",
            "False, 1179648, 1638400, 458752, 0.28, (5, 5)",
            "None, 1179648, 1638400, 458752, 28.0, (5, 5)",
            "False, 1638400, 1179648, 458752, 28.0, (5, 5)",
        ],
    ),
    "ex05": values(
        "ex05_receptive_fields",
        ["[3, 5, 7]", "(3, 5, 7)", "np.array([3, 5, 7])", "'3, 5, 7'", "[3.0, 5.0, 7.0]"],
        [
            "[3, 6, 9]",
            "[3, 9, 27]",
            "[3, 3, 3]",
            "[7, 5, 3]",
            "[1, 3, 5]",
            "7",
            "[5, 7, 9]",
            "[9, 25, 49]",
            "[3, 5]",
            "[3, 5, 7, 9]",
            "[3, 5, 8]",
        ],
    ),
    "ex05-rule": function(
        "def ex05_receptive_field(layers):",
        {
            "forwards": field(),
            "backwards": "size = 1\nfor kernel, stride in reversed(list(layers)):\n    size = (size - 1) * stride + kernel\nreturn size",
            "recursive": "if not layers:\n    return 1\n(kernel, stride), *rest = layers\nreturn (ex05_receptive_field(rest) - 1) * stride + kernel",
            "a NumPy number": field(start="np.int64(1)"),
        },
        {
            "stride ignored": field(leap="*= 1"),
            "own stride first": "size, jump = 1, 1\nfor kernel, stride in layers:\n    jump *= stride\n    size += (kernel - 1) * jump\nreturn size",
            "starts at nothing": field(start="0"),
            "sum of kernels": field(grow="+= kernel * jump"),
            "last layer first": field(layers="layers[::-1]"),
            "strides added": field(leap="+= stride"),
            "product of kernels": field(grow="*= kernel"),
            "raises for none": "kernel, stride = layers[0]\n" + field(),
            "pops": "size, jump = 1, 1\nwhile layers:\n    kernel, stride = layers.pop(0)\n    size += (kernel - 1) * jump\n    jump *= stride\nreturn size",
            "last stride doubled": field().replace(
                "return size", "return size * (jump if layers else 1)"
            ),
            "a text": field().replace("return size", "return f'{size}x{size}'"),
            "half a field": field(grow="+= (kernel // 2) * jump"),
        },
    ),
    "ex05-drawing": function(
        "def ex05_drawing(size):",
        {
            "squares from outside": draw(),
            "by distance": "i, j = np.indices((size, size))\nm = size // 2\nd = np.maximum(np.maximum(abs(i - m), abs(j - m)), 1)\nreturn np.where(d > 3, 0, d)",
            "lists": draw().replace("return picture", "return picture.tolist()"),
            "loops": "m = size // 2\nout = []\nfor i in range(size):\n    row = []\n    for j in range(size):\n        d = max(abs(i - m), abs(j - m), 1)\n        row.append(d if d <= 3 else 0)\n    out.append(row)\nreturn np.array(out)",
        },
        {
            "squares from inside": draw(order="(1, 2, 3)"),
            "diamonds": "i, j = np.indices((size, size))\nm = size // 2\nd = np.maximum(abs(i - m) + abs(j - m), 1)\nreturn np.where(d > 3, 0, d)",
            "circles": "i, j = np.indices((size, size))\nm = size // 2\nd = np.maximum(np.ceil(np.hypot(i - m, j - m)).astype(int), 1)\nreturn np.where(d > 3, 0, d)",
            "middle is zero": "i, j = np.indices((size, size))\nm = size // 2\nd = np.maximum(abs(i - m), abs(j - m))\nreturn np.where(d > 3, 0, d)",
            "numbers turned": draw(value="4 - depth"),
            "one too narrow": draw(rows="middle - depth : middle + depth"),
            "in the corner": draw(rows=": 2 * depth + 1"),
            "always 7": "size = 7\n" + draw(),
            "ones only": draw(value="1"),
            "rows only": draw().replace(", middle - depth : middle + depth + 1]", "]"),
            "two layers": draw(order="(2, 1)"),
            "threes outside": draw().replace(
                "np.zeros((size, size), int)", "np.full((size, size), 3)"
            ),
        },
    ),
    "added-hand-convolution": values(
        "added_hand_valid, added_hand_padded, added_hand_channels",
        [
            hand(),
            f"np.array({VALID}), np.array({PADDED}), np.array({CHANNELS})",
            f"np.array({VALID}, float), np.array({PADDED}, float), np.array({CHANNELS}, float)",
            f"{tuple(map(tuple, VALID))}, {tuple(map(tuple, PADDED))}, {tuple(map(tuple, CHANNELS))}",
        ],
        [
            hand(
                FLIPPED,
                slide(PICTURE, turned(KERNEL), 2, 1),
                added(FLIPPED, slide(SECOND, SLICE, bias=2)),
            ),
            hand(channels=added(VALID, slide(SECOND, SLICE))),
            hand(channels=VALID),
            hand(channels=slide(SECOND, SLICE, bias=2)),
            hand(channels=added(VALID, slide(SECOND, SLICE, bias=4))),
            hand(padded=slide(PICTURE, KERNEL, 1, 1)),
            hand(padded=VALID),
            hand(valid=PADDED, padded=VALID),
            hand(valid=rows_and_columns(VALID)),
            hand(valid=slide(PICTURE, rows_and_columns(KERNEL))),
            hand(
                valid=[[abs(n) for n in row] for row in VALID],
                padded=[[abs(n) for n in row] for row in PADDED],
            ),
            hand(padded=rows_and_columns(PADDED)),
        ],
    ),
}
