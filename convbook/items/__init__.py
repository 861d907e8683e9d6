"""The public bank of practice questions: siblings of the graded ones, never the graded ones.

``objectives()`` are the chapter's fourteen, ``questions()`` choices with a reason for every
option, ``flashcards()`` have a front and a back, ``templates()`` make endless calculation problems
(`convbook.items.drill`). All of them are JSON files beside this one, which a page's JavaScript
reads as they are; reading them here checks every entry and says what is wrong with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
OBJECTIVES = range(1, 15)
LEVELS = range(1, 4)


class BadItem(ValueError):
    """An entry of the bank isn't what it should be; the message names it and says why."""


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, and why it is right or wrong."""

    text: str
    reason: str
    right: bool = False
    misconception: str | None = None


@dataclass(frozen=True)
class Question:
    """A choice of one out of several.

    ``family`` names its siblings: the same idea with other numbers. ``level`` is 1 (recall or one
    step) to 3, ``objective`` one of the chapter's fourteen, ``section`` where it is taught.
    ``exercise`` is the number of the graded exercise that it prepares for. ``look`` says where to
    look after a wrong choice: section, and perhaps a widget with the state that shows why.
    ``answer`` (from answers.json) is a call of `convbook.shapes` that gives the right option, where
    that is a number.
    """

    id: str
    family: str
    level: int
    objective: int
    section: str
    stem: str
    options: tuple[Option, ...]
    exercise: int | None = None
    look: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def right(self) -> Option:
        """The one right option."""
        return next(option for option in self.options if option.right)


@dataclass(frozen=True)
class Objective:
    """One of the chapter's fourteen: what a reader will be able to do, and where it is taught."""

    number: int
    short: str
    text: str
    taught: tuple[str, ...]


@dataclass(frozen=True)
class Flashcard:
    """A question to answer in one's head, and the answer on the back."""

    id: str
    objective: int
    section: str
    front: str
    back: str


def questions(
    *, objective: int | None = None, family: str | None = None, level: int | None = None
) -> tuple[Question, ...]:
    """Return the questions, or those of an objective, a family or a level."""
    wanted = {"objective": objective, "family": family, "level": level}
    return tuple(
        question
        for question in _questions()
        if all(value is None or getattr(question, name) == value for name, value in wanted.items())
    )


def siblings(question: Question) -> tuple[Question, ...]:
    """Return the other questions of its family, to try again with."""
    return tuple(one for one in questions(family=question.family) if one.id != question.id)


@cache
def objectives() -> tuple[Objective, ...]:
    """Return the fourteen objectives of section 1, in order."""
    return tuple(_read("objectives.json", Objective))


@cache
def flashcards() -> tuple[Flashcard, ...]:
    """Return all flashcards."""
    return _checked(tuple(_read("flashcards.json", Flashcard)))


@cache
def _questions() -> tuple[Question, ...]:
    # Apart from the questions, because the front end reads those.
    answers = json.loads((FOLDER / "answers.json").read_text(encoding="utf-8"))
    asked = _read("questions.json", Question)
    found = tuple(replace(question, answer=answers.pop(question.id, {})) for question in asked)
    if answers:
        raise BadItem(f"answers.json: no question is called {', '.join(answers)}")
    for question in found:
        _check_options(question)
        if question.level not in LEVELS:
            raise BadItem(f"{question.id}: level {question.level} is not one of 1, 2, 3")
    return _checked(found)


def _read(name: str, kind: type):
    for entry in json.loads((FOLDER / name).read_text(encoding="utf-8")):
        values = dict(entry)
        if "options" in values:
            values["options"] = tuple(Option(**option) for option in values["options"])
        if "taught" in values:
            values["taught"] = tuple(values["taught"])
        try:
            yield kind(**values)
        except TypeError as error:
            raise BadItem(f"{name}: {entry.get('id', 'an entry without id')}: {error}") from None


def _check_options(question: Question):
    texts = [option.text for option in question.options]
    if len(texts) < 3 or len(set(texts)) < len(texts):
        raise BadItem(f"{question.id}: three or more options are needed, all different")
    if sum(option.right for option in question.options) != 1:
        raise BadItem(f"{question.id}: exactly one option has to be right")
    for option in question.options:
        if not option.reason.strip():
            raise BadItem(f"{question.id}: the option {option.text!r} has no reason")
        if option.right and option.misconception:
            raise BadItem(f"{question.id}: the right option can't be a misconception")


def _checked(items):
    ids = [item.id for item in items]
    for item in items:
        if ids.count(item.id) > 1:
            raise BadItem(f"{item.id}: there are two entries with this id")
        if item.objective not in OBJECTIVES:
            raise BadItem(f"{item.id}: objective {item.objective} is not one of 1 to 14")
    return items
