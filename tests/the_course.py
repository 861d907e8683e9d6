"""The book as a course: what its tests ask the engine for."""

from pathlib import Path

from autograder.course.course import Course
from autograder.course.definition import Definition
from autograder.run.job import Job

ROOT = Path(__file__).resolve().parent.parent
DEFINITION = Definition.read(ROOT)
catalogue = DEFINITION.catalogue


def job(assignment: str, results: Path | None = None, **options) -> Job:
    """What marking an assignment of the book takes, with the results in a folder of one's own."""
    return Course(root=ROOT).job(assignment, results=results, **options)
