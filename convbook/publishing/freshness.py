"""A page is never older than what it was made from.

jupyter-cache runs a notebook again when its code cells change, and Sphinx reads a page again when
its own file changes. Both miss two things, which this module adds:

- A notebook also depends on what it imports from this package, directly or through other modules.
  Their content goes into the cache's key, and each file becomes a dependency of the page.
- A page that shows a number glued in a notebook depends on that notebook.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from myst_nb.ext.glue.utils import PendingGlueReference
from myst_nb.sphinx_ import NbMetadataCollector

from convbook.publishing.imports import Package

PACKAGE = "convbook"


def mark_notebook(app, docname, source):
    """Put a hash of what a notebook imports where jupyter-cache looks: in its kernelspec."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        source[0], files = marked(source[0])
        for path in files:
            app.env.note_dependency(str(path))


def marked(text: str) -> tuple[str, list[Path]]:
    """A notebook with that hash, and the files behind it."""
    notebook = json.loads(text)
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    files = package().files_behind(code)
    kernelspec = notebook["metadata"].setdefault("kernelspec", {})
    kernelspec.setdefault("name", "python3")
    kernelspec.setdefault("display_name", "Python 3")
    kernelspec["imports"] = digest(files)
    return json.dumps(notebook), files


@cache
def package() -> Package:
    return Package(PACKAGE)


def digest(files: list[Path]) -> str:
    content = hashlib.sha256()
    for path in files:
        content.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return content.hexdigest()


def note_glue(app, doctree):
    """Remember which notebooks this page takes numbers from."""
    sources = {node.refdoc for node in doctree.findall(PendingGlueReference)}
    NbMetadataCollector.set_doc_data(app.env, app.env.docname, "glued_from", sources)


def read_gluing_pages(app, env, docnames):
    """Read again each page that takes a number from a notebook that is read again."""
    changed = set(docnames)
    for page, data in NbMetadataCollector.get_doc_data(env).items():
        if page in env.found_docs - changed and changed & data.get("glued_from", set()):
            docnames.append(page)


def setup(app):
    app.connect("source-read", mark_notebook)
    app.connect("doctree-read", note_glue)
    app.connect("env-before-read-docs", read_gluing_pages)
