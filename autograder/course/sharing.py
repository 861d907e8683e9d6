"""Answers in words, shared out among markers by question, with a sample marked twice.

`share_out` writes a table for every marker: each question goes to one of them, so that one measure
is laid to all answers, and a sample of its answers also to a second one, who does not see what the
first one gave. Tables name no student. `take_in` brings the filled tables into the gradebook and
says how far markers agree; where two differ, nothing is recorded and the answer stays open.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import in_words, spreadsheets
from autograder.course.export import safe, write_table
from autograder.handin.forms import counted
from autograder.notebooks.cells import is_judged, marks, read_own
from autograder.notebooks.gradebook import give_mark, transaction
from autograder.notebooks.reading import why_unread
from autograder.run.ids import id_of

COLUMNS = ["answer", "question", "text", "of", "points", "comment"]


@dataclass(frozen=True)
class Answer:
    """One answer that waits for a person."""

    student: str
    question: str
    text: str
    maximum: float

    @property
    def code(self) -> str:
        """What the answer is called in a marker's table: it does not tell whose it is."""
        return hashlib.sha256(f"{self.student}\0{self.question}\0{self.text}".encode()).hexdigest()[
            :12
        ]


@dataclass(frozen=True)
class Agreement:
    """How two markers' points for the same answers of a question compare."""

    question: str
    answers: int
    same: int
    mean_difference: float


@dataclass
class Marked:
    """What came of the markers' tables."""

    recorded: int
    agreement: list[Agreement]
    differing: list[tuple[str, str, dict[str, float]]]


def waiting(course, assignment: str) -> list[Answer]:
    """The answers that wait for a person, by question and student."""
    return _answers(course, assignment, lambda grade: grade.needs_manual_grade)


def written(course, assignment: str) -> list[Answer]:
    """The answers that a person marks, marked or not, by question and student."""

    def concerns_a_person(grade) -> bool:
        return grade.needs_manual_grade or grade.manual_score is not None

    return _answers(course, assignment, concerns_a_person)


def _answers(course, assignment: str, wanted: Callable[[Any], bool]) -> list[Answer]:
    found = []
    with course.gradebook() as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            student = submission.student.id
            texts = _texts(course, assignment, student)
            for grade in submission.notebooks[0].grades:
                if wanted(grade) and grade.max_score and grade.name in texts:
                    found.append(Answer(student, grade.name, texts[grade.name], grade.max_score))
    return sorted(found, key=lambda answer: (answer.question, answer.student))


def _texts(course, assignment, student) -> dict[str, str]:
    path = Path(course.coursedir.autograded_directory, student, assignment, f"{assignment}.ipynb")
    if not path.exists():
        return {}
    notebook = read_own(path)
    if why_unread(notebook):
        return {}  # what stands there are the blanks of a file that nobody could read
    return {
        marks(cell)["grade_id"]: cell.source
        for cell in notebook.cells
        if marks(cell).get("grade") and not is_judged(cell)
    }


def assign(answers: list[Answer], markers: list[str], percent: float) -> dict[str, list[Answer]]:
    """Share answers out: questions in turn, and `percent` of each question to a second marker.

    With fewer questions than markers, a question's answers are split. The sample has at least one
    answer of every question; the same answers give the same shares. One marker alone marks nothing
    twice.
    """
    if not markers or len(set(markers)) != len(markers):
        raise ValueError(f"markers are {', '.join(markers) or 'none'}; give each name once")
    if len(markers) == 1:
        percent = 0
    by_question = defaultdict(list)
    for answer in answers:
        by_question[answer.question].append(answer)
    shares = {marker: [] for marker in markers}
    groups = max(len(markers) // max(len(by_question), 1), 1)
    for turn, (question, own) in enumerate(by_question.items()):
        rng = random.Random(f"{question}{len(own)}")
        rng.shuffle(own)  # neither the order nor a neighbour tells whose an answer is
        count = -(-len(own) * percent // 100)
        for place, answer in enumerate(own):
            first = (turn * groups + place % groups) % len(markers)
            shares[markers[first]].append(answer)
            if place < count:
                shares[markers[(first + 1) % len(markers)]].append(answer)
    return shares


def share_out(course, assignment: str, markers: list[str], percent: float = 10) -> list[Path]:
    """Write each marker's table, and the mark schemes, below ``marking``; return the tables."""
    answers = waiting(course, assignment)
    if not answers:
        raise ValueError(f"no answer of {assignment} waits for a person")
    folder = course.folder / "marking" / assignment
    shares = assign(answers, markers, percent)
    for marker in markers:
        if Path(marker).name != marker or marker.startswith("."):
            raise ValueError(f"{marker!r} can't be the name of a file")
    refuse_other_tables(folder)
    for marker, own in shares.items():
        rows = [[a.code, a.question, safe(a.text), f"{a.maximum:g}", "", ""] for a in own]
        write_table(folder / f"{marker}.csv", [COLUMNS, *rows])
    write_schemes(course, assignment, folder)
    return [folder / f"{marker}.csv" for marker in markers]


def refuse_other_tables(folder: Path) -> None:
    """Raise a `ValueError` where answers are out already: nobody would take both kinds in."""
    if taken := sorted(str(path.relative_to(folder)) for path in folder.rglob("*.csv")):
        raise ValueError(
            f"{folder} has tables already: {', '.join(taken[:5])}{', ...' * (len(taken) > 5)}. "
            "Take them in (`share` without --marker, --grouped or --peers), then move them away"
        )


def write_schemes(course, assignment: str, folder: Path) -> None:
    """Write down what answers are marked by, next to the tables."""
    found = [
        f"# {text.question}\n\n{text.scheme}\n"
        for text in in_words.texts(course, assignment)
        if text.counts and text.scheme
    ]
    (folder / "schemes.md").write_text("\n".join(found), encoding="utf-8")


def _read(path: Path, answers: dict[str, Answer]) -> dict[str, tuple[float, str]]:
    """The points and comments that a marker has given; a `TableError` names what is wrong."""
    given = {}
    for row in spreadsheets.table(path, ["answer", "points"]):
        if not row["points"] or row["answer"] not in answers:
            continue  # not marked yet, or decided meanwhile
        answer = answers[row["answer"]]
        points = spreadsheets.number(row["points"])
        if points is None or not 0 <= points <= answer.maximum:
            raise spreadsheets.TableError(
                f"{path}, line {row.line}: points are {row['points']!r}; expected a number from 0 "
                f"to {answer.maximum:g}"
            )
        given[row["answer"]] = (points, row["comment"])
    return given


def take_in(course, assignment: str) -> Marked:
    """Record what the markers' tables say; where two markers differ, only say so."""
    folder = course.folder / "marking" / assignment
    tables = sorted(folder.glob("*.csv"))
    if not tables:
        raise ValueError(f"{folder} has no table; `share {assignment} --marker NAME` writes them")
    answers = {answer.code: answer for answer in waiting(course, assignment)}
    given = defaultdict(dict)
    for path in tables:
        for code, mark in _read(path, answers).items():
            given[code][path.stem] = mark
    agreed = {code: marks for code, marks in given.items() if len(_points(marks)) == 1}
    _record(course, assignment, answers, agreed)
    differing = [
        (answers[code].student, answers[code].question, {m: p for m, (p, _) in marks.items()})
        for code, marks in given.items()
        if code not in agreed
    ]
    return Marked(len(agreed), _agreement(answers, given), sorted(differing))


def _points(marks) -> set[float]:
    return {points for points, _ in marks.values()}


def _record(course, assignment, answers, agreed):
    with transaction(course) as gradebook:
        for code, given in agreed.items():
            [points] = _points(given)
            comments = "\n\n".join(comment for _, comment in given.values() if comment)
            about = (answers[code].student, answers[code].question)
            give_mark(gradebook, assignment, *about, points, comments)


def _agreement(answers, given) -> list[Agreement]:
    """Compare the points of answers that two have marked, by question."""
    differences = defaultdict(list)
    for code, own in given.items():
        if len(own) > 1:
            points = [points for points, _ in own.values()]
            differences[answers[code].question].append(max(points) - min(points))
    return [
        Agreement(question, len(found), found.count(0), sum(found) / len(found))
        for question, found in sorted(differences.items())
    ]


def describe(marked: Marked) -> str:
    """What came of it, in words."""
    lines = [f"{counted(marked.recorded, 'answer')} recorded."]
    for each in marked.agreement:
        lines.append(
            f"  {each.question}: {counted(each.answers, 'answer')} marked twice, {each.same} of "
            f"them alike; {each.mean_difference:.2g} points apart on average"
        )
    if marked.differing:
        lines.append(
            f"{counted(len(marked.differing), 'answer')} left open, as two markers differ; "
            "settle this in Formgrader:"
        )
        for student, question, points in marked.differing:
            listed = ", ".join(f"{marker} {value:g}" for marker, value in sorted(points.items()))
            lines.append(f"  {id_of(student)}  {question}: {listed}")
    return "\n".join(lines)
