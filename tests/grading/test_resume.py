"""An interrupted run goes on where it stopped, loses nothing and marks nothing twice."""

import json
import shutil
import signal
import sqlite3
from itertools import count

import nbformat
import pytest
from nbgrader.api import MissingEntry

from autograder.course.course import Course
from autograder.jail.asking import CellRun
from autograder.marking.result import Result
from autograder.marking.verdict import Verdict
from autograder.run import pipeline
from autograder.run.store import Store, write_whole
from questions import sample

from . import crash_points
from .conftest import gradebook_of

pytestmark = pytest.mark.jail
STUDENTS = ["blank", "cheat-always-equal", "exception", "mistake-no-bias", "right-as-array"]


def _small_class(sample_course, folder):
    for name in STUDENTS:
        shutil.copytree(
            f"{sample_course.coursedir.submitted_directory}/{name}", folder / "submitted" / name
        )
    return Course(folder)


def test_a_run_that_is_killed_at_any_write_goes_on_and_ends_as_if_nothing_had_been(
    sample_course, tmp_path
):
    """After every kill the next run goes on; each crash point is met while work is left to do."""
    expected = {
        name: marks
        for name, marks in gradebook_of(sample_course, sample.ASSIGNMENT).items()
        if name in STUDENTS
    }
    log = tmp_path / "log"

    def run(course, at=""):
        return crash_points.grade(course.folder, sample.ASSIGNMENT, STUDENTS, log, at)

    undisturbed = _small_class(sample_course, tmp_path / "undisturbed")
    ended, writes = run(undisturbed)
    assert ended == 0
    points = list(dict.fromkeys(writes))
    assert {point.split(" (")[0] for point in points} >= {
        "commit gradebook.db",
        f"rename results/{sample.ASSIGNMENT}/STUDENT.json",
        f"write results/{sample.ASSIGNMENT}/.writing",
        f"write autograded/STUDENT/{sample.ASSIGNMENT}/{sample.ASSIGNMENT}.ipynb",
    }

    courses = (_small_class(sample_course, tmp_path / str(number)) for number in count())
    course = next(courses)
    for point in points:
        ended, _ = run(course, point)
        if ended == 0:  # all was recorded before that point was met again: another course
            assert gradebook_of(course, sample.ASSIGNMENT) == expected
            course = next(courses)
            ended, _ = run(course, point)
        assert ended == -signal.SIGKILL, point
        known = _recorded_whole(course)
        assert {name: expected[name] for name in known} == known, point
    ended, _ = run(course)
    assert ended == 0
    assert gradebook_of(course, sample.ASSIGNMENT) == expected
    ended, writes = run(course)
    assert (ended, [w for w in writes if "results" in w or "autograded" in w]) == (0, [])


def _recorded_whole(course):
    """The marks in a gradebook that a killed run has left; none of them may be half of a class."""
    if not (course.folder / "gradebook.db").exists():
        return {}
    with sqlite3.connect(course.folder / "gradebook.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        [[tables]] = database.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'grade'")
    try:
        found = gradebook_of(course, sample.ASSIGNMENT) if tables else {}
    except MissingEntry:
        return {}
    assert len(found) in (0, len(STUDENTS))
    return found


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
    verdicts = {
        "q": Verdict(1, 2, ("why",), "slug", early=("soon",), penalty=0.5),
        "open": Verdict.left_open(3, "ZeroDivisionError"),
    }
    result = Result(verdicts, {4: CellRun("printed", "NameError")})
    store.put("asha", "key", result, nbformat.v4.new_notebook())
    assert store.get("asha", "key") == result
    assert store.get("asha", "another") is None
    assert not store.is_recorded("asha", "key")
    store.set_recorded("asha")
    assert store.is_recorded("asha", "key")
    assert not store.is_recorded("asha", "another")


def test_the_store_keeps_a_result_its_notebook_and_what_has_reached_the_gradebook(tmp_path):
    store, cell = Store(tmp_path), nbformat.v4.new_markdown_cell("an answer")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    assert [store.latest("asha"), store.notebook("asha"), store.recorded_key("asha")] == [None] * 3
    assert store.marked_answers("asha") == {}
    store.put("asha", "key", Result({"q": Verdict(1, 2)}), notebook)
    assert store.recorded_key("asha") is None
    store.set_recorded("asha")
    store.keep_marked_answers("asha", {"q": "an answer"})
    again = Store(tmp_path)
    assert again.recorded_key("asha") == "key"
    assert (again.latest("asha").points, again.notebook("asha")) == (1, notebook)
    assert again.marked_answers("asha") == {"q": "an answer"}
    again.put("asha", "another", Result({"q": Verdict(2, 2)}), notebook)
    assert again.recorded_key("asha") is None
    assert again.marked_answers("asha") == {"q": "an answer"}


def test_the_store_keeps_the_rules_of_the_last_whole_run(tmp_path):
    store = Store(tmp_path)
    for rules in ("", "those of today", "mended ones"):
        store.set_rules(rules)
        assert Store(tmp_path).rules() == rules


def test_a_file_is_written_beside_its_place_and_not_on_another_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "full"))
    write_whole(tmp_path / "new folder" / "x", "text")
    assert (tmp_path / "new folder" / "x").read_text() == "text"


def test_half_a_result_counts_as_none(tmp_path):
    store = Store(tmp_path)
    (tmp_path / "asha.json").write_text('{"key": "k", "resu')
    assert store.get("asha", "k") is None
    write_whole(tmp_path / "x", "text")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["../../escape", "a/b", "ü ñ", "x" * 90])
def test_no_name_leads_out_of_the_store(tmp_path, name):
    store = Store(tmp_path / "store")
    store.put(name, "k", Result(), nbformat.v4.new_notebook())
    assert store.get(name, "k") == Result()
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "store"]


def test_names_that_begin_alike_have_results_of_their_own(tmp_path):
    store = Store(tmp_path)
    for name in ("ünal kaya", "ünal koç"):
        store.put(name, name, Result(), nbformat.v4.new_notebook())
    assert store.get("ünal kaya", "ünal kaya") == Result()
    assert store.get("ünal koç", "ünal koç") == Result()
