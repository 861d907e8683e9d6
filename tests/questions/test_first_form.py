"""What can't be read in any form is told in the form that the exercise asks for, not in another."""

import pytest
from claims import for_each
from support import student_of
from the_course import catalogue

from autograder.handin import forms
from questions.networks import lay_out
from questions.q06_transfer_and_interpretation.heat_maps import _network

ASKED_AND_GIVEN = [
    (
        ("01-shapes-and-counts", "ex01", "ex01_output_size", given),
        f"`ex01_output_size`: expected one whole number, but this is {given!r}.",
    )
    for given in ("thirty", (30, 30, 3), (28.5, 30), "30x?", "(64 - 5) / 2")
]
ASKED_AND_GIVEN += [
    (
        ("08-multiple-choice", "mcq01", "mcq01", given),
        f"`mcq01`: expected one of the letters a, b, c, d, but this is {given!r}.",
    )
    for given in ("e", "the first one", 2)
]


@for_each("about, told", ASKED_AND_GIVEN)
def test_the_error_names_the_form_that_was_asked_for_and_what_was_given(about, told):
    assignment, question, name, given = about
    said = catalogue.load(assignment)[question].check(student_of(**{name: given}))
    assert said.messages == (told,)
    assert said.points == 0


def test_an_entry_of_a_row_is_told_as_an_entry_of_a_row():
    with pytest.raises(forms.WrongForm) as refused:
        forms.whole_numbers((13, "?", 5), "shape", 3)
    assert str(refused.value) == (
        "`shape`: expected 3 whole numbers in order, but this is (13, '?', 5)."
    )
    with pytest.raises(forms.WrongForm, match=r"this is 6\.5, but a count can't have a fraction"):
        forms.whole_numbers((13, 6.5, 5), "shape", 3)


@for_each("given", ["1px", [1, 1], "both", 1.5])
def test_a_layers_padding_is_told_with_all_that_it_may_be(given):
    layers = [{"layer": "conv", "filters": 4, "kernel_size": 3, "padding": given}]
    with pytest.raises(forms.WrongForm, match="expected 'valid', 'same' or a whole number from 0"):
        lay_out(layers, "layers", (1, 8, 8), None)


def test_a_networks_name_is_quoted_as_it_was_written():
    with pytest.raises(forms.WrongForm, match="letters a, b, c, but this is 'Netz B'"):
        _network("Netz B", "network")
    assert _network(" Network B", "network") == "B"
