"""Every kind of damaged notebook is repaired, or refused for itself alone; nothing else is lost."""

import base64
import copy
import json
import os
import random

import nbformat
import pytest
from claims import for_each

from autograder.course.course import Course
from autograder.handin import wire
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import is_judged, marks, read_own
from questions import sample

COURSE = Course()
RELEASED = read_own(COURSE.released(sample.ASSIGNMENT))
SOURCE = nbformat.read(COURSE.source(sample.ASSIGNMENT), as_version=4)
RIGHT = json.loads(json.dumps(sample.notebook_of(sample.MEMBERS[0], SOURCE, RELEASED)))


def answers_in(notebook) -> dict[str, str]:
    return {
        marks(cell)["grade_id"]: cell.source
        for cell in notebook.cells
        if marks(cell).get("solution")
    }


def rebuilt(document):
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    notebook = reading.rebuild(RELEASED, submission.parse(raw))
    nbformat.validate(notebook)
    names = [marks(c)["grade_id"] for c in notebook.cells if marks(c)]
    assert len(names) == len(set(names))
    assert len({c.id for c in notebook.cells}) == len(notebook.cells)
    assert set(names) == {marks(c)["grade_id"] for c in RELEASED.cells if marks(c)}
    return notebook


def notes_of(notebook) -> str:
    first = notebook.cells[0]
    return first.source if first.get("id") == reading.NOTES_ID else ""


def cell(document, name):
    return next(
        c for c in document["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def change(name):
    """Register a way to damage a notebook; the answers must survive it."""

    def add(function):
        DAMAGES[name] = function
        return function

    return add


DAMAGES = {}


@change("grade cells twice")
def _(document):
    document["cells"] += copy.deepcopy(document["cells"])


@change("grade cells deleted")
def _(document):
    document["cells"] = [
        c for c in document["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")
    ]


@change("cells reversed")
def _(document):
    document["cells"].reverse()


@change("all cells retyped")
def _(document):
    for c in document["cells"]:
        c["cell_type"] = "raw"


@change("nbgrader metadata gone")
def _(document):
    for c in document["cells"]:
        c["metadata"] = {}


@change("metadata is nonsense")
def _(document):
    for c in document["cells"]:
        c["metadata"] = {"nbgrader": {**c["metadata"].get("nbgrader", {}), "points": "many"}}
        c["metadata"]["nbgrader"]["schema_version"] = 99
    document["metadata"] = [1, 2]


@change("format 3")
def _(document):
    for c in document["cells"]:
        if c["cell_type"] == "code":
            c["input"] = c.pop("source")
    document["worksheets"] = [{"cells": document.pop("cells")}]
    document["nbformat"] = 3


@change("wrong kernel")
def _(document):
    document["metadata"] = {"kernelspec": {"name": "ir", "language": "R"}}


@change("ids twice and missing")
def _(document):
    for c in document["cells"]:
        c["id"] = "same"


@change("locked tests rewritten")
def _(document):
    for c in document["cells"]:
        if c["metadata"].get("nbgrader", {}).get("grade"):
            c["source"] = "1000"


@change("sources as lists")
def _(document):
    for c in document["cells"]:
        c["source"] = c["source"].splitlines(True)


@change("cells that are no cells")
def _(document):
    document["cells"] += [None, 3, "cell", [], {"cell_type": 5, "source": {}}]


@pytest.mark.parametrize("name", DAMAGES)
def test_answers_survive(name):
    document = copy.deepcopy(RIGHT)
    expected = answers_in(rebuilt(document))
    DAMAGES[name](document)
    notebook = rebuilt(document)
    code = {key: text for key, text in answers_in(notebook).items() if not key.endswith("explain")}
    assert code == {key: text for key, text in expected.items() if key in code}
    for c in notebook.cells:
        if marks(c).get("grade") and c.cell_type == "code":
            assert c.source.startswith("hand_in(")
            assert c.outputs == []


def test_what_was_mended_is_told():
    document = copy.deepcopy(RIGHT)
    DAMAGES["grade cells twice"](document)
    assert "more than once" in notes_of(rebuilt(document))
    document = copy.deepcopy(RIGHT)
    document["cells"].remove(cell(document, "ex02"))
    assert "The cell `ex02` was missing" in notes_of(rebuilt(document))
    assert notes_of(rebuilt(RIGHT)) == ""


def test_own_cells_are_kept_without_a_mark_on_them():
    document = copy.deepcopy(RIGHT)
    forged = {"grade": True, "grade_id": "mine", "points": 1000, "locked": True, "solution": False}
    mine = {"cell_type": "code", "metadata": {"nbgrader": forged}, "source": "x = 1"}
    document["cells"].insert(0, mine)
    notebook = rebuilt(document)
    assert notebook.cells[0].source == "x = 1"
    assert not marks(notebook.cells[0])


def test_an_answer_typed_above_the_line_that_hands_it_in_counts():
    document = copy.deepcopy(RIGHT)
    cell(document, "ex02-answer")["source"] = "ex02_parameters = ...\n"
    typed = "# My answer:\nex02_parameters = 128 * (3 * 3 * 64 + 1)"
    cell(document, "ex02")["source"] = f"{typed}\n{cell(document, 'ex02')['source']}"
    notebook = rebuilt(document)
    places = [marks(c).get("grade_id") or c.source for c in notebook.cells]
    own = places.index("ex02_parameters = 128 * (3 * 3 * 64 + 1)")
    assert places.index("ex02-answer") < own == places.index("ex02") - 1
    assert notebook.cells[own + 1].source == cell({"cells": RELEASED.cells}, "ex02").source
    assert "into `ex02` was taken out" in notes_of(notebook)


def test_a_value_typed_into_the_line_that_hands_in_is_told_to_be_lost():
    document = copy.deepcopy(RIGHT)
    cell(document, "ex02")["source"] = 'hand_in("ex02", 73856, "whole number")\ncheck("ex02")'
    assert "`ex02` was changed" in notes_of(rebuilt(document))


def test_what_is_no_python_is_taken_out_of_a_locked_cell_too():
    document = copy.deepcopy(RIGHT)
    given = cell(document, "ex02")["source"]
    cell(document, "ex02")["source"] = f"ex02_parameters = 128 x 577\n{given}"
    notebook = rebuilt(document)
    assert "ex02_parameters = 128 x 577" in [c.source for c in notebook.cells]


def test_experiments_in_a_cell_that_shows_an_example_are_nobodys_answer():
    document = copy.deepcopy(RIGHT)
    cell(document, "ex09-pointwise-show")["source"] += "\nprint(x.shape)"
    notebook = rebuilt(document)
    assert len(notebook.cells) == len(rebuilt(RIGHT).cells)
    assert notes_of(notebook) == ""


def test_words_written_below_the_question_itself_are_the_answer():
    document = copy.deepcopy(RIGHT)
    cell(document, "ex09-explain")["source"] = "*Write your answer here.*"
    words = "It mixes the channels of each pixel by itself, and that makes it cheap."
    cell(document, "ex09-explain-task")["source"] += f"\n\n{words}"
    notebook = rebuilt(document)
    assert words in answers_in(notebook)["ex09-explain"]
    assert "beside `ex09-explain`" in notes_of(notebook)


def test_a_statement_with_other_numbers_is_told():
    document = copy.deepcopy(RIGHT)
    statement = cell(document, "ex02-statement")
    statement["source"] = statement["source"].replace("128", "96")
    notes = notes_of(rebuilt(document))
    assert "`ex02-statement`" in notes
    assert "other numbers" in notes
    statement["source"] = cell(RIGHT, "ex02-statement")["source"].replace(" ", "\n")
    assert notes_of(rebuilt(document)) == "", "only its lines are broken otherwise"


OTHERS = sorted(set(COURSE.assignments()) - {sample.ASSIGNMENT})


def without_marks(document):
    """As some tools save a notebook: texts, and nothing that says which cell is which."""
    for c in document["cells"]:
        c["metadata"] = {}
        c.pop("id", None)
    return document


@for_each("other", OTHERS)
@pytest.mark.parametrize("kept", [lambda document: document, without_marks])
def test_the_notebook_of_another_assignment_is_for_a_person_to_look_at(other, kept):
    document = kept(json.loads(COURSE.released(other).read_text("utf-8")))
    code = [c for c in document["cells"] if c["cell_type"] == "code"]
    code[-1]["source"] += "\nmine = 1"
    assert reading.why_unread(rebuilt(document)) in (reading.OF_ANOTHER, reading.OF_NOTHING)


def test_one_answer_in_a_notebook_of_ones_own_is_read():
    code = {"cell_type": "code", "metadata": {}, "source": "ex02_parameters = 73856"}
    notebook = rebuilt({"cells": [code], "nbformat": 4})
    assert reading.why_unread(notebook) == ""
    assert answers_in(notebook)["ex02-answer"] == code["source"]


def test_words_alone_are_read_by_a_person():
    words = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "It mixes channels, pixel by pixel.",
    }
    notebook = rebuilt({"cells": [words], "nbformat": 4})
    assert reading.why_unread(notebook) == ""
    assert words["source"] in answers_in(notebook)["ex09-explain"]


def test_practice_in_words_is_no_answer_to_what_counts():
    document = copy.deepcopy(RIGHT)
    blank = answers_in(rebuilt(document))["ex09-explain"]
    [practice] = [c for c in document["cells"] if c.get("id") == "ex22-explain"]
    practice["source"] = "The depthwise step looks at each channel by itself."
    notebook = rebuilt(document)
    assert answers_in(notebook)["ex09-explain"] == blank
    assert practice["source"] in [c.source for c in notebook.cells]
    assert notes_of(notebook) == ""


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        r"$\href{javascript:alert(1)}{x}$",
        "<svg/onload=alert(1)>",
    ],
)
def test_markdown_is_made_harmless(markdown):
    document = copy.deepcopy(RIGHT)
    cell(document, "ex09-explain")["source"] = markdown
    text = answers_in(rebuilt(document))["ex09-explain"]
    assert "<script" not in text
    assert "<img" not in text
    assert "<svg" not in text
    assert "javascript:" not in text
    assert r"\href" not in text


def test_ordinary_markdown_stays_as_it_is():
    text = "With $3 < x$ and `a<b>` **bold**: 5 > 4.\n\n- a list"
    assert reading.harmless("With $3 < x$") == "With $3 < x$"
    assert "**bold**" in reading.harmless(text)


# --- files ------------------------------------------------------------------------------------


PNG = b"\x89PNG\r\n\x1a\n" + b"any"


def _written(**attachments):
    """A written answer with things dragged into it: name -> (kind, content)."""
    document = copy.deepcopy(RIGHT)
    answer = cell(document, "ex09-explain")
    links = "".join(f"![{name}](attachment:{name})" for name in attachments)
    answer["source"] = f"See here: {links}"
    answer["attachments"] = {
        name: {kind: base64.b64encode(content).decode()}
        for name, (kind, content) in attachments.items()
    }
    found = cell(rebuilt(document), "ex09-explain")
    return found.source, found.get("attachments", {})


def test_pictures_in_a_written_answer_are_kept_under_names_of_ours():
    source, kept = _written(mine=("image/png", PNG), photo=("image/jpeg", b"\xff\xd8\xffany"))
    assert source.startswith("See here: \n")
    for number, (name, kind) in enumerate(zip(kept, ("png", "jpeg"), strict=True), start=1):
        assert name.startswith(f"picture-{number}-")
        assert name.endswith(f".{kind}")
        assert f"![picture {number}](attachment:{name})" in source
        assert list(kept[name]) == [f"image/{kind}"]


def test_another_picture_is_another_answer():
    sources = {_written(mine=("image/png", PNG + more))[0] for more in (b"", b"1", b"2")}
    assert len(sources) == 3


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image/svg+xml", b"<svg onload='x()'/>"),
        ("text/html", b"<script>x()</script>"),
        ("image/png", b"<script>x()</script>"),
        ("image/jpeg", PNG),
        ("image/png", PNG + bytes(submission.MAX_PICTURE)),
    ],
)
def test_what_is_no_picture_of_sane_size_is_left_out(kind, content):
    source, kept = _written(mine=(kind, content))
    assert kept == {}
    assert "attachment" not in source


def test_pictures_are_kept_in_written_answers_only():
    document = copy.deepcopy(RIGHT)
    for place in document["cells"]:
        place["attachments"] = {"a.png": {"image/png": base64.b64encode(PNG).decode()}}
    found = {marks(c)["grade_id"] for c in rebuilt(document).cells if c.get("attachments")}
    assert found == {"ex09-explain"}


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


def test_ten_thousand_mutated_notebooks_break_nothing():
    rng = random.Random(1)
    small = copy.deepcopy(RELEASED)
    small.cells = [c for c in RELEASED.cells if "ex01" in json.dumps(c.metadata)][:4]
    for _ in range(10_000):
        document = SMALL
        for _ in range(rng.randint(1, 4)):
            document = _mutate(document, rng)
        raw = json.dumps(document).encode()
        if rng.random() < 0.4:
            raw = _scramble(raw, rng)
        try:
            handed_in = submission.parse(raw)
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
        document = message
        for _ in range(rng.randint(1, 3)):
            document = _mutate(document, rng)
        raw = json.dumps(document).encode()
        if rng.random() < 0.4:
            raw = _scramble(raw, rng)
        try:
            got = wire.from_plain(wire.loads(raw).get("value"))
        except wire.WireError:
            continue
        assert isinstance(got, (type(None), bool, int, float, str, list, tuple, dict, np.ndarray))
