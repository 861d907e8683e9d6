"""PoolingLab: windows reduced to one number, and what a shift of the picture does to it."""

from __future__ import annotations

import numpy as np
import traitlets

from convbook import shapes

from ._base import BookWidget, bundle, style
from ._limits import numbers_of, table
from ._photograph import camera, image_tag
from ._windows import windows

LARGEST = 8
SIDES = range(1, LARGEST + 1)
#: A photograph's rows and columns, the largest that there is to point at.
PHOTOGRAPH = 256


class PoolingLab(BookWidget):
    """Max, average and global pooling of a small table of numbers or of a photograph.

    Inputs: ``source`` ("numbers" or "photograph"); ``numbers``, the table, (H, W) with sides up to
    8; ``kind`` ("max" or "average") and ``everywhere`` (global pooling: one window over it all);
    ``pool_size`` and ``stride``; ``shift_down`` and ``shift_right``, pixels by which the picture is
    moved before pooling, where what leaves on one side comes in on the other; ``row`` and
    ``column``, the output looked into. It opens on the chapter's 4×4 example.

    >>> PoolingLab().output.tolist()
    [[3.0, 4.0], [5.0, 6.0]]
    """

    _esm = bundle("pooling_lab.js")
    _css = style("pooling_lab.css")

    source = traitlets.Enum(["numbers", "photograph"], "numbers").tag(sync=True)
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
        return (
            camera().astype(float) if self.source == "photograph" else np.array(self.numbers, float)
        )

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
    def caption(self) -> str:
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
        parts = "".join(
            f'<g transform="translate({i * 230} 0)">{_cells(p, low, high)}</g>'
            for i, p in enumerate(pictures)
        )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 432 202" width="432" '
            'font-family="sans-serif" font-size="12" text-anchor="middle" role="img">'
            f"<title>{self.caption}</title>{parts}</svg>"
        )


def _cells(picture: np.ndarray, low: float, high: float) -> str:
    if max(picture.shape) > LARGEST:
        grey = (255 * (picture - low) / (high - low)).round().astype(np.uint8)
        return image_tag(grey, 0, 0, 200 * picture.shape[0] // 256)
    side = 200 // max(picture.shape)
    middle = side / 2
    return "".join(
        f'<rect x="{side * c}" y="{side * r}" width="{side}" height="{side}" fill="none" '
        f'stroke="#7d8794"/>'
        f'<text x="{side * c + middle:g}" y="{side * r + middle + 4:g}">{v:g}</text>'
        for r, row in enumerate(picture)
        for c, v in enumerate(row)
    )
