"""A claim about many cases tries them all and names those that fail."""

import contextlib
from types import SimpleNamespace

import pytest
from claims import for_each


def run(claim, wanted="", only="", **fixtures):
    """Run a claim as pytest would; return its failing cases' names and how many it tried."""
    failed = []

    @contextlib.contextmanager
    def test(msg):
        try:
            yield
        except AssertionError:
            failed.append(msg)

    node = SimpleNamespace(user_properties=[])
    config = SimpleNamespace(getoption={"--case": wanted, "--assignment": only}.get)
    claim(SimpleNamespace(node=node, config=config), SimpleNamespace(test=test), **fixtures)
    return failed, dict(node.user_properties)["cases"]


@for_each("number, square", [(2, 4), pytest.param(3, 8, id="three"), (4, 15)])
def is_square(number, square, power):
    assert number**power == square


def test_every_case_is_tried_and_each_that_fails_is_named():
    assert run(is_square, power=2) == (["three", "4, 15"], 3)
    assert run(is_square, wanted="three", power=2) == (["three"], 1)


def test_a_run_for_one_assignment_tries_only_its_cases_and_all_those_of_none():
    of_two = for_each("assignment, right", [("01-shapes", False), ("02-fields", False)])
    assert run(of_two(_holds), only="02-fields") == (["02-fields, False"], 1)
    assert run(of_two(_holds), only="02-fields,01-shapes")[1] == 2
    assert run(is_square, only="02-fields", power=2) == (["three", "4, 15"], 3)


def _holds(assignment, right):
    assert right, assignment


def test_a_claim_asks_pytest_for_its_fixtures_and_not_for_its_cases():
    assert list(is_square.__signature__.parameters) == ["request", "subtests", "power"]


def test_a_choice_that_leaves_no_case_is_a_skip_not_a_pass():
    with pytest.raises(pytest.skip.Exception, match="no case has 'seven'"):
        run(is_square, wanted="seven", power=2)


def test_a_claim_about_nothing_is_refused():
    with pytest.raises(ValueError, match="could not fail"):
        for_each("number", [])(is_square)


def test_a_case_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="case 1 has 3 values for number, square"):
        for_each("number, square", [(1, 1), (1, 2, 3)])
    skipped = pytest.param(1, 1, marks=pytest.mark.skip)
    with pytest.raises(ValueError, match="case 0: a mark belongs to a test"):
        for_each("number, square", [skipped])
