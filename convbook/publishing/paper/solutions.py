"""The booklet of solutions, apart from the book: each question, its answer, the marks for words."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
HINTS = re.compile(r"<details>.*?</details>\s*", re.DOTALL)
LINKS = re.compile(r"\[([^\]]+)\]\([^)]+\)")  # they lead into the book, which is another document
RULES = ("## How this works", "## Before you start", "---\nDone?")  # for those who hand in
SAYS = {
    "=== BEGIN MARK SCHEME ===": "**Marks**",
    "=== END MARK SCHEME ===": "",
    "### BEGIN SOLUTION": "**Solution**",
    "### END SOLUTION": "",
}
COVER = """<section class="cover"><h1>Solutions</h1>
<p class="subtitle">to the exercises, with the marks for written answers</p></section>"""


def booklet(folder: Path) -> str:
    """The body of the document, from the notebooks that the exercises are made of."""
    notebooks = sorted(folder.glob("*/*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"{folder} holds no solutions; expected NAME/NAME.ipynb below it")
    chapters = ["\n".join(solved(path)) for path in notebooks]
    return COVER + "".join(f'<article class="depth-0">{chapter}</article>' for chapter in chapters)


def solved(notebook: Path) -> Iterator[str]:
    """The cells of a notebook that ask or answer, as HTML."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and not text.startswith(RULES):
            yield asked(text)
        elif solution := REGION.findall(text):
            yield coloured("\n".join(dedent(part) for part in solution))


def asked(text: str) -> str:
    """A question without its hints, an answer in words, or the marks for one."""
    text = LINKS.sub(r"\1", HINTS.sub("", text))
    for mark, words in SAYS.items():
        text = text.replace(mark, words)
    return markdown().render(text)


def markdown() -> MarkdownIt:
    def formula(content, options):
        left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
        return html.escape(f"{left}{content}{right}")

    reader = MarkdownIt("commonmark").enable("table")
    return reader.use(dollarmath_plugin, renderer=formula)


def coloured(code: str) -> str:
    return highlight(code, PythonLexer(), HtmlFormatter(cssclass="highlight"))
