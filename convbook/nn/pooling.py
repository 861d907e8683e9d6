"""Pooling: one number for each window, channel by channel, with nothing to learn."""

import numpy as np

from convbook import shapes
from convbook.nn.layer import Layer


class _Pool2D(Layer):
    """What max and average pooling share: where the windows lie."""

    def __init__(self, pool_size=2, stride=None, padding=0):
        super().__init__()
        self.pool_size = _pair(pool_size)
        self.stride = self.pool_size if stride is None else _pair(stride)
        self.padding = padding

    def output_shape(self, input_shape):
        return shapes.pool2d_output_shape(input_shape, self.pool_size, self.stride, self.padding)

    def _pad(self, x, fill):
        """``x`` with ``fill`` around it, and the part of the result that is ``x``."""
        padding = self.padding if isinstance(self.padding, tuple | list) else (self.padding,) * 2
        axes = zip(x.shape[2:], self.pool_size, self.stride, padding, strict=True)
        (top, bottom), (left, right) = (shapes.pad_amounts(*axis) for axis in axes)
        height, width = x.shape[2:]
        inside = (..., slice(top, top + height), slice(left, left + width))
        if not top + bottom + left + right:
            return x, inside
        padded = np.full((*x.shape[:2], top + height + bottom, left + width + right), fill, x.dtype)
        padded[inside] = x
        return padded, inside

    def _taps(self, padded, output):
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
    """

    def forward(self, x, training=False):
        """Compare the windows place by place, remembering where the largest number stood."""
        x = self._batch(x)
        output = self.output_shape(x.shape[1:])[1:]
        padded, _ = self._pad(x, -np.inf)
        out = winner = None
        for place, tap in enumerate(self._taps(padded, output)):
            if out is None:
                out, winner = tap.copy(), np.zeros(tap.shape, np.int32)
            else:
                np.copyto(winner, place, where=tap > out)  # the first of equals keeps its place
                np.maximum(out, tap, out=out)
        self._saved = x, winner
        return out

    def backward(self, grad):
        """Only the winner of a window had a say in its output, so it gets all of the gradient."""
        x, winner = self._recall()
        grad = self._gradient(grad, winner.shape)
        grad_padded, inside = self._pad(np.zeros_like(x), 0)
        for place, tap in enumerate(self._taps(grad_padded, winner.shape[2:])):
            tap += grad * (winner == place)
        return np.ascontiguousarray(grad_padded[inside])


class AvgPool2D(_Pool2D):
    """The mean of each window of ``(N, C, H, W)``; padding does not count as pixels (as in Keras).

    ``stride`` is ``pool_size`` unless given.
    """

    def forward(self, x, training=False):
        x = self._batch(x)
        output = self.output_shape(x.shape[1:])[1:]
        ones, _ = self._pad(np.ones((1, 1, *x.shape[2:]), x.dtype), 0)
        pixels = sum(self._taps(ones, output))  # how many real pixels each window holds
        out = sum(self._taps(self._pad(x, 0)[0], output)) / pixels
        self._saved = x, pixels
        return out

    def backward(self, grad):
        """Every pixel of a window had an equal say, so each gets an equal share."""
        x, pixels = self._recall()
        share = self._gradient(grad, (*x.shape[:2], *pixels.shape[2:])) / pixels
        grad_padded, inside = self._pad(np.zeros_like(x), 0)
        for tap in self._taps(grad_padded, share.shape[2:]):
            tap += share
        return np.ascontiguousarray(grad_padded[inside])


class GlobalAvgPool2D(Layer):
    """The mean of each whole feature map: ``(N, C, H, W)`` to ``(N, C)``."""

    def output_shape(self, input_shape):
        return (input_shape[0],)

    def forward(self, x, training=False):
        x = self._batch(x)
        self._saved = x.shape
        return x.mean(axis=(2, 3))

    def backward(self, grad):
        """Each of the H·W pixels gets one H·W-th."""
        n, channels, height, width = shape = self._recall()
        share = self._gradient(grad, (n, channels)) / (height * width)
        return np.broadcast_to(share[:, :, None, None], shape).astype(share.dtype)


def _pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)
