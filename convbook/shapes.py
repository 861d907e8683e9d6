"""The arithmetic of convolutional networks: sizes, padding, parameters, operations, fields of view.

Every function takes and returns whole numbers, so the answers are exact. Sizes are in pixels (or
in elements, for a feature map); a function works along one axis unless its name says ``2d``.
Nothing here needs NumPy.

A setting that no layer could have raises ``ValueError``, and the message says what was given, what
was expected and what to do about it.

The rules are those of Dumoulin and Visin, "A guide to convolution arithmetic for deep learning"
(2016, arXiv:1603.07285); the rule for ``"same"`` is that of TensorFlow and Keras, where any odd
pixel of padding goes to the end.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "ReceptiveField",
    "batch_norm_parameters",
    "conv2d_flops",
    "conv2d_macs",
    "conv2d_output_shape",
    "conv2d_parameters",
    "dense_flops",
    "dense_macs",
    "dense_parameters",
    "depthwise_conv2d_parameters",
    "effective_kernel",
    "output_size",
    "pad_amounts",
    "pool2d_output_shape",
    "pool_output_size",
    "receptive_field",
    "receptive_span",
    "separable_conv2d_macs",
    "separable_conv2d_parameters",
    "symmetric_same_padding",
    "unused_pixels",
]

_PADDING_KINDS = "a whole number, a pair (before, after), 'valid' or 'same'"


# --- one axis ------------------------------------------------------------------------------------


def effective_kernel(kernel_size: int, dilation: int = 1) -> int:
    """Pixels that a kernel spans once its taps stand ``dilation`` pixels apart.

    ``dilation · (kernel_size − 1) + 1``: 3 taps at dilation 2 span 5 pixels.
    """
    kernel_size = _whole("kernel_size", kernel_size, 1)
    dilation = _whole("dilation", dilation, 1)
    return dilation * (kernel_size - 1) + 1


def pad_amounts(
    input_size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int | str | tuple[int, int] = 0,
    dilation: int = 1,
) -> tuple[int, int]:
    """Pixels added ``(before, after)`` the input along one axis.

    ``padding`` is a whole number (that many on each side), a pair, ``"valid"`` (none) or
    ``"same"``. "same" adds just enough for an output of ``ceil(input_size / stride)``; when the
    total is odd, the extra pixel goes to the end, as in Keras and TensorFlow.
    """
    input_size = _whole("input_size", input_size, 1)
    stride = _whole("stride", stride, 1)
    span = effective_kernel(kernel_size, dilation)
    if isinstance(padding, str):
        if padding.lower() == "valid":
            return (0, 0)
        if padding.lower() == "same":
            outputs = -(-input_size // stride)
            total = max((outputs - 1) * stride + span - input_size, 0)
            return (total // 2, total - total // 2)
        raise ValueError(f"padding must be {_PADDING_KINDS}; got {padding!r}")
    if isinstance(padding, tuple | list):
        if len(padding) != 2:
            raise ValueError(f"padding must be {_PADDING_KINDS}; got {padding!r}")
        before, after = padding
        return (_whole("padding before", before, 0), _whole("padding after", after, 0))
    amount = _whole("padding", padding, 0)
    return (amount, amount)


def output_size(
    input_size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int | str | tuple[int, int] = 0,
    dilation: int = 1,
) -> int:
    """Outputs of a convolution along one axis.

    ``floor((W + before + after − (D·(F − 1) + 1)) / S) + 1``, for input ``W``, kernel ``F``,
    stride ``S``, dilation ``D`` and the padding of :func:`pad_amounts`. With equal padding ``P``
    on both sides and ``D = 1`` this is the textbook ``floor((W − F + 2P) / S) + 1``.

    Raises ``ValueError`` when the kernel does not fit in the padded input.
    """
    slack = _slack(input_size, kernel_size, stride, padding, dilation)
    return slack // _whole("stride", stride, 1) + 1


def unused_pixels(
    input_size: int,
    kernel_size: int,
    stride: int = 1,
    padding: int | str | tuple[int, int] = 0,
    dilation: int = 1,
) -> int:
    """Pixels at the end of the padded input that no window reaches, because of the floor.

    They lie after the last window; padding counts as pixels. (A stride longer than the kernel, or
    a dilation, also steps over pixels *between* taps; those are not counted here.)
    """
    slack = _slack(input_size, kernel_size, stride, padding, dilation)
    return slack % _whole("stride", stride, 1)


def symmetric_same_padding(kernel_size: int, dilation: int = 1) -> int:
    """Padding on *each* side that keeps the size at stride 1: ``(effective kernel − 1) / 2``.

    Raises ``ValueError`` for a kernel that spans an even number of pixels: no equal padding on
    both sides keeps the size then.
    """
    span = effective_kernel(kernel_size, dilation)
    if span % 2 == 0:
        raise ValueError(
            f"a kernel that spans {span} pixels, an even number, has no equal padding on both "
            f"sides that keeps the size; use an odd kernel_size, or padding 'same', which puts "
            f"the extra pixel at the end"
        )
    return (span - 1) // 2


def pool_output_size(
    input_size: int,
    pool_size: int,
    stride: int | None = None,
    padding: int | str | tuple[int, int] = 0,
) -> int:
    """Outputs of a pooling layer along one axis; ``stride`` defaults to ``pool_size``.

    The rule is that of :func:`output_size`. Padding must leave every window at least one real
    pixel, since the maximum or the mean of padding alone means nothing.
    """
    pool_size = _whole("pool_size", pool_size, 1)
    stride = pool_size if stride is None else _whole("stride", stride, 1)
    before, after = pad_amounts(input_size, pool_size, stride, padding)
    if max(before, after) >= pool_size:
        raise ValueError(
            f"padding {max(before, after)} is as wide as the pooling window ({pool_size}), so "
            f"a window would hold nothing but padding; use padding below {pool_size}"
        )
    return _slack(input_size, pool_size, stride, (before, after), 1, "pool_size") // stride + 1


def _slack(input_size, kernel_size, stride, padding, dilation, kernel_name="kernel_size") -> int:
    """Pixels that remain beside the first window: how far it can still move."""
    before, after = pad_amounts(input_size, kernel_size, stride, padding, dilation)
    span = effective_kernel(kernel_size, dilation)
    padded = operator.index(input_size) + before + after
    if span <= padded:
        return padded - span
    what = f"{kernel_name} {kernel_size}"
    if dilation != 1:
        what += f" at dilation {dilation} spans {span} pixels and"
    sides = f"2·{before}" if before == after else f"{before} + {after}"
    cure = f"lower {kernel_name}" + (" or dilation" if dilation != 1 else "")
    raise ValueError(
        f"{what} is larger than the padded input {padded} (width {input_size} + {sides}); "
        f"{cure} or raise padding"
    )


# --- two axes ------------------------------------------------------------------------------------


def conv2d_output_shape(
    input_shape: tuple[int, int, int],
    filters: int,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | str | tuple[tuple[int, int], tuple[int, int]] = 0,
    dilation: int | tuple[int, int] = 1,
) -> tuple[int, int, int]:
    """Shape ``(filters, H', W')`` that a convolution makes of ``(C, H, W)``.

    ``kernel_size``, ``stride`` and ``dilation`` are a whole number or a pair ``(height, width)``;
    ``padding`` is a whole number, ``"valid"``, ``"same"`` or ``((top, bottom), (left, right))``.
    """
    channels, height, width = _shape3(input_shape)
    _whole("channels", channels, 1)
    filters = _whole("filters", filters, 1)
    rows, columns = zip(
        _pair("kernel_size", kernel_size),
        _pair("stride", stride),
        _padding2d(padding),
        _pair("dilation", dilation),
        strict=True,
    )
    return (filters, _along("height", height, *rows), _along("width", width, *columns))


def pool2d_output_shape(
    input_shape: tuple[int, int, int],
    pool_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | str | tuple[tuple[int, int], tuple[int, int]] = 0,
) -> tuple[int, int, int]:
    """Shape ``(C, H', W')`` that pooling makes of ``(C, H, W)``; channels are kept."""
    channels, height, width = _shape3(input_shape)
    _whole("channels", channels, 1)
    sizes = _pair("pool_size", pool_size)
    strides = sizes if stride is None else _pair("stride", stride)
    pads = _padding2d(padding)
    return (
        channels,
        pool_output_size(height, sizes[0], strides[0], pads[0]),
        pool_output_size(width, sizes[1], strides[1], pads[1]),
    )


def _along(axis: str, size: int, kernel_size, stride, padding, dilation) -> int:
    try:
        return output_size(size, kernel_size, stride, padding, dilation)
    except ValueError as error:
        raise ValueError(f"along the {axis}: {error}") from None


# --- what a layer has to learn -------------------------------------------------------------------


def conv2d_parameters(
    in_channels: int,
    filters: int,
    kernel_size: int | tuple[int, int],
    bias: bool = True,
    groups: int = 1,
) -> int:
    """Learnable numbers of a convolution: ``filters · (kh · kw · in_channels / groups + 1)``.

    The ``+ 1`` is the bias of each filter. With ``groups``, a filter sees only the channels of its
    own group; ``groups = in_channels`` is a depthwise convolution.
    """
    weights = _conv2d_weights(in_channels, filters, kernel_size, groups)
    return weights + (_whole("filters", filters, 1) if bias else 0)


def depthwise_conv2d_parameters(
    in_channels: int,
    kernel_size: int | tuple[int, int],
    bias: bool = True,
    depth_multiplier: int = 1,
) -> int:
    """Learnable numbers of a depthwise convolution: ``depth_multiplier`` filters a channel."""
    in_channels = _whole("in_channels", in_channels, 1)
    filters = in_channels * _whole("depth_multiplier", depth_multiplier, 1)
    return conv2d_parameters(in_channels, filters, kernel_size, bias, groups=in_channels)


def separable_conv2d_parameters(
    in_channels: int,
    filters: int,
    kernel_size: int | tuple[int, int],
    bias: bool = True,
    depth_multiplier: int = 1,
) -> int:
    """Learnable numbers of a depthwise separable convolution: depthwise, then 1×1.

    Keras's convention (``SeparableConv2D``): one bias per output filter, none between the two
    steps. As two separate layers with biases of their own it would be ``in_channels ·
    depth_multiplier`` more.
    """
    depthwise = depthwise_conv2d_parameters(in_channels, kernel_size, False, depth_multiplier)
    middle = operator.index(in_channels) * operator.index(depth_multiplier)
    return depthwise + conv2d_parameters(middle, filters, 1, bias)


def dense_parameters(inputs: int, units: int, bias: bool = True) -> int:
    """Learnable numbers of a fully connected layer: ``units · (inputs + 1)``."""
    inputs = _whole("inputs", inputs, 1)
    units = _whole("units", units, 1)
    return inputs * units + (units if bias else 0)


def batch_norm_parameters(channels: int) -> tuple[int, int]:
    """``(trainable, non_trainable)`` numbers of batch normalisation.

    Trainable: a scale γ and a shift β a channel. Not trainable: a moving mean and a moving
    variance a channel, which training updates but no gradient reaches.
    """
    channels = _whole("channels", channels, 1)
    return (2 * channels, 2 * channels)


# --- what a layer has to compute -----------------------------------------------------------------


def conv2d_macs(
    in_channels: int,
    filters: int,
    kernel_size: int | tuple[int, int],
    output_height: int,
    output_width: int,
    groups: int = 1,
) -> int:
    """Multiply-accumulates of a convolution for one image: each weight, once per output position.

    ``kh · kw · (in_channels / groups) · filters · output_height · output_width``. Taps that fall on
    padding count too, as is usual; biases do not.
    """
    weights = _conv2d_weights(in_channels, filters, kernel_size, groups)
    output_height = _whole("output_height", output_height, 1)
    output_width = _whole("output_width", output_width, 1)
    return weights * output_height * output_width


def conv2d_flops(
    in_channels: int,
    filters: int,
    kernel_size: int | tuple[int, int],
    output_height: int,
    output_width: int,
    groups: int = 1,
) -> int:
    """Floating-point operations of a convolution for one image, as ``2 × MACs``.

    Convention: a multiply-accumulate is two operations, and biases are not counted. Papers differ:
    many print MACs under the name "FLOPs", which is half of this.
    """
    return 2 * conv2d_macs(in_channels, filters, kernel_size, output_height, output_width, groups)


def separable_conv2d_macs(
    in_channels: int,
    filters: int,
    kernel_size: int | tuple[int, int],
    output_height: int,
    output_width: int,
    depth_multiplier: int = 1,
) -> int:
    """Multiply-accumulates of a depthwise separable convolution for one image."""
    in_channels = _whole("in_channels", in_channels, 1)
    middle = in_channels * _whole("depth_multiplier", depth_multiplier, 1)
    size = (output_height, output_width)
    depthwise = conv2d_macs(in_channels, middle, kernel_size, *size, groups=in_channels)
    return depthwise + conv2d_macs(middle, filters, 1, *size)


def dense_macs(inputs: int, units: int) -> int:
    """Multiply-accumulates of a fully connected layer for one example: ``inputs · units``."""
    return dense_parameters(inputs, units, bias=False)


def dense_flops(inputs: int, units: int) -> int:
    """Floating-point operations of a fully connected layer, as ``2 × MACs`` without biases."""
    return 2 * dense_macs(inputs, units)


# --- what a neuron sees --------------------------------------------------------------------------


@dataclass(frozen=True)
class ReceptiveField:
    """What one neuron of the last layer of a stack sees of the input, along one axis.

    ``size``: pixels from its first to its last. ``effective_stride``: pixels between the fields of
    two neighbours. ``sizes``: ``size`` after each layer in turn.
    """

    size: int
    effective_stride: int
    sizes: list[int]


def receptive_field(layers: Iterable[tuple[int, ...]]) -> ReceptiveField:
    """Receptive field of a stack of ``(kernel_size, stride, dilation)`` layers, first layer first.

    Each layer adds ``(effective kernel − 1)`` steps, a step being the product of the strides of
    the layers *before* it (a layer's own stride changes only what comes after). ``stride`` and
    ``dilation`` may be left out. An empty stack sees one pixel. Source: Araujo, Norris and Sim,
    "Computing receptive fields of convolutional neural networks" (Distill, 2019).
    """
    size, jump, sizes = 1, 1, []
    for layer in layers:
        kernel_size, stride, dilation = _layer(layer)
        size += (effective_kernel(kernel_size, dilation) - 1) * jump
        jump *= _whole("stride", stride, 1)
        sizes.append(size)
    return ReceptiveField(size, jump, sizes)


def receptive_span(
    position: int, layers: Iterable[tuple[int, ...]], paddings: Iterable[int] = ()
) -> tuple[int, int]:
    """First and last input pixel that the neuron at ``position`` of the last layer sees.

    ``layers`` as in :func:`receptive_field`; ``paddings`` is the padding before each layer's input
    (none when left out). Pixels below 0, or beyond the input, are padding.
    """
    layers = [_layer(layer) for layer in layers]
    paddings = list(paddings) or [0] * len(layers)
    if len(paddings) != len(layers):
        raise ValueError(
            f"{len(layers)} layers need {len(layers)} paddings, one each; got {len(paddings)}"
        )
    first = last = _whole("position", position, 0)
    for (kernel_size, stride, dilation), padding in zip(
        reversed(layers), reversed(paddings), strict=True
    ):
        padding = _whole("padding", padding, 0)
        stride = _whole("stride", stride, 1)
        first = first * stride - padding
        last = last * stride - padding + effective_kernel(kernel_size, dilation) - 1
    return (first, last)


# --- reading arguments ---------------------------------------------------------------------------


def _whole(name: str, value, least: int) -> int:
    """``value`` as an ``int`` of at least ``least``; NumPy integers are welcome, floats are not."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(
            f"{name} must be a whole number of at least {least}; got {value!r}"
        ) from None
    if number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}; got {number}")
    return number


def _pair(name: str, value) -> tuple[int, int]:
    if isinstance(value, tuple | list):
        if len(value) != 2:
            raise ValueError(
                f"{name} must be a whole number or a pair (height, width); got {value!r}"
            )
        return (_whole(f"{name} (height)", value[0], 1), _whole(f"{name} (width)", value[1], 1))
    number = _whole(name, value, 1)
    return (number, number)


def _padding2d(padding) -> tuple:
    if not isinstance(padding, tuple | list):
        return (padding, padding)
    if len(padding) == 2 and all(isinstance(side, tuple | list) for side in padding):
        return tuple(padding)
    raise ValueError(
        "padding in two dimensions must be a whole number, 'valid', 'same' or "
        f"((top, bottom), (left, right)); got {padding!r}"
    )


def _shape3(shape) -> tuple[int, int, int]:
    try:
        channels, height, width = shape
    except (TypeError, ValueError):
        raise ValueError(
            f"the input shape must be (channels, height, width); got {shape!r}"
        ) from None
    return (channels, height, width)


def _layer(layer) -> tuple[int, int, int]:
    if isinstance(layer, tuple | list) and 1 <= len(layer) <= 3:
        kernel_size, stride, dilation = (*layer, 1, 1)[:3]
        return (kernel_size, stride, dilation)
    raise ValueError(f"a layer must be (kernel_size, stride, dilation); got {layer!r}")


def _conv2d_weights(in_channels, filters, kernel_size, groups) -> int:
    in_channels = _whole("in_channels", in_channels, 1)
    filters = _whole("filters", filters, 1)
    groups = _whole("groups", groups, 1)
    for name, channels in (("in_channels", in_channels), ("filters", filters)):
        if channels % groups:
            raise ValueError(
                f"{name} {channels} cannot be shared out over {groups} groups; "
                f"groups must divide {channels}"
            )
    height, width = _pair("kernel_size", kernel_size)
    return height * width * (in_channels // groups) * filters
