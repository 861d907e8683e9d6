"""Where a message sends the learner: a section of the book, its widget set to a case to look at.

The case is always a sibling of the question's, never its own numbers, since the widget would
answer it. Addresses are paths inside the book; whoever shows a message knows where that is.
"""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]


def section_link(section: str, widget: str | None = None, **state) -> str:
    """Return the end of a message: where to look, with the widget's traits in the link.

    If the widget stands on another page than the section's, that page is named instead; if the
    book doesn't show it anywhere, the section alone is.

    >>> section_link("4.4", "OutputSizeCalculator", stride=2)
    'See section 4.4: notebooks/04/04-04-stride-and-padding.html#OutputSizeCalculator?stride=2'
    """
    page = page_of(section)
    if widget and not _shows(page, widget):
        page = page_with(widget) or page
    if page is None:
        return f"See section {section} of the book."
    if widget and _shows(page, widget):
        return f"See section {section_of(page)}: {address(page, widget, **state)}"
    return f"See section {section}: {address(page)}"


def section_of(page: str) -> str:
    """Return the number of a page's section, which its file name begins with."""
    numbers = re.match(r"(\d+)(?:-(\d+))?-", Path(page).name)
    return ".".join(str(int(number)) for number in numbers.groups() if number)


@cache
def _shows(page: str | None, widget: str) -> bool:
    file = ROOT / f"{page}.ipynb"
    return page is not None and file.exists() and f"{widget}(" in file.read_text(encoding="utf8")


@cache
def page_with(widget: str) -> str | None:
    """Return the first page that shows a widget, without its ending."""
    for path in sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb")):
        page = path.relative_to(ROOT).with_suffix("").as_posix()
        if ".ipynb_checkpoints" not in path.parts and _shows(page, widget):
            return page
    return None


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
