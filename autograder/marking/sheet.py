"""What the checkers share: points part by part, known mistakes, functions tried on many cases.

A known mistake is executable. For a number it is the value that the mistake leads to; for a
function it is a function that makes the mistake. So a message is given to those, and only those,
whose answer is what that mistake produces.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.handin import forms
from autograder.jail.student import BadReply, NotDefined, StudentError
from autograder.marking.verdict import Verdict


class NoAnswer(StudentError):
    """The placeholder still stands where the answer belongs."""

    def __init__(self, name: str):
        super().__init__(f"`{name}`: there is no answer yet.")


def given(student, name: str):
    """Return the value of the variable `name`; a placeholder (``...``, ``None``) is `NoAnswer`."""
    try:
        value = student.get(name)
    except BadReply as error:
        if "ellipsis" in str(error):
            raise NoAnswer(name) from None
        raise
    if value is None:
        raise NoAnswer(name)
    return value


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, what it reveals, and what to tell them.

    `value` is the wrong answer itself or, for a function, a function that makes the mistake;
    `share` is the part of the points that it still earns. `message` must not lead to the key.
    """

    slug: str
    value: Any
    message: str
    share: float = 0.0


class Sheet:
    """Collects the points and messages of one question."""

    def __init__(self, max_points: float):
        self.max_points = max_points
        self.points = 0.0
        self.messages: list[str] = []
        self.misconception: str | None = None

    def earn(self, points: float):
        """Add points."""
        self.points += points

    def say(self, message: str, misconception: str | None = None):
        """Add a message once; the first misconception that is named stands in the report."""
        if message not in self.messages:
            self.messages.append(message)
        self.misconception = self.misconception or misconception

    @contextmanager
    def part(self):
        """Let what goes wrong inside cost this part only."""
        try:
            yield
        except (StudentError, forms.WrongForm) as error:
            self.say(str(error))

    def verdict(self) -> Verdict:
        """Return the verdict; float dust is rounded away and never makes a full score."""
        points = min(round(self.points, 6), self.max_points)
        return Verdict(points, self.max_points, tuple(self.messages), self.misconception)


def explain(
    sheet: Sheet,
    about: str,
    mistakes: Iterable[Mistake],
    made: Callable[[Any], bool],
    *,
    points: float = 0.0,
    link: str = "",
) -> bool:
    """Say the message of the first mistake that was made; return whether there was one.

    `made` tells of a mistake's `value` whether the answer is what it leads to; what the mistake
    still earns is a share of `points`. The message begins with what it is `about` (nothing if that
    is ""), and ends with `link` where all the mistakes lead to one place.
    """
    for mistake in mistakes:
        if made(mistake.value):
            sheet.earn(points * mistake.share)
            begin, end = f"{about}: " if about else "", f" {link}" if link else ""
            sheet.say(f"{begin}{mistake.message}{end}", mistake.slug)
            return True
    return False


def same_number(found: float, key: float, tolerance: float = 0.0) -> bool:
    """Tell whether two numbers agree within an absolute tolerance (and float dust)."""
    return math.isclose(found, key, rel_tol=1e-9, abs_tol=tolerance * (1 + 1e-9))


def mark_number(
    sheet: Sheet,
    found: float,
    key: float,
    points: float,
    *,
    name: str,
    mistakes: Iterable[Mistake] = (),
    otherwise: str,
    tolerance: float = 0.0,
) -> bool:
    """Mark one number; return whether it is right. `otherwise` is said when no mistake fits."""
    if same_number(found, key, tolerance):
        sheet.earn(points)
        return True

    def made(wrong):
        return same_number(found, wrong, tolerance)

    if not explain(sheet, f"`{name}`", mistakes, made, points=points):
        sheet.say(f"`{name}`: {otherwise}")
    return False


def mark_statements(
    sheet: Sheet,
    found: frozenset[str],
    true: str,
    letters: str,
    points: float,
    *,
    name: str,
    why: dict[str, str],
    misconceptions: dict[str, str] | None = None,
):
    """Mark a choice of several: every statement counts the same, none or all earn nothing.

    `why` gives, for each letter, what to think of when it was judged wrongly. A message names no
    letter, so that it helps to think and not to tick.
    """
    if not found or found == frozenset(letters):
        sheet.say(f"`{name}`: choose some of the statements; none or all of them can't be marked.")
        return
    wrong = [letter for letter in letters if (letter in found) != (letter in true)]
    sheet.earn(points * (len(letters) - len(wrong)) / len(letters))
    for letter in wrong:
        sheet.say(f"`{name}`: {why[letter]}", (misconceptions or {}).get(letter))


@dataclass(frozen=True)
class Case:
    """One call of a student's function: arguments, and the group of points that it belongs to."""

    args: tuple
    group: str = ""
    kwargs: dict = field(default_factory=dict)


def agree(found: np.ndarray, key, rtol: float, atol: float) -> bool:
    """Tell whether two arrays have one shape and agree within the tolerance."""
    key = np.asarray(key, dtype=np.float64)
    return found.shape == key.shape and np.allclose(found, key, rtol=rtol, atol=atol)


Reader = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Outcome:
    """What a student's function made of all cases: canonical answers (None where it failed)."""

    answers: list
    errors: list[str]


def try_cases(student, name: str, cases: Sequence[Case], reader: Reader) -> Outcome:
    """Call the function on every case; the first time that it isn't there at all is final."""
    answers, errors = [], []
    for case in cases:
        try:
            value = student.call(name, *case.args, **case.kwargs)
            if value is None:
                raise forms.WrongForm(f"`{name}` returns nothing yet. Does it end with `return`?")
            answers.append(reader(value, name))
        except NotDefined:
            raise
        except (StudentError, forms.WrongForm) as error:
            answers.append(None)
            errors.append(str(error))
    return Outcome(answers, errors)


def mark_function(
    sheet: Sheet,
    student,
    name: str,
    cases: Sequence[Case],
    reference: Callable,
    groups: dict[str, float],
    *,
    reader: Reader = forms.array,
    mistakes: Iterable[Mistake] = (),
    otherwise: str,
    rtol: float = 1e-4,
    atol: float = 1e-6,
) -> bool:
    """Try a function on hidden cases and mark it; return whether every case was right.

    `groups` gives the points of each group of cases; a group earns them when all its cases agree
    with `reference`. If the answers are those of a known mistake, its message is given.
    """
    outcome = try_cases(student, name, cases, reader)
    keys = [reference(*case.args, **case.kwargs) for case in cases]
    right = [
        answer is not None and agree(np.asarray(answer, dtype=np.float64), key, rtol, atol)
        for answer, key in zip(outcome.answers, keys, strict=True)
    ]
    for group, points in groups.items():
        if all(ok for ok, case in zip(right, cases, strict=True) if case.group == group):
            sheet.earn(points)
    if all(right):
        return True

    def made(wrong):
        return _made(wrong, cases, outcome.answers, right, rtol, atol)

    if not explain(sheet, f"`{name}`", mistakes, made):
        shapes = _wrong_shape(outcome.answers, keys)
        sheet.say(outcome.errors[0] if outcome.errors else f"`{name}`: {shapes or otherwise}")
    return False


def _made(wrong: Callable, cases, answers, right, rtol, atol) -> bool:
    """Tell whether the answers are what `wrong` gives, on every case where either gives any."""
    for case, answer, ok in zip(cases, answers, right, strict=True):
        try:
            with np.errstate(all="ignore"):
                expected = np.asarray(wrong(*case.args, **case.kwargs), dtype=np.float64)
        except Exception:  # this wrong function has no answer for the case
            expected = None
        if expected is not None and not np.isfinite(expected).all():
            expected = None  # nor is NaN one
        if expected is None and (answer is None or ok):
            continue
        if expected is None or answer is None:
            return False
        if not agree(np.asarray(answer, dtype=np.float64), expected, rtol, atol):
            return False
    return True


def _wrong_shape(answers, keys) -> str:
    for answer, key in zip(answers, keys, strict=True):
        if answer is not None and np.shape(answer) != np.shape(key):
            return "the result has another shape than the question asks for."
    return ""


def mark_untouched(sheet: Sheet, student, name: str, args: Sequence, cost: float = 0.5):
    """Call `name` on arrays held in the student's process; one that was damaged costs points."""
    held = [student.hold(arg) if isinstance(arg, np.ndarray) else arg for arg in args]
    student.call(name, *held)
    for handle, arg in zip(held, args, strict=True):
        if isinstance(arg, np.ndarray) and not np.array_equal(handle.value(), arg):
            changed = "this changes the array that it is given; work on a copy."
            sheet.say(f"`{name}`: {changed}", "damages-input")
            sheet.earn(-cost)
            return
