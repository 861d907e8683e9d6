"""What an adversary reads off a notebook who knows the answers' forms alone, and its rules.

`sheets` reads the forms; `number_rules`, `function_rules` and `patterns` fill them in. What the
best of these rules earns is in `blind_play.py`.
"""

import ast
import itertools
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.course.definition import Definition  # noqa: E402
from autograder.jail.student import LocalStudent  # noqa: E402
from autograder.marking import Given, Question  # noqa: E402
from autograder.notebooks.cells import marks, read_own  # noqa: E402

SMALL = (0, 1, 2, 3, 5, 64)
CONSTANTS = (
    *range(-2, 131),
    *(2**power for power in range(8, 31)),
    *(150, 200, 224, 255, 300, 400, 500, 784, 1000, *(10**power for power in range(4, 10))),
    *(0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99, 1.5, 2.25, 2.5, 3.14, 33.3, 99.9),
)


@dataclass(frozen=True)
class Asked:
    """One answer of a question: its name, its form, and what the form's own arguments say."""

    name: str
    form: str
    choices: tuple[Any, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass
class Sheet:
    """A question as the adversary sees it."""

    question: Question
    numbers: list[float]
    words: list[str]
    asked: list[Asked] = field(default_factory=list)

    def points(self, answers: dict[str, Any]) -> float:
        """What these answers earn."""
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self.question.check(LocalStudent(dict(answers))).points


def sheets(definition: Definition, assignment: str) -> dict[str, Sheet]:
    """Every question of an assignment, read off the students' notebook."""
    questions = definition.catalogue.load(assignment)
    found: dict[str, Sheet] = {}
    text = ""
    for cell in read_own(definition.released(assignment)).cells:
        name = marks(cell).get("grade_id", "")
        if cell.cell_type == "markdown":
            text = cell.source.split("<details>")[0]
        elif name in questions:
            sheet = Sheet(questions[name], _numbers(text), _listed(text))
            for call in (statement.value for statement in ast.parse(cell.source).body):
                if call.func.id == "hand_in":
                    sheet.asked.append(_asked(call))
            found[name] = sheet
    return found


def _numbers(text):
    plain = re.sub(r"`[^`]*`|\*\*[^*]*\*\*|\(http[^)]*\)", " ", text)
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", plain)]


def _listed(text):
    return [word.strip() for line in text.split("\n") if "·" in line for word in line.split("·")]


def _asked(call) -> Asked:
    name, form = call.args[1].id, ast.literal_eval(call.args[2])
    given = {}
    for keyword in call.keywords:
        try:
            given[keyword.arg] = ast.literal_eval(keyword.value)
        except ValueError:  # the names of another answer's entries
            given[keyword.arg] = ()
    choices, keys = tuple(given.get("choices", ())), tuple(given.get("keys", ()))
    if form.startswith("one of "):
        choices = tuple(form.removeprefix("one of ").split(", "))
    elif form == "true or false" or given.get("entries") == "true or false":
        choices = (True, False)
    elif form == "text" and not choices:
        choices = ("A", "B", "C")
    return Asked(name, form, choices, keys)


# --- numbers -------------------------------------------------------------------------------------


def _filled(asked: Asked, value: float, sheet: Sheet) -> Any:
    """`value` in the form that is asked for; None where it takes no numbers."""
    form = asked.form
    if asked.choices and form != "dictionary":
        return None
    if form in ("number", "whole number", "percent"):
        return int(value) if value == int(value) else value
    if form == "shape" or "whole numbers" in form:
        count = 3 if form == "shape" else int(re.findall(r"\d+", form)[0])
        return [int(value)] * count
    if form.startswith("array of shape"):
        return np.full(ast.literal_eval(form.removeprefix("array of shape ")), float(value))
    if form == "dictionary" and not asked.choices:
        if asked.keys:
            return {key: _row(key, value) for key in asked.keys}
        return dict.fromkeys(row_names(sheet, asked.name), int(value))
    return None


def _row(key, value):
    named = re.findall(r"\d+", key)
    depth = int(named[0]) if named else int(value)
    return {"layers": depth, "parameters": value, "top5": value}


def row_names(sheet: Sheet, name: str) -> tuple[str, ...]:
    """The rows that a table of a question may have."""
    [part] = [
        part for part in sheet.question.parts() if getattr(part, "name", "") == "ex13_largest"
    ]
    return part.choices


def number_rules(sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every rule for numbers, by a name that is the same in all questions."""
    for value in CONSTANTS:
        answers = {a.name: _filled(a, value, sheet) for a in sheet.asked}
        yield f"{value:g} everywhere", answers
        yield f"{value:g} first, then what follows", _followed(sheet, answers)
    for first, rest in itertools.permutations(SMALL, 2):
        values = [first, *[rest] * len(sheet.asked)]
        answers = {
            a.name: _filled(a, value, sheet) for a, value in zip(sheet.asked, values, strict=False)
        }
        yield f"{first} first, then {rest}", answers
        yield f"{first} first, then {rest}, then what follows", _followed(sheet, answers)
    for place in range(-3, 6):
        if -len(sheet.numbers) <= place < len(sheet.numbers):
            value = sheet.numbers[place]
            answers = {a.name: _filled(a, value, sheet) for a in sheet.asked}
            yield f"number {place} of the statement", answers
            yield f"number {place} of the statement, then what follows", _followed(sheet, answers)
    for start in range(4):
        answers = {}
        for a in sheet.asked:
            one = _filled(a, 1, sheet)
            taken = [int(n) for n in sheet.numbers[start : start + len(one)]] if _is_row(one) else 0
            answers[a.name] = taken if _is_row(one) and len(taken) == len(one) else None
        yield f"the statement's numbers in a row, from {start}", answers


def _is_row(value):
    return isinstance(value, list)


def _flat(parts):
    for part in parts:
        yield from _flat(part.then(part.example)) if isinstance(part, Given) else (part,)


def _followed(sheet, answers):
    """The answers, with what follows from them where a part takes that."""
    answers = dict(answers)
    for part in _flat(sheet.question.parts()):
        follows = getattr(part, "follows", None)
        if follows is not None and all(answers.get(n) is not None for n in follows.names):
            try:
                own = follows.rule(*(answers[name] for name in follows.names))
            except (TypeError, ValueError, ArithmeticError):
                continue
            answers[part.name] = own
    return answers


# --- functions -----------------------------------------------------------------------------------


def _array_of(value):
    return np.asarray(value, dtype=float)


FUNCTIONS: dict[str, Callable] = {
    **{f"returns {value!r}": lambda *_, v=value, **__: v for value in (0, 1, -1, 2, 3, 0.5, True)},
    **{
        f"returns {value!r}": lambda *_, v=value, **__: v
        for value in ((0, 0), (1, 1), (0, 1), [0], [], "", (0, 0, 0), (1.0, 0.0, 1.0))
    },
    **{f"returns argument {at}": lambda *a, at=at, **_: a[at] for at in range(4)},
    "zeros like the first": lambda x, *_, **__: np.zeros_like(_array_of(x)),
    "ones like the first": lambda x, *_, **__: np.ones_like(_array_of(x)),
    "zeros like the second": lambda _, x, *__, **___: np.zeros_like(_array_of(x)),
    "zeros like the last": lambda *a, **_: np.zeros_like(_array_of(a[-1])),
    "a square of zeros": lambda *a, **_: np.zeros((int(a[-1]), int(a[-1]))),
    "the sum of the first": lambda x, *_, **__: float(np.sum(_array_of(x))),
    "the mean of the first": lambda x, *_, **__: float(np.mean(_array_of(x))),
    "the largest of the first": lambda x, *_, **__: float(np.max(_array_of(x))),
    "the length of the first": lambda x, *_, **__: len(x),
    "the arguments' sum": lambda *a, **_: sum(a),
    "the arguments' product": lambda *a, **_: np.prod(a),
    "the first two's quotient": lambda a, b, *_, **__: a / b,
    "the first two's difference": lambda a, b, *_, **__: a - b,
    "zeros by class": lambda x, *_, **__: np.zeros(len(x)),
    "two empty lists": lambda *_, **__: ([], []),
    "everything, nothing": lambda x, *_, **__: (list(range(len(x))), []),
}


def _class_of(function):
    class Answer:
        def __init__(self, *args, **kwargs):
            self.dweights = self.dbias = self.dinput = np.zeros(1)

        def forward(self, x):
            return function(x)

        def backward(self, gradient):
            return function(gradient)

    return Answer


def function_rules(sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every rule for functions and classes, by a name that is the same in all questions."""
    wanted = [a for a in sheet.asked if a.form.startswith(("function", "class"))]
    if not wanted:
        return
    words = re.findall(r'"(\w[\w -]*)"', json.dumps(sheet.words))
    rules = FUNCTIONS | {f"word {n}": lambda *_, w=w, **__: w for n, w in enumerate(words)}
    for rule, function in rules.items():
        yield rule, {a.name: function if a.form[0] == "f" else _class_of(function) for a in wanted}


# --- habits --------------------------------------------------------------------------------------


def patterns(sheet: Sheet) -> Iterator[tuple[str, dict[str, Any]]]:
    """Simple habits of whoever ticks without reading."""
    habits: dict[str, Callable[[int, int], bool]] = {
        "every second": lambda at, _: at % 2 == 0,
        "every second, from the second": lambda at, _: at % 2 == 1,
        "the first half": lambda at, n: at < n / 2,
        "the last half": lambda at, n: at >= n / 2,
        "all but the first": lambda at, _: at > 0,
        "all but the last": lambda at, n: at < n - 1,
        "all but the second": lambda at, _: at != 1,
        "a, c, d": lambda at, _: at in (0, 2, 3),
        "the first alone": lambda at, _: at == 0,
        "the outer ones": lambda at, n: at in (0, n - 1),
    }
    for habit, takes in habits.items():
        answers = {}
        for a in sheet.asked:
            keys = a.keys or a.choices
            ticked = [key for at, key in enumerate(keys) if takes(at, len(keys))]
            if a.form == "letters":
                answers[a.name] = "".join(ticked)
            elif a.form == "dictionary" and a.choices:
                answers[a.name] = {k: a.choices[0 if k in ticked else 1] for k in a.keys}
        if answers:
            yield habit, answers
