"""Kinds of answer, each made of every instructor's solution: forms that are right, care that lacks.

The bank in `grading/answers` holds what people wrote for one question; what was found there in one
of them is asked of all here.
"""

import ast
import copy
from decimal import Decimal
from fractions import Fraction
from functools import cache

import nbformat
import numpy as np
import pytest
from claims import for_each
from support import ROOT, namespace_of, without_tensorflow
from the_course import catalogue

from autograder.handin import forms
from autograder.jail.student import LocalStudent
from autograder.marking import Case, Diagnosis, Function, Method, Trial
from autograder.marking import question as asked

#: What a whole number, a choice of letters and a row of numbers may be written as.
NUMBER = {
    "a float": float,
    "NumPy's": np.int64,
    "a 0-d array": np.array,
    "a list of one": lambda n: [n],
    "a fraction": Fraction,
    "a decimal": Decimal,
    "grouped text": "{:,}".format,
    "an array of text": lambda n: np.array(f"{n:,}"),
    "with its unit": "= {} pixels".format,
}
LETTERS = {
    "a list": list,
    "a tuple": tuple,
    "a set": set,
    "an array": lambda letters: np.array(list(letters)),
    "text": ", ".join,
    "slashes between": "/".join,
    "brackets as text": lambda letters: f"[{', '.join(letters)}]",
    "capitals in brackets": lambda letters: " and ".join(f"({x.upper()})" for x in letters),
}
ROW = {
    "a list": list,
    "an array": np.array,
    "text": lambda row: "×".join(map(str, row)),
    "floats": lambda row: [float(n) for n in row],
    "fractions": lambda row: tuple(map(Fraction, row)),
}
WORD = {"capitals": str.upper, "a 0-d array": np.array, "NumPy's": np.str_, "a list": lambda w: [w]}
TRUTH = {"NumPy's": np.bool_, "a whole number": int, "text": str, "a 0-d array": np.array}
GRID = {"lists": lambda a: np.asarray(a).tolist(), "32 bits": np.float32}
GRID |= {
    "text": lambda a: str(np.asarray(a).tolist()),
    "lists of text": lambda a: np.asarray(a).astype(str).tolist(),
}
FRACTION = {
    "so many times": "{:.9g}×".format,
    "in words": "≈ {:.9g} times".format,
    "NumPy's": np.float64,
    "text": "{:.9g}".format,
    "a decimal": lambda x: Decimal(float(x)),
}
PERCENT = FRACTION | {"with the sign": "{:.9g} %".format}


#: To mark a network takes seconds, and how it is handed in is tried in `test_networks.py`.
NETWORKS = {"ex18", "added-small-network", "keras-train", "keras-transfer"}


def entries(one):
    """Ways to write a dictionary whose entries are written in one of the ways of `one`."""
    return {
        **{name: lambda d, w=way: {k: w(v) for k, v in d.items()} for name, way in one.items()},
        "its values alone": lambda d: list(d.values()),
    }


def ways(form, value):
    """In which forms an answer may be given that `hand_in` asks for in these words."""
    first = form.split()[0]
    if form.startswith("dictionary"):
        kind = type(next(iter(value.values())))
        return entries({bool: TRUTH, str: WORD, int: NUMBER}.get(kind, {}))
    if form == "list of 5 words":
        return {name: way for name, way in LETTERS.items() if name.startswith("a ")}
    if form == "letters in order":
        return {name: way for name, way in LETTERS.items() if name != "a set"}
    if form.startswith(("tuple of", "list of")) or first == "shape":
        return ROW
    return {
        "whole": NUMBER,
        "number": FRACTION,
        "percent": PERCENT,
        "letters": LETTERS,
        "one": WORD,
        "text": WORD,
        "true": TRUTH,
        "array": GRID,
    }.get(first, {})


@cache
def solution(assignment):
    """The names of an assignment's solution, and what is handed in: (question, name, form)."""
    path = ROOT / "solutions" / assignment / f"{assignment}.ipynb"
    asked = [
        (call.value.args[0].value, call.value.args[1].id, call.value.args[2].value)
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
        for call in ast.parse(cell.source).body[:-1]
    ]
    with without_tensorflow():
        return namespace_of(path), asked


def verdict(assignment, question, name, answer):
    """What the checker says of the solution with something else for one answer."""
    names = solution(assignment)[0] | {name: answer}
    return catalogue.load(assignment)[question].check(LocalStudent(names))


@for_each("assignment", catalogue.assignments())
def test_an_answer_counts_in_every_form_that_people_write(assignment):
    names, asked = solution(assignment)
    refused = {}
    for question, name, form in asked:
        if question in NETWORKS:
            continue
        for way, write in ways(form, names[name]).items():
            said = verdict(assignment, question, name, write(names[name]))
            if said.points != said.max_points:
                refused[name, way] = said.messages
    assert refused == {}


# --- functions and classes -----------------------------------------------------------------------


class Spoilt:
    """A function that does what another does, and something besides to what it is given."""

    def __init__(self, function, spoil):
        self.function, self.spoil, self.did = function, spoil, False

    def __call__(self, *args, **settings):
        result = copy.deepcopy(self.function(*args, **settings))
        spoilt, did = self.spoil(result, args, settings)
        self.did = self.did or did
        return spoilt


def damage(place):
    def spoil(result, args, settings):
        given = [*args, *settings.values()]
        value = given[place] if place < len(given) else None
        if isinstance(value, np.ndarray) and value.size:
            value[...] = ~value if value.dtype == bool else value + 1
        elif isinstance(value, list | dict) and value:
            value.clear()
        else:
            return result, False
        return result, True

    return spoil


def changed(value):
    """Something of the same form that is not the same."""
    if isinstance(value, str):
        return ""
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, list | tuple):
        return type(value)(changed(item) for item in value)
    return value + 1


def remember():
    """Answer otherwise where the same is asked a second time."""
    seen = set()

    def spoil(result, args, settings):
        key = repr((args, settings))
        if key not in seen:
            seen.add(key)
            return result, False
        return changed(result), True

    return spoil


def in_32_bits(result, args, settings):
    wide = isinstance(result, np.ndarray | float) and np.asarray(result).dtype == np.float64
    return (np.float32(result), True) if wide else (result, False)


def as_lists(result, args, settings):
    return (result.tolist(), True) if isinstance(result, np.ndarray) else (result, False)


def rounded(result, args, settings):
    """To four decimals: the notebooks promise that a ten-thousandth doesn't matter."""
    wide = isinstance(result, np.ndarray | float) and np.asarray(result).dtype.kind == "f"
    return (np.round(result, 4), True) if wide else (result, False)


def functions(assignment):
    """The functions that are handed in: question, name and the function of the solution."""
    names, asked = solution(assignment)
    return [(q, name, names[name]) for q, name, form in asked if form.startswith("function")]


@for_each("assignment", catalogue.assignments())
def test_a_function_that_damages_an_argument_or_remembers_a_call_is_not_all_right(assignment):
    care = {f"damages argument {place}": damage(place) for place in range(4)}
    passed = []
    for question, name, function in functions(assignment):
        if name == "build_up_losses":  # may train the very arrays that it is given
            continue
        for what, spoil in {**care, "remembers a call": remember()}.items():
            spoilt = Spoilt(function, spoil)
            said = verdict(assignment, question, name, spoilt)
            if spoilt.did and said.points == said.max_points:
                passed.append((name, what))
            if what == "remembers a call" and not spoilt.did:
                passed.append((name, "is never asked twice"))
    assert passed == []


@pytest.mark.parametrize(
    ("argument", "spoil"),
    [
        ([1, 2], lambda given: given.reverse()),
        ([[1], 2], lambda given: given[0].append(9)),
        ({"k": 1}, lambda given: given.update(k=9)),
        ({"k": 1}, lambda given: given.update(more=1)),
        (np.array([np.nan, 1]), lambda given: given.sort()),
    ],
)
def test_what_changes_anywhere_in_an_argument_costs_and_what_stays_as_it_is_does_not(
    argument, spoil
):
    part = Function(
        name="one",
        cases=[Case((argument,))],
        reference=lambda _: 1,
        groups={"": 2},
        otherwise="no",
        read=forms.number,
    )
    checked = asked("one")(lambda: [part])
    assert checked.check(LocalStudent({"one": lambda given: 1})).points == 2
    assert checked.check(LocalStudent({"one": lambda given: spoil(given) or 1})).points == 1.5


class Doubling:
    """What doubles small numbers only."""

    def of(self, number):
        return np.array([2 * number if number < 5 else number])


def test_a_group_of_cases_is_paid_where_its_own_are_right():
    about = {"reference": lambda n: np.array([2 * n]), "groups": {"small": 1, "large": 2}}
    cases = [Case((1,), "small"), Case((10,), "large")]
    trials = [Trial(case.args[0], case.args, group=case.group) for case in cases]
    function = Function(name="of", cases=cases, otherwise="no", **about)
    method = Method(
        name="Doubling", method="of", trials=trials, otherwise=lambda _: Diagnosis("no"), **about
    )
    names = {"of": Doubling().of, "Doubling": Doubling}
    for part in (function, method):
        assert asked("one")(lambda part=part: [part]).check(LocalStudent(names)).points == 1


FORMS = {"32 bits": in_32_bits, "lists": as_lists, "four decimals": rounded}


@for_each("assignment", catalogue.assignments())
def test_a_function_may_return_32_bit_numbers_lists_or_rounded_ones_where_no_type_is_asked_for(
    assignment,
):
    refused = {}
    for question, name, function in functions(assignment):
        if any(
            getattr(p, "keeps_kind", False) for p in catalogue.load(assignment)[question].parts()
        ):
            continue
        for what, spoil in FORMS.items():
            said = verdict(assignment, question, name, Spoilt(function, spoil))
            if said.points != said.max_points:
                refused[name, what] = said.messages
    assert refused == {}
