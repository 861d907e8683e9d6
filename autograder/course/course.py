"""A course on disk: where its things are, and nbgrader's own interface to them."""

import contextlib
import glob
import logging
import os
import re
import sys
import tempfile
from datetime import datetime
from functools import cached_property
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course.settings import Settings
from autograder.course.text import unmarked
from autograder.marking import catalogue
from autograder.marking.question import Question
from autograder.run import scoring
from autograder.run.store import Store

ROOT = Path(__file__).resolve().parents[2]


class CourseError(RuntimeError):
    """Something about the course has to be put right by its instructor; the message says what."""


class Course:
    """A course's folder (submissions, gradebook, feedback) and the assignments it marks.

    `folder` defaults to ``course`` in the repository, or to what ``CONVBOOK_COURSE`` names.
    """

    def __init__(self, folder=None, root: Path = ROOT):
        self.root = Path(root)
        # nbgrader calls alembic, which lies beside Python, by its bare name.
        os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        if folder is not None:
            os.environ["CONVBOOK_COURSE"] = str(Path(folder).resolve())
        with contextlib.chdir(self.root):
            loader = PyFileConfigLoader("nbgrader_config.py", str(self.root))
            self.config = Config(loader.load_config())
            self.coursedir = CourseDirectory(config=self.config)
        self.folder = Path(self.coursedir.submitted_directory).parent
        self.settings = Settings.read(self.folder)

    # -- places ------------------------------------------------------------------------------------

    def source(self, assignment: str) -> Path:
        """The source notebook of an assignment."""
        return self.root / self.coursedir.source_directory / assignment / f"{assignment}.ipynb"

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

    def assignments(self) -> list[str]:
        """The names of all assignments, in order."""
        folder = self.root / self.coursedir.source_directory
        return sorted(
            path.name for path in folder.iterdir() if (path / f"{path.name}.ipynb").exists()
        )

    def questions(self, assignment: str) -> dict[str, Question]:
        """The judged questions of an assignment, in order."""
        return catalogue.load(assignment)

    def submissions(self, assignment: str) -> dict[str, Path]:
        """The folders that students handed in, by student, in order; links hand in nothing."""
        folders = Path(self.coursedir.submitted_directory).glob(f"*/{glob.escape(assignment)}")
        return {
            path.parent.name: path
            for path in sorted(folders)
            if path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()
        }

    def attempts(self, assignment: str) -> dict[str, list[Path]]:
        """All that students handed in, oldest first, where the best of it counts."""
        found = {}
        for path in sorted((self.folder / "attempts").glob(f"*/{glob.escape(assignment)}/*")):
            found.setdefault(path.parent.parent.name, []).append(path)
        return found

    def attempt(self, assignment: str, student: str, handed_in: datetime) -> Path:
        """Where one attempt is kept."""
        return self.folder / "attempts" / student / assignment / f"{handed_in:%Y%m%d-%H%M%S}"

    def store(self, assignment: str) -> Store:
        return Store.of_course(self.coursedir, assignment)

    def environment(self) -> dict[str, str]:
        """The environment in which nbgrader's own commands work on this course."""
        return {**os.environ, "CONVBOOK_COURSE": str(self.folder)}

    # -- nbgrader ----------------------------------------------------------------------------------

    @cached_property
    def api(self) -> NbGraderAPI:
        api = NbGraderAPI(self.coursedir, config=self.config)
        api.log.setLevel(logging.WARNING)
        return api

    def gradebook(self) -> Gradebook:
        """Open the gradebook (a context manager)."""
        return Gradebook(self.coursedir.db_url, self.coursedir.course_id)

    def register(self, assignment: str) -> None:
        """Make sure that the gradebook knows the assignment as it is in its source notebook."""
        scoring.check_fits(scoring.read_released(self.released(assignment)), assignment)
        if self._is_registered(assignment):
            return
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

    def _is_registered(self, assignment):
        released = scoring.read_released(self.released(assignment))
        wanted = {
            (scoring.marks(cell)["grade_id"], float(scoring.marks(cell)["points"]))
            for cell in released.cells
            if scoring.marks(cell).get("grade")
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
        handed_in = self.coursedir.get_existing_timestamp(str(folder))
        if due is None or handed_in is None:
            return 0
        return max(0, (handed_in.replace(tzinfo=None) - due).total_seconds())

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
        """Let nbgrader write one student's feedback page; return it."""
        outcome = self.api.generate_feedback(assignment, glob.escape(student), force=True)
        if not outcome["success"]:
            raise CourseError(f"no feedback for {student}: {_cause(outcome)}")
        return Path(self.coursedir.feedback_directory, student, assignment, f"{assignment}.html")

    def is_autograded(self, assignment: str, student: str) -> bool:
        """Whether nbgrader has an autograded notebook of this student."""
        folder = Path(self.coursedir.autograded_directory, student, assignment)
        return (folder / f"{assignment}.ipynb").exists()

    def exercises(self, assignment: str) -> Path:
        """Generate the students' version of an assignment into the release directory."""
        outcome = self.api.generate_assignment(assignment, force=True)
        if not outcome["success"]:
            raise CourseError(f"nbgrader can't generate {assignment}: {_cause(outcome)}")
        return self.released(assignment)


def _cause(outcome):
    """The exception that nbgrader's log names first; what follows it is nbgrader's own reaction."""
    text = "\n".join((outcome.get("log") or "", outcome.get("error") or ""))
    named = re.findall(r"(?m)^[\w.]*(?:Error|Exception|NoIsolation)\b.*$", text)
    return named[0] if named else text.strip()[-300:] or "it gave no reason"
