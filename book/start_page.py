"""Write the page that `make lab` opens: every section and every exercise, in order, one click away.

It is made from `_toc.yml` and the pages' own titles, so that it cannot drift from the book:
`python book/start_page.py [target]`.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "notebooks/00-start.ipynb"
INTRODUCTION = """\
# Start here

This is *Convolutional Neural Networks* as notebooks. Open a page, run it from the top with
**Run ▸ Run All Cells**, change something, run it again. Pages marked *text* hold no code.
Every picture that answers to your finger in the published book answers here too, and here its
state is also yours in Python.
"""


def title_of(path: Path) -> str:
    """The first heading of a notebook or Markdown page, without its markup."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    if heading is None:
        raise ValueError(f"{path.relative_to(ROOT)} has no '# Title' line; give it one")
    return heading.group(1).strip()


def file_of(entry: str) -> Path:
    """The page that a `file:` of `_toc.yml` names, with its suffix."""
    found = [p for s in (".ipynb", ".md") if (p := ROOT / f"{entry}{s}").exists()]
    if not found:
        raise FileNotFoundError(f"_toc.yml names {entry}, but there is no .ipynb or .md of it")
    return found[0]


def lines(entries: list[dict], depth: int = 0) -> Iterator[str]:
    """One list item a page, its sections indented below it."""
    for entry in entries:
        path = file_of(entry["file"])
        target = os.path.relpath(path, TARGET.parent).replace(os.sep, "/")
        kind = " (text)" if path.suffix == ".md" else ""
        yield f"{'  ' * depth}- [{title_of(path)}]({target}){kind}"
        yield from lines(entry.get("sections", []), depth + 1)


def start_page() -> nbformat.NotebookNode:
    """The whole page as a notebook of Markdown cells."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    texts = [INTRODUCTION]
    for part in contents["parts"]:
        texts.append("\n".join([f"## {part['caption']}", "", *lines(part["chapters"])]))
    exercises = sorted((ROOT / "exercises").glob("*/*.ipynb"))
    items = [f"- [{title_of(path)}](../{path.relative_to(ROOT).as_posix()})" for path in exercises]
    if items:
        texts.append("\n".join(["## Exercises to hand in", "", *items]))
    cells = [nbformat.v4.new_markdown_cell(t.strip(), id=f"start-{i}") for i, t in enumerate(texts)]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


if __name__ == "__main__":
    nbformat.write(start_page(), sys.argv[1] if len(sys.argv) > 1 else TARGET)
