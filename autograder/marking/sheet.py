"""The answer sheet of one question: points, messages, and the mistakes that explain them.

A known mistake is executable. For a number it is the value that the mistake leads to; for a
function it is a function that makes the mistake. So a message is given to those, and only those,
whose answer is what that mistake produces.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from autograder.handin import forms
from autograder.jail.student import BadReply, Student, StudentError
from autograder.marking.verdict import Verdict


class NoAnswer(StudentError):
    """The placeholder still stands where the answer belongs."""

    def __init__(self, name: str):
        super().__init__(f"`{name}`: there is no answer yet.")


def given(student: Student, name: str) -> Any:
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


@dataclass(frozen=True)
class Pattern:
    """A kind of wrong answer, told by a predicate, where many values make the same mistake.

    `slug` may be None: then the message is given and the instructor's report names nothing.
    """

    slug: str | None
    matches: Callable[[Any], bool]
    message: str
    share: float = 0.0


class Sheet:
    """Collects the points and messages of one question."""

    def __init__(self, max_points: float):
        self.max_points = max_points
        self.points = 0.0
        self.messages: list[str] = []
        self.misconception: str | None = None
        self.penalty = 0.0
        self._early: dict[str, str] = {}

    def earn(self, points: float) -> None:
        """Add points."""
        self.points += points

    def say(
        self, message: str, misconception: str | None = None, *, early: str | None = None
    ) -> None:
        """Add a message once; the first misconception that is named stands in the report.

        `early` stands for it before the deadline, where the message would tell too much.
        """
        if message not in self.messages:
            self.messages.append(message)
        if early is not None:
            self._early[message] = early
        self.misconception = self.misconception or misconception

    @contextmanager
    def part(self) -> Iterator[None]:
        """Let what goes wrong inside cost this part only."""
        try:
            yield
        except (StudentError, forms.WrongForm) as error:
            self.say(str(error))

    def verdict(self) -> Verdict:
        """Return the verdict; float dust is rounded away and never makes a full score."""
        points = min(round(self.points, 6), self.max_points)
        early = dict.fromkeys(self._early.get(message, message) for message in self.messages)
        return Verdict(
            points,
            self.max_points,
            tuple(self.messages),
            self.misconception,
            early=tuple(early) if self._early else (),
            penalty=self.penalty,
        )


@dataclass
class Attempt:
    """One student's try at one question, as its parts see it.

    `found` holds the answers that could be read, by name, and `right` the names of those that are
    right. `plausible` names wrong ones that show some work: a later part may follow on from these.
    """

    student: Student
    sheet: Sheet
    found: dict[str, Any] = field(default_factory=dict)
    right: set[str] = field(default_factory=set)
    plausible: set[str] = field(default_factory=set)

    def note(self, name: str, found: Any, is_right: bool, is_plausible: bool = False) -> bool:
        """Keep an answer that could be read; return `is_right`."""
        self.found[name] = found
        if is_right:
            self.right.add(name)
        elif is_plausible:
            self.plausible.add(name)
        return is_right

    def rests_on(self, about: str, names: Iterable[str], *, or_plausible: bool = False) -> bool:
        """Whether the answers that another one counts together with are right; if not, say so."""
        enough = self.right | self.plausible if or_plausible else self.right
        missing = [f"`{name}`" for name in names if name not in enough]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            self.sheet.say(f"{about}: this counts only when {' and '.join(missing)} {verb} right.")
        return not missing


def explain(
    sheet: Sheet,
    about: str,
    mistakes: Iterable[Mistake | Pattern],
    matches: Callable[[Mistake | Pattern], bool],
    *,
    points: float = 0.0,
    link: str = "",
) -> bool:
    """Say the message of the first mistake that `matches`; return whether there was one.

    What the mistake still earns is a share of `points`. The message begins with what it is `about`
    (nothing if that is ""), and ends with `link` where all the mistakes lead to one place.
    """
    for mistake in mistakes:
        if matches(mistake):
            sheet.earn(points * mistake.share)
            begin, end = f"{about}: " if about else "", f" {link}" if link else ""
            sheet.say(f"{begin}{mistake.message}{end}", mistake.slug)
            return True
    return False


def fits(mistake: Mistake | Pattern, same: Callable[[Any], bool], found: Any) -> bool:
    """Tell whether an answer is what a mistake leads to, or of the kind that a pattern knows."""
    return mistake.matches(found) if isinstance(mistake, Pattern) else same(mistake.value)


def same_number(found: float, key: float, tolerance: float = 0.0) -> bool:
    """Tell whether two numbers agree within an absolute tolerance (and float dust)."""
    if isinstance(found, int) and isinstance(key, int) and not tolerance:
        return found == key  # also beyond the range of floats
    return math.isclose(found, key, rel_tol=1e-9, abs_tol=tolerance * (1 + 1e-9))
