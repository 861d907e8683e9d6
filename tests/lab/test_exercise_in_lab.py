"""An exercise as a student opens it: the handed-out notebook, the installed library, no network."""

import json

import nbformat
import pytest
import waiting
from playwright.sync_api import expect
from running import run_all
from students import Environment

NAME = "06-transfer-and-interpretation"  # its cells draw, too
PATIENCE = 120_000


@pytest.fixture(scope="module")
def exercise(lab, tmp_path_factory):
    """The exercise in a folder of its own, with the students' Python as its kernel."""
    environment = Environment(tmp_path_factory.mktemp("student"))
    kernel = lab.settings / "jupyter_data" / "kernels" / "student"
    kernel.mkdir(parents=True)
    start = [str(environment.python), "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": start, "display_name": "Student", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(about))
    notebook = nbformat.read(environment.exercises / NAME / f"{NAME}.ipynb", as_version=4)
    notebook.metadata.kernelspec = {"name": "student", "display_name": "Student"}
    folder = lab.folder / "student" / NAME
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    return folder / f"{NAME}.ipynb"


def code_cells(path):
    """The cells with code; none while the file is being written."""
    try:
        cells = nbformat.read(path, as_version=4).cells
    except nbformat.reader.NotJSONError:
        return []
    return [cell for cell in cells if cell.cell_type == "code" and cell.source]


def is_done(cell) -> bool:
    """Whether a cell has failed, or shows its pictures and a line for each answer handed in."""
    if any(output.output_type == "error" for output in cell.outputs):
        return True
    lines = "".join(output.get("text", "") for output in cell.outputs).count("\n")
    draws = "beside(" in cell.source or "plt.show()" in cell.source
    has_drawn = any(output.output_type == "display_data" for output in cell.outputs)
    return (has_drawn or not draws) and (lines == cell.source.count("hand_in(") or not grades(cell))


def grades(cell) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def cells_that_ran(page, path):
    """The cells of the saved file when all have run, or None if they don't.

    JupyterLab keeps only what is seen in the page; the file tells of every cell. A cell's number
    comes on another channel than what it prints and draws, and a notebook that is run a second time
    still has what some of its cells showed before: only when every cell is done, all is there.
    """
    cells = []

    def saved():
        page.locator("[data-command='docmanager:save']").first.click()
        cells[:] = code_cells(path)
        return cells and all(cell.execution_count and is_done(cell) for cell in cells)

    if waiting.happens(saved, pause=waiting.beat(page)):
        return cells
    print("not done:", *(cell.source for cell in cells if not is_done(cell)), sep="\n")
    return None


def test_an_exercise_opens_and_runs_to_its_end_untouched(lab, exercise, visits):
    page = visits.open(lab.url(f"doc/tree/{exercise.relative_to(lab.folder).as_posix()}"))
    notebook = page.locator(".jp-Notebook")
    expect(notebook.get_by_role("heading", name="Exercises 06")).to_be_visible(timeout=PATIENCE)
    hint = notebook.locator("details").first
    expect(hint).not_to_have_attribute("open", "", timeout=PATIENCE)
    hint.locator("summary").click()
    expect(hint).to_have_attribute("open", "")

    page.reload()  # the click has chosen the hint's cell; now the first one is chosen again
    cells = run_all(page, exercise, lambda: cells_that_ran(page, exercise))
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []
