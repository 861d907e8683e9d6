"""How large what comes out is: along one axis, then along two."""

from __future__ import annotations

import operator

from convbook.shapes.arguments import (
    AxisPadding,
    Pair,
    SpatialPadding,
    axis_padding,
    padding_pair,
    pair,
    whole_number,
)

# --- one axis ------------------------------------------------------------------------------------


def effective_kernel(kernel_size: int, dilation: int = 1) -> int:
    """Pixels that a kernel spans once its taps stand ``dilation`` pixels apart.

    ``dilation · (kernel_size − 1) + 1``: 3 taps at dilation 2 span 5 pixels.

    >>> effective_kernel(3, dilation=2)
    5
    """
    kernel_size = whole_number("kernel_size", kernel_size, 1)
    dilation = whole_number("dilation", dilation, 1)
    return dilation * (kernel_size - 1) + 1


def pad_amounts(
    input_size: int,
    kernel_size: int,
    stride: int = 1,
    padding: AxisPadding = 0,
    dilation: int = 1,
) -> tuple[int, int]:
    """Pixels added ``(before, after)`` the input along one axis.

    ``padding`` is a whole number (that many on each side), a pair, ``"valid"`` (none) or
    ``"same"``. "same" adds just enough for an output of ``ceil(input_size / stride)``; when the
    total is odd, the extra pixel goes to the end, as in Keras and TensorFlow.

    >>> pad_amounts(224, kernel_size=3, stride=2, padding="same")
    (0, 1)
    """
    input_size = whole_number("input_size", input_size, 1)
    stride = whole_number("stride", stride, 1)
    span = effective_kernel(kernel_size, dilation)
    amounts = axis_padding(padding)
    if amounts == "valid":
        return (0, 0)
    if isinstance(amounts, str):
        outputs = -(-input_size // stride)
        total = max((outputs - 1) * stride + span - input_size, 0)
        return (total // 2, total - total // 2)
    return amounts


def output_size(
    input_size: int,
    kernel_size: int,
    stride: int = 1,
    padding: AxisPadding = 0,
    dilation: int = 1,
) -> int:
    """Outputs of a convolution along one axis.

    ``floor((W + before + after − (D·(F − 1) + 1)) / S) + 1``, for input ``W``, kernel ``F``,
    stride ``S``, dilation ``D`` and the padding of :func:`pad_amounts`. With equal padding ``P``
    on both sides and ``D = 1`` this is the textbook ``floor((W − F + 2P) / S) + 1``.

    Raises ``ValueError`` when the kernel does not fit in the padded input.

    >>> output_size(227, kernel_size=11, stride=4)
    55
    >>> output_size(10, kernel_size=3, stride=2, padding="same")
    5
    """
    slack = _slack(input_size, kernel_size, stride, padding, dilation)
    return slack // whole_number("stride", stride, 1) + 1


def unused_pixels(
    input_size: int,
    kernel_size: int,
    stride: int = 1,
    padding: AxisPadding = 0,
    dilation: int = 1,
) -> int:
    """Pixels at the end of the padded input that no window reaches, because of the floor.

    They lie after the last window; padding counts as pixels. (A stride longer than the kernel, or
    a dilation, also steps over pixels *between* taps; those are not counted here.)

    >>> unused_pixels(8, kernel_size=3, stride=2)
    1
    """
    slack = _slack(input_size, kernel_size, stride, padding, dilation)
    return slack % whole_number("stride", stride, 1)


def symmetric_same_padding(kernel_size: int, dilation: int = 1) -> int:
    """Padding on *each* side that keeps the size at stride 1: ``(effective kernel − 1) / 2``.

    Raises ``ValueError`` for a kernel that spans an even number of pixels: no equal padding on
    both sides keeps the size then.

    >>> symmetric_same_padding(5)
    2
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
    padding: AxisPadding = 0,
) -> int:
    """Outputs of a pooling layer along one axis; ``stride`` defaults to ``pool_size``.

    The rule is that of :func:`output_size`. Padding must leave every window at least one real
    pixel, since the maximum or the mean of padding alone means nothing.

    >>> pool_output_size(7, pool_size=2)
    3
    """
    pool_size = whole_number("pool_size", pool_size, 1)
    stride = pool_size if stride is None else whole_number("stride", stride, 1)
    before, after = pad_amounts(input_size, pool_size, stride, padding)
    if max(before, after) >= pool_size:
        raise ValueError(
            f"padding {max(before, after)} is as wide as the pooling window ({pool_size}), so "
            f"a window would hold nothing but padding; use padding below {pool_size}"
        )
    return _slack(input_size, pool_size, stride, (before, after), 1, "pool_size") // stride + 1


def _slack(
    input_size: int,
    kernel_size: int,
    stride: int,
    padding: AxisPadding,
    dilation: int,
    kernel_name: str = "kernel_size",
) -> int:
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
    kernel_size: Pair,
    stride: Pair = 1,
    padding: SpatialPadding = 0,
    dilation: Pair = 1,
) -> tuple[int, int, int]:
    """Shape ``(filters, H', W')`` that a convolution makes of ``(C, H, W)``.

    ``kernel_size``, ``stride`` and ``dilation`` are a whole number or a pair ``(height, width)``;
    ``padding`` is a whole number, ``"valid"``, ``"same"`` or ``((top, bottom), (left, right))``.

    >>> conv2d_output_shape((3, 224, 224), filters=64, kernel_size=7, stride=2, padding=3)
    (64, 112, 112)
    """
    channels, height, width = _shape3(input_shape)
    whole_number("channels", channels, 1)
    filters = whole_number("filters", filters, 1)
    rows, columns = zip(
        pair("kernel_size", kernel_size),
        pair("stride", stride),
        padding_pair(padding),
        pair("dilation", dilation),
        strict=True,
    )
    return (filters, _along("height", height, *rows), _along("width", width, *columns))


def pool2d_output_shape(
    input_shape: tuple[int, int, int],
    pool_size: Pair,
    stride: Pair | None = None,
    padding: SpatialPadding = 0,
) -> tuple[int, int, int]:
    """Shape ``(C, H', W')`` that pooling makes of ``(C, H, W)``; channels are kept.

    ``stride`` is ``pool_size`` unless given.

    >>> pool2d_output_shape((64, 112, 112), pool_size=3, stride=2, padding=1)
    (64, 56, 56)
    """
    channels, height, width = _shape3(input_shape)
    whole_number("channels", channels, 1)
    sizes = pair("pool_size", pool_size)
    strides = sizes if stride is None else pair("stride", stride)
    pads = padding_pair(padding)
    return (
        channels,
        pool_output_size(height, sizes[0], strides[0], pads[0]),
        pool_output_size(width, sizes[1], strides[1], pads[1]),
    )


def _along(
    axis: str, size: int, kernel_size: int, stride: int, padding: AxisPadding, dilation: int
) -> int:
    try:
        return output_size(size, kernel_size, stride, padding, dilation)
    except ValueError as error:
        raise ValueError(f"along the {axis}: {error}") from None


def _shape3(shape: tuple[int, ...]) -> tuple[int, int, int]:
    try:
        channels, height, width = shape
    except (TypeError, ValueError):
        raise ValueError(
            f"the input shape must be (channels, height, width); got {shape!r}"
        ) from None
    return (channels, height, width)
