"""A small site for the host, the real book for everything else, and a browser for both."""

import fcntl
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from browsing import Site, Visits

HERE = Path(__file__).parent
CONF = """
extensions = ["myst_nb", "convbook.publishing"]
html_theme = "sphinx_book_theme"
html_favicon = "favicon.svg"
"""
CELLS = [
    "from sample_widgets import *\ncounter = Counter(count=3)\ncounter",
    "counter",
    "Holder(parts=[bytes(range(9)), {'second': bytes([1]) * 6000}], text='t' * 5000)",
    "Listener()",
    "Broken()",
    "Broken(when='later')",
    "from IPython.display import HTML\nHTML('<div style=\"height: 3000px\"></div>')",
    "Counter(count=100)",
]
ROOT = HERE.parent.parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))  # one Chromium, one small site


@pytest.fixture
def visits(browser):
    """Opens pages; the test fails if any of them asked another host or wrote to the console."""
    visits = Visits(browser)
    yield visits
    visits.close()
    assert visits.problems == []


@pytest.fixture(params=["http", "file"])
def scheme(request):
    return request.param


@pytest.fixture(scope="session")
def small_site(tmp_path_factory):
    """A page of sample widgets, in the book's theme."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "conf.py").write_text(CONF)
    shutil.copy(ROOT / "book/static/favicon.svg", folder)
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("# Sample widgets")]
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    nbformat.write(notebook, folder / "index.ipynb")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(folder), str(folder / "site")]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(HERE)}, cwd=folder, check=True)
    with Site(folder / "site").served() as site:
        yield site


@contextmanager
def locked(path: Path):
    """Only one process at a time builds the book."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def book_site():
    """The real book, built as ``make book`` does; CONVBOOK_SITE names one that is built already."""
    folder = os.environ.get("CONVBOOK_SITE")
    if not folder:
        folder = ROOT / "_build" / "html"
        with locked(ROOT / "_build" / ".lock"):
            command = [sys.executable, "-m", "jupyter_book", "build", ".", "-W", "--keep-going"]
            built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert built.returncode == 0, built.stderr[-4000:]
    with Site(Path(folder).resolve()).served() as site:
        yield site
