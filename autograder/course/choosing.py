"""Chooses among notebooks that a student handed in at the same time.

A platform gives all files of a hand-in one time, so no time tells a draft from what was meant. What
does: the assignment's own name, then how much is answered; then the order of the alphabet, only so
that the choice is the same tomorrow. Whatever is not taken is named.
"""

from datetime import datetime
from itertools import groupby

from autograder.course import platforms
from autograder.course.sources import Found
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import marks


def latest_last(found: list[Found], assignment: str, released, refused: list[str]) -> list[Found]:
    """A student's notebooks by time, one of each time; `refused` gets a line for each other."""

    def time(one: Found) -> tuple[datetime, datetime]:
        return one.handed_in or datetime.min, one.changed

    return [
        _one_of(list(group), assignment, released, refused)
        for _, group in groupby(sorted(found, key=time), key=time)
    ]


def _one_of(tied: list[Found], assignment: str, released, refused: list[str]) -> Found:
    """The one that counts of several of one time."""
    if len(tied) == 1:
        return tied[0]
    named = [platforms.is_called(one.path.name, assignment) for one in tied]
    answered = [answers(one, released) for one in tied]
    best = max(range(len(tied)), key=lambda at: (named[at], answered[at], tied[at].origin))
    for at, one in enumerate(tied):
        if at == best:
            continue
        why = "which comes last in the alphabet"
        if answered[best] != answered[at]:
            why = "in which more is answered"
        if named[best] and not named[at]:
            why = "which has the assignment's name"
        refused.append(
            f"{one.origin}: was handed in at the same time as {tied[best].origin}, {why} and counts"
        )
    return tied[best]


def answers(found: Found, released) -> int:
    """In how many of the assignment's cells for answers a notebook says something of its own."""
    given = {marks(cell).get("grade_id"): cell.source.strip() for cell in released.cells}
    rebuilt = reading.rebuild(released, submission.read(found.path))
    return sum(
        bool(cell.source.strip())
        and cell.source.strip() != given.get(marks(cell).get("grade_id"), "")
        for cell in rebuilt.cells
        if marks(cell).get("solution")
    )
