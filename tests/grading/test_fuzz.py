"""No spoilt notebook and no spoilt reply ends the batch, and none earns what it should not.

A slice runs with every test run; `FUZZ=20000 pytest tests/grading/test_fuzz.py` runs as many inputs
as it says. A failure names its seed, and the same seed makes the same input again.
"""

import base64
import json
import math
import os
import random
from functools import cache

import nbformat
import pytest
from nbconvert.filters import markdown2html
from nbgrader.utils import determine_grade
from the_course import catalogue

from autograder.marking.result import Result
from autograder.notebooks import outputs, reading, submission
from autograder.notebooks.cells import is_judged, marks
from autograder.run import scoring
from autograder.run.key import result_key

from .attacks import world
from .attacks.pages import active_markup
from .fuzz.mutations import spoil, spoil_tree
from .fuzz.replies import LyingJail

INPUTS = int(os.environ.get("FUZZ", "600"))
SLICES = 8
ASSIGNMENTS = tuple(
    name
    for name in (
        "01-shapes-and-counts",
        "02-receptive-fields",
        "03-pooling-and-invariance",
        "04-training-deep-networks",
        "05-architectures",
        "06-transfer-and-interpretation",
        "07-backward-pass",
        "08-multiple-choice",
    )
)


@cache
def released():
    return nbformat.reads(json.dumps(world.released()), as_version=4)


@cache
def submitted() -> dict:
    return world.filled(world.answers())


def check_rebuilt(notebook) -> None:
    """What must hold for every notebook that comes out of the reader, whatever went in."""
    wanted = {marks(c)["grade_id"]: c for c in released().cells if marks(c)}
    found = [c for c in notebook.cells if marks(c)]
    assert sorted(marks(c)["grade_id"] for c in found) == sorted(wanted)
    for cell in found:
        model = wanted[marks(cell)["grade_id"]]
        assert cell.metadata == model.metadata
        assert cell.cell_type == model.cell_type
        if marks(cell).get("locked"):
            assert cell.source == model.source
    for cell in notebook.cells:
        written = cell.cell_type == "markdown" and marks(cell).get("solution")
        assert written or not cell.get("attachments")
        for name, bundle in cell.get("attachments", {}).items():
            ((kind, content),) = bundle.items()
            assert base64.b64decode(content).startswith(submission.PICTURES[kind])
            assert f"(attachment:{name})" in cell.source
        assert not cell.get("outputs")
        cell.source.encode("utf-8")
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("part", range(SLICES))
def test_every_spoilt_notebook_is_read_or_refused(part):
    for seed in range(part, INPUTS, SLICES):
        rng = random.Random(seed)
        raw = spoil(submitted(), rng)
        try:
            handed_in = submission.parse(raw)
        except submission.Unreadable:
            continue
        except Exception as error:
            raise AssertionError(f"seed {seed}: the reader raised {error!r}") from error
        try:
            notebook = reading.rebuild(released(), handed_in)
            check_rebuilt(notebook)
            result_key(notebook, "the rules")
            outputs.write_outputs(notebook, Result())
            if seed % 10 == 0:
                nbformat.validate(notebook)
            assert not any(determine_grade(cell)[0] for cell in notebook.cells if is_judged(cell))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_spoilt_reply_gets_a_verdict(assignment):
    """The real asking, decoding and checking, over a channel on which nothing can be believed."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    questions = catalogue.load(assignment)
    worth = {name: question.points for name, question in questions.items()}
    wanted, replies, seed = INPUTS // len(ASSIGNMENTS), 0, 0
    while replies < wanted:
        jail = LyingJail(seed)
        result = scoring.score(notebook, questions, jail)
        assert set(result.verdicts) == set(worth)
        for name, verdict in result.verdicts.items():
            where = f"{assignment}, {name}, seed {seed}"
            assert not verdict.is_open, f"{where}: its checker raised {verdict.fault}"
            assert math.isfinite(verdict.points), where
            assert 0 <= verdict.points < worth[name] == verdict.max_points, where
            json.dumps(verdict.messages).encode()
        replies, seed = replies + jail.tally.replies, seed + 1


PIECES = (
    "[a](", "![a](", "]: ", "<", ">", "javascript:owned", "javascript&colon;owned", "&#106;avascript:owned",
    "java&Tab;script:owned", "JaVaScRiPt&#x3a;owned", "javascript\\:owned", "data:text/html,owned", "vbscript:owned",
    "data&colon;text/html;base64,owned", "http://x", ")", "\n\n", " ", "`", "$", "$$", "\\(", "\\[", "script>owned",
    "img src=x onerror=owned", "svg onload=owned>", "&lt;", "&amp;", "\\href{javascript:owned}{x}", "\"onclick=owned",
    "' onfocus='owned", "attachment:a.png", "| a |\n|---|\n", "# ", "- ", "> ", "    ", "\\", "\t", "\x0b", "\u00a0",
    "[a]", "[a][a]", "*", "**", "_", "~~", "<!--", "-->", "\\begin{align}", "\\end{align}", "\\unicode{owned}", "]]>",
)  # fmt: skip


def test_no_written_answer_has_anything_alive_in_it():
    """Markdown from a student, made harmless, then rendered as the marker's page renders it."""
    for seed in range(INPUTS):
        rng = random.Random(seed)
        text = "".join(rng.choice(PIECES) for _ in range(rng.randint(2, 14)))
        page = markdown2html(reading.harmless(text))
        assert active_markup(page) == [], f"seed {seed}: {text!r}"


def test_the_same_seed_makes_the_same_input():
    first, second = (spoil_tree(submitted(), random.Random(7)) for _ in range(2))
    assert first == second
    assert spoil(submitted(), random.Random(8)) == spoil(submitted(), random.Random(8))
