"""The command line: what it says before anything is marked."""

import contextlib
import io
import subprocess
import sys

import pytest
import small_course

from autograder import cli

FIRST = ("doctor", "collect", "grade", "check")


@pytest.fixture
def course(tmp_path):
    with contextlib.chdir(small_course.make(tmp_path)):
        yield


def refused(capsys, *arguments) -> str:
    """What a command that can't be run says."""
    assert cli.main([*arguments]) == 2
    return capsys.readouterr().err


def test_help_lists_the_commands_in_the_order_of_an_evening(capsys):
    assert cli.main(["--help"]) == 0
    told = capsys.readouterr().out
    places = [told.index(f"\n  {command} ") for command in FIRST]
    assert places == sorted(places)
    assert "Mark an assignment's submissions and print the class table." in told


def test_what_is_missing_or_mistyped_is_named(course, capsys):
    assert "1-vectors\n  2-matrices" in refused(capsys, "grade")
    assert "Did you mean '--force'?" in refused(capsys, "grade", "1-vectors", "--forc")
    assert "'regrade'" in refused(capsys, "regrad", "1-vectors")
    assert "'docker'" in refused(capsys, "grade", "1-vectors", "--isolation", "dokcer")
    assert "'--seconds'" in refused(capsys, "grade", "1-vectors", "--seconds", "0")
    assert "'--twice'" in refused(capsys, "share", "1-vectors", "--twice", "110")
    assert "1-vectors, 2-matrices" in refused(capsys, "grade", "1-vektors")


def test_outside_of_a_course_it_says_how_to_make_one(tmp_path, capsys):
    with contextlib.chdir(tmp_path):
        assert "an empty one will do" in refused(capsys, "grade")


def test_a_question_that_nobody_answers_records_nothing(course, capsys, monkeypatch):
    """As in a script whose input is closed."""
    monkeypatch.setattr("autograder.run.regrading.changes", lambda *_, **__: (["one"], []))
    monkeypatch.setattr("autograder.run.regrading.describe", str)
    monkeypatch.setattr("autograder.course.course.Course.register", lambda *_: None)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert cli.main(["regrade", "1-vectors", "--why", "mended"]) == 130
    assert "Stopped." in capsys.readouterr().err


def test_help_loads_none_of_what_marking_takes():
    code = (
        "import sys; from autograder import cli; cli.main(['grade', '--help']);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not loaded & {"numpy", "nbgrader", "nbformat", "distributed", "pydantic", "rich"}


def test_one_marker_alone_is_told_that_nothing_is_marked_twice(course, capsys, monkeypatch):
    monkeypatch.setattr("autograder.course.sharing.share_out", lambda *_: [])
    assert cli.main(["share", "1-vectors", "--marker", "asha"]) == 0
    assert "no answer is marked twice" in capsys.readouterr().out
