"""Above a page's title: the book's sections as a row of cells, and the window over this page's.

It is the book's own sign, the sliding window, and says how far a reader has come.
"""

import re

SECTIONS = 24
CELL, GAP, WINDOW = 9, 3, 3  # pixels, pixels, cells
OF_SECTION = re.compile(r"(?:^|/)(\d\d)-[^/]*$")


def section_of(pagename: str) -> int | None:
    """The number of the section that a page belongs to; None for those beside the chapter."""
    found = OF_SECTION.search(pagename)
    return int(found[1]) if found else None


def drawing(section: int) -> str:
    """A row of cells, up to this section filled, with the window around it, as SVG."""
    step = CELL + GAP
    cells = "".join(
        f'<rect class="{"read" if number <= section else "open"}" x="{2 + (number - 1) * step}" '
        f'y="4" width="{CELL}" height="{CELL}" rx="1.5"/>'
        for number in range(1, SECTIONS + 1)
    )
    first = min(max(section - WINDOW // 2, 1), SECTIONS - WINDOW + 1)
    frame = (
        f'<rect class="window" x="{2 + (first - 1) * step - GAP / 2}" y="{4 - GAP / 2}" '
        f'width="{WINDOW * step}" height="{CELL + GAP}" rx="2.5"/>'
    )
    return (
        f'<svg viewBox="0 0 {SECTIONS * step + 1} 17" width="{SECTIONS * step + 1}" height="17" '
        f'aria-hidden="true">{cells}{frame}</svg>'
    )


def add_strip(app, pagename, templatename, context, doctree):
    section = section_of(pagename)
    if doctree is not None and section and "body" in context:
        place = (
            f'<div class="book-place">{drawing(section)}'
            f"<span>Section {section} of {SECTIONS}</span></div>\n"
        )
        context["body"] = context["body"].replace("<h1", f"{place}<h1", 1)


def setup(app):
    app.connect("html-page-context", add_strip)
