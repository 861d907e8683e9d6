"""The one place that writes into nbgrader's gradebook, and the versions that it is proven against.

`nbgrader autograde` opens the gradebook ten times for every submission and commits after every
cell. A `Writer` leaves the same rows behind with one connection and one commit for a batch; a test
compares the two. Either a whole batch is in the gradebook or nothing of it.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from packaging.specifiers import SpecifierSet
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import selectinload

from autograder.marking.result import Result
from autograder.notebooks import outputs
from autograder.notebooks.cells import is_judged, marks, read_own
from autograder.notebooks.nbgrader_parts import (
    Base,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    nbgrader,
    utils,
)
from autograder.notebooks.reading import why_unread

#: The versions of nbgrader on which `tests/grading/nbgrader_versions.py` passed.
PROVEN = SpecifierSet(">=0.9.0,<=0.9.6")
NO_RESPONSE = "No response."  # nbgrader's own words


class GradebookError(RuntimeError):
    """The gradebook can't be written; the message says why."""


def check_version(version: str = nbgrader.__version__) -> None:
    """Refuse to write with a version of nbgrader that nobody has tried: its tables may differ."""
    if version not in PROVEN:
        raise GradebookError(
            f"nbgrader {version} is installed, and marks are written into its gradebook only with "
            f"versions {PROVEN} that this was tested on; python -m pip install 'nbgrader{PROVEN}'"
        )


def url_of(path: Path) -> str:
    """The address of a gradebook in a file, whatever the folders around it are called."""
    plain = f"sqlite:///{path}"
    if path_of(plain) == path:
        return plain
    quoted = URL.create("sqlite", database=str(path)).render_as_string()
    if path_of(quoted) != path:
        raise GradebookError(
            f"the gradebook can't lie in {path.parent}: SQLAlchemy reads another file so; "
            "give the course a folder without ?, % and # in its path"
        )
    return quoted


def path_of(url: str) -> Path | None:
    """The file that a gradebook's address names; None where it is no file of SQLite's."""
    read = make_url(url)
    return Path(read.database) if read.drivername == "sqlite" and read.database else None


def open_gradebook(coursedir) -> Gradebook:
    """Open a course's gradebook (a context manager); a new one is made first."""
    check_version()
    path = path_of(coursedir.db_url)
    if path is not None and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(coursedir.db_url)
    return Gradebook(coursedir.db_url, coursedir.course_id)


def _make(url: str) -> None:
    """Make an empty gradebook as nbgrader would, which calls alembic by name to learn its version.

    Whoever runs Python by its path, as most do, has no alembic on theirs.
    """
    from alembic.script import ScriptDirectory  # only a new course needs it

    scripts = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic"))
    engine = create_engine(url, future=True)
    try:
        Base.metadata.create_all(bind=engine)
        with engine.begin() as connection:
            connection.execute(
                text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);")
            )
            connection.execute(
                text("INSERT INTO alembic_version (version_num) VALUES (:head);"),
                {"head": scripts.get_current_head()},
            )
    finally:
        engine.dispose()


@dataclass(frozen=True)
class Entry:
    """All that is recorded of one submission, worked out before the gradebook is touched.

    `scores` are the checkers' points by cell (None: a person has to mark it), `marked_answers` are
    what each mark was given for.
    """

    student: str
    timestamp: str | datetime | None
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    marked_answers: Mapping[str, str]


def entry_of(student: str, notebook, result: Result, timestamp) -> Entry:
    """Return what is recorded of a marked notebook, whose outputs are written already.

    Of one that can't be read, nothing has a mark: each waits for a person.
    """
    unread = bool(why_unread(notebook))
    return Entry(
        student,
        timestamp,
        {
            marks(cell)["grade_id"]: None if unread else _score_of(cell, result)
            for cell in notebook.cells
            if utils.is_grade(cell)
        },
        {
            marks(cell)["grade_id"]: _comment(cell)
            for cell in notebook.cells
            if utils.is_solution(cell) or utils.is_task(cell)
        },
        outputs.answers_of(notebook, result),
    )


def _score_of(cell, result: Result) -> float | None:
    if not is_judged(cell):
        return utils.determine_grade(cell)[0]
    verdict = outputs.verdict_for(cell, result)
    return None if verdict.is_open else float(verdict.points)


def _comment(cell) -> str | None:
    untouched = marks(cell).get("checksum") == utils.compute_checksum(cell)
    return NO_RESPONSE if untouched and not utils.is_task(cell) else None


def keep_mark(
    grade, name: str, points: float, before: Mapping[str, str], now: Mapping[str, str]
) -> None:
    """Keep a person's mark on an answer that is still the same; `grade` is nbgrader's row.

    nbgrader itself would ask for every one of them again. A mark that a person gave to a judged
    answer stays, too, and is asked for again if the checker now says something else.
    """
    if not points:  # a rubric: its points are those of the answer after it
        grade.auto_score, grade.needs_manual_grade = 0, False
    if grade.manual_score is not None and name in now and before.get(name) == now[name]:
        grade.needs_manual_grade = False


class Writer:
    """Writes the submissions of one assignment; use it as a context manager.

    `course` is an `autograder.course.course.Course`.
    """

    def __init__(self, course, assignment: str):
        self.course, self.assignment = course, assignment
        self.store = course.store(assignment)
        self.roster = course.settings.roster()
        self.due = course.settings.due_utc(assignment)
        self.extensions = course.settings.extensions(assignment)

    def __enter__(self) -> "Writer":
        self.gradebook = self.course.gradebook()
        self.cells = self._cells()
        return self

    def __exit__(self, *_):
        self.gradebook.close()

    def _cells(self) -> list[tuple[str, str, float, type]]:
        """Id, name, points and kind of every cell that the gradebook knows."""
        self.notebook_id = self.gradebook.find_notebook(self.assignment, self.assignment).id
        found = self.gradebook.db.query(BaseCell).filter(BaseCell.notebook_id == self.notebook_id)
        return [(c.id, c.name, getattr(c, "max_score", 0) or 0, type(c)) for c in found]

    def check_due(self, student: str) -> None:
        """Refuse an extension of a date that there is not."""
        if student in self.extensions and self.due is None:
            who = self.roster.get(student, {}).get("id", student)
            raise GradebookError(
                f"extensions.csv has a date for {who}; course.toml has none for {self.assignment}"
            )

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
            self.store.keep_marked_answers(entry.student, dict(entry.marked_answers))

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
        before = self.store.marked_answers(entry.student)
        [notebook] = submission.notebooks
        for grade in notebook.grades:
            name, points = names[grade.cell_id]
            if name in entry.scores:
                grade.auto_score = entry.scores[name]
                grade.needs_manual_grade = (
                    grade.manual_score is not None or grade.auto_score is None
                )
            keep_mark(grade, name, points, before, entry.marked_answers)
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
        return deduction(score, self.course.settings.late.percent(late))


def deduction(score: float, percent: float) -> float:
    """What lateness takes off a score; never more than there is."""
    return min(score * percent / 100, score)


def _points(grade) -> float:
    """What nbgrader's own `Grade.score` computes in the database."""
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if given is None else given + (grade.extra_credit or 0)


# --- what the other rooms let it write, and read beside it ---------------------------------------


def model_of(course, assignment: str):
    """The notebook that was handed out with what nbgrader brings back into locked cells.

    These are the mark schemes, for whoever marks by hand. It is what nbgrader's `OverwriteCells`
    makes of the notebook, with two questions to the gradebook in the place of two a cell; a test
    compares.
    """
    released = read_own(course.released(assignment))
    with course.gradebook() as gradebook:
        notebook = gradebook.find_notebook(assignment, assignment)
        kept = {cell.name: cell for cell in notebook.source_cells}
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        for cell in released.cells:
            name = marks(cell).get("grade_id")
            if name in kept:
                _bring_back(cell, kept[name], points.get(name))
            elif name is not None:
                del marks(cell)["grade_id"]
    return released


def _bring_back(cell, source, points: float | None) -> None:
    """Put into a cell what the gradebook keeps of it; `source` is nbgrader's row."""
    about = marks(cell)
    cell.cell_type = source.cell_type
    if utils.is_locked(cell) != source.locked:
        about["locked"] = source.locked
    if utils.is_grade(cell) and points != float(about["points"]):
        about["points"] = points
    about["checksum"] = source.checksum
    if source.locked and utils.compute_checksum(cell) != source.checksum:
        cell.source = source.source
        if utils.compute_checksum(cell) != source.checksum:
            raise GradebookError(
                f"the gradebook's copy of the cell {source.name} does not fit its own checksum; "
                f"`exercises` for this assignment registers its cells anew"
            )


@contextlib.contextmanager
def transaction(course) -> Iterator[Gradebook]:
    """Open the gradebook and commit at the end, or nothing where an exception comes."""
    with course.gradebook() as gradebook:
        try:
            yield gradebook
            gradebook.db.commit()
        except BaseException:
            gradebook.db.rollback()
            raise


def give_mark(
    gradebook: Gradebook, assignment: str, student: str, question: str, points: float, comment: str
) -> None:
    """Write a person's mark on an answer, and the comment if there is one."""
    about = (question, assignment, assignment, student)
    grade = gradebook.find_grade(*about)
    grade.manual_score, grade.needs_manual_grade = points, False
    if comment:
        gradebook.find_comment(*about).manual_comment = comment
