"""A course on disk: where its things are, and nbgrader's own interface to them."""

import glob
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config

from autograder.course import configuration, in_words, on_page, places, times
from autograder.course.definition import FILE, Definition
from autograder.course.jobs import job_of
from autograder.course.settings import Settings
from autograder.course.text import unmarked
from autograder.marking.question import Question, own_copy
from autograder.notebooks.cells import marks, read_own
from autograder.notebooks.gradebook import open_gradebook
from autograder.notebooks.nbgrader_parts import CourseDirectory, Gradebook, MissingEntry
from autograder.run import pipeline, scoring
from autograder.run.job import Job
from autograder.run.store import Store, write_whole

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI


class CourseError(RuntimeError):
    """Something about the course has to be put right by its instructor; the message says what."""


class Course:
    """A course's folder (submissions, gradebook, feedback) and the assignments it marks.

    `folder` holds the records; it defaults to what the course's ``autograder.toml`` says. The
    course is the one in `root`, or else the one that `folder` or the working directory belongs to.
    """

    def __init__(
        self,
        folder: Path | str | None = None,
        root: Path | str | None = None,
        config: Config | None = None,
    ):
        starts = [Path(start) for start in (root, folder) if start is not None]
        self.definition = (
            Definition.read(Path(root)) if root else Definition.find(*starts, Path.cwd())
        )
        if folder is not None:
            folder = Path(folder).resolve()
        self.config = config or configuration.of_course(self.definition, folder)
        self._is_of_nbgrader = config is not None
        self.coursedir = CourseDirectory(config=self.config)
        self.folder = Path(self.coursedir.submitted_directory).parent
        self.settings = Settings.read(self.folder)

    @classmethod
    def of_nbgrader(cls, coursedir: CourseDirectory, config: Config) -> "Course":
        """The course that one of nbgrader's own commands works on."""
        folder = Path(coursedir.root, coursedir.submitted_directory).parent
        return cls(folder, coursedir.root, config)

    # -- places ------------------------------------------------------------------------------------

    @property
    def root(self) -> Path:
        """The folder of the course's definition, with its solutions and its checkers."""
        return self.definition.root

    def source(self, assignment: str) -> Path:
        """The source notebook of an assignment."""
        return self.root / self.coursedir.source_directory / assignment / f"{assignment}.ipynb"

    def counts(self, question: str) -> bool:
        """Whether an answer in words is marked by a person; else it is practice."""
        return self.definition.counts(question)

    def released(self, assignment: str) -> Path:
        """The notebook that students were given."""
        path = self.root / self.coursedir.release_directory / assignment / f"{assignment}.ipynb"
        if not path.exists():
            raise CourseError(
                f"assignment {assignment!r} has no students' notebook at {path}; assignments are "
                f"{', '.join(self.assignments()) or 'not there yet'}, `python -m autograder "
                "exercises` makes their notebooks"
            )
        return path

    def given_to(self, student: str, assignment: str, released):
        """The notebook that a student was given, with the own numbers where questions vary.

        `released` is the assignment's, read.
        """
        variant_seed = self.settings.variant_seed(student)
        if variant_seed is None:  # the checkers need not be loaded
            return released
        return own_copy(released, self.questions(assignment), variant_seed)

    def assignments(self) -> list[str]:
        """The names of all assignments, in order."""
        return self.definition.assignments()

    def questions(self, assignment: str) -> dict[str, Question]:
        """The judged questions of an assignment, in order."""
        return self.definition.catalogue.load(assignment)

    def submissions(self, assignment: str) -> dict[str, Path]:
        """The folders that students handed in, by student, in order; links hand in nothing."""
        folders = Path(self.coursedir.submitted_directory).glob(f"*/{glob.escape(assignment)}")
        return {
            path.parent.name: path
            for path in sorted(folders)
            if path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()
        }

    def attempts(self, assignment: str) -> dict[str, list[Path]]:
        """What students handed in, oldest first, where the best of it counts.

        A course may count the first few only: who may try without end finds every choice.
        """
        found = {}
        for path in sorted((self.folder / "attempts").glob(f"*/{glob.escape(assignment)}/*")):
            found.setdefault(path.parent.parent.name, []).append(path)
        return {student: paths[: self.settings.attempts] for student, paths in found.items()}

    def attempt(self, assignment: str, student: str, handed_in: datetime) -> Path:
        """Where one attempt is kept."""
        return self.folder / "attempts" / student / assignment / f"{handed_in:%Y%m%d-%H%M%S}"

    def store(self, assignment: str) -> Store:
        """The results of an assignment."""
        return Store(self.folder / "results" / assignment)

    def environment(self) -> dict[str, str]:
        """The environment in which nbgrader's own commands work on this course."""
        return {**os.environ, f"{self.definition.environment}_COURSE": str(self.folder)}

    def private_places(self) -> tuple[str, ...]:
        """The files and folders of this course that no student's code may see."""
        return places.private_places(self)

    # -- marking -----------------------------------------------------------------------------------

    def job(
        self,
        assignment: str,
        *,
        isolation: str = "bubblewrap",
        seconds: float | None = None,
        results: Path | None = None,
    ) -> Job:
        """What workers have to know to mark an assignment; `seconds` overrules its limit."""
        self.released(assignment)  # there is one
        return job_of(
            self.definition,
            self.settings,
            assignment,
            results or self.store(assignment).folder,
            isolation=isolation,
            seconds=seconds,
        )

    def remote(self, job: Job) -> Callable[[], Job]:
        """What a worker elsewhere calls for the job as it is there, with its own copy."""
        return partial(job_here, job.assignment, job.isolation, job.profile.seconds)

    # -- nbgrader ----------------------------------------------------------------------------------

    @cached_property
    def api(self) -> "NbGraderAPI":
        """nbgrader's own interface, loaded when it is asked for: it brings all of nbgrader."""
        from nbgrader.apps.api import NbGraderAPI

        config = self.config
        if not self._is_of_nbgrader:
            config = configuration.configure(Config(), self.definition.root, self.folder)
        api = NbGraderAPI(self.coursedir, config=config)
        api.log.setLevel(logging.WARNING)
        return api

    def gradebook(self) -> Gradebook:
        """Open the gradebook (a context manager)."""
        return open_gradebook(self.coursedir)

    def register(self, assignment: str) -> None:
        """Make sure that the gradebook knows the assignment as it is in its source notebook."""
        released = read_own(self.released(assignment))
        scoring.check_fits(released, self.questions(assignment), assignment)
        self.refuse_other_texts(assignment)
        if self._is_registered(assignment):
            return
        self.gradebook().close()  # a new one is made
        # nbgrader registers an assignment while it generates the students' version, for which any
        # place will do: the one in exercises/ must not change while a class is marked.
        with tempfile.TemporaryDirectory() as scratch:
            kept = self.coursedir.release_directory
            self.coursedir.release_directory = scratch
            try:
                outcome = self.api.generate_assignment(assignment, force=True)
            finally:
                self.coursedir.release_directory = kept
        if not outcome["success"]:
            raise CourseError(f"nbgrader can't register {assignment}: {_cause(outcome)}")

    def refuse_other_texts(self, assignment: str) -> None:
        """Refuse to go on where other answers in words count than when marking began.

        nbgrader's gradebook keeps the cells that it had at the first submission, and a mark that a
        person gave must not fall out of a sum in silence.
        """
        texts = in_words.texts(self, assignment)
        wanted = {text.question for text in texts if text.counts}
        known = {text.question for text in texts}
        with self.gradebook() as gradebook:
            try:
                notebook = gradebook.find_notebook(assignment, assignment)
            except MissingEntry:
                return
            recorded = {cell.name: cell for cell in notebook.grade_cells if cell.name in known}
            if not notebook.submissions or wanted == set(recorded):
                return
            gone = [recorded[name] for name in sorted(set(recorded) - wanted)]
            given = [g for cell in gone for g in cell.grades if g.manual_score is not None]
            names = [f"{cell.name} ({cell.max_score:g} points)" for cell in gone]
            written = sorted({*(self.definition.written or ()), *recorded})
        new = sorted(wanted - set(recorded))
        told = [f"{', '.join(names)} counted when marking began"] * bool(names)
        told += [f"{', '.join(new)} did not count when marking began"] * bool(new)
        raise CourseError(
            f"{assignment}: {' and '.join(told)}, by {self.folder / 'gradebook.db'} "
            f"(marks that a person gave for them: {len(given)}); {self.root / FILE} says "
            "otherwise now. Nothing was changed. To go on as the term began, write there\n"
            f"    written = {json.dumps([name for name in written if name not in new])}\n"
            f"and make the students' notebook anew: python -m autograder exercises {assignment}. "
            "What the file says now holds for a new term, in a new folder of records."
        )

    def _is_registered(self, assignment):
        released = read_own(self.released(assignment))
        wanted = {
            (marks(cell)["grade_id"], float(marks(cell)["points"]))
            for cell in released.cells
            if marks(cell).get("grade")
        }
        with self.gradebook() as gradebook:
            try:
                notebook = gradebook.find_notebook(assignment, assignment)
            except MissingEntry:
                return False
            return wanted == {(cell.name, cell.max_score) for cell in notebook.grade_cells}

    def seconds_late(self, assignment: str, student: str, folder: Path) -> float:
        """How late the submission in `folder` is, by its timestamp and the student's due date."""
        due = self.settings.extensions(assignment).get(student, self.settings.due_utc(assignment))
        handed_in = self.handed_in(folder)
        if due is None or handed_in is None:
            return 0
        return max(0, (handed_in - due).total_seconds())

    def handed_in(self, folder: Path) -> datetime | None:
        """When the submission in `folder` was handed in, in UTC; None where nothing says so.

        A `CourseError` names a file that says no time that is known.
        """
        path = folder / "timestamp.txt"
        if not path.exists():
            return None
        try:
            return times.read(
                path.read_text(encoding="utf-8", errors="replace"), self.settings.zone()
            )
        except times.UnknownTime as error:
            raise CourseError(f"{path}: {error}") from None

    @staticmethod
    def person(student: str, roster: dict[str, dict[str, str]]) -> dict[str, str | None]:
        """What the roster says of a student, in the words of nbgrader's gradebook."""
        row = roster.get(student, {})
        first, _, last = row.get("name", "").rpartition(" ")
        found = {"first_name": first, "last_name": last, "email": row.get("email") or ""}
        # Formgrader puts names into its pages as they are: they must be nothing but text there.
        return {key: unmarked(value) or None for key, value in found.items()}

    def recorded_points(self, assignment: str) -> dict[str, dict[str, float]]:
        """What the checkers' points are in the gradebook, by student and question."""
        with self.gradebook() as gradebook:
            return {
                submission.student.id: {
                    grade.name: grade.auto_score
                    for grade in submission.notebooks[0].grades
                    if grade.auto_score is not None
                }
                for submission in gradebook.assignment_submissions(assignment)
            }

    def write_feedback(self, assignment: str, student: str) -> Path:
        """Write one student's feedback page; return it."""
        from autograder.notebooks import feedback  # with nbconvert, which marking does without

        notebook = self.autograded(assignment, student)
        if not notebook.exists():
            raise CourseError(f"no feedback for {student}: {notebook} is missing; `grade` makes it")
        target = Path(self.coursedir.feedback_directory, student, assignment, f"{assignment}.html")
        told = on_page.told(self, assignment, student)
        write_whole(target, feedback.page_of(notebook, assignment, student, self.config, told))
        target.chmod(0o644)
        for name in ("timestamp.txt", "submission_secret.txt"):  # nbgrader wants them beside it
            origin = Path(self.coursedir.submitted_directory, student, assignment, name)
            if origin.is_file():
                shutil.copyfile(origin, target.with_name(name))
        return target

    def write_all_feedback(
        self, assignment: str, students: Iterable[str]
    ) -> tuple[dict[str, Path], dict[str, str]]:
        """Write many pages; return them, and the reason for each that could not be written."""
        pages, failed = {}, {}
        for student in students:
            try:
                pages[student] = self.write_feedback(assignment, student)
            except Exception as error:
                failed[student] = f"{type(error).__name__}: {error}"
        return pages, failed

    def is_autograded(self, assignment: str, student: str) -> bool:
        """Whether nbgrader has an autograded notebook of this student."""
        return self.autograded(assignment, student).exists()

    def autograded(self, assignment: str, student: str) -> Path:
        """Where nbgrader keeps a student's marked notebook."""
        folder = Path(self.coursedir.autograded_directory, student, assignment)
        return folder / f"{assignment}.ipynb"

    def exercises(self, assignment: str) -> Path:
        """Generate the students' version of an assignment into the release directory."""
        self.gradebook().close()  # where there is none, it is made
        outcome = self.api.generate_assignment(assignment, force=True)
        if not outcome["success"]:
            raise CourseError(f"nbgrader can't generate {assignment}: {_cause(outcome)}")
        return self.released(assignment)


def _cause(outcome):
    """The exception that nbgrader's log names first; what follows it is nbgrader's own reaction."""
    text = "\n".join((outcome.get("log") or "", outcome.get("error") or ""))
    named = re.findall(r"(?m)^[\w.]*(?:Error|Exception|NoIsolation)\b.*$", text)
    return named[0] if named else text.strip()[-300:] or "it gave no reason"


def job_here(assignment: str, isolation: str, seconds: float) -> Job:
    """The job of an assignment as it is on this machine, whose isolation is proved first."""
    course = Course()
    job = course.job(assignment, isolation=isolation, seconds=seconds)
    pipeline.prove_isolation(job, course.private_places())
    return job
