"""A page is never older than what it was made from, and nothing runs again without a reason.

One book is built again and again; each test changes one thing and looks at what followed.
"""

import pytest

WIDGET = """
import anywidget, traitlets
from pathlib import Path

class Dial(anywidget.AnyWidget):
    _esm = (Path(__file__).parent / "dial.js").read_text()
    value = traitlets.Int(3).tag(sync=True)

    @classmethod
    def sources(cls):
        return [Path(__file__).parent / "dial.js"]
"""
NOTEBOOKS = ("through", "beside", "alone", "widget")


@pytest.fixture(scope="module")
def built(book):
    book.module("inner.py", "X = 41")
    book.module("outer.py", "from convbook.inner import X")
    book.module("other.py", "Y = 1")
    book.module("dial.py", WIDGET)
    book.module("dial.js", "export default { render() { /* first */ } };")
    book.notebook(
        "through",
        "from convbook.outer import X",
        "from myst_nb import glue\nglue('answer', X, display=False)",
    )
    book.notebook("beside", "from convbook import other")
    book.notebook("alone", "1 + 1")
    book.notebook("widget", "from convbook.dial import Dial\nDial()")
    book.page("gluing", "# Gluing\n\nIt is {glue:text}`through.ipynb::answer:d`.")
    book.contents(*NOTEBOOKS, "gluing")
    book.build_well()
    return book


def rerun(book) -> list[str]:
    """Build again; the notebooks that ran."""
    before = {name: book.runs(name) for name in NOTEBOOKS}
    book.build_well()
    return [name for name in NOTEBOOKS if book.runs(name) > before[name]]


def test_nothing_runs_twice_for_nothing(built):
    assert [built.runs(name) for name in NOTEBOOKS] == [1, 1, 1, 1]
    assert rerun(built) == []


def test_a_library_change_runs_the_notebooks_that_import_it_and_no_others(built):
    assert ">41<" in built.html("gluing")
    built.module("inner.py", "X = 42")
    assert rerun(built) == ["through"], "it imports inner through outer"
    assert ">42<" in built.html("gluing"), "a number glued into another page is new too"


def test_a_changed_cell_reaches_the_pages_that_glue_from_it(built):
    built.notebook("through", "from myst_nb import glue\nglue('answer', 43, display=False)")
    assert rerun(built) == ["through"]
    assert ">43<" in built.html("gluing")


def test_a_new_front_end_ships_and_no_notebook_runs(built):
    assert "first" in "".join(built.assets())
    built.module("dial.js", "export default { render() { /* second */ } };")
    assert rerun(built) == []
    assert "second" in "".join(built.assets())
    assert "first" not in "".join(built.assets()), "the old front end is cleared away"


def test_a_new_python_default_reaches_the_page(built):
    assert '"value": 3' in built.html("widget")
    built.module("dial.py", WIDGET.replace("Int(3)", "Int(4)"))
    assert rerun(built) == ["widget"]
    assert '"value": 4' in built.html("widget")
