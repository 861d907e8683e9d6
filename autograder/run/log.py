"""The log of what was marked again: who, what, when and why, in ``regrades.csv``.

A row is a changed answer of a student. A regrade that changes no mark has a row of its own, for its
reason: without a student, and with `REGRADE` where others name the question.
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from autograder.run.ids import id_of

COLUMNS = ["when", "assignment", "student", "question", "before", "after", "why"]
REGRADE, UNCHANGED = "regrade", "0 marks changed"


def write(
    folder: Path, assignment: str, changes: Iterable[tuple[str, str, str, str]], why: str
) -> None:
    """Add lines to a course's log: student, question, before and after of each change.

    Without a change, one line keeps the reason.
    """
    path, lines = folder / "regrades.csv", io.StringIO()
    writer = csv.writer(lines)
    if not path.exists():
        writer.writerow(COLUMNS)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    rows = [(id_of(student), *points) for student, *points in changes]
    rows = rows or [("", REGRADE, "", UNCHANGED)]
    writer.writerows([when, assignment, *row, why] for row in rows)
    with path.open("a", newline="", encoding="utf-8") as file:
        file.write(lines.getvalue())
