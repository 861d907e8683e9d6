"""A photographer's mark for pictures: how a data set teaches a network the wrong thing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

MARK = np.array(
    [
        [0, 1, 1, 1, 1, 1, 0],
        [1, 0, 0, 0, 0, 0, 1],
        [1, 0, 1, 1, 1, 0, 1],
        [1, 0, 1, 0, 0, 0, 1],
        [1, 0, 1, 1, 1, 0, 1],
        [1, 0, 0, 0, 0, 0, 1],
        [0, 1, 1, 1, 1, 1, 0],
    ],
    bool,
)


def stamp(
    images: ArrayLike, rng: np.random.Generator, opacity: float = 0.75, margin: int = 12
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Put the mark near a corner of each picture (N, H, W, C), uint8: (pictures, masks).

    Which corner, and where within ``margin`` pixels of it, is random. ``masks``, bool (N, H, W), is
    the square that the mark fills.
    """
    images = np.array(images)
    n, height, width, _ = images.shape
    size = len(MARK)
    if min(height, width) < 2 * margin + size:
        raise ValueError(f"pictures of {height}×{width} are too small for margin {margin}")
    masks = np.zeros((n, height, width), bool)
    rows, columns = rng.integers(0, margin - size + 1, (2, n))
    bottom, right = rng.random((2, n)) < 0.5
    rows = np.where(bottom, height - size - rows, rows)
    columns = np.where(right, width - size - columns, columns)
    for i, (row, column) in enumerate(zip(rows, columns, strict=True)):
        patch = images[i, row : row + size, column : column + size]
        patch[MARK] = np.round((1 - opacity) * patch[MARK] + opacity * 255)
        masks[i, row : row + size, column : column + size] = True
    return images, masks
