"""The one writer of nbgrader's gradebook: its versions, a new book, and a course by any name."""

import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from types import SimpleNamespace

import nbgrader
import pytest
import small_course
from claims import for_each
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.course.definition import DefinitionError
from autograder.course.settings import SettingsError
from autograder.notebooks.gradebook import PROVEN, GradebookError, check_version, open_gradebook
from autograder.run import pipeline

from .nbgrader_versions import RECORD, proves

#: What nbgrader has released since its tables are what they are.
RELEASES = [*(f"0.8.{number}" for number in range(6)), *(f"0.9.{number}" for number in range(8))]


def dump(path) -> list[str]:
    with sqlite3.connect(path) as database:
        return list(database.iterdump())


def test_a_new_gradebook_is_the_one_that_nbgrader_would_make(tmp_path, monkeypatch):
    beside = str(Path(sys.executable).parent)  # nbgrader calls alembic by its name
    monkeypatch.setenv("PATH", os.pathsep.join((beside, os.environ["PATH"])))
    Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}", "x").close()
    monkeypatch.setenv("PATH", "/nowhere")
    ours = SimpleNamespace(db_url=f"sqlite:///{tmp_path / 'ours.db'}", course_id="x")
    open_gradebook(ours).close()
    assert dump(tmp_path / "ours.db") == dump(tmp_path / "theirs.db")


@for_each("version", ["0.8.5", "0.9.7", "0.10.0", "1.0.0"])
def test_a_version_that_nobody_tried_is_refused(version):
    with pytest.raises(GradebookError, match=rf"nbgrader {version} is installed.*pip install"):
        check_version(version)


def test_marks_are_written_with_the_versions_that_passed_and_that_is_installed():
    """What passed is recorded by ``tests/grading/nbgrader_versions.py``."""
    passed = {version for version, found in json.loads(RECORD.read_text()).items() if proves(found)}
    assert passed
    for version in passed:
        check_version(version)
    assert nbgrader.__version__ in passed
    assert set(PROVEN.filter(RELEASES)) == passed


def test_one_course_does_not_become_another(tmp_path):
    """Nothing of a course stays behind in the process: no folder, no working directory."""
    before = dict(os.environ), Path.cwd()
    one = Course(tmp_path / "one")
    other = Course(root=small_course.make(tmp_path / "linear-algebra"))
    again = Course()
    assert one.folder == tmp_path / "one"
    assert other.folder == tmp_path / "linear-algebra" / "course"
    assert again.folder == again.root / "course"
    assert (other.coursedir.course_id, again.coursedir.course_id) == ("linear-algebra", "convbook")
    assert (dict(os.environ), Path.cwd()) == before


def test_a_folder_that_is_no_course_says_how_to_make_it_one(tmp_path):
    with pytest.raises(DefinitionError, match=r"no autograder.toml \(an empty one will do\)"):
        Course(root=tmp_path)
    (tmp_path / "autograder.toml").write_text('[jail]\npackage = "linalg"\n')
    with pytest.raises(DefinitionError, match="knows no package"):
        Course(root=tmp_path)


def test_settings_that_are_gone_or_impossible_are_told(tmp_path):
    folder = small_course.make(tmp_path / "linear-algebra") / "course"
    folder.mkdir()
    for text, told in (
        ('private = "../ours"', "put a file autograder.toml into it"),
        ('[limits."1-vectors"]\nseconds = -1', "expected a number above 0"),
        ('[limits."1-vectors"]\nminutes = 1', "minutes"),
    ):
        (folder / "course.toml").write_text(text)
        with pytest.raises(SettingsError, match=told):
            Course(root=folder.parent)


def test_the_best_attempt_replaces_the_old_one_only_when_it_is_copied(tmp_path, monkeypatch):
    best, target = tmp_path / "attempt", tmp_path / "submitted" / "1-vectors"
    for folder, text in ((best, "new"), (target, "old")):
        folder.mkdir(parents=True)
        (folder / "1-vectors.ipynb").write_text(text)

    def full(*_, **__):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", full)
        with pytest.raises(OSError, match="No space"):
            pipeline.replace_folder(best, target)
    assert (target / "1-vectors.ipynb").read_text() == "old"
    pipeline.replace_folder(best, target)
    assert (target / "1-vectors.ipynb").read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["1-vectors"]
