"""Reads tables as spreadsheet programs save them: any usual encoding, separator and decimal mark.

What can't be read is told in one sentence that names the file, the line, what was read and what
to do. Nothing is passed over in silence but rows in which nothing stands.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.text import printable

SEPARATORS = ",;\t|"
_SHOWN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
MAX_BYTES = 50 * 2**20


class TableError(ValueError):
    """A table can't be read; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Row:
    """One row, and the line of the file in which it begins."""

    line: int
    cells: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """What stands in a column; nothing where the table has no such column."""
        return self.cells.get(column, "")


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or Windows-1252, with or without a byte order mark."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path} can't be read: {os.strerror(error.errno or 0)}") from None
    if len(raw) > MAX_BYTES:
        raise TableError(f"{path} has more than {MAX_BYTES >> 20} MB; expected a table")
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError(f"{path} is a workbook; save it as CSV (in UTF-8) and give that file")
    encodings: tuple[str, ...] = ("utf-8-sig", "cp1252")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    elif b"\0" in raw[:200]:
        encodings = ("utf-16-le" if raw[1:2] == b"\0" else "utf-16-be",)
    for encoding in encodings:
        try:
            return raw.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise TableError(f"{path} is in no known encoding; save it as CSV in UTF-8")


def rows_of(path: Path, width: int) -> list[tuple[int, list[str]]]:
    """The rows of a table without a head, each with its line; rows of nothing are left out.

    The separator is the one that cuts most rows into `width` cells.
    """
    text = text_of(path)
    cut = {each: _cut(path, text, each, strict=False) for each in _separators(text)}
    best = max(cut, key=lambda each: sum(len(row) == width for _, row in cut[each]))
    return _cut(path, text, best)


def table(path: Path, needed: Iterable[str], also: Mapping[str, str] | None = None) -> list[Row]:
    """The rows of a table whose first row names its columns; `needed` ones must be there.

    `also` gives other names of columns (in small letters) and which column that is. Names are
    read in any case.
    """
    text, also, needed = text_of(path), also or {}, list(needed)
    known = {*needed, *also, *also.values()}
    used = max(_separators(text), key=lambda each: len(known & _head(path, text, each)))
    found = _cut(path, text, used)
    if not found:
        return []
    line, head = found[0]
    names = [also.get(name.lower(), name.lower()) for name in head]
    if missing := [name for name in needed if name not in names]:
        raise TableError(
            f"{path}, line {line}: has no column {', '.join(missing)}; it has "
            f"{printable(', '.join(filter(None, head)))} (read as separated by {_SHOWN[used]}); "
            f"name the columns {', '.join(needed)} in the first row"
        )
    rows = []
    for line, cells in found[1:]:
        if any(cells[len(names) :]):
            raise TableError(
                f"{path}, line {line}: has {len(cells)} cells and the first row {len(names)}: "
                f"{printable(', '.join(cells))!r}; put quotation marks around a text with "
                f"{_SHOWN[used]} in it"
            )
        rows.append(
            Row(line, {name: cell for name, cell in zip(names, cells, strict=False) if name})
        )
    return rows


def _separators(text: str) -> list[str]:
    """The separators to try; a first line such as ``sep=;``, as Excel writes it, decides."""
    first = text[:6].lower()
    return [first[4]] if first.startswith("sep=") and first[4:5] in SEPARATORS else [*SEPARATORS]


def _head(path: Path, text: str, separator: str) -> set[str]:
    """The names in the first row that says something, in small letters."""
    rows = _cut(path, text[:5000], separator, strict=False)
    return {name.lower() for name in rows[0][1]} if rows else set()


def _cut(path: Path, text: str, separator: str, strict=True) -> list[tuple[int, list[str]]]:
    """The rows of a text, stripped, with the lines in which they begin."""
    reader = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator, strict=strict
    )
    found: list[tuple[int, list[str]]] = []
    begin = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise TableError(
                f"{path}, line {begin}: a quotation mark isn't closed, or text follows it ({error})"
            ) from None
        if row is None:
            return found
        cells = [printable(cell).strip() for cell in row]
        if any(cells) and not (begin == 1 and cells[0].lower().startswith("sep=")):
            found.append((begin, cells))
        begin = reader.line_num + 1


def number(text: str) -> float | None:
    """A number as people write it, with a point or a comma; None where it is none."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None
