"""What a layer has to learn, and what it has to compute."""

from __future__ import annotations

import operator

from convbook.shapes.arguments import Pair, pair, whole_number

# --- what a layer has to learn -------------------------------------------------------------------


def conv2d_parameters(
    in_channels: int,
    filters: int,
    kernel_size: Pair,
    bias: bool = True,
    groups: int = 1,
) -> int:
    """Learnable numbers of a convolution: ``filters · (kh · kw · in_channels / groups + 1)``.

    The ``+ 1`` is the bias of each filter. With ``groups``, a filter sees only the channels of its
    own group; ``groups = in_channels`` is a depthwise convolution.

    >>> conv2d_parameters(64, filters=64, kernel_size=3)
    36928
    >>> conv2d_parameters(64, filters=64, kernel_size=3, groups=64)
    640
    """
    weights = _conv2d_weights(in_channels, filters, kernel_size, groups)
    return weights + (whole_number("filters", filters, 1) if bias else 0)


def depthwise_conv2d_parameters(
    in_channels: int,
    kernel_size: Pair,
    bias: bool = True,
    depth_multiplier: int = 1,
) -> int:
    """Learnable numbers of a depthwise convolution: ``depth_multiplier`` filters a channel.

    >>> depthwise_conv2d_parameters(32, kernel_size=3)
    320
    """
    in_channels = whole_number("in_channels", in_channels, 1)
    filters = in_channels * whole_number("depth_multiplier", depth_multiplier, 1)
    return conv2d_parameters(in_channels, filters, kernel_size, bias, groups=in_channels)


def separable_conv2d_parameters(
    in_channels: int,
    filters: int,
    kernel_size: Pair,
    bias: bool = True,
    depth_multiplier: int = 1,
) -> int:
    """Learnable numbers of a depthwise separable convolution: depthwise, then 1×1.

    Keras's convention (``SeparableConv2D``): one bias per output filter, none between the two
    steps. As two separate layers with biases of their own it would be ``in_channels ·
    depth_multiplier`` more.

    >>> separable_conv2d_parameters(32, filters=64, kernel_size=3)
    2400
    """
    depthwise = depthwise_conv2d_parameters(in_channels, kernel_size, False, depth_multiplier)
    middle = operator.index(in_channels) * operator.index(depth_multiplier)
    return depthwise + conv2d_parameters(middle, filters, 1, bias)


def dense_parameters(inputs: int, units: int, bias: bool = True) -> int:
    """Learnable numbers of a fully connected layer: ``units · (inputs + 1)``.

    >>> dense_parameters(4096, units=1000)
    4097000
    """
    inputs = whole_number("inputs", inputs, 1)
    units = whole_number("units", units, 1)
    return inputs * units + (units if bias else 0)


def batch_norm_parameters(channels: int) -> tuple[int, int]:
    """``(trainable, non_trainable)`` numbers of batch normalisation.

    Trainable: a scale γ and a shift β a channel. Not trainable: a moving mean and a moving
    variance a channel, which training updates but no gradient reaches.

    >>> batch_norm_parameters(64)
    (128, 128)
    """
    channels = whole_number("channels", channels, 1)
    return (2 * channels, 2 * channels)


# --- what a layer has to compute -----------------------------------------------------------------


def conv2d_macs(
    in_channels: int,
    filters: int,
    kernel_size: Pair,
    output_height: int,
    output_width: int,
    groups: int = 1,
) -> int:
    """Multiply-accumulates of a convolution for one image: each weight, once per output position.

    ``kh · kw · (in_channels / groups) · filters · output_height · output_width``. Taps that fall on
    padding count too, as is usual; biases do not.

    >>> conv2d_macs(64, filters=64, kernel_size=3, output_height=56, output_width=56)
    115605504
    """
    weights = _conv2d_weights(in_channels, filters, kernel_size, groups)
    output_height = whole_number("output_height", output_height, 1)
    output_width = whole_number("output_width", output_width, 1)
    return weights * output_height * output_width


def conv2d_flops(
    in_channels: int,
    filters: int,
    kernel_size: Pair,
    output_height: int,
    output_width: int,
    groups: int = 1,
) -> int:
    """Floating-point operations of a convolution for one image, as ``2 × MACs``.

    Convention: a multiply-accumulate is two operations, and biases are not counted. Papers differ:
    many print MACs under the name "FLOPs", which is half of this.

    >>> conv2d_flops(64, filters=64, kernel_size=3, output_height=56, output_width=56)
    231211008
    """
    return 2 * conv2d_macs(in_channels, filters, kernel_size, output_height, output_width, groups)


def separable_conv2d_macs(
    in_channels: int,
    filters: int,
    kernel_size: Pair,
    output_height: int,
    output_width: int,
    depth_multiplier: int = 1,
) -> int:
    """Multiply-accumulates of a depthwise separable convolution for one image.

    >>> separable_conv2d_macs(32, filters=64, kernel_size=3, output_height=10, output_width=10)
    233600
    """
    in_channels = whole_number("in_channels", in_channels, 1)
    middle = in_channels * whole_number("depth_multiplier", depth_multiplier, 1)
    size = (output_height, output_width)
    depthwise = conv2d_macs(in_channels, middle, kernel_size, *size, groups=in_channels)
    return depthwise + conv2d_macs(middle, filters, 1, *size)


def dense_macs(inputs: int, units: int) -> int:
    """Multiply-accumulates of a fully connected layer for one example: ``inputs · units``.

    >>> dense_macs(4096, units=1000)
    4096000
    """
    return dense_parameters(inputs, units, bias=False)


def dense_flops(inputs: int, units: int) -> int:
    """Floating-point operations of a fully connected layer, as ``2 × MACs`` without biases.

    >>> dense_flops(4096, units=1000)
    8192000
    """
    return 2 * dense_macs(inputs, units)


def _conv2d_weights(in_channels: int, filters: int, kernel_size: Pair, groups: int) -> int:
    in_channels = whole_number("in_channels", in_channels, 1)
    filters = whole_number("filters", filters, 1)
    groups = whole_number("groups", groups, 1)
    for name, channels in (("in_channels", in_channels), ("filters", filters)):
        if channels % groups:
            raise ValueError(
                f"{name} {channels} cannot be shared out over {groups} groups; "
                f"groups must divide {channels}"
            )
    height, width = pair("kernel_size", kernel_size)
    return height * width * (in_channels // groups) * filters
