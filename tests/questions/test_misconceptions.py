"""Every message fires on its own mistake, and none gives the answer away.

Each case is a small notebook written the way that the mistake is usually made, by hand and without
the checkers' own models of it.
"""

import ast
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import keys
import pytest
from cases import MISTAKES as FREQUENT
from cases_of_new_notebooks import FOUND, NEW
from claims import for_each
from rarer_cases import RARER
from support import ROOT, student_of
from the_course import catalogue
from tried_cases import TRIED

from convbook import widgets
from questions import q08_multiple_choice

TABLES = (FREQUENT, RARER, TRIED, NEW, FOUND)
MISTAKES = {
    assignment: {
        question: [pair for table in TABLES for pair in table.get(assignment, {}).get(question, [])]
        for question in {q for table in TABLES for q in table.get(assignment, {})}
    }
    for assignment in FREQUENT | NEW
}
CASES = [
    pytest.param(assignment, question, slug, source, id=f"{question}: {slug} {number}")
    for assignment, table in MISTAKES.items()
    for question, pairs in table.items()
    for number, (slug, source) in enumerate(pairs)
]


CHOICE = q08_multiple_choice.ASSIGNMENT


def check(assignment, question, source):
    return catalogue.load(assignment)[question].check(student_of(source))


@pytest.fixture(scope="module")
def verdict():
    """What all claims are about is computed once."""
    return cache(check)


@for_each("assignment, question, slug, source", CASES)
def test_message_fires_on_its_mistake(verdict, assignment, question, slug, source):
    said = verdict(assignment, question, source)
    assert said.points < said.max_points
    assert said.misconception == slug, said.messages


@for_each(
    "assignment, question",
    [(name, asked) for name in catalogue.assignments() for asked in catalogue.load(name)],
)
def test_every_mistake_that_a_question_looks_for_is_tried(verdict, assignment, question):
    pairs = MISTAKES.get(assignment, {}).get(question, ())
    tried = {verdict(assignment, question, source).misconception for _, source in pairs}
    untried = catalogue.load(assignment)[question].misconceptions - tried
    assert not untried, f"no case in tests/questions/cases*.py makes: {', '.join(untried)}"


def slugs_said(path):
    """The misconceptions that a module names by itself, without a `Mistake`."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say":
            yield from (n for part in node.args[1:] for n in ast.walk(part))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            yield from getattr(node.value, "elts", [])[1:]  # the problems of a split


@for_each("assignment", sorted(MISTAKES))
def test_every_misconception_that_a_checker_names_is_tried(assignment):
    path = Path(catalogue.module_of(assignment).__file__)
    files = path.parent.glob("*.py") if path.stem == "__init__" else [path]
    nodes = (node for file in files for node in slugs_said(file))
    said = {node.value for node in nodes if isinstance(node, ast.Constant)}
    tried = {slug for pairs in MISTAKES[assignment].values() for slug, _ in pairs}
    assert said - tried - {None} == set()


@for_each("assignment, question, slug, source", CASES)
def test_message_neither_contains_nor_leads_to_the_key(verdict, assignment, question, slug, source):
    for message in verdict(assignment, question, source).messages:
        told = keys.given_away(assignment, question, message, source)
        assert not told, f"{message!r} tells the key: {', '.join(told)}"


@pytest.mark.parametrize(
    ("assignment", "question", "message"),
    [
        ("01-shapes-and-counts", "ex01", "the output has 30 places"),
        ("01-shapes-and-counts", "ex01", "this is one more than 29"),
        ("01-shapes-and-counts", "ex02", "without biases there are 73,728 weights"),
        ("03-pooling-and-invariance", "ex06", "the largest of the first window is 1.5"),
        ("04-training-deep-networks", "ex10", "the paper puts it before the activation"),
        ("06-transfer-and-interpretation", "ex15-true", "look at (b) again"),
    ],
)
def test_what_gives_a_key_away_is_noticed(assignment, question, message):
    assert keys.given_away(assignment, question, message)


@for_each("question", catalogue.load(CHOICE))
def test_every_wrong_option_has_a_message_of_its_own_that_names_no_other(verdict, question):
    [options] = catalogue.load(CHOICE)[question].parts()
    said = {}
    for letter, option in zip("abcd", options.options, strict=True):
        found = verdict(CHOICE, question, f"{question} = {letter!r}")
        assert (found.points == 1) == (option == options.right) == (found.messages == ())
        said[letter] = " ".join(found.messages).lower()
        assert options.right.lower() not in said[letter]
    assert len(set(said.values())) == len(options.options)


@for_each("assignment", sorted(MISTAKES))
def test_links_in_messages_open_a_page_with_that_widget(verdict, assignment):
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


# Numbers that one question states although another asks for them: the options of a choice.
SHOWN = {36_928, 73_856, 73_792}


@for_each("assignment", catalogue.assignments())
def test_students_notebooks_hold_no_key(assignment):
    """A key of four digits or more stands nowhere in what students get, however it is written."""
    found = set().union(*(keys.numbers(assignment, q) for q in catalogue.load(assignment)))
    found = {int(key) for key in found if key >= 1000 and key == int(key)} - SHOWN
    for path in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        text = path.read_text("utf8")
        for key in found:
            written = rf"\b{key:,}\b".replace(",", "[,_ ]?")
            assert not re.search(written, text), (key, path.name)


def test_numbers_in_the_names_of_files_are_no_keys():
    assert keys.numbers_in("See exercises/11-build-up/11-build-up.ipynb, 12 images.") == {12}


def test_rules_and_hints_hold_no_key():
    """Also no small one, such as an example of a form that happens to be an answer."""
    every = {
        key: question
        for assignment in catalogue.assignments()
        for question in catalogue.load(assignment)
        for key in keys.numbers(assignment, question)
        if key > 10
    }
    for assignment in catalogue.assignments():
        for cell in keys.source(assignment).cells:
            if cell.id == "rules":
                found = keys.numbers_in(cell.source.replace("`", "")) & every.keys()
                told = [f"the key {key:g} of {every[key]}" for key in sorted(found)]
                assert told == [], f"stands in the rules of {assignment}"
            elif question := cell.metadata.get("convbook", {}).get("question"):
                hints = "".join(cell.source.partition("<details>")[1:])
                if question in catalogue.load(assignment):
                    given = keys.numbers_in(keys.statement(assignment, question))
                    own = {key for key in keys.numbers(assignment, question) - given if key > 10}
                    told = keys.numbers_in(hints.replace("`", "")) & own
                    assert told == set(), f"of the key of {question} stands in its hints"
