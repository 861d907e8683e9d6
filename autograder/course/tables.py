"""The class as a table for the terminal.

rich lays it out: it knows how wide the letters of every script are, which len() doesn't. It is kept
to plain text of the width that it takes: a table that is cut to 80 columns in a pipe can't be
searched, and a student's id is never read as markup.
"""

from collections.abc import Iterable
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course.text import printable
from autograder.marking.verdict import Verdict
from autograder.run.ids import id_of
from autograder.run.job import Outcome

WIDEST = 10_000


def layout(head: list[str], rows: Iterable[list[str]]) -> str:
    """Line columns up below a head; all but the first and the last one hold numbers."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for at, name in enumerate(head):
        text = at in (0, len(head) - 1)
        table.add_column(Text(name), justify="left" if text else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, map(printable, row)))
    console = Console(file=StringIO(), width=WIDEST, color_system=None)
    with console.capture() as written:
        console.print(table)
    return "\n".join(line.rstrip() for line in written.get().splitlines())


def _number(points: float | None) -> str:
    return "·" if points is None else f"{points:g}"


def _cell(verdict: Verdict) -> str:
    return "open" if verdict.is_open else _number(verdict.points)


def class_table(course, assignment: str, outcomes: Iterable[Outcome]) -> str:
    """The class: a row per student, a column per judged question, the sum, and what to know."""
    questions = course.questions(assignment)
    store = course.store(assignment)
    total = sum(question.points for question in questions.values())
    rows = [["(of)", *[_number(q.points) for q in questions.values()], _number(total), ""]]
    for outcome in outcomes:
        who, result = id_of(outcome.student), store.latest(outcome.student)
        if result is None or outcome.state in ("failed", "no notebook"):
            rows.append([who, *["·"] * len(questions), "·", outcome.state])
            continue
        points = [_cell(result.verdicts[name]) for name in questions]
        notes = [] if outcome.state == "scored" else [outcome.state]
        if outcome.unread:
            notes.append("can't be read")
        elif result.open:
            notes.append(f"{len(result.open)} to mark by hand")
        total = "open" if len(result.open) == len(questions) else _number(result.points)
        rows.append([who, *points, total, ", ".join(notes)])
    return layout(["student", *questions, "sum", "note"], rows)
