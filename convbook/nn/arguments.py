"""Reading a layer's real-valued settings, or an error that helps."""

from __future__ import annotations

import math


def real(
    name: str, value: float, least: float, most: float = math.inf, *, ends: str = "[]"
) -> float:
    """``value`` as a finite float between ``least`` and ``most``.

    ``ends`` says, as in mathematics, whether an end belongs to it: ``"[)"`` leaves out ``most``.

    >>> real("rate", 0.5, 0, 1, ends="[)")
    0.5
    >>> real("rate", 50, 0, 1, ends="[)")
    Traceback (most recent call last):
        ...
    ValueError: rate must be a number of at least 0 and below 1; got 50
    """
    above = "at least" if ends[0] == "[" else "more than"
    wanted = f"{above} {least:g}"
    if most < math.inf:
        wanted += f" and {'at most' if ends[1] == ']' else 'below'} {most:g}"
    try:
        number = math.nan if isinstance(value, str | bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    too_low = number < least if ends[0] == "[" else number <= least
    too_high = number > most if ends[1] == "]" else number >= most
    if not math.isfinite(number) or too_low or too_high:
        raise ValueError(f"{name} must be a number of {wanted}; got {value!r}")
    return number
