"""ConvolutionStepper: a convolution worked by hand, one output at a time."""

from __future__ import annotations

import numpy as np
import traitlets

from convbook import shapes

from ._base import BookWidget, bundle, style
from ._limits import numbers_of, table
from ._windows import windows

MOST_CHANNELS, LARGEST_INPUT, LARGEST_KERNEL, MOST_PADDING = 3, 8, 5, 3
CHANNELS = range(1, MOST_CHANNELS + 1)
SIDES, KERNEL_SIDES = range(1, LARGEST_INPUT + 1), range(1, LARGEST_KERNEL + 1)
#: Outputs of a 1×1 kernel at stride 1 on the largest input with the most padding.
MOST_STEPS = (LARGEST_INPUT + 2 * MOST_PADDING) ** 2


class ConvolutionStepper(BookWidget):
    """Steps through a small convolution: patch, products, sum, output cell.

    Inputs: ``image``, the input as (channels, height, width); ``kernel``, one filter as
    (channels, size, size), which spans all the input's channels; ``bias``; ``stride``;
    ``padding``; and ``step``, the output cell being computed, counted row by row from 0. It opens
    on the hand convolution of the chapter's section 7.

    >>> ConvolutionStepper(step=2).value
    2.0
    """

    _esm = bundle("convolution_stepper.js")
    _css = style("convolution_stepper.css")

    image = traitlets.List([[[1, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 1, 0, 1]]]).tag(
        sync=True, limit=table([CHANNELS, SIDES, SIDES], -1000, 1000)
    )
    kernel = traitlets.List([[[1, 0, -1], [1, 0, -1], [1, 0, -1]]]).tag(
        sync=True, limit=table([CHANNELS, KERNEL_SIDES, KERNEL_SIDES], -1000, 1000, square=True)
    )
    bias = traitlets.Float(0, min=-1000, max=1000).tag(sync=True)
    stride = traitlets.Int(1, min=1, max=4).tag(sync=True)
    padding = traitlets.Int(0, min=0, max=MOST_PADDING).tag(sync=True)
    step = traitlets.Int(0, min=0, max=MOST_STEPS - 1).tag(sync=True)

    @traitlets.validate("image", "kernel")
    def _check(self, proposal):
        name = proposal["trait"].name
        largest = LARGEST_INPUT if name == "image" else LARGEST_KERNEL
        numbers = numbers_of(proposal["value"])
        square = name == "image" or numbers.shape[1:2] == numbers.shape[2:3]
        fits = numbers.ndim == 3 and 0 < numbers.shape[0] <= MOST_CHANNELS and numbers.size
        if not (fits and square and max(numbers.shape[1:]) <= largest):
            raise traitlets.TraitError(
                f"{name} must be numbers of shape (channels, height, width) with at most "
                f"{MOST_CHANNELS} channels and sides up to {largest}"
                f"{', height equal to width' if name == 'kernel' else ''}; got {numbers.shape}"
            )
        if not (np.isfinite(numbers).all() and np.abs(numbers).max() <= 1000):
            raise traitlets.TraitError(f"{name} must be numbers from −1000 to 1000")
        return [[[_plain(n) for n in row] for row in plane] for plane in numbers.tolist()]

    @property
    def problem(self) -> str:
        """Why there is no output, or nothing."""
        if len(self.image) != len(self.kernel):
            return (
                f"the filter has {len(self.kernel)} channels and the input {len(self.image)}; "
                "a filter spans all the input's channels"
            )
        try:
            self._shape()
        except ValueError as error:
            return str(error)
        return ""

    @property
    def output_shape(self) -> tuple[int, int]:
        """(H', W') of the one map that the filter makes; raises ``ValueError`` if there is none."""
        if self.problem:
            raise ValueError(self.problem)
        return self._shape()

    def _shape(self) -> tuple[int, int]:
        shape = np.shape(self.image)
        return shapes.conv2d_output_shape(shape, 1, len(self.kernel[0]), self.stride, self.padding)[
            1:
        ]

    @property
    def products(self) -> np.ndarray:
        """Products of the current step, float64, shape (channels, size, size)."""
        rows, columns = self.output_shape
        row, column = divmod(min(self.step, rows * columns - 1), columns)
        patches = windows(np.array(self.image), len(self.kernel[0]), self.stride, self.padding)
        return patches[:, row, column] * np.array(self.kernel)

    @property
    def value(self) -> float:
        """The output of the current step: the sum of all products of all channels, plus bias."""
        return float(self.products.sum() + self.bias)

    @property
    def output(self) -> np.ndarray:
        """The whole map, float64, shape :attr:`output_shape`."""
        if self.problem:
            raise ValueError(self.problem)
        patches = windows(np.array(self.image), len(self.kernel[0]), self.stride, self.padding)
        return np.einsum("crwij,cij->rw", patches, np.array(self.kernel, float)) + self.bias

    @property
    def caption(self) -> str:
        if self.problem:
            return f"A convolution that cannot be: {self.problem}."
        channels, height, width = np.shape(self.image)
        rows, columns = self.output_shape
        many = f" of {channels} channels" if channels > 1 else ""
        return (
            f"An input of {height} × {width}{many}, one filter, stride {self.stride}, padding "
            f"{self.padding}: a map of {rows} × {columns}, {self.output.round(3).tolist()}."
        )

    def picture(self) -> str:
        """Input, filter and map as tables of numbers, as SVG."""
        tables = [(plane, "×") for plane in self.image[:1]] + [(self.kernel[0], "=")]
        if not self.problem:
            tables.append((self.output.tolist(), ""))
        parts, x, height = [], 0, 0
        for rows, sign in tables:
            parts.append(_table(rows, x))
            x += 34 * len(rows[0]) + 12
            parts.append(f'<text x="{x + 6}" y="40">{sign}</text>')
            x += 26
            height = max(height, 28 * len(rows))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {x} {height + 2}" width="{x}" '
            f'role="img" font-family="sans-serif" font-size="13" text-anchor="middle">'
            f"<title>{self.caption}</title>{''.join(parts)}</svg>"
        )


def _plain(number: float) -> float | int:
    return int(number) if float(number).is_integer() else number


def _table(rows: list, x: int) -> str:
    return "".join(
        f'<rect x="{x + 34 * c}" y="{28 * r}" width="34" height="28" fill="none" stroke="#7d8794"/>'
        f'<text x="{x + 34 * c + 17}" y="{28 * r + 19}">{value:g}</text>'
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
    )
