"""Marks for where the university keeps them: plain CSV, Moodle, Canvas."""

import csv
from pathlib import Path

from autograder.course import records

KINDS = ("csv", "moodle", "canvas")


def _plain(course, assignment, found):
    maximum = sum(mark.maximum for mark in found[0].marks.values())
    names = list(found[0].marks)
    yield ["student", "name", "handed_in", *names, "points", "penalty", "final", "maximum", "open"]
    for record in found:
        handed_in = course.settings.local(record.timestamp) if record.timestamp else ""
        yield [
            record.student,
            record.name,
            handed_in,
            *(f"{record.marks[name].points:g}" for name in names),
            f"{record.raw:g}",
            f"{record.penalty:g}",
            f"{record.final:g}",
            f"{maximum:g}",
            "yes" if record.waiting else "no",
        ]


def _moodle(course, assignment, found):
    """What Moodle's grade import maps: identifier, mark, feedback comment."""
    roster = course.settings.roster()
    yield ["ID number", "Email address", assignment, "Feedback comments"]
    for record in found:
        email = roster.get(record.student, {}).get("email", "")
        late = f"{record.percent_off:g} % taken off for lateness" if record.percent_off else ""
        yield [record.student, email, f"{record.final:g}", late]


def _canvas(course, assignment, found):
    """What Canvas's gradebook import expects: five fixed columns and the points possible."""
    maximum = sum(mark.maximum for mark in found[0].marks.values())
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    yield ["    Points Possible", "", "", "", "", f"{maximum:g}"]
    roster = course.settings.roster()
    for record in found:
        row = roster.get(record.student, {})
        yield [
            record.name or record.student,
            row.get("canvas_id", ""),
            record.student,
            row.get("email", ""),
            row.get("section", ""),
            f"{record.final:g}",
        ]


def safe(text) -> str:
    """Keep a spreadsheet from taking a student's name for a formula."""
    text = str(text)
    try:
        float(text)
    except ValueError:
        return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return text


def write(course, assignment: str, kind: str, path: Path | None = None) -> Path:
    """Write the marks of an assignment as a table; return its path."""
    records.refresh_penalties(course, assignment)
    found = records.read(course, assignment)
    if not found:
        raise ValueError(f"nobody has a mark in {assignment}; run `grade {assignment}` first")
    rows = {"csv": _plain, "moodle": _moodle, "canvas": _canvas}[kind](course, assignment, found)
    path = path or course.folder / "exports" / f"{assignment}-{kind}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([safe(value) for value in row] for row in rows)
    return path
