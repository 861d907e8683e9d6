"""PoolingLab: windows reduced to one number, and what a shift of the picture does to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from convbook import shapes

from . import _augmentation
from ._base import BookWidget, bundle, sources, style
from ._bundle import module_text
from ._limits import numbers_of, table
from ._photograph import camera, image_tag
from ._reader import CODE, digit_probabilities, digit_reader
from ._windows import windows
from .digit_canvas import prepared

LARGEST = 8
SIDES = range(1, LARGEST + 1)
#: A photograph's rows and columns, the largest that there is to point at.
PHOTOGRAPH = 256
#: What the digit is.
DIGIT = 6
#: Where a picture has something to see, as in the page: the camera before a face, the digit's loop.
SIGHTS = {"photograph": (84, 126), "digit": (16, 10)}


class PoolingLab(BookWidget):
    """Max, average and global pooling of numbers, of a photograph, or of a digit.

    Inputs: ``source`` ("numbers", "photograph" or "digit"); ``numbers``, the table, (H, W) with
    sides up to 8; ``kind`` ("max" or "average") and ``everywhere`` (global pooling: one window over
    it all); ``pool_size`` and ``stride``; ``shift_down`` and ``shift_right``, pixels by which the
    picture is moved before pooling, where what leaves on one side comes in on the other; ``row``
    and ``column``, the output looked into. It opens on the chapter's 4×4 example. Of the digit a
    reader can ask the network of section 10 what it is, and what it is at every other shift.

    >>> PoolingLab().output.tolist()
    [[3.0, 4.0], [5.0, 6.0]]
    """

    _esm = bundle("pooling_lab.js")
    _css = style("pooling_lab.css")

    source = traitlets.Enum(["numbers", "photograph", "digit"], "numbers").tag(sync=True)
    numbers = traitlets.List([[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 1]]).tag(
        sync=True, limit=table([SIDES, SIDES], -1000, 1000)
    )
    kind = traitlets.Enum(["max", "average"], "max").tag(sync=True)
    everywhere = traitlets.Bool(False, help="Global pooling.").tag(sync=True)
    pool_size = traitlets.Int(2, min=1, max=LARGEST).tag(sync=True)
    stride = traitlets.Int(2, min=1, max=LARGEST).tag(sync=True)
    shift_down = traitlets.Int(0, min=-LARGEST, max=LARGEST).tag(sync=True)
    shift_right = traitlets.Int(0, min=-LARGEST, max=LARGEST).tag(sync=True)
    row = traitlets.Int(0, min=0, max=PHOTOGRAPH - 1).tag(sync=True)
    column = traitlets.Int(0, min=0, max=PHOTOGRAPH - 1).tag(sync=True)

    #: The digit, 28 × 28, row by row.
    _digit = traitlets.CBytes(b"").tag(sync=True)
    #: What a reader may ask for: the code that runs networks, and section 10's network as JSON.
    _code = traitlets.Unicode("").tag(sync=True, lazy=True)
    _digit_network = traitlets.Unicode("").tag(sync=True, lazy=True)

    def __init__(self, **state: Any) -> None:
        stride = state.get("stride", 2)
        sight = (place // stride for place in SIGHTS.get(state.get("source", ""), (0, 0)))
        opening = dict(zip(("row", "column"), sight, strict=True))
        super().__init__(**{"_digit": _digit().tobytes(), **self.shipped(), **opening, **state})

    def shipped(self) -> dict[str, bytes | str]:
        return {"_code": module_text(CODE), "_digit_network": digit_reader()}

    @classmethod
    def sources(cls) -> list[Path]:
        return [*super().sources(), *sources(CODE)]

    @traitlets.validate("numbers")
    def _check(self, proposal):
        numbers = numbers_of(proposal["value"])
        if numbers.ndim != 2 or not 0 < min(numbers.shape) <= max(numbers.shape) <= LARGEST:
            raise traitlets.TraitError(
                f"numbers must be a table of 1 to {LARGEST} rows and columns; "
                f"got shape {numbers.shape}"
            )
        if not (np.isfinite(numbers).all() and np.abs(numbers).max() <= 1000):
            raise traitlets.TraitError("numbers must lie from −1000 to 1000")
        return [[int(n) if n.is_integer() else n for n in row] for row in numbers.tolist()]

    @property
    def image(self) -> np.ndarray:
        """The picture before the shift, float64, shape (H, W)."""
        if self.source == "numbers":
            return np.array(self.numbers, float)
        return (camera() if self.source == "photograph" else _digit()).astype(float)

    @property
    def problem(self) -> str:
        """Why there is no output, or nothing."""
        try:
            self._shape()
        except ValueError:
            height, width = self.image.shape
            return (
                f"a window of {self.pool_size} × {self.pool_size} does not fit into a table of "
                f"{height} × {width}; make the window smaller or the table larger"
            )
        return ""

    @property
    def output_shape(self) -> tuple[int, int]:
        """(H', W'); raises ``ValueError`` when the window does not fit."""
        if self.problem:
            raise ValueError(self.problem)
        return self._shape()

    def _shape(self) -> tuple[int, int]:
        if self.everywhere:
            return (1, 1)
        shape = (1, *self.image.shape)
        return shapes.pool2d_output_shape(shape, self.pool_size, self.stride)[1:]

    def _pool(self, picture: np.ndarray) -> np.ndarray:
        reduce = np.max if self.kind == "max" else np.mean
        if self.everywhere:
            return reduce(picture).reshape(1, 1)
        self._shape()
        return reduce(windows(picture, self.pool_size, self.stride), axis=(-2, -1))

    @property
    def shifted(self) -> np.ndarray:
        """The picture after the shift, float64, shape (H, W)."""
        return np.roll(self.image, (self.shift_down, self.shift_right), (0, 1))

    @property
    def output(self) -> np.ndarray:
        """What pooling makes of the shifted picture, float64, shape :attr:`output_shape`."""
        return self._pool(self.shifted)

    @property
    def value(self) -> float:
        """The output at ``row`` and ``column``, or the nearest there is."""
        rows, columns = self.output_shape
        return float(self.output[min(self.row, rows - 1), min(self.column, columns - 1)])

    @property
    def unchanged(self) -> int:
        """How many outputs are the same as without the shift: what pooling is *invariant* to."""
        return int((self.output == self._pool(self.image)).sum())

    @property
    def moved_along(self) -> int | None:
        """How many outputs are the old ones moved by shift / stride places (*equivariance*).

        None when the shift is not a whole number of strides: then no such places exist.
        """
        if self.everywhere or self.shift_down % self.stride or self.shift_right % self.stride:
            return None
        steps = (self.shift_down // self.stride, self.shift_right // self.stride)
        return int((self.output == np.roll(self._pool(self.image), steps, (0, 1))).sum())

    @property
    def prediction(self) -> tuple[int, float]:
        """What section 10's network reads in the digit as it is shifted, and its probability."""
        found = _probabilities([(self.shift_down, self.shift_right)])[0]
        return int(found.argmax()), float(found.max())

    def shift_test(self, direction: str = "right") -> NDArray[np.float32]:
        """Probability that section 10's network gives the true digit, for 17 shifts, −8 to 8.

        The shifts go to the "right" or "down"; in the other direction the digit stands as it does.
        Raises ``ValueError`` for another direction.

        >>> PoolingLab().shift_test("down").shape
        (17,)
        """
        shifts = range(-LARGEST, LARGEST + 1)
        if direction == "right":
            places = [(self.shift_down, shift) for shift in shifts]
        elif direction == "down":
            places = [(shift, self.shift_right) for shift in shifts]
        else:
            raise ValueError(f'direction must be "right" or "down"; got {direction!r}')
        return _probabilities(places)[:, DIGIT]

    @property
    def caption(self) -> str:
        return self._pooling_words + (self._shift_words if self.source == "digit" else "")

    @property
    def _shift_words(self) -> str:
        digit, probability = self.prediction
        right, down = (
            f"{(curve > 0.5).sum()} of {len(curve)} shifts"
            for curve in (self.shift_test("right"), self.shift_test("down"))
        )
        return (
            f" As it stands, the network of section 10 says {digit}, "
            f"{100 * probability:.0f} %. {DIGIT} has more than half of the probability at {right} "
            f"to the right, and at {down} down."
        )

    @property
    def _pooling_words(self) -> str:
        if self.problem:
            return f"Pooling that cannot be: {self.problem}."
        height, width = self.image.shape
        rows, columns = self.output_shape
        name = f"{'Global ' if self.everywhere else ''}{self.kind} pooling".capitalize()
        how = (
            "" if self.everywhere else f" with windows of {self.pool_size} at stride {self.stride}"
        )
        numbers = f": {self.output.round(3).tolist()}" if rows * columns <= 16 else ""
        return f"{name}{how} makes {rows} × {columns} of {height} × {width}{numbers}."

    def picture(self) -> str:
        """The picture and its pooled form side by side, as SVG."""
        pictures = [self.shifted] if self.problem else [self.shifted, self.output]
        low, high = self.image.min(), max(self.image.max(), self.image.min() + 1)
        drawn = [_cells(picture, low, high, len(self.image)) for picture in pictures]
        if self.source == "digit":
            drawn.append(_curves(self.shift_test("right"), self.shift_test("down")))
        parts = "".join(
            f'<g transform="translate({i * 230} 0)">{part}</g>' for i, part in enumerate(drawn)
        )
        width = 432 if len(drawn) < 3 else 672
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {width} 202" width="{width}" '
            'font-family="sans-serif" font-size="12" text-anchor="middle" role="img">'
            f"<title>{self.caption}</title>{parts}</svg>"
        )


@cache
def _digit() -> NDArray[np.uint8]:
    """AugmentationLab's digit as MNIST prepares its own: (28, 28), 0 paper to 255 ink."""
    ink = prepared(_augmentation.picture("digit").mean(axis=2) / 255)
    digit = np.round(255 * ink).astype(np.uint8)
    digit.setflags(write=False)
    return digit


def _probabilities(places: list[tuple[int, int]]) -> NDArray[np.float32]:
    """Section 10's network on the digit, shifted by (down, right) each: (len(places), 10)."""
    return digit_probabilities([np.roll(_digit() / 255, place, (0, 1)) for place in places])


def _curves(right: np.ndarray, down: np.ndarray) -> str:
    def line(curve: np.ndarray, look: str) -> str:
        points = " ".join(
            f"{200 * i / (len(curve) - 1):g},{180 - 170 * share:.1f}"
            for i, share in enumerate(curve)
        )
        return f'<polyline points="{points}" fill="none" stroke-width="2" {look}/>'

    return (
        '<path d="M0 10V180H200" fill="none" stroke="#7d8794"/>'
        + line(right, 'stroke="#00639c"')
        + line(down, 'stroke="#b04a00" stroke-dasharray="6 4"')
        + f'<text x="0" y="196">−{LARGEST}</text><text x="100" y="196">0</text>'
        f'<text x="200" y="196">{LARGEST}</text>'
    )


def _cells(picture: np.ndarray, low: float, high: float, whole: int) -> str:
    if max(picture.shape) > LARGEST:
        grey = (255 * (picture - low) / (high - low)).round().astype(np.uint8)
        return image_tag(grey, 0, 0, 200 * picture.shape[0] // whole)
    side = 200 // max(picture.shape)
    middle = side / 2
    return "".join(
        f'<rect x="{side * c}" y="{side * r}" width="{side}" height="{side}" fill="none" '
        f'stroke="#7d8794"/>'
        f'<text x="{side * c + middle:g}" y="{side * r + middle + 4:g}">{v:g}</text>'
        for r, row in enumerate(picture)
        for c, v in enumerate(row)
    )
