"""The class as a table for the terminal.

rich lays it out: it knows how wide the letters of every script are, which len() doesn't. It is kept
to plain text of the width that it takes: a table that is cut to 80 columns in a pipe can't be
searched, and a student's id is never read as markup.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course import lateness, people, records
from autograder.course.records import Mark, Record
from autograder.course.text import printable
from autograder.marking.verdict import Verdict
from autograder.run.ids import id_of
from autograder.run.job import Outcome

WIDEST, NAME = 10_000, "name"


def layout(head: list[str], rows: Iterable[list[str]]) -> str:
    """Line columns up below a head; all but names and the first and the last one hold numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for at, name in enumerate(head):
        text = name == NAME or at in (0, len(head) - 1)
        table.add_column(Text(name), justify="left" if text else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, map(printable, row)))
    console = Console(file=StringIO(), width=WIDEST, color_system=None)
    with console.capture() as written:
        console.print(table)
    return "\n".join(line.rstrip() for line in written.get().splitlines())


def _number(points: float | None) -> str:
    return "·" if points is None else f"{points:g}"


def _sum(marks: Sequence[Mark]) -> str:
    """The points of some answers so far; "open" where none of them has any."""
    if marks and all(mark.is_open for mark in marks):
        return "open"
    return _number(sum(mark.points for mark in marks))


def _judged(verdict: Verdict, recorded: Mark | None) -> Mark:
    """What counts for a judged answer: its verdict, or what a person gave instead."""
    auto = None if verdict.is_open else verdict.points
    if recorded is None or not recorded.by_hand:
        return Mark(auto, None, 0, verdict.max_points, verdict.is_open)
    return replace(recorded, auto=auto)


def _notes(judged: dict[str, Mark], written: Sequence[Mark]) -> list[str]:
    """What a person gave, and still has to."""
    notes, by_hand = [], [name for name, mark in judged.items() if mark.by_hand]
    to_mark = [mark for mark in judged.values() if mark.is_open]
    again = [mark for mark in (*judged.values(), *written) if mark.by_hand and mark.waiting]
    if to_mark:
        notes.append(f"{len(to_mark)} to mark by hand")
    if by_hand:
        notes.append(
            f"by hand: {' '.join(by_hand)}" if len(by_hand) < 4 else f"{len(by_hand)} by hand"
        )
    if again:
        notes.append(f"{len(again)} marked by hand, to look at again")
    return notes


class _ClassTable:
    """Works out the rows of a class table."""

    def __init__(self, course, assignment: str):
        self.course, self.store = course, course.store(assignment)
        self.questions = course.questions(assignment)
        self.records = {record.student: record for record in records.read(course, assignment)}
        written = [self._written(record) for record in self.records.values()]
        used = any(mark.by_hand for marks in written for mark in marks)
        self.most_written = max((sum(m.maximum for m in marks) for marks in written), default=0)
        self.most_written = self.most_written if used else 0

    def _written(self, record: Record | None) -> list[Mark]:
        """The marks that only a person gives."""
        marks = record.marks if record else {}
        return [mark for name, mark in marks.items() if name not in self.questions]

    def head(self) -> list[str]:
        return [
            "student",
            *self.questions,
            *(["written"] if self.most_written else []),
            "sum",
            "note",
        ]

    def most(self) -> list[str]:
        points = [question.points for question in self.questions.values()]
        points += [self.most_written] if self.most_written else []
        return ["(of)", *map(_number, points), _number(sum(points)), ""]

    def row(self, outcome: Outcome) -> list[str]:
        who, result = id_of(outcome.student), self.store.latest(outcome.student)
        if result is None or outcome.state in ("failed", "no notebook"):
            return [who, *["·"] * (len(self.head()) - 2), outcome.state]
        record = self.records.get(outcome.student)
        marks = record.marks if record else {}
        judged = {n: _judged(result.verdicts[n], marks.get(n)) for n in self.questions}
        written = self._written(record) if self.most_written else []
        cells = [_sum([mark]) for mark in judged.values()]
        cells += [_sum(written) if written else "·"] if self.most_written else []
        notes = [] if outcome.state == "scored" else [outcome.state]
        notes += ["can't be read"] if outcome.unread else []
        notes += [*_notes(judged, written), *self._late(record)]
        return [who, *cells, _sum([*judged.values(), *written]), ", ".join(notes)]

    def _late(self, record: Record | None) -> list[str]:
        if record is None or not record.seconds_late:
            return []
        cost = f": −{record.percent_off:g} %" if record.percent_off else ""
        return [f"late by {lateness.told(self.course.settings.late, record.seconds_late)}{cost}"]


def class_table(course, assignment: str, outcomes: Iterable[Outcome]) -> str:
    """The class: a row per student, a column per judged question, the sum, and what to know.

    Names stand beside ids where the roster has some. A mark that a person gave takes the place of
    the checker's; answers that only a person marks have one column, once one of them is marked. The
    sum is that of the points so far, before anything is taken off for lateness.
    """
    table, outcomes = _ClassTable(course, assignment), list(outcomes)
    head, rows = table.head(), [table.most(), *map(table.row, outcomes)]
    if names := people.names(course, [outcome.student for outcome in outcomes]):
        head.insert(1, NAME)
        for row, student in zip(rows, ["", *(o.student for o in outcomes)], strict=True):
            row.insert(1, names.get(student, ""))
    return layout(head, rows)
