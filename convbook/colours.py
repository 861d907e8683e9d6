"""The book's colour maps, for drawings and the widgets' pictures: twin of ``shared/colour.js``."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Lightness at zero, and what is added to it towards both ends.
DIVERGING = {"diverging": (0.97, -0.52), "diverging-dark": (0.272, 0.5)}


@cache
def colour_map(name: str) -> NDArray[np.uint8]:
    """256 colours (256, 3) of the map of that name, even in Oklab's lightness.

    "diverging-dark" is "diverging" for a dark page: its zero is dark, and its ends are light.
    """
    x = np.linspace(0, 1, 256)
    if name == "sequential":
        lightness, chroma = 0.2 + 0.77 * x, 0.06 + 0.1 * np.sin(np.pi * x)
        hue = 300 + 165 * x
    elif name in DIVERGING:
        distance = abs(2 * x - 1)
        at_zero, farther = DIVERGING[name]
        lightness, chroma = at_zero + farther * distance, 0.15 * distance**0.9
        hue = np.where(x < 0.5, 250, 55)
    else:
        known = ", ".join(map(repr, ("sequential", *DIVERGING)))
        raise ValueError(f"there is no colour map {name!r}; there are {known}")
    angle = np.deg2rad(hue)
    a, b = chroma * np.cos(angle), chroma * np.sin(angle)
    cones = np.array([lightness, a, b]).T @ _FROM_OKLAB.T
    light = np.clip((cones**3) @ _TO_SRGB.T, 0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255 * coded).astype(np.uint8)


def coloured(values: ArrayLike, limit: float, signed: bool) -> NDArray[np.uint8]:
    """Numbers as colours (..., 3): from 0 to ``limit``, or from −``limit`` if they are signed."""
    low = -limit if signed else 0.0
    place = (np.asarray(values, float) - low) / (limit - low) if limit > 0 else 0.5
    index = np.clip(np.round(255 * np.asarray(place)), 0, 255).astype(int)
    return colour_map("diverging" if signed else "sequential")[index]


_FROM_OKLAB = np.array(
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.291485548],
    ]
)
_TO_SRGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)
