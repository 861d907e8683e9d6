"""A change is tried by what it concerns, through imports of Python and of the front end."""

import changed


def chosen(*names):
    return set(changed.choose(names)[0])


def test_a_formula_concerns_whoever_computes_with_it_and_not_the_pages_words():
    found = chosen("convbook/shapes/sizes.py")
    assert {"tests/test_shapes.py", "tests/widgets/test_output_size_calculator.py"} <= found
    assert "tests/book/test_chapter.py" not in found


def test_a_shared_front_end_module_concerns_the_widgets_that_import_it():
    found = chosen("convbook/widgets/shared/view.js")
    assert {"tests/widgets/test_kernel_lab.py", "tests/widgets/test_quiz.py"} <= found


def test_what_is_not_imported_concerns_the_tests_of_its_folder():
    assert "tests/questions/test_notebooks.py" in chosen("solutions/01-shapes-and-counts/a.ipynb")
    assert "tests/book/test_numbers.py" in chosen("book/13-indian-case-studies.md")
    assert "tests/items/test_items.py" in chosen("convbook/items/questions.json")
    answers = {"tests/grading/test_answers.py", "tests/grading/test_fresh.py"}
    assert answers <= chosen("questions/q08_multiple_choice.py")
    assert answers <= chosen("tests/grading/answers/fresh/f08_multiple_choice.py")


def test_the_exercises_of_one_notebook_are_tried_alone_unless_something_else_was_changed_too():
    one = ["questions/q02_receptive_fields/fields.py", "tests/questions/cases.py"]
    assert changed.assignment_of(one) == "02-receptive-fields"
    assert changed.assignment_of([*one, "solutions/02-receptive-fields/a.ipynb"])
    for other in ("questions/mistakes.py", "questions/q01_shapes_and_counts/sizes.py"):
        assert changed.assignment_of([*one, other]) is None
    assert changed.assignment_of([]) is None


def test_a_test_that_was_changed_comes_before_what_lies_further_away():
    names, left = changed.choose(["tests/widgets/test_quiz.py", "convbook/shapes/sizes.py"])
    assert names[:2] == ["tests/test_house.py", "tests/widgets/test_quiz.py"]
    assert set(left).isdisjoint(names)


def test_every_folder_of_the_table_is_there():
    for folder, tests in changed.FOLDERS.items():
        assert all((changed.ROOT / path).exists() for path in (folder, *tests)), folder
