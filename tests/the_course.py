"""The book as a course: what its tests ask the engine for."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from autograder.course import exercises
from autograder.course.course import Course
from autograder.course.definition import Definition
from autograder.run.job import Job

ROOT = Path(__file__).resolve().parent.parent
DEFINITION = Definition.read(ROOT)
catalogue = DEFINITION.catalogue


def job(assignment: str, results: Path | None = None, **options) -> Job:
    """What marking an assignment of the book takes, with the results in a folder of one's own."""
    return Course(root=ROOT).job(assignment, results=results, **options)


def counting(folder: Path, written: Iterable[str] | None, *assignments: str) -> Definition:
    """The book's course in a folder of its own, where these answers in words count (None: all).

    It has the students' notebooks of `assignments`.
    """
    folder.mkdir(parents=True)
    for part in ("solutions", "questions"):
        (folder / part).symlink_to(ROOT / part)
    line = "" if written is None else f"written = {json.dumps(list(written))}"
    settings = (ROOT / "autograder.toml").read_text("utf8")
    text, changed = re.subn(r"(?m)^written = .*$", line, settings)
    assert changed == 1
    (folder / "autograder.toml").write_text(text, "utf8")
    definition = Definition.read(folder)
    exercises.generate(definition, folder / "exercises", assignments)
    return definition
