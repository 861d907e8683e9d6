"""A question's sheet: what is said once, named first, and never rounded up to a full score."""

import numpy as np
import pytest

from autograder.handin.forms import WrongForm
from autograder.jail.student import LocalStudent
from autograder.marking import Shape, agree
from autograder.marking.sheet import Attempt, Mistake, Sheet, explain, same_number


def test_a_message_is_said_once_and_the_first_misconception_stands():
    sheet = Sheet(2)
    for slug in (None, "forgot-bias", "one-filter"):
        sheet.say("count one filter first", slug)
    verdict = sheet.verdict()
    assert verdict.messages == ("count one filter first",)
    assert verdict.misconception == "forgot-bias"


@pytest.mark.parametrize(
    ("earned", "points"), [([0.1] * 10, 1), ([0.7, 0.3 - 2e-7], 1), ([0.999], 0.999), ([1, 1], 1)]
)
def test_points_lose_the_dust_of_floats_and_nothing_else(earned, points):
    sheet = Sheet(1)
    for part in earned:
        sheet.earn(part)
    assert sheet.verdict().points == points


def test_what_goes_wrong_in_a_part_costs_that_part_only():
    sheet = Sheet(3)
    with sheet.part():
        sheet.earn(1)
        raise WrongForm("`x`: expected a whole number")
    with sheet.part():
        sheet.earn(2)
    assert sheet.verdict().points == 3
    assert sheet.verdict().messages == ("`x`: expected a whole number",)


def test_a_fault_of_the_checker_is_no_fault_of_the_answer():
    with pytest.raises(ZeroDivisionError), Sheet(1).part():
        1 / 0  # noqa: B018


def test_the_first_mistake_that_fits_is_told_and_earns_its_share():
    sheet = Sheet(2)
    slips = [Mistake("a", 1, "first", 0.25), Mistake("b", 2, "second", 0.5), Mistake("c", 2, "no")]
    assert explain(sheet, "`x`", slips, lambda slip: slip.value == 2, points=2, link="See 4.4.")
    assert (sheet.points, sheet.messages) == (1.0, ["`x`: second See 4.4."])
    assert sheet.misconception == "b"
    assert not explain(sheet, "", slips, lambda slip: False, points=2)
    assert explain(sheet, "", slips, lambda slip: True), "where no points are to be shared"
    assert sheet.points == 1.0


def test_numbers_agree_within_the_tolerance_and_whole_ones_exactly():
    assert same_number(8.74, 8.69, 0.05)
    assert not same_number(8.741, 8.69, 0.05)
    assert same_number(0.1 + 0.2, 0.3)
    assert same_number(9, 8.98, 0.05)
    assert same_number(9.02, 9, 0.05)
    assert not same_number(10**400 + 1, 10**400)


def test_arrays_agree_in_their_shape_and_within_both_tolerances():
    key = [0, 1000]
    for found, agrees in (([9e-7, 1000.09], True), ([2e-6, 1000], False), ([0, 1000.2], False)):
        assert agree(np.array(found), key, rtol=1e-4, atol=1e-6) == agrees
    assert not agree(np.array([key]), key, rtol=1e-4, atol=1e-6)


def test_places_that_count_by_themselves_are_not_paid_twice():
    answers = {(7, 3, 5): 3, (7, 4, 5): 2, (7, 7, 7): 0, (6, 4, 1): 0, (7, 3): 2, (7, 4): 0}
    for answer, points in answers.items():
        key = (7, 3, 5)[: len(answer)]
        part = Shape(name="size", key=key, otherwise="no", points=len(key), each=(1,) * len(key))
        attempt = Attempt(LocalStudent({"size": answer}), Sheet(10))
        part.mark(attempt)
        assert attempt.sheet.points == points
