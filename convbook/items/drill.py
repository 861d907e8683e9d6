"""Endless calculation problems, made from templates with drawn numbers.

A template names a function of `convbook.shapes` and its arguments, so its answer is computed and
never written down; its mistakes are calls too. The same templates serve a page's JavaScript, which
has the same functions.

>>> problem = draw("size-plain", seed=1)
>>> problem.answer == shapes.output_size(problem.values["w"], problem.values["f"])
True
"""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass
from functools import cache
from typing import Any

from convbook import shapes
from convbook.items import FOLDER, BadItem

#: So often numbers are drawn again when a setting is impossible or a mistake gives the answer.
TRIES = 200


@dataclass(frozen=True)
class Template:
    """What a problem is made from; see ``drill.json``.

    ``variables`` give each name a list to choose from, a range (``from``, ``to``, ``step``) or the
    product of others. ``answer`` and ``mistakes`` are calls: ``function``, ``arguments`` (names of
    variables, or values), and perhaps ``part`` of the result and a number to ``add`` to it.
    """

    id: str
    topic: str
    level: int
    objective: int
    section: str
    stem: str
    variables: dict[str, Any]
    answer: dict[str, Any]
    mistakes: list[dict[str, Any]]
    solution: list[str]


@dataclass(frozen=True)
class Problem:
    """A template with numbers in it.

    ``mistakes`` has a reason and a misconception for every wrong answer that is foreseen.
    """

    template: str
    values: dict[str, int]
    stem: str
    answer: int
    mistakes: dict[int, tuple[str, str]]
    solution: tuple[str, ...]


@cache
def templates() -> dict[str, Template]:
    """Return all templates by id."""
    entries = json.loads((FOLDER / "drill.json").read_text(encoding="utf-8"))
    try:
        found = {entry["id"]: Template(**entry) for entry in entries}
    except TypeError as error:
        raise BadItem(f"drill.json: {error}") from None
    if len(found) < len(entries):
        raise BadItem("drill.json: two templates have the same id")
    return found


def draw(template: str, seed: int) -> Problem:
    """Make the problem that belongs to a seed; an unknown template is a `ValueError`."""
    if template not in templates():
        raise ValueError(f"no template {template!r}; there are {', '.join(templates())}")
    chosen, rng = templates()[template], random.Random(seed)
    for _ in range(TRIES):
        values = _values(chosen.variables, rng)
        try:
            answer = evaluate(chosen.answer, values)
        except ValueError:  # a setting that no layer could have
            continue
        mistakes = _mistakes(chosen, values, answer)
        if mistakes:
            return _problem(chosen, values, answer, mistakes)
    raise BadItem(f"{template}: no possible setting in {TRIES} tries")


def evaluate(call: dict[str, Any], values: dict[str, int]) -> int:
    """Work out a call of `convbook.shapes` with the variables' values."""
    result = getattr(shapes, call["function"])(*_filled(call["arguments"], values))
    if "part" in call:
        part = call["part"]
        result = result[part] if isinstance(part, int) else getattr(result, part)
    return result + call.get("add", 0)


def _filled(argument, values):
    if isinstance(argument, list):
        return [_filled(item, values) for item in argument]
    return values.get(argument, argument) if isinstance(argument, str) else argument


def _values(variables, rng) -> dict[str, int]:
    values = {}
    for name, choice in variables.items():
        if isinstance(choice, list):
            values[name] = rng.choice(choice)
        elif "product" in choice:
            values[name] = math.prod(values[factor] for factor in choice["product"])
        else:
            values[name] = rng.randrange(choice["from"], choice["to"] + 1, choice["step"])
    return values


def _mistakes(template, values, answer) -> dict[int, tuple[str, str]]:
    found = {}
    for mistake in template.mistakes:
        try:
            wrong = evaluate(mistake, values)
        except ValueError:
            continue
        if wrong != answer and wrong > 0:
            found.setdefault(wrong, (mistake["why"], mistake["misconception"]))
    return found


def _problem(template, values, answer, mistakes) -> Problem:
    shown = {name: f"{value:,}" for name, value in values.items()} | {"answer": f"{answer:,}"}
    return Problem(
        template.id,
        values,
        template.stem.format(**shown),
        answer,
        mistakes,
        tuple(step.format(**shown) for step in template.solution),
    )
