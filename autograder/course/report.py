"""The instructor's page about an assignment: what was hard, what to talk about tomorrow."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from jinja2 import Environment, PackageLoader

from autograder.course import (
    absent,
    lateness,
    people,
    pointless,
    records,
    similarity,
    together,
    work,
)
from autograder.handin.forms import counted
from autograder.notebooks import feedback
from autograder.run.ids import id_of


@dataclass(frozen=True)
class Item:
    """How a question went: `difficulty` is the mean share of its points, `discrimination` the
    correlation of its points with those of the rest of the notebook (None where all are alike).

    Answers without a mark are left out; where none has one, there is no mean and no difficulty.
    """

    name: str
    points: float
    mean: float | None
    difficulty: float | None
    discrimination: float | None
    full: int
    none: int


@dataclass(frozen=True)
class Misconception:
    """A mistake that several students made, with what answers it."""

    slug: str
    question: str
    count: int
    message: feedback.Message

    @property
    def widget(self) -> str:
        """The widget that the link opens, if it opens one."""
        return self.message.link.partition("#")[2].partition("?")[0]


@dataclass(frozen=True)
class Group:
    """Points by learning objective or Bloom level."""

    name: str
    earned: float
    possible: float

    @property
    def share(self) -> float:
        return self.earned / self.possible if self.possible else 0


def _correlation(x, y) -> float | None:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _points(mark: records.Mark) -> float:
    return np.nan if mark.is_open else mark.points


def items(found: list[records.Record]) -> list[Item]:
    """Difficulty and discrimination of every question (classical test theory)."""
    names = list(found[0].marks) if found else []
    table = np.array([[_points(record.marks[name]) for name in names] for record in found])
    result = []
    for at, name in enumerate(names):
        maximum = found[0].marks[name].maximum
        marked = ~np.isnan(table[:, at])
        column = table[marked, at]
        rest = np.nansum(table[marked], axis=1) - column
        mean = float(column.mean()) if column.size else None
        result.append(
            Item(
                name,
                maximum,
                mean,
                None if mean is None else mean / maximum,
                _correlation(column, rest),
                int((column >= maximum).sum()),
                int((column <= 0).sum()),
            )
        )
    return result


def misconceptions(course, assignment, students) -> list[Misconception]:
    """The named mistakes, the most frequent first."""
    counts, messages = Counter(), {}
    store = course.store(assignment)
    for student in students:
        result = store.latest(student)
        for name, verdict in result.verdicts.items() if result else ():
            if verdict.misconception:
                counts[verdict.misconception, name] += 1
                messages.setdefault((verdict.misconception, name), " ".join(verdict.messages))
    book = _book(course)
    return [
        Misconception(slug, name, count, feedback.message_of(messages[slug, name], book))
        for (slug, name), count in counts.most_common()
    ]


def _book(course) -> str:
    """Where the book is published, or the copy that was built on this machine, or nothing."""
    built = course.root / course.definition.built_book
    here = built.as_uri() if built.is_dir() else ""
    return course.config.FeedbackExporter.get("book_url", "") or here


def groups(course, assignment, found, key) -> list[Group]:
    """Points per learning objective or Bloom level; `key` gives a question's groups.

    What has no mark yet is left out, here and among what was possible.
    """
    earned, possible = Counter(), Counter()
    for name, question in course.questions(assignment).items():
        for group in key(question):
            for mark in (record.marks[name] for record in found):
                if not mark.is_open:
                    earned[group] += mark.points
                    possible[group] += mark.maximum
    return [Group(str(name), earned[name], possible[name]) for name in sorted(possible)]


def _objectives(course, assignment, found) -> list[Group]:
    """Points per learning objective, in the course's own words where it has them."""
    words = {str(number): text for number, text in course.definition.catalogue.objectives().items()}
    return [
        replace(group, name=f"{group.name}. {words.get(group.name, '')}".rstrip(". "))
        for group in groups(course, assignment, found, lambda q: q.objectives)
    ]


def write(course, assignment: str, anonymous: bool = False):
    """Write the report page of an assignment into the course's folder; return its path."""
    found = records.read(course, assignment)
    if not found:
        raise ValueError(f"nobody has a mark in {assignment}; run `grade {assignment}` first")
    students = [record.student for record in found]
    names = people.numbers(students) if anonymous else people.labels(course, students)
    unread = records.unread(course, assignment, found)
    works = work.read(course, assignment, students)
    cells = pointless.cells_of(course)
    missing = absent.without_mark(course, assignment, set(students))
    totals = [record.final for record in found if not record.unmarked]
    maximum = sum(mark.maximum for mark in found[0].marks.values())
    count, edges = np.histogram(totals, bins=10, range=(0, maximum))
    environment = Environment(loader=PackageLoader("autograder.course"), autoescape=True)
    environment.filters["ticks"] = feedback.ticks
    environment.globals["counted"] = counted
    environment.filters["late"] = partial(lateness.told, course.settings.late)
    page = environment.get_template("report.html.j2").render(
        assignment=assignment,
        records=found,
        notes={record.student: _notes(record, unread) for record in found},
        ids=names if anonymous else {student: id_of(student) for student in students},
        full_names={} if anonymous else people.names(course, students),
        maximum=maximum,
        mean=float(np.mean(totals)) if totals else 0.0,
        median=float(np.median(totals)) if totals else 0.0,
        bars=[(float(edges[at]), float(edges[at + 1]), int(n)) for at, n in enumerate(count)],
        most=max(int(count.max()), 1),
        items=items(found),
        objectives=_objectives(course, assignment, found),
        bloom=groups(course, assignment, found, lambda q: (q.bloom,)),
        misconceptions=misconceptions(course, assignment, students),
        similar=[
            (names[pair.one], names[pair.other], pair.reasons)
            for pair in similar(course, assignment, works)
        ],
        compared=(len(works), similarity.COMPARED, similarity.NOT_COUNTED),
        faults=list(_faults(course, assignment, found, names, unread)),
        # Numbers tell nobody apart of whom there is nothing else to show.
        absent=[] if anonymous else _absent(course, missing),
        roster=len(found) + len(missing),
        waiting=sum(record.waiting and not record.unmarked for record in found),
        without=sum(record.unmarked for record in found),
        pointless=_by_reason(pointless.reasons(course, assignment, found, works, cells), names),
        unread=[
            (
                names[r.student],
                unread[r.student] + _looks_like(course, assignment, r.student, cells),
                r,
            )
            for r in found
            if r.student in unread
        ],
    )
    path = course.folder / "reports" / f"{assignment}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def similar(course, assignment: str, works: dict[str, work.Work]) -> list[similarity.Pair]:
    """Pairs of submissions that are alike; of those who handed in together that is no news."""
    partners = together.pairs(course, assignment)
    return [p for p in similarity.pairs(works) if frozenset((p.one, p.other)) not in partners]


def _absent(course, missing: list[absent.Absent]) -> list[tuple[str, list[str]]]:
    """The students of the roster of whom there is nothing to mark, by what they sent."""
    labels = people.labels(course, [one.student for one in missing])
    by_note: dict[str, list[str]] = {}
    for one in missing:
        by_note.setdefault(one.why or one.note, []).append(labels[one.student])
    return list(by_note.items())


def _faults(course, assignment, found, names, unread):
    """Answers whose checkers failed, so that a person has to look, with the reason."""
    store = course.store(assignment)
    for record in found:
        result = None if record.student in unread else store.latest(record.student)
        for name, fault in result.open.items() if result else ():
            if record.marks[name].is_open:
                yield names[record.student], name, fault


def _looks_like(course, assignment, student, cells) -> str:
    """What else a file is that has none of the assignment's cells, where that can be told."""
    other = pointless.other_assignment(course, assignment, student, cells)
    return f" By its cells it is {other}." if other else ""


def _by_reason(reasons, names) -> list[tuple[str, list[str]]]:
    """Students by the reason for which they are listed."""
    found = {}
    for student, why in reasons.items():
        found.setdefault(why, []).append(names[student])
    return sorted(found.items())


def _notes(record, unread) -> str:
    """What is to know of a student's points: what a person gave, and what still waits."""
    by_hand = [name for name, mark in record.marks.items() if mark.by_hand]
    waiting = sum(mark.waiting for mark in record.marks.values())
    notes = ["can't be read"] if record.student in unread else []
    notes += [f"{waiting} to mark by hand"] if waiting else []
    notes += [f"by hand: {', '.join(by_hand)}"] if by_hand else []
    return "; ".join(notes)
