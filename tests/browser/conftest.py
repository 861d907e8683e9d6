"""A small site for the host, the real book for everything else, and a browser for both."""

import fcntl
import os
import shutil
import subprocess
import sys
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
    "Holder(parts=[bytes(range(9)), {'second': bytes([1]) * 6000}, list(range(3000))], text='')",
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
    items.sort(key=turn)


def turn(item) -> int:
    """The crawl first, since it builds the book; meanwhile the other process does what needs none.

    A file stays in one process. The long ones of the grader come next and the short ones last, so
    that both processes end at about the same time.
    """
    folder = item.path.relative_to(HERE.parent).parts[0]
    if item.path.stem == "test_crawl":
        return 0
    return {"grading": 1, "lab": 2, "browser": 3}.get(folder, 4)


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
    paths = os.pathsep.join(map(str, (HERE, ROOT)))
    subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, cwd=folder, check=True)
    with Site(folder / "site").served() as site:
        yield site


def build_book():
    """Build the real book as ``make book`` does, once for all processes of a test run."""
    this_run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    (ROOT / "_build").mkdir(exist_ok=True)
    with (ROOT / "_build" / "built-for-tests").open("a+") as record:
        fcntl.flock(record, fcntl.LOCK_EX)  # until the file is closed
        record.seek(0)
        if this_run and record.read() == this_run:
            return
        command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W"]
        # As readers get it, with the records of what was run on data that the book doesn't bring.
        environment = {name: to for name, to in os.environ.items() if name != "CONVBOOK_DATA"}
        built = subprocess.run(
            [*command, "--keep-going"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-4000:]
        record.truncate(0)
        record.write(this_run)


@pytest.fixture(scope="session")
def book_site():
    """The real book; ``CONVBOOK_SITE`` may name a folder where it is built already."""
    folder = os.environ.get("CONVBOOK_SITE")
    if not folder:
        build_book()
        folder = ROOT / "_build" / "html"
    with Site(Path(folder).resolve()).served() as site:
        yield site
