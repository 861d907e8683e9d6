"""The part that tries a class of the student's through one of its methods."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.handin import forms
from autograder.jail.student import Handle, Student, StudentError
from autograder.marking.functions import (
    Case,
    Outcome,
    agree,
    call_held,
    returned,
    shapes_of,
    wrong_shape,
)
from autograder.marking.sheet import Attempt, Mistake, Sheet, explain


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
class Diagnosis:
    """What the trials that failed have in common, and whether the part's link ends the message."""

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
    otherwise: Callable[[list[Trial]], Diagnosis]
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
        elif outcome.damaged:
            begin = f"{self.about}: " if self.about else ""
            changed = f"`{self.method}` changes the {outcome.damaged} that it is given."
            sheet.say(f"{begin}{changed}", "damages-input")
            sheet.earn(-self.cost)
        elif self._behaves(attempt):
            sheet.earn(self.reward)
        else:
            sheet.earn(-self.cost)

    def _behaves(self, attempt: Attempt) -> bool:
        """Whether nothing is wrong with what shows only later; a failure there is said, too."""
        try:
            return self.behaves is None or self.behaves(attempt)
        except (StudentError, forms.WrongForm) as error:
            attempt.sheet.say(str(error))
            return False

    def _try(self, student: Student) -> Outcome:
        answers, errors, damaged, raised = [], [], "", set()
        for place, trial in enumerate(self.trials):
            try:
                answer, changed, failed = self._ask(student, trial)
                answers.append(answer)
                damaged = damaged or changed
                if failed:
                    raised.add(place)
            except (StudentError, forms.WrongForm) as error:
                answers.append(None)
                errors.append(f"{error}{shapes_of(Case(trial.args))}")
        return Outcome(answers, errors, damaged=damaged, raised=frozenset(raised))

    def _ask(self, student: Student, trial: Trial) -> tuple[np.ndarray, str, bool]:
        """Return the answer, what was damaged on the way to it, and whether the call failed."""
        instance = student.create(self.name, *trial.create, **trial.settings)
        for method, args in trial.before:
            instance.call(method, *args)
        if self.attribute:
            return self._attribute_after(student, instance, trial)
        value, changed = self._call(student, instance, trial)
        place = f"{self.name}.{self.method}"
        return returned(forms.array, value, place), changed, False

    def _call(self, student: Student, instance: Handle, trial: Trial) -> tuple[Any, str]:
        return call_held(instance.call, student, self.method, trial.args, {})

    def _attribute_after(
        self, student: Student, instance: Handle, trial: Trial
    ) -> tuple[np.ndarray, str, bool]:
        """Read what the call has set, also where a later part of it fails: parts count alone."""
        failure, changed = None, ""
        try:
            _, changed = self._call(student, instance, trial)
        except StudentError as error:
            failure = error
        place = f"{self.name}.{self.attribute}"
        try:
            value = instance.get(self.attribute)
        except StudentError:
            value = None
            if failure is None:
                raise
        if value is None:
            raise failure or forms.WrongForm(f"`{place}` is not set yet.")
        return returned(forms.array, value, place), changed, failure is not None

    def _explain(self, sheet: Sheet, outcome: Outcome, keys: list, right: list[bool]) -> None:
        answers = outcome.answers

        def matches(mistake):
            for place, (answer, trial) in enumerate(zip(answers, self.trials, strict=True)):
                wrong = mistake.value(trial.subject)
                failed = answer is None or place in outcome.raised
                if wrong is None and failed:
                    continue
                if (
                    wrong is None
                    or answer is None
                    or not agree(answer, wrong, self.rtol, self.atol)
                ):
                    return False
            return True

        if explain(sheet, self.about, self.mistakes, matches, link=self.link):
            return
        if outcome.errors:
            sheet.say(outcome.errors[0])
        elif self.shape_message and wrong_shape(answers, keys):
            sheet.say(self.shape_message)
        else:
            failed = [trial for trial, ok in zip(self.trials, right, strict=True) if not ok]
            diagnosis = self.otherwise(failed)
            begin = f"{self.about}: " if self.about else ""
            end = f" {self.link}" if self.link and diagnosis.link else ""
            sheet.say(f"{begin}{diagnosis.message}{end}", diagnosis.misconception)
