"""An interrupted run goes on where it stopped, loses nothing and marks nothing twice."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from autograder.course import sample
from autograder.course.course import Course
from autograder.marking.verdict import Verdict
from autograder.run import pipeline
from autograder.run.scoring import Result
from autograder.run.store import Store, write_whole

from .conftest import gradebook_of

pytestmark = pytest.mark.jail
KILLS = 20
STUDENTS = ["blank", "cheat-always-equal", "exception", "mistake-no-bias", "right-as-array"]


def _small_class(sample_course, folder):
    for name in STUDENTS:
        shutil.copytree(
            f"{sample_course.coursedir.submitted_directory}/{name}", folder / "submitted" / name
        )
    return Course(folder)


def test_kill_nine_at_random_moments_then_resume(sample_course, tmp_path, root):
    """A run is killed again and again; what comes out is what an undisturbed run gives."""
    course = _small_class(sample_course, tmp_path / "course")
    course.register(sample.ASSIGNMENT)
    command = [sys.executable, "-m", "autograder", "grade", sample.ASSIGNMENT, "--workers", "2"]
    command += ["--course", str(course.folder)]
    rng = random.Random(7)
    for _ in range(KILLS):
        running = subprocess.Popen(
            command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(rng.uniform(1, 8))
        running.send_signal(signal.SIGKILL)
        running.wait()
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = gradebook_of(sample_course, sample.ASSIGNMENT)
    assert gradebook_of(course, sample.ASSIGNMENT) == {name: expected[name] for name in STUDENTS}


def test_only_the_changed_is_marked_again(sample_course, tmp_path):
    course = _small_class(sample_course, tmp_path / "course")
    pipeline.grade(course, sample.ASSIGNMENT, workers=1)
    changed = course.submissions(sample.ASSIGNMENT)["blank"] / f"{sample.ASSIGNMENT}.ipynb"
    right = course.submissions(sample.ASSIGNMENT)["right-as-array"]
    shutil.copy(right / changed.name, changed)
    again = pipeline.grade(course, sample.ASSIGNMENT, workers=1)
    assert {o.student for o in again if o.state == "scored"} == {"blank"}
    points = gradebook_of(course, sample.ASSIGNMENT)["blank"]
    assert sum(points[name][0] for name in sample.POINTS) == 31


def test_a_mark_given_by_hand_stays_while_its_answer_is_the_same(sample_course, tmp_path):
    course = _small_class(sample_course, tmp_path / "course")
    path = course.submissions(sample.ASSIGNMENT)["exception"] / f"{sample.ASSIGNMENT}.ipynb"
    notebook = json.loads(path.read_text())
    [cell] = [c for c in notebook["cells"] if c.get("id") == "ex09-explain"]
    cell["source"] = "It mixes the channels of one pixel."
    path.write_text(json.dumps(notebook))
    pipeline.grade(course, sample.ASSIGNMENT, workers=1, students=["exception"])
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(
            "ex09-explain", sample.ASSIGNMENT, sample.ASSIGNMENT, "exception"
        )
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()

    def after():
        pipeline.grade(course, sample.ASSIGNMENT, workers=1, students=["exception"], force=True)
        return gradebook_of(course, sample.ASSIGNMENT)["exception"]["ex09-explain"]

    assert after() == (None, 2, False)
    cell["source"] = "Something else."
    path.write_text(json.dumps(notebook))
    assert after() == (None, 2, True)


def test_a_result_is_found_only_under_its_key(tmp_path):
    store = Store(tmp_path)
    result = Result({"q": Verdict(1, 2, ("why",), "slug")}, {})
    store.put("asha", "key", result)
    assert store.get("asha", "key") == result
    assert store.get("asha", "another") is None
    assert not store.is_recorded("asha", "key")
    store.set_recorded("asha")
    assert store.is_recorded("asha", "key")
    assert not store.is_recorded("asha", "another")


def test_half_a_result_counts_as_none(tmp_path):
    store = Store(tmp_path)
    (tmp_path / "asha.json").write_text('{"key": "k", "resu')
    assert store.get("asha", "k") is None
    write_whole(tmp_path / "x", "text")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["../../escape", "a/b", "ü ñ", "x" * 90])
def test_no_name_leads_out_of_the_store(tmp_path, name):
    store = Store(tmp_path / "store")
    store.put(name, "k", Result())
    assert store.get(name, "k") == Result()
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "store"]
