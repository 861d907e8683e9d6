"""Grey images moved, turned, resized and slanted at random, so that no two data sets are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def distort(
    images: ArrayLike,
    seed: int | np.random.Generator,
    *,
    shift: float = 1.0,
    turn: float = 12.0,
    zoom: float = 0.1,
    slant: float = 0.1,
) -> NDArray[np.float32]:
    """Return each of the images (N, H, W) changed in its own way, float32, in the same range.

    Every image is moved by up to ``shift`` pixels to each side, turned by up to ``turn`` degrees,
    made larger or smaller by up to the share ``zoom`` and slanted by up to ``slant`` (pixels to the
    side for each pixel up). All four are drawn evenly, and one ``seed`` draws the same again. What
    comes in from outside is 0; between pixels the four nearest are mixed (bilinear).

    >>> distort(np.ones((2, 8, 8)), seed=0).shape
    (2, 8, 8)
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 3:
        raise ValueError(f"expected images of shape (N, H, W); got shape {images.shape}")
    count, height, width = images.shape
    rng = np.random.default_rng(seed)
    down, right = rng.uniform(-shift, shift, (2, count, 1, 1))
    angle = np.deg2rad(rng.uniform(-turn, turn, (count, 1, 1)))
    size = 1 + rng.uniform(-zoom, zoom, (count, 1, 1))
    lean = rng.uniform(-slant, slant, (count, 1, 1))
    y, x = np.mgrid[:height, :width]
    y, x = y - (height - 1) / 2 - down, x - (width - 1) / 2 - right
    x = x + lean * y
    rows = (np.cos(angle) * y - np.sin(angle) * x) / size + (height - 1) / 2
    columns = (np.sin(angle) * y + np.cos(angle) * x) / size + (width - 1) / 2
    return _between_pixels(images, rows, columns)


def _between_pixels(
    images: NDArray[np.float32], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Image n at the places (rows[n], columns[n]), all (N, H, W); 0 beyond the edge."""
    count, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    rows, columns = np.clip(rows, -1, height), np.clip(columns, -1, width)
    top = np.minimum(np.floor(rows), height - 1).astype(int)
    left = np.minimum(np.floor(columns), width - 1).astype(int)
    lower, later = rows - top, columns - left
    one = np.arange(count)[:, None, None]
    above = padded[one, top + 1, left + 1] * (1 - later) + padded[one, top + 1, left + 2] * later
    below = padded[one, top + 2, left + 1] * (1 - later) + padded[one, top + 2, left + 2] * later
    return (above * (1 - lower) + below * lower).astype(np.float32)
