"""Takes rows out of a table, whose other lines stay as they are."""

import io
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.course import spreadsheets
from autograder.run.store import write_whole

MARK = "\ufeff"


def _gone(path: Path, ids, column: str, also: Mapping[str, str]) -> list[tuple[int, int]]:
    """The first line and the one after the last of each row to be taken out."""
    rows = spreadsheets.table(path, [], {**also, column: column})
    ends = [row.line for row in rows[1:]] + [10**9]
    return [(row.line, end) for row, end in zip(rows, ends, strict=True) if row[column] in ids]


def rows_in(
    path: Path,
    ids: Collection[str],
    *,
    column: str = "answer",
    also: Mapping[str, str] | None = None,
) -> int:
    """How many rows have one of `ids` in a column; 0 where there is no file."""
    return len(_gone(path, ids, column, also or {})) if path.exists() else 0


def drop_rows(
    path: Path,
    ids: Collection[str],
    *,
    column: str = "answer",
    also: Mapping[str, str] | None = None,
) -> None:
    """Take these rows out; the table is written in UTF-8, with the mark that Excel reads."""
    gone = _gone(path, ids, column, also or {})
    lines = list(io.StringIO(spreadsheets.text_of(path), newline=""))
    kept = [
        line
        for number, line in enumerate(lines, start=1)
        if not any(begin <= number < end for begin, end in gone)
    ]
    write_whole(path, MARK + "".join(kept))
