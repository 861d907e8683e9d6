"""Reads the book's pages as text: what a test about prose needs, and nothing of Sphinx."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORDS_PER_MINUTE = 180
SECONDS_PER_CODE_LINE = 2.0
SECONDS_PER_FIGURE = 8.0
SECONDS_PER_PREDICTION = 30.0  # to make up one's mind before opening the answer
SECONDS_PER_WIDGET = 60.0
SECONDS_PER_QUESTION = 25.0  # quick ones, read and answered; two of them end a page

FOLDS = {"hide-input", "remove-input", "hide-cell", "remove-cell"}
FENCE = re.compile(r"^(`{3,}|~{3,}|:{3,}).*?^\1\s*$", re.M | re.S)
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
ASKED = re.compile(r'<div class="cb-check">.*?^</div>$', re.M | re.S)
READING_LINE = re.compile(r"^\*(\d+) min\b", re.M)


@dataclass(frozen=True)
class Page:
    """One page of the table of contents: its Markdown cells and its code cells, in order.

    ``folded`` are those of the code cells that a reader sees only on request, or not at all.
    """

    path: Path
    markdown: tuple[str, ...]
    code: tuple[str, ...] = field(default=())
    folded: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return "\n\n".join(self.markdown)

    @cached_property
    def links(self) -> list[str]:
        """Targets of all Markdown links and pictures on the page."""
        prose = CODE_SPAN.sub("", FENCE.sub("", self.text))
        return [target for _, _, target in LINK.findall(prose)]

    @cached_property
    def asserted(self) -> set[str]:
        """Every numeral that stands in an ``assert`` of the page, in one normal form."""
        found: set[str] = set()
        for source in self.code:
            tree = ast.parse("\n".join(_without_magic(source)))
            for statement in ast.walk(tree):
                if isinstance(statement, ast.Assert):
                    found |= _numerals_in(statement.test)
        return found

    @property
    def questions(self) -> int:
        """How many questions of the bank the page asks."""
        asked = re.findall(r"<!-- check-yourself: (.+?) -->", self.text)
        asked += [
            names.partition("first=")[0]
            for names in re.findall(r"\bcheck_yourself\((.+?)\)", "\n".join(self.folded))
        ]
        return sum(len(re.findall(r"[\w-]+", names)) for names in asked)

    @property
    def minutes(self) -> float:
        """Reading time: words, open code, figures, predictions, widgets and quick questions."""
        text = ASKED.sub("", self.text)
        words = len(re.findall(r"\w+", CODE_SPAN.sub("x", re.sub(r"<[^>]+>", " ", text))))
        lines = sum(len(source.splitlines()) for source in self.code if source not in self.folded)
        figures = self.text.count("![") + sum(
            len(re.findall(r"(?:image_row|number_grid|plot|panels|side_by_side)\(", source))
            for source in self.code
        )
        widgets = sum(source.count("from convbook.widgets import") for source in self.code)
        seconds = lines * SECONDS_PER_CODE_LINE + figures * SECONDS_PER_FIGURE
        seconds += widgets * SECONDS_PER_WIDGET
        seconds += text.count("<details>") * SECONDS_PER_PREDICTION
        seconds += self.questions * SECONDS_PER_QUESTION
        return words / WORDS_PER_MINUTE + seconds / 60


def _without_magic(source: str):
    return ("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def _numerals_in(node: ast.AST) -> set[str]:
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Constant):
            if isinstance(part.value, bool):
                continue
            if isinstance(part.value, int | float):
                found.add(normal(repr(part.value)))
            elif isinstance(part.value, str):
                found |= {
                    normal(numeral) for numeral in re.findall(r"\d[\d,]*(?:\.\d+)?", part.value)
                }
    return found


def normal(numeral: str) -> str:
    """``150,528`` and ``150528`` are one number; so are ``28.0`` and ``28``."""
    plain = numeral.replace(",", "").replace("\u202f", "").replace("_", "")
    try:
        return f"{float(plain):.12g}"
    except ValueError:
        return plain


@cache
def read_page(path: Path) -> Page:
    if path.suffix == ".md":
        return Page(path, (path.read_text(encoding="utf8"),))
    cells = json.loads(path.read_text(encoding="utf8"))["cells"]
    shown = [cell for cell in cells if cell["cell_type"] == "markdown"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    folded = [cell for cell in code if FOLDS & set(cell["metadata"].get("tags", ()))]
    return Page(
        path, *(tuple("".join(cell["source"]) for cell in kind) for kind in (shown, code, folded))
    )


def _files(node) -> list[str]:
    if isinstance(node, dict):
        own = [node[key] for key in ("root", "file") if key in node]
        return own + [name for value in node.values() for name in _files(value)]
    if isinstance(node, list):
        return [name for item in node for name in _files(item)]
    return []


@cache
def contents() -> list[Path]:
    """The pages of ``_toc.yml`` in reading order."""
    table = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
    paths = []
    for name in _files(table):
        found = [ROOT / f"{name}{suffix}" for suffix in (".ipynb", ".md", "")]
        paths.append(next(path for path in found if path.is_file()))
    return paths


def is_made_of_exercises(page: Page) -> bool:
    """Whether ``book/exercise_pages.py`` makes the page: its numbers are what a question gives."""
    return page.name == "book/19-exercises.md" or page.path.parent.name in ("19", "20")


def is_for_instructors(page: Page) -> bool:
    """Whether the page is a manual of commands; the grader's own tests hold what it says."""
    return page.path.parent.name == "instructors"


def is_statement(page: Page) -> bool:
    """Whether the page shows an assignment's questions: it is worked through, not read."""
    return page.path.parent.name in ("19", "20")


def all_pages() -> list[Page]:
    return [read_page(path) for path in contents()]
