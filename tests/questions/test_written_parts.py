"""What a person marks: blanks are 0 by machine, the rubric is for the marker's eyes only."""

import re

import nbformat
import pytest
from nbgrader.api import Gradebook
from support import ROOT

from autograder import cli
from autograder.course.course import Course
from autograder.run import pipeline

pytestmark = pytest.mark.jail
NAME = "01-shapes-and-counts"
ANSWER = "A small dense layer at every pixel, with the same weights everywhere."


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one student who has written the answer that counts, and one who has not."""
    course = Course(tmp_path_factory.mktemp("written"))
    for student, text in (("asha", ANSWER), ("ben", "")):
        notebook = nbformat.read(ROOT / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
        if text:
            cell_of(notebook, "ex09-explain").source = text
        folder = course.folder / "submitted" / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{NAME}.ipynb")
    pipeline.grade(course, NAME, workers=1)
    return course


def cell_of(notebook, grade_id):
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def grades(course, student):
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(NAME, student)
        return {
            grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for grade in submission.notebooks[0].grades
        }


def test_blanks_are_zero_and_an_answer_waits_for_a_person(course):
    assert grades(course, "ben")["ex09-explain"] == (0, None, False)
    assert grades(course, "asha")["ex09-explain"] == (None, None, True)
    assert not {"ex22-explain", "ex25-explain"} & grades(course, "asha").keys(), "practice"


def test_the_rubric_stands_before_the_answer_where_it_is_marked(course):
    path = course.folder / "autograded" / "asha" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    task, answer = cell_of(notebook, "ex09-explain-task"), cell_of(notebook, "ex09-explain")
    assert task.source.count("[1 point]") == answer.metadata.nbgrader.points == 3
    assert notebook.cells.index(answer) == notebook.cells.index(task) + 1
    assert answer.source == ANSWER


def test_points_that_a_person_gives_reach_the_total(course):
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        grade = gradebook.find_grade("ex09-explain", NAME, NAME, "asha")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(NAME, "asha")
        assert submission.score == 2
        assert submission.max_score == 31 + 3
        assert not submission.needs_manual_grade


def test_feedback_shows_points_and_no_rubric(course):
    page = course.write_feedback(NAME, "asha").read_text("utf8")
    assert "MARK SCHEME" not in page
    assert "[1 point]" not in page
    assert "small dense layer at every pixel, weights shared" not in page


def test_the_hours_that_the_command_says_stand_on_the_instructors_page(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert cli.main(["texts", "--students", "300"]) == 0
    told = re.findall(r"(?m)^(\d\d)-\S+ +(\d+) +(\d+) +([\d.]+) ", capsys.readouterr().out)
    page = (ROOT / "book/instructors/teaching.md").read_text("utf8")
    stated = dict(re.findall(r"(?m)^\| (\d\d) [^|]+\| [^|]+\| ([^|]+ \| \d+) \|", page))
    assert {
        n: f"{int(p) or '–'} | {float(h):g}" for n, count, p, h in told if n in stated
    } == stated
    assert len(stated) == 7
    assert sum(float(hours) for *_, hours in told) <= 25
