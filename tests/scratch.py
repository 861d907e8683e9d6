"""Temporary files of a run lie in memory, where there is room: on a disk the grader's tests wait
for thousands of commits, and for a place for each of thousands of files that live for a moment."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
NAME = "cbtest-"  # short, as a socket's whole path may have 107 letters
ROOM = 4 << 30  # bytes, of which a run has taken a tenth
LEFT = 8 << 30  # bytes of memory that stay for the tests themselves


def choose() -> None:
    """Name such a folder to this process and to those that it starts, unless TMPDIR names one.

    Where something failed it stays, to be looked at, until the next run begins.
    """
    if "TMPDIR" in os.environ or not has_room():
        return
    for old in MEMORY.glob(f"{NAME}*"):
        process = old.name.removeprefix(NAME)
        if process.isdigit() and not Path("/proc", process).exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = MEMORY / f"{NAME}{os.getpid()}"
    with suppress(OSError):
        folder.mkdir()
        folder.chmod(0o1777)  # as /tmp: some tests become other users
        os.environ["TMPDIR"] = str(folder)
        tempfile.tempdir = None  # pytest has asked before, and it was remembered


def has_room() -> bool:
    """Whether memory can be written to as a disk can, and so much of it is free."""
    if not MEMORY.is_mount():
        return False
    disk = os.statvfs(MEMORY)
    fits = disk.f_bavail * disk.f_frsize >= ROOM and not disk.f_flag & os.ST_NOEXEC
    return fits and psutil.virtual_memory().available >= ROOM + LEFT


def leave() -> None:
    """Remove the folder that this process has chosen."""
    shutil.rmtree(MEMORY / f"{NAME}{os.getpid()}", ignore_errors=True)
