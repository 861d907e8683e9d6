"""Figures are files beside the page: its text arrives first, and a photograph travels as a JPEG.

In a notebook a figure is one drawing with everything in it, so that it can be sent on. In the book
that would make a page with photographs ten times as heavy, all of it in front of the words below.
"""

import base64
import hashlib
import io
import re
from pathlib import Path

from PIL import Image

LEAST = 10_000  # characters of a drawing that is worth a file of its own
QUALITY = 80
WORTH = 0.7  # a JPEG has to be that much smaller than the exact image
LATER = 'loading="lazy" fetchpriority="low" decoding="async"'  # words come first
FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)
DRAWING = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')
EXACT = re.compile(r'"data:image/png;base64,([^"]+)"')
NAME = re.compile(r"plot-[0-9a-f]{16}\.svg")
# A drawing that has become a file, or what a page shows of a widget until that is alive.
IMAGE = re.compile(rf"<figure><img|<img(?=[^>]*{NAME.pattern})")


def lighter(svg: str) -> str:
    """The drawing with its photographs as JPEGs; images that an exact file suits better stay."""
    return EXACT.sub(lambda found: f'"data:image/{_smallest(found[1])}"', svg)


def _smallest(source: str) -> str:
    exact = base64.b64decode(source)
    image = Image.open(io.BytesIO(exact))
    if image.convert("RGBA").getchannel("A").getextrema() == (255, 255):
        opaque = image.convert("RGB")
        buffer = io.BytesIO()
        opaque.save(buffer, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
        if buffer.tell() < WORTH * len(exact):
            return f"jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    return f"png;base64,{''.join(source.split())}"


def move_out(app, pagename, templatename, context, doctree):
    """Write the page's drawings to ``_images``, named by their content, and refer to them there."""
    if app.builder.name != "html" or "body" not in context:
        return
    folder = Path(app.outdir, app.builder.imagedir)
    folder.mkdir(exist_ok=True)

    def moved(found):
        if len(found[1]) < LEAST:
            return found[0]
        svg = lighter(base64.b64decode(found[1]).decode())
        name = f"plot-{hashlib.sha256(svg.encode()).hexdigest()[:16]}.svg"
        (folder / name).write_text(svg, "utf-8")
        address = context["pathto"](f"{app.builder.imagedir}/{name}", resource=True)
        return f'src="{address}"'

    body = DRAWING.sub(moved, context["body"])
    # The first figure stands beside the first words.
    first = FIGURE.search(body)
    until = first.end() if first else 0
    context["body"] = body[:until] + IMAGE.sub(rf"\g<0> {LATER}", body[until:])


def clear_away(app, exception):
    """Drawings of earlier builds, which no page shows any more."""
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir)
    shown = set()
    for page in app.env.found_docs:
        path = Path(app.builder.get_outfilename(page))
        if path.is_file():
            shown |= set(NAME.findall(path.read_text("utf-8")))
    for path in (site / app.builder.imagedir).glob("plot-*.svg"):
        if path.name not in shown:
            path.unlink()


def setup(app):
    # After all who read or change a drawing where it stands in the page.
    app.connect("html-page-context", move_out, priority=700)
    app.connect("build-finished", clear_away)
