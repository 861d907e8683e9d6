"""What the gradebook says, as plain data for the report, the export and the regrade."""

from dataclasses import dataclass, replace
from datetime import datetime

from autograder.notebooks import reading, submission
from autograder.notebooks.cells import read_own


@dataclass(frozen=True)
class Mark:
    """One answer's mark: what the checkers gave, and what a person gave instead."""

    auto: float | None
    manual: float | None
    extra: float
    maximum: float
    waiting: bool

    @property
    def points(self) -> float:
        """The points that count so far."""
        given = self.manual if self.manual is not None else (self.auto or 0)
        return given + self.extra

    @property
    def by_hand(self) -> bool:
        """Whether a person gave these points, or some beside the checker's."""
        return self.manual is not None or bool(self.extra)

    @property
    def is_open(self) -> bool:
        """Whether there are no points yet, because a person has to give them."""
        return self.waiting and self.auto is None and self.manual is None


@dataclass(frozen=True)
class Record:
    """One student's submission; `unread` says why nothing of the notebook could be marked."""

    student: str
    name: str
    marks: dict[str, Mark]
    timestamp: datetime | None
    seconds_late: float
    percent_off: float
    unread: str = ""

    @property
    def raw(self) -> float:
        """The sum of the points, before anything is taken off."""
        return sum(mark.points for mark in self.marks.values())

    @property
    def penalty(self) -> float:
        return self.raw * self.percent_off / 100

    @property
    def final(self) -> float:
        return self.raw - self.penalty

    @property
    def waiting(self) -> bool:
        """Whether a person still has to mark something."""
        return any(mark.waiting for mark in self.marks.values())

    @property
    def unmarked(self) -> bool:
        """Whether nothing has a mark yet: there is no sum, not even one of 0."""
        return bool(self.marks) and all(mark.is_open for mark in self.marks.values())


def _marks(notebook) -> dict[str, Mark]:
    return {
        grade.name: Mark(
            grade.auto_score,
            grade.manual_score,
            grade.extra_credit or 0,
            grade.max_score,
            bool(grade.needs_manual_grade) and grade.max_score > 0,
        )
        for grade in notebook.grades
        if grade.max_score > 0
    }


def read(course, assignment: str) -> list[Record]:
    """Return all records of an assignment, in the order of the students' ids."""
    late = course.settings.late
    with course.gradebook() as gradebook:
        found = sorted(
            (
                Record(
                    student=submission.student.id,
                    name=" ".join(
                        filter(None, (submission.student.first_name, submission.student.last_name))
                    ),
                    marks=_marks(submission.notebooks[0]),
                    timestamp=submission.timestamp,
                    seconds_late=submission.total_seconds_late,
                    percent_off=late.percent(submission.total_seconds_late),
                )
                for submission in gradebook.assignment_submissions(assignment)
                if submission.notebooks
            ),
            key=lambda record: record.student,
        )
    return [
        replace(record, unread=_why_unread(course, assignment, record.student))
        if record.unmarked
        else record
        for record in found
    ]


def unread(course, assignment: str, found: list[Record]) -> dict[str, str]:
    """Why notebooks could not be read, by student; also of those that are marked in part by hand.

    `Record.unread` is about notebooks without any mark only.
    """
    judged = course.questions(assignment)
    reasons = {
        record.student: record.unread or _why_unread(course, assignment, record.student)
        for record in found
        if any(name in judged and mark.is_open for name, mark in record.marks.items())
    }
    return {student: why for student, why in reasons.items() if why}


def changed_since(course, assignment: str) -> list[str]:
    """The students who have handed in something else than what was marked."""
    released = read_own(course.released(assignment))
    store = course.store(assignment)
    found = []
    for student, folder in course.submissions(assignment).items():
        path, marked = (
            reading.notebook_in(folder, assignment),
            course.autograded(assignment, student),
        )
        if path is None or not marked.exists():
            continue
        # A file that came before the marking has been marked; of others, the content decides.
        if path.stat().st_ctime <= marked.stat().st_mtime:
            continue
        before = store.notebook(student)
        given = course.given_to(student, assignment, released)
        now = reading.rebuild(released, submission.read(path), given)
        if before is not None and _sources(before) != _sources(now):
            found.append(student)
    return found


def _sources(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells]


def _why_unread(course, assignment: str, student: str) -> str:
    """Why a student's notebook could not be read when it was marked; "" where it could."""
    notebook = course.store(assignment).notebook(student)
    return reading.why_unread(notebook) if notebook is not None else ""
