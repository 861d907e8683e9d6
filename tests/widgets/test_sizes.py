"""What a page with widgets adds to the theme stays small: pictures and weights travel apart."""

import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from convbook import widgets

ROOT = Path(__file__).parents[2]
#: Gzipped bytes that a page may load for its widgets, and the share of the host among them.
PAGE, HOST = 100_000, 6_000
PICTURE = re.compile(r'data:image/[^"]*')


@cache
def front_end(name: str) -> int:
    """Gzipped bytes of a widget's script and style, without the pictures inside the script."""
    widget = getattr(widgets, name)
    script = PICTURE.sub("", str(widget._esm))
    return sum(len(gzip.compress(text.encode(), mtime=0)) for text in (script, str(widget._css)))


def files(entries):
    for entry in entries:
        yield ROOT / f"{entry['file']}.ipynb"
        yield from files(entry.get("sections", []))


def pages() -> dict[str, set[str]]:
    """The widgets that each page of the book names in its code."""
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]
    found = {}
    for part in parts:
        for path in filter(Path.is_file, files(part["chapters"])):
            cells = json.loads(path.read_text("utf-8"))["cells"]
            code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
            used = {name for name in widgets.__all__ if re.search(rf"\b{name}\(", code)}
            if used:
                found[path.stem] = used
    return found


@pytest.mark.parametrize("name", widgets.__all__)
def test_a_widgets_front_end_takes_less_than_half_of_a_pages_budget(name):
    assert front_end(name) <= PAGE // 2 - HOST


@pytest.mark.parametrize(("page", "used"), pages().items())
def test_all_widgets_of_a_page_fit_its_budget(page, used):
    assert sum(map(front_end, used)) + HOST <= PAGE, {name: front_end(name) for name in used}


def test_the_pages_were_found():
    assert {"PoolingLab"} <= pages()["04-05-pooling"]
    assert len(pages()) >= 12
