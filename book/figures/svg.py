"""A few strokes to draw diagrams with: boxes, grids, arrows and words as SVG, always the same.

Every picture brings its own light ground and dark ink, so that it can be read on a dark page and
on paper alike, and its description for those who cannot see it.
"""

from __future__ import annotations

import math
from html import escape

INK, SOFT, GROUND = "#1a1a1a", "#6b6b6b", "#ffffff"
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
PALE = {BLUE: "#d9ecf7", ORANGE: "#fbe3d3", GREEN: "#d8f1e8", SOFT: "#eeeeee"}
COLUMN, SMALLEST = 688, 12  # pixels: the page's column, and of letters as they are shown in it
FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"


class Picture:
    """An SVG in the making. Lengths are pixels; ``alt`` becomes its description."""

    def __init__(self, width: int, height: int, alt: str):
        self.width, self.height, self.alt = width, height, alt
        self.parts: list[str] = []

    def text(self, x, y, words, size=14, colour=INK, bold=False, anchor="middle") -> None:
        """Write one line of words, or several separated by line breaks, centred on (x, y).

        They are as large as they must be to be read in the page.
        """
        lines = str(words).split("\n")
        size = max(size, math.ceil(SMALLEST * max(1, self.width / COLUMN)))
        top = y - (len(lines) - 1) * size * 0.62
        weight = ' font-weight="bold"' if bold else ""
        for number, line in enumerate(lines):
            self.parts.append(
                f'<text x="{x:g}" y="{top + number * size * 1.24:g}" font-size="{size}" '
                f'fill="{colour}" text-anchor="{anchor}" dominant-baseline="central"{weight}>'
                f"{escape(line)}</text>"
            )

    def box(self, x, y, width, height, words="", colour=BLUE, size=14, radius=6) -> None:
        """A rounded box with its upper left corner at (x, y) and words in the middle."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}" '
            f'fill="{PALE[colour]}" stroke="{colour}" stroke-width="1.5"/>'
        )
        if words:
            self.text(x + width / 2, y + height / 2, words, size)

    def line(self, *points, colour=INK, width=1.5, arrow=False, dashed=False) -> None:
        """A line through the points, with an arrow head at its end if asked for."""
        end = ' marker-end="url(#head)"' if arrow else ""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}"{dash}{end}/>'
        )

    def arrow(self, *points, dashed=False) -> None:
        self.line(*points, arrow=True, dashed=dashed)

    def path(self, d: str, colour=INK, fill="none", width=2) -> None:
        self.parts.append(f'<path d="{d}" fill="{fill}" stroke="{colour}" stroke-width="{width}"/>')

    def circle(self, x, y, radius, colour=INK, fill="none", width=2) -> None:
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{colour}" '
            f'stroke-width="{width}"/>'
        )

    def grid(self, x, y, cells, side=34, marked=(), colour=BLUE, size=15) -> None:
        """A grid of square cells with their contents; ``marked`` lists (row, column) to fill."""
        for row, contents in enumerate(cells):
            for column, content in enumerate(contents):
                fill = PALE[colour] if (row, column) in set(marked) else GROUND
                left, top = x + column * side, y + row * side
                self.parts.append(
                    f'<rect x="{left:g}" y="{top:g}" width="{side}" height="{side}" '
                    f'fill="{fill}" stroke="{SOFT}"/>'
                )
                if content != "":
                    self.text(left + side / 2, top + side / 2, content, size)

    def render(self) -> str:
        """The finished SVG document."""
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" font-family="{FONT}">\n'
            f"<desc>{escape(self.alt)}</desc>\n"
            '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="{INK}"/>'
            "</marker></defs>\n"
            f'<rect width="{self.width}" height="{self.height}" rx="8" fill="{GROUND}"/>\n'
            f"{body}\n</svg>\n"
        )
