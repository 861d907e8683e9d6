"""A sample class for the first notebook: right answers in many forms, mistakes, accidents, cheats.

``python -m autograder grade 01-shapes-and-counts --sample`` makes it and marks it. How many points
each question of each member earns follows from the question's own text; a test holds the grader to
it. None of the cheats gains a point; `gains` names those that gain where tests run in the student's
own process.
"""

import copy
import json
import re
import shutil
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.course.course import Course, CourseError
from autograder.notebooks.cells import marks, read_own
from questions.q01_shapes_and_counts import ASSIGNMENT

POINTS = {
    "ex01": 2,
    "ex02": 2,
    "ex03": 3,
    "ex09-count": 2,
    "ex09-pointwise": 2,
    "ex13": 6,
    "ex21": 3,
    "ex22-count": 3,
    "ex22-saving": 2,
    "ex25-reasons": 2,
    "ex25-symmetric": 1,
    "ex25-same": 3,
}
NOTHING = dict.fromkeys(POINTS, 0)
_SOLUTION = re.compile(r"(?ms)^[^\n]*### BEGIN SOLUTION\n(.*?)^[^\n]*### END SOLUTION")


@dataclass(frozen=True)
class Member:
    """One student: what stands in the answer cells, how the file is damaged, what it deserves.

    `answers` maps questions to code; where `right` is true, all others are answered rightly.
    `points` names the questions that earn something else than all (if `right`) or nothing.
    """

    name: str
    answers: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    right: bool = True
    damage: str | None = None
    gains: bool = False

    @property
    def expected(self) -> dict[str, float]:
        """The points by question."""
        return {**(POINTS if self.right else NOTHING), **self.points}


def _cheat(name, code, gains=True, **more):
    """A cheat answers one question honestly and puts its trick where the first answer belongs."""
    honest = "ex02_parameters = 128 * (3 * 3 * 64 + 1)"
    return Member(
        name, {"ex01": code, "ex02": honest}, {"ex02": 2}, right=False, gains=gains, **more
    )


MEMBERS = [
    # --- right, in several forms ------------------------------------------------------------------
    Member("right-as-taught"),
    Member("right-as-int", {"ex01": "ex01_output_size = 30"}),
    Member("right-as-float", {"ex01": "ex01_output_size = 30.0"}),
    Member(
        "right-as-numpy-scalar",
        {
            "ex01": "ex01_output_size = np.int64(30)",
            "ex22-count": "ex22_standard = np.float64(294912)\nex22_separable = np.uint32(33920)\n"
            "ex22_ratio = np.float32(294912 / 33920)",
        },
    ),
    Member(
        "right-as-tuple",
        {"ex03": "ex03_after_convolution = (112, 112, 64)\nex03_after_pooling = (56, 56, 64)"},
    ),
    Member(
        "right-as-list",
        {"ex03": "ex03_after_convolution = [112, 112, 64]\nex03_after_pooling = [56, 56, 64]"},
    ),
    Member(
        "right-as-array",
        {
            "ex01": "ex01_output_size = np.array(30)",
            "ex03": "ex03_after_convolution = np.array([112, 112, 64])\n"
            "ex03_after_pooling = np.array([56., 56., 64.])",
        },
    ),
    Member(
        "right-with-a-warning",
        {
            "ex01": "print(np.float64(1) / np.float64(0))\nex01_output_size = 30",
            "ex09-pointwise": "def ex09_pointwise(x, weights):\n"
            "    np.log(np.zeros(1))\n"
            "    return np.tensordot(weights, x, axes=1)",
        },
    ),
    Member("right-with-a-magic", {"ex01": "%matplotlib inline\nex01_output_size = 30"}),
    # --- typical mistakes -------------------------------------------------------------------------
    Member("mistake-half-a-window", {"ex01": "ex01_output_size = (64 - 5) / 2 + 1"}, {"ex01": 0}),
    Member("mistake-ceil", {"ex01": "ex01_output_size = 31"}, {"ex01": 0}),
    Member("mistake-no-bias", {"ex02": "ex02_parameters = 128 * 3 * 3 * 64"}, {"ex02": 1}),
    Member("mistake-flat-filter", {"ex02": "ex02_parameters = 128 * (3 * 3 + 1)"}, {"ex02": 0}),
    Member(
        "mistake-pooling-unpadded",
        {"ex03": "ex03_after_convolution = (112, 112, 64)\nex03_after_pooling = (55, 55, 64)"},
        {"ex03": 1},
    ),
    Member(
        "mistake-no-bias-again",
        {"ex09-count": "ex09_weights = 512 * 64\nex09_parameters = 512 * 64"},
        {"ex09-count": 1},
    ),
    Member(
        "mistake-transposed",
        {
            "ex09-pointwise": "def ex09_pointwise(x, weights):\n"
            "    return np.einsum('ck,chw->khw', weights, x)"
        },
        {"ex09-pointwise": 0},
    ),
    Member(
        "mistake-macs-are-flops",
        {"ex21": "ex21_macs = 9 * 256 * 512 * 14 * 14\nex21_flops = ex21_macs"},
        {"ex21": 2},
    ),
    Member(
        "mistake-stride-1-rule",
        {
            "ex25-same": "def ex25_same(input_size, kernel_size, stride=1):\n"
            "    return (kernel_size - 1) // 2, (kernel_size - 1) // 2"
        },
        {"ex25-same": 0},
    ),
    # --- accidents --------------------------------------------------------------------------------
    Member("blank", right=False, damage="untouched"),
    Member("syntax-error", {"ex01": "ex01_output_size = (64 - 5"}, {"ex01": 0}),
    Member("exception", {"ex02": "ex02_parameters = 1 / 0"}, {"ex02": 0}),
    Member("never-ending", {"ex21": "while True:\n    pass"}, {"ex21": 0}),
    Member(
        "never-ending-function",
        {"ex25-symmetric": "def ex25_symmetric(kernel_size, dilation=1):\n    while True: pass"},
        {"ex25-symmetric": 0},
    ),
    Member("exits", {"ex03": "import os\nos._exit(0)"}, {"ex03": 0}),
    Member("grade-cell-twice", damage="duplicate"),
    Member("grade-cell-deleted", damage="delete"),
    Member("answer-turned-into-text", damage="retype"),
    # --- cheats -----------------------------------------------------------------------------------
    _cheat(
        "cheat-always-equal",
        """
        class Yes(int):
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __sub__(self, other): return 0
            __hash__ = int.__hash__
        ex01_output_size = Yes()
        """,
    ),
    _cheat(
        "cheat-patched-testing",
        """
        import numpy.testing
        for name in ("assert_allclose", "assert_equal", "assert_array_equal"):
            setattr(numpy.testing, name, lambda *args, **kwargs: None)
        ex01_output_size = -1
        """,
    ),
    _cheat(
        "cheat-input-transformer",
        """
        shell = get_ipython()
        shell.input_transformers_cleanup.append(lambda lines: ["pass"])
        """,
    ),
    _cheat(
        "cheat-ast-transformer",
        """
        import ast
        class NoAssert(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
            def visit_Expr(self, node): return ast.copy_location(ast.Pass(), node)
        get_ipython().ast_transformers.append(NoAssert())
        ex01_output_size = -1
        """,
    ),
    _cheat(
        "cheat-run-cell-replaced",
        """
        shell = get_ipython()
        async def idle(*args, **kwargs): return False
        type(shell).run_code = idle
        """,
    ),
    _cheat("cheat-own-points", "ex01_output_size = -1", damage="points"),
]


def _stripped(code: str) -> str:
    """Take away the common indentation of the lines that stand in triple quotes."""
    return textwrap.dedent(code).strip("\n")


def notebook_of(member: Member, source, released):
    """Return the notebook that the member hands in."""
    notebook = copy.deepcopy(released)
    taught = {marks(cell)["grade_id"]: cell for cell in source.cells if marks(cell).get("solution")}
    if member.damage == "untouched":
        return notebook
    for cell in notebook.cells:
        name = marks(cell).get("grade_id", "")
        question = name.removesuffix("-answer")
        if cell.cell_type != "code" or name not in taught:
            continue
        if question in member.answers:
            cell.source = _stripped(member.answers[question])
        elif member.right:
            cell.source = _SOLUTION.sub(r"\1", taught[name].source)
    if member.damage:
        DAMAGES[member.damage](notebook)
    return notebook


def _cell(notebook, name):
    return next(c for c in notebook.cells if marks(c).get("grade_id") == name)


def _duplicate(notebook):
    twin = copy.deepcopy(_cell(notebook, "ex02"))
    twin.id = "a-twin"
    notebook.cells.append(twin)


def _delete(notebook):
    notebook.cells.remove(_cell(notebook, "ex02"))


def _retype(notebook):
    cell = _cell(notebook, "ex02-answer")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def _points(notebook):
    cell = _cell(notebook, "ex01")
    cell.source = "1000"
    cell.metadata["nbgrader"]["points"] = 1000
    output = nbformat.v4.new_output("execute_result", data={"text/plain": "1000"})
    cell.outputs = [output]


DAMAGES = {"duplicate": _duplicate, "delete": _delete, "retype": _retype, "points": _points}


def make(assignment: str, folder=None) -> Path:
    """Write the sample class into `folder` (default: ``sample`` in the course's folder); return it.

    What lay in that folder from an earlier sample class is removed.
    """
    if assignment != ASSIGNMENT:
        raise CourseError(f"there is a sample class for {ASSIGNMENT} only, not for {assignment}")
    course = Course(folder)
    folder = course.folder if folder else course.folder / "sample"
    for part in ("submitted", "autograded", "feedback", "results"):
        shutil.rmtree(folder / part, ignore_errors=True)
    (folder / "gradebook.db").unlink(missing_ok=True)
    source = read_own(course.source(assignment))
    released = read_own(course.released(assignment))
    for member in MEMBERS:
        path = folder / "submitted" / member.name / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook_of(member, source, released)))
    return folder
