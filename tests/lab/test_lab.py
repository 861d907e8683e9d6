"""The book in JupyterLab: a widget and its Python traits in step, and the page to start from."""

import functools

import nbformat
import pytest
from playwright.sync_api import expect
from running import heard_within, run_all

CELLS = [
    """
import json
from convbook.widgets import KernelLab

lab = KernelLab()

def hear(change):
    with open("heard.jsonl", "a") as file:
        file.write(json.dumps([change["name"], change["new"]]) + "\\n")
    if change["name"] == "stride":
        lab.preset = "sharpen"

lab.observe(hear, names=["stride", "column", "kernel"])
lab
""",
    'hear({"name": "ready", "new": True})',
]


@pytest.fixture
def heard(lab):
    """What the kernel heard from the page: pairs of trait and new value."""
    path = lab.folder / "heard.jsonl"

    def wait_for(pair):
        assert heard_within(path, pair), f"the kernel did not hear {pair}"

    return wait_for


def test_a_widget_and_its_python_traits_stay_in_step(lab, visits, heard):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "widget.ipynb")
    # JupyterLab builds only the cells that are in sight: both are, on a screen this high.
    page = visits.open(lab.url("doc/tree/widget.ipynb"), height=2400)
    log = lab.folder / "heard.jsonl"
    ready = functools.partial(heard_within, log, ["ready", True], seconds=90)
    run_all(page, lab.folder / "widget.ipynb", ready)
    widget = page.locator(".cb-kernel-lab")

    stride = widget.get_by_label("Stride", exact=False).first
    stride.focus()
    stride.press("ArrowRight")  # JupyterLab would take the arrow keys for itself
    heard(["stride", 2])

    heard(["kernel", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]])  # set in Python by the callback
    expect(widget.get_by_label("Row 2, column 2", exact=True)).to_have_value("5")

    output = widget.get_by_role("grid", name="Output picture").get_by_role("gridcell")
    output.focus()
    grid = page.evaluate("() => document.activeElement.parentElement.parentElement.ariaLabel")
    assert grid.startswith("Output picture")
    output.press("Home")
    heard(["column", 0])
    output.press("ArrowRight")
    heard(["column", 1])

    weight = widget.get_by_label("Row 2, column 2", exact=True)
    weight.fill("6")
    weight.press("Enter")
    heard(["kernel", [[0, -1, 0], [-1, 6, -1], [0, -1, 0]]])


def test_the_start_page_leads_to_sections_and_exercises(lab, visits):
    page = visits.open(lab.url("lab/tree/notebooks/00-start.ipynb"))
    start = page.locator(".jp-Notebook")
    expect(start.get_by_role("heading", name="Start here")).to_be_visible(timeout=60_000)
    start.get_by_role("link", name="7. Worked numerical examples").click()
    opened = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(opened.get_by_role("heading", name="7. Worked numerical examples")).to_be_visible(
        timeout=60_000
    )
