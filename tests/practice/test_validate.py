"""nbgrader's Validate on an exercise: no success over blanks, none over what can't be read."""

import nbformat
import pytest
from nbgrader.validator import Validator

from autograder.handin import hand_in

CELLS = (("blank", "answer = ..."), ("odd", "answer = 'thirty'"), ("right form", "answer = 30"))


def notebook(answer):
    """A notebook with one answer and its locked grade cell, as an exercise has them."""
    marks = {"schema_version": 3, "locked": True, "grade": True, "solution": False, "task": False}
    grade = nbformat.v4.new_code_cell(
        "from convbook.practice import check, hand_in\n"
        'hand_in("ex01", answer, "whole number")\ncheck("ex01")',
        metadata={"nbgrader": {**marks, "grade_id": "ex01", "points": 2}},
    )
    cells = [nbformat.v4.new_code_cell(answer), grade]
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )


def test_validate_fails_on_blanks_and_on_forms_that_cannot_be_read(tmp_path):
    failed = {}
    for name, answer in CELLS:
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook(answer), path)
        failed[name] = len(Validator(ignore_checksums=True).validate(str(path)).get("failed", []))
    assert failed == {"blank": 1, "odd": 1, "right form": 0}


@pytest.mark.parametrize("answer", [..., "thirty"])
def test_elsewhere_the_form_check_writes_no_error(capsys, answer):
    hand_in("ex01", answer, "whole number")
    heard = capsys.readouterr()
    assert heard.err == ""
    assert heard.out
