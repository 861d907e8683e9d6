"""Writes scores into nbgrader's gradebook, many submissions in one transaction.

`nbgrader autograde` opens the gradebook ten times for every submission and commits after every
cell. This leaves the same rows and the same files behind with one connection and one commit for a
batch; a test compares the two. Either a whole batch is in the gradebook or nothing of it.
"""

import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.preprocessors import LimitOutput, OverwriteCells
from sqlalchemy.orm import selectinload

from autograder.marking import catalogue
from autograder.marking.question import reword
from autograder.notebooks import plugins, reading
from autograder.run import pipeline, scoring

BATCH = 16
NO_RESPONSE = "No response."  # nbgrader's own words


class RecordingError(RuntimeError):
    """One submission can't be recorded; the message says why."""


@dataclass(frozen=True)
class Entry:
    """All that is recorded of one submission, worked out before the gradebook is touched."""

    student: str
    timestamp: object
    scores: dict[str, float | None]
    comments: dict[str, str | None]
    settled: dict[str, str]


class Recorder:
    """Writes the submissions of one assignment; use it as a context manager."""

    def __init__(self, course, assignment: str):
        self.course, self.assignment = course, assignment
        self.store = course.store(assignment)
        self.roster = course.settings.roster()
        self.due = course.settings.due_utc(assignment)
        self.extensions = course.settings.extensions(assignment)
        self.limit = LimitOutput(config=course.config)

    def __enter__(self):
        self.gradebook = self.course.gradebook()
        self.cells = self._cells()
        self.model = self._model()
        return self

    def __exit__(self, *_):
        self.gradebook.close()

    def _cells(self) -> list[tuple[str, str, float, type]]:
        """Id, name, points and kind of every cell that the gradebook knows."""
        self.notebook_id = self.gradebook.find_notebook(self.assignment, self.assignment).id
        found = self.gradebook.db.query(BaseCell).filter(BaseCell.notebook_id == self.notebook_id)
        return [(c.id, c.name, getattr(c, "max_score", 0) or 0, type(c)) for c in found]

    def _model(self):
        """The notebook that was handed out with what nbgrader brings back into locked cells."""
        released = scoring.read_released(self.course.released(self.assignment))
        about = {"notebook": self.assignment, "assignment": self.assignment}
        about["db_url"] = self.course.coursedir.db_url
        # It tells of every mark scheme that it brings back.
        overwrite = OverwriteCells(config=self.course.config, log=_silent())
        return overwrite.preprocess(released, {"nbgrader": about})[0]

    # -- one submission ----------------------------------------------------------------------------

    def prepare(self, outcome: pipeline.Outcome) -> Entry:
        """Write a submission's marked notebook; return what belongs into the gradebook."""
        student = outcome.student
        if student in self.extensions and self.due is None:
            raise RecordingError(
                f"extensions.csv has a date for {student}; course.toml has none for "
                f"{self.assignment}"
            )
        folder = Path(self.course.coursedir.submitted_directory, student, self.assignment)
        notebooks = [str(path) for path in folder.glob("*.ipynb")]
        plugins.settle(self.assignment, student, notebooks or [str(folder / "none.ipynb")])
        submission = reading.read(folder / f"{self.assignment}.ipynb")
        notebook = reading.rebuild(self.model, submission)
        whose = self.course.settings.whose(student)
        key = scoring.result_key(notebook, self.assignment, self._path, whose)
        result = self.store.get(student, key)
        if result is None:
            raise RecordingError("it changed while it was marked; mark it again")
        plugins.write_outputs(notebook, result)
        reword(notebook, catalogue.load(self.assignment), whose)
        for number, cell in enumerate(notebook.cells):
            self.limit.preprocess_cell(cell, {}, number)
        self._write_files(student, folder, notebook)
        return Entry(
            student,
            self.course.coursedir.get_existing_timestamp(str(folder)),
            {
                scoring.marks(cell)["grade_id"]: utils.determine_grade(cell)[0]
                for cell in notebook.cells
                if utils.is_grade(cell)
            },
            {
                scoring.marks(cell)["grade_id"]: _comment(cell)
                for cell in notebook.cells
                if utils.is_solution(cell) or utils.is_task(cell)
            },
            plugins.answers_of(notebook),
        )

    @property
    def _path(self) -> Path:
        return self.course.released(self.assignment)

    def _write_files(self, student, folder, notebook):
        """Put into the autograded folder what nbgrader would; the notebook comes last."""
        target = Path(self.course.coursedir.autograded_directory, student, self.assignment)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        ignored = [*self.course.coursedir.ignore, "*.ipynb"]
        source = self.course.source(self.assignment).parent
        for origin in (folder, source):
            for path in utils.find_all_files(str(origin), ignored):
                copy = target / os.path.relpath(path, origin)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.unlink(missing_ok=True)
                shutil.copy(path, copy)
                copy.chmod(0o444)
        path = target / f"{self.assignment}.ipynb"
        path.write_text(nbformat.v4.writes(notebook) + "\n", encoding="utf-8")
        path.chmod(0o444)

    # -- the gradebook -----------------------------------------------------------------------------

    def write(self, entries: list[Entry]) -> None:
        """Write entries into the gradebook: all of them or, with an exception, none."""
        database = self.gradebook.db
        try:
            assignment = self.gradebook.find_assignment(self.assignment)
            assignment.duedate = self.due
            self._write_students([entry.student for entry in entries])
            found = self._submissions(assignment.id, [entry.student for entry in entries])
            for entry in entries:
                submission = found.get(entry.student) or self._new(assignment.id, entry.student)
                self._fill(submission, entry)
            database.commit()
        except BaseException:
            database.rollback()
            raise
        for entry in entries:
            self.store.settle(entry.student, entry.settled)

    def _write_students(self, students):
        database = self.gradebook.db
        known = {s.id: s for s in database.query(Student).filter(Student.id.in_(students))}
        for student in students:
            if student not in known:
                known[student] = Student(id=student)
                database.add(known[student])
            for key, value in self.course.person(student, self.roster).items():
                setattr(known[student], key, value)

    def _submissions(self, assignment_id, students) -> dict[str, SubmittedAssignment]:
        whole = selectinload(SubmittedAssignment.notebooks)
        query = (
            self.gradebook.db.query(SubmittedAssignment)
            .filter(SubmittedAssignment.assignment_id == assignment_id)
            .filter(SubmittedAssignment.student_id.in_(students))
            .options(
                whole.selectinload(SubmittedNotebook.grades),
                whole.selectinload(SubmittedNotebook.comments),
            )
        )
        return {submission.student_id: submission for submission in query}

    def _new(self, assignment_id, student) -> SubmittedAssignment:
        notebook = SubmittedNotebook(notebook_id=self.notebook_id)
        for id, _, _, kind in self.cells:
            if kind is not SolutionCell:
                notebook.grades.append(Grade(cell_id=id, needs_manual_grade=True))
            if kind in (SolutionCell, TaskCell):
                notebook.comments.append(Comment(cell_id=id))
        submission = SubmittedAssignment(
            assignment_id=assignment_id, student_id=student, notebooks=[notebook]
        )
        self.gradebook.db.add(submission)
        return submission

    def _fill(self, submission, entry):
        own = self.extensions.get(entry.student)
        submission.extension = None if own in (None, self.due) else own - self.due
        if entry.timestamp:
            submission.timestamp = utils.parse_utc(entry.timestamp)
        names = {id: (name, points) for id, name, points, _ in self.cells}
        before = self.store.settled(entry.student)
        [notebook] = submission.notebooks
        for grade in notebook.grades:
            name, points = names[grade.cell_id]
            if name in entry.scores:
                grade.auto_score = entry.scores[name]
                grade.needs_manual_grade = (
                    grade.manual_score is not None or grade.auto_score is None
                )
            plugins.keep_mark(grade, name, points, before, entry.settled)
        for comment in notebook.comments:
            name, _ = names[comment.cell_id]
            if name in entry.comments:
                comment.auto_comment = entry.comments[name]
        notebook.late_submission_penalty = self._penalty(submission, notebook)

    def _penalty(self, submission, notebook) -> float | None:
        if submission.timestamp is None or self.due is None:
            return None
        due = self.due + (submission.extension or timedelta())
        late = (submission.timestamp - due).total_seconds()
        if late <= 0:
            return None
        score = sum(_points(grade) for grade in notebook.grades)
        return min(score * self.course.settings.late.percent(late) / 100, score)


def _silent() -> logging.Logger:
    log = logging.getLogger("autograder.silent")
    log.disabled = True
    return log


def _comment(cell) -> str | None:
    untouched = scoring.marks(cell).get("checksum") == utils.compute_checksum(cell)
    return NO_RESPONSE if untouched and not utils.is_task(cell) else None


def _points(grade) -> float:
    """What nbgrader's own `Grade.score` computes in the database."""
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if given is None else given + (grade.extra_credit or 0)


# --- a class -------------------------------------------------------------------------------------


def record(
    course, assignment: str, outcomes: Iterable[pipeline.Outcome]
) -> Iterator[pipeline.Outcome]:
    """Record what was scored, in batches, and yield every outcome; a failure stays one student's.

    A submission counts as recorded only after the gradebook has it.
    """
    with Recorder(course, assignment) as recorder:
        waiting = []
        for outcome in outcomes:
            if _is_settled(course, assignment, outcome):
                yield outcome
                continue
            waiting.append(outcome)
            if len(waiting) == BATCH:
                yield from _write(recorder, waiting)
                waiting = []
        yield from _write(recorder, waiting)


def _is_settled(course, assignment, outcome) -> bool:
    if outcome.state == "unchanged":
        return course.is_autograded(assignment, outcome.student)
    return outcome.state != "scored"


def _failed(outcome, error) -> pipeline.Outcome:
    return pipeline.Outcome(
        outcome.student, "failed", outcome.key, f"{type(error).__name__}: {error}"
    )


def _write(recorder, outcomes) -> Iterator[pipeline.Outcome]:
    """Write a batch; where that fails, one by one, so that only the guilty one does."""
    ready = {}
    for outcome in outcomes:
        try:
            ready[outcome.student] = recorder.prepare(outcome)
        except (Exception, SystemExit) as error:  # nbgrader exits on what it can't read
            yield _failed(outcome, error)
    outcomes = [outcome for outcome in outcomes if outcome.student in ready]
    try:
        recorder.write(list(ready.values()))
    except Exception as error:
        if len(outcomes) == 1:
            yield _failed(outcomes[0], error)
            return
        for outcome in outcomes:
            yield from _write(recorder, [outcome])
        return
    for outcome in outcomes:
        recorder.store.set_recorded(outcome.student)
        yield pipeline.Outcome(outcome.student, "scored", outcome.key)
