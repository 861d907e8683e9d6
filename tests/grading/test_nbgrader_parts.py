"""What marking does without loading nbgrader's server and converters is what these would do."""

import copy
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.preprocessors import LimitOutput, OverwriteCells
from the_course import DEFINITION

from autograder.course.course import Course
from autograder.notebooks import outputs
from autograder.notebooks.cells import marks, read_own
from autograder.notebooks.gradebook import model_of

NAME = "01-shapes-and-counts"
HEAVY = {"nbconvert", "jupyter_server", "jupyter_client", "alembic", "notebook", "distributed"}
HEAVY |= {"requests", "urllib3"}
START = """
import sys
from autograder.course.course import Course
from autograder.course import lateness, tables
from autograder.run import pipeline, regrading
Course()
print(*sys.modules)
"""
SERVER = """
from autograder.notebooks import nbgrader_parts
import nbgrader
asked = []
from nbgrader.server_extensions import formgrader
formgrader.load_jupyter_server_extension = asked.append
nbgrader.load_formgrader("a server")
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from nbgrader.auth import jupyterhub
print(asked, FormgradeExtension.__name__, jupyterhub.requests.Session.__name__)
"""


def run(code, root) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_command_that_marks_loads_neither_servers_nor_converters(root):
    loaded = set(run(START, root).split())
    assert {"nbgrader.api", "sqlalchemy"} <= loaded
    assert loaded & HEAVY == set()


def test_a_server_still_gets_nbgraders_extensions(root):
    assert run(SERVER, root).split("\n")[0] == "['a server'] FormgradeExtension Session"


def _tampered(cells):
    """A hand-out that has moved away from what the gradebook keeps of it, in every way."""
    named = [cell for cell in cells if marks(cell)]
    graded = [cell for cell in named if marks(cell)["grade"] and not marks(cell)["solution"]]
    locked = [cell for cell in named if marks(cell)["locked"] and not marks(cell)["grade"]]
    graded[0].source += "\n# more"
    marks(graded[1])["points"] = 99
    marks(locked[0])["grade_id"] = "nobody"
    locked[1].source = "another text"
    marks(next(cell for cell in named if marks(cell)["solution"]))["checksum"] = "0"


@pytest.mark.parametrize("change", [lambda cells: None, _tampered], ids=["as it was", "tampered"])
def test_what_the_gradebook_keeps_of_cells_is_brought_back_as_nbgrader_does(tmp_path, change):
    course = Course(tmp_path / "course", DEFINITION.root)
    course.register(NAME)
    notebook = read_own(course.released(NAME))
    change(notebook.cells)
    path = tmp_path / "handed-out.ipynb"
    path.write_text(nbformat.v4.writes(notebook))
    about = {"notebook": NAME, "assignment": NAME, "db_url": course.coursedir.db_url}
    wanted, _ = OverwriteCells(config=course.config).preprocess(notebook, {"nbgrader": about})
    course.released = lambda _: path
    assert model_of(course, NAME) == wanted


@pytest.mark.parametrize("most", [-1, 1, 2, 5, 1000])
def test_a_long_output_is_cut_as_nbgrader_does(most):
    def stream(lines):
        text = "\n".join(f"line {number}" for number in range(lines))
        return {"output_type": "stream", "name": "stdout", "text": text}

    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["E"]}
    cells = [
        nbformat.v4.new_code_cell(outputs=nbformat.from_dict([*map(stream, lines), error]))
        for lines in ((), (1,), (2,), (3, 3), (5,), (6, 1), (4, 1, 1), (1001, 2))
    ]
    ours = SimpleNamespace(cells=[*copy.deepcopy(cells), nbformat.v4.new_markdown_cell("text")])
    outputs.cut(ours, most)
    theirs = LimitOutput(max_lines=most)
    wanted = [theirs.preprocess_cell(cell, {}, 0)[0].outputs for cell in cells]
    assert [cell.outputs for cell in ours.cells[:-1]] == wanted
