"""Marks again after a key was mended: shows what will change, asks, records, and logs why."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from autograder.notebooks import recording
from autograder.run import pipeline


@dataclass(frozen=True)
class Change:
    """Points of one answer, before and after."""

    student: str
    question: str
    before: float
    after: float


def changes(
    course, assignment: str, workers: int | None = None, **options
) -> tuple[list[Change], list[pipeline.Outcome]]:
    """Score everything under the rules as they are now; return what differs from the gradebook.

    Nothing is recorded: the new results wait in the store.
    """
    store = course.store(assignment)
    old = course.recorded_points(assignment)
    job = pipeline.job_of(course, assignment, **options)
    todo = course.submissions(assignment)
    outcomes = list(pipeline.score_all(job, todo, workers or pipeline.default_workers()))
    found = []
    for outcome in outcomes:
        result = store.latest(outcome.student)
        for name, verdict in result.verdicts.items() if result else ():
            before = old.get(outcome.student, {}).get(name)
            if before is not None and before != verdict.points:
                found.append(Change(outcome.student, name, before, verdict.points))
    return sorted(found, key=lambda change: (change.question, change.student)), outcomes


def describe(found: list[Change]) -> str:
    """The changes in words."""
    if not found:
        return "Nothing changes."
    lines = [f"{len({change.student for change in found})} students' points change:"]
    lines += [f"  {c.student}  {c.question}: {c.before:g} → {c.after:g}" for c in found]
    return "\n".join(lines)


def record(
    course, assignment: str, found: list[Change], outcomes, why: str
) -> list[pipeline.Outcome]:
    """Bring the new results into the gradebook and write down who, what, when and why.

    Returns the submissions that could not be recorded; the log has nothing of them.
    """
    failed = [o for o in recording.record(course, assignment, outcomes) if o.state == "failed"]
    for outcome in failed:
        found = [change for change in found if change.student != outcome.student]
    path = course.folder / "regrades.csv"
    lines = io.StringIO()
    writer = csv.writer(lines)
    if not path.exists():
        writer.writerow(["when", "assignment", "student", "question", "before", "after", "why"])
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    for change in found:
        row = [change.student, change.question, f"{change.before:g}", f"{change.after:g}", why]
        writer.writerow([when, assignment, *row])
    with path.open("a", newline="", encoding="utf-8") as file:
        file.write(lines.getvalue())
    return failed
