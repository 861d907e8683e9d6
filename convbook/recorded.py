"""Cells that need a package which the book doesn't install: run where it is, shown as recorded
where it isn't.

A page calls `show_recorded` in its first cell. ``python -m convbook.recorded NOTEBOOK PACKAGE MARK
RECORD`` runs the page where the package is installed, and writes the record.
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


def show_recorded(package: str, record: str | Path, mark: str) -> None:
    """Let cells whose first line is ``mark`` print their recorded output if ``package`` is missing.

    ``mark`` is a comment, so the cells are ordinary Python and run where the package is installed.
    A cell that was changed since it was recorded raises LookupError there instead of printing what
    another one gave. Does nothing outside IPython.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or find_spec(package):
        return
    outputs = json.loads(Path(record).read_text(encoding="utf-8"))["outputs"]
    transform = partial(in_its_place, package=package, outputs=outputs, mark=mark)
    shell.input_transformers_cleanup.append(transform)


def in_its_place(lines: list[str], package: str, outputs: dict[str, str], mark: str) -> list[str]:
    """The lines of a cell as they are, or of a cell that prints what this one printed.

    ``outputs`` maps a cell's `source_key` to its recorded output.
    """
    if not lines or lines[0].strip() != mark:
        return lines
    key = source_key("".join(lines))
    if key not in outputs:
        said = (
            f"{package} is not installed here, and this cell was changed since its output was "
            f"recorded; python -m pip install {package}"
        )
        return [f"raise LookupError({said!r})\n"]
    return [f"print({outputs[key]!r}, end='')\n"]


def marked_cells(notebook: Any, mark: str) -> list[Any]:
    """The code cells of a notebook (as nbformat reads it) whose first line is ``mark``."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.split("\n")[0].strip() == mark
    ]


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
    """Run a page where the package is installed, and write what its marked cells printed."""
    path, package, mark, record = arguments or sys.argv[1:]
    if not find_spec(package):
        raise SystemExit(f"{package} is not installed here, so there is nothing to record")
    kept = {"package": f"{package} {version(package)}", "outputs": printed_outputs(path, mark)}
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    Path(record).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
