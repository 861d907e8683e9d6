"""A teacher's own slips in a course: said at once, with file and line, before students see them."""

import nbformat
import pytest
import small_course

from autograder.cli import main
from autograder.course.definition import Definition
from autograder.course.exercises import generate
from autograder.handin import hand_in
from autograder.marking import Case, Function
from autograder.run import key, profiles


@pytest.fixture
def course(tmp_path, monkeypatch):
    made = small_course.make(tmp_path / "linear-algebra")
    monkeypatch.chdir(made)
    return made


def mend(path, before, after):
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


MISMATCHES = {
    "points": ("points=2,", "points=3,", "the cell `length` is worth 2, its checker 3"),
    "name": ('@question("length"', '@question("len"', "the cell `length` has no checker"),
    "assignment": ('"1-vectors"', '"1-vektors"', "1-vektors"),
}


@pytest.mark.parametrize("command", ["exercises", "check"])
@pytest.mark.parametrize(("before", "after", "told"), MISMATCHES.values(), ids=list(MISMATCHES))
def test_checkers_that_do_not_fit_the_notebook_are_told(
    course, capfd, command, before, after, told
):
    mend(course / "linalg_questions" / "vectors.py", before, after)
    notebook = course / "solutions" / "1-vectors" / "1-vectors.ipynb"
    arguments = ["exercises"] if command == "exercises" else ["check", str(notebook)]
    assert main(arguments) != 0
    assert told in capfd.readouterr().err


BROKEN = {
    "a checker that is no Python": ("vectors.py", "key=length", "key=(length", "vectors.py, line"),
    "a helper that is no Python": ("helpers.py", "return math", "return (math", "helpers.py, line"),
    "a helper that fails": ("helpers.py", "math.sqrt(", "math.root(", "helpers.py, line 8"),
}


@pytest.mark.parametrize("command", ["check", "grade", "exercises"])
@pytest.mark.parametrize(("name", "before", "after", "told"), BROKEN.values(), ids=list(BROKEN))
def test_checkers_that_cannot_be_loaded_are_named_with_file_and_line(
    course, capfd, command, name, before, after, told
):
    generate(Definition.read(course), course / "exercises")
    mend(course / "linalg_questions" / name, before, after)
    notebook = course / "solutions" / "1-vectors" / "1-vectors.ipynb"
    argument = {"check": [str(notebook)], "grade": ["1-vectors"], "exercises": []}[command]
    assert main([command, *argument]) != 0
    said = capfd.readouterr().err
    assert told in said
    assert "Traceback" not in said


@pytest.mark.parametrize("groups", [{"": 2, "single": 1}, {}], ids=["no case", "no points"])
def test_a_group_without_a_case_and_a_case_without_points_are_refused(groups):
    with pytest.raises(ValueError, match="each group needs a case"):
        Function(
            name="mean", cases=[Case(([1, 2],))], reference=sum, groups=groups, otherwise="add up."
        )


def test_an_answer_below_the_stub_counts_and_an_untouched_one_is_no_answer(course, capfd):
    assert main(["exercises", "1-vectors"]) == 0
    path = course / "exercises" / "1-vectors" / "1-vectors.ipynb"
    notebook = nbformat.read(path, as_version=4)
    answers = {
        "length-answer": "\nvector_length = 5",
        "dot-answer": "\ndef dot(a, b):\n    return sum(x * y for x, y in zip(a, b))",
    }
    assert not any("raise" in cell.source for cell in notebook.cells)
    for cell in notebook.cells:
        cell.source += answers.get(cell.get("id"), "")
    nbformat.write(notebook, path)
    capfd.readouterr()
    assert main(["check", str(path)]) == 0
    assert "5 of 5 points" in capfd.readouterr().out


def test_hand_in_calls_a_function_that_only_holds_the_stub_no_answer(capsys):
    def median(values):
        # your answer here
        ...

    hand_in("median", median, "function of 1 argument")
    assert "no answer yet" in capsys.readouterr().out


def test_a_package_that_the_course_admits_later_changes_its_rules(course):
    def rules():
        definition = Definition.read(course)
        module = definition.catalogue.module_of("1-vectors")
        released = definition.released("1-vectors")
        return key.rules(
            module,
            definition.catalogue.folder,
            released,
            profiles.profile_of(module, released, definition.library),
        )

    assert main(["exercises", "1-vectors"]) == 0
    before = rules()
    mend(course / "autograder.toml", '["linalg"]', '["linalg", "skimage"]')
    assert rules() != before


@pytest.mark.jail
def test_marks_under_other_rules_are_named_before_they_leave_the_house(course, capfd):
    assert main(["exercises", "1-vectors"]) == 0
    small_course.hand_in(course, "asha", length="vector_length = 5")
    assert main(["grade", "1-vectors"]) == 0
    for command in ("export", "feedback"):
        capfd.readouterr()
        assert main([command, "1-vectors"]) == 0
        assert "other rules" not in capfd.readouterr().err
    mend(course / "linalg_questions" / "helpers.py", "entry**2", "entry**4")
    for command in ("export", "feedback"):
        capfd.readouterr()
        assert main([command, "1-vectors"]) == 0
        assert "1 of 1 marks were recorded under other rules" in capfd.readouterr().err
