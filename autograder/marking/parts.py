"""The parts that a question is declared with: numbers, shapes, choices, words, arrays.

Each part names the answer that it reads, its key, its points and the mistakes that people make
there. `Question` marks the parts one after the other; what goes wrong in one costs that one only.
Functions and classes of the student's are tried in `autograder.marking.functions`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np

from autograder.handin import forms
from autograder.marking.guessing import is_near, share_of_entries, share_of_judgements
from autograder.marking.sheet import Attempt, Mistake, Pattern, Sheet, explain, fits, given
from autograder.marking.sheet import same_number as same

Reader = Callable[[Any, str], Any]
Mistakes = Sequence[Mistake | Pattern]


class Part(Protocol):
    """A part of a question: what it is worth, and how it is marked."""

    @property
    def points(self) -> float:
        """What the part is worth."""

    def mark(self, attempt: Attempt) -> None:
        """Read the answer and write points and messages on `attempt.sheet`."""


@dataclass(frozen=True)
class Follows:
    """What follows rightly from a wrong earlier answer, and still earns a share of the points.

    `rule` takes the earlier answers that `names` names and gives what follows from them, or None
    where nothing does. It follows from answers that show some work only: those that a known mistake
    leads to, or that come near the right one; from an invented number anybody can go on.
    """

    names: tuple[str, ...]
    rule: Callable[..., Any]
    message: str
    share: float = 0.5

    def from_answers(self, attempt: Attempt) -> Any:
        """Return what follows from the student's own answers; None if they are right or missing."""
        if not attempt.right | attempt.plausible >= set(self.names):
            return None
        if all(name in attempt.right for name in self.names):
            return None
        return self.rule(*(attempt.found[name] for name in self.names))


ROUNDED = "this is rounded more than the question allows; give more decimals."


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number. `tolerance` is absolute; `otherwise` is said when no mistake fits.

    `also` are the values of other conventions that the statement admits; each counts in full. With
    `needs`, it counts together with the answers of these names only: where a guess would hit.
    """

    name: str
    key: float
    otherwise: str
    points: float = 1
    mistakes: Mistakes = ()
    tolerance: float = 0.0
    read: Reader = forms.whole_number
    follows: Follows | None = None
    needs: tuple[str, ...] = ()
    also: tuple[float, ...] = ()

    def mark(self, attempt: Attempt) -> None:
        found = self.read(given(attempt.student, self.name), self.name)
        self.judge(attempt, found)

    def judge(self, attempt: Attempt, found: float) -> None:
        """Mark a number that has been read."""
        sheet, about = attempt.sheet, f"`{self.name}`"

        def matches(mistake):
            return fits(mistake, lambda wrong: same(found, wrong, self.tolerance), found)

        right = any(same(found, value, self.tolerance) for value in (self.key, *self.also))
        plausible = is_near(found, self.key) or any(matches(mistake) for mistake in self.mistakes)
        if attempt.note(self.name, found, right, plausible):
            sheet.earn(self.points if attempt.rests_on(about, self.needs) else 0)
            return
        own = self.follows.from_answers(attempt) if self.follows else None
        if own is not None and same(found, own, self.tolerance):
            sheet.earn(self.points * self.follows.share)
            sheet.say(f"{about}: {self.follows.message}")
            return
        if not explain(sheet, about, self.mistakes, matches, points=self.points):
            cut = any(found == round(self.key, decimals) for decimals in range(4))
            sheet.say(f"{about}: {ROUNDED if cut and self.tolerance else self.otherwise}")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Whole numbers in an order, such as (height, width, channels).

    `each` shares the points out over the places, where a part of them counts by itself, once most
    are right. With `needs`, it counts together with the answers of these names only.
    """

    name: str
    key: tuple[int, ...]
    otherwise: str
    points: float = 1
    mistakes: Mistakes = ()
    each: tuple[float, ...] = ()
    follows: Follows | None = None
    needs: tuple[str, ...] = ()

    def mark(self, attempt: Attempt) -> None:
        sheet, about = attempt.sheet, f"`{self.name}`"
        found = forms.whole_numbers(given(attempt.student, self.name), self.name, len(self.key))

        def matches(mistake):
            return fits(mistake, lambda wrong: found == wrong, found)

        right = [one == key for one, key in zip(found, self.key, strict=True)]
        near = all(is_near(one, key) for one, key in zip(found, self.key, strict=True))
        plausible = (near and len(set(found)) > 1) or any(matches(m) for m in self.mistakes)
        if attempt.note(self.name, found, all(right), plausible):
            sheet.earn(self.points if attempt.rests_on(about, self.needs) else 0)
            return
        if 2 * sum(right) > len(right):
            sheet.earn(sum(worth for ok, worth in zip(right, self.each, strict=False) if ok))
        if self.follows and found == self.follows.from_answers(attempt):
            sheet.earn(self.points * self.follows.share)
            sheet.say(f"{about}: {self.follows.message}")
            return
        if not explain(sheet, about, self.mistakes, matches, points=self.points):
            sheet.say(f"{about}: {self.otherwise}")


@dataclass(frozen=True, kw_only=True)
class Word:
    """One of several words. `why` says, for each wrong one, what to think of.

    With `needs`, it counts together with the answers of these names only: the reason for a choice.
    """

    name: str
    key: str
    choices: Sequence[str]
    why: Mapping[str, str] | Callable[[str], str]
    points: float = 1
    slugs: Mapping[str, str] | Callable[[str], str | None] = field(default_factory=dict)
    read: Reader | None = None
    needs: tuple[str, ...] = ()

    def mark(self, attempt: Attempt) -> None:
        read = self.read or partial(forms.word, choices=self.choices)
        found = read(given(attempt.student, self.name), self.name)
        if attempt.note(self.name, found, found == self.key):
            counts = attempt.rests_on(f"`{self.name}`", self.needs, or_plausible=True)
            attempt.sheet.earn(self.points if counts else 0)
            return
        message = self.why(found) if callable(self.why) else self.why[found]
        slug = self.slugs(found) if callable(self.slugs) else self.slugs.get(found)
        attempt.sheet.say(f"`{self.name}`: {message}", slug)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several options, by its letter or its text; letters follow the options' order.

    A wrong one takes `off` of its points off the notebook; no answer takes nothing.
    """

    name: str
    options: tuple[str, ...]
    right: str
    why: Mapping[str, str]
    points: float = 1
    off: float = 0.0

    def mark(self, attempt: Attempt) -> None:
        found = self.chosen(given(attempt.student, self.name))
        if attempt.note(self.name, found, found == self.right):
            attempt.sheet.earn(self.points)
        else:
            attempt.sheet.penalty += self.off * self.points
            attempt.sheet.say(f"`{self.name}`: {self.why[found]}")

    def chosen(self, value: Any) -> str:
        """Read a letter, or an option's text."""
        letters = "abcdefghij"[: len(self.options)]
        try:
            return self.options[letters.index(forms.letter(value, self.name, letters))]
        except forms.WrongForm as unread:
            try:
                return forms.word(value, self.name, self.options)
            except forms.WrongForm:
                raise unread from None


@dataclass(frozen=True, kw_only=True)
class Statements:
    """A choice of several statements: one slip costs half the points, two cost all.

    `why` gives, for each letter, what to think of when it was judged wrongly. A message names no
    letter, so that it helps to think and not to tick; before the deadline only the `idea` is named,
    what the statements are about.
    """

    name: str
    true: str
    why: Mapping[str, str]
    points: float
    idea: str
    slugs: Mapping[str, str] = field(default_factory=dict)

    @property
    def letters(self) -> str:
        return "".join(self.why)

    def mark(self, attempt: Attempt) -> None:
        sheet, letters = attempt.sheet, self.letters
        found = forms.chosen(given(attempt.student, self.name), self.name, letters)
        if not found or found == frozenset(letters):
            none_or_all = "choose some of the statements; none or all of them can't be marked."
            sheet.say(f"`{self.name}`: {none_or_all}")
            return
        wrong = [letter for letter in letters if (letter in found) != (letter in self.true)]
        attempt.note(self.name, found, not wrong, len(wrong) == 1)
        sheet.earn(self.points * share_of_judgements(len(wrong)))
        early = _not_all(self.name, self.idea)
        for letter in wrong:
            sheet.say(f"`{self.name}`: {self.why[letter]}", self.slugs.get(letter), early=early)


def _not_all(name: str, idea: str) -> str:
    """What is said of a set of judgements before the deadline: no more than what it is about."""
    return (
        f"`{name}`: not everything is judged rightly yet; what, you read after the deadline. Think "
        f"again about {idea}"
    )


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of judgements: for each letter one of a few values; the same everywhere is none.

    One slip, or gap, costs half the points, two cost all. `keys` gives for each letter the right
    value and what to think of when it was judged wrongly; before the deadline only the `idea` is
    named. `slug` names the misconception behind a wrong entry, from the right value.
    """

    name: str
    keys: Mapping[str, tuple[Any, str]]
    read: Reader
    points: float
    idea: str
    link: str = ""
    entries: str = "word"
    slug: Callable[[Any], str | None] = lambda _: None

    def mark(self, attempt: Attempt) -> None:
        sheet = attempt.sheet
        rows = forms.table(given(attempt.student, self.name), self.name, self.keys)
        found = self._entries(sheet, rows)
        if len(found) == len(self.keys) and len(set(found.values())) == 1:
            sheet.say(f"`{self.name}`: the same {self.entries} everywhere can't be marked.")
            return
        wrong = [letter for letter, (key, _) in self.keys.items() if found.get(letter) != key]
        sheet.earn(self.points * share_of_judgements(len(wrong)))
        early = _not_all(self.name, f"{self.idea} {self.link}".strip())
        for letter in wrong:
            key, why = self.keys[letter]
            if letter in found:
                message = f"`{self.name}`: {why} {self.link}".strip()
                sheet.say(message, self.slug(key), early=early)

    def _entries(self, sheet: Sheet, rows: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for letter, entry in rows.items():
            place = f'{self.name}["{letter}"]'
            with sheet.part():
                if entry is None:
                    raise forms.WrongForm(f"`{place}`: there is no answer yet.")
                found[letter] = self.read(entry, place)
        return found


@dataclass(frozen=True, kw_only=True)
class Array:
    """An array worked out by hand; each entry counts, right ones less wrong ones.

    Entries that a known mistake made count nothing.

    `misshapen` knows arrays of a telling wrong shape.
    """

    name: str
    key: np.ndarray
    otherwise: str
    points: float = 1
    mistakes: Sequence[Mistake] = ()
    misshapen: Sequence[Pattern] = ()
    link: str = ""
    atol: float = 1e-6

    def mark(self, attempt: Attempt) -> None:
        sheet, about = attempt.sheet, f"`{self.name}`"
        value = given(attempt.student, self.name)
        if self.misshapen:
            whole = forms.array(value, self.name)
            if explain(sheet, about, self.misshapen, lambda pattern: pattern.matches(whole)):
                return
        found = forms.array(value, self.name, self.key.shape)
        right = np.isclose(found, self.key, rtol=0, atol=self.atol)
        if attempt.note(self.name, found, bool(right.all())):
            sheet.earn(self.points)
            return

        def matches(mistake):
            return np.allclose(found, mistake.value, rtol=0, atol=self.atol)

        if explain(sheet, about, self.mistakes, matches, link=self.link):
            return
        sheet.earn(self.points * share_of_entries(int(right.sum()), right.size))
        sheet.say(f"{about}: {self.otherwise}{f' {self.link}' if self.link else ''}")


@dataclass(frozen=True, kw_only=True)
class Custom:
    """A part that no declaration fits: `judge` marks it by itself.

    `slugs` names the misconceptions that it may find, so that tests know them.
    """

    points: float
    judge: Callable[[Attempt], None]
    slugs: Sequence[str] = ()

    def mark(self, attempt: Attempt) -> None:
        self.judge(attempt)


@dataclass(frozen=True, kw_only=True)
class Given:
    """An answer worth nothing by itself that decides what the parts after it are held against.

    `then` makes those parts from the answer; `example` is any answer, for what they are worth.
    """

    name: str
    read: Reader
    then: Callable[[Any], Sequence[Part]]
    example: Any

    @property
    def points(self) -> float:
        return sum(part.points for part in self.then(self.example))

    def mark(self, attempt: Attempt) -> None:
        value = self.read(given(attempt.student, self.name), self.name)
        for part in self.then(value):
            with attempt.sheet.part():
                part.mark(attempt)


def misconceptions_of(part: Part) -> set[str]:
    """The misconceptions that a part looks for, by their slugs.

    >>> slip = Mistake("forgot-bias", 72, "is there something else that every filter has?")
    >>> misconceptions_of(Number(name="n", key=80, otherwise="count again.", mistakes=[slip]))
    {'forgot-bias'}
    """
    if isinstance(part, Given):
        return set().union(*(misconceptions_of(inner) for inner in part.then(part.example)))
    if isinstance(part, Table):
        return {part.slug(key) for key, _ in part.keys.values()} - {None}
    if isinstance(part, Word) and callable(part.slugs):
        return {part.slugs(choice) for choice in part.choices if choice != part.key} - {None}
    mistakes = (*getattr(part, "mistakes", ()), *getattr(part, "misshapen", ()))
    named = getattr(part, "slugs", ())
    named = named.values() if isinstance(named, Mapping) else named
    return {*(mistake.slug for mistake in mistakes), *named} - {None}
