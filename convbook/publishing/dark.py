"""Figures for a dark page: the same drawing on the page's own ground, in inks that show there.

Each drawing gets a style of its own for that. Inside an image a browser answers with the colour
scheme of the page around it, so the reader's choice between light and dark decides, also where the
system's is another. Photographs and maps of colour in a drawing stay, and so do words on them.
Signed values get the widgets' scale for the dark, where zero is about as dark as the page.
"""

import base64
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

from convbook.colours import colour_map
from convbook.publishing.faces import with_face

GROUND, INK = "#16181d", "#dfe3ea"  # as in book.css
ROUNDED = 1  # of 255, by which Matplotlib's bytes may differ from a scale's
# What drawings use on a light ground -> the same on a dark one.
DARK = {
    "#ffffff": GROUND,
    "#000000": INK,
    "#1a1a1a": INK,
    "#333333": "#c3c9d3",
    "#555555": "#aeb6c2",
    "#6b6b6b": "#9aa3b1",
    "#cccccc": "#454c58",
    "#eeeeee": "#262a32",
    "#e8ecf2": "#262a32",
    "#f2f2f2": "#262a32",
    "#d9ecf7": "#173246",
    "#dfe8f5": "#173246",
    "#cfe3f1": "#1d4059",
    "#fbe3d3": "#45291a",
    "#f7dcc4": "#45291a",
    "#f0a860": "#8a4b12",
    "#d8f1e8": "#16372c",
    "#0072b2": "#4ba6dd",
    "#d55e00": "#f0883e",
    "#009e73": "#2fbf93",
}
MARK = "prefers-color-scheme"
FIGURE = re.compile(r'<figure class="cb-figure.*?</figure>', re.DOTALL)
DRAWING = re.compile(r"(?<=data:image/svg\+xml;base64,)[^\"]+")
AXES = re.compile(r'<g id="axes_\d+">.*?(?=<g id="axes_\d+">|\Z)', re.DOTALL)
SHAPE = re.compile(r'<path d="(M [^"]*?)"[^>]*style="fill: (#[0-9a-f]{6})')
FILL = re.compile(r"fill: (#[0-9a-f]{6})")
IMAGE = re.compile(r'<image\b[^>]*?"data:image/png;base64,\s*([^"]+)"[^>]*/>')
CLASS = 'class="in-light" '
WORDS = re.compile(
    r'<g id="text_\d+">(?=\s*(?:<!--.*?-->\s*)?<g transform="translate\(([\d.-]+) ([\d.-]+)\))'
)


def plotted(svg: str) -> str:
    """A drawing by Matplotlib, whose colours stand in ``style`` attributes, with its dark style."""
    svg = IMAGE.sub(with_twin, svg)
    rules = [f"svg{{fill:{INK}}}", ".on-light{fill:#000}"]
    rules.append(".in-light{display:none}.in-dark{display:inline}")
    shades = {c: d for c in set(FILL.findall(svg)) - set(DARK) if (d := signed_twin(c))}
    for light, dark in {**DARK, **shades}.items():
        # A letter in white was chosen for the shape that it stands on.
        shape = "path" if light == "#ffffff" else ""
        rules.append(f'{shape}[style*="fill: {light}"]{{fill:{dark}!important}}')
        rules.append(f'[style*="stroke: {light}"]{{stroke:{dark}!important}}')
    return with_style(AXES.sub(keep_words_on_light, svg), rules, ".in-dark{display:none}")


def twins(colours: np.ndarray) -> np.ndarray | None:
    """Colours (N, 3) of the scale of signed values as they are on a dark page; None for others."""
    light = colour_map("diverging").astype(int)
    distance = abs(colours.astype(int)[:, None] - light).max(axis=2)
    if distance.min(axis=1).max() > ROUNDED:
        return None
    return colour_map("diverging-dark")[distance.argmin(axis=1)]


def signed_twin(colour: str) -> str | None:
    found = twins(np.array([list(bytes.fromhex(colour[1:]))]))
    return None if found is None else "#" + bytes(found[0]).hex()


def with_twin(image: re.Match) -> str:
    """An image of signed values beside the same one for a dark page; any other as it is."""
    pixels = np.array(Image.open(io.BytesIO(base64.b64decode(image[1]))).convert("RGBA"))
    shown = pixels[..., 3] > 0
    seen, place = np.unique(pixels[shown][:, :3], axis=0, return_inverse=True)
    found = twins(seen) if 0 < len(seen) <= 256 else None
    if found is None:
        return image[0]
    pixels[shown, :3] = found[place.ravel()]
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    dark = base64.b64encode(buffer.getvalue()).decode()
    light = image[0].replace("<image ", f"<image {CLASS}", 1)
    other = re.sub(r' id="[^"]*"', "", image[0].replace(image[1], dark))
    return light + other.replace("<image ", '<image class="in-dark" ', 1)


def keep_words_on_light(axes: re.Match) -> str:
    """Words stay as dark as they are on an image, and on a shape whose light colour stays."""
    shapes = SHAPE.findall(axes[0])
    kept = [(path, colour) for path, colour in shapes if colour not in DARK and is_light(colour)]
    boxes = [box(path) for path, colour in kept if not signed_twin(colour)]
    if "<image" in axes[0] and CLASS not in axes[0] and shapes:
        boxes.append(box(shapes[0][0]))  # the frame of the axes

    def marked(words: re.Match) -> str:
        x, y = float(words[1]), float(words[2])
        inside = any(left <= x <= right and top <= y <= low for left, right, top, low in boxes)
        return words[0].replace("<g ", '<g class="on-light" ', 1) if inside else words[0]

    return WORDS.sub(marked, axes[0])


def box(path: str) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a path of absolute coordinates."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    return min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])


def is_light(colour: str) -> bool:
    return sum(bytes.fromhex(colour[1:])) > 384


def drawn(svg: str) -> str:
    """One of the book's own diagrams, whose colours stand in attributes, with its dark style."""
    rules = [
        f'[{what}="{light}"],[{what}="{light.upper()}"]{{{what}:{dark}}}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    ]
    return with_style(svg, rules)


def with_style(svg: str, rules: list[str], always: str = "") -> str:
    style = f"<style>{always}@media ({MARK}:dark){{{''.join(rules)}}}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda start: start[1] + style, svg, count=1)


def restyle_plots(app, pagename, templatename, context, doctree):
    if app.builder.name == "html" and "cb-figure" in context.get("body", ""):
        context["body"] = FIGURE.sub(
            lambda figure: DRAWING.sub(lambda found: recoded(found[0]), figure[0]), context["body"]
        )


def recoded(source: str) -> str:
    return base64.b64encode(plotted(base64.b64decode(source).decode()).encode()).decode()


def restyle_drawings(app, exception):
    if exception or app.builder.name != "html":
        return
    for source, (_, name) in app.env.images.items():
        path = Path(app.outdir, app.builder.imagedir, name)
        if source.startswith("book/figures/") and path.suffix == ".svg" and path.exists():
            svg = path.read_text("utf-8")
            if MARK not in svg:
                path.write_text(with_face(drawn(svg)), "utf-8")


def setup(app):
    app.connect("html-page-context", restyle_plots)
    app.connect("build-finished", restyle_drawings)
