"""The log of what was marked again: whose, what, when, why and by whom, in ``regrades.csv``.

A row is a changed answer of a student. A regrade that changes no mark has a row of its own, for its
reason: without a student, and with `REGRADE` where others name the question.
"""

import csv
import getpass
import io
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from autograder.run.ids import id_of
from autograder.run.store import write_whole

COLUMNS = ["when", "assignment", "student", "question", "before", "after", "why", "by"]
REGRADE, UNCHANGED = "regrade", "0 marks changed"


def write(
    folder: Path, assignment: str, changes: Iterable[tuple[str, str, str, str]], why: str
) -> None:
    """Add lines to a course's log: student, question, before and after of each change.

    Without a change, one line keeps the reason.
    """
    path, lines = folder / "regrades.csv", io.StringIO()
    writer = csv.writer(lines)
    if path.exists():
        _bring_up_to_date(path)
    else:
        writer.writerow(COLUMNS)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    rows = [(id_of(student), *points) for student, *points in changes]
    rows = rows or [("", REGRADE, "", UNCHANGED)]
    writer.writerows([when, assignment, *row, why, _who()] for row in rows)
    with path.open("a", newline="", encoding="utf-8") as file:
        file.write(lines.getvalue())


def _who() -> str:
    """Whoever runs this: by a hub's name for them, or the machine's; "" where neither is known."""
    with suppress(KeyError, OSError):
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    return ""


def _bring_up_to_date(path: Path) -> None:
    """Give a log of version 0.1.0, which did not say by whom, its last column.

    One that another program has saved in a way of its own stays as it is.
    """
    with suppress(UnicodeDecodeError, csv.Error):
        text = path.read_bytes().decode("utf-8-sig")  # `forget` writes the mark that Excel reads
        rows = list(csv.reader(io.StringIO(text, newline="")))
        if rows[:1] == [COLUMNS[:-1]]:
            lines = io.StringIO()
            csv.writer(lines).writerows([COLUMNS, *([*row, ""] for row in rows[1:])])
            write_whole(path, lines.getvalue())
