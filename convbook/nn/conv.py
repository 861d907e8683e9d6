"""Convolution: one small set of weights, used at every position of the picture."""

import numpy as np

from convbook import shapes
from convbook.nn.initialisers import initialiser
from convbook.nn.layer import Layer
from convbook.nn.windows import Windows


class Conv2D(Layer):
    """2-D convolution (cross-correlation, as everywhere in deep learning) of ``(N, C, H, W)``.

    Each of the ``out_channels`` filters slides over the picture, ``stride`` pixels at a time, and
    at each position adds up weight × pixel over its window, then its bias.

    ``padding`` is a number of zeros on every side, ``"valid"`` (none), ``"same"`` (output of size
    ``ceil(input / stride)``, an odd pixel to the end, as in Keras) or ``((top, bottom), (left,
    right))``. ``kernel_size``, ``stride`` and ``dilation`` are a number or a pair (height, width).
    ``groups`` splits the channels into that many independent convolutions side by side;
    ``groups=in_channels`` is a depthwise convolution.

    Parameters: ``weight`` of shape ``(out_channels, in_channels / groups, height, width)`` and
    ``bias`` of shape ``(out_channels,)``, drawn from ``seed`` by the rule ``init`` (``"he"`` or
    ``"glorot"``). Sizes follow ``convbook.shapes.conv2d_output_shape``; what is impossible there
    raises ``ValueError`` here.
    """

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, *,
        dilation=1, groups=1, bias=True, init="he", seed=0,
    ):  # fmt: skip
        super().__init__()
        shapes.conv2d_parameters(in_channels, out_channels, kernel_size, groups=groups)  # checks
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = _pair(kernel_size), _pair(stride)
        self.padding, self.dilation = padding, _pair(dilation)
        self.bias, self.init = bias, initialiser(init)
        self.initialise(np.random.default_rng(seed))

    def initialise(self, rng):
        area = self.kernel_size[0] * self.kernel_size[1]
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        fans = shape[1] * area, self.out_channels // self.groups * area
        self.params["weight"] = self.init(rng, shape, *fans)
        if self.bias:
            self.params["bias"] = np.zeros(self.out_channels, np.float32)

    def output_shape(self, input_shape):
        if input_shape[0] != self.in_channels:
            raise ValueError(
                f"{self.name} expects {self.in_channels} channels; got an input of shape "
                f"{tuple(input_shape)}, which has {input_shape[0]}"
            )
        return shapes.conv2d_output_shape(
            input_shape, self.out_channels, self.kernel_size, self.stride, self.padding,
            self.dilation,
        )  # fmt: skip

    def forward(self, x, training=False):
        """Y = bias + the sum over the rows of the kernel of (weights of that row) · (pixels).

        One matrix product serves a kernel row at *all* positions: ``windows.row`` has a column for
        each position, with the pixels that the row reads there.
        """
        x = self._batch(x, C=self.in_channels)
        windows = self._windows(x.shape)
        out = np.empty((len(x), self.out_channels, *windows.output), x.dtype)
        sums, weights = self._split(out, windows.positions), self._weight_rows()
        for images in windows.batches:
            tile, copies = sums[images], windows.shift(x[images])
            for row, weight in enumerate(weights):
                pixels = self._split(windows.row(copies, row), windows.positions)
                if row == 0:
                    np.matmul(weight, pixels, out=tile)
                else:
                    tile += weight @ pixels
            tile += self._bias_column()
        self._saved = x, windows
        return out

    def backward(self, grad):
        """A weight is used at every position, so its gradient is the sum over all positions.

        Forward, a kernel row adds W·X. So dW = dY·Xᵀ, a product that sums over positions, and
        dX = Wᵀ·dY, which each pixel collects from all the windows that it was part of.
        """
        x, windows = self._recall()
        grad = self._gradient(grad, (len(x), self.out_channels, *windows.output))
        grad_sums, weights = self._split(grad, windows.positions), self._weight_rows()
        grad_weights = [np.zeros_like(weight.swapaxes(1, 2)) for weight in weights]
        grad_bias, grad_x = np.zeros_like(self._bias_column()), np.empty_like(x)
        for images in windows.batches:
            grad_sum, copies = grad_sums[images], windows.shift(x[images])
            grad_copies = np.zeros_like(copies)
            for row, weight in enumerate(weights):
                pixels = self._split(windows.row(copies, row), windows.positions)
                grad_weights[row] += (pixels @ grad_sum.swapaxes(2, 3)).sum(axis=0)
                grad_pixels = self._split(windows.row(grad_copies, row), windows.positions)
                if row == 0:
                    np.matmul(weight.swapaxes(1, 2), grad_sum, out=grad_pixels)
                else:
                    grad_pixels += weight.swapaxes(1, 2) @ grad_sum
            grad_bias += grad_sum.sum(axis=3, keepdims=True).sum(axis=0)
            windows.unshift(grad_copies, grad_x[images])
        self.grads["weight"] = self._from_rows(grad_weights)
        if self.bias:
            self.grads["bias"] = grad_bias.ravel()
        return grad_x

    # --- the same numbers as matrices, one for each group ----------------------------------------

    def _split(self, array, positions):
        """``(n, channels, ..., positions)`` as ``(n, groups, rows of a matrix, positions)``."""
        return array.reshape(len(array), self.groups, -1, positions)

    def _weight_rows(self):
        """For each row of the kernel: ``(groups, filters of a group, weights of that row)``."""
        rows = self.params["weight"].transpose(2, 0, 1, 3)
        return np.ascontiguousarray(rows).reshape(
            self.kernel_size[0], self.groups, self.out_channels // self.groups, -1
        )

    def _from_rows(self, rows):
        """The reverse, from gradients of shape ``(groups, weights of a row, filters)``."""
        height, (filters, channels, _, width) = len(rows), self.params["weight"].shape
        rows = np.stack(rows).swapaxes(2, 3).reshape(height, filters, channels, width)
        return np.ascontiguousarray(rows.transpose(1, 2, 0, 3))

    def _bias_column(self):
        bias = (
            self.params["bias"] if self.bias else np.zeros_like(self.params["weight"][:, 0, 0, 0])
        )
        return bias.reshape(self.groups, -1, 1)

    def _windows(self, batch):
        padding = self.padding if isinstance(self.padding, tuple | list) else (self.padding,) * 2
        axes = zip(batch[2:], self.kernel_size, self.stride, padding, self.dilation, strict=True)
        pads = [shapes.pad_amounts(*axis) for axis in axes]
        return Windows(batch, self.kernel_size, self.stride, pads, self.dilation)


def _pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)
