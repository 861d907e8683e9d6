"""Every question accepts what is right, in whatever form, and nothing that is wrong.

The answers stand in `grading/answers`; each is run in a namespace of its own and scored in this
process by the checker that the grader uses.
"""

import contextlib
import importlib
import io
import math
import sys
import warnings
from importlib.util import find_spec

import keys
import pytest
from claims import for_each

from .answers import fresh, junk, trained, tried

ASSIGNMENTS = {
    "01-shapes-and-counts": "a01_shapes_and_counts",
    "02-receptive-fields": "a02_receptive_fields",
    "03-pooling-and-invariance": "a03_pooling_and_invariance",
    "04-training-deep-networks": "a04_training_deep_networks",
    "05-architectures": "a05_architectures",
    "06-transfer-and-interpretation": "a06_transfer_and_interpretation",
    "07-backward-pass": "a07_backward_pass",
    "08-multiple-choice": "a08_multiple_choice",
    "09-mini-project": "a09_mini_project",
    "10-keras": "a10_keras",
    "11-build-up": "a11_build_up",
    "12-find-the-bug": "a12_find_the_bug",
}
BANKS = {
    name: importlib.import_module(f".answers.{module}", __package__)
    for name, module in ASSIGNMENTS.items()
    if find_spec(f"questions.{module.replace('a', 'q', 1)}")
}
tried.add_to(BANKS)
fresh.add_to(BANKS)
# Functions and classes of the bank whose text the question calls code: each has at least so many
# seeded bugs.
LEAST_WRONG, LEAST_RIGHT, LEAST_BUGS = 6, 3, 8


@contextlib.contextmanager
def digits_limit():
    """Some answers are integers of thousands of digits; leave the interpreter's limit as it was."""
    limit = sys.get_int_max_str_digits()
    try:
        yield
    finally:
        sys.set_int_max_str_digits(limit)


def verdict(assignment: str, question: str, code: str):
    """Run `code` as a student's notebook and return what the question's checker says about it."""
    from the_course import catalogue

    from autograder.jail.student import LocalStudent

    namespace = {"__name__": "__main__", "trained": trained}
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        digits_limit(),
    ):
        warnings.simplefilter("ignore")
        exec(compile(code, f"<{question}>", "exec"), namespace)  # the bank is our own code
        checked = catalogue.load(assignment)[question]
        said = checked.check(LocalStudent(namespace, [code]))
    assert isinstance(said.points, int | float)
    assert math.isfinite(said.points)
    assert 0 <= said.points <= said.max_points == checked.points
    assert all(isinstance(m, str) and m.strip() for m in said.messages)
    return said


def cases(table: str):
    for assignment, bank in BANKS.items():
        for question, answers in getattr(bank, table).items():
            for name, answer in answers.items():
                yield pytest.param(assignment, question, answer, id=f"{question}: {name}")


def junk_cases(values: dict[str, str]):
    for assignment, bank in BANKS.items():
        for question, names in bank.NAMES.items():
            for name, value in values.items():
                code = junk.assigned(names, value)
                if code not in bank.RIGHT[question].values():
                    yield pytest.param(assignment, question, code, id=f"{question}: {name}")


@for_each("assignment, question, code", cases("RIGHT"))
def test_right_answer_earns_full_points(assignment, question, code):
    said = verdict(assignment, question, code)
    assert said.points == said.max_points, said.messages
    assert said.messages == ()
    assert said.misconception is None


@for_each("assignment, question, code", cases("WRONG"))
def test_wrong_answer_never_earns_full_points(assignment, question, code):
    said = verdict(assignment, question, code)
    assert said.points < said.max_points
    assert said.messages, "a wrong answer is told that it is wrong"
    for message in said.messages:
        assert not keys.given_away(assignment, question, message, code)


@for_each("assignment, question, answer", cases("PARTIAL"))
def test_promised_part_is_given(assignment, question, answer):
    code, points = answer
    said = verdict(assignment, question, code)
    assert said.points == pytest.approx(points), said.messages


@for_each("assignment, question, code", junk_cases(junk.WORTHLESS))
def test_worthless_answer_earns_nothing(assignment, question, code):
    said = verdict(assignment, question, code)
    assert said.points == 0
    assert said.messages


@for_each("assignment, question, code", junk_cases(junk.HOLLOW))
def test_hollow_answer_never_earns_full_points(assignment, question, code):
    said = verdict(assignment, question, code)
    assert said.points < said.max_points


@for_each("assignment", BANKS)
def test_missing_names_earn_nothing(assignment):
    for question in BANKS[assignment].NAMES:
        said = verdict(assignment, question, "")
        assert said.points == 0
        assert said.messages


@for_each("assignment", BANKS)
def test_bank_covers_every_question(assignment):
    from the_course import catalogue

    bank = BANKS[assignment]
    assert assignment == bank.ASSIGNMENT
    asked, known = set(catalogue.load(assignment)), set(bank.NAMES)
    assert asked == known, f"{bank.__name__}: add {asked - known}, take out {known - asked}"
    for question, names in bank.NAMES.items():
        assert len(bank.RIGHT[question]) >= LEAST_RIGHT, question
        code = any(kind != "value" for _, kind in names)
        assert len(bank.WRONG[question]) >= (LEAST_BUGS if code else LEAST_WRONG), question
