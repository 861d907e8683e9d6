"""Figures of the book: one size, one palette, and a description for everybody who cannot see them.

Every function ends in an HTML figure (SVG in an ``<img>`` with its alternative text), which looks
the same in the published page and in JupyterLab.
"""

from __future__ import annotations

import base64
import html
import io
import warnings

import matplotlib
import numpy as np
from IPython.display import HTML
from matplotlib.figure import Figure

#: Colours told apart by people with any common colour vision (Okabe and Ito, 2008).
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SIZE = (5.0, 3.0)
STYLE = {
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "svg.fonttype": "none",
    "svg.hashsalt": "convbook",
}


def plot(draw, alt: str, caption: str = "", size=SIZE) -> HTML:
    """Draw one figure: ``draw(axes)`` is called with empty axes of the book's size and palette.

    ``alt`` says in words what the figure shows; ``caption`` stands below it. Sizes are inches.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=size)
        draw(figure.subplots())
        return _as_html(figure, alt, caption)


def image_row(images, titles, alt: str, caption: str = "", signed: bool = False) -> HTML:
    """Show grey ``(H, W)`` or colour ``(H, W, 3)`` images side by side, each under its title.

    With ``signed=True`` a grey image is drawn with zero in the middle of a diverging colour map,
    so that positive and negative responses can be told apart; otherwise from its minimum (black)
    to its maximum (white).
    """
    if len(images) != len(titles):
        raise ValueError(f"{len(images)} images but {len(titles)} titles; give one title an image")
    with matplotlib.rc_context(STYLE):
        tallest = max(len(image) / np.shape(image)[1] for image in images)
        figure = Figure(figsize=(2.1 * len(images), min(2 * tallest, 4) + 0.3))
        for axes, image, title in zip(
            np.atleast_1d(figure.subplots(1, len(images))), images, titles, strict=True
        ):
            image = np.asarray(image)
            limit = float(np.abs(image).max()) or 1.0
            scale = {"cmap": "PuOr", "vmin": -limit, "vmax": limit} if signed else {"cmap": "gray"}
            axes.imshow(image, interpolation="nearest", **scale)
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        return _as_html(figure, alt, caption)


def number_grid(array, alt: str, caption: str = "", highlight=()) -> HTML:
    """Draw a small ``(H, W)`` array with its numbers; ``highlight`` lists cells to print bold."""
    array = np.asarray(array)
    if array.ndim != 2:
        raise ValueError(f"number_grid draws a 2-D array, but this one has shape {array.shape}")
    height, width = array.shape
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(0.55 * width + 0.1, 0.55 * height + 0.1))
        axes = figure.subplots()
        limit = float(np.abs(array).max()) or 1.0
        axes.imshow(array, cmap="PuOr", vmin=-2 * limit, vmax=2 * limit)
        for (row, column), value in np.ndenumerate(array):
            weight = "bold" if (row, column) in set(highlight) else "normal"
            axes.text(column, row, f"{value:g}", ha="center", va="center", weight=weight)
        axes.set_xticks(np.arange(width + 1) - 0.5, labels=[])
        axes.set_yticks(np.arange(height + 1) - 0.5, labels=[])
        axes.grid(color="#888888", linewidth=0.8)
        axes.tick_params(length=0)
        return _as_html(figure, alt, caption)


def _as_html(figure: Figure, alt: str, caption: str) -> HTML:
    if not alt.strip():
        raise ValueError("a figure needs alt: say in words what it shows")
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Letters stay letters in the SVG: the reader's own fonts draw what Matplotlib's cannot.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    source = base64.b64encode(buffer.getvalue()).decode()
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    width, height = (round(inches * 110) for inches in figure.get_size_inches())
    return HTML(
        f'<figure class="cb-figure"><img alt="{html.escape(alt, quote=True)}" '
        f'width="{width}" height="{height}" style="max-width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{source}">{below}</figure>'
    )
