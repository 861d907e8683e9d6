"""What a finished page says, section by section: headings, prose and code, each apart."""

import re
from html.parser import HTMLParser
from pathlib import Path

HEADINGS = ("h1", "h2", "h3")
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: What is no prose of the page: a widget's picture, a list of what follows, a plot's numbers.
SKIPPED_TAGS = {"script", "style", "svg", "button", "template", "nav", "summary"}
SKIPPED_CLASSES = {"afm", "toctree-wrapper", "headerlink", "cell_output", "bibliography"}
CODE_CLASSES = {"highlight"}
#: Ends a word where the text around it has no blank.
BLOCKS = {"p", "li", "td", "th", "dt", "dd", "div", "figcaption", "summary", "tr", "pre", "br"}
#: What a formula's text alone would tell wrongly; such a formula is left out of the prose.
TALL = {"mfrac", "msub", "msup", "msubsup", "msqrt", "mtable", "munder", "mover", "munderover"}
#: What stands at a lesson's head and says nothing about its subject.
READING_TIME = re.compile(r"^\d+ min( · before this page:( ?(and|,)? ?sections? [\d.]+,?)+)? ")


class SectionReader(HTMLParser):
    """Reads ``<article class="bd-article">`` into sections: id, heading, text and code."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.sections: list[dict] = []
        self.open: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.formula: str | None = ""

    @property
    def mode(self) -> str:
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        if not self.open and not (tag == "article" and "bd-article" in classes):
            return
        if tag in BLOCKS:
            self.add(" ")
        if tag in VOID:
            return
        mode = self.mode or "text"
        if tag in SKIPPED_TAGS or classes & SKIPPED_CLASSES:
            mode = "none"
        elif mode == "text" and tag == "math":
            mode = "formula"
            self.formula = ""
        elif mode == "formula" and tag in TALL:
            self.formula = None
        elif mode != "none" and classes & CODE_CLASSES:
            mode = "code"
        elif mode == "text" and tag in HEADINGS:
            self.sections.append(
                {"id": self.ids[-1] if self.ids else "", "heading": "", "text": "", "code": ""}
            )
            mode = "heading"
        if tag == "section":
            self.ids.append(values.get("id") or "")
        self.open.append((tag, mode))

    def handle_endtag(self, tag):
        if not self.open or tag in VOID:
            return
        while self.open:
            last, mode = self.open.pop()
            if last == "section" and self.ids:
                self.ids.pop()
            if last == "math" and mode == "formula":
                self.add(" … " if self.formula is None else self.formula)
            if last == tag:
                break
        if tag in BLOCKS:
            self.add(" ")

    def handle_data(self, data):
        if self.open:
            self.add(data)

    def add(self, text: str):
        if self.mode == "formula":
            self.formula = None if self.formula is None else self.formula + text
        elif self.sections and self.mode in ("text", "heading", "code"):
            self.sections[-1][self.mode] += text


def page_texts(path: Path) -> dict:
    """``{"title", "sections": [{"id", "heading", "text", "code"}]}`` of a built page."""
    reader = SectionReader()
    reader.feed(path.read_text("utf-8"))
    sections = [{name: tidy(text) for name, text in one.items()} for one in reader.sections]
    title = sections[0]["heading"] if sections else ""
    for one in sections[:1]:
        one["text"] = READING_TIME.sub("", one["text"])
    return {"title": title, "sections": sections}


def tidy(text: str) -> str:
    """The text on one line, without the theme's mark behind headings."""
    return re.sub(r"\s+", " ", text).strip().removesuffix("#").strip()
