"""The two networks of section 3 from before ImageNet: what grows in them, and what shrinks."""

from __future__ import annotations

from svg import BLUE, GREEN, INK, ORANGE, PALE, SOFT, Picture

from convbook.shapes import (
    conv2d_parameters,
    dense_parameters,
    output_size,
    pool_output_size,
    receptive_field,
    receptive_span,
)

#: Three pairs of a layer of S-cells and one of C-cells: (cells that one cell looks at, stride).
PAIRS = [(3, 1), (2, 2)] * 3
PIXELS = receptive_field(PAIRS).size  # so that one cell is left at the end


def neocognitron() -> Picture:
    picture = Picture(
        700,
        462,
        "A section through a network of three pairs of layers, from left to right: 22 input "
        "pixels, then layers S1, C1, S2, C2, S3 and C3 of 20, 10, 8, 4, 2 and 1 cells. S-cells "
        "look at 3 neighbours of the layer before, C-cells at 2. One cell of each layer is marked, "
        "with a bar over the pixels that it sees: 3, 4, 8, 10, 18 and 22.",
    )
    top, pitch, left, step = 100, 13, 60, 98

    def height(layer, cell):
        """The middle of what a cell sees of the input; layer 0 is the input itself."""
        return top + pitch * sum(receptive_span(cell, PAIRS[:layer])) / 2

    counts = [PIXELS]
    for kernel_size, stride in PAIRS:
        counts.append(output_size(counts[-1], kernel_size, stride=stride))
    marked = [None, 9, 4, 3, 1, 0, 0]  # in each layer one cell, which the next marked one looks at
    names = ["input", "S1", "C1", "S2", "C2", "S3", "C3"]
    inks = [SOFT, *[BLUE, ORANGE] * 3]
    for layer in range(1, len(counts)):
        first, last = receptive_span(marked[layer], PAIRS[:layer])
        x, ink = left + step * layer, inks[layer]
        picture.box(x - 11, top + pitch * (first - 0.5), 22, pitch * (last - first + 1), colour=ink)
    for layer, (kernel_size, stride) in enumerate(PAIRS, start=1):
        x = left + step * layer
        for cell in sorted(range(counts[layer]), key=lambda cell: cell == marked[layer]):
            chosen = cell == marked[layer]
            for source in range(cell * stride, cell * stride + kernel_size):
                start = (x - step + 5, height(layer - 1, source))
                colour, width = (INK, 1.75) if chosen else ("#cccccc", 1)
                picture.line(start, (x - 5, height(layer, cell)), colour=colour, width=width)
    for layer, (name, ink) in enumerate(zip(names, inks, strict=True)):
        x = left + step * layer
        for cell in range(counts[layer]):
            fill = ink if cell == marked[layer] else PALE[ink]
            picture.circle(x, height(layer, cell), 4, ink, fill, 1.25)
        picture.text(x, 30, name, 16, ink if layer else INK, bold=True)
        seen = receptive_field(PAIRS[:layer]).size
        picture.text(x, 54, f"sees {seen}" if layer else f"{PIXELS} pixels", 14)
    for y, colour, words in (
        (412, BLUE, "S-cell: looks for its pattern in 3 neighbours"),
        (440, ORANGE, "C-cell: active if one of 2 neighbours is; a small shift may change nothing"),
    ):
        picture.circle(62, y, 5, colour, colour)
        picture.text(76, y, words, 14, anchor="start")
    return picture


#: What makes each layer of LeNet-5, its maps, their width and its trainable parameters.
LAYERS = [("C1", "conv 5×5", 6), ("S2", "pool 2×2", 6), ("C3", "conv 5×5", 16)]
LAYERS += [("S4", "pool 2×2", 16), ("C5", "conv 5×5", 120), ("F6", "dense", 84)]
#: In C3 not every map sees every map of S2: 60 pairs of the 96 are connected.
C3_PAIRS = 60


def lenet_layers() -> list[tuple[str, str, int, int, int]]:
    """(name, what makes it, maps, width, trainable parameters) of each layer, in order."""
    width, before, rows = 32, 1, []
    for name, kind, maps in LAYERS:
        if kind == "pool 2×2":
            width = pool_output_size(width, 2)
            parameters = 2 * maps  # each map has a factor and a bias
        elif kind == "conv 5×5":
            width = output_size(width, 5)
            parameters = conv2d_parameters(before, maps, 5)
            if name == "C3":
                parameters = C3_PAIRS * 5 * 5 + maps
        else:
            parameters = dense_parameters(before, maps)
        rows.append((name, kind, maps, width, parameters))
        before = maps
    return rows


def _volume(picture, x, middle, maps, width, colour) -> None:
    """A block as wide as it has maps, as high and as deep as they are, by one scale each."""
    right, tall, back = 1.2 * maps, 4.0 * width, 1.4 * width
    left, low = x - (right + back) / 2, middle + (tall + back) / 2
    fill = PALE[colour]
    picture.path(f"M{left:g} {low:g}v{-tall:g}h{right:g}v{tall:g}z", colour, fill, 1.5)
    upper = low - tall
    picture.path(
        f"M{left:g} {upper:g}l{back:g} {-back:g}h{right:g}l{-back:g} {back:g}z", colour, fill, 1.5
    )
    corner = left + right
    picture.path(
        f"M{corner:g} {low:g}l{back:g} {-back:g}v{-tall:g}l{-back:g} {back:g}z", colour, fill, 1.5
    )


def lenet() -> Picture:
    rows = lenet_layers()
    total = sum(parameters for *_, parameters in rows)
    sizes = ", ".join(f"{name} {maps} of {width} by {width}" for name, _, maps, width, _ in rows)
    counts = ", ".join(f"{name} {parameters:,}" for name, *_, parameters in rows)
    picture = Picture(
        770,
        500,
        "Above, blocks from left to right, as wide as the layer has maps and as high as a map: "
        f"the input, 1 of 32 by 32, {sizes}, and 10 outputs. The blocks get lower and wider. "
        f"Below, bars for the trainable parameters: {counts}. Together they are {total:,}.",
    )
    blocks = [("input", "", 1, 32, None), *rows, ("output", "", 10, 1, None)]
    centres = [50, 128, 208, 288, 366, 490, 636, 728]
    inks = {"conv": BLUE, "pool": ORANGE, "dens": GREEN, "": SOFT}
    picture.text(16, 22, "what each layer puts out, to scale", 14, SOFT, anchor="start")
    floor = 470
    for x, (name, kind, maps, width, parameters) in zip(centres, blocks, strict=True):
        colour = inks[kind[:4]]
        _volume(picture, x, 148, maps, width, colour)
        picture.text(x, 52, kind, 13)
        picture.text(x, 256, name, 15, bold=True)
        picture.text(x, 277, f"{maps}@{width}×{width}" if width > 1 else maps, 13)
        if parameters is not None:
            tall = parameters / 400
            picture.box(x - 20, floor - tall, 40, tall, colour=colour, radius=0)
            picture.text(x, floor - tall - 14, f"{parameters:,}", 13)
    picture.line((16, 304), (754, 304), colour=SOFT, dashed=True)
    picture.text(
        16, 326, f"trainable parameters, to scale: {total:,} in all", 14, SOFT, anchor="start"
    )
    picture.line((16, floor), (754, floor), colour=SOFT)
    return picture


PICTURES = {"3-2-neocognitron": neocognitron, "3-3-lenet-5": lenet}
