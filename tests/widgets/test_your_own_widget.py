"""The page on widgets of one's own: its cells run, and its widget lives without Python."""

import json
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "notebooks/your-own-widget.ipynb"


@pytest.fixture(scope="module")
def names():
    """What the page's cells leave behind, run in order, their own assertions included."""
    cells = json.loads(PAGE.read_text("utf-8"))["cells"]
    left = {"__name__": "page"}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), left)
    return left


def test_slider_and_lab_stay_tied_in_both_directions(names):
    names["slider"].value = 4
    assert names["lab"].stride == 4
    names["lab"].stride = 1
    assert names["slider"].value == 1
    assert names["heard"][-1] == (4, 1)


def test_the_readers_widget_sets_the_width_of_the_report(names):
    names["relu"].x = -5.0
    assert names["width"].value == 15
    assert names["relu"].y == 0


@pytest.mark.browser
def test_the_readers_widget_works_in_a_page_and_says_what_python_says(open_page, names):
    names["relu"].x = -2.0
    page = open_page(names["relu"])
    assert page.inner_text("output") == "ReLU(-2) = 0"
    for step in range(1, 10):
        page.get_by_label("x").press("ArrowRight")
        names["relu"].x = -2 + step / 2
        assert page.evaluate("models[0].get('x')") == names["relu"].x
        assert page.inner_text("output") == f"ReLU({names['relu'].x:g}) = {names['relu'].y:g}"
