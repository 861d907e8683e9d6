"""im2col, one row of the kernel at a time: how a convolution becomes a few matrix products.

A processor multiplies matrices faster than it does anything else (GEMM, the general matrix product,
is the most carefully tuned routine there is). **im2col**, "image to columns", lays out the pixels
of every window as a column of a matrix, so that weights times that matrix is the convolution. A
kernel of F × F then holds every pixel F² times.

Here only the *width* is laid out, which holds every pixel F times (Cho and Brand, "MEC:
memory-efficient convolution", 2017, arXiv:1706.06873). Column ``v`` of the kernel gets a copy of
the padded image, shifted by ``v`` pixels and cut to the width of the output. The *height* needs no
copy: in memory the rows of a copy lie end to end, so row ``u`` of the kernel reads the same
numbers as row 0, beginning ``u`` rows later. That is a slice, and each row of the kernel costs one
matrix product over all positions.

A **stride** S down the image would break the slice, since a window then reads every S-th row. So
the rows are stored by *phase*, their number modulo S (a polyphase decomposition): within a phase,
the rows that one tap reads are neighbours again. Across, the stride is part of the copying.

**col2im** is the transpose, and what the backward pass needs: each pixel becomes the sum of what
stands in all of its copies.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convbook import shapes
from convbook.nn.typing import FloatArray, Shape

#: Bytes of copies worked on at a time: a fraction of a core's second-level cache.
TILE_BYTES = 400 * 1024

_Two = tuple[int, int]


class RowIm2Col:
    """The layout of one convolution over a batch of shape ``(N, C, H, W)``.

    ``kernel``, ``stride`` and ``dilation`` are pairs (height, width), ``pads`` a pair of pairs:
    ((top, bottom), (left, right)).

    >>> import numpy as np
    >>> layout = RowIm2Col((1, 1, 3, 4), (2, 2), (1, 1), ((0, 0), (0, 0)), (1, 1))
    >>> copies = layout.im2col(np.arange(12.0).reshape(1, 1, 3, 4))
    >>> layout.kernel_row(copies, 1)[0, 0]  # what the lower row of the kernel reads
    array([[ 4.,  5.,  6.,  8.,  9., 10.],
           [ 5.,  6.,  7.,  9., 10., 11.]])
    """

    def __init__(
        self, batch: Shape, kernel: _Two, stride: _Two, pads: tuple[_Two, _Two], dilation: _Two
    ) -> None:
        self.images, self.channels, *size = batch
        self.kernel, self.stride, self.dilation = kernel, stride, dilation
        rows, columns = zip(size, kernel, stride, pads, dilation, strict=True)
        self.output = height, width = shapes.output_size(*rows), shapes.output_size(*columns)
        self.positions = height * width
        self.phase_height = height + (kernel[0] - 1) * dilation[0] // stride[0]
        # The padded image, cut where no window reaches any more; and the real one within it.
        span = shapes.effective_kernel(kernel[1], dilation[1])
        self.padded = (self.phase_height * stride[0], (width - 1) * stride[1] + span)
        self.inside = tuple(
            slice(before, max(before, min(before + pixels, padded)))
            for pixels, (before, _), padded in zip(size, pads, self.padded, strict=True)
        )
        self.untouched = kernel == stride == (1, 1) and self.padded == tuple(size)

    @property
    def tiles(self) -> list[slice]:
        """Slices of the batch, each with copies that fit the cache (but at least one image)."""
        rows = self.channels * self.kernel[1] * self.phase_height * self.stride[0]
        step = max(1, TILE_BYTES // (4 * rows * self.output[1]))
        return [slice(n, min(n + step, self.images)) for n in range(0, self.images, step)]

    def im2col(self, x: FloatArray) -> FloatArray:
        """Copies of ``x``, ``(S, n, C, F, numbers in a phase)``: a phase for each of S rows."""
        if self.untouched:  # a 1×1 kernel reads the image as it is
            return x.reshape(1, *x.shape[:2], 1, x.shape[2] * x.shape[3])
        rows, columns = self.inside
        padded = np.zeros((*x.shape[:2], *self.padded), x.dtype)
        padded[:, :, rows, columns] = x[:, :, : _length(rows), : _length(columns)]
        copies = self._empty(x)
        for copy, part, _ in self._parts(copies, padded):
            copy[:] = part
        return copies.reshape(*copies.shape[:4], copies.shape[4] * copies.shape[5])

    def col2im(self, copies: FloatArray, x: FloatArray) -> None:
        """The transpose: write to each pixel of ``x`` the sum of what stands in its copies."""
        if self.untouched:
            x[:] = copies.reshape(x.shape)
            return
        rows, columns = self.inside
        padded = np.zeros((*x.shape[:2], *self.padded), x.dtype)
        for copy, part, is_first in self._parts(copies.reshape(self._empty(x).shape), padded):
            if is_first:
                part[:] = copy
            else:
                part += copy
        x[:, :, _length(rows) :] = x[:, :, :, _length(columns) :] = 0  # what no window reads
        x[:, :, : _length(rows), : _length(columns)] = padded[:, :, rows, columns]

    def kernel_row(self, copies: FloatArray, tap: int) -> FloatArray:
        """What row ``tap`` of the kernel reads, as a view: ``(n, C, F, H' · W')``."""
        first, phase = divmod(tap * self.dilation[0], self.stride[0])
        start = first * self.output[1]
        return copies[phase, ..., start : start + self.positions]

    def _empty(self, x: FloatArray) -> FloatArray:
        phases, wide = self.stride[0], self.kernel[1]
        return np.empty((phases, *x.shape[:2], wide, self.phase_height, self.output[1]), x.dtype)

    def _parts(
        self, copies: FloatArray, padded: FloatArray
    ) -> Iterator[tuple[FloatArray, FloatArray, bool]]:
        """Each copy, the part of the padded image that it shows, and whether no copy before it
        shows any of these pixels."""
        phases, across, width = self.stride[0], self.stride[1], self.output[1]
        for tap in range(self.kernel[1]):
            left = tap * self.dilation[1]
            columns = slice(left, left + (width - 1) * across + 1, across)
            for phase in range(phases):
                yield copies[phase, :, :, tap], padded[:, :, phase::phases, columns], left < across


def _length(part: slice) -> int:
    return int(part.stop - part.start)
