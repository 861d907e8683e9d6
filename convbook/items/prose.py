"""The little markup of the bank's texts: ``*emphasis*`` and code between backticks."""

from __future__ import annotations

import re
from html import escape

_MARKS = re.compile(r"\*([^*\s][^*]*)\*|`([^`]+)`")


def plain(text: str) -> str:
    """The text without its marks."""
    return _MARKS.sub(lambda match: match[1] or match[2], text)


def marked(text: str) -> str:
    """The text as HTML."""
    return _MARKS.sub(
        lambda match: f"<em>{match[1]}</em>" if match[1] else f"<code>{match[2]}</code>",
        escape(text),
    )
