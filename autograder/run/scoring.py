"""From a rebuilt notebook to verdicts: the one place where both the CLI and nbgrader get scores."""

import logging
import traceback
from collections.abc import Mapping
from dataclasses import replace

from autograder.jail.asking import Sitting, clean
from autograder.jail.isolation import Jail, NoIsolation
from autograder.jail.near import Near
from autograder.jail.student import Student
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
    found = {name: float(question.points) for name, question in questions.items()}
    if wanted != found:
        differing = sorted(set(wanted.items()) ^ set(found.items()))
        raise ValueError(
            f"{assignment}: the notebook's judged cells and the checkers differ in {differing}; "
            "every judged cell needs a checker of the same id and points"
        )
