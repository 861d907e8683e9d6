"""Notebooks that open elsewhere: on Binder, on Colab, on a JupyterHub.

Their buttons are the theme's; there are none until ``_config.yml`` names the repository, and until
then a paragraph or a list's item that ends with ``<!-- where launched -->`` is left out. They open
the branch ``launch``: the repository as it is, but each notebook begins with a cell that installs
the library where a machine has none. ``python -m convbook.publishing.launch FOLDER`` changes the
notebooks of a copy so.
"""

import sys
from pathlib import Path

import nbformat
import yaml
from docutils import nodes

MARK = "<!-- where launched -->"
HOSTS = ("binderhub", "colab", "deepnote", "jupyterhub", "jupyterlite")

CELL = """\
# On Colab, install what this page imports (a minute or two). Elsewhere it is there already.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet "convbook[keras] @ git+{repository}@{branch}"
"""


def drop_dead_buttons(app, config):
    """Without the repository's address a button would lead nowhere, and the theme stumbles."""
    options = config.html_theme_options
    if "launch_buttons" in options and not options.get("repository_url"):
        options["launch_buttons"] = {}


def drop_what_needs_buttons(app, doctree, docname):
    """What speaks of the buttons, and ends with MARK, stands only in books that have them."""
    buttons = app.config.html_theme_options.get("launch_buttons") or {}
    if any(buttons.get(f"{host}_url") for host in HOSTS):
        return
    for mark in [one for one in doctree.findall(nodes.raw) if one.astext().strip() == MARK]:
        part = mark.parent
        while isinstance(part.parent, nodes.list_item) and len(part.parent) == 1:
            part = part.parent
        part.parent.remove(part)


def prepare(folder: Path) -> list[Path]:
    """Put the cell at the top of each notebook below ``folder`` that runs code; return these."""
    repository = yaml.safe_load((folder / "_config.yml").read_text("utf-8")).get("repository", {})
    if not repository.get("url"):
        raise ValueError("_config.yml names no repository; set repository: url to its address")
    source = CELL.format(repository=repository["url"], branch=repository["branch"])
    notebooks = [*sorted(folder.glob("notebooks/**/*.ipynb")), *sorted(folder.glob("book/*.ipynb"))]
    return [path for path in notebooks if add_cell(path, source)]


def add_cell(path: Path, source: str) -> bool:
    """Insert the cell below a notebook's title, once; a notebook without code needs none."""
    notebook = nbformat.read(path, as_version=4)
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return False
    if notebook.cells[0].id == "launch":
        return False
    notebook.cells.insert(0, nbformat.v4.new_code_cell(source.rstrip(), id="launch"))
    nbformat.write(notebook, path)
    return True


def setup(app):
    app.connect("config-inited", drop_dead_buttons)
    app.connect("doctree-resolved", drop_what_needs_buttons)


def main():
    if len(sys.argv) != 2:
        raise SystemExit("python -m convbook.publishing.launch FOLDER: a copy of the repository")
    for path in prepare(Path(sys.argv[1])):
        print(path)


if __name__ == "__main__":
    main()
