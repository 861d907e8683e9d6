"""A class scored on a cluster has the gradebook that one machine gives."""

import shutil
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.run import cluster, pipeline
from questions import sample

from .conftest import gradebook_of

pytestmark = pytest.mark.jail
STUDENTS = ["blank", "cheat-always-equal", "exits", "grade-cell-twice", "mistake-no-bias"]


def test_two_workers_on_loopback_give_the_same_gradebook(sample_course, tmp_path):
    distributed = pytest.importorskip("distributed")
    for name in STUDENTS:
        shutil.copytree(
            f"{sample_course.coursedir.submitted_directory}/{name}",
            tmp_path / "course" / "submitted" / name,
        )
    course = Course(tmp_path / "course")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as workers:
        address = workers.scheduler_address
        outcomes = pipeline.grade(course, sample.ASSIGNMENT, cluster=address)
        assert {outcome.state for outcome in outcomes} == {"scored"}
        again = pipeline.grade(course, sample.ASSIGNMENT, cluster=address)
        assert {outcome.state for outcome in again} == {"unchanged"}
    expected = gradebook_of(sample_course, sample.ASSIGNMENT)
    assert gradebook_of(course, sample.ASSIGNMENT) == {name: expected[name] for name in STUDENTS}


def test_students_work_never_travels_in_the_clear():
    for host in ("10.0.0.7", "localhost.example.edu", "[::2]"):
        for address in (f"tcp://{host}:8786", f"{host}:8786"):
            with pytest.raises(ValueError, match="--tls"):
                cluster.check_address(address, None)
    for host in ("127.0.0.1", "localhost", "[::1]"):
        cluster.check_address(f"tcp://{host}:8786", None)
    cluster.check_address("tls://10.0.0.7:8786", Path("keys"))
