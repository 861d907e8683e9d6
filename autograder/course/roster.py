"""Who is in the course and whose due dates differ: ``roster.csv`` and ``extensions.csv``."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from autograder.course import spreadsheets
from autograder.course.spreadsheets import TableError
from autograder.run.ids import folder_of

Roster = Mapping[str, Mapping[str, str]]
Time = TypeVar("Time")

#: What Moodle, Canvas and others call the columns in their lists of participants.
ALSO = {
    "id number": "id",
    "student id": "id",
    "student": "id",
    "sis user id": "id",
    "full name": "name",
    "e-mail": "email",
    "email address": "email",
    "first name": "given",
    "last name": "family",
    "surname": "family",
}


def read(path: Path) -> dict[str, dict[str, str]]:
    """The roster by the students' folders; none where there is no file.

    Each has at least ``id``, ``name`` and ``email``.
    """
    if not path.exists():
        return {}
    found: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    for row in spreadsheets.table(path, ["id"], ALSO):
        about = {"name": f"{row['given']} {row['family']}".strip(), **row.cells}
        if not row["id"]:
            raise TableError(
                f"{path}, line {row.line}: has no id ({about['name'] or 'nor a name'}); give one, "
                "or take the line out"
            )
        student = folder_of(row["id"])
        if student in found:
            raise TableError(
                f"{path}, line {row.line}: {row['id']!r} stands in line {lines[student]} already; "
                "each id belongs to one student: take one of the two out"
            )
        found[student], lines[student] = about, row.line
    return found


def extensions(
    path: Path, assignment: str, known: Roster, time: Callable[[str], Time]
) -> dict[str, Time]:
    """Students' own due dates for an assignment; `time` reads one, or raises a `ValueError`.

    `known` is the roster, if there is one.
    """
    if not path.exists():
        return {}
    found: dict[str, Time] = {}
    for row in spreadsheets.table(path, ["student", "assignment", "due"], {"id": "student"}):
        at, student = f"{path}, line {row.line}", folder_of(row["student"])
        if known and student not in known:
            raise TableError(f"{at}: nobody in roster.csv is {row['student']!r}; mend the id")
        try:
            due = time(row["due"])
        except ValueError:
            raise TableError(
                f"{at}: {row['due']!r} is no date with a time; expected such as 2026-10-02T23:59"
            ) from None
        if row["assignment"] != assignment:
            continue
        if student in found:
            raise TableError(f"{at}: {row['student']!r} has two dates for {assignment}; keep one")
        found[student] = due
    return found


def local_time(text: str) -> datetime:
    """A date with a time as people write it in a table: ISO, with a space or a T between."""
    if not re.search(r"\d[ T]\d", text):
        raise ValueError(text)
    return datetime.fromisoformat(text.strip())
