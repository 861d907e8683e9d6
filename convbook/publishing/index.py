"""The general index: every entry of the glossary, and every page that the glossary names for it.

The glossary is the one list of words. An entry is a heading; its links say where the word is
explained. Each of these pages gets the word as an index entry, so the index leads to all of them.
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

GLOSSARY = "book/glossary"
ENTRY = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)\.(?:md|ipynb)(?:#[^)]*)?\)")


@cache
def words(glossary: Path) -> dict[Path, list[str]]:
    """Page (its path without a suffix) -> the glossary's words that it explains."""
    found: dict[Path, list[str]] = {}
    for word, text in ENTRY.findall(glossary.read_text("utf-8")):
        for page in dict.fromkeys(LINK.findall(text)):
            found.setdefault((glossary.parent / page).resolve(), []).append(word.strip())
    return found


class AddIndexEntries(SphinxTransform):
    """Before Sphinx collects index entries (850), and after headings have their ids."""

    default_priority = 800

    def apply(self, **kwargs):
        glossary = Path(self.env.doc2path(GLOSSARY))
        if not glossary.exists():
            return
        if self.env.docname == GLOSSARY:
            for section in self.document.findall(nodes.section):
                if section.parent is not self.document:
                    index(section, [section.next_node(nodes.title).astext()])
            self.lead_to_index()
            return
        page = Path(self.env.doc2path(self.env.docname)).with_suffix("").resolve()
        section = self.document.next_node(nodes.section)
        if section is not None and page in words(glossary):
            self.env.note_dependency(str(glossary))
            index(section, words(glossary)[page])

    def lead_to_index(self):
        """A line below the glossary's introduction; Markdown has no link to a page that is made."""
        place = self.document.next_node(nodes.section)
        link = addnodes.pending_xref(
            "", nodes.inline(text="the index"), refdomain="std", reftype="ref",
            reftarget="genindex", refexplicit=True, refdoc=GLOSSARY, refwarn=True,
        )  # fmt: skip
        line = nodes.paragraph("", "All pages for a word, at once: ", link, nodes.Text("."))
        first = next((child for child in place.children if isinstance(child, nodes.section)), None)
        place.insert(place.index(first) if first is not None else len(place), line)


def index(section, entries: list[str]):
    """Put index entries for a section behind its title, which Sphinx expects to come first."""
    target = section["ids"][0]
    section.insert(1, addnodes.index(entries=[("single", e, target, "", None) for e in entries]))


def setup(app):
    app.add_transform(AddIndexEntries)
