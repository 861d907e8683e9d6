"""Answers are read as people write them; what has two meanings, or none, is not guessed."""

import numpy as np
import pytest
from claims import for_each

from autograder.handin import forms
from autograder.jail.student import LocalStudent
from autograder.marking import Case, Function, Number, question
from autograder.marking.functions import ROUNDED, is_rounded


@for_each(
    "text, value",
    [
        ("30 pixels", 30),
        ("30 px", 30),
        ("= 30", 30),
        ("≈ 8.69", 8.69),
        ("8.69×", 8.69),
        ("8.69 times", 8.69),
        ("61 million", 61e6),
        ("25.6M", 25.6e6),
        ("1e3", 1000),
        ("73,856 weights", 73_856),
    ],
)
def test_a_number_may_have_its_unit(text, value):
    assert forms.number(text, "n") == pytest.approx(value)


@for_each(
    "text",
    ["", "x", "M", "about", "30 or 31", "30 2", "13x19", "1.5e", "30 percent", "30 %", "8.69 × 2"],
)
def test_what_may_be_another_number_is_refused(text):
    with pytest.raises(forms.WrongForm, match="expected a number"):
        forms.number(text, "n")


def test_dots_between_thousands_are_asked_about():
    with pytest.raises(forms.WrongForm, match="Do the dots separate thousands"):
        forms.whole_number("73.856", "n")
    with pytest.raises(forms.WrongForm, match="Which step of the rule"):
        forms.whole_number(30.5, "n")


@for_each(
    "text, choice",
    [
        ("mean", "average"),
        ("maximum", "max"),
        ("max pooling", "max"),
        ("Average.", "average"),
        ("not max", None),
        ("max and average", None),
        ("", None),
    ],
)
def test_a_word_may_be_followed_by_others_that_are_no_second_answer(text, choice):
    if choice:
        assert forms.word(text, "w", ["max", "average"]) == choice
    else:
        with pytest.raises(forms.WrongForm):
            forms.word(text, "w", ["max", "average"])


@for_each("value", ["b/c", "[b, c]", ["bc"], ["b, c"], "b|c", "B & C"])
def test_letters_are_told_apart_by_any_sign(value):
    assert forms.chosen(value, "l", "abc") == {"b", "c"}


ARRAYS = [[["1", "3"], ["2", "-2"]], "[[1, 3], [2, -2]]", np.array([["1", "3"], ["2", "-2"]])]


@for_each("value", ARRAYS)
def test_an_array_may_be_text(value):
    assert forms.array(value, "a").tolist() == [[1, 3], [2, -2]]


@for_each("value", ["__import__('os')", "[[1, 2], [3]]", [["a"]], "[" * 5000])
def test_text_that_is_no_array_is_refused(value):
    with pytest.raises(forms.WrongForm):
        forms.array(value, "a")


# --- rounding ------------------------------------------------------------------------------------


KEY = np.array([8.12345678, -0.03125, 700.5])


def marked(decimals, off=0.0, key=KEY):
    part = Function(
        name="f",
        cases=[Case((key,))],
        reference=lambda x: x,
        groups={"": 2},
        rtol=1e-6,
        atol=0,
        otherwise="no",
    )
    names = {"f": lambda x: np.round(x + off, decimals)}
    return question("one")(lambda: [part]).check(LocalStudent(names))


def test_four_decimals_are_enough_and_fewer_are_told():
    assert marked(4).points == marked(8).points == 2
    assert marked(2).points == 0
    assert ROUNDED in marked(2).messages[0]


def test_a_result_that_is_near_and_not_rounded_is_another_one():
    assert marked(12, off=4e-5).points == 0
    assert ROUNDED not in marked(12, off=4e-5).messages[0]
    assert marked(4, off=2e-4).points == 0


def test_zeros_are_no_rounded_form_of_what_is_tiny():
    tiny = np.array([3e-5, -2e-5])
    assert not is_rounded(np.zeros(2), tiny, 4)
    assert marked(4, key=tiny).points == 0


def test_a_number_that_is_rounded_too_far_is_told_so():
    part = Number(name="n", key=8.694, otherwise="no", read=forms.number, tolerance=0.005)
    ask = question("one")(lambda: [part])
    assert ask.check(LocalStudent({"n": 8.69})).points == 1
    said = ask.check(LocalStudent({"n": 8.7}))
    assert said.points == 0
    assert "more decimals" in said.messages[0]
