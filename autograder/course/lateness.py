"""Brings dates and what lateness costs up to date in the gradebook, for what is marked already.

A due date, an extension or a rule may change after a class was marked, and a time may be told
later. `changes` says whose deduction that moves, to be seen before `refresh` does it.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autograder.course.settings import Late, Settings
from autograder.handin.forms import counted
from autograder.notebooks.gradebook import deduction, transaction
from autograder.notebooks.nbgrader_parts import Gradebook, MissingEntry, SubmittedAssignment
from autograder.run.ids import id_of
from autograder.run.store import write_whole

FILE = "lateness"


@dataclass(frozen=True)
class Change:
    """A student's deduction for lateness, in percent, as it is recorded and as it would be."""

    student: str
    before: float
    after: float

    def __str__(self) -> str:
        who = id_of(self.student)
        return f"{who}: {self.before:g} % → {self.after:g} % taken off for lateness"


@dataclass(frozen=True)
class _Due:
    """What the settings say of one submission."""

    submission: SubmittedAssignment
    handed_in: datetime | None
    extension: timedelta | None
    percent: float


def told(late: Late, seconds_late: float) -> str:
    """How late something was, and as how many begun days that counts; "" where it was not.

    A begun minute is a whole one, so that the time never looks shorter than what it cost.

    >>> told(Late(percent_per_day=10), 21 * 60), told(Late(percent_per_day=10), 25 * 3600)
    ('21 min (1 day begun)', '25 h (2 days begun)')
    """
    if seconds_late <= 0:
        return ""
    hours, minutes = divmod(math.ceil(seconds_late / 60), 60)
    days, hours = divmod(hours, 24) if hours >= 48 else (0, hours)
    parts = [counted(days, "day")] if days else []
    parts += [f"{hours} h"] if hours else []
    time = " ".join([*parts, *([f"{minutes} min"] if minutes else [])])
    if not late.percent_per_day:
        return time
    begun = late.days(seconds_late)
    return f"{time} ({counted(begun, 'day')} begun)" if begun else f"{time} (within the grace)"


def in_full(settings: Settings, due: datetime | None, seconds_late: float) -> str:
    """What a student is told of a deduction: how late, the due time and the rule; "" for none.

    `due` is the student's own, in UTC.
    """
    late = settings.late
    percent = late.percent(seconds_late)
    if due is None or not percent:
        return ""
    most = f", at most {late.at_most_percent:g} %" if late.at_most_percent < 100 else ""
    grace = counted(late.grace_minutes, "minute")
    free = f"; nothing where it is no more than {grace}" if late.grace_minutes else ""
    return (
        f"You handed in {told(late, seconds_late)} after your due time, {settings.local(due)}. "
        f"Each day begun takes {late.percent_per_day:g} % off the points{most}{free}. "
        f"Here it is {percent:g} %."
    )


def changes(course, assignment: str) -> list[Change]:
    """Whose deduction the settings would change now, compared with what is recorded."""
    found, recorded = [], _recorded(course, assignment)
    with course.gradebook() as gradebook:
        for each in _dues(course, gradebook, assignment):
            before = recorded.get(each.submission.student.id, each.percent)
            if abs(before - each.percent) > 0.01:
                found.append(Change(each.submission.student.id, before, each.percent))
    return sorted(found, key=lambda change: change.student)


def refresh(course, assignment: str) -> None:
    """Write dates, extensions, times and deductions as they are now."""
    percents = {}
    with transaction(course) as gradebook:
        for each in list(_dues(course, gradebook, assignment)):
            each.submission.extension = each.extension
            if each.handed_in is not None:
                each.submission.timestamp = each.handed_in
            for notebook in each.submission.notebooks:
                notebook.late_submission_penalty = deduction(notebook.score, each.percent) or None
            percents[each.submission.student.id] = each.percent
        due = course.settings.due_utc(assignment)
        if (known := _known(gradebook, assignment)) is not None:
            known.duedate = due
    write_whole(_file(course, assignment), json.dumps(percents))


def _file(course, assignment: str) -> Path:
    return course.store(assignment).folder / FILE


def _recorded(course, assignment: str) -> dict[str, float]:
    """What was taken off when the gradebook was last brought up to date, in percent."""
    path = _file(course, assignment)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _known(gradebook: Gradebook, assignment: str):
    try:
        return gradebook.find_assignment(assignment)
    except MissingEntry:
        return None


def _dues(course, gradebook: Gradebook, assignment: str) -> Iterator[_Due]:
    if _known(gradebook, assignment) is None:
        return
    due = course.settings.due_utc(assignment)
    extensions = course.settings.extensions(assignment)
    folders = course.submissions(assignment)
    for submission in gradebook.assignment_submissions(assignment):
        student = submission.student.id
        own = extensions.get(student, due)
        try:
            handed_in = course.handed_in(folders[student]) if student in folders else None
        except RuntimeError:  # its time can't be read: `grade` says so
            handed_in = None
        at = handed_in or submission.timestamp
        late = (at - own).total_seconds() if at is not None and own is not None else 0
        extension = own - due if own is not None and due is not None and own != due else None
        yield _Due(submission, handed_in, extension, course.settings.late.percent(max(0, late)))
