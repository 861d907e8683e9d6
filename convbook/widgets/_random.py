"""The front end's normal numbers, in Python: the same seed gives the same numbers on both sides."""

from __future__ import annotations

import math
from collections.abc import Callable

from convbook.chance import random_from


def normal_from(seed: int) -> Callable[[], float]:
    """A function that returns the next standard normal number (Box and Muller, 1958)."""
    uniform = random_from(seed)

    def draw() -> float:
        radius = math.sqrt(-2 * math.log(1 - uniform()))
        return radius * math.cos(2 * math.pi * uniform())

    return draw
