"""The part that tries a student's function on hidden cases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograder.handin import forms
from autograder.jail.student import NotDefined, Student, StudentError
from autograder.marking.parts import Reader
from autograder.marking.sheet import Attempt, Mistake, Sheet, explain


@dataclass(frozen=True)
class Case:
    """One call of a student's function: arguments, and the group of points that it belongs to."""

    args: tuple
    group: str = ""
    kwargs: dict = field(default_factory=dict)


#: To so many decimals at least a result may be rounded: students are promised a ten-thousandth.
#: It is no tolerance: what is not rounded has to agree far better, so that mistakes show.
DECIMALS = range(4, 9)
ROUNDED = "the numbers are right as far as they go, but rounded; return them as they are."
DUST = 2e-7  # what a rounded number is off by in 32 bits


def agree(found: np.ndarray, key: ArrayLike, rtol: float, atol: float) -> bool:
    """Tell whether two arrays have one shape and agree within the tolerance, or as rounded."""
    key = np.asarray(key, dtype=np.float64)
    if found.shape != key.shape:
        return False
    return np.allclose(found, key, rtol=rtol, atol=atol) or any(
        is_rounded(found, key, decimals) for decimals in DECIMALS
    )


def is_rounded(found: np.ndarray, key: np.ndarray, decimals: int) -> bool:
    """Tell whether an array is another one of its shape, rounded to so many decimals.

    Not of numbers so small that hardly a digit is left: zeros would be any of them.
    """
    if not np.isfinite(found).all() or np.abs(key).max(initial=0) < 10 * 10.0**-decimals:
        return False
    dust = DUST * np.abs(found)
    short = np.abs(found - np.round(found, decimals)) <= dust + 1e-12
    near = np.abs(found - key) <= 0.5 * 10.0**-decimals + dust + 1e-9
    return bool(np.all(short & near))


def returned(read: Reader, value: Any, name: str) -> Any:
    """Read what a call returned; its form is refused without a word of it.

    The call has seen hidden inputs and could return them, so its value is never quoted.
    """
    if value is None:
        raise forms.WrongForm(f"`{name}` returns nothing yet. Does it end with `return`?")
    try:
        if read in (forms.number, forms.whole_number) and forms.has_words(value):
            raise forms.WrongForm(name)  # "8.69 times" is a fine answer, and no function's result
        return read(value, name)
    except forms.NotFinite:
        raise
    except forms.WrongForm:
        raise forms.WrongForm(
            f"`{name}` returns something of another form than the exercise asks for. Call it "
            "yourself, and look at the type and the shape of what comes back."
        ) from None


@dataclass(frozen=True)
class Outcome:
    """What a student's function made of all cases.

    `answers` are canonical, None where the function failed; `errors` are sentences; `kinds` are the
    number types of arrays, `damaged` is the kind of argument that a call changed, if one did, and
    `raised` are the places of calls that failed but had set what was asked for before.
    """

    answers: list
    errors: list[str]
    kinds: list[str | None] = field(default_factory=list)
    damaged: str = ""
    raised: frozenset[int] = frozenset()

    @property
    def first_failure(self) -> int:
        """The place of the first case without an answer."""
        return next(place for place, answer in enumerate(self.answers) if answer is None)


def try_cases(student: Student, name: str, cases: Iterable[Case], read: Reader) -> Outcome:
    """Call the function on every case; the first time that it isn't there at all is final.

    Arrays, lists and dictionaries are held in the student's process, so that a change shows.
    """
    answers, errors, kinds, damaged = [], [], [], ""
    for case in cases:
        try:
            value, changed = call_held(student.call, student, name, case.args, case.kwargs)
            damaged = damaged or changed
            answers.append(returned(read, value, name))
            kinds.append(str(value.dtype) if isinstance(value, np.ndarray) else None)
        except NotDefined:
            raise
        except (StudentError, forms.WrongForm) as error:
            answers.append(None)
            kinds.append(None)
            errors.append(str(error))
    return Outcome(answers, errors, kinds, damaged)


def call_held(
    call: Callable, student: Student, name: str, args: Sequence, settings: Mapping[str, Any]
) -> tuple[Any, str]:
    """Call with arguments held in the student's process; return the value and what was damaged."""
    held = {key: student.hold(arg) for key, arg in enumerate(args) if _can_change(arg)}
    named = {key: student.hold(arg) for key, arg in settings.items() if _can_change(arg)}
    given = [held.get(key, arg) for key, arg in enumerate(args)]
    value = call(name, *given, **{**settings, **named})
    before = {**dict(enumerate(args)), **settings}
    for key, handle in {**held, **named}.items():
        if not _same(handle.value(), before[key]):
            return value, "array" if isinstance(before[key], np.ndarray) else "list"
    return value, ""


def _can_change(value: Any) -> bool:
    return isinstance(value, np.ndarray | list | dict)


def _same(found: Any, sent: Any) -> bool:
    if isinstance(sent, np.ndarray):
        same_kind = isinstance(found, np.ndarray) and found.dtype == sent.dtype
        return same_kind and np.array_equal(found, sent, equal_nan=sent.dtype.kind == "f")
    if isinstance(sent, list | tuple) and type(found) is type(sent):
        return len(found) == len(sent) and all(map(_same, found, sent))
    if isinstance(sent, dict) and isinstance(found, dict):
        return found.keys() == sent.keys() and all(_same(found[k], sent[k]) for k in sent)
    return type(found) is type(sent) and found == sent


#: What a function that is right loses for each thing that shows only beside its results.
CARE = 0.5


def deduct_damage(sheet: Sheet, name: str, damaged: str) -> None:
    """Take `CARE` points off where an argument of this kind was changed ("": none), and say so."""
    if damaged:
        changed = f"this changes the {damaged} that it is given; work on a copy."
        sheet.earn(-CARE)
        sheet.say(f"`{name}`: {changed}", "damages-input")


def deduct_memory(sheet: Sheet, name: str, same: bool) -> None:
    """Take `CARE` points off a function that gave another result the second time, and say so."""
    if not same:
        sheet.earn(-CARE)
        sheet.say(
            f"`{name}`: the same arguments give another result the second time. Does a later call "
            "remember an earlier one?",
            "keeps-state",
        )


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of the student's, tried on hidden cases against a reference.

    `groups` gives the points of each group of cases; a group earns them when all its cases agree
    with `reference`. If the answers are those of a known mistake, its message is given. A function
    whose answers are all right loses `CARE` points where it changes an argument that it is given,
    where a later call remembers an earlier one, or, with `keeps_kind`, where the result has another
    number type than the first argument.
    """

    name: str
    cases: Sequence[Case]
    reference: Callable
    groups: Mapping[str, float]
    otherwise: str
    mistakes: Sequence[Mistake] = ()
    read: Reader = forms.array
    rtol: float = 1e-4
    atol: float = 1e-6
    keeps_kind: bool = False

    def __post_init__(self) -> None:
        tried = {case.group for case in self.cases}
        if tried != set(self.groups):
            raise ValueError(
                f"{self.name}: its cases are of the groups {sorted(tried)}, and points are given "
                f"for {sorted(self.groups)}; each group needs a case, and each case's group points"
            )

    @property
    def points(self) -> float:
        return sum(self.groups.values())

    def mark(self, attempt: Attempt) -> None:
        sheet = attempt.sheet
        outcome = try_cases(attempt.student, self.name, self.cases, self.read)
        keys = [self.reference(*case.args, **case.kwargs) for case in self.cases]
        right = [
            answer is not None and self._agree(answer, key)
            for answer, key in zip(outcome.answers, keys, strict=True)
        ]
        attempt.note(self.name, outcome.answers, all(right), 2 * sum(right) > len(right))
        for group, points in self.groups.items():
            if all(ok for ok, case in zip(right, self.cases, strict=True) if case.group == group):
                sheet.earn(points)
        if all(right):
            self._mark_care(attempt, outcome)
            return

        def matches(mistake):
            return self._matches(mistake.value, outcome.answers, right)

        if explain(sheet, f"`{self.name}`", self.mistakes, matches):
            return
        if any(self._all_rounded(outcome, keys, decimals) for decimals in (1, 2, 3)):
            sheet.say(f"`{self.name}`: {ROUNDED}")
            return
        failed = self.cases[right.index(False)]
        if outcome.errors:
            failed = self.cases[outcome.first_failure]
            sheet.say(f"{outcome.errors[0]}{shapes_of(failed)}")
            return
        misshapen = [np.shape(a) != np.shape(k) for a, k in zip(outcome.answers, keys, strict=True)]
        if any(misshapen):
            failed = self.cases[misshapen.index(True)]
        message = wrong_shape(outcome.answers, keys) or self.otherwise
        sheet.say(f"`{self.name}`: {message}{shapes_of(failed)}")

    def _mark_care(self, attempt: Attempt, outcome: Outcome) -> None:
        """Look at what shows only beside the results: arguments, number types, a second call."""
        sheet = attempt.sheet
        deduct_damage(sheet, self.name, outcome.damaged)
        kinds = [case.args[0].dtype if self.keeps_kind else None for case in self.cases]
        wrong = [
            (found, kind)
            for found, kind in zip(outcome.kinds, kinds, strict=True)
            if kind is not None and found != str(kind)
        ]
        if wrong:
            found, kind = wrong[0]
            sheet.earn(-CARE)
            sheet.say(
                f"`{self.name}`: for an array of {kind} numbers the result has the type {found}; "
                "the question asks for the same type.",
                "changes-number-type",
            )
        first = try_cases(attempt.student, self.name, self.cases[:1], self.read).answers[0]
        deduct_memory(
            sheet, self.name, first is not None and self._agree(first, outcome.answers[0])
        )

    def _all_rounded(self, outcome: Outcome, keys: Sequence, decimals: int) -> bool:
        """Whether all that the function gave is right, and rounded too early."""
        return all(
            answer is not None
            and np.shape(answer) == np.shape(key)
            and is_rounded(np.asarray(answer, np.float64), np.asarray(key, np.float64), decimals)
            for answer, key in zip(outcome.answers, keys, strict=True)
        )

    def _agree(self, answer, key) -> bool:
        return agree(np.asarray(answer, dtype=np.float64), key, self.rtol, self.atol)

    def _matches(self, wrong: Callable, answers: Sequence, right: Sequence[bool]) -> bool:
        """Tell whether the answers are what `wrong` gives, on every case where either gives any."""
        for case, answer, ok in zip(self.cases, answers, right, strict=True):
            expected = _answer_of(wrong, case)
            if expected is None and (answer is None or ok):
                continue
            if expected is None or answer is None or not self._agree(answer, expected):
                return False
        return True


def _answer_of(wrong: Callable, case: Case) -> np.ndarray | None:
    """Return what a wrong function gives; None where it fails or gives NaN, which is no answer."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(wrong(*case.args, **case.kwargs), dtype=np.float64)
    except Exception:  # a mistake may well raise where its author's code would
        return None
    return found if np.isfinite(found).all() else None


def shapes_of(case: Case) -> str:
    """Say with what shapes a case calls, to find the fault; nothing for a case without arrays."""
    given = [*case.args, *case.kwargs.values()]
    shapes = [str(arg.shape) for arg in given if isinstance(arg, np.ndarray)]
    if not shapes:
        return ""
    one = "an array of the shape" if len(shapes) == 1 else "arrays of the shapes"
    return f" (It was called with {one} {' and '.join(shapes)}.)"


def wrong_shape(answers: Sequence, keys: Sequence) -> str:
    """Say that another shape came than is asked for; which one could be a hidden input."""
    for answer, key in zip(answers, keys, strict=True):
        if answer is not None and np.shape(answer) != np.shape(key):
            return "the result has another shape than the question asks for."
    return ""
