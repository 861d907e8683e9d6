"""Feedback before the deadline names the idea, after it what was wrong; how many tries count."""

import json

import pytest

from autograder.course import lateness
from autograder.course.course import Course
from autograder.run import pipeline

from .attacks import world

NAME = world.ASSIGNMENT
WRONG = "does padding stand in the rule"


def page_of(folder, due):
    (folder / "course.toml").write_text(f'[due]\n"{NAME}" = {due}T23:59:00\n')
    course = Course(folder)
    pipeline.grade(course, NAME, workers=1)
    lateness.refresh(course, NAME)
    return course.write_feedback(NAME, "eve").read_text()


@pytest.mark.jail
def test_a_page_before_the_deadline_does_not_say_which_statement_was_wrong(tmp_path):
    handed_in = tmp_path / "submitted" / "eve" / NAME / f"{NAME}.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text(json.dumps(world.filled({"ex25-reasons": "ex25_reasons = 'abc'"})))
    early = page_of(tmp_path, "2099-09-30")
    assert "what padding changes" in early
    assert WRONG not in early
    late = page_of(tmp_path, "2020-09-30")
    assert WRONG in late
    assert "after the deadline" not in late


def test_where_the_best_counts_a_course_may_count_the_first_few(tmp_path):
    for number in range(5):
        attempt = tmp_path / "attempts" / "eve" / NAME / f"2026010{number}-120000"
        attempt.mkdir(parents=True)
    (tmp_path / "course.toml").write_text('resubmissions = "best"\n')
    assert len(Course(tmp_path).attempts(NAME)["eve"]) == 5
    (tmp_path / "course.toml").write_text('resubmissions = "best"\nattempts = 2\n')
    found = Course(tmp_path).attempts(NAME)["eve"]
    assert [path.name[:8] for path in found] == ["20260100", "20260101"]
