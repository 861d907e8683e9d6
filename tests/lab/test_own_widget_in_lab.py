"""The page on widgets of one's own, run in JupyterLab: its ties hold under a reader's keys."""

from pathlib import Path

import nbformat
from playwright.sync_api import expect
from running import heard_within, run_all

PAGE = Path(__file__).parents[2] / "notebooks/your-own-widget.ipynb"
LISTEN = """
import json

def hear(change):
    with open("own.jsonl", "a") as file:
        file.write(json.dumps([change["name"], change["new"]]) + "\\n")

lab.observe(hear, names="stride")
relu.observe(hear, names="x")
width.observe(hear, names="value")
hear({"name": "ready", "new": True})
"""


def test_a_plain_slider_moves_the_lab_and_the_readers_widget_moves_a_plain_slider(lab, visits):
    notebook = nbformat.read(PAGE, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(LISTEN))
    nbformat.write(notebook, lab.folder / "own.ipynb")
    # JupyterLab builds only the cells that are in sight: the whole page is, on a screen this high.
    page = visits.open(lab.url("doc/tree/own.ipynb"), height=2400)
    log = lab.folder / "own.jsonl"
    run_all(page, lab.folder / "own.ipynb", lambda: heard_within(log, ["ready", True], seconds=90))

    slider = page.locator(".widget-slider", has_text="stride").get_by_role("slider")
    slider.press("ArrowRight")
    assert heard_within(log, ["stride", 3])

    own = page.get_by_label("x", exact=True)
    own.press("ArrowRight")
    assert heard_within(log, ["x", 4.0])
    assert heard_within(log, ["value", 24])
    expect(page.get_by_text("(24 - 3) + 1 = 22 outputs")).to_be_visible()
