"""The form check in a learner's notebook: what it takes and refuses, and that it never marks."""

import contextlib
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from autograder.handin import forms
from convbook.practice import hand_in

RIGHT = "right form"
EXERCISES = Path(__file__).resolve().parents[2] / "exercises"


def said(capsys, answer, form):
    hand_in("q", answer, form)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        (73856, "whole number"),
        (73856.0, "whole number"),
        (np.int32(7), "whole number"),
        (np.array([7]), "whole number"),
        ("73,856", "whole number"),
        ("73 856", "whole number"),
        ("73_856", "whole number"),
        (8.69, "number"),
        ("28 %", "percent"),
        ((56, 56, 64), "shape"),
        ([56, 56.0, np.int64(64)], "shape"),
        ("56×56×64", "shape"),
        ("(56, 56, 64)", "shape"),
        (np.array([56, 56, 64]), "shape"),
        ("a, c", "letters"),
        (["A", "(c)"], "letters"),
        ("acd", "letters"),
        ({"a", "c"}, "letters"),
        (np.array(["a", "c"]), "letters"),
        (Fraction(17), "whole number"),
        (Decimal("8.69"), "number"),
        ("2,94,912", "whole number"),
        (range(3, 6), "shape"),
        (np.array("before"), "text"),
        ([1, 2], "tuple of 2 whole numbers"),
        ([1.5, 2], "list of 2 numbers"),
        (["rotation", "zoom"], "list of 2 words"),
        ([[1, 2], [3, 4]], "array of shape (2, 2)"),
        (np.float64(True), "true or false"),
        ("B)", "one of a, b, c, d"),
        ({"a": 1}, "dictionary"),
        ([{"layer": "relu"}], "list"),
        (lambda x, y=1: x, "function of 2 arguments"),
        (dict, "class"),
        ("before", "text"),
    ],
)
def test_an_answer_of_the_right_form_is_taken(capsys, answer, form):
    assert RIGHT in said(capsys, answer, form)


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        (29.5, "whole number"),
        (True, "whole number"),
        (float("nan"), "whole number"),
        ("thirty", "whole number"),
        ([1, 2], "whole number"),
        ("28 %", "number"),
        (("?", 56, 56, 64), "shape"),
        ((56, 56), "shape"),
        ("a1", "letters"),
        ({"a", 1}, "letters"),
        ([1, 2, 3], "tuple of 2 whole numbers"),
        (["zoom", 3], "list of 2 words"),
        ([[1, 2], [3]], "array of shape (2, 2)"),
        ([[1, 2], [3, np.inf]], "array of shape (2, 2)"),
        ("maybe", "true or false"),
        ("e", "one of a, b, c, d"),
        ({1: 2}, "dictionary"),
        ([], "list"),
        (lambda x: x, "function of 2 arguments"),
        (3, "function"),
        (3, "class"),
        ("  ", "text"),
    ],
)
def test_an_answer_of_another_form_is_told_what_was_expected(capsys, answer, form):
    text = said(capsys, answer, form)
    assert RIGHT not in text
    assert f"expected {form}" in text


@pytest.mark.parametrize("placeholder", [None, ...])
def test_a_placeholder_is_no_answer(capsys, placeholder):
    assert "no answer yet" in said(capsys, placeholder, "whole number")


def test_a_function_without_a_body_is_no_answer(capsys):
    def handed_out(x, weights):
        """Return something."""
        # your code here

    def written(x, weights):
        """Return something."""
        return x

    assert "no answer yet" in said(capsys, handed_out, "function of 2 arguments")
    assert RIGHT in said(capsys, written, "function of 2 arguments")
    assert RIGHT in said(capsys, len, "function of 1 argument")


def test_the_check_says_the_same_of_a_right_and_of_a_wrong_answer(capsys):
    assert said(capsys, 30, "whole number") == said(capsys, 31, "whole number")


def test_a_form_that_does_not_exist_is_the_authors_error():
    with pytest.raises(ValueError, match="'integer' is not known; use 'whole number'"):
        hand_in("q", 3, "integer")


def test_a_table_may_come_as_a_dictionary_or_as_its_values():
    keys = ["conv1_1", "fc6"]
    for given in ({"CONV1-1": 1, "fc 6": 2}, [1, 2], np.array([1, 2])):
        assert forms.table(given, "t", keys) == {"conv1_1": 1, "fc6": 2}
    assert forms.table({"fc6": 2}, "t", keys) == {"conv1_1": None, "fc6": 2}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fc9": 1}, "'fc9' is not one of"),
        ({"fc6": 1, "FC6": 2}, "two entries for 'fc6'"),
        ([1, 2, 3], "expected 2 entries"),
        (7, "expected a dictionary"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(given, message):
    with pytest.raises(forms.WrongForm, match=message):
        forms.table(given, "t", ["conv1_1", "fc6"])


def test_an_order_needs_every_letter_once():
    assert forms.order("b, e, c", "o", "bce") == ("b", "e", "c")
    with pytest.raises(forms.WrongForm, match="once"):
        forms.order("bbc", "o", "bce")


def test_a_gap_is_named_with_its_place(capsys):
    hand_in("q", {"a": "max", "b": None}, "dictionary", keys="ab", choices=("max", "both"))
    assert 'no answer yet in ["b"]' in capsys.readouterr().out
    hand_in("q", dict.fromkeys("ab"), "dictionary", keys="ab")
    assert "no answer yet (" in capsys.readouterr().out


class _Empty:
    def forward(self, x):
        """Not written yet."""


@pytest.mark.parametrize(
    ("answer", "form", "settings"),
    [
        ("befor", "text", {"choices": ("before", "after")}),
        ("az", "letters", {"choices": "abcde"}),
        ("abcda", "letters in order", {"choices": "abcde"}),
        ({"a": "max", "b": "min"}, "dictionary", {"keys": "ab", "entries": "text"}),
        ({"a": "max"}, "dictionary", {"keys": "ab"}),
        (dict, "class", {"methods": ("forward",)}),
        (map(int, "123"), "shape", {}),
    ],
)
def test_what_the_grader_could_not_read_has_not_the_right_form(capsys, answer, form, settings):
    choices = {"choices": ("max", "both")} if form == "dictionary" else {}
    hand_in("q", answer, form, **choices, **settings)
    assert RIGHT not in capsys.readouterr().out


def test_a_class_whose_methods_are_empty_is_no_answer(capsys):
    hand_in("q", _Empty, "class", methods=("forward",))
    assert "no answer yet" in capsys.readouterr().out


@pytest.mark.parametrize("notebook", sorted(EXERCISES.glob("*/*.ipynb")), ids=lambda p: p.stem)
def test_an_untouched_notebook_is_never_told_that_its_form_is_right(notebook, capsys):
    namespace = {"__name__": "__main__"}
    for cell in json.loads(notebook.read_text("utf8"))["cells"]:
        source, marks = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code":
            continue
        if marks.get("solution") or "class Conv2D" in source or "hand_in" in source:
            with contextlib.suppress(NameError):
                exec("import numpy as np\n" + source, namespace)
    assert RIGHT not in capsys.readouterr().out


class Unshown:
    """An object that fails to say what it is."""

    def __repr__(self):
        raise RuntimeError

    __str__ = __repr__


ODD = [10**400, -(10**400), 10**5000, "9" * 500, [10**400], Unshown(), [Unshown()], {Unshown(): 1}]
ODD += [{10**5000: 1}, np.array([10**400], dtype=object), 1e999, complex(1), b"x", [1, [2]]]
FORMS = ["whole number", "number", "percent", "shape", "letters", "text", "true or false", "array"]
FORMS += ["list", "dictionary", "function of 2 arguments", "tuple of 3 whole numbers"]
FORMS += ["list of 4 numbers", "list of 5 words", "array of shape (3, 3)", "one of a, b, c"]


def test_no_answer_is_too_odd_to_be_told_what_was_expected(capsys):
    for answer in ODD:
        for form in FORMS:
            hand_in("q", answer, form)
            assert "right form" in (told := capsys.readouterr().out) or f"expected {form}" in told
        for read in (forms.number, forms.whole_number):
            with pytest.raises(forms.WrongForm, match="expected"):
                read(answer, "q")


def test_a_table_with_a_key_that_cannot_be_shown_is_refused():
    for key in (Unshown(), 10**5000):
        with pytest.raises(forms.WrongForm, match="is not one of"):
            forms.table({key: 1}, "t", ["a"])
