"""Where a message sends the learner: a section of the book, its widget set to a case to look at.

The case is always a sibling of the question's, never its own numbers, since the widget would
answer it. Addresses are paths inside the book; whoever shows a message knows where that is.
"""

import json
from functools import cache
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]


def look(section: str, widget: str | None = None, **state) -> str:
    """Return the end of a message: where to look, with the widget's traits in the link.

    >>> look("4.4", "OutputSizeCalculator", stride=2)
    'See section 4.4: notebooks/04/04-04-stride-and-padding.html#OutputSizeCalculator?stride=2'
    """
    page = page_of(section)
    if page is None:
        return f"See section {section} of the book."
    return f"See section {section}: {address(page, widget, **state)}"


@cache
def page_of(section: str) -> str | None:
    """Return the source file of a section, or of the chapter section around it, without ending."""
    chapter, _, part = section.partition(".")
    names = [f"{int(chapter):02d}-{int(part):02d}-*"] if part else []
    for name in [*names, f"{int(chapter):02d}-*"]:
        for folder in ("notebooks", "book"):
            found = sorted(
                path
                for path in (ROOT / folder).rglob(name)
                if path.suffix in (".ipynb", ".md") and ".ipynb_checkpoints" not in path.parts
            )
            if found:
                return found[0].relative_to(ROOT).with_suffix("").as_posix()
    return None


def address(page: str, widget: str | None = None, **state) -> str:
    """Return the address of a page, with the first `widget` on it set to `state`."""
    fragment = f"#{widget}" if widget else ""
    if state:
        compact = {key: json.dumps(value, separators=(",", ":")) for key, value in state.items()}
        fragment += "?" + "&".join(f"{key}={quote(value)}" for key, value in compact.items())
    return f"{page}.html{fragment}"
