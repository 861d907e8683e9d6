"""What a person marks: blanks are 0 by machine, the rubric is for the marker's eyes only."""

import nbformat
import pytest
from nbgrader.api import Gradebook
from support import ROOT

from autograder.course.course import Course
from autograder.run import pipeline

pytestmark = pytest.mark.jail
NAME = "01-shapes-and-counts"
ANSWER = "A small dense layer at every pixel, with the same weights everywhere."


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one student who has written one of the three answers."""
    course = Course(tmp_path_factory.mktemp("written"))
    notebook = nbformat.read(ROOT / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
    cell_of(notebook, "ex09-explain").source = ANSWER
    folder = course.folder / "submitted" / "asha" / NAME
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


def grades(course):
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(NAME, "asha")
        return {
            grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for grade in submission.notebooks[0].grades
        }


def test_blanks_are_zero_and_an_answer_waits_for_a_person(course):
    found = grades(course)
    assert found["ex22-explain"] == (0, None, False)
    assert found["ex25-explain"] == (0, None, False)
    assert found["ex09-explain"] == (None, None, True)


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
        assert submission.max_score == 31 + 9
        assert not submission.needs_manual_grade


def test_feedback_shows_points_and_no_rubric(course):
    page = course.write_feedback(NAME, "asha").read_text("utf8")
    assert "MARK SCHEME" not in page
    assert "[1 point]" not in page
    assert "small dense layer at every pixel, weights shared" not in page
