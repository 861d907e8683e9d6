"""Parts that try a student's function or class on hidden cases."""

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


def agree(found: np.ndarray, key: ArrayLike, rtol: float, atol: float) -> bool:
    """Tell whether two arrays have one shape and agree within the tolerance."""
    key = np.asarray(key, dtype=np.float64)
    return found.shape == key.shape and np.allclose(found, key, rtol=rtol, atol=atol)


@dataclass(frozen=True)
class Outcome:
    """What a student's function made of all cases: canonical answers (None where it failed)."""

    answers: list
    errors: list[str]


def try_cases(student: Student, name: str, cases: Iterable[Case], read: Reader) -> Outcome:
    """Call the function on every case; the first time that it isn't there at all is final."""
    answers, errors = [], []
    for case in cases:
        try:
            value = student.call(name, *case.args, **case.kwargs)
            if value is None:
                raise forms.WrongForm(f"`{name}` returns nothing yet. Does it end with `return`?")
            answers.append(read(value, name))
        except NotDefined:
            raise
        except (StudentError, forms.WrongForm) as error:
            answers.append(None)
            errors.append(str(error))
    return Outcome(answers, errors)


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of the student's, tried on hidden cases against a reference.

    `groups` gives the points of each group of cases; a group earns them when all its cases agree
    with `reference`. If the answers are those of a known mistake, its message is given. With
    `untouched`, a right function is also called on arrays held in the student's process: one that
    it damages costs half a point.
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
    untouched: bool = False

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
        for group, points in self.groups.items():
            if all(ok for ok, case in zip(right, self.cases, strict=True) if case.group == group):
                sheet.earn(points)
        if all(right):
            if self.untouched:
                mark_untouched(sheet, attempt.student, self.name, self.cases[0].args)
            return

        def made(mistake):
            return self._made(mistake.value, outcome.answers, right)

        if not explain(sheet, f"`{self.name}`", self.mistakes, made):
            shapes = _wrong_shape(outcome.answers, keys)
            said = f"`{self.name}`: {shapes or self.otherwise}"
            sheet.say(outcome.errors[0] if outcome.errors else said)

    def _agree(self, answer, key) -> bool:
        return agree(np.asarray(answer, dtype=np.float64), key, self.rtol, self.atol)

    def _made(self, wrong: Callable, answers: Sequence, right: Sequence[bool]) -> bool:
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


def _wrong_shape(answers: Sequence, keys: Sequence) -> str:
    for answer, key in zip(answers, keys, strict=True):
        if answer is not None and np.shape(answer) != np.shape(key):
            return "the result has another shape than the question asks for."
    return ""


def mark_untouched(
    sheet: Sheet, student: Student, name: str, args: Sequence, cost: float = 0.5
) -> None:
    """Call `name` on arrays held in the student's process; one that was damaged costs points."""
    held = [student.hold(arg) if isinstance(arg, np.ndarray) else arg for arg in args]
    student.call(name, *held)
    for handle, arg in zip(held, args, strict=True):
        if isinstance(arg, np.ndarray) and not np.array_equal(handle.value(), arg):
            changed = "this changes the array that it is given; work on a copy."
            sheet.say(f"`{name}`: {changed}", "damages-input")
            sheet.earn(-cost)
            return


# --- classes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One object of a student's class: how it is made, what is called first, what is asked.

    The answer is what `method` returns for `args` or, where `attribute` is given, that attribute
    afterwards. `subject` is handed to the reference and to the mistakes.
    """

    subject: Any
    args: tuple
    create: tuple = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[tuple[str, tuple]] = ()
    group: str = ""


@dataclass(frozen=True)
class Said:
    """What is said where no known mistake fits, and whether the part's link ends it."""

    message: str
    misconception: str | None = None
    link: bool = True


@dataclass(frozen=True, kw_only=True)
class Method:
    """A class of the student's, tried on hidden trials through one of its methods.

    `probe` are the arguments of a first object: a missing or failing class ends the part there,
    with its reason. `otherwise` says what fits the trials that failed.
    When all trials are right, `behaves` looks at what only shows with time and says what is wrong;
    where it finds nothing, `reward` is earned, otherwise `cost` is lost.
    """

    name: str
    method: str
    trials: Sequence[Trial]
    reference: Callable[[Any], Any]
    groups: Mapping[str, float]
    otherwise: Callable[[list[Trial]], Said]
    mistakes: Sequence[Mistake] = ()
    attribute: str | None = None
    about: str = ""
    shape_message: str = ""
    link: str = ""
    probe: tuple = ()
    behaves: Callable[[Attempt], bool] | None = None
    reward: float = 0.0
    cost: float = 0.0
    rtol: float = 1e-5
    atol: float = 1e-6

    @property
    def points(self) -> float:
        return sum(self.groups.values()) + self.reward

    def mark(self, attempt: Attempt) -> None:
        sheet, student = attempt.sheet, attempt.student
        student.create(self.name, *self.probe)
        outcome = self._try(student)
        keys = [self.reference(trial.subject) for trial in self.trials]
        right = [
            answer is not None and agree(answer, key, self.rtol, self.atol)
            for answer, key in zip(outcome.answers, keys, strict=True)
        ]
        for group, points in self.groups.items():
            if all(
                ok for ok, trial in zip(right, self.trials, strict=True) if trial.group == group
            ):
                sheet.earn(points)
        if not all(right):
            self._explain(sheet, outcome, keys, right)
        elif self.behaves is None or self.behaves(attempt):
            sheet.earn(self.reward)
        else:
            sheet.earn(-self.cost)

    def _try(self, student: Student) -> Outcome:
        answers, errors = [], []
        for trial in self.trials:
            try:
                answers.append(self._ask(student, trial))
            except (StudentError, forms.WrongForm) as error:
                answers.append(None)
                errors.append(str(error))
        return Outcome(answers, errors)

    def _ask(self, student: Student, trial: Trial) -> np.ndarray:
        made = student.create(self.name, *trial.create, **trial.settings)
        for method, args in trial.before:
            made.call(method, *args)
        value, place = made.call(self.method, *trial.args), f"{self.name}.{self.method}"
        missing = f"`{place}` returns nothing yet."
        if self.attribute:
            value, place = made.get(self.attribute), f"{self.name}.{self.attribute}"
            missing = f"`{place}` is not set yet."
        if value is None:
            raise forms.WrongForm(missing)
        return forms.array(value, place)

    def _explain(self, sheet: Sheet, outcome: Outcome, keys: list, right: list[bool]) -> None:
        answers = outcome.answers

        def made(mistake):
            for answer, trial in zip(answers, self.trials, strict=True):
                wrong = mistake.value(trial.subject)
                if (wrong is None) != (answer is None):
                    return False
                if answer is not None and not agree(answer, wrong, self.rtol, self.atol):
                    return False
            return True

        if explain(sheet, self.about, self.mistakes, made, link=self.link):
            return
        if outcome.errors:
            sheet.say(outcome.errors[0])
        elif self.shape_message and _wrong_shape(answers, keys):
            sheet.say(self.shape_message)
        else:
            failed = [trial for trial, ok in zip(self.trials, right, strict=True) if not ok]
            said = self.otherwise(failed)
            begin = f"{self.about}: " if self.about else ""
            end = f" {self.link}" if self.link and said.link else ""
            sheet.say(f"{begin}{said.message}{end}", said.misconception)
