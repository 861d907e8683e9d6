"""Runs exercise notebooks in this process and makes students of plain Python."""

import contextlib
import io
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from student_environment import Absent

from autograder.jail.student import LocalStudent

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def without_tensorflow() -> Iterator[None]:
    """A Python in which TensorFlow and its like are not installed."""
    with pytest.MonkeyPatch.context() as patch:
        for module in [m for m in sys.modules if m.split(".")[0] in Absent.names]:
            patch.delitem(sys.modules, module)
        patch.setattr(sys, "meta_path", [Absent, *sys.meta_path])
        yield


def namespace_of(path: Path) -> dict:
    """Run a notebook's code cells in order, as JupyterLab would, and return its names."""
    namespace = {"__name__": "__main__"}
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type == "code":
            code = compile(cell.source, f"{path.name}, cell {number}", "exec")
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, namespace)
    return namespace


def student_of(source: str = "", **values) -> LocalStudent:
    """Make a student whose notebook holds `source` and the variables `values`."""
    namespace = {}
    exec("import numpy as np\n" + textwrap.dedent(source), namespace)
    return LocalStudent(namespace | values)
