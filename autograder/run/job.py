"""What a worker has to know to mark an assignment, and what it says when it has."""

from dataclasses import dataclass
from pathlib import Path

from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
from autograder.marking.catalogue import Catalogue
from autograder.marking.question import Question
from autograder.marking.variants import VariantSeed


@dataclass(frozen=True)
class Job:
    """Everything that a worker has to know; plain data, so that it can travel.

    `checkers` is the folder of the course's questions, `released` the notebook that students were
    given, `rules` the fingerprint of all that decides marks (see `autograder.run.key`), `secret`
    what students' own numbers are drawn from, if they have any; `takes_off` says whether a wrong
    choice costs what its question says.
    """

    assignment: str
    checkers: Path
    released: Path
    results: Path
    profile: Profile
    rules: str
    isolation: str = "bubblewrap"
    image: str = "autograder-jail"
    secret: str = ""
    attempts: bool = False
    alone: bool = False
    takes_off: bool = True

    def variant_seed(self, student: str) -> VariantSeed | None:
        """Whose numbers a submission is marked by; an attempt is called STUDENT+WHEN."""
        name = student.rpartition("+")[0] if self.attempts else student
        return VariantSeed(self.secret, name) if self.secret else None

    def jail(self) -> Jail:
        """A jail, not yet started, for this job's notebooks."""
        return Jail(self.profile, self.isolation, self.image)

    def questions(self) -> dict[str, Question]:
        """The questions that are marked, by their ids."""
        return Catalogue(self.checkers).load(self.assignment)


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: `state` is scored, unchanged, no notebook or failed.

    A worker may also say crowded: to be marked once more, when nobody else is.
    `open` names the questions whose checkers failed, with the fault: a person has to mark them.
    `unread` says why nothing of the notebook could be marked, where that is so.
    """

    student: str
    state: str
    key: str = ""
    reason: str = ""
    open: tuple[tuple[str, str], ...] = ()
    unread: str = ""
