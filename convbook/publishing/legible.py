"""No letter in a figure is too small to read on a telephone.

Where a figure that is made to fit the screen would have letters below some nine pixels, it stays
wider and is moved sideways under the finger; how wide it has to be is counted from its smallest
letter.
"""

import base64
import math
import re
from pathlib import Path

SCREEN = 360  # pixels: a narrow telephone, on which figures take the whole width
LEAST = 8.9  # pixels of a letter's size: for less than a tenth, no figure is moved
PLOT = re.compile(
    r'(?P<start><figure class="cb-figure[^"]*">)'
    r'(?P<image><img\b[^>]*data:image/svg\+xml;base64,(?P<source>[^"]+)"[^>]*>)'
)
DRAWING = re.compile(r'<img\b[^>]*src="[^"]*_images/(?P<name>[\w-]+\.svg)"[^>]*>')
VIEW = re.compile(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ')
# A letter of Matplotlib is an outline of 100 units, scaled to its size; an image has scale 1.
OUTLINES = re.compile(r"scale\((0\.[\d]+) -\1\)")
LETTERS = re.compile(r'font-size="([\d.]+)"')


def needed(svg: str) -> int:
    """The width in pixels at which the smallest letter of a drawing can be read; 0 without any."""
    sizes = [100 * float(scale) for scale in OUTLINES.findall(svg)]
    sizes += map(float, LETTERS.findall(svg))
    view = VIEW.search(svg)
    return math.ceil(LEAST * float(view[1]) / min(sizes)) if view and sizes else 0


def pan(image: str, width: int) -> str:
    """The image in a box of its own that scrolls, if it needs more than a screen."""
    if width <= SCREEN:
        return image
    # By the theme's name for a box that scrolls, its script makes it a stop of the Tab key.
    box = f'<span class="pan pst-scrollable-table-container" style="--least:{width}px">'
    return f"{box}{image}</span>"


def keep_legible(app, pagename, templatename, context, doctree):
    if app.builder.name != "html" or "<img" not in context.get("body", ""):
        return

    def plot(found):
        svg = base64.b64decode(found["source"]).decode()
        return found["start"] + pan(found["image"], needed(svg))

    def drawing(found):
        source = Path(app.srcdir, "book/figures", found["name"])
        return pan(found[0], needed(source.read_text("utf-8"))) if source.is_file() else found[0]

    context["body"] = DRAWING.sub(drawing, PLOT.sub(plot, context["body"]))


def setup(app):
    # After figures have their dark style and their captions a place, which ask for a bare image.
    app.connect("html-page-context", keep_legible, priority=600)
