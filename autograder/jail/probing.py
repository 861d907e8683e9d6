"""Asks a probe in the jail, and tells a probe that found something from one that had no time.

On a busy machine a probe may not come to its end. That says nothing of the jail, so it is asked
again, alone in a fresh jail, and for longer each time.
"""

from dataclasses import dataclass, replace
from typing import Any

from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
from autograder.jail.student import StudentError

# How many times its seconds a probe gets when it is asked again.
PATIENCE = (4, 12)


@dataclass(frozen=True)
class Answer:
    """What a probe said: its value, or in `problem` why there is none.

    `stopped` says that the jail itself ended the probe, for the memory that it took.
    """

    value: Any = None
    problem: str = ""
    stopped: bool = False

    @property
    def is_given(self) -> bool:
        """Whether the probe came to its end, or to the jail's limit."""
        return self.stopped or not self.problem


def ask(sitting: Sitting, cell: int, name: str) -> Answer:
    """The value of `name`, which the cell of that number should have left behind."""
    with sitting.question() as student:
        try:
            return Answer(student.get(name))
        except StudentError as error:
            run = sitting.runs[cell]
            return Answer(problem=run.error or str(error), stopped=run.ended == "memory")


def ask_again(profile: Profile, kind: str, cells: list[str], name: str) -> Answer:
    """Ask a probe, the last of `cells`, that did not answer: alone, in fresh jails, for longer."""
    answer = Answer(problem="it was never asked")
    for stretch in PATIENCE:
        seconds = stretch * profile.seconds
        patient = replace(
            profile, seconds=seconds, wall_seconds=max(profile.wall_seconds, 3 * seconds)
        )
        with Jail(patient, kind) as jail, Sitting(jail, cells) as sitting:
            answer = ask(sitting, len(cells) - 1, name)
        if answer.is_given:
            break
    return answer
