"""A question: a checker and what the report needs to know about it."""

from collections.abc import Callable
from dataclasses import dataclass

from autograder.jail.student import Student, StudentError
from autograder.marking.verdict import Verdict

BLOOM = ("remember", "understand", "apply", "analyse", "evaluate", "create")


@dataclass(frozen=True)
class Question:
    """A checker with what the report needs to know about it."""

    id: str
    points: float
    objectives: tuple[int, ...]
    bloom: str
    checker: Callable[[Student], Verdict]

    def check(self, student: Student) -> Verdict:
        """Mark the answer; one that isn't there or fails is worth 0 points and a message."""
        try:
            verdict = self.checker(student)
        except StudentError as error:
            return Verdict(0, self.points, (str(error),))
        if verdict.max_points != self.points:
            raise ValueError(f"{self.id} is worth {self.points} points, but its verdict {verdict}")
        return verdict

    def __call__(self, student: Student) -> Verdict:
        return self.check(student)


def question(id: str, *, points: float, objectives: tuple[int, ...] = (), bloom: str = "apply"):
    """Make a function ``(student) -> Verdict`` the checker of the grade cell `id`.

    `objectives` are the numbers of the chapter's learning objectives, `bloom` is one of `BLOOM`.
    """
    if bloom not in BLOOM:
        raise ValueError(f"bloom is {bloom!r} for {id}; choose one of {', '.join(BLOOM)}")
    return lambda checker: Question(id, points, tuple(objectives), bloom, checker)
