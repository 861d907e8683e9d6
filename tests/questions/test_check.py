"""The self-check scores a learner's own notebook with the grader's checkers, and is no grade."""

import nbformat
import pytest
from support import ROOT
from the_course import DEFINITION

from autograder.run import selfcheck

NAME = "08-multiple-choice"


def notebook_with(tmp_path, **answers):
    """The students' notebook with some of its answers given; a name may get any source."""
    notebook = nbformat.read(ROOT / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        if name in answers and cell.cell_type == "code" and not cell.metadata.nbgrader.grade:
            cell.source = answers[name]
    path = tmp_path / "my own name.ipynb"
    nbformat.write(notebook, path)
    return path


def test_points_advice_and_failed_cells_are_reported(tmp_path):
    answers = {"mcq03": 'mcq03 = "c"', "mcq04": 'mcq04 = "a"', "mcq05": "mcq05 = 1 / 0"}
    report = selfcheck.check(
        notebook_with(tmp_path, **answers), DEFINITION.catalogue, DEFINITION.library
    )
    assert report.assignment == NAME
    assert report.points == 1
    assert report.max_points == 10
    assert report.verdicts["mcq03"].points == 1
    assert "AlexNet" in report.verdicts["mcq04"].messages[0]
    assert "not defined" in report.verdicts["mcq05"].messages[0]
    assert "ZeroDivisionError" in report.failures[0]
    text = report.text()
    assert selfcheck.NO_GRADE in text
    assert "1 of 10 points" in text


def test_jupyters_own_language_does_no_harm(tmp_path):
    path = notebook_with(tmp_path, mcq03='%time mcq03 = "c"')
    assert selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library).points == 1


def test_a_notebook_that_is_no_exercise_is_said_to_be_none(tmp_path):
    path = tmp_path / "other.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(ValueError, match="not one of the exercise notebooks"):
        selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library)
