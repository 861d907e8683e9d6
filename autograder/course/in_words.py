"""Answers in words: which a course has, which of them count, and what marking them takes.

Each has a task with a mark scheme and a sample answer in the source notebook. ``written`` in
``autograder.toml`` names those that count; the others are practice, and nobody marks them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograder.course.definition import FILE, Definition, DefinitionError
from autograder.marking.rubric import Rubric
from autograder.notebooks.cells import judged_points, marks, read_own

SCHEME = re.compile(r"(?s)=== BEGIN MARK SCHEME ===\n+(.*?)\n+=== END MARK SCHEME ===")
#: An answer in words takes a marker about so long.
MINUTES = 1.0
_SAMPLE = re.compile(r"(?s)### BEGIN SOLUTION\n+(.*?)\n+### END SOLUTION")
_HEADING = re.compile(r"(?m)^#+ +(.+?)(?: · .*)?$")
_FOR_POINTS = re.compile(r"\*\*[\d.]+ points?, marked by a person")


class HasTexts(Protocol):
    """A course, or its definition."""

    def source(self, assignment: str) -> Path:
        """The source notebook of an assignment."""

    def counts(self, question: str) -> bool:
        """Whether an answer in words is marked by a person."""


@dataclass(frozen=True)
class Text:
    """An answer in words: its grade id, what its task is called, and whether it counts."""

    question: str
    title: str
    points: float
    counts: bool
    scheme: str
    sample: str

    def shown(self) -> str:
        """The sample answer and what each point is given for, as Markdown."""
        lines = [f"**A sample answer.** {self.sample}", "", "**A point for each of these:**", ""]
        for item in Rubric.parse(self.question, self.scheme).items:
            lines.append(f"{item.number}. {item.text}")
            lines += [f"   - would only just do: {item.accept}"] * bool(item.accept)
            lines += [f"   - would not do: {item.reject}"] * bool(item.reject)
        if self.counts:
            lines += ["", "In a course, this one counts: a person marks it by the same points."]
        return "\n".join(lines)


def title_of(task: str) -> str:
    """What a task's heading calls it, such as "7 c"; "" where it has none."""
    heading = _HEADING.search(task)
    return heading[1] if heading else ""


def texts(course: HasTexts, assignment: str) -> list[Text]:
    """The answers in words of an assignment, in order."""
    return found_in(read_own(course.source(assignment)).cells, course.counts)


def found_in(cells: Iterable[Any], counts: Callable[[str], bool]) -> list[Text]:
    """The answers in words among the cells of a source notebook."""
    found, titles, schemes = [], {}, {}
    for cell in cells:
        about = marks(cell)
        question = about.get("grade_id", "").removesuffix("-task")
        if about.get("task"):
            scheme = SCHEME.search(cell.source)
            titles[question] = title_of(cell.source) or question
            schemes[question] = scheme[1] if scheme else ""
        elif cell.cell_type == "markdown" and about.get("grade") and about.get("solution"):
            sample = _SAMPLE.search(cell.source)
            found.append(
                Text(
                    question,
                    titles.get(question, question),
                    float(about["points"]),
                    counts(question),
                    schemes.get(question, ""),
                    sample[1] if sample else "",
                )
            )
    return found


def texts_of_course(definition: Definition) -> dict[str, list[Text]]:
    """The answers in words by assignment; a `DefinitionError` where ``written`` names another."""
    found = {name: texts(definition, name) for name in definition.assignments()}
    known = [text.question for own in found.values() for text in own]
    if unknown := [name for name in definition.written or () if name not in known]:
        raise DefinitionError(
            f"{definition.root / FILE}: written names {', '.join(map(repr, unknown))}; answers in "
            f"words are {', '.join(known) or 'none'}"
        )
    return found


def hours(count: int, students: int) -> float:
    """How long so many answers of each of a class take one marker, at a minute each."""
    return count * students * MINUTES / 60


def for_practice(task: str) -> str:
    """A task's source without its mark scheme, and without points."""
    return _FOR_POINTS.sub(
        "**for yourself, without points", SCHEME.sub("", task).rstrip() + "\n", count=1
    )


def which_count(found: Iterable[Text], machine: float) -> str:
    """Say which answers in words count beside the points that checkers give."""
    found = list(found)
    counted = [text for text in found if text.counts]
    rest = [text.title for text in found if not text.counts]
    words = sum(text.points for text in counted)
    each = f"{machine:g} judged by machine, {words:g} in words"
    parts = [f"**{machine + words:g} points: {each}.**" if counted else f"**{machine:g} points.**"]
    if counted:
        named = [f"{text.title} ({text.points:g} points)" for text in counted]
        which = "" if rest else "All answers in words count. "
        parts.append(f"{which}A person marks {_listed(named)}.")
    if rest:
        names = f"{_listed(rest)} {'are' if len(rest) > 1 else 'is'}"
        parts.append(
            f"{names if counted else 'The answers in words are'} practice, without points: "
            "the notebook shows a sample answer to compare yours with."
        )
    return " ".join(parts)


def machine_points(definition: Definition, assignment: str) -> float:
    """The points of an assignment that checkers give."""
    return sum(judged_points(read_own(definition.source(assignment))).values())


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
