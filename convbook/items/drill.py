"""Endless calculation problems, made from templates with drawn numbers.

A template names a function of `convbook.shapes` and its arguments, so its answer is computed and
never written down; its mistakes are calls too. The same templates serve a page's JavaScript, which
has the same functions and draws the same numbers (``widgets/shared/drill.js``).

>>> problem = draw("size-plain", seed=1)
>>> problem.answer == shapes.output_size(problem.values["w"], problem.values["f"])
True
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from convbook import shapes
from convbook.chance import random_from, seed_of, shuffled
from convbook.items import FOLDER, BadItem

#: So often numbers are drawn again when a setting is impossible or a mistake gives the answer.
TRIES = 200


@dataclass(frozen=True)
class Template:
    """What a problem is made from; see ``drill.json``.

    ``variables`` give each name a list to choose from, a range (``from``, ``to``, ``step``) or the
    product of others. ``answer`` and ``mistakes`` are calls: ``function``, ``arguments`` (names of
    variables, or values), and perhaps ``part`` of the result and a number to ``add`` to it.
    ``also`` names further calls, whose results stand in the solution.
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
    also: dict[str, Any] = field(default_factory=dict)


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


#: What the templates are about.
TOPICS = ("output size", "parameters", "operations", "receptive field")


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


def choose(number: int, topic: str = "", level: int = 0) -> str:
    """Return the template of the problem with this number, of a topic and a level (0: any).

    Every template comes once before any comes again, in an order that differs from lap to lap.
    """
    fitting = [
        name
        for name, template in templates().items()
        if topic in ("", template.topic) and level in (0, template.level)
    ]
    if not fitting:
        raise ValueError(
            f"no template for topic {topic!r} at level {level}; topics are {', '.join(TOPICS)}, "
            "levels 1 to 3"
        )
    lap, at = divmod(number, len(fitting))
    return shuffled(fitting, seed_of(f"{topic} {level} {lap}"))[at]


def draw(template: str, seed: int) -> Problem:
    """Make the problem that belongs to a seed; an unknown template is a `ValueError`."""
    if template not in templates():
        raise ValueError(f"no template {template!r}; there are {', '.join(templates())}")
    chosen, chance = templates()[template], random_from(seed)
    for _ in range(TRIES):
        values = _values(chosen.variables, chance)
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


def _values(variables, chance) -> dict[str, int]:
    values = {}
    for name, choice in variables.items():
        if isinstance(choice, list):
            values[name] = choice[int(chance() * len(choice))]
        elif "product" in choice:
            values[name] = math.prod(values[factor] for factor in choice["product"])
        else:
            steps = (choice["to"] - choice["from"]) // choice["step"] + 1
            values[name] = choice["from"] + choice["step"] * int(chance() * steps)
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
    also = {name: evaluate(call, values) for name, call in template.also.items()}
    shown = {name: f"{value:,}" for name, value in (values | also | {"answer": answer}).items()}
    return Problem(
        template.id,
        values,
        template.stem.format(**shown),
        answer,
        mistakes,
        tuple(step.format(**shown) for step in template.solution),
    )
