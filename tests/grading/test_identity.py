"""Whose user id students' code has, and the bound on memory that systemd can set: stand-ins."""

import os

import pytest

from autograder.jail import cgroup, identity
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
from autograder.jail.view import View


@pytest.fixture
def ordinary(monkeypatch, tmp_path):
    """An ordinary user with the helpers, which write down how they are called."""
    for name in ("newuidmap", "newgidmap"):
        helper = tmp_path / name
        helper.write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/called\n')
        helper.chmod(0o755)
    monkeypatch.setattr(os, "getuid", lambda: 1234)
    monkeypatch.setattr(os, "getgid", lambda: 1235)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(identity, "_set_aside", {"subuid": 100_000, "subgid": 200_000}.get)
    return tmp_path


def test_an_ordinary_user_gives_students_code_an_id_that_was_set_aside(ordinary):
    identity.mapping(View())(42)
    called = (ordinary / "called").read_text().splitlines()
    assert called == ["newuidmap 42 0 1234 1 1000 100000 1", "newgidmap 42 0 1235 1 1000 200000 1"]


def test_without_helpers_or_ids_there_is_no_second_user(ordinary, monkeypatch):
    monkeypatch.setattr(identity, "_set_aside", lambda table: None)
    assert identity.mapping(View()) is None


def test_a_python_that_others_may_not_read_keeps_its_user(ordinary, tmp_path):
    """Else students' code could not import what its owner installed with a strict umask."""
    private = tmp_path / "package"
    private.mkdir(mode=0o700)
    assert identity.mapping(View(mounts={str(private): str(private)})) is None
    private.chmod(0o755)
    assert identity.mapping(View(mounts={str(private): str(private)})) is not None


def test_an_unknown_user_has_no_ids(monkeypatch):
    monkeypatch.setattr(identity.getpass, "getuser", lambda: "nobody-of-this-name")
    monkeypatch.setattr(os, "getuid", lambda: 987_654)
    assert identity._set_aside("subuid") is None


@pytest.mark.jail
def test_root_runs_students_code_as_nobody():
    """What its process is to the machine, by the one file that can be asked about it."""
    if os.getuid() != 0:
        pytest.skip("the jail is not built by root")
    with Jail(Profile(seconds=10)) as jail, Sitting(jail, ["import time\ntime.sleep(0.1)"]):
        owners = {
            os.stat(f"/proc/{pid}").st_uid
            for pid in os.listdir("/proc")
            if pid.isdigit() and is_students(pid)
        }
    assert identity.OUTSIDE_NOBODY in owners


def is_students(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return "zygote.py" in file.read()
    except OSError:
        return False


def test_a_scope_bounds_what_a_notebook_may_hold(monkeypatch):
    monkeypatch.setattr(cgroup, "is_there", lambda: True)
    command = cgroup.scope(Profile(memory_megabytes=1000, disk_megabytes=24, processes=10))
    assert command[0] == "systemd-run"
    assert command[-1] == "--"
    assert "MemoryMax=2048M" in command
    assert "TasksMax=42" in command


def test_without_systemd_there_is_no_scope(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    cgroup.is_there.cache_clear()
    try:
        assert cgroup.scope(Profile()) == []
    finally:
        cgroup.is_there.cache_clear()
