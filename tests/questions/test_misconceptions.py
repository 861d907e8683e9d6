"""Every message fires on its own mistake, and none gives the answer away.

Each case is a small notebook written the way that the mistake is usually made, by hand and without
the checkers' own models of it.
"""

import json
import re
from urllib.parse import parse_qsl

import nbformat
import pytest
from cases import MISTAKES
from support import ROOT, student_of

from autograder import questions
from convbook import widgets

CASES = [
    pytest.param(assignment, question, slug, source, id=f"{question}: {slug} {number}")
    for assignment, table in MISTAKES.items()
    for question, pairs in table.items()
    for number, (slug, source) in enumerate(pairs)
]


def verdict(assignment, question, source):
    return questions.load(assignment)[question].check(student_of(source))


def statement(assignment, question):
    notebook = nbformat.read(ROOT / "solutions" / assignment / f"{assignment}.ipynb", as_version=4)
    return next(
        cell.source
        for cell in notebook.cells
        if cell.metadata.get("convbook", {}).get("question") == question
    )


@pytest.mark.parametrize(("assignment", "question", "slug", "source"), CASES)
def test_message_fires_on_its_mistake(assignment, question, slug, source):
    said = verdict(assignment, question, source)
    assert said.points < said.max_points
    assert said.misconception == slug, said.messages


def numbers_in(text):
    """The numbers of a text, without those in addresses, names and code."""
    text = re.sub(r"notebooks/\S+|book/\S+|section \d+(\.\d+)?|`[^`]*`", " ", text)
    return {
        float(found.replace(",", ""))
        for found in re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)", text)
    }


# Numbers that an answer consists of; the message must not contain them or lead to them.
KEYS = {
    "ex01": {30},
    "ex02": {73_856},
    "ex03": {112, 56},
    "ex09-count": {32_768, 32_832},
    "ex13": {1792, 36928, 73856, 147584, 295168, 590080, 1180160, 2359808, 102764544, 138357544},
    "ex21": {231_211_008, 462_422_016},
    "ex22-count": {294_912, 33_920},
    "ex04": {1_179_648, 1_638_400, 458_752, 1_180_160, 1_638_656, 458_496, 28.0, 27.98, 5},
    "ex05": {5, 7},
    "ex17": {512, 102_764_544, 1_025_000},
    "ex10": {256, 128},
    "ex08": {0, 0.1},
    "ex12": {526_341, 24_114_565, 9_457_669},
    "ex23": {20_490, 23_608_202},
    "ex20": {1.92},
    "mcq01": {28},
    "mcq02": {73_792},
}


@pytest.mark.parametrize(("assignment", "question", "slug", "source"), CASES)
def test_message_neither_contains_nor_leads_to_the_key(assignment, question, slug, source):
    said = verdict(assignment, question, source)
    given = numbers_in(statement(assignment, question).split("<details>")[0])
    for message in said.messages:
        for new in numbers_in(message) - given:
            reachable = {new}
            for other in given | {1.0, 2.0}:
                reachable |= {new + other, new - other, new * other, new / (other or 1)}
            assert not reachable & KEYS.get(question, set()), (new, message)
        for found in numbers_in(message) & KEYS.get(question, set()):
            assert found in given, message


@pytest.mark.parametrize("assignment", sorted(MISTAKES))
def test_links_in_messages_open_a_page_with_that_widget(assignment):
    pages = {}
    for question, pairs in MISTAKES[assignment].items():
        for _, source in pairs:
            for message in verdict(assignment, question, source).messages:
                for address in re.findall(r"(?:notebooks|book)/\S+", message):
                    pages.setdefault(address, question)
    for address, question in pages.items():
        page, _, fragment = address.partition(".html")
        file = next(
            (path for ending in (".ipynb", ".md") if (path := ROOT / f"{page}{ending}").exists()),
            None,
        )
        assert file, (address, question)
        if fragment:
            widget, _, state = fragment.removeprefix("#").partition("?")
            assert f"{widget}(" in file.read_text(encoding="utf8"), (address, question)
            values = {key: json.loads(value) for key, value in parse_qsl(state)}
            getattr(widgets, widget)(**values)  # an unknown trait or a bad value raises


@pytest.mark.parametrize(("question", "keys"), KEYS.items())
def test_students_notebooks_hold_no_key(question, keys):
    """A key of four digits or more stands nowhere in what students get, however it is written."""
    for path in sorted((ROOT / "exercises").glob("*/*")):
        text = path.read_text("utf8")
        for key in keys:
            if key >= 1000:
                found = re.search(rf"\b{key:,}\b".replace(",", "[,_ ]?"), text)
                assert not found or key in SHOWN, (question, key, path.name)


# Numbers that a question states although another asks for them: the options of a choice.
SHOWN = {36_928, 73_856, 73_792}
