"""A mark that can't be computed stays open, for a person to give; it is never 0 in silence."""

import contextlib
import os
import subprocess
import sys

import pytest
import small_course

from autograder import cli
from autograder.course import records
from autograder.course.course import Course
from autograder.marking import Verdict

from .conftest import gradebook_of

NAME = "1-vectors"
pytestmark = pytest.mark.jail
FAULT = ("zip(a, b, strict=True)),", "zip(a, b, strict=True)) / 0,")


@pytest.fixture
def folder(tmp_path):
    """A course whose checker of the dot product divides by zero, and one right submission."""
    made = small_course.make(tmp_path / "linear-algebra")
    checkers = made / "linalg_questions" / "vectors.py"
    checkers.write_text(checkers.read_text().replace(*FAULT))
    Course(root=made).exercises(NAME)
    small_course.hand_in(
        made,
        "asha",
        length="vector_length = 5",
        dot="def dot(a, b):\n    return sum(x * y for x, y in zip(a, b))",
    )
    return made


def test_a_checker_that_fails_leaves_the_mark_to_a_person(folder, capsys, root):
    with contextlib.chdir(folder):
        assert cli.main(["grade", NAME, "--workers", "1"]) == 1
        said = capsys.readouterr()
        assert "open" in said.out
        assert "1 to mark by hand" in said.out
        assert "The checker of dot failed (ZeroDivisionError" in said.err
        assert "asha" in said.err

        assert gradebook_of(Course(), NAME)["asha"] == {
            "length": (2, None, False),
            "dot": (None, None, True),
        }
        [record] = records.read(Course(), NAME)
        assert record.waiting
        assert cli.main(["report", NAME]) == 0
        page = (folder / "course" / "reports" / f"{NAME}.html").read_text()
        assert "asha: dot (ZeroDivisionError" in page

        # Nobody is marked again for nothing, and it is said again.
        assert cli.main(["grade", NAME, "--workers", "1"]) == 1
        assert "unchanged" in capsys.readouterr().out

        checkers = folder / "linalg_questions" / "vectors.py"
        checkers.write_text(checkers.read_text().replace(*FAULT[::-1]))
        env = {**os.environ, "PYTHONPATH": str(root)}
        mended = [sys.executable, "-m", "autograder", "regrade", NAME, "--why", "mended", "--yes"]
        done = subprocess.run(mended, capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 0, done.stderr
        assert "asha  dot: open → 3" in done.stdout
        assert gradebook_of(Course(), NAME)["asha"]["dot"] == (3, None, False)


def test_nbgraders_own_command_leaves_it_open_too(folder):
    course = Course(root=folder)
    course.register(NAME)
    outcome = course.api.autograde(NAME, "asha")
    assert outcome["success"], outcome
    assert gradebook_of(course, NAME)["asha"] == {
        "length": (2, None, False),
        "dot": (None, None, True),
    }


def test_a_person_settles_it_and_it_stays_settled(folder):
    course = Course(root=folder)
    with contextlib.chdir(folder):
        cli.main(["grade", NAME, "--workers", "1"])
        with course.gradebook() as gradebook:
            grade = gradebook.find_grade("dot", NAME, NAME, "asha")
            grade.manual_score, grade.needs_manual_grade = 2.5, False
            gradebook.db.commit()
        cli.main(["grade", NAME, "--workers", "1", "--force"])
    assert gradebook_of(course, NAME)["asha"]["dot"] == (None, 2.5, False)


def test_a_verdict_that_is_open_says_so():
    verdict = Verdict.left_open(3, "ValueError: no")
    assert (verdict.points, verdict.max_points, verdict.is_open) == (0, 3, True)
    assert "your instructor will look at it" in verdict.messages[0]
    assert Verdict.left_open(3, "").is_open, "also where nothing is known of the fault"
    assert not Verdict(0, 3).is_open
