"""Drawing many small pictures at once: every function works on a whole batch with NumPy.

Shapes are given by distances to their outline (negative inside) at every pixel, so a picture
can be turned, bent and seen in perspective by moving the points at which it is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: float32 or float64.
Floats: TypeAlias = NDArray[np.floating[Any]]


def pixel_grid(height: int, width: int | None = None) -> tuple[Floats, Floats]:
    """Pixel centres (x, y), each (H, W), from −1 to 1 over the picture, x right and y down."""
    width = width or height
    y = (np.arange(height, dtype=np.float32) + 0.5) * (2 / height) - 1
    x = (np.arange(width, dtype=np.float32) + 0.5) * (2 / width) - 1
    across, down = np.meshgrid(x, y)
    return across, down


def smooth_noise(rng: np.random.Generator, n: int, size: int, cells: int) -> Floats:
    """``n`` noise pictures (n, size, size), mean 0 and about unit variance, smooth over
    1/``cells`` of the picture."""
    knots = rng.standard_normal((n, cells + 1, cells + 1), dtype=np.float32)
    position = np.linspace(0, cells, size, dtype=np.float32)
    low = np.minimum(position.astype(int), cells - 1)
    t = position - low
    t = t * t * (3 - 2 * t)
    mix = np.zeros((size, cells + 1), np.float32)
    mix[np.arange(size), low] = 1 - t
    mix[np.arange(size), low + 1] = t
    return 1.4 * (mix @ knots @ mix.T)


def inside(distance: Floats, edge: float | Floats) -> Floats:
    """Coverage in [0, 1] of a shape whose signed distance is ``distance``; ``edge`` is the
    width over which it fades."""
    return np.clip(0.5 - distance / edge, 0, 1)


def paint(canvas: Floats, colour: Floats, alpha: Floats) -> None:
    """Lay ``colour`` (n, 3) or (n, H, W, 3) over ``canvas`` (n, H, W, 3), in place, with opacity
    ``alpha`` (n, H, W)."""
    if colour.ndim == 2:
        colour = colour[:, None, None, :]
    for channel in range(3):  # far faster than broadcasting over a last axis of length 3
        plane = canvas[..., channel]
        plane += alpha * (colour[..., channel] - plane)


def segments(x: Floats, y: Floats, points: ArrayLike) -> Floats:
    """Distance from every pixel to a chain of straight lines through ``points`` (K, 2)."""
    nearest = np.full(np.shape(x), np.inf, np.float32)
    for (ax, ay), (bx, by) in pairwise(np.asarray(points)):
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        np.minimum(nearest, (x - ax - t * dx) ** 2 + (y - ay - t * dy) ** 2, out=nearest)
    return np.sqrt(nearest)


def polygon(x: Floats, y: Floats, radius: float, corners: int, turn: float) -> Floats:
    """Signed distance to a regular polygon; ``radius`` reaches its sides, ``turn`` in radians."""
    angle = np.arctan2(y, x) - turn
    step = 2 * np.pi / corners
    folded = angle - step * np.round(angle / step)
    return np.hypot(x, y) * np.cos(folded) - radius


def box(x: Floats, y: Floats, half_width: float, half_height: float) -> Floats:
    """Signed distance (largest coordinate excess) to an upright rectangle around the origin."""
    return np.maximum(np.abs(x) - half_width, np.abs(y) - half_height)


def blur(images: Floats, strength: ArrayLike) -> Floats:
    """Blur each picture (n, H, W[, C]) with the kernel (s, 1 − 2s, s), both ways, its own ``s``."""
    s = np.asarray(strength, np.float32).reshape(-1, *([1] * (images.ndim - 1)))
    parts = range(0, len(images), 32)  # a few at a time: it takes less memory
    return np.concatenate([_blurred(images[i : i + 32], s[i : i + 32]) for i in parts])


def _blurred(images: Floats, s: Floats) -> Floats:
    for axis in (1, 2):
        before = np.roll(images, 1, axis)
        after = np.roll(images, -1, axis)
        images = images + s * (before + after - 2 * images)
    return images


def to_uint8(images: Floats) -> NDArray[np.uint8]:
    """Pictures in [0, 1] as uint8, rounded."""
    return (np.clip(images, 0, 1) * 255 + 0.5).astype(np.uint8)


def in_chunks(
    draw: Callable[[NDArray[Any], np.random.Generator], tuple[NDArray[Any], ...]],
    labels: NDArray[Any],
    rng: np.random.Generator,
    chunk: int = 256,
) -> tuple[NDArray[Any], ...]:
    """Draw pictures of ``labels`` a few hundred at a time, so that they stay in the cache.

    ``draw(labels, rng)`` returns a tuple of arrays; the tuple of their concatenations comes back.
    """
    parts = [draw(labels[i : i + chunk], rng) for i in range(0, len(labels), chunk)]
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def balanced_labels(n: int, classes: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``n`` labels, as equally many of each class as ``n`` allows, in random order."""
    return rng.permutation(np.arange(n) % classes)


def check_counts(**counts: object) -> None:
    """Raise ValueError unless every count is a whole number of at least 1."""
    for name, value in counts.items():
        if not isinstance(value, int | np.integer) or value < 1:
            raise ValueError(f"{name}={value!r}: expected a whole number of at least 1")
