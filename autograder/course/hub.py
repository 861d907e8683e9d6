"""nbgrader's exchange as a course wants it, for nbgrader's own commands and Formgrader's buttons.

`autograder.course.configuration` names these classes. Submissions are taken by whose they are, one
student's missing file stops nobody's feedback, and numbers of one's own are not handed to all.
"""

import contextlib
import os
import shutil
import stat
from pathlib import Path

from nbgrader.exchange.default import (
    ExchangeCollect,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
)
from nbgrader.utils import notebook_hash

from autograder.course import collecting, exchange
from autograder.course.course import Course
from autograder.marking.question import variants_of

ONE_BY_ONE = (
    "each student has numbers of their own in {name}, and the exchange hands the same notebook to "
    "all: it would be marked by numbers that it doesn't ask for. "
    "`python -m autograder handout {name}` writes everybody's notebook below {folder}; put each "
    "folder into its student's home."
)


class CollectByOwner(ExchangeCollect):
    """Takes over what belongs to the student whose name it carries, as ``autograder collect``."""

    def init_src(self) -> None:
        if self.coursedir.course_id == "":
            self.fail("No course id specified. Re-run with --course flag.")
        self.inbound_path = os.path.join(self.root, self.coursedir.course_id, "inbound")
        if not os.path.isdir(self.inbound_path):
            self.fail(f"Course not found: {self.inbound_path}")

    def copy_files(self) -> None:
        course = Course.of_nbgrader(self.coursedir, self.config)
        try:
            collecting.collect(
                course, self.coursedir.assignment_id, Path(self.inbound_path), say=self.log.info
            )
        except (ValueError, RuntimeError) as error:
            self.fail(str(error))


class ReleaseToAll(ExchangeReleaseAssignment):
    """Hands an assignment out, unless each student has numbers of their own in it."""

    def init_src(self) -> None:
        super().init_src()
        course, name = Course.of_nbgrader(self.coursedir, self.config), self.coursedir.assignment_id
        if course.settings.variants and variants_of(course.questions(name)):
            self.fail(ONE_BY_ONE.format(name=name, folder=course.folder / "handout"))

    def ensure_root(self) -> None:
        super().ensure_root()
        with contextlib.suppress(PermissionError):  # without it, a student can move the course
            os.chmod(self.root, stat.S_IMODE(os.stat(self.root).st_mode) | stat.S_ISVTX)


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Releases every page by the secret that its student handed in with."""

    def copy_files(self) -> None:
        course, name = Course.of_nbgrader(self.coursedir, self.config), self.coursedir.assignment_id
        excluded = set((self.coursedir.student_id_exclude or "").split(","))
        wanted = self.coursedir.student_id
        for student, folder in course.submissions(name).items():
            page = Path(course.coursedir.feedback_directory, student, name, f"{name}.html")
            if student in excluded or wanted not in ("*", student) or not page.exists():
                continue
            secret = exchange.secret_in(folder)
            if not secret:
                self.log.warning("%s did not hand in through the exchange: no release", student)
                continue
            target = Path(self.dest_path, notebook_hash(secret=secret, notebook_id=name) + ".html")
            new = target.with_suffix(".new")
            shutil.copyfile(page, new)
            new.chmod(0o644)
            new.replace(target)
            self.log.info("Released the feedback of %s", student)
