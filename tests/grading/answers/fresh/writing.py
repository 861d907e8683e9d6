"""Short ways to write many answers down."""

import functools
import json
import re
import textwrap
from pathlib import Path

EXERCISES = Path(__file__).parents[4] / "exercises"
PRELUDE = "import numpy as np\nfrom decimal import Decimal\nfrom fractions import Fraction\n"

Tables = dict[str, dict[str, str]]


def cell(assignment: str, name: str) -> str:
    """The source of a cell of the notebook that students get."""
    text = (EXERCISES / assignment / f"{assignment}.ipynb").read_text(encoding="utf-8")
    return next(
        "".join(found["source"]) for found in json.loads(text)["cells"] if found["id"] == name
    )


def but(body: str, *changes: tuple[str, str]) -> str:
    """A text with something else in some places."""
    for old, new in changes:
        if old not in body:
            raise ValueError(f"nothing to change: {old!r}")
        body = body.replace(old, new)
    return body


def values(names: str, right: list[str], wrong: list[str]) -> Tables:
    """Return answers that assign one of these expressions to `names` ("a" or "a, b")."""
    return {
        table: {expression: f"{PRELUDE}{names} = {expression}\n" for expression in expressions}
        for table, expressions in (("RIGHT", right), ("WRONG", wrong))
    }


def function(head: str, right: dict[str, str], wrong: dict[str, str], before: str = "") -> Tables:
    """Return answers that define `head` ("def f(x):") with one of these bodies."""
    return {
        table: {
            name: f"{PRELUDE}{before}{head}\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
            for name, body in bodies.items()
        }
        for table, bodies in (("RIGHT", right), ("WRONG", wrong))
    }


@functools.cache
def options(assignment: str, question: str) -> dict[str, str]:
    """Return the options of a question as its learners see them: letter to text."""
    path = EXERCISES / assignment / f"{assignment}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    statement = next("".join(c["source"]) for c in cells if c["id"] == f"{question}-statement")
    return dict(re.findall(r"^\s*- \(([a-z])\) (.+)$", statement, re.MULTILINE))


def letter(assignment: str, question: str, says: str) -> str:
    """Return the letter of the one option that has `says` in it."""
    found = [key for key, text in options(assignment, question).items() if says in text]
    if len(found) != 1:
        raise ValueError(f"{says!r} is in {len(found)} options of {question}; expected one")
    return found[0]


def several(assignment: str, question: str, name: str, true: list[str], before: str = "") -> Tables:
    """Return answers to "choose all that hold": every set that differs in one letter is wrong."""
    every = list(options(assignment, question))
    key = sorted(letter(assignment, question, says) for says in true)
    right = [
        repr("".join(key)),
        repr(key),
        repr(tuple(reversed(key))),
        repr(", ".join(key).upper()),
        f"set({key!r})",
        f"np.array({key!r})",
    ]
    near = [sorted(set(key) ^ {other}) for other in every]
    far = [every, sorted(set(every) - set(key)), [], [*key, "z"], [len(key)]]
    wrong = [repr("".join(map(str, chosen))) for chosen in near + far[:2]]
    wrong += [repr(chosen) for chosen in far[2:]] + ["True", "'all of them'"]
    return {
        table: {
            text: f"{PRELUDE}{before}{name} = {text}\n"
            for text in texts
            if text != right[0] or table == "RIGHT"
        }
        for table, texts in (("RIGHT", right), ("WRONG", wrong))
    }


def one(assignment: str, question: str, says: str) -> Tables:
    """Return answers to "which one?": other letters, several, numbers and texts are wrong."""
    every = list(options(assignment, question))
    key = letter(assignment, question, says)
    others = [other for other in every if other != key]
    right = [repr(key), repr(key.upper()), repr(f"({key})"), repr(f" {key} "), f"[{key!r}]"]
    wrong = [repr(other) for other in others] + [repr(other.upper()) for other in others[:2]]
    wrong += [repr("".join(every)), repr(key + others[0]), str(every.index(key)), "'none'", "True"]
    return values(question, right, wrong)


def table(assignment: str, question: str, name: str, entries: dict[str, object]) -> Tables:
    """Return answers to a table of options; `entries` maps a part of an option to its value."""
    key = {letter(assignment, question, says): value for says, value in entries.items()}
    key = dict(sorted(key.items()))
    every = list(dict.fromkeys(entries.values()))
    turned = {at: every[(every.index(value) + 1) % len(every)] for at, value in key.items()}
    right = [
        repr(key),
        repr(dict(reversed(key.items()))),
        repr({at.upper(): value for at, value in key.items()}),
        repr(
            {
                at: value.upper() if isinstance(value, str) else int(value)
                for at, value in key.items()
            }
        ),
    ]
    wrong = [repr({**key, at: turned[at]}) for at in key]
    wrong += [
        repr(turned),
        repr(dict.fromkeys(key, every[0])),
        repr(dict.fromkeys(key, every[-1])),
        repr({at: value for at, value in key.items() if at != min(key)}),
        repr({**key, max(key): None}),
        repr(dict.fromkeys(key)),
    ]
    return values(name, right, wrong)
