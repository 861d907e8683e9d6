"""What a task has: an example that is right, a picture of it, hints that leave the work."""

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
#: What Markdown shows as it is written, whatever stands in it.
AS_WRITTEN = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.S)
#: So many figures in a row are data, which a learner can neither read nor check.
ONLY_DATA = re.compile(r"\d{12}")


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


def escapes_shown(cells):
    """The cells whose text shows an escape such as a backslash and an n, for a line's end."""
    prose = [cell for cell in cells if cell.cell_type == "markdown"]
    return [cell.id for cell in prose if re.search(r"\\[ntr]", AS_WRITTEN.sub("", cell.source))]


def digits_shown(cells):
    """The cells that show data as rows of digits."""
    return [cell.id for cell in cells if ONLY_DATA.search(cell.source)]


def bound(tree):
    """The names that a piece of code gives values to."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def out_of_order(cells):
    """The cells that use an answer, or a name of the notebook's own, above where it is asked for.

    A picture of one part may follow that part; what compares the answer as a whole stands below
    the statement of the last part that the answer is handed in for.
    """
    places = {cell.id: place for place, cell in enumerate(cells)}
    code = [
        (place, cell, cell.metadata.get("nbgrader", {}), ast.parse(cell.source))
        for place, cell in enumerate(cells)
        if cell.cell_type == "code"
    ]
    defined, last_part, parts = {}, {}, set()
    for place, _, marks, tree in code:
        for node in tree.body:
            for name in {node.name} if hasattr(node, "name") else bound(node):
                defined.setdefault(name, place)
        if marks.get("grade"):
            parts.add(marks.grade_id)
            stated = places[f"{marks.grade_id}-statement"]
            last_part |= {call.value.args[1].id: stated for call in tree.body[:-1]}
    found = []
    for place, cell, marks, tree in code:
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - bound(tree)
        of_one_part = (
            marks.get("grade") or marks.get("solution") or cell.id.removesuffix("-show") in parts
        )
        first = defined if of_one_part else defined | last_part
        found += [cell.id] * any(first.get(name, place) > place for name in used)
    return found


@each_assignment
def test_a_task_reads_from_top_to_bottom_without_escapes_or_rows_of_digits(name):
    cells = cells_of(name)
    assert escapes_shown(cells) == []
    assert digits_shown(cells) == []
    assert out_of_order(cells) == []


def test_escapes_rows_of_digits_and_a_comparison_above_its_parts_are_noticed():
    cells = cells_of("07-backward-pass")
    comparison = next(cell for cell in cells if cell.id == "check")
    first_part = next(n for n, cell in enumerate(cells) if cell.id == "challenge-biases-statement")
    moved = [cell for cell in cells if cell is not comparison]
    assert out_of_order([*moved[:first_part], comparison, *moved[first_part:]]) == ["check"]
    heading = nbformat.v4.new_markdown_cell(
        "## Pooling\\n\\nin words, not $\\nabla$ or `a\\nb`", id="a"
    )
    fine = nbformat.v4.new_markdown_cell("not $\\nabla$, not `a\\nb`, not 23,587,712", id="b")
    rows = nbformat.v4.new_code_cell('maps = ["0000000001110001111000011"]', id="c")
    assert escapes_shown([heading, fine, rows]) == ["a"]
    assert digits_shown([heading, fine, rows]) == ["c"]
