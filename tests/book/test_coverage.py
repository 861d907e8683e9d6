"""Nothing of the source chapter is dropped: each of its parts is mapped to words of a page."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

from book_pages import ROOT, contents, read_page
from claims import for_each

TABLE = json.loads((Path(__file__).parent / "coverage.json").read_text("utf8"))
KINDS = {
    *("heading", "example", "formula", "figure", "code", "aside", "table"),
    *("objective", "list", "text"),
}

# How many parts of each kind the source chapter has, section by section: what must be mapped.
CHAPTER = json.loads((Path(__file__).parent / "chapter.json").read_text("utf8"))


def words(text: str) -> str:
    return " ".join(re.sub(r"^> ?", "", text, flags=re.M).split())


@cache
def words_of(name: str) -> str:
    page = read_page(ROOT / name)
    return words("\n".join((*page.markdown, *page.code)))


@for_each("entry", TABLE, ids=lambda entry: f"{entry['section']}-{entry['source']}")
def test_the_quoted_words_stand_on_the_page(entry):
    everything = words_of(entry["page"])
    assert words(entry["quote"]) in everything, f"{entry['page']} does not say {entry['quote']!r}"


def test_pages_of_the_table_are_in_the_book():
    book = {path.relative_to(ROOT).as_posix() for path in contents()}
    assert {entry["page"] for entry in TABLE} <= book


@for_each("section", CHAPTER)
def test_every_part_of_the_chapter_is_mapped(section):
    mapped = Counter(entry["kind"] for entry in TABLE if entry["section"] == section)
    missing = {kind: n for kind, n in CHAPTER[section].items() if mapped[kind] < n}
    assert not missing, f"section {section}: the chapter has {missing}, mapped are {dict(mapped)}"


def test_the_table_names_kinds_that_exist():
    assert {entry["kind"] for entry in TABLE} <= KINDS
    assert {entry["section"] for entry in TABLE} <= set(CHAPTER)


def test_no_part_is_mapped_twice_and_no_quote_could_stand_anywhere():
    parts = [(entry["section"], entry["source"]) for entry in TABLE]
    assert len(parts) == len(set(parts))
    for entry in TABLE:
        assert len(entry["quote"]) >= 8, f"{entry['quote']!r} could stand anywhere"
