"""Figures of the book: one size, one palette, one colour map for signed values, and a description
for everybody who cannot see them.

Every function ends in an HTML figure (SVG in an ``<img>`` with its alternative text). Letters are
drawn as outlines, so a figure looks the same in the published page, in JupyterLab, on paper and on
a machine with other fonts. A label that is cut off or lies on another one gives a warning.
"""

from __future__ import annotations

import base64
import html
import io
import textwrap
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from IPython.display import HTML
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.text import Text
from numpy.typing import ArrayLike

from convbook.colours import colour_map

#: Colours told apart by people with any common colour vision (Okabe and Ito, 2008).
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SIZE = (5.0, 3.0)
FONTS = Path(__file__).parent / "fonts"  # all under the SIL Open Font License
#: Has the Devanagari digits, which Matplotlib's own font lacks.
DIGITS_FONT = FONTS / "noto-sans-devanagari-digits.ttf"
#: The page's own face, so that a figure's words look like those around it.
PAGE_FONTS = (FONTS / "inter-regular.ttf", FONTS / "inter-semibold.ttf")
MOST_IN_A_ROW = 5  # images; more of them leave their titles no room
INCH = 96  # pixels of the page that an inch of a figure takes
#: Inches of the page's column (43rem) in a wide window; what is wider is shown as wide as that.
COLUMN = 688 / INCH
#: Points of letters, none smaller: 13.3 pixels of the page. A telephone, which shows five inches
#: reduced to its width, then shows ten pixels, and so are the letters of wider figures enlarged
#: for it, up to the share that doesn't look too large beside the text in a wide window.
LETTERS, TELEPHONE, MOST_ENLARGED = 10, 5.0, 1.15
GAP = 0.1  # inches between images, which begin where the text begins
FLUSH = {"figure.constrained_layout.w_pad": 0}
STYLE = {
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#6b6b6b",
    "axes.labelcolor": "#333333",
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "font.family": ["Inter", "DejaVu Sans", "Noto Sans Devanagari"],
    "font.size": LETTERS,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "convbook",
    "xtick.color": "#6b6b6b",
    "xtick.labelcolor": "#333333",
    "ytick.color": "#6b6b6b",
    "ytick.labelcolor": "#333333",
}
TOUCH = 0.5  # pixels by which two labels may share an edge

Limits = tuple[float, float]


def signed_colours() -> ListedColormap:
    """The book's colour map for signed values: blue below zero, pale at zero, orange above.

    It is the map that the widgets draw with (``shared/colour.js``): lightness falls evenly from
    the middle to both ends in Oklab (Ottosson, 2020), so equal distances from zero look equal.
    """
    return ListedColormap(colour_map("diverging") / 255, name="convbook signed")


def plot(
    draw: Callable[[Axes], object], alt: str, caption: str = "", size: tuple[float, float] = SIZE
) -> HTML:
    """Draw one figure: ``draw(axes)`` is called with empty axes of the book's size and palette.

    ``alt`` says in words what the figure shows; ``caption`` stands below it. Sizes are inches.
    """
    with matplotlib.rc_context(_style(size[0])):
        figure = Figure(figsize=size)
        draw(figure.subplots())
        return _as_html([figure], alt, caption)


def panels(
    draws: Sequence[Callable[[Axes], object]],
    alt: str,
    caption: str = "",
    size: tuple[float, float] = (2.3, 2.3),
) -> HTML:
    """Draw figures that stand side by side under one description and one caption: each an image of
    its own, so that they stand in two or three columns where a telephone has no room for more.

    Each of ``draws`` is called with axes of its own, like that of ``plot``; ``size`` is that of
    each in inches.
    """
    with matplotlib.rc_context({**_style(), **FLUSH}):
        figures = [Figure(figsize=size) for _ in draws]
        for draw, figure in zip(draws, figures, strict=True):
            draw(figure.subplots())
        return _as_html(figures, alt, caption)


def image_row(
    images: Sequence[ArrayLike],
    titles: Sequence[str],
    alt: str,
    caption: str = "",
    signed: bool = False,
    limits: Limits | Sequence[Limits] | None = None,
) -> HTML:
    """Show grey ``(H, W)`` or colour ``(H, W, 3)`` images side by side, each under its title; more
    than five of them in two rows, and on a telephone in two or three columns (they are ``panels``).

    Grey images of a row share one scale, so that equal values look equal: from the smallest value
    among them (black) to the largest (white), or from ``limits[0]`` to ``limits[1]``, beyond which
    they are clipped. ``limits`` may also hold a pair for each image, where units differ.

    With ``signed=True`` the scale is the book's for signed values, with zero in its middle: blue
    below, pale at zero, orange above; ``limits`` must then be ``(-x, x)``.
    """
    if len(images) != len(titles):
        raise ValueError(f"{len(images)} images but {len(titles)} titles; give one title an image")
    arrays = [np.asarray(image) for image in images]
    scales = _scales(arrays, signed, limits)
    tallest = max(len(image) / image.shape[1] for image in arrays)
    rows = 1 if len(arrays) <= MOST_IN_A_ROW else 2
    columns = -(-len(arrays) // rows)
    width = min(2.35, (COLUMN + GAP) / columns - GAP)
    titles = [_wrapped(title, width) for title in titles]
    lines = 1 + max(title.count("\n") for title in titles)
    height = min(0.95 * width * tallest, 4) + 0.12 + 0.18 * lines

    def drawing(image, title, scale):
        def draw(axes: Axes) -> None:
            low, high = scale
            colours = signed_colours() if signed else "gray"
            axes.imshow(image, interpolation="nearest", cmap=colours, vmin=low, vmax=high)
            axes.set(title=title, xticks=[], yticks=[], anchor="S")
            axes.spines[:].set_visible(False)

        return draw

    draws = [drawing(*each) for each in zip(arrays, titles, scales, strict=True)]
    return panels(draws, alt, caption, (width, height))


def number_grid(
    array: ArrayLike, alt: str, caption: str = "", highlight: Sequence[tuple[int, int]] = ()
) -> HTML:
    """Draw a small ``(H, W)`` array with its numbers; ``highlight`` lists cells to print bold."""
    array = np.asarray(array)
    if array.ndim != 2:
        raise ValueError(f"number_grid draws a 2-D array, but this one has shape {array.shape}")
    height, width = array.shape
    with matplotlib.rc_context(_style()):
        figure = Figure(figsize=(0.55 * width + 0.1, 0.55 * height + 0.1))
        axes = figure.subplots()
        limit = float(np.abs(array).max()) or 1.0
        axes.imshow(array, cmap=signed_colours(), vmin=-2 * limit, vmax=2 * limit)
        for (row, column), value in np.ndenumerate(array):
            weight = "bold" if (row, column) in set(highlight) else "normal"
            axes.text(column, row, f"{value:g}", ha="center", va="center", weight=weight)
        axes.set_xticks(np.arange(width + 1) - 0.5, labels=[])
        axes.set_yticks(np.arange(height + 1) - 0.5, labels=[])
        axes.grid(color="#888888", linewidth=0.8, clip_on=False)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        return _as_html([figure], alt, caption)


def grids_beside(arrays: Sequence[ArrayLike], titles: Sequence[str], alt: str) -> HTML:
    """Draw small arrays of numbers or words side by side; entries that differ get a frame.

    Each is held against the first. More than two axes are laid out in a row: maps ``(K, H, W)``
    stand beside each other.

    >>> "first" in grids_beside([[1, 2], [1, 3]], ["first", "second"], "first and second").data
    True
    """
    flat = [_in_two_axes(np.asarray(array)) for array in arrays]
    numbers = [grid[grid != ""].astype(float) for grid in flat if _all_numbers(grid)]
    limit = max((float(np.abs(part).max()) for part in numbers if part.size), default=1.0) or 1.0
    with matplotlib.rc_context(_style()):
        widths = [max(_width(grid), 1.0) for grid in flat]
        high = max(grid.shape[0] for grid in flat)
        figure = Figure(figsize=(sum(widths) + 0.3 * len(flat), 0.42 * high + 0.45))
        for axes, grid, title in zip(
            np.atleast_1d(figure.subplots(1, len(flat), width_ratios=widths)),
            flat,
            titles,
            strict=True,
        ):
            _draw_grid(axes, grid, flat[0], limit)
            axes.set_title(title)
        return _as_html([figure], alt, "")


def _in_two_axes(array: np.ndarray) -> np.ndarray:
    """An array's entries as text in rows and columns; between maps stands an empty column."""
    words = np.vectorize(_shown, otypes=[object])(array) if array.size else np.full((1, 1), "")
    if words.ndim <= 2:
        return np.atleast_2d(words)
    maps = words.reshape(-1, *words.shape[-2:])
    gap = np.full((words.shape[-2], 1), "", dtype=object)
    parts = [part for grid in maps for part in (grid, gap)]
    return np.concatenate(parts[:-1], axis=1)


def _width(grid: np.ndarray) -> float:
    """How wide a grid is drawn, in inches."""
    return grid.shape[1] * (0.2 + 0.09 * max(3, *map(len, grid.flat)))


def _shown(value: object) -> str:
    """A number with four digits, or a word."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return f"{number + 0.0:.4g}" if abs(number) >= 1e-9 else "0"


def _all_numbers(grid: np.ndarray) -> bool:
    try:
        return bool(np.isfinite(grid[grid != ""].astype(float)).all())
    except ValueError:
        return False


def _draw_grid(axes: Axes, grid: np.ndarray, first: np.ndarray, limit: float) -> None:
    rows, columns = grid.shape
    colours, coloured = signed_colours(), _all_numbers(grid)
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for (row, column), text in np.ndenumerate(grid):
        if text == "":
            continue
        shade = colours(0.5 + 0.25 * float(text) / limit) if coloured else "#f2f2f2"
        differs = grid.shape != first.shape or text != first[row, column]
        edge, width = ("#000000", 2.0) if differs else ("#888888", 0.8)
        axes.fill(
            column + np.array([-0.46, 0.46, 0.46, -0.46]),
            row + np.array([-0.44, -0.44, 0.44, 0.44]),
            facecolor=shade,
            edgecolor=edge,
            linewidth=width,
        )
        axes.text(column, row, text, ha="center", va="center")


def text_faults(figure: Figure) -> list[str]:
    """What is wrong with the words of a figure as it is laid out now: each line of text that is
    cut off at the edge, or lies on another one."""
    width, height = figure.bbox.size
    renderer = _TextRecorder(width, height, figure.dpi)
    figure.draw(renderer)
    faults = []
    for number, (words, corners) in enumerate(renderer.texts):
        low, high = corners.min(axis=0), corners.max(axis=0)
        if (low < -TOUCH).any() or (high > np.array([width, height]) + TOUCH).any():
            faults.append(f"{words!r} is cut off at the figure's edge")
        for other, others in renderer.texts[:number]:
            if Polygon(others).get_path().intersects_path(Polygon(corners).get_path()):
                faults.append(f"{words!r} lies on {other!r}")
    return faults


class _TextRecorder(RendererAgg):
    """Draws as usual, and keeps each line of text with the corners (4, 2) of its rectangle."""

    def __init__(self, width: float, height: float, dpi: float):
        super().__init__(width, height, dpi)
        self.texts: list[tuple[str, np.ndarray]] = []

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        width, height, descent = self.get_text_width_height_descent(s, prop, ismath)
        left, right = TOUCH, width - TOUCH
        top, bottom = TOUCH - (height - descent), descent - TOUCH
        corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        turn = np.radians(-angle)  # y points down
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        self.texts.append((s, corners @ rotation.T + (x, y)))
        super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)


def _scales(images, signed, limits) -> list[Limits]:
    """Lowest and highest value of each image's scale."""
    if limits is None:
        grey = [image for image in images if image.ndim == 2]
        low = min((float(image.min()) for image in grey), default=0.0)
        high = max((float(image.max()) for image in grey), default=1.0)
        limit = max(-low, high) or 1.0
        limits = (-limit, limit) if signed else (low, high)
    pairs = [limits] * len(images) if np.ndim(limits) == 1 else list(limits)
    if len(pairs) != len(images):
        raise ValueError(
            f"{len(images)} images but {len(pairs)} limits; give one pair, or one each"
        )
    for low, high in pairs:
        if low > high or (signed and low != -high):
            wanted = "(-x, x), with zero in the middle" if signed else "(low, high)"
            raise ValueError(f"limits are ({low:g}, {high:g}); expected {wanted}")
    return pairs


@cache
def _fonts_known() -> None:
    for font in (DIGITS_FONT, *PAGE_FONTS):
        font_manager.fontManager.addfont(font)


def _style(width: float = 0) -> dict:
    _fonts_known()
    return {**STYLE, "font.size": LETTERS * _enlarged(width)}


def _enlarged(width: float) -> float:
    """How much larger the letters of a figure of a width in inches are drawn, because a telephone
    reduces it, or the page's column does; a grid of numbers that is far wider has no room."""
    return min(1.25, min(MOST_ENLARGED, max(1.0, width / TELEPHONE)) * max(1.0, width / COLUMN))


def _wrapped(title: str, width: float) -> str:
    """A title in lines that find room above a panel of a width in inches."""
    most = int(width * 72 / (0.54 * LETTERS))  # characters; the mean one is that part of its size
    return "\n".join(part for line in title.split("\n") for part in textwrap.wrap(line, most))


def _as_html(figures: Sequence[Figure], alt: str, caption: str) -> HTML:
    if not alt.strip():
        raise ValueError("a figure needs alt: say in words what it shows")
    described = html.escape(alt, quote=True)
    if len(figures) == 1:
        shown = _as_image(figures[0], alt, f'alt="{described}"')
    else:
        width = figures[0].get_size_inches()[0]
        columns = min(len(figures), int((COLUMN + GAP) / (width + GAP) + 0.01))
        images = " ".join(_as_image(figure, alt, 'alt=""') for figure in figures)
        shown = (
            f'<div class="cb-panels" role="img" aria-label="{described}" '
            f'style="--columns:{columns};--panel:{int(width * INCH)}px">{images}</div>'
        )
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return HTML(f'<figure class="cb-figure">{shown}{below}</figure>')


def _as_image(figure: Figure, alt: str, attributes: str) -> str:
    least = LETTERS * _enlarged(figure.get_size_inches()[0])
    for text in figure.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), least))
    for _ in range(2):  # beside an image of fixed aspect, the first layout is only a guess
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None}, facecolor="white")
    if faults := text_faults(figure):
        warnings.warn(f"In the figure {alt[:60]!r}: {'; '.join(faults)}", stacklevel=4)
    source = base64.b64encode(buffer.getvalue()).decode()
    width, height = (round(inches * INCH) for inches in figure.get_size_inches())
    return (
        f'<img {attributes} width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto" src="data:image/svg+xml;base64,{source}">'
    )
