"""Whose notebook has no point, or no answer, is listed in the report with the reason."""

import re
import shutil

import pytest
import small_course

from autograder.cli import main
from autograder.course import report, work
from autograder.course.course import Course
from autograder.notebooks import reading
from autograder.notebooks.cells import read_own
from autograder.notebooks.submission import Cell, Submission

pytestmark = pytest.mark.jail
NAME, OTHER = "1-vectors", "2-matrices"
ANSWERS = {
    "right": {"length": "vector_length = 5", "dot": "def dot(a, b):\n    return a[0] * b[0]"},
    "wrong": {"length": "vector_length = 6", "dot": "def dot(a, b):\n    return 0"},
    "half": {"length": "vector_length = 6"},
    "blank": {},
    "emptied": {"length": "", "dot": "\n"},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of which one has points; one has handed in the other notebook, one a stray cell."""
    made = small_course.make(tmp_path_factory.mktemp("pointless") / "linear-algebra")
    for name in (NAME, OTHER):
        Course(root=made).exercises(name)
    for student, answers in ANSWERS.items():
        small_course.hand_in(made, student, **answers)
    submitted = made / "course" / "submitted"
    small_course.hand_in(made, "mistaken", OTHER, rank="rank = 1")
    place = submitted / "mistaken" / NAME
    place.mkdir()
    shutil.move(submitted / "mistaken" / OTHER / f"{OTHER}.ipynb", place / f"{NAME}.ipynb")
    course = Course(root=made)
    main(["grade", NAME, "--course", str(course.folder), "--workers", "1"])
    return course


def _listed(page: str) -> dict[str, str]:
    """What the list says, by student."""
    [items] = re.findall(r"no points, or no answers:</p>\s*<ul>(.*?)</ul>", page, re.DOTALL)
    rows = (row.split(": ", 1) for row in re.findall(r"<li>(.*?)</li>", items))
    return {student: why for why, students in rows for student in students.split(", ")}


def test_each_without_points_or_answers_is_listed_with_the_reason(course, monkeypatch):
    monkeypatch.chdir(course.root)
    page = report.write(course, NAME).read_text("utf-8")
    assert _listed(page) == {
        "wrong": "all wrong (2 of 2 questions answered)",
        "half": "all wrong (1 of 2 questions answered)",
        "blank": "nothing answered",
        "emptied": "nothing answered",
        "mistaken": "another assignment, 2-matrices by its cells",
    }


def test_an_anonymous_list_has_no_ids(course, monkeypatch):
    monkeypatch.chdir(course.root)
    listed = _listed(report.write(course, NAME, anonymous=True).read_text("utf-8"))
    assert all(student.startswith("student ") for student in listed)


def test_a_cell_that_was_deleted_is_no_answer(course):
    released = read_own(course.released(NAME))
    cells = [Cell("code", "vector_length = 5", "length-answer"), Cell("code", "", "dot")]
    notebook = reading.rebuild(released, Submission(cells))
    assert list(work.work_of(notebook, released, None).answers) == ["length"]
