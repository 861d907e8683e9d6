"""Pooling: one number for each window, channel by channel, with nothing to learn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import EllipsisType

import numpy as np
from numpy.typing import ArrayLike

from convbook import shapes
from convbook.nn.layer import Layer
from convbook.nn.typing import FloatArray, Shape


class _Pool2D(Layer):
    """What max and average pooling share: where the windows lie."""

    def __init__(
        self,
        pool_size: shapes.Pair = 2,
        stride: shapes.Pair | None = None,
        padding: shapes.SpatialPadding = 0,
    ) -> None:
        super().__init__()
        self.pool_size = shapes.pair("pool_size", pool_size)
        self.stride = self.pool_size if stride is None else shapes.pair("stride", stride)
        self.padding = padding
        # The smallest input that a window fits: what is refused here would be refused always.
        shapes.pool2d_output_shape((1, *self.pool_size), self.pool_size, self.stride, padding)

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        image = self._image_shape(input_shape)
        return shapes.pool2d_output_shape(image, self.pool_size, self.stride, self.padding)

    def _pad(
        self, x: FloatArray, fill: float
    ) -> tuple[FloatArray, tuple[EllipsisType, slice, slice]]:
        """``x`` with ``fill`` around it, and the part of the result that is ``x``."""
        padding = shapes.padding_pair(self.padding)
        axes = zip(x.shape[2:], self.pool_size, self.stride, padding, strict=True)
        (top, bottom), (left, right) = (shapes.pad_amounts(*axis) for axis in axes)
        height, width = x.shape[2:]
        inside = (..., slice(top, top + height), slice(left, left + width))
        if not top + bottom + left + right:
            return x, inside
        padded = np.full((*x.shape[:2], top + height + bottom, left + width + right), fill, x.dtype)
        padded[inside] = x
        return padded, inside

    def _taps(self, padded: FloatArray, output: Shape) -> Iterator[FloatArray]:
        """For each place in a window: a view of what stands there in every window."""
        for i, j in np.ndindex(self.pool_size):
            yield padded[
                :, :,
                i : i + (output[0] - 1) * self.stride[0] + 1 : self.stride[0],
                j : j + (output[1] - 1) * self.stride[1] + 1 : self.stride[1],
            ]  # fmt: skip


class MaxPool2D(_Pool2D):
    """The largest number in each window of ``(N, C, H, W)``.

    ``stride`` is ``pool_size`` unless given; ``padding`` as in :class:`Conv2D`, and never wins.

    >>> MaxPool2D(2).forward([[[[1, 3, 2, 4], [0, 2, 1, 3]]]])
    array([[[[3., 4.]]]], dtype=float32)
    """

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        """Compare the windows place by place, remembering where the largest number stood."""
        x = self._batch(x)
        output = self.output_shape(x.shape[1:])[1:]
        padded, _ = self._pad(x, -np.inf)
        out = np.full((*x.shape[:2], *output), -np.inf, x.dtype)
        winner = np.zeros(out.shape, np.int32)
        for place, tap in enumerate(self._taps(padded, output)):
            np.copyto(winner, place, where=tap > out)  # the first of equals keeps its place
            np.maximum(out, tap, out=out)
        self._saved = x, winner
        return out

    def backward(self, grad: ArrayLike) -> FloatArray:
        """Only the largest number of a window reached the output, so it gets all the gradient."""
        x, winner = self._recall()
        grad = self._gradient(grad, winner.shape)
        grad_padded, inside = self._pad(np.zeros_like(x), 0)
        for place, tap in enumerate(self._taps(grad_padded, winner.shape[2:])):
            tap += grad * (winner == place)
        return np.ascontiguousarray(grad_padded[inside])


class AvgPool2D(_Pool2D):
    """The mean of each window of ``(N, C, H, W)``; padding does not count as pixels (as in Keras).

    ``stride`` is ``pool_size`` unless given.

    >>> AvgPool2D(2).forward([[[[1, 3, 2, 4], [0, 2, 1, 3]]]])
    array([[[[1.5, 2.5]]]], dtype=float32)
    """

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        """Add the windows up place by place, and divide by the real pixels that each holds."""
        x = self._batch(x)
        output = self.output_shape(x.shape[1:])[1:]
        ones, _ = self._pad(np.ones((1, 1, *x.shape[2:]), x.dtype), 0)
        pixels = np.zeros((1, 1, *output), x.dtype)
        out = np.zeros((*x.shape[:2], *output), x.dtype)
        for total, array in ((pixels, ones), (out, self._pad(x, 0)[0])):
            for tap in self._taps(array, output):
                total += tap
        out /= pixels
        self._saved = x, pixels
        return out

    def backward(self, grad: ArrayLike) -> FloatArray:
        """The pixels of a window weighed the same, so each gets an equal share."""
        x, pixels = self._recall()
        share = self._gradient(grad, (*x.shape[:2], *pixels.shape[2:])) / pixels
        grad_padded, inside = self._pad(np.zeros_like(x), 0)
        for tap in self._taps(grad_padded, share.shape[2:]):
            tap += share
        return np.ascontiguousarray(grad_padded[inside])


class GlobalAvgPool2D(Layer):
    """The mean of each whole feature map: ``(N, C, H, W)`` to ``(N, C)``.

    >>> GlobalAvgPool2D().forward([[[[1, 3], [0, 2]], [[5, 5], [5, 5]]]])
    array([[1.5, 5. ]], dtype=float32)
    """

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        return (self._image_shape(input_shape)[0],)

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        x = self._batch(x)
        self._saved = x.shape
        mean: FloatArray = x.mean(axis=(2, 3))
        return mean

    def backward(self, grad: ArrayLike) -> FloatArray:
        """Each of the H·W pixels gets one H·W-th."""
        n, channels, height, width = shape = self._recall()
        share = self._gradient(grad, (n, channels)) / (height * width)
        return np.broadcast_to(share[:, :, None, None], shape).astype(share.dtype)
