"""The log of what was marked again: who, what, when and why, in ``regrades.csv``."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from autograder.run.ids import id_of

COLUMNS = ["when", "assignment", "student", "question", "before", "after", "why"]


def write(
    folder: Path, assignment: str, changes: Iterable[tuple[str, str, str, str]], why: str
) -> None:
    """Add lines to a course's log: student, question, before and after of each change."""
    path, lines = folder / "regrades.csv", io.StringIO()
    writer = csv.writer(lines)
    if not path.exists():
        writer.writerow(COLUMNS)
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    writer.writerows(
        [when, assignment, id_of(student), *points, why] for student, *points in changes
    )
    with path.open("a", newline="", encoding="utf-8") as file:
        file.write(lines.getvalue())
