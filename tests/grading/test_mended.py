"""Holes that were once found and closed, each with the smallest thing that showed it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest
import waiting
from nbconvert.filters import markdown2html

from autograder.course.course import Course
from autograder.jail.seccomp import FORBIDDEN_CALLS
from autograder.notebooks import reading, submission
from autograder.run.key import result_key

from .attacks import world
from .attacks.pages import active_markup


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript&colon;owned)",
        "[a](&#106;avascript:owned)",
        "[a](java&Tab;script:owned)",
        "[a](javascript\\:owned)",
        "[g]: vbscript&#58;owned\n\n[g]",
        "![a](data&colon;text/html,owned)",
        "![a](attachment:owned.png)",
    ],
)
def test_an_address_in_a_written_answer_runs_nothing(text):
    assert active_markup(markdown2html(reading.harmless(text))) == []


@pytest.mark.parametrize(
    "text", ["R&D is $a_1 < b$ & the data: 7 pixels", "`x[i] && y`, see [1](https://a.org/b)"]
)
def test_an_honest_answer_stays_readable(text):
    assert reading.harmless(text).replace("& ", "&").replace("&amp;", "&") in (
        text,
        text.replace("& ", "&"),
    )


def test_a_file_of_empty_lists_is_refused_before_it_is_built():
    raw = b'{"cells": [' + b"[]," * 5_000_000 + b"0]}"
    start = time.process_time()
    with pytest.raises(submission.Unreadable):
        submission.parse(raw)
    assert time.process_time() - start < 5, "it was built in memory first"


def test_memory_that_no_limit_counts_cannot_be_had():
    assert {"memfd_create", "memfd_secret", "shmget", "msgget"} <= set(FORBIDDEN_CALLS)


def test_a_new_written_answer_makes_a_new_result():
    released = nbformat.reads(json.dumps(world.released()), as_version=4)
    keys = []
    for text in ("first", "second"):
        notebook = world.filled(world.answers())
        for cell in notebook["cells"]:
            marks = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "markdown" and marks.get("solution"):
                cell["source"] = text
        rebuilt = reading.rebuild(released, submission.parse(json.dumps(notebook).encode()))
        keys.append(result_key(rebuilt, "the rules"))
    assert keys[0] != keys[1]


def test_a_folder_that_is_a_link_hands_in_nothing(tmp_path):
    alice = tmp_path / "submitted" / "alice" / world.ASSIGNMENT
    alice.mkdir(parents=True)
    mallory = tmp_path / "submitted" / "mallory"
    mallory.mkdir()
    os.symlink(alice, mallory / world.ASSIGNMENT)
    os.symlink(alice.parent, tmp_path / "submitted" / "eve")
    assert list(Course(tmp_path).submissions(world.ASSIGNMENT)) == ["alice"]


GRADE = """
import sys
from pathlib import Path
from autograder.course.course import Course
from autograder.run.pool import score_all
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    job = Course(folder, {root!r}).job("{assignment}")
    todo = {{str(n): folder / "submitted" for n in range(6)}}
    for outcome in score_all(job, todo, workers=2):
        print(outcome.state, flush=True)
"""


@pytest.mark.jail
def test_workers_end_with_a_grader_that_is_killed(tmp_path):
    (tmp_path / "submitted").mkdir()
    notebook = world.filled({"ex01": "import time\ntime.sleep(4)"})
    (tmp_path / "submitted" / world.NAME).write_text(json.dumps(notebook))
    program = tmp_path / "program.py"
    program.write_text(GRADE.format(assignment=world.ASSIGNMENT, root=str(world.ROOT)))
    grader = subprocess.Popen(
        [sys.executable, str(program), str(tmp_path)],
        cwd=world.ROOT,
        env={**os.environ, "PYTHONPATH": str(world.ROOT)},
    )
    started = []

    def a_jail_is_open():
        assert grader.poll() is None
        commands = _commands(psutil.Process(grader.pid).children(recursive=True))
        started[:] = commands
        return any("zygote" in command for command in commands.values())

    waiting.until(a_jail_is_open, "a worker's jail")
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    waiting.happens(lambda: not _commands(started))
    assert _commands(started) == {}


def _commands(processes):
    """The command lines of those processes that still run: {process: command line}."""
    commands = {}
    for process in processes:
        # One may end at any moment, also between two questions about it.
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                commands[process] = " ".join(process.cmdline())
    return commands
