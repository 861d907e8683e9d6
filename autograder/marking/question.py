"""A question: the parts that it is declared with, and what the report needs to know about it."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property

from nbformat import NotebookNode

from autograder.jail.student import Student, StudentError
from autograder.marking.parts import Part, misconceptions_of
from autograder.marking.sheet import Attempt, Sheet
from autograder.marking.variants import Numbers, VariantSeed
from autograder.marking.verdict import Verdict

BLOOM = ("remember", "understand", "apply", "analyse", "evaluate", "create")


@dataclass(frozen=True)
class Question:
    """The checker of one grade cell.

    `build` takes the question's numbers (none, where it doesn't vary) and gives its parts; the
    question is worth what its parts are worth.
    """

    id: str
    objectives: tuple[int, ...]
    bloom: str
    build: Callable[..., Sequence[Part]]
    varies: Numbers | None = None

    def parts(self, variant_seed: VariantSeed | None = None) -> Sequence[Part]:
        """The parts, about the book's numbers or about a student's own."""
        return self.build(*(self.varies.drawn(variant_seed) if self.varies else ()))

    @cached_property
    def points(self) -> float:
        """What the question is worth: the same for everybody's numbers."""
        return sum(part.points for part in self.parts())

    @property
    def misconceptions(self) -> set[str]:
        """The misconceptions that its parts look for, by their slugs."""
        return set().union(*(misconceptions_of(part) for part in self.parts()))

    def check(self, student: Student, variant_seed: VariantSeed | None = None) -> Verdict:
        """Mark the answers, part by part; a part that fails is worth 0 points and a message."""
        sheet = Sheet(self.points)
        attempt = Attempt(student, sheet)
        try:
            for part in self.parts(variant_seed):
                with sheet.part():
                    part.mark(attempt)
        except StudentError as error:
            return Verdict(0, self.points, (str(error),))
        return sheet.verdict()


def question(
    id: str,
    *,
    objectives: tuple[int, ...] = (),
    bloom: str = "apply",
    varies: Numbers | None = None,
) -> Callable[[Callable[..., Sequence[Part]]], Question]:
    """Make a function that gives a question's parts the checker of the grade cell `id`.

    `objectives` are the numbers of the course's learning objectives, `bloom` is one of `BLOOM`;
    `varies` are the numbers that each student may have of their own: the function takes them.
    """
    if bloom not in BLOOM:
        raise ValueError(f"bloom is {bloom!r} for {id}; choose one of {', '.join(BLOOM)}")
    numbers = replace(varies, question=id) if varies else None
    return lambda build: Question(id, tuple(objectives), bloom, build, numbers)


def variants_of(questions: Mapping[str, Question]) -> dict[str, Numbers]:
    """The numbers of the questions that vary, by question."""
    return {name: question.varies for name, question in questions.items() if question.varies}


def reword(
    notebook: NotebookNode, questions: Mapping[str, Question], variant_seed: VariantSeed | None
) -> None:
    """Put a student's own numbers into the statements of a notebook, in place."""
    if variant_seed is None:
        return
    statements = {f"{name}-statement": numbers for name, numbers in variants_of(questions).items()}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in statements:
            cell.source = statements[name].reworded(cell.source, variant_seed)


def own_copy(
    notebook: NotebookNode, questions: Mapping[str, Question], variant_seed: VariantSeed | None
) -> NotebookNode:
    """A notebook with a student's own numbers; itself, where everybody has the same."""
    if variant_seed is None:
        return notebook
    own = deepcopy(notebook)
    reword(own, questions, variant_seed)
    return own
