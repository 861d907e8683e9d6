"""Figures of images and of what a network makes of them, for pages: a scale for each kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from IPython.display import HTML
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from numpy.typing import ArrayLike

from convbook.plotting import Limits, panels, signed_colours

#: The book's scales: what goes in is grey, activations go from black (0) to pale yellow, and where
#: a sign matters, blue is below zero and orange above.
COLOURS: dict[str, str | Colormap] = {
    "image": "gray",
    "activation": "inferno",
    "signed": signed_colours(),
}


def side_by_side(
    images: Sequence[ArrayLike],
    titles: Sequence[str],
    kinds: Sequence[str],
    alt: str,
    caption: str = "",
    limits: Sequence[Limits] | None = None,
    width: float = 2.22,
) -> HTML:
    """Show images ``(H, W)`` or ``(H, W, 3)`` of kinds "image", "activation" or "signed" as panels.

    An "image" is grey from 0 to 1, an "activation" begins at 0, and a "signed" one has 0 in its
    middle, unless ``limits`` gives each its lowest and highest value. ``width`` is inches of each.
    """
    chosen = [_limits(*each) for each in zip(images, kinds, strict=True)]
    draws = [drawn(*each) for each in zip(images, titles, kinds, limits or chosen, strict=True)]
    tallest = max(np.shape(image)[0] / np.shape(image)[1] for image in images)
    lines = 1 + max(title.count("\n") for title in titles)
    return panels(draws, alt, caption, (width, 0.97 * width * tallest + 0.12 + 0.18 * lines))


def drawn(
    image: ArrayLike, title: str, kind: str, limits: Limits | None = None
) -> Callable[[Axes], None]:
    """What draws one image on axes, for ``convbook.plotting.panels``."""
    low, high = limits or _limits(image, kind)

    def draw(axes: Axes) -> None:
        axes.imshow(image, cmap=COLOURS[kind], vmin=low, vmax=high, interpolation="nearest")
        axes.set(title=title, xticks=[], yticks=[], anchor="S")
        axes.spines[:].set_visible(False)

    return draw


def _limits(image: ArrayLike, kind: str) -> Limits:
    largest = float(np.nanmax(np.abs(image))) or 1.0
    return {"image": (0.0, 1.0), "activation": (0.0, largest), "signed": (-largest, largest)}[kind]
