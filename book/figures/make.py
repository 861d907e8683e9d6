"""Draws the book's diagrams: ``python book/figures/make.py`` writes them beside it.

The numbers in the pictures come from ``convbook.shapes`` or are asserted on the pages that show
them; the SVG files are committed, and a test draws them again and compares.
"""

from __future__ import annotations

from pathlib import Path

import cases
import history
from svg import BLUE, GREEN, INK, ORANGE, SOFT, Picture

from convbook.shapes import output_size, pool_output_size

HERE = Path(__file__).parent


def small_network() -> Picture:
    picture = Picture(
        560,
        250,
        "Seven boxes joined by arrows, and under each the shape of what leaves it. Input: 32 by 32 "
        "by 3. Convolution, 32 filters of 3 by 3, padding 1: 32 by 32 by 32. ReLU: the same. Max "
        "pooling 2 by 2: 16 by 16 by 32. Flatten: 8,192. Fully connected, 10 classes: 10. "
        "Softmax: 10.",
    )
    convolved = output_size(32, 3, padding=1)
    pooled = pool_output_size(convolved, 2, 2)
    maps = f"{convolved} × {convolved} × 32"
    layers = [
        ("input", "photograph", "32 × 32 × 3", SOFT),
        ("convolution", "32 filters 3 × 3\npadding 1", maps, BLUE),
        ("ReLU", "max(0, x)", maps, ORANGE),
        ("max pooling", "2 × 2", f"{pooled} × {pooled} × 32", GREEN),
        ("flatten", "all in one row", f"{pooled * pooled * 32:,}", SOFT),
        ("fully connected", "10 classes", "10 logits", BLUE),
        ("softmax", "", "10 probabilities", ORANGE),
    ]
    for number, (name, what, shape, colour) in enumerate(layers):
        row, column = divmod(number, 4)
        left, top = 8 + 141 * column, 8 + 132 * row
        picture.box(left, top, 121, 76, colour=colour)
        middle, lines = left + 60, bool(what) + what.count("\n")
        picture.text(middle, top + 38 - 9 * lines, name)
        picture.text(middle, top + 47, what, colour="#555555")
        picture.text(middle, top + 93, shape)
        if column < 3 and number < len(layers) - 1:
            picture.arrow((left + 121, top + 38), (left + 140, top + 38))
    picture.line((552, 46), (556, 46), (556, 120), (68, 120))
    picture.arrow((68, 119.25), (68, 139))
    return picture


def convolution() -> Picture:
    picture = Picture(
        660,
        300,
        "A five by five grid of letters a to y, a three by three kernel k1 to k9, and a three by "
        "three output. The middle output is marked with a star, and so are the nine input letters "
        "g h i, l m n, q r s that it is computed from.",
    )
    letters = "abcdefghijklmnopqrstuvwxy"
    patch = [(row, column) for row in (1, 2, 3) for column in (1, 2, 3)]
    picture.grid(20, 50, [letters[5 * row : 5 * row + 5] for row in range(5)], marked=patch)
    kernel = [[f"k{3 * row + column + 1}" for column in range(3)] for row in range(3)]
    picture.grid(
        260, 84, kernel, colour=ORANGE, marked=[(r, c) for r in range(3) for c in range(3)]
    )
    output = [["", "", ""], ["", "★", ""], ["", "", ""]]
    picture.grid(470, 84, output, colour=GREEN, marked=[(1, 1)])
    for x, title in [(105, "input 5 × 5"), (311, "kernel 3 × 3"), (521, "output 3 × 3")]:
        picture.text(x, 28, title, bold=True)
    picture.text(225, 135, "∗", 26)
    picture.arrow((385, 135), (450, 135))
    picture.text(330, 256, "★ = g·k1 + h·k2 + i·k3 + l·k4 + m·k5 + n·k6 + q·k7 + r·k8 + s·k9", 15)
    return picture


def max_pooling() -> Picture:
    picture = Picture(
        560,
        230,
        "A four by four grid with rows 1 3 2 4, 0 2 1 3, 5 1 2 6 and 3 0 0 1, its four windows of "
        "two by two coloured in turn, and beside it the two by two grid of their largest values: "
        "3, 4, 5 and 6.",
    )
    rows = [[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 1]]
    checker = [(r, c) for r in range(4) for c in range(4) if (r // 2 + c // 2) % 2 == 0]
    picture.grid(20, 50, rows, side=40, marked=checker)
    largest = [
        [max(rows[i][j] for i in (r, r + 1) for j in (c, c + 1)) for c in (0, 2)] for r in (0, 2)
    ]
    picture.grid(310, 90, largest, side=40, marked=[(0, 0), (1, 1)])
    picture.text(100, 28, "input 4 × 4", bold=True)
    picture.text(350, 28, "output 2 × 2", bold=True)
    picture.arrow((200, 130), (290, 130))
    picture.text(245, 112, "max", 14)
    for number, line in enumerate(["1 3 0 2 → 3", "2 4 1 3 → 4", "5 1 3 0 → 5", "2 6 0 1 → 6"]):
        picture.text(420, 86 + 30 * number, line, 13, anchor="start")
    return picture


def hierarchy() -> Picture:
    picture = Picture(
        760,
        250,
        "Four panels joined by arrows. Edges: short lines in several directions. Textures: waves "
        "and a lattice. Parts: a wheel and an eye. Objects: a car and a cat's face.",
    )
    names = ["edges", "textures", "parts", "objects"]
    depths = ["early layers", "", "", "deep layers"]
    for number, name in enumerate(names):
        left = 20 + 185 * number
        picture.box(left, 50, 155, 150, colour=SOFT)
        picture.text(left + 77, 28, name, 15, bold=True)
        picture.text(left + 77, 224, depths[number], 13, SOFT)
        if number:
            picture.arrow((left - 28, 125), (left - 3, 125))
    for x, y, dx, dy in [(45, 80, 45, 0), (125, 70, 0, 45), (50, 175, 40, -40), (115, 135, 40, 40)]:
        picture.line((x, y), (x + dx, y + dy), colour=BLUE, width=4)
    for row in range(4):
        y = 75 + 14 * row
        picture.path(f"M220 {y}q10 -10 20 0t20 0t20 0t20 0t20 0", BLUE)
    for step in range(6):
        picture.line((222 + 18 * step, 140), (222 + 18 * step, 188), colour=ORANGE)
    for step in range(3):
        picture.line((215, 146 + 18 * step), (322, 146 + 18 * step), colour=ORANGE)
    picture.circle(467, 90, 27)
    picture.circle(467, 90, 10)
    for dx, dy in [(27, 0), (0, 27), (-27, 0), (0, -27)]:
        picture.line((467 + dx * 0.4, 90 + dy * 0.4), (467 + dx, 90 + dy))
    picture.path("M425 163q42 -40 84 0q-42 40 -84 0z", ORANGE)
    picture.circle(467, 163, 12, ORANGE, ORANGE)
    picture.path("M590 112v-18h22l14 -20h44l14 20h26v18z", BLUE, "#d9ecf7")
    picture.circle(618, 113, 9, INK, "#ffffff")
    picture.circle(682, 113, 9, INK, "#ffffff")
    picture.path("M624 148l8 14q20 -8 40 0l8 -14q10 44 -28 44t-28 -44z", ORANGE, "#fbe3d3")
    for x in (643, 661):
        picture.circle(x, 170, 2.5, INK, INK)
    return picture


def skip_connection() -> Picture:
    picture = Picture(
        720,
        240,
        "A block: the input x goes right through convolution, batch norm, ReLU, convolution and "
        "batch norm, and also over the top, unchanged, to a plus sign where both meet; then ReLU.",
    )
    picture.text(25, 150, "x", 20, bold=True)
    names = [("Conv 3×3", BLUE), ("BN", GREEN), ("ReLU", ORANGE), ("Conv 3×3", BLUE), ("BN", GREEN)]
    left = 80
    picture.arrow((38, 150), (left - 2, 150))
    for number, (name, colour) in enumerate(names):
        width = 88 if "Conv" in name else 56
        picture.box(left, 128, width, 44, name, colour)
        end = left + width
        picture.arrow((end, 150), (end + 24 if number < 4 else 538, 150))
        left = end + 26
    picture.line((55, 150), (55, 60), (553, 60), colour=INK)
    picture.arrow((553, 60), (553, 133))
    picture.circle(553, 150, 15, INK, "#ffffff")
    picture.text(553, 149, "+", 22)
    picture.arrow((568, 150), (598, 150))
    picture.box(600, 128, 56, 44, "ReLU", ORANGE)
    picture.arrow((656, 150), (690, 150))
    picture.text(304, 42, "identity shortcut: x, unchanged", 14)
    picture.text(304, 200, "residual branch F(x)", 14)
    picture.text(553, 200, "y = F(x) + x", 14, bold=True)
    picture.text(690, 128, "output", 13)
    return picture


def training_pipeline() -> Picture:
    picture = Picture(
        680,
        680,
        "From top to bottom: raw images, split into training, validation and test; resize; "
        "augment, training images only; normalise as the network expects; convolutional "
        "feature extractor of conv, batch norm, ReLU and pool, repeated; global average "
        "pooling or flatten; classifier head; softmax and cross-entropy; backpropagation and an "
        "optimiser step, which goes back to the next mini-batch.",
    )
    steps = [
        (20, "raw images, split by object into\ntraining, validation and test", SOFT),
        (92, "resize", BLUE),
        (152, "augment (training only):\nflip, rotate, crop, colour", ORANGE),
        (224, "normalise as the network expects", BLUE),
    ]
    for (y, words, colour), (next_y, _, _) in zip(steps, [*steps[1:], (290, "", "")], strict=True):
        height = 48 if "\n" in words else 38
        picture.box(215, y, 250, height, words, colour)
        picture.arrow((340, y + height), (340, next_y - 2))
    picture.box(60, 290, 560, 112, colour=SOFT)
    picture.text(340, 308, "convolutional feature extractor", 14, bold=True)
    for number, name in enumerate(["Conv 3×3", "BN", "ReLU", "Pool 2×2", "× N blocks"]):
        left = 80 + 106 * number
        picture.box(left, 334, 92, 44, name, [BLUE, GREEN, ORANGE, BLUE, SOFT][number])
        if number:
            picture.arrow((left - 14, 356), (left - 1, 356))
    tail = [
        (428, "global average pooling, or flatten", BLUE),
        (488, "classifier head: dense, dropout, dense", GREEN),
        (548, "softmax and cross-entropy", ORANGE),
        (608, "backpropagation, optimiser step", SOFT),
    ]
    picture.arrow((340, 402), (340, 426))
    for number, (y, words, colour) in enumerate(tail):
        picture.box(190, y, 300, 38, words, colour)
        if number < 3:
            picture.arrow((340, y + 38), (340, y + 58))
    picture.line((490, 627), (650, 627), (650, 176), dashed=True)
    picture.arrow((650, 176), (467, 176), dashed=True)
    picture.text(572, 160, "next mini-batch", 13)
    return picture


def transfer_decision() -> Picture:
    picture = Picture(
        760,
        430,
        "A decision chart. First question: how many labelled pictures? Few, some or many. Second "
        "question: are they like photographs? Few and alike: freeze all, train the head. Few and "
        "unlike: freeze early layers, train the head and the last block. Some and alike: head "
        "first, then fine-tune the last blocks. Some and unlike: head first, then fine-tune most. "
        "Many and alike: fine-tune everything. Many and unlike: fine-tune everything and compare "
        "with training from scratch. Under all of them: compare on a validation set.",
    )
    picture.box(255, 16, 250, 48, "How many labelled pictures\ndo you have?", SOFT)
    amounts = ["few\n(up to about 1,000)", "some\n(in between)", "many\n(from about 10,000)"]
    leaves = [
        (
            "freeze\neverything,\ntrain the head",
            "freeze\nearly layers,\ntrain head and\nlast block",
        ),
        (
            "head first, then\nfine-tune the\nlast blocks",
            "head first, then\nfine-tune most\nlayers",
        ),
        ("fine-tune\neverything", "fine-tune all;\ntry from\nscratch too,\nand compare"),
    ]
    for number, (amount, (alike, unlike)) in enumerate(zip(amounts, leaves, strict=True)):
        centre = 130 + 250 * number
        picture.arrow((380, 64), (380, 84), (centre, 84), (centre, 104))
        picture.box(centre - 90, 106, 180, 48, amount, BLUE)
        picture.arrow((centre, 154), (centre, 178))
        picture.text(centre, 192, "like ImageNet's photographs?", 13)
        for side, (answer, leaf) in enumerate([("yes", alike), ("no", unlike)]):
            x = centre + (-60 if side == 0 else 60)
            picture.arrow((centre, 204), (x, 236))
            picture.text(x + (-22 if side == 0 else 22), 222, answer, 13, bold=True)
            picture.box(x - 58, 238, 116, 92, leaf, GREEN if side == 0 else ORANGE, size=11)
    picture.line((20, 352), (740, 352), colour=SOFT, dashed=True)
    picture.text(
        380,
        388,
        "In every case: start with the frozen backbone as a baseline,\n"
        "keep its batch normalization in inference mode, and let a validation set decide.",
        14,
    )
    return picture


def timeline() -> Picture:
    entries = [
        (1998, "LeNet-5", "60,000", "digits, 28×28 in 32×32"),
        (2012, "AlexNet", "61.0 M", "ReLU, dropout, two GPUs"),
        (2014, "VGG-16", "138.4 M", "3×3 only, 16 layers"),
        (2014, "GoogLeNet", "7.0 M", "Inception, 1×1"),
        (2015, "ResNet-50", "25.6 M", "skip connections"),
        (2015, "ResNet-152", "60.4 M", "152 layers"),
        (2019, "EfficientNet-B0", "5.3 M", "compound scaling"),
        (2019, "EfficientNet-B7", "66.7 M", "compound scaling"),
    ]
    picture = Picture(
        760,
        390,
        "Bars by year: LeNet-5 of 1998 with 60,000 parameters, AlexNet of 2012 with 61.0 million, "
        "VGG-16 of 2014 with 138.4, GoogLeNet of 2014 with 7.0, ResNet-50 of 2015 with 25.6, "
        "ResNet-152 of 2015 with 60.4, EfficientNet-B0 of 2019 with 5.3 and B7 with 66.7. "
        "Bar length is the number of parameters.",
    )
    picture.text(30, 26, "year", 13, SOFT, anchor="start")
    picture.text(90, 26, "network", 13, SOFT, anchor="start")
    picture.text(220, 26, "parameters (bar to scale)", 13, SOFT, anchor="start")
    picture.text(560, 26, "what was new", 13, SOFT, anchor="start")
    for number, (year, name, count, novelty) in enumerate(entries):
        y = 60 + 40 * number
        millions = float(count.split()[0].replace(",", "")) / (1 if "M" in count else 1e6)
        picture.text(30, y, year, 14, anchor="start")
        picture.text(90, y, name, 14, bold=True, anchor="start")
        picture.box(220, y - 11, max(2, millions * 1.75), 22, colour=BLUE, radius=2)
        picture.text(230 + max(2, millions * 1.75), y, count, 14, anchor="start")
        picture.text(560, y, novelty, 14, anchor="start")
    return picture


PICTURES = {
    "4-6-small-network": small_network,
    "8-1-convolution": convolution,
    "8-2-max-pooling": max_pooling,
    "8-3-feature-hierarchy": hierarchy,
    "8-4-skip-connection": skip_connection,
    "9-1-training-pipeline": training_pipeline,
    "9-2-transfer-decision": transfer_decision,
    "9-3-timeline": timeline,
    **cases.PICTURES,
    **history.PICTURES,
}


def main() -> None:
    for name, draw in PICTURES.items():
        (HERE / f"{name}.svg").write_text(draw().render(), encoding="utf8")


if __name__ == "__main__":
    main()
