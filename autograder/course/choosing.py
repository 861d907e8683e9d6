"""Chooses among notebooks that a student handed in at the same time.

A platform gives all files of a hand-in one time, or nearly, so no time tells a draft from what was
meant. What does: the assignment's own name, then how much is answered; then the time after all, and
the alphabet, only so that the choice is the same tomorrow. Whatever is not taken is named.
"""

from datetime import datetime

from autograder.course import platforms
from autograder.course.sources import MOMENT, Found
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import marks


def latest_last(found: list[Found], assignment: str, released, refused: list[str]) -> list[Found]:
    """A student's notebooks by time, one of each hand-in; `refused` gets a line for each other."""
    hand_ins: list[list[Found]] = []
    for one in sorted(found, key=_time):
        if hand_ins and _came_with(hand_ins[-1][0], one):
            hand_ins[-1].append(one)
        else:
            hand_ins.append([one])
    return [_one_of(own, assignment, released, refused) for own in hand_ins]


def _time(one: Found) -> tuple[datetime, datetime]:
    return one.handed_in or datetime.min, one.changed


def _came_with(first: Found, one: Found) -> bool:
    """Whether two files are of one hand-in: of one time, or of one download that tells none.

    A platform dates files as they are uploaded, one after the other, so within a minute is one
    time. In nbgrader's exchange each hand-in has a time of its own.
    """
    if first.is_of_download and one.is_of_download:
        return True
    gaps = [after - before for before, after in zip(_time(first), _time(one), strict=True)]
    return max(gaps) <= (MOMENT * (not one.stamp)) and min(gaps) >= -MOMENT


def _one_of(tied: list[Found], assignment: str, released, refused: list[str]) -> Found:
    """The one that counts of several of one hand-in."""
    if len(tied) == 1:
        return tied[0]
    named = {one.origin: platforms.is_called(one.path.name, assignment) for one in tied}
    answered = {one.origin: answers(one, released) for one in tied}
    best = max(
        tied, key=lambda one: (named[one.origin], answered[one.origin], _time(one), one.origin)
    )
    for one in tied:
        if one is best:
            continue
        why = "which comes later"
        if answered[best.origin] != answered[one.origin]:
            why = "in which more is answered"
        if named[best.origin] and not named[one.origin]:
            why = "which has the assignment's name"
        refused.append(f"{one.origin}: was handed in with {best.origin}, {why} and counts")
    return best


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
