"""Who handed in one notebook together, as the instructor said in a file for ``--map``.

Both have it and its marks, and it is no surprise that their work is the same.
"""

import itertools
import json
from collections.abc import Container, Iterable
from pathlib import Path

from autograder.run.store import write_whole

FILE = "together"


def _file(course, assignment: str) -> Path:
    return course.store(assignment).folder / FILE


def groups(course, assignment: str) -> list[list[str]]:
    """The students of each notebook that several handed in."""
    path = _file(course, assignment)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def pairs(course, assignment: str) -> set[frozenset[str]]:
    """All pairs of students who handed in together."""
    own = groups(course, assignment)
    return {frozenset(pair) for group in own for pair in itertools.combinations(group, 2)}


def remember(
    course, assignment: str, new: Iterable[Iterable[str]], handed_in: Container[str]
) -> None:
    """Keep new groups; one of which somebody has handed in anew is none any more."""
    before = groups(course, assignment)
    kept = [group for group in before if not any(student in handed_in for student in group)]
    now = sorted([*kept, *map(sorted, new)])
    if now != before:
        write_whole(_file(course, assignment), json.dumps(now))
