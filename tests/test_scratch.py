"""Where the tests write: in memory, in a folder of the run's own, and nothing is left for good."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import scratch


def _memory(folder, monkeypatch, room=True):
    monkeypatch.setattr(scratch, "MEMORY", folder)
    monkeypatch.setattr(scratch, "has_room", lambda: room)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", "")  # so that it is as before afterwards
    monkeypatch.delenv("TMPDIR")


def test_a_run_has_a_folder_and_removes_it(tmp_path, monkeypatch):
    _memory(tmp_path, monkeypatch)
    scratch.choose()
    folder = tmp_path / f"{scratch.NAME}{os.getpid()}"
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(folder)
    assert folder.stat().st_mode & 0o7777 == 0o1777
    scratch.leave()
    assert not folder.exists()


def test_what_ended_runs_have_left_is_removed_and_nothing_else(tmp_path, monkeypatch):
    _memory(tmp_path, monkeypatch)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = [f"{scratch.NAME}{which}" for which in (ended.pid, 1, "x")]  # 1 never ends
    for name in names:
        (tmp_path / name / "inside").mkdir(parents=True)
    scratch.choose()
    assert [name for name in names if Path(tmp_path, name).exists()] == names[1:]


def test_a_folder_that_is_named_or_a_small_memory_is_left_alone(tmp_path, monkeypatch):
    _memory(tmp_path, monkeypatch, room=False)
    scratch.choose()
    assert "TMPDIR" not in os.environ
    monkeypatch.setattr(scratch, "has_room", lambda: True)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "own"))
    scratch.choose()
    assert list(tmp_path.iterdir()) == []
