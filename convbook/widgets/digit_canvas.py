"""DigitCanvas: draw a digit, and open the network that reads it down to a single sum."""

from __future__ import annotations

import base64
import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import traitlets
from PIL import Image

from ._base import BookWidget, bundle, sources, style
from ._bundle import FOLDER, module_text
from ._reader import digit_probabilities

CODE = "shared/open_network.js"
#: The drawing is this many pixels wide and high; the network sees 28.
SIDE = 56
SEEN = 28
#: MNIST's digits were scaled to fit this box, then centred by their mass (LeCun and others, 1998).
BOX = 20
BRUSH = 2.4
#: More layers, and more maps in one, than the network has.
MOST_NODES, MOST_MAPS = 16, 64


class DigitCanvas(BookWidget):
    """A drawing of 56×56 pixels, and what the NumPy network of section 10 makes of it.

    Inputs: ``ink`` (3,136 bytes, 0 black to 255 white, row by row), ``node`` (index of the layer
    that is opened), ``feature_map``, ``row`` and ``column`` (the number in it whose sum is shown),
    ``input_channel`` (which of the maps that go into that sum is shown number by number).
    """

    _esm = bundle("digit_canvas.js")
    _css = style("shared/arithmetic.css", "digit_canvas.css")

    ink = traitlets.CBytes().tag(sync=True)
    node = traitlets.Int(1, min=0, max=MOST_NODES - 1).tag(sync=True)
    feature_map = traitlets.Int(0, min=0, max=MOST_MAPS - 1).tag(sync=True)
    row = traitlets.Int(12, min=0, max=SEEN - 1).tag(sync=True)
    column = traitlets.Int(12, min=0, max=SEEN - 1).tag(sync=True)
    input_channel = traitlets.Int(0, min=0, max=MOST_MAPS - 1).tag(sync=True)
    _nodes: traitlets.List = traitlets.List().tag(sync=True)
    _weights = traitlets.CBytes(b"").tag(sync=True)
    #: The engine that runs networks, of no use before a reader draws.
    _code = traitlets.Unicode("").tag(sync=True, lazy=True)

    def __init__(self, digit: int = 3, **state):
        from ._page_network import digit_network

        nodes, weights = digit_network()
        state.setdefault("ink", stroked(digit).tobytes())
        super().__init__(**{"_nodes": nodes, "_weights": weights, **self.shipped(), **state})
        self._opening = {n: v for n, v in self._opening.items() if n in self.inputs()}

    def shipped(self) -> dict[str, bytes | str]:
        return {"_code": module_text(CODE)}

    @classmethod
    def sources(cls) -> list[Path]:
        return [*super().sources(), *sources(CODE)]

    @property
    def seen(self) -> np.ndarray:
        """What the network sees: float (28, 28), 0 to 1."""
        return prepared(np.frombuffer(self.ink, np.uint8).reshape(SIDE, SIDE) / 255)

    @property
    def probabilities(self) -> np.ndarray:
        """Softmax of the network's ten logits."""
        return digit_probabilities(self.seen[None])[0]

    @property
    def digit(self) -> int:
        """The network's first choice."""
        return int(self.probabilities.argmax())

    @property
    def caption(self) -> str:
        return (
            f"A drawn digit, what the network sees of it in 28 × 28 pixels, and its answer: "
            f"{self.digit}, with {100 * self.probabilities.max():.1f} % of the softmax."
        )

    def picture(self) -> str:
        """The drawing beside what the network sees, as an ``<img>``."""
        drawn = np.frombuffer(self.ink, np.uint8).reshape(SIDE, SIDE)
        seen = np.kron((255 * self.seen).astype(np.uint8), np.ones((2, 2), np.uint8))
        both = np.concatenate([drawn, np.full((SIDE, 6), 128, np.uint8), seen], axis=1)
        buffer = io.BytesIO()
        Image.fromarray(both).resize((4 * both.shape[1], 4 * SIDE), 0).save(buffer, "PNG")
        data = base64.b64encode(buffer.getvalue()).decode()
        return f'<img alt="{self.caption}" src="data:image/png;base64,{data}">'


def stroked(digit: int) -> np.ndarray:
    """A digit as a pen would draw it: uint8 (56, 56)."""
    strokes = json.loads((FOLDER / "shared" / "strokes.json").read_text(encoding="utf-8"))[
        str(digit)
    ]
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    ink = np.zeros((SIDE, SIDE))
    for stroke in strokes:
        points = np.array(stroke) * SIDE
        for (x0, y0), (x1, y1) in pairwise(points):
            steps = int(np.hypot(x1 - x0, y1 - y0)) + 1
            for share in np.linspace(0, 1, steps + 1):
                x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                distance = np.hypot(columns + 0.5 - x, rows + 0.5 - y)
                ink = np.maximum(ink, np.clip(BRUSH + 0.5 - distance, 0, 1))
    return np.round(255 * ink).astype(np.uint8)


def prepared(ink: np.ndarray) -> np.ndarray:
    """A drawing (h, w), 0 to 1, as MNIST prepares its digits: (28, 28), 0 to 1.

    What is inked is cut out, scaled so that its longer side is 20 pixels, each new pixel the mean
    of what it covers, and put down so that its centre of mass is in the middle.
    """
    seen = np.zeros((SEEN, SEEN))
    rows, columns = (np.flatnonzero(ink.max(axis=axis) > 0.1) for axis in (1, 0))
    if not rows.size:
        return seen
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(cut.shape)
    height, width = (max(1, int(side * scale + 0.5)) for side in cut.shape)
    small = _means(height, cut.shape[0]) @ cut @ _means(width, cut.shape[1]).T
    mass = small.sum()
    middles = [(small.sum(axis=1) @ (np.arange(height) + 0.5)) / mass]
    middles += [(small.sum(axis=0) @ (np.arange(width) + 0.5)) / mass]
    # The last term settles halves the same way in the page, whatever the last digit of the sum.
    starts = [int(np.floor(SEEN / 2 - middle + 0.5 + 1e-9)) for middle in middles]
    top, left = (
        min(max(start, 0), SEEN - side) for start, side in zip(starts, (height, width), strict=True)
    )
    seen[top : top + height, left : left + width] = small
    return seen


def _means(n_out: int, n_in: int) -> np.ndarray:
    """The share that each of ``n_in`` pixels has in each of ``n_out``: rows sum to 1."""
    size = n_in / n_out
    starts = np.arange(n_out)[:, None] * size
    pixels = np.arange(n_in)[None, :]
    overlap = np.minimum(starts + size, pixels + 1) - np.maximum(starts, pixels)
    return np.maximum(overlap, 0) / size
