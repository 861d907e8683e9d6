"""Small books, each built by Sphinx in a process of its own, with a library of their own."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CONF = """
extensions = ["myst_nb", "convbook.publishing"]
exclude_patterns = ["lib", "build"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_output_stderr = "warn"
"""


class Book:
    """A folder with pages, and ``lib/convbook`` in place of the real library beside ours."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.site = folder / "build" / "html"
        self.library = folder / "lib" / "convbook"
        self.library.mkdir(parents=True)
        (self.library / "__init__.py").write_text("")
        (self.library / "publishing").symlink_to(ROOT / "convbook" / "publishing")
        (folder / "conf.py").write_text(CONF)

    def notebook(self, name: str, *cells: str):
        """A page that also counts how often it was executed."""
        count = f"open({str(self.folder / (name + '.runs'))!r}, 'a').write('x')"
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_markdown_cell(f"# {name}")]
        notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in (*cells, f"_ = {count}")]
        nbformat.write(notebook, self.folder / f"{name}.ipynb")

    def page(self, name: str, text: str):
        (self.folder / f"{name}.md").write_text(text)

    def module(self, name: str, text: str):
        """Write a module of the library, later than anything that was built before."""
        path = self.library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def runs(self, name: str) -> int:
        path = self.folder / f"{name}.runs"
        return len(path.read_text()) if path.exists() else 0

    def contents(self, *pages: str):
        """The first page: links to all others."""
        self.page("index", "# Book\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n")

    def html(self, name: str) -> str:
        return (self.site / f"{name}.html").read_text("utf-8")

    def assets(self) -> list[str]:
        return sorted(
            p.read_text("utf-8") for p in (self.site / "_static/afm").glob("?" * 16 + ".js")
        )

    def build(self) -> subprocess.CompletedProcess:
        """Build as ``make book`` does: warnings are errors, but every page is tried."""
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", "html"]
        return subprocess.run(
            [*command, str(self.folder), str(self.site)],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.library.parent), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def build_well(self):
        result = self.build()
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    """One book for all tests of a module, since a build takes seconds."""
    return Book(tmp_path_factory.mktemp("book"))
