"""The front end's random numbers, in Python: the same seed gives the same numbers on both sides."""

from __future__ import annotations

import math
from collections.abc import Callable

_WORD = 0xFFFFFFFF


def random_from(seed: int) -> Callable[[], float]:
    """A function that returns the next number of mulberry32, from 0 up to 1 (``tensor.js``)."""
    state = seed & _WORD

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & _WORD
        mixed = ((state ^ (state >> 15)) * (state | 1)) & _WORD
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & _WORD)) & _WORD
        return ((mixed ^ (mixed >> 14)) & _WORD) / 4294967296

    return draw


def normal_from(seed: int) -> Callable[[], float]:
    """A function that returns the next standard normal number (Box and Muller, 1958)."""
    uniform = random_from(seed)

    def draw() -> float:
        radius = math.sqrt(-2 * math.log(1 - uniform()))
        return radius * math.cos(2 * math.pi * uniform())

    return draw
