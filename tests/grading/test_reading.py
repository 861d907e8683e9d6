"""Every kind of damaged notebook is repaired, or refused for itself alone; nothing else is lost."""

import base64
import copy
import json

import nbformat
import pytest
from claims import for_each

from autograder.course.course import Course
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import marks, read_own
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
