"""A course made from nothing: two assignments, a library of its own, checkers with a helper.

The page `book/instructors/your-own-course.md` makes the first of them by hand; a test compares.
"""

from pathlib import Path

import nbformat

DEFINITION = """\
name = "linear-algebra"
questions = "linalg_questions"

[jail]
packages = ["linalg"]
"""

LIBRARY = '''\
"""What the notebooks of this course may use."""


def scaled(vector, factor):
    return [factor * entry for entry in vector]
'''

HELPERS = '''\
"""What several checkers share."""

import math


def length(vector):
    """Return the Euclidean length."""
    return math.sqrt(sum(entry**2 for entry in vector))
'''

VECTORS = '''\
"""Checkers of the first notebook."""

from autograder.handin import forms
from autograder.marking import Case, Function, Mistake, Number, question

from .helpers import length

ASSIGNMENT = "1-vectors"


@question("length", objectives=(1,))
def length_of_a_vector():
    squared = Mistake("forgot-the-root", 25, "this is the length squared.")
    return [
        Number(
            name="vector_length",
            key=length((3, 4)),
            points=2,
            read=forms.number,
            mistakes=[squared],
            otherwise="which formula leads from the entries to the length?",
        )
    ]


@question("dot", objectives=(2,))
def dot_product():
    cases = [Case(([1, 2], [3, 4])), Case(([0, -1, 2], [5, 1, 1]))]
    return [
        Function(
            name="dot",
            cases=cases,
            reference=lambda a, b: sum(x * y for x, y in zip(a, b, strict=True)),
            groups={"": 3},
            otherwise="multiply entry by entry, then add up.",
        )
    ]
'''

MATRICES = '''\
"""Checkers of the second notebook, which uses no helper."""

from autograder.marking import Number, question

ASSIGNMENT = "2-matrices"


@question("rank")
def rank():
    return [Number(name="rank", key=1, points=1, otherwise="look at the rows.")]
'''


def _cell(source, kind="code", name=None, **about):
    new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    cell = new(source, id=name or f"cell-{abs(hash(source)) % 10**8}")
    if name:
        marks = {"schema_version": 3, "grade_id": name, "task": False, **about}
        cell.metadata["nbgrader"] = {"grade": False, "solution": False, "locked": False, **marks}
    return cell


def notebook(title, questions):
    """A source notebook; `questions` are id, statement, solution, what is handed in, points."""
    cells = [
        _cell(f"# {title}", "markdown", "title", locked=True),
        _cell("from autograder.handin import hand_in\nfrom linalg import scaled"),
    ]
    for name, statement, solution, answer, form, points in questions:
        region = f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION"
        cells += [
            _cell(f"## {statement}", "markdown", f"{name}-statement", locked=True),
            _cell(f"{answer} = ...\n{region}", name=f"{name}-answer", solution=True),
            _cell(
                f'hand_in("{name}", {answer}, "{form}")',
                name=name,
                grade=True,
                locked=True,
                points=points,
            ),
        ]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return made


NOTEBOOKS = {
    "1-vectors": notebook(
        "Vectors",
        [
            ("length", "How long is (3, 4)?", "vector_length = 5", "vector_length", "number", 2),
            (
                "dot",
                "Write the dot product.",
                "def dot(a, b):\n    return sum(x * y for x, y in zip(a, b))",
                "dot",
                "function of 2 arguments",
                3,
            ),
        ],
    ),
    "2-matrices": notebook(
        "Matrices", [("rank", "The rank of [[1, 2], [2, 4]]?", "rank = 1", "rank", "number", 1)]
    ),
}


def make(folder: Path) -> Path:
    """Write the course into a folder; return it."""
    files = {
        "autograder.toml": DEFINITION,
        "linalg/__init__.py": LIBRARY,
        "linalg_questions/__init__.py": "",
        "linalg_questions/helpers.py": HELPERS,
        "linalg_questions/vectors.py": VECTORS,
        "linalg_questions/matrices.py": MATRICES,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, source in NOTEBOOKS.items():
        path = folder / "solutions" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(source, path)
    return folder


def hand_in(course: Path, student: str, assignment: str = "1-vectors", **answers: str) -> Path:
    """Hand in the students' notebook with code in the answer cells of some questions."""
    released = course / "exercises" / assignment / f"{assignment}.ipynb"
    filled = nbformat.read(released, as_version=4)
    for cell in filled.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        if name in answers and cell.metadata.nbgrader.solution:
            cell.source = answers[name]
    path = course / "course" / "submitted" / student / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(filled, path)
    return path
