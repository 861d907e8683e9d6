"""Tables that a telephone can show.

Columns of numbers are marked, so that they line up and don't break; "1.26 / 0.67" may stand on two
lines. A wide table of words becomes a list of its rows there, each cell under the name of its
column, which a style sheet can do once the cells carry that name. What is no table any more to the
eye must be told to a screen reader by roles.
"""

import re
from html import escape, unescape

TABLE = re.compile(r'<table class="table">(?P<rows>(?:(?!</table>).)*)</table>', re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(?:(?!</tr>).)*</tr>", re.DOTALL)
CELL = re.compile(
    r"<(?P<tag>t[dh])(?P<rest>[^>]*)>(?P<inside>(?:(?!</t[dh]>).)*)</t[dh]>", re.DOTALL
)
TAG = re.compile(r"<[^>]+>")
NUMBER = r"(?:[−–+-]?[\d.,]*\d(?: ?[%×]| [kMG]?B)?|–)"
NUMERIC = re.compile(rf"{NUMBER}(?: / {NUMBER})?")
ENOUGH = 2 / 3  # of a column's cells are numbers: the others say why there is none
WIDE = 4  # columns of words that a telephone has no room for
WORDS = 12  # characters of a cell, in the mean, that is no number


def text(markup: str) -> str:
    return unescape(TAG.sub("", markup)).strip()


def restyled(found: re.Match) -> str:
    rows = [
        [text(cell["inside"]) for cell in CELL.finditer(row)] for row in ROW.findall(found["rows"])
    ]
    if len({len(row) for row in rows}) != 1 or len(rows) < 2:
        return found[0]
    head, *body = rows
    numeric = [False] + [mostly_numbers(column) for column in list(zip(*body, strict=True))[1:]]
    words = [cell for row in body for cell, number in zip(row, numeric, strict=True) if not number]
    stacked = (
        "<thead>" in found["rows"]
        and len(head) >= WIDE
        and sum(map(len, words)) > WORDS * len(words)
        and not all(numeric[1:])
    )

    def row(line: re.Match) -> str:
        columns = iter(zip(head, numeric, strict=True))
        opened = '<tr role="row"' if stacked else "<tr"
        return CELL.sub(lambda cell: restyled_cell(cell, *next(columns), stacked), line[0]).replace(
            "<tr", opened, 1
        )

    inside = ROW.sub(row, found["rows"])
    if not stacked:
        return f'<table class="table">{inside}</table>'
    for part in ("thead", "tbody"):
        inside = inside.replace(f"<{part}>", f'<{part} role="rowgroup">')
    return f'<table class="table stacked" role="table">{inside}</table>'


def restyled_cell(cell: re.Match, name: str, number: bool, stacked: bool) -> str:
    tag, rest, inside = cell["tag"], cell["rest"], cell["inside"]
    if number:
        inside = re.sub(r" (/ [^<]+)", r' <span class="below">\1</span>', inside)
        rest = (
            rest.replace('class="', 'class="number ')
            if "class=" in rest
            else f'{rest} class="number"'
        )
    if stacked:
        role = "columnheader" if tag == "th" else "cell"
        rest += f' role="{role}"' + (f' data-label="{escape(name)}"' if tag == "td" else "")
    return f"<{tag}{rest}>{inside}</{tag}>"


def mostly_numbers(column) -> bool:
    found = [NUMERIC.fullmatch(cell) is not None for cell in column]
    return sum(found) >= ENOUGH * len(found) and any(re.search(r"\d", cell) for cell in column)


def restyle_tables(app, pagename, templatename, context, doctree):
    if "<table" in context.get("body", ""):
        context["body"] = TABLE.sub(restyled, context["body"])


def setup(app):
    app.connect("html-page-context", restyle_tables)
