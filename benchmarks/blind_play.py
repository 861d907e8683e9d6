"""What blind play earns: the most that an adversary finds who knows the answers' forms alone.

    python benchmarks/blind_play.py

The adversary reads what every answer has to look like, and no more: a number, a shape, letters, a
function of three arguments. It looks for the one rule a notebook that pays best, over rules such as
"17 everywhere", "the second number of each statement", "1 first, then what follows from it",
"every function returns its first argument", and keeps the best rule for numbers and the best for
functions; that it takes the best afterwards is in its favour. No key is known: a number is one that
anybody would try ("1 everywhere"), or is drawn, from 0 to 30 or among the powers of two, and then
what counts is the mean over the draw. (With hindsight, some number is always the key.) Choices are
counted apart: their expected points over all choices that could be made, and what simple patterns
earn.
"""

import ast
import itertools
import json
import random
import re
import sys
import warnings
from collections import Counter, defaultdict
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

OUT = ROOT / "benchmarks/results/blind_play.json"
SMALL = (0, 1, 2, 3, 5, 64)
CONSTANTS = (
    *range(-2, 131),
    *(2**power for power in range(8, 31)),
    *(150, 200, 224, 255, 300, 400, 500, 784, 1000, *(10**power for power in range(4, 10))),
    *(0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99, 1.5, 2.25, 2.5, 3.14, 33.3, 99.9),
)
#: More sets of choices than these are drawn at random instead of all being tried.
MOST = 1500


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
        return dict.fromkeys(_row_names(sheet, asked.name), int(value))
    return None


def _row(key, value):
    named = re.findall(r"\d+", key)
    depth = int(named[0]) if named else int(value)
    return {"layers": depth, "parameters": value, "top5": value}


def _row_names(sheet, name):
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


# --- choices -------------------------------------------------------------------------------------


def _options(asked: Asked, sheet: Sheet) -> list[Any] | None:
    """Everything that can be answered to a choice; None where it is none."""
    if asked.form == "letters":
        sets = itertools.product((False, True), repeat=len(asked.choices))
        return ["".join(itertools.compress(asked.choices, chosen)) for chosen in sets]
    if asked.form == "letters in order":
        return ["".join(order) for order in itertools.permutations(asked.choices)]
    if asked.form == "dictionary" and asked.choices:
        rows = itertools.product(asked.choices, repeat=len(asked.keys))
        return [dict(zip(asked.keys, row, strict=True)) for row in rows]
    if asked.form.startswith("list of") and "words" in asked.form:
        rng = random.Random(1)
        count = int(re.findall(r"\d+", asked.form)[0])
        return [rng.sample(sheet.words, count) for _ in range(MOST)]
    if asked.form == "text" and asked.name == "ex13_largest":
        return list(_row_names(sheet, asked.name))
    return list(asked.choices) or None


def choice_points(sheet: Sheet) -> list[tuple[float, float]]:
    """Points and what is taken off, for each set of choices that could be made in a question."""
    options = {a.name: found for a in sheet.asked if (found := _options(a, sheet))}
    if not options:
        return []
    sets = list(itertools.islice(itertools.product(*options.values()), 10**6))
    if len(sets) > MOST:
        sets = random.Random(2).sample(sets, MOST)
    found = []
    for chosen in sets:
        answers = dict(zip(options, chosen, strict=True))
        verdict = sheet.question.check(LocalStudent(answers))
        found.append((verdict.points, verdict.penalty))
    return found


def expected(rows: list[list[tuple[float, float]]]) -> float:
    """Expected points of choosing blindly in all these questions, after what is taken off."""
    chances: dict[tuple[float, float], float] = {(0.0, 0.0): 1.0}
    for outcomes in rows:
        counted = Counter((round(p, 4), round(off, 4)) for p, off in outcomes)
        after: dict[tuple[float, float], float] = defaultdict(float)
        for (points, off), chance in chances.items():
            for (more, taken), times in counted.items():
                key = (round(points + more, 4), round(off + taken, 4))
                after[key] += chance * times / len(outcomes)
        chances = after
    return sum(max(0.0, points - off) * chance for (points, off), chance in chances.items())


def best_of_choices(rows: list[list[tuple[float, float]]]) -> float:
    """The same, for who answers as many of the questions as pays best."""
    if any(off for row in rows for _, off in row):
        return max((expected(rows[:count]) for count in range(len(rows) + 1)), default=0.0)
    return sum(sum(points for points, _ in row) / len(row) for row in rows)


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


# --- what is drawn -------------------------------------------------------------------------------

#: What somebody who knows nothing writes down.
FOCAL = (-1, 0, 1, 2, 3, 4, 5, 10, 50, 100, 1000, 0.5)


def drawn(totals: dict[str, float]) -> dict[str, float]:
    """Points by rule, without those that only hindsight chooses: such numbers are drawn instead."""
    kept = {rule: points for rule, points in totals.items() if not rule[0].isdigit()}
    for tail in (" everywhere", " first, then what follows"):
        points = {value: totals.get(f"{value:g}{tail}", 0.0) for value in CONSTANTS}
        kept |= {f"{value:g}{tail}": points[value] for value in FOCAL}
        pools = {f"0 to {most}": range(most + 1) for most in range(1, 131)}
        pools |= {f"2 to 2^{most}": [2**n for n in range(1, most + 1)] for most in range(2, 31)}
        pools |= {f"10 to 10^{most}": [10**n for n in range(1, most + 1)] for most in range(2, 10)}
        pools |= {"a fraction": [value for value in CONSTANTS if value != int(value)]}
        for pool, values in pools.items():
            own = [points.get(value, totals.get(f"{value:g}{tail}", 0.0)) for value in values]
            kept[f"one of {pool}{tail}"] = sum(own) / len(own)
    pairs = re.compile(r"[01] first, then [01235]")  # the other numbers are drawn above
    return kept | {rule: points for rule, points in totals.items() if pairs.match(rule)}


# --- the table -----------------------------------------------------------------------------------


def play(definition: Definition, assignment: str) -> dict[str, Any]:
    """The best blind play of one notebook."""
    found = sheets(definition, assignment)
    worth = sum(sheet.question.points for sheet in found.values())
    totals: dict[str, dict[str, float]] = {
        "numbers": defaultdict(float),
        "functions": defaultdict(float),
        "patterns": defaultdict(float),
    }
    by_question: dict[str, dict[str, float]] = defaultdict(dict)
    rules = {"numbers": number_rules, "functions": function_rules, "patterns": patterns}
    for name, sheet in found.items():
        for kind, making in rules.items():
            for rule, answers in making(sheet):
                given = {key: value for key, value in answers.items() if value is not None}
                if given and (points := sheet.points(given)):
                    totals[kind][rule] += points
                    best = by_question[name].get(kind, 0)
                    by_question[name][kind] = max(best, points)
    rows = {name: row for name, sheet in found.items() if (row := choice_points(sheet))}
    hindsight = max(totals["numbers"].values(), default=0.0)
    totals["numbers"] = drawn(totals["numbers"])
    best = {
        kind: max(rule.items(), key=lambda r: r[1], default=("", 0.0))
        for kind, rule in totals.items()
    }
    outside = best["numbers"][1] + best["functions"][1]
    return {
        "points": worth,
        "outside_choices": round(outside, 3),
        "outside_percent": round(100 * outside / worth, 2),
        "with_hindsight_percent": round(100 * (hindsight + best["functions"][1]) / worth, 2),
        "rules": [best["numbers"][0], best["functions"][0]],
        "choices": round(best_of_choices(list(rows.values())), 3),
        "choices_percent": round(100 * best_of_choices(list(rows.values())) / worth, 2),
        "choices_worth": sum(found[name].question.points for name in rows),
        "best_pattern": [best["patterns"][0], round(best["patterns"][1], 3)],
        "by_question": dict(by_question),
    }


def main() -> None:
    """Play every notebook and write the table."""
    warnings.simplefilter("ignore")
    definition = Definition.read(ROOT)
    table = {}
    for assignment in definition.assignments():
        table[assignment] = row = play(definition, assignment)
        print(
            f"{assignment:32s} {row['points']:5g} points",
            f"outside choices {row['outside_percent']:.2f} % ({', '.join(row['rules'])};",
            f"with hindsight {row['with_hindsight_percent']:.2f} %)",
            f"choices {row['choices_percent']:.2f} %, worth {row['choices_worth']:g},",
            f"best pattern {row['best_pattern']}",
            sep="  ",
            flush=True,
        )
    OUT.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
