"""From a rebuilt notebook to verdicts: the one place where both the CLI and nbgrader get scores."""

import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace

from autograder.jail.asking import Sitting, clean
from autograder.jail.isolation import Jail, NoIsolation
from autograder.jail.near import Near
from autograder.jail.student import Student
from autograder.marking.catalogue import place_and_reason
from autograder.marking.guessing import deduct_wrong_choices
from autograder.marking.question import Question
from autograder.marking.result import Result
from autograder.marking.variants import VariantSeed
from autograder.marking.verdict import Verdict
from autograder.notebooks.cells import cells_to_run, judged_points, of_the_course
from autograder.notebooks.reading import why_unread
from autograder.run import bounds

log = logging.getLogger(__name__)

MAX_MESSAGES, MAX_MESSAGE = 20, 2000


def _capped(verdict: Verdict) -> Verdict:
    """The verdict with what its messages quote from the answer kept short."""
    messages, early = (
        tuple(clean(text, MAX_MESSAGE) for text in texts[:MAX_MESSAGES])
        for texts in (verdict.messages, verdict.early)
    )
    return replace(verdict, messages=messages, early=early)


def verdict_of(
    question: Question, student: Student, variant_seed: VariantSeed | None = None
) -> Verdict:
    """Mark one question; where its checker fails, the mark is left open for a person.

    Such a failure is a fault of the course's, or an attack on it: neither may cost a student.
    """
    try:
        with bounds.bounded():
            return _capped(question.check(student, variant_seed))
    except NoIsolation:
        raise
    except Exception as error:
        log.exception("The checker of %s failed", question.id)
        at = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {error} ({at.name}, line {at.lineno})"[:500]
        return Verdict.left_open(question.points, fault)


def score(
    notebook,
    questions: Mapping[str, Question],
    jail: Jail,
    variant_seed: VariantSeed | None = None,
    takes_off: bool = True,
) -> Result:
    """Run the student's cells of a rebuilt notebook in the jail and mark its questions.

    `variant_seed` decides which numbers the questions are about. That, and whether a wrong choice
    takes points off, is the course's to say (see `marking.variants` and `marking.guessing`).
    """
    if why := why_unread(notebook):
        return Result({n: Verdict.left_open(q.points, why) for n, q in questions.items()})
    cells, result = cells_to_run(notebook), Result()
    given = of_the_course(notebook)
    near = Near([cells[at] for at in cells if at not in given], given.values())
    with Sitting(jail, list(cells.values()), near) as sitting:
        for name, question in questions.items():
            with sitting.question() as student:
                result.verdicts[name] = verdict_of(question, student, variant_seed)
        result.verdicts = deduct_wrong_choices(result.verdicts, takes_off)
        result.runs = dict(zip(cells, sitting.runs, strict=True))
        result.crowded = sitting.crowded
    return result


def check_fits(released, questions: Mapping[str, Question], assignment: str) -> None:
    """Raise an error unless every judged cell has a checker that is worth as many points."""
    wanted = judged_points(released)
    found = {name: _points_of(question, assignment) for name, question in questions.items()}
    differing = [
        f"the cell `{name}` has no checker"
        if name not in found
        else f"the checker `{name}` has no cell"
        if name not in wanted
        else f"the cell `{name}` is worth {wanted[name]:g}, its checker {found[name]:g}"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]
    if differing:
        raise ValueError(
            f"{assignment}: notebook and checkers don't fit: {'; '.join(differing)}. Every judged "
            "cell needs a checker of the same id and points"
        )


def _points_of(question: Question, assignment: str) -> float:
    """A question is built for the first time here; a helper of the course's may fail at it."""
    try:
        return float(question.points)
    except Exception as error:
        raise ValueError(
            f"the checker `{question.id}` of {assignment} can't be built: {place_and_reason(error)}"
        ) from error
