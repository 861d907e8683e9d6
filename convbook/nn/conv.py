"""Convolution: one small set of weights, used at every position of the image.

First its definition, :func:`conv2d`, in ten lines that can be checked by eye and are slow; then the
layer, :class:`Conv2D`, that computes the same numbers by matrix products, forward and backward.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook import shapes
from convbook.nn.im2col import RowIm2Col
from convbook.nn.initialisers import initialiser
from convbook.nn.layer import Layer
from convbook.nn.typing import FloatArray, Seed, Shape


def conv2d(
    x: NDArray[np.floating],
    weight: NDArray[np.floating],
    bias: ArrayLike = 0.0,
    stride: tuple[int, int] = (1, 1),
    pads: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0)),
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> NDArray[np.floating]:
    """The definition: at each position, weight × pixel added up over the window, plus the bias.

    ``x`` is ``(N, C, H, W)``, ``weight`` ``(K, C / groups, kh, kw)``, ``bias`` ``(K,)``; the result
    is ``(N, K, H', W')``. This is cross-correlation, which deep learning calls convolution: the
    kernel is not flipped. It is the reference that the fast layer is tested against.

    >>> import numpy as np
    >>> image = np.array([[[[1.0, 2, 0], [0, 1, 3], [2, 1, 1]]]])
    >>> conv2d(image, np.array([[[[1.0, 0], [0, -1]]]]))
    array([[[[ 0., -1.],
             [-1.,  0.]]]])
    """
    x = np.pad(x, ((0, 0), (0, 0), *pads))
    filters, channels, kh, kw = weight.shape
    (down, across), (dh, dw), bias = stride, dilation, np.broadcast_to(bias, filters)
    height = (x.shape[2] - dh * (kh - 1) - 1) // down + 1
    width = (x.shape[3] - dw * (kw - 1) - 1) // across + 1
    out = np.empty((len(x), filters, height, width), np.result_type(x, weight))
    for k, i, j in np.ndindex(filters, height, width):
        c, top, left = k // (filters // groups) * channels, i * down, j * across
        window = x[:, c : c + channels, top : top + dh * kh : dh, left : left + dw * kw : dw]
        out[:, k, i, j] = (window * weight[k]).sum(axis=(1, 2, 3)) + bias[k]
    return out


class Conv2D(Layer):
    """2-D convolution (cross-correlation, as everywhere in deep learning) of ``(N, C, H, W)``.

    Each of the ``out_channels`` filters moves over the image, ``stride`` pixels at a time, and
    at each position adds up weight × pixel over its window, then its bias: :func:`conv2d`.

    ``padding`` is a number of zeros on every side, ``"valid"`` (none), ``"same"`` (output of size
    ``ceil(input / stride)``, an odd pixel to the end, as in Keras) or ``((top, bottom), (left,
    right))``. ``kernel_size``, ``stride`` and ``dilation`` are a number or a pair (height, width).
    ``groups`` splits the channels into that many independent convolutions side by side;
    ``groups=in_channels`` is a depthwise convolution.

    Parameters: ``weight`` of shape ``(out_channels, in_channels / groups, height, width)`` and
    ``bias`` of shape ``(out_channels,)``, float32, drawn by the rule ``init`` (``"he"`` or
    ``"glorot"``). ``seed`` fixes the draw; without one, no two layers start alike. Sizes follow
    ``convbook.shapes.conv2d_output_shape``; what is impossible there raises ``ValueError`` here.

    >>> layer = Conv2D(3, 8, kernel_size=3, padding=1)
    >>> layer.output_shape((3, 6, 6)), layer.parameter_count
    ((8, 6, 6), 224)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: shapes.Pair,
        stride: shapes.Pair = 1,
        padding: shapes.SpatialPadding = 0,
        *,
        dilation: shapes.Pair = 1,
        groups: int = 1,
        bias: bool = True,
        init: str = "he",
        seed: Seed = None,
    ) -> None:
        super().__init__()
        self.in_channels = shapes.whole_number("in_channels", in_channels, 1)
        self.out_channels = shapes.whole_number("out_channels", out_channels, 1)
        self.kernel_size = shapes.pair("kernel_size", kernel_size)
        self.stride = shapes.pair("stride", stride)
        self.dilation = shapes.pair("dilation", dilation)
        shapes.padding_pair(padding)  # checks
        self.padding = padding
        shapes.conv2d_parameters(in_channels, out_channels, kernel_size, groups=groups)  # checks
        self.groups = shapes.whole_number("groups", groups, 1)
        if not isinstance(bias, bool | np.bool_):
            raise ValueError(f"bias must be True or False; got {bias!r}")
        self.bias, self.init = bool(bias), initialiser(init)
        self.initialise(np.random.default_rng(seed))

    def initialise(self, rng: np.random.Generator) -> None:
        area = self.kernel_size[0] * self.kernel_size[1]
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        fans = shape[1] * area, self.out_channels // self.groups * area
        params = {"weight": self.init(rng, shape, *fans)}
        if self.bias:
            params["bias"] = np.zeros(self.out_channels, np.float32)
        self.params = params

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        return shapes.conv2d_output_shape(
            self._image_shape(input_shape, self.in_channels),
            self.out_channels, self.kernel_size, self.stride, self.padding, self.dilation,
        )  # fmt: skip

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        """Y = bias + the sum over the rows of the kernel of W·X.

        W holds the weights of that row, ``(filters, weights)``; X, laid out by im2col, has a
        column for each position of the output, with the pixels that the row reads there.
        """
        x = self._batch(x, C=self.in_channels)
        layout = self._layout(x.shape)
        out = np.empty((len(x), self.out_channels, *layout.output), x.dtype)
        sums, weights = self._split(out, layout.positions), self._weight_rows()
        for images in layout.tiles:
            tile, copies = sums[images], layout.im2col(x[images])
            for row, weight in enumerate(weights):
                pixels = self._split(layout.kernel_row(copies, row), layout.positions)
                if row == 0:
                    np.matmul(weight, pixels, out=tile)
                else:
                    tile += weight @ pixels
            tile += self._bias_column()
        self._saved = x, layout
        return out

    def backward(self, grad: ArrayLike) -> FloatArray:
        """A weight is used at every position, so its gradient is the sum over all positions.

        Forward, a row of the kernel adds Y = W·X. So dW = dY·Xᵀ, a product that sums over the
        positions, and dX = Wᵀ·dY, which col2im adds up for each pixel over the windows that it
        was part of. The bias was added once at every position: db is the sum of dY.
        """
        x, layout = self._recall()
        grad = self._gradient(grad, (len(x), self.out_channels, *layout.output))
        grad_sums, weights = self._split(grad, layout.positions), self._weight_rows()
        grad_weights, grad_bias = np.zeros_like(weights), np.zeros_like(self._bias_column())
        grad_x: FloatArray = np.empty_like(x)
        for images in layout.tiles:
            grad_sum, copies = grad_sums[images], layout.im2col(x[images])
            grad_copies = np.zeros_like(copies)
            for row, weight in enumerate(weights):
                pixels = self._split(layout.kernel_row(copies, row), layout.positions)
                grad_weights[row] += (grad_sum @ pixels.swapaxes(2, 3)).sum(axis=0)
                grad_pixels = self._split(layout.kernel_row(grad_copies, row), layout.positions)
                if row == 0:
                    np.matmul(weight.swapaxes(1, 2), grad_sum, out=grad_pixels)
                else:
                    grad_pixels += weight.swapaxes(1, 2) @ grad_sum
            grad_bias += grad_sum.sum(axis=3, keepdims=True).sum(axis=0)
            layout.col2im(grad_copies, grad_x[images])
        grads = {"weight": self._from_rows(grad_weights)}
        if self.bias:
            grads["bias"] = grad_bias.ravel()
        self.grads = grads
        return grad_x

    # --- the same numbers as matrices, one for each group ----------------------------------------

    def _split(self, array: FloatArray, positions: int) -> FloatArray:
        """``(n, channels, ..., positions)`` as ``(n, groups, rows of a matrix, positions)``."""
        # NumPy can't work out a -1 for an array of no images.
        rows = math.prod(array.shape[1:]) // (self.groups * positions)
        return array.reshape(len(array), self.groups, rows, positions)

    def _weight_rows(self) -> FloatArray:
        """``(rows of the kernel, groups, filters of a group, weights of that row)``."""
        rows = self.params["weight"].transpose(2, 0, 1, 3)
        return np.ascontiguousarray(rows).reshape(
            self.kernel_size[0], self.groups, self.out_channels // self.groups, -1
        )

    def _from_rows(self, rows: FloatArray) -> FloatArray:
        """The reverse of :meth:`_weight_rows`."""
        filters, channels, height, width = self.params["weight"].shape
        rows = rows.reshape(height, filters, channels, width)
        return np.ascontiguousarray(rows.transpose(1, 2, 0, 3))

    def _bias_column(self) -> FloatArray:
        weight = self.params["weight"]
        bias = self.params["bias"] if self.bias else np.zeros(self.out_channels, weight.dtype)
        return bias.reshape(self.groups, -1, 1)

    def _layout(self, batch: Shape) -> RowIm2Col:
        rows, columns = zip(
            batch[2:], self.kernel_size, self.stride, shapes.padding_pair(self.padding),
            self.dilation, strict=True,
        )  # fmt: skip
        pads = shapes.pad_amounts(*rows), shapes.pad_amounts(*columns)
        return RowIm2Col(batch, self.kernel_size, self.stride, pads, self.dilation)
