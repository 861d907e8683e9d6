"""Reading the arguments of a layer: whole numbers, pairs and padding, or an error that helps."""

from __future__ import annotations

import operator
from typing import TypeAlias

#: One number for both axes, or ``(height, width)``.
Pair: TypeAlias = int | tuple[int, int]
#: Padding along one axis: a number on each side, ``(before, after)``, ``"valid"`` or ``"same"``.
AxisPadding: TypeAlias = int | str | tuple[int, int]
#: Padding in two dimensions: one number, ``"valid"``, ``"same"`` or ``(rows, columns)``.
SpatialPadding: TypeAlias = int | str | tuple[AxisPadding, AxisPadding]

_PADDING_KINDS = "a whole number, a pair (before, after), 'valid' or 'same'"


def whole_number(name: str, value: object, least: int) -> int:
    """``value`` as an ``int`` of at least ``least``; NumPy integers are welcome, floats are not.

    ``name`` is what the error calls the argument.

    >>> whole_number("stride", 2, least=1)
    2
    >>> whole_number("stride", 0, least=1)
    Traceback (most recent call last):
        ...
    ValueError: stride must be a whole number of at least 1; got 0
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]  # what has no index is refused
    except TypeError:
        raise ValueError(
            f"{name} must be a whole number of at least {least}; got {value!r}"
        ) from None
    if number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}; got {number}")
    return number


def pair(name: str, value: Pair | list[int]) -> tuple[int, int]:
    """``(height, width)`` of a setting that may be one number for both; each is at least 1.

    >>> pair("kernel_size", 3), pair("kernel_size", (1, 5))
    ((3, 3), (1, 5))
    """
    if isinstance(value, tuple | list):
        if len(value) != 2:
            raise ValueError(
                f"{name} must be a whole number or a pair (height, width); got {value!r}"
            )
        height, width = value
        return (
            whole_number(f"{name} (height)", height, 1),
            whole_number(f"{name} (width)", width, 1),
        )
    number = whole_number(name, value, 1)
    return (number, number)


def axis_padding(padding: AxisPadding) -> str | tuple[int, int]:
    """Padding along one axis as ``(before, after)``, ``"valid"`` or ``"same"``."""
    if isinstance(padding, str):
        if padding.lower() in ("valid", "same"):
            return padding.lower()
        raise ValueError(f"padding must be {_PADDING_KINDS}; got {padding!r}")
    if isinstance(padding, tuple | list):
        if len(padding) != 2:
            raise ValueError(f"padding must be {_PADDING_KINDS}; got {padding!r}")
        before, after = padding
        return (whole_number("padding before", before, 0), whole_number("padding after", after, 0))
    amount = whole_number("padding", padding, 0)
    return (amount, amount)


def padding_pair(padding: SpatialPadding) -> tuple[AxisPadding, AxisPadding]:
    """Padding of rows and of columns, of a setting that may be one for both.

    >>> padding_pair("same"), padding_pair(((0, 1), (2, 2)))
    (('same', 'same'), ((0, 1), (2, 2)))
    """
    if not isinstance(padding, tuple | list):
        axis_padding(padding)
        return (padding, padding)
    if len(padding) == 2 and all(isinstance(side, tuple | list) for side in padding):
        rows, columns = padding
        axis_padding(rows)
        axis_padding(columns)
        return (rows, columns)
    raise ValueError(
        "padding in two dimensions must be a whole number, 'valid', 'same' or "
        f"((top, bottom), (left, right)); got {padding!r}"
    )
