"""A course in a folder of its own, and the sample class marked once for all tests."""

import tempfile
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.run import pipeline
from questions import sample


@pytest.fixture(scope="session")
def sample_course(tmp_path_factory):
    """The sample class, marked by the command line's own function with two workers."""
    folder = sample.make(sample.ASSIGNMENT, tmp_path_factory.mktemp("sample"))
    course = Course(folder)
    course.outcomes = pipeline.grade(course, sample.ASSIGNMENT, workers=2)
    return course


@pytest.fixture
def empty_course(tmp_path):
    """A course without a submission."""
    return Course(tmp_path / "course")


@pytest.fixture(scope="module")
def python_home():
    """A folder for a Python that a jail can run; none below /dev, where tests may write, is one."""
    with tempfile.TemporaryDirectory(prefix="python-", dir="/tmp") as folder:
        yield Path(folder)


def gradebook_of(course, assignment):
    """What the gradebook says: points by question by student."""
    with course.gradebook() as gradebook:
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for grade in submission.notebooks[0].grades
            }
            for submission in gradebook.assignment_submissions(assignment)
        }
