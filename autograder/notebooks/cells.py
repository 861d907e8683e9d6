"""What nbgrader's metadata say of a notebook's cells."""

from pathlib import Path

import nbformat.v4


def marks(cell) -> dict:
    """Return nbgrader's metadata of a cell, or an empty dict."""
    return cell.metadata.get("nbgrader", {})


def is_answer(cell) -> bool:
    """Whether students answer in this cell; all others that have a mark are locked."""
    return bool(marks(cell).get("solution"))


def is_judged(cell) -> bool:
    """Whether a checker, and not a person, marks this cell."""
    return cell.cell_type == "code" and bool(marks(cell).get("grade")) and not is_answer(cell)


def judged_points(notebook) -> dict[str, float]:
    """The points of the cells that a checker marks, by their ids."""
    return {
        marks(cell)["grade_id"]: float(marks(cell)["points"])
        for cell in notebook.cells
        if is_judged(cell)
    }


def cells_to_run(notebook) -> dict[int, str]:
    """Return the sources of the code cells that are run, by their places in the notebook."""
    return {
        at: cell.source
        for at, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and not is_judged(cell)
    }


def of_the_course(notebook) -> dict[int, str]:
    """Return the sources of the code cells that nobody answers in, by their places."""
    return {
        at: cell.source
        for at, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and marks(cell).get("locked") and not is_answer(cell)
    }


def written_answers(notebook) -> list[str]:
    """The answers in words, which a person marks."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type != "code" and marks(cell).get("solution")
    ]


def handed_in(notebook, released) -> list[str]:
    """What of a rebuilt notebook is the student's: answers, and cells that nobody gave them.

    `released` may be a later version of the notebook that was given; its own cells don't count.
    """
    given = {cell.id for cell in released.cells}
    return [
        cell.source
        for cell in notebook.cells
        if marks(cell).get("solution") or (cell.cell_type == "code" and cell.id not in given)
    ]


def read_own(path: Path):
    """Read a notebook of the course's own or of ours: its form was checked when it was written."""
    return nbformat.v4.reads(Path(path).read_text(encoding="utf-8"))
