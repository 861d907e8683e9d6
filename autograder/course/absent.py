"""Who of the roster has nothing that can be marked, and why: `collect` remembers what they sent.

Nobody falls out of a class in silence: not who sent a report in the place of a notebook, and not
who sent nothing.
"""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.archives import Refused
from autograder.notebooks import reading
from autograder.run.store import write_whole

FILE = "not-used"
MOST = 5
BESIDE = ("timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True)
class Absent:
    """A student without anything to mark, and what was sent instead: files, each with a reason."""

    student: str
    name: str
    sent: tuple[tuple[str, str], ...] = ()

    @property
    def why(self) -> str:
        """What was sent and why it can't be used, for the instructor; "" where nothing was."""
        return "; ".join(": ".join(each) for each in self.sent)

    @property
    def note(self) -> str:
        """What stands in the place of a mark, for the student too."""
        files = ", ".join(dict.fromkeys(file for file, _ in self.sent))
        return f"nothing usable handed in ({files})" if files else "nothing handed in"


def _file(course, assignment: str) -> Path:
    return course.store(assignment).folder / FILE


def _remembered(course, assignment: str) -> dict[str, list[list[str]]]:
    path = _file(course, assignment)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def remember(
    course, assignment: str, useless: Mapping[str, Iterable[Refused]], matched: Container[str]
) -> None:
    """Keep what students sent that can't be used, until they send something that can."""
    before = _remembered(course, assignment)
    now = {
        student: [[each.path.name, each.why] for each in sent][:MOST]
        for student, sent in useless.items()
    }
    kept = {s: sent for s, sent in {**before, **now}.items() if s not in matched}
    if kept != before:
        write_whole(_file(course, assignment), json.dumps(kept))


def without_mark(course, assignment: str, marked: Container[str]) -> list[Absent]:
    """The students of the roster who are not `marked` and have no notebook that could be."""
    remembered, folders = _remembered(course, assignment), course.submissions(assignment)
    found = []
    for student, row in course.settings.roster().items():
        if student in marked:
            continue
        sent = remembered.get(student, [])
        if student in folders:
            if reading.notebook_in(folders[student], assignment):
                continue
            files = sorted(path.name for path in folders[student].iterdir())
            sent = [[name, "not a notebook"] for name in files if name not in BESIDE][:MOST]
            sent = sent or [["an empty folder", "has no notebook"]]
        pairs = tuple((file, why) for file, why in sent)
        found.append(Absent(student, row.get("name", ""), pairs))
    return found
