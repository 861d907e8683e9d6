"""Files that are no notebooks, and thousands that nearly are: each is refused for itself alone."""

import copy
import json
import os
import random

import nbformat
import pytest

from autograder.course.course import Course
from autograder.handin import wire
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import is_judged, marks, read_own
from questions import sample

COURSE = Course()
RELEASED = read_own(COURSE.released(sample.ASSIGNMENT))
SOURCE = nbformat.read(COURSE.source(sample.ASSIGNMENT), as_version=4)
RIGHT = json.loads(json.dumps(sample.notebook_of(sample.MEMBERS[0], SOURCE, RELEASED)))


def notes_of(notebook) -> str:
    first = notebook.cells[0]
    return first.source if first.get("id") == reading.NOTES_ID else ""


def _file(tmp_path, raw):
    path = tmp_path / "a.ipynb"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"3", "not a notebook"),
        (b"{}", "no cells"),
        (b'{"cells": 5}', "no cells"),
        (b"\x89PNG\r\n", "not JSON"),
        (json.dumps({"cells": [{}] * 5000}).encode(), "5000 cells"),
    ],
)
def test_an_unreadable_file_is_an_empty_notebook_with_a_reason(tmp_path, raw, why):
    handed_in = submission.read(_file(tmp_path, raw))
    assert handed_in.cells == []
    assert why in handed_in.notes[0]
    notebook = reading.rebuild(RELEASED, handed_in)
    assert why in reading.why_unread(notebook)
    assert why in notes_of(notebook)
    assert "missing" not in notes_of(notebook)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path, encoding):
    document = {"cells": [{"cell_type": "code", "source": "x = 'é'"}]}
    raw = json.dumps(document, ensure_ascii=False).encode(encoding)
    assert submission.read(_file(tmp_path, raw)).cells[0].source == "x = 'é'"


def test_a_link_is_never_followed(tmp_path):
    real = _file(tmp_path, json.dumps(RIGHT).encode())
    link = tmp_path / "link.ipynb"
    link.symlink_to(real)
    assert "link" in submission.read(link).notes[0]
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert submission.read(tmp_path / "pipe.ipynb").cells == []
    assert submission.read(tmp_path).cells == []
    assert submission.read(tmp_path / "nothing.ipynb").cells == []


def test_a_giant_is_refused_unread(tmp_path):
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)
    assert "300 MB" in submission.read(path).notes[0]


# --- fuzzing ------------------------------------------------------------------------------------

SMALL = {"cells": [c for c in RIGHT["cells"] if "ex01" in json.dumps(c["metadata"])][:4]}
ODD = [None, True, -1, 1e308, "", "ex01", "\ud800", [], {}, [[]], {"nbgrader": {}}, "x" * 300]


def _mutate(value, rng):
    """Change one thing somewhere in a JSON value."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        if rng.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: _mutate(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        if rng.random() < 0.15:
            return value[:at] + value[at + 1 :]
        if rng.random() < 0.15:
            return [*value[:at], value[at], *value[at:]]
        return [*value[:at], _mutate(value[at], rng), *value[at + 1 :]]
    return rng.choice(ODD)


def _scramble(raw, rng):
    raw = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(raw) + 1)
        raw[at : at + rng.randint(0, 3)] = bytes(
            rng.randrange(256) for _ in range(rng.randint(0, 3))
        )
    return bytes(raw)


def _mutated(document, most, rng):
    """The bytes of a document with one to `most` things changed, and some of the bytes, too."""
    for _ in range(rng.randint(1, most)):
        document = _mutate(document, rng)
    raw = json.dumps(document).encode()
    return _scramble(raw, rng) if rng.random() < 0.4 else raw


def test_ten_thousand_mutated_notebooks_break_nothing():
    rng = random.Random(1)
    small = copy.deepcopy(RELEASED)
    small.cells = [c for c in RELEASED.cells if "ex01" in json.dumps(c.metadata)][:4]
    for _ in range(10_000):
        try:
            handed_in = submission.parse(_mutated(SMALL, 4, rng))
        except submission.Unreadable:
            continue
        notebook = reading.rebuild(small, handed_in)
        judged = [c for c in notebook.cells if is_judged(c)]
        assert [marks(c)["grade_id"] for c in judged] == ["ex01"]
        assert judged[0].metadata["nbgrader"]["points"] == 2
        json.dumps(notebook).encode()


def test_twelve_thousand_mutated_messages_break_nothing():
    import numpy as np

    rng = random.Random(2)
    value = {"a": [1, 2.5, None, "x"], "t": (True, np.arange(6.0).reshape(2, 3)), "n": float("nan")}
    message = {"id": "0123", "value": wire.to_plain(value)}
    for _ in range(12_000):
        try:
            got = wire.from_plain(wire.loads(_mutated(message, 3, rng)).get("value"))
        except wire.WireError:
            continue
        assert isinstance(got, (type(None), bool, int, float, str, list, tuple, dict, np.ndarray))
