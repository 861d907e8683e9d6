"""Feedback on its way back: the names under which a learning platform takes each page.

Moodle (*Upload multiple feedback files in a zip*) goes by the participant's number in a folder's
name; Canvas (*Re-Upload Submissions*) by the numbers in the name of the file that it gave out.
`collect` remembers them by student.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from autograder.run.store import write_whole

FILE = "hand-back"


def _file(course, assignment: str) -> Path:
    return course.store(assignment).folder / FILE


def _names(course, assignment: str) -> dict[str, str]:
    path = _file(course, assignment)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def remember(course, assignment: str, names: Mapping[str, str]) -> None:
    """Keep by which name the platform takes each student's feedback.

    Who hands in once more by other means keeps the name of before.
    """
    if new := {student: name for student, name in names.items() if name}:
        kept = {**_names(course, assignment), **new}
        write_whole(_file(course, assignment), json.dumps(kept))


def entries(
    course, assignment: str, pages: Mapping[str, Path]
) -> tuple[dict[str, Path], list[str]]:
    """Where each page belongs in the zip, and the students whose page no platform takes.

    Their pages lie in folders that are called after them.
    """
    names, found, others = _names(course, assignment), {}, []
    for student, page in pages.items():
        name = names.get(student, "")
        if not name:
            others.append(student)
            name = f"{student}/"
        found[f"{name}{assignment if name.endswith('/') else ''}{page.suffix}"] = page
    return found, others
