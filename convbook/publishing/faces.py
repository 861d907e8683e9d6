"""The book's own face in its diagrams: an image asks a reader's machine for no font.

A drawing inside an ``<img>`` can't use the fonts of the page around it. Its words would be in
whatever face the reader's system has, beside plots whose letters are outlines of Inter. So each
drawing brings the few letters of Inter that it needs.
"""

import base64
import io
import re
from functools import cache
from html import unescape
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parents[1] / "fonts"
FACES = {400: "inter-regular.ttf", 700: "inter-semibold.ttf"}
WORDS = re.compile(r"<text\b(?P<attributes>[^>]*)>(?P<words>.*?)</text>", re.DOTALL)
BOLD = 'font-weight="bold"'


def with_face(svg: str) -> str:
    """The drawing with a style that brings the letters of its words, where it has any."""
    letters: dict[int, set[str]] = {}
    for found in WORDS.finditer(svg):
        weight = 700 if BOLD in found["attributes"] else 400
        words = unescape(re.sub(r"<[^>]+>", "", found["words"]))
        letters.setdefault(weight, set()).update(words)
    if not letters:
        return svg
    rules = [
        f"@font-face{{font-family:Inter;font-weight:{weight};src:url(data:font/woff;base64,"
        f"{face(weight, ''.join(sorted(used)))})}}"
        for weight, used in sorted(letters.items())
    ]
    rules.append("text{font-family:Inter,system-ui,sans-serif}")
    return re.sub(
        r"(<svg\b[^>]*>)", lambda start: f"{start[1]}<style>{''.join(rules)}</style>", svg, count=1
    )


@cache
def face(weight: int, letters: str) -> str:
    """A font with these letters alone, in base64; letters that Inter lacks are left to another."""
    font = TTFont(FOLDER / FACES[weight])
    options = subset.Options(flavor="woff", layout_features=["kern"])
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    font.flavor = "woff"
    buffer = io.BytesIO()
    font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode()
