"""What the gradebook says, as plain data for the report, the export and the regrade."""

from dataclasses import dataclass
from datetime import datetime


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
    def is_open(self) -> bool:
        """Whether there are no points yet, because a person has to give them."""
        return self.waiting and self.auto is None and self.manual is None


@dataclass(frozen=True)
class Record:
    """One student's submission."""

    student: str
    name: str
    marks: dict[str, Mark]
    timestamp: datetime | None
    seconds_late: float
    percent_off: float

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
        return sorted(
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
