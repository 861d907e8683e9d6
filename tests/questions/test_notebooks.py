"""What holds for every exercise notebook: its source, what students get, and its checkers."""

import ast
import re
from itertools import pairwise

import nbformat
import pytest
from support import ROOT, namespace_of, without_tensorflow
from the_course import DEFINITION, catalogue, counting

from autograder.course import exercises
from autograder.course.definition import DefinitionError
from autograder.jail.student import LocalStudent

ASSIGNMENTS = catalogue.assignments()
each_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)


def source(name):
    return nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)


def students_version(name):
    return ROOT / "exercises" / name / f"{name}.ipynb"


def graded(notebook):
    return [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    ]


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exercises")
    exercises.generate(DEFINITION, folder)
    return folder


@each_assignment
def test_exercises_are_what_the_solutions_generate(name, regenerated):
    ours = {path.name: path.read_bytes() for path in (regenerated / name).iterdir()}
    committed = {
        path.name: path.read_bytes()
        for path in (ROOT / "exercises" / name).iterdir()
        if path.is_file()
    }
    assert ours.keys() == committed.keys(), "run `make exercises`"
    assert ours == committed, "run `make exercises`"


@each_assignment
def test_the_instructors_solution_earns_every_point(name):
    with without_tensorflow():
        student = LocalStudent(namespace_of(ROOT / "solutions" / name / f"{name}.ipynb"))
    for question in catalogue.load(name).values():
        verdict = question.check(student)
        assert verdict.points == question.points, (question.id, verdict)
        assert verdict.messages == ()


@each_assignment
def test_an_untouched_notebook_runs_and_earns_nothing(name):
    student = LocalStudent(namespace_of(students_version(name)))
    for question in catalogue.load(name).values():
        verdict = question.check(student)
        assert verdict.points == 0, question.id
        assert verdict.messages, question.id
        assert verdict.misconception is None, question.id


@each_assignment
def test_an_empty_namespace_earns_nothing(name):
    for question in catalogue.load(name).values():
        verdict = question.check(LocalStudent({}))
        assert verdict.points == 0
        assert "not defined" in verdict.messages[0]


@each_assignment
def test_grade_cells_and_checkers_belong_together(name):
    cells = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader for cell in graded(source(name))
    }
    checkers = catalogue.load(name)
    assert list(cells) == list(checkers)
    for key, meta in cells.items():
        assert meta.points == checkers[key].points, key


@each_assignment
def test_every_question_says_points_minutes_and_objectives_and_has_three_hints(name):
    notebook = source(name)
    statements = {
        cell.metadata.convbook.question: cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith("-statement")
    }
    for key, checker in catalogue.load(name).items():
        cell = statements[key]
        facts = cell.metadata.convbook
        assert tuple(facts.objectives) == checker.objectives, key
        points = "1 point " if checker.points == 1 else f"{checker.points:g} points "
        assert f"**{points}· about {facts.minutes} minutes" in cell.source, key
        assert cell.source.count("<details>") == cell.source.count("</details>") == 3, key


@each_assignment
def test_every_question_has_three_folded_hints_where_students_read_it(name):
    notebook = nbformat.read(students_version(name), as_version=4)
    statements = {
        cell.metadata.convbook.question: cell.source
        for cell in notebook.cells
        if "question" in cell.metadata.get("convbook", {})
        and not cell.metadata.convbook.get("written")
    }
    assert list(statements) == list(catalogue.load(name))
    folded = re.compile(
        r"<details>\n<summary>(Hint \d): [^<]+</summary>\n\n(\S[^<]*)\n\n</details>"
    )
    for question, text in statements.items():
        hints = folded.findall(text)
        assert [label for label, _ in hints] == ["Hint 1", "Hint 2", "Hint 3"], question
        assert len({hint for _, hint in hints}) == 3, question
        rest = folded.sub("", text)
        assert "details" not in rest, f"{question}: a hint lies open"
        assert "Hint" not in rest, f"{question}: a hint lies open"


@each_assignment
def test_grade_cells_look_at_the_form_and_end_in_a_check(name):
    for cell in graded(source(name)):
        *forms, last = (statement.value for statement in ast.parse(cell.source).body)
        assert forms
        for call in forms:
            assert call.func.id == "hand_in"
            question, answer, form = call.args
            assert question.value == cell.metadata.nbgrader.grade_id
            assert isinstance(answer, ast.Name)
            assert isinstance(form.value, str)
        assert ast.unparse(last) == f"check({cell.metadata.nbgrader.grade_id!r})"


@each_assignment
def test_every_notebook_names_the_check_and_says_that_an_examination_has_none(name):
    (rules,) = [cell.source for cell in source(name).cells if cell.id == "rules"]
    assert f"make check NOTEBOOK=exercises/{name}/{name}.ipynb" in rules
    assert "`check` then tells you what the grader would say" in rules
    assert "In an examination it says nothing" in rules


@each_assignment
def test_students_get_no_solution_and_no_mark_scheme(name):
    text = students_version(name).read_text(encoding="utf8")
    assert not re.search(r"BEGIN|END SOLUTION|MARK SCHEME|\[1 point\]", text)


@each_assignment
def test_every_written_part_has_a_rubric_with_a_point_a_line(name):
    cells = source(name).cells
    for cell, answer in pairwise(cells):
        if cell.metadata.get("nbgrader", {}).get("task"):
            scheme = cell.source.split("BEGIN MARK SCHEME")[1]
            assert answer.metadata.nbgrader.points == scheme.count("- [1 point]")


def test_machine_only_leaves_nothing_for_a_person(tmp_path):
    for path in exercises.generate(DEFINITION, tmp_path, written=False):
        notebook = nbformat.read(path, as_version=4)
        assert not [
            cell
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("task")
            or (cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade"))
        ]


def in_words(path):
    """The grade ids of the answers in words that count in a student's notebook."""
    return [
        cell.metadata.nbgrader.grade_id
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("grade")
    ]


def test_five_answers_in_words_count_and_each_notebook_says_which():
    counted = [question for name in ASSIGNMENTS for question in in_words(students_version(name))]
    assert sorted(counted) == sorted(DEFINITION.written)
    assert len(counted) == 5
    for name in ASSIGNMENTS:
        cells = {
            cell.id: cell for cell in nbformat.read(students_version(name), as_version=4).cells
        }
        tasks = {key for key in cells if key.endswith("-task")}
        assert ("in-words" in cells) == bool(tasks), name
        for key in tasks:
            counts = key.removesuffix("-task") in counted
            assert ("marked by a person" in cells[key].source) == counts, key
            assert ("for yourself, without points" in cells[key].source) != counts, key
    cells = {c.id: c for c in nbformat.read(students_version(ASSIGNMENTS[0]), as_version=4).cells}
    assert cells["in-words"].source == (
        "**34 points: 31 judged by machine, 3 in words.** A person marks 9 c (3 points). "
        "22 c and 25 d are practice, without points: the notebook shows a sample answer to compare "
        "yours with."
    )
    assert cells["ex22-explain"].source == "*Write your answer here.*"


def test_a_course_chooses_which_answers_in_words_count(tmp_path):
    name = "01-shapes-and-counts"
    book = counting(tmp_path / "book", ["ex25-explain"], name)
    assert in_words(book.released(name)) == ["ex25-explain"]
    every = counting(tmp_path / "every", None, name)
    assert len(in_words(every.released(name))) == 3
    with pytest.raises(DefinitionError, match="written names 'ex99'; answers in words are ex09-"):
        counting(tmp_path / "wrong", ["ex99", "ex25-explain"], name)


def test_an_unknown_assignment_is_named(tmp_path):
    with pytest.raises(ValueError, match="no assignment '99-nothing'"):
        exercises.generate(DEFINITION, tmp_path, ["99-nothing"])


@each_assignment
def test_the_table_at_the_top_adds_up_to_the_points_and_minutes_of_the_questions(name):
    cells = source(name).cells
    table = re.findall(r"^\|(.+)\|(.+)\|([\d. ]+)\|([\d ]+)\|$", cells[0].source, re.M)
    if not table:
        pytest.skip("its title has no table")
    judged = sum(cell.metadata.nbgrader.points for cell in graded(source(name)))
    minutes = sum(cell.metadata.get("convbook", {}).get("minutes", 0) for cell in cells)
    assert sum(float(points) for *_, points, _ in table) == judged
    assert sum(int(time) for *_, time in table) == minutes
