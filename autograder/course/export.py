"""Marks for where the university keeps them: plain CSV, Moodle, Canvas."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from autograder.course import absent, lateness, records
from autograder.course.text import printable
from autograder.handin.forms import counted
from autograder.run.ids import id_of

KINDS = ("csv", "moodle", "canvas")
OPEN = "not all of it has been marked yet"
UNREAD = "the notebook could not be read: hand it in again"


def _maximum(found: list[records.Record]) -> float:
    return sum(mark.maximum for mark in found[0].marks.values())


def _plain(course, assignment, found, missing):
    maximum = f"{_maximum(found):g}"
    names = list(found[0].marks)
    sums = ["points", "penalty", "final"]
    yield ["student", "name", "handed_in", *names, *sums, "maximum", "open", "note"]
    for record in found:
        handed_in = course.settings.local(record.timestamp) if record.timestamp else ""
        points = (record.raw, record.penalty, record.final)
        yield [
            id_of(record.student),
            record.name,
            handed_in,
            *("" if m.is_open else f"{m.points:g}" for m in (record.marks[n] for n in names)),
            *("" if record.unmarked else f"{each:g}" for each in points),
            maximum,
            "yes" if record.waiting else "no",
            _note(course, record),
        ]
    for one in missing:
        nothing = [""] * (len(names) + len(sums) + 1)
        yield [id_of(one.student), one.name, *nothing, maximum, "no", one.note]


def _note(course, record) -> str:
    """What is to be known of a mark: how late it was, what that took off, and what is open."""
    late = ""
    if record.percent_off:
        time = lateness.told(course.settings.late, record.seconds_late)
        late = f"{time} late: {record.percent_off:g} % taken off for lateness"
    told = UNREAD if record.unread else OPEN if record.waiting else ""
    return "; ".join(filter(None, [late, told]))


def _moodle(course, assignment, found, missing):
    """What Moodle's grade import maps: identifier, mark, feedback comment."""
    roster = course.settings.roster()
    yield ["ID number", "Email address", assignment, "Feedback comments"]
    rows = [(record.student, _final(record), _note(course, record)) for record in found]
    for student, final, note in [*rows, *((one.student, "", one.note) for one in missing)]:
        yield [id_of(student), roster.get(student, {}).get("email", ""), final, note]


def _canvas(course, assignment, found, missing):
    """What Canvas's gradebook import expects: five fixed columns and the points possible."""
    maximum = _maximum(found)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    yield ["    Points Possible", "", "", "", "", f"{maximum:g}"]
    roster = course.settings.roster()
    rows = [(record.student, record.name, _final(record)) for record in found]
    for student, name, final in [*rows, *((one.student, one.name, "") for one in missing)]:
        row = roster.get(student, {})
        yield [
            name or id_of(student),
            row.get("canvas_id", ""),
            id_of(student),
            row.get("email", ""),
            row.get("section", ""),
            final,
        ]


def _final(record) -> str:
    """The mark that goes out; nothing where nothing has been marked yet."""
    return "" if record.unmarked else f"{record.final:g}"


def safe(text) -> str:
    """Keep a spreadsheet from taking a student's name for a formula."""
    text = str(text)
    try:
        float(text)
    except ValueError:
        return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return text


def write_table(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    """Write a table as a spreadsheet program opens it; its folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Excel takes a file without this mark for one in the language's old encoding.
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)


def write(course, assignment: str, kind: str, path: Path | None = None) -> Path:
    """Write the marks of an assignment as a table; return its path."""
    return write_and_warn(course, assignment, kind, path)[0]


def write_and_warn(
    course, assignment: str, kind: str, path: Path | None = None
) -> tuple[Path, list[str]]:
    """Write the marks; return the table's path, and what is not in it yet."""
    moved = lateness.changes(course, assignment)
    lateness.refresh(course, assignment)
    found = records.read(course, assignment)
    if not found:
        raise ValueError(f"nobody has a mark in {assignment}; run `grade {assignment}` first")
    missing = absent.without_mark(course, assignment, {record.student for record in found})
    rows = {"csv": _plain, "moodle": _moodle, "canvas": _canvas}[kind](
        course, assignment, found, missing
    )
    path = path or course.folder / "exports" / f"{assignment}-{kind}.csv"
    write_table(path, ([safe(value) for value in row] for row in rows))
    told = [*map(str, moved), *_warnings(course, assignment, found, missing)]
    if kind != "csv":
        points = counted(_maximum(found), "point")
        told.append(f"Marks are out of {points}: the platform's maximum for it has to be that.")
    return path, told


def _warnings(
    course, assignment: str, found: list[records.Record], missing: list[absent.Absent]
) -> list[str]:
    """What an instructor has to know before these marks go out."""
    told = []
    unread = [id_of(record.student) for record in found if record.unread]
    unmarked = [id_of(record.student) for record in found if record.unmarked and not record.unread]
    partly = [id_of(record.student) for record in found if record.waiting and not record.unmarked]
    marked = {record.student for record in found} | {one.student for one in missing}
    left = [id_of(student) for student in course.submissions(assignment) if student not in marked]
    if partly:
        told.append(
            f"{_students(partly)} answers that a person still has to mark; the sums are without "
            "them. Mark them in Formgrader and export again."
        )
    if unread:
        told.append(
            f"{_students(unread)} handed in what could not be read, and an empty cell here. Ask "
            "for it again."
        )
    if unmarked:
        told.append(f"{_students(unmarked)} no mark at all, and an empty cell.")
    if anew := list(map(id_of, records.changed_since(course, assignment))):
        told.append(f"{_students(anew)} handed in anew since; run `grade {assignment}`.")
    if left:
        told.append(f"{_students(left)} handed in and not been marked; run `grade {assignment}`.")
    return [printable(text) for text in [*told, *_absences(missing)]]


def _absences(missing: list[absent.Absent]) -> list[str]:
    """Who of the roster has no mark because there is nothing to mark."""
    told = [
        f"{id_of(one.student)} has handed in nothing usable ({one.why}), and an empty cell here. "
        "Ask for the notebook."
        for one in missing
        if one.sent
    ]
    if silent := [id_of(one.student) for one in missing if not one.sent]:
        told.append(f"{_students(silent)} handed in nothing, and an empty cell here.")
    return told


def _students(names: list[str]) -> str:
    shown = ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
    return f"{shown} has" if len(names) == 1 else f"{len(names)} students ({shown}) have"
