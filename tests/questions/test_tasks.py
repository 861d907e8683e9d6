"""What a task has: an example that is right, a picture of it, and hints that leave the work."""

import ast
import re

import nbformat
import numpy as np
import pytest
from keys import TRAINS
from support import ROOT
from the_course import catalogue

from convbook import practice

ASSIGNMENTS = catalogue.assignments()
each_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
HINTS = re.compile(r"<summary>Hint (\d)[^<]*</summary>\n\n(.*?)\n\n</details>", re.S)
#: A piece of code in a hint that is no longer than this is a name, or what a statement says anyway.
A_NAME = 24


def cells_of(name):
    return nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells


def code_questions(name):
    """The questions that take a function or a class, by their grade cells."""
    found = []
    for cell in cells_of(name):
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            forms = [
                call.value.args[2].value
                for call in ast.parse(cell.source).body
                if call.value.func.id == "hand_in"
            ]
            if any(form.startswith(("function", "class")) for form in forms):
                found.append(cell.metadata.nbgrader.grade_id)
    return found


@each_assignment
def test_every_function_has_a_worked_example_and_a_picture_of_it_beside_yours(name):
    cells = {cell.id: cell.source for cell in cells_of(name)}
    for question in code_questions(name):
        assert "**Example.**" in cells[f"{question}-statement"].split("<details>")[0], question
        assert "beside(" in cells[f"{question}-show"], question


@each_assignment
def test_the_instructors_solution_gives_what_the_examples_say(name, monkeypatch):
    shown = []
    monkeypatch.setattr(practice, "beside", lambda *pair, **_: shown.append(pair))
    names = {"__name__": "__main__"}
    for cell in cells_of(name):
        left_out = cell.id in TRAINS or cell.metadata.get("nbgrader", {}).get("grade")
        if cell.cell_type == "code" and not left_out:
            before = len(shown)
            exec(compile(cell.source, cell.id, "exec"), names)
            for expected, yours, *_ in shown[before:]:
                found = np.asarray(yours())
                if found.dtype.kind == "U":
                    assert found.tolist() == expected, cell.id
                    continue
                key = np.asarray(expected, dtype=float)
                assert found.shape in (key.shape, key.squeeze().shape), cell.id
                if cell.id != "ex23-split-show":  # where the example is one of several
                    np.testing.assert_allclose(found.reshape(key.shape), key, atol=1e-6)
                else:
                    assert found.sum() == key.sum()


@each_assignment
def test_no_hint_is_a_line_of_the_solution(name):
    cells = {cell.id: cell.source for cell in cells_of(name)}
    for question in catalogue.load(name):
        solution = "".join(
            "".join(SOLUTION.findall(source))
            for key, source in cells.items()
            if key.startswith(question)
        ) + "".join(SOLUTION.findall(cells.get("conv2d", "")))
        flat = re.sub(r"\s+", "", solution)
        for number, hint in HINTS.findall(cells[f"{question}-statement"]):
            for piece in re.findall(r"`([^`]+)`", hint):
                code = re.sub(r"\s+", "", piece)
                assert len(code) <= A_NAME or code not in flat, (
                    f"{question}, hint {number}: {piece}"
                )
