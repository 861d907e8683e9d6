"""Each student's own numbers, drawn from the course's secret and the student's id.

A question that varies names its numbers once, in `Numbers`: those that the book prints, what they
may be instead, and the phrases of the statement in which they stand. Its parts are built from the
numbers, and so compute their keys and their typical mistakes from the same rules as ever.

Whose numbers count is decided on the trusted side, by the student that a submission was collected
for. Nothing in the submission can say otherwise. Without a secret, everybody has the taught ones.
"""

import hashlib
import hmac
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_DRAWS = 10_000


@dataclass(frozen=True)
class VariantSeed:
    """What draws a student's own numbers: the seed of the course and the id of the student."""

    seed: str
    student: str


@dataclass(frozen=True)
class Numbers:
    """The numbers of one question.

    `taught` are the book's, `options` what each may be instead, `fits` tells which go together.
    `phrases` are parts of the statement with the places of the numbers, such as
    ``"{0}×{0} pixels"``. With the book's numbers filled in, each stands in the statement exactly
    once. A pair of texts is put in place of the first by the second. `question` is the id of the
    question that varies; `autograder.marking.question` writes it in.
    """

    taught: tuple[int, ...]
    options: tuple[Sequence[int], ...]
    phrases: tuple[str | tuple[str, str], ...]
    fits: Callable[..., bool] = lambda *_: True
    question: str = ""

    def drawn(self, variant_seed: VariantSeed | None) -> tuple[int, ...]:
        """The numbers of any student: always the same for the same seed and id."""
        if variant_seed is None:
            return self.taught
        message = f"{self.question}\0{variant_seed.student}".encode()
        rng = random.Random(hmac.digest(variant_seed.seed.encode(), message, hashlib.sha256))
        for _ in range(MAX_DRAWS):
            numbers = tuple(rng.choice(option) for option in self.options)
            if self.fits(*numbers):
                return numbers
        raise ValueError(f"{self.question}: hardly any of its numbers fit; give it more options")

    def reworded(self, statement: str, variant_seed: VariantSeed) -> str:
        """The statement with this student's numbers in it."""
        numbers, found = self.drawn(variant_seed), statement
        for phrase in self.phrases:
            old, new = phrase if isinstance(phrase, tuple) else (phrase, phrase)
            old, new = old.format(*self.taught), new.format(*numbers)
            if statement.count(old) != 1:
                raise ValueError(
                    f"{self.question}: {old!r} stands {statement.count(old)} times in its "
                    "statement; each phrase of a variant has to stand there once"
                )
            found = found.replace(old, new)
        return found
