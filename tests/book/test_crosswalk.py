"""Section 11.5: what it shows of PyTorch is what its cells print where PyTorch is installed."""

import json
from importlib.util import find_spec
from types import SimpleNamespace

import nbformat
import pytest
from book_pages import ROOT

from convbook import recorded

PAGE = ROOT / "notebooks/11/11-05-pytorch.ipynb"
RECORD = ROOT / "runs/outputs/11-05-pytorch.json"
MARK = "# PyTorch"
AGAIN = (
    "python -m convbook.recorded notebooks/11/11-05-pytorch.ipynb torch '# PyTorch' "
    "runs/outputs/11-05-pytorch.json"
)


def test_every_cell_of_the_page_has_its_record_and_every_record_its_cell():
    cells = recorded.marked_cells(nbformat.read(PAGE, as_version=4), MARK)
    kept = json.loads(RECORD.read_text("utf-8"))
    keys = {recorded.source_key(cell.source) for cell in cells}
    assert len(keys) == len(cells) >= 10
    assert keys == kept["outputs"].keys(), f"where torch is installed: {AGAIN}"
    assert all(kept["outputs"].values()), "a cell that prints nothing shows nothing"
    assert kept["package"].startswith("torch 2.")


@pytest.mark.keras
@pytest.mark.skipif(not find_spec("torch"), reason="the extra torch is not installed")
def test_where_pytorch_is_installed_the_cells_print_what_is_recorded():
    """Weights over and back, one kind of step in both, and each difference of the page."""
    kept = json.loads(RECORD.read_text("utf-8"))["outputs"]
    assert recorded.printed_outputs(PAGE, MARK) == kept


CELL = f"{MARK}\nimport no_such_package\nprint(no_such_package.answer)"


def show(monkeypatch, package):
    """What becomes of a cell on a machine that has ``package`` or not, and of another cell."""
    shell = SimpleNamespace(input_transformers_cleanup=[])
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    recorded.show_recorded(package, RECORD, MARK)
    return shell.input_transformers_cleanup


def test_a_marked_cell_prints_its_record_where_the_package_is_missing(monkeypatch, capsys):
    (transform,) = show(monkeypatch, "no_such_package")
    cell = recorded.marked_cells(nbformat.read(PAGE, as_version=4), MARK)[0].source
    exec("".join(transform(cell.splitlines(keepends=True))), {})
    kept = json.loads(RECORD.read_text("utf-8"))["outputs"]
    assert capsys.readouterr().out == kept[recorded.source_key(cell)]
    assert transform(["x = 1  # PyTorch\n"]) == ["x = 1  # PyTorch\n"]


def test_a_marked_cell_that_was_changed_is_refused_and_not_shown_with_anothers_output(monkeypatch):
    (transform,) = show(monkeypatch, "no_such_package")
    with pytest.raises(LookupError, match="pip install no_such_package"):
        exec("".join(transform(CELL.splitlines(keepends=True))), {})


def test_where_the_package_is_installed_cells_run_as_they_are(monkeypatch):
    assert show(monkeypatch, "numpy") == []
