"""Cells that need a package or a data set which the book doesn't bring: run where it is, shown as
recorded where it isn't.

A page calls `show_recorded` in its first cell. ``python -m convbook.recorded NOTEBOOK PACKAGE MARK
RECORD [CELL ...]`` runs the page where the package is installed, and writes the record. PACKAGE is
``-`` where the cells need a data set; each CELL is the id of another cell that the outputs rest on.
"""

from __future__ import annotations

import hashlib
import json
import sys
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def source_key(source: str) -> str:
    """What names a cell in a record: it changes with every character but those at its ends."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:16]


def show_recorded(need: str, record: str | Path, mark: str, *, at_hand: bool | None = None) -> None:
    """Let cells whose first line is ``mark`` print their recorded output if ``need`` is missing.

    ``need`` is a package, or anything else if ``at_hand`` says whether it is there. ``mark`` is a
    comment, so the cells are ordinary Python and run where what they need is at hand.
    A cell that was changed since it was recorded raises LookupError there instead of printing what
    another one gave. Does nothing outside IPython.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if at_hand is None:
        at_hand = find_spec(need) is not None
        missing = f"{need} is not installed here (python -m pip install {need})"
    else:
        missing = f"{need} is not at hand"
    if shell is None or at_hand:
        return
    outputs = json.loads(Path(record).read_text(encoding="utf-8"))["outputs"]
    transform = partial(in_its_place, missing=missing, outputs=outputs, mark=mark)
    shell.input_transformers_cleanup.append(transform)


def in_its_place(lines: list[str], missing: str, outputs: dict[str, str], mark: str) -> list[str]:
    """The lines of a cell as they are, or of a cell that prints what this one printed.

    ``outputs`` maps a cell's `source_key` to its recorded output.
    """
    if not lines or lines[0].strip() != mark:
        return lines
    key = source_key("".join(lines))
    if key not in outputs:
        said = f"{missing}, and this cell was changed since its output was recorded"
        return [f"raise LookupError({said!r})\n"]
    return [f"print({outputs[key]!r}, end='')\n"]


def marked_cells(notebook: Any, mark: str) -> list[Any]:
    """The code cells of a notebook (as nbformat reads it) whose first line is ``mark``."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.split("\n")[0].strip() == mark
    ]


def source_keys(path: str | Path, ids: list[str]) -> dict[str, str]:
    """The `source_key` of each cell of a notebook that ``ids`` names."""
    cells = {cell["id"]: cell for cell in json.loads(Path(path).read_text("utf-8"))["cells"]}
    return {name: source_key("".join(cells[name]["source"])) for name in ids}


def printed_outputs(path: str | Path, mark: str) -> dict[str, str]:
    """Run a notebook without its checks; what its marked cells printed, by `source_key`."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    # Its last cell compares the page with the record, which may be about to be made.
    notebook.cells = [cell for cell in notebook.cells if cell.id != "checks"]
    where = {"metadata": {"path": str(Path(path).parent)}}
    NotebookClient(notebook, timeout=600, resources=where).execute()
    return {
        source_key(cell.source): "".join(
            output.text for output in cell.outputs if output.get("name") == "stdout"
        )
        for cell in marked_cells(notebook, mark)
    }


def main(arguments: list[str] | None = None) -> None:
    """Run a page where what it needs is at hand, and write what its marked cells printed."""
    path, package, mark, record, *others = arguments or sys.argv[1:]
    kept: dict[str, Any] = {}
    if package != "-":
        if not find_spec(package):
            raise SystemExit(f"{package} is not installed here, so there is nothing to record")
        kept["package"] = f"{package} {version(package)}"
    if others:
        kept["rests_on"] = source_keys(path, others)
    kept["outputs"] = printed_outputs(path, mark)
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    Path(record).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
