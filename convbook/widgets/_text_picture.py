"""A picture of text, for widgets that have nothing to draw: print, and pages without JavaScript."""

from __future__ import annotations

import textwrap
from html import escape

#: Letters in a line and pixels from line to line, at a picture width of 640.
LETTERS, LINE = 84, 20


def text_picture(title: str, paragraphs: list[str], *, strong: int = 1) -> str:
    """The paragraphs as SVG, wrapped, the first ``strong`` of them bold; ``title`` describes it."""
    parts, y = [], LINE
    for number, paragraph in enumerate(paragraphs):
        weight = ' font-weight="bold"' if number < strong else ""
        for line in textwrap.wrap(paragraph, LETTERS - (6 if weight else 0)):
            parts.append(f'<text x="12" y="{y + 4}"{weight}>{escape(line)}</text>')
            y += LINE
        y += LINE // 3
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {y}" width="640" role="img" '
        f'font-family="sans-serif" font-size="14" fill="#1c2430"><title>{escape(title)}</title>'
        f'<rect x="1" y="1" width="638" height="{y - 2}" rx="8" fill="#ffffff" stroke="#7d8794"/>'
        f"{''.join(parts)}</svg>"
    )
