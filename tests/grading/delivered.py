"""A small course with a roster, and what its platform delivers: as a zip, or unpacked from one."""

import contextlib
import io
import json
import os
import time
import zipfile
from pathlib import Path

from autograder.course import collecting
from autograder.course.course import Course
from questions import sample

NAME = sample.ASSIGNMENT
MOODLE = "assignsubmission_file_"
NOON = (2026, 9, 10, 12, 0, 0)
PEOPLE = {"21CS001": "Asha Rao", "21CS002": "小明 Wang", "21CS003": "Ben Okafor"}


def make(folder: Path, people=PEOPLE, more: str = "") -> Course:
    """A course in India, where a day late costs a tenth after 30 September."""
    folder.mkdir()
    rows = "".join(f"{id},{name},{id.lower()}@example.edu\n" for id, name in people.items())
    (folder / "roster.csv").write_text(f"id,name,email\n{rows}", "utf-8")
    (folder / "course.toml").write_text(
        f'time_zone = "Asia/Kolkata"\n{more}[late]\npercent_per_day = 10\n'
        f'[due]\n"{NAME}" = 2026-09-30T23:59:00\n'
    )
    return Course(folder)


def notebook(*ids: str, **sources: str) -> str:
    """A notebook with these cells, some of them with a source."""
    cells = [
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": name}}}
        for name, source in {**dict.fromkeys(ids, ""), **sources}.items()
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


RIGHT, OTHER = notebook("ex01", "ex02"), notebook("ex04")


def zipped(path, *entries):
    """Write a zip of entries (name, content, local time)."""
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content, when in entries:
            bundle.writestr(zipfile.ZipInfo(name, when), content)
    return path


def inner(*entries) -> bytes:
    """A zip's bytes, to be put into another."""
    buffer = io.BytesIO()
    zipped(buffer, *entries)
    return buffer.getvalue()


def unpacked(folder: Path, *entries) -> Path:
    """Write what `unzip` leaves on this machine: each time read on its own clock."""
    for name, content, when in entries:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        at = time.mktime((*when, 0, 0, -1))
        os.utime(path, (at, at))
    return folder


@contextlib.contextmanager
def clock_of(monkeypatch, zone: str):
    """This machine's clock, for a while, in another zone."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


def collect(course, source, **options):
    return collecting.collect(course, NAME, source, say=lambda _: None, **options)


def taken(course, student="21CS001"):
    """The text of what was taken of a student; None where nothing was."""
    folder = course.submissions(NAME).get(student)
    return folder and (folder / f"{NAME}.ipynb").read_text()


def stamp(course, student="21CS001"):
    """When a student handed in, in UTC."""
    return course.handed_in(course.submissions(NAME)[student])
