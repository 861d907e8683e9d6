"""The keys of the exercises, read from their solutions, and what would give one of them away."""

import ast
import contextlib
import io
import re
from functools import cache
from numbers import Number
from pathlib import Path

import nbformat
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
# Cells that train a network for many seconds; their answers are arrays, not keys.
TRAINS = {
    "added-small-network-answer",
    "ex18-answer",
    "keras-import",
    "keras-build-keras",
    "keras-build-answer",
    "keras-train-keras",
    "keras-train-answer",
    "keras-transfer-keras",
    "keras-transfer-answer",
}
# Of a page, a notebook or a file: the numbers in it are names.
ADDRESS = r"(?:notebooks|book|exercises|solutions)/\S+|[\w./-]+\.(?:ipynb|py|md)\b"
# Any case that shows the difference is right; the solution's is one of very many.
EXAMPLES = re.compile(r"bug_\w+_(right|wrong)")


def source(assignment: str):
    """The instructor's notebook."""
    return nbformat.read(ROOT / "solutions" / assignment / f"{assignment}.ipynb", as_version=4)


def _marks(cell):
    return cell.metadata.get("nbgrader", {})


def handed_in(assignment: str, question: str) -> list[str]:
    """The names that a question hands in."""
    return _names(assignment)[question]


@cache
def _names(assignment: str) -> dict[str, list[str]]:
    found = {}
    for cell in source(assignment).cells:
        if cell.cell_type == "code" and _marks(cell).get("grade"):
            calls = [statement.value for statement in ast.parse(cell.source).body]
            given = [call for call in calls if call.func.id == "hand_in"]
            found[_marks(cell)["grade_id"]] = [call.args[1].id for call in given]
    return found


@cache
def answers(assignment: str) -> dict[str, dict]:
    """The right answers that are no functions: question -> name -> value."""
    namespace = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in source(assignment).cells:
            skip = _marks(cell).get("grade") or _marks(cell).get("grade_id") in TRAINS
            if cell.cell_type == "code" and not skip:
                exec(compile(cell.source, cell.id, "exec"), namespace)
    return {
        question: {
            name: namespace[name]
            for name in names
            if name in namespace and not callable(namespace[name])
        }
        for question, names in _names(assignment).items()
    }


def _leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def numbers(assignment: str, question: str) -> set[float]:
    """The numbers that a question's answer consists of."""
    sought = {
        name: value
        for name, value in answers(assignment)[question].items()
        if not EXAMPLES.fullmatch(name)
    }
    leaves = _leaves(sought)
    return {float(leaf) for leaf in leaves if isinstance(leaf, Number) and leaf is not True}


def words(assignment: str, question: str) -> set[str]:
    """The words that a question's answer consists of; letters of a choice are none."""
    leaves = _leaves(answers(assignment)[question])
    return {leaf for leaf in leaves if isinstance(leaf, str) and re.search(r"[a-z]{3}", leaf)}


@cache
def statement(assignment: str, question: str) -> str:
    """What a question says to everybody, without its hints."""
    return next(
        cell.source.split("<details>")[0]
        for cell in source(assignment).cells
        if cell.metadata.get("convbook", {}).get("question") == question
    )


def numbers_in(text: str) -> set[float]:
    """The numbers of a text, without those in addresses, names and code."""
    text = re.sub(rf"{ADDRESS}|section \d+(\.\d+)?|`[^`]*`", " ", text)
    return {
        float(found.replace(",", ""))
        for found in re.findall(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w.]*\d)", text)
    }


def _code_numbers(code: str) -> set[float]:
    return {float(found.replace("_", "")) for found in re.findall(r"\d[\d_]*(?:\.\d+)?", code)}


_LETTER = re.compile(r"\((?P<a>[a-f])\)|[\"'](?P<b>[a-f])[\"']|(?:statement|option|letter) [a-f]\b")


def given_away(assignment: str, question: str, message: str, own: str = "") -> list[str]:
    """What a message tells of a question's key.

    That is a number of the key, or one from which one sum with what the question says (or with 1
    or 2) makes such a number; a word of the key; the letter of a statement. What stands in the
    learner's `own` code is no news to them.
    """
    message = re.sub(r": expected .*", "", message)  # of the form, as the question says it, too
    key = numbers(assignment, question)
    given = numbers_in(statement(assignment, question)) | _code_numbers(own)
    found = []
    for new in numbers_in(message) - given:
        others = given | {1.0, 2.0}
        reachable = {new} | {new + other for other in others} | {new * other for other in others}
        reachable |= {new - other for other in others} | {other - new for other in others}
        reachable |= {new / other for other in others if other}
        reachable |= {other / new for other in others if new}
        found += [f"{new:g} leads to {reached:g} in the key" for reached in reachable & key]
    prose = re.sub(rf"{ADDRESS}|`[^`]*`", " ", message)
    for word in words(assignment, question):
        if re.search(rf"\b{re.escape(word)}\b", prose, re.I) and word not in own:
            found.append(f"{word!r} stands in it")
    found += [f"it names {match[0]}" for match in _LETTER.finditer(prose)]
    return found
