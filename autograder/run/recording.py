"""Brings a class's results into the gradebook and into the folder of marked notebooks."""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat.v4

from autograder.marking.question import reword
from autograder.notebooks import outputs, reading
from autograder.notebooks.gradebook import Entry, Writer, entry_of, model_of
from autograder.notebooks.nbgrader_parts import utils
from autograder.run.job import Outcome
from autograder.run.pool import failed

BATCH = 16


class RecordingError(RuntimeError):
    """One submission can't be recorded; the message says why."""


class Recorder:
    """Prepares the marked notebooks of one assignment; use it as a context manager."""

    def __init__(self, course, assignment: str):
        self.course, self.assignment = course, assignment
        self.store = course.store(assignment)
        self.questions = course.questions(assignment)
        self.most_lines = course.config.LimitOutput.get("max_lines", outputs.MOST_LINES)
        self.writer = Writer(course, assignment)

    def __enter__(self) -> "Recorder":
        self.writer.__enter__()
        self.schemes = reading.schemes_of(model_of(self.course, self.assignment))
        return self

    def __exit__(self, *about):
        self.writer.__exit__(*about)

    def prepare(self, outcome: Outcome) -> Entry:
        """Write a submission's marked notebook; return what belongs into the gradebook."""
        student = outcome.student
        self.writer.check_due(student)
        folder = Path(self.course.coursedir.submitted_directory, student, self.assignment)
        reading.tidy(folder)
        result = self.store.get(student, outcome.key)
        notebook = self.store.notebook(student)
        if result is None or notebook is None:
            raise RecordingError("its result is gone; mark it again")
        reading.bring_back(notebook, self.schemes)
        outputs.write_outputs(notebook, result)
        reword(notebook, self.questions, self.course.settings.variant_seed(student))
        outputs.cut(notebook, self.most_lines)
        self._write_files(student, folder, notebook)
        try:
            handed_in = self.course.handed_in(folder)
        except RuntimeError as error:  # its time can't be read
            raise RecordingError(str(error)) from None
        return entry_of(student, notebook, result, handed_in)

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


def record(course, assignment: str, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
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


def _write(recorder, outcomes) -> Iterator[Outcome]:
    """Write a batch; where that fails, one by one, so that only the guilty one does."""
    ready = {}
    for outcome in outcomes:
        try:
            ready[outcome.student] = recorder.prepare(outcome)
        except (Exception, SystemExit) as error:  # nbgrader exits on what it can't read
            yield failed(outcome.student, error, outcome.key)
    outcomes = [outcome for outcome in outcomes if outcome.student in ready]
    try:
        recorder.writer.write(list(ready.values()))
    except Exception as error:
        if len(outcomes) == 1:
            yield failed(outcomes[0].student, error, outcomes[0].key)
            return
        for outcome in outcomes:
            yield from _write(recorder, [outcome])
        return
    for outcome in outcomes:
        recorder.store.set_recorded(outcome.student)
        yield replace(outcome, state="scored")
