"""Answers in words marked by the items of their rubric: alike ones at once, or by fellow students.

A marker writes which items an answer meets ("1 3½"), and the points follow from the rubric. What
was decided is kept by answer, so that a change of the rubric marks every answer again that has the
item (`remark`). Tables name no student.
"""

import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from autograder.course import in_words, likeness, spreadsheets
from autograder.course.export import safe, write_table
from autograder.course.sharing import (
    Answer,
    refuse_other_tables,
    waiting,
    write_schemes,
    written,
)
from autograder.handin.forms import counted
from autograder.marking.rubric import Rubric
from autograder.notebooks.gradebook import give_mark, transaction
from autograder.run.ids import id_of
from autograder.run.store import write_whole

GROUPS, MEMBERS, DECISIONS, PEERS = "groups.csv", "members.csv", "decisions.json", "peers"
GROUP_COLUMNS = ["group", "question", "text", "another", "answers", "of", "items", "comment"]
MEMBER_COLUMNS = ["answer", "group", "question", "text", "items"]
PEER_COLUMNS = ["answer", "question", "text", "of", "items", "comment"]
#: Peers whose points for an answer lie further apart than this leave it to a person.
APART = 1.0


@dataclass(frozen=True)
class Change:
    """Whose points a changed rubric changes."""

    student: str
    question: str
    before: float
    after: float


@dataclass(frozen=True)
class Recorded:
    """What came of tables: how many answers were recorded, and which are left for a person."""

    recorded: int
    left: tuple[tuple[str, str, str], ...] = ()

    def text(self) -> str:
        """The same in words."""
        lines = [f"{counted(self.recorded, 'answer')} recorded."]
        lines += [
            f"  left open: {id_of(student)}  {question}: {why}"
            for student, question, why in self.left
        ]
        return "\n".join(lines)


def rubrics(course: Any, assignment: str) -> dict[str, Rubric]:
    """The rubrics of an assignment's answers in words, by question."""
    return {
        text.question: Rubric.parse(text.question, text.scheme)
        for text in in_words.texts(course, assignment)
        if text.scheme
    }


# --- alike answers at once -----------------------------------------------------------------------


def group(course: Any, assignment: str) -> tuple[Path, int, int]:
    """Write a table with a row for each group of alike answers, and one of their members.

    Returns the table of groups, and how many answers are in how many groups.
    """
    answers = waiting(course, assignment)
    if not answers:
        raise ValueError(f"no answer of {assignment} waits for a person")
    folder = _folder(course, assignment)
    refuse_other_tables(folder)
    by_question: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_question[answer.question].append(answer)
    together, apart = [], []
    for question, own in by_question.items():
        for number, members in enumerate(likeness.groups(own, lambda each: each.text), start=1):
            name, first = f"{question}/{number}", members[0]
            another = safe(members[-1].text) if len(members) > 1 else ""
            row = [name, question, safe(first.text), another, len(members), f"{first.maximum:g}"]
            together.append([*row, "", ""])
            apart += [[each.code, name, question, safe(each.text), ""] for each in members]
    write_table(folder / GROUPS, [GROUP_COLUMNS, *together])
    write_table(folder / MEMBERS, [MEMBER_COLUMNS, *apart])
    write_schemes(course, assignment, folder)
    return folder / GROUPS, len(answers), len(together)


def take_in_groups(course: Any, assignment: str) -> Recorded:
    """Record a decision a group; what stands in a member's own row counts for it in its place."""
    folder, known = _folder(course, assignment), rubrics(course, assignment)
    rows = {row["group"]: row for row in _read(folder / GROUPS, [*GROUP_COLUMNS[:1], "items"])}
    decided: dict[str, tuple[str, str]] = {}
    for row in _read(folder / MEMBERS, MEMBER_COLUMNS):
        whole = rows.get(row["group"], spreadsheets.Row(row.line))
        if items := row["items"] or whole["items"]:
            decided[row["answer"]] = (items, whole["comment"])
    return _record(course, assignment, known, decided)


def blank_texts(course: Any, assignment: str, texts: Collection[str]) -> None:
    """Put nothing in the place of these texts in the table of groups; what was decided stays."""
    path = _folder(course, assignment) / GROUPS
    rows = spreadsheets.table(path, GROUP_COLUMNS[:1])
    kept = [
        ["" if row[name] in texts else safe(row[name]) for name in GROUP_COLUMNS] for row in rows
    ]
    write_table(path, [GROUP_COLUMNS, *kept])


# --- a rubric that changes -----------------------------------------------------------------------


def remark(course: Any, assignment: str, *, record: bool) -> list[Change]:
    """Work out the points of all answers marked by items anew; with `record`, write them down."""
    known, kept = rubrics(course, assignment), _decisions(course, assignment)
    answers = {answer.code: answer for answer in written(course, assignment)}
    changes, codes = [], []
    for code, decision in kept.items():
        if code in answers:
            answer = answers[code]
            after = _worth(known[answer.question], decision["items"], answer)
            if after != decision["points"]:
                changes.append(Change(answer.student, answer.question, decision["points"], after))
                codes.append(code)
    if record and codes:
        _record(course, assignment, known, {code: (kept[code]["items"], "") for code in codes})
    return changes


def _decisions(course: Any, assignment: str) -> dict[str, dict[str, Any]]:
    path = _folder(course, assignment) / DECISIONS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


# --- fellow students -----------------------------------------------------------------------------


def to_peers(course: Any, assignment: str, each: int) -> list[Path]:
    """Write a table for everybody who wrote: each answer goes to `each` others, with the scheme."""
    by_question: dict[str, list[Answer]] = defaultdict(list)
    for answer in waiting(course, assignment):
        by_question[answer.question].append(answer)
    most = max((len({a.student for a in own}) for own in by_question.values()), default=0)
    if each < 2 or most <= each:
        raise ValueError(
            f"each answer goes to {counted(each, 'other')}, and {counted(most, 'student')} wrote; "
            "expected at least 2, and more students than that"
        )
    refuse_other_tables(_folder(course, assignment))
    folder = _folder(course, assignment) / PEERS
    share: dict[str, list[Answer]] = defaultdict(list)
    for question, own in by_question.items():
        rng = random.Random(f"{assignment}/{question}")
        rng.shuffle(own)  # whose answer one gets does not follow from the roster
        for place, answer in enumerate(own):
            for step in range(1, min(each, len(own) - 1) + 1):
                share[own[(place + step) % len(own)].student].append(answer)
    for student, answers in share.items():
        rows = [[a.code, a.question, safe(a.text), f"{a.maximum:g}", "", ""] for a in answers]
        write_table(folder / f"{student}.csv", [PEER_COLUMNS, *rows])
    write_schemes(course, assignment, folder)
    return sorted(folder / f"{student}.csv" for student in share)


def take_in_peers(course: Any, assignment: str) -> Recorded:
    """Record the median of what fellow students gave; where they differ much, a person decides."""
    known = rubrics(course, assignment)
    answers = {answer.code: answer for answer in waiting(course, assignment)}
    given: dict[str, dict[str, float]] = defaultdict(dict)
    for path in sorted((_folder(course, assignment) / PEERS).glob("*.csv")):
        for row in _read(path, [*PEER_COLUMNS[:1], "items"]):
            answer = answers.get(row["answer"])
            if answer and row["items"] and answer.student != path.stem:
                worth = _worth(known[answer.question], row["items"], answer, path)
                given[answer.code][path.stem] = worth
    decided, left = {}, []
    for code, points in given.items():
        answer, values = answers[code], list(points.values())
        if len(values) < 2:
            left.append((answer.student, answer.question, "only one has marked it"))
        elif max(values) - min(values) > APART:
            listed = ", ".join(f"{value:g}" for value in sorted(values))
            left.append((answer.student, answer.question, f"they differ: {listed}"))
        else:
            decided[code] = median(values)
    with transaction(course) as gradebook:
        for code, middle in decided.items():
            about = (answers[code].student, answers[code].question)
            give_mark(gradebook, assignment, *about, middle, "Marked by fellow students.")
    return Recorded(len(decided), tuple(sorted(left)))


# --- tables --------------------------------------------------------------------------------------


def _folder(course: Any, assignment: str) -> Path:
    return Path(course.folder) / "marking" / assignment


def _read(path: Path, columns: Iterable[str]) -> list[spreadsheets.Row]:
    if not path.exists():
        raise ValueError(f"{path} is not there; write the tables first")
    return spreadsheets.table(path, columns)


def _worth(rubric: Rubric, items: str, answer: Answer, path: Path | None = None) -> float:
    """The points that items come to; a `ValueError` says where they can't be read."""
    try:
        return min(rubric.worth(rubric.read(items)), answer.maximum)
    except ValueError as error:
        at = f"{path}, " if path else ""
        raise ValueError(f"{at}{answer.question}, answer {answer.code}: {error}") from None


def _record(
    course: Any,
    assignment: str,
    known: Mapping[str, Rubric],
    decided: Mapping[str, tuple[str, str]],
) -> Recorded:
    """Write marks into the gradebook, and beside the tables what they follow from."""
    answers = {answer.code: answer for answer in written(course, assignment)}
    worth = {
        code: _worth(known[answers[code].question], items, answers[code])
        for code, (items, _) in decided.items()
        if code in answers
    }
    with transaction(course) as gradebook:
        for code, points in worth.items():
            about = (answers[code].student, answers[code].question)
            give_mark(gradebook, assignment, *about, points, decided[code][1])
    kept = _decisions(course, assignment)
    kept.update({code: {"items": decided[code][0], "points": worth[code]} for code in worth})
    write_whole(_folder(course, assignment) / DECISIONS, json.dumps(kept, indent=1, sort_keys=True))
    return Recorded(len(worth))
