"""Contact sheets: many small pictures at a glance, a row a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def contact_sheet(images: ArrayLike, labels: ArrayLike, columns: int = 12) -> NDArray[np.uint8]:
    """One picture, uint8 (rows·H, columns·W, 3): a row for each class, its first ``columns``
    pictures; a class with fewer leaves white."""
    images, labels = np.asarray(images), np.asarray(labels)
    if images.ndim != 4:
        raise ValueError(f"images have shape {images.shape}; expected (N, H, W, C)")
    height, width = images.shape[1:3]
    colour = np.broadcast_to(images, (*images.shape[:3], 3))
    classes = np.unique(labels)
    sheet = np.full((len(classes), columns, height, width, 3), 255, np.uint8)
    for row, name in enumerate(classes):
        chosen = colour[labels == name][:columns]
        sheet[row, : len(chosen)] = chosen
    return sheet.swapaxes(1, 2).reshape(len(classes) * height, columns * width, 3)


def show(
    images: ArrayLike,
    labels: ArrayLike,
    classes: Sequence[str],
    alt: str,
    caption: str = "",
    columns: int = 12,
) -> Any:
    """Display the contact sheet with the class names beside its rows."""
    from convbook.plotting import plot

    sheet = contact_sheet(images, labels, columns)
    present = np.unique(labels)
    height = np.asarray(images).shape[1]

    def draw(axes: Any) -> None:
        axes.imshow(sheet, interpolation="nearest")
        names = [classes[i] for i in present]
        axes.set_yticks((np.arange(len(present)) + 0.5) * height, labels=names)
        axes.set_xticks([])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)

    wide = 5.7  # more, and a telephone would show its letters at less than ten pixels
    return plot(draw, alt, caption, size=(wide, 0.8 * wide * sheet.shape[0] / sheet.shape[1]))
