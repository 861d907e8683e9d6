"""What 11.5 shows of PyTorch and 18.3 of real digits is what their cells print where both are."""

import json
from importlib.util import find_spec
from types import SimpleNamespace

import nbformat
import pytest
from book_pages import ROOT
from claims import for_each

from convbook import recorded

PAGE = ROOT / "notebooks/11/11-05-pytorch.ipynb"
RECORD = ROOT / "runs/outputs/11-05-pytorch.json"
MARK = "# PyTorch"
AGAIN = (
    "python -m convbook.recorded notebooks/11/11-05-pytorch.ipynb torch '# PyTorch' "
    "runs/outputs/11-05-pytorch.json"
)


DIGITS = (ROOT / "notebooks/18/18-03-devanagari.ipynb", "# DHCD", 1)
DIGITS_AGAIN = (
    "CONVBOOK_DATA=... python -m convbook.recorded notebooks/18/18-03-devanagari.ipynb - '# DHCD' "
    "runs/outputs/18-03-devanagari.json train"
)


@for_each(("page", "mark", "cells", "again"), [(PAGE, MARK, 10, AGAIN), (*DIGITS, DIGITS_AGAIN)])
def test_every_marked_cell_has_its_record_and_every_record_its_cell(page, mark, cells, again):
    marked = recorded.marked_cells(nbformat.read(page, as_version=4), mark)
    kept = json.loads((RECORD.parent / f"{page.stem}.json").read_text("utf-8"))
    keys = {recorded.source_key(cell.source) for cell in marked}
    assert len(keys) == len(marked) >= cells
    assert keys == kept["outputs"].keys(), f"where what they need is at hand: {again}"
    assert all(kept["outputs"].values()), "a cell that prints nothing shows nothing"
    rests_on = kept.get("rests_on", {})
    assert rests_on == recorded.source_keys(page, list(rests_on)), f"changed, so: {again}"


def test_the_record_of_pytorch_names_its_version():
    assert json.loads(RECORD.read_text("utf-8"))["package"].startswith("torch 2.")


@pytest.mark.keras
@pytest.mark.skipif(not find_spec("torch"), reason="the extra torch is not installed")
def test_where_pytorch_is_installed_the_cells_print_what_is_recorded():
    """Weights over and back, one kind of step in both, and each difference of the page."""
    kept = json.loads(RECORD.read_text("utf-8"))["outputs"]
    assert recorded.printed_outputs(PAGE, MARK) == kept


CELL = f"{MARK}\nimport no_such_package\nprint(no_such_package.answer)"


def show(monkeypatch, need, **at_hand):
    """What becomes of a cell on a machine that has what it needs or not, and of another cell."""
    shell = SimpleNamespace(input_transformers_cleanup=[])
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    recorded.show_recorded(need, RECORD, MARK, **at_hand)
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


def test_where_what_they_need_is_at_hand_cells_run_as_they_are(monkeypatch):
    assert show(monkeypatch, "numpy") == []
    assert show(monkeypatch, "a data set", at_hand=True) == []
    assert len(show(monkeypatch, "a data set", at_hand=False)) == 1
