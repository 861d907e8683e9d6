"""Marks again after a key was mended: shows what will change, asks, records, and logs why."""

from dataclasses import dataclass
from pathlib import Path

from autograder.handin.forms import counted
from autograder.notebooks.cells import handed_in, read_own
from autograder.run import log, pipeline, recording
from autograder.run.ids import id_of
from autograder.run.job import Job, Outcome
from autograder.run.pool import default_workers, prepare, score_all


@dataclass(frozen=True)
class Change:
    """Points of one answer, before and after; None is an open mark, for a person to give."""

    student: str
    question: str
    before: float | None
    after: float | None


def under_other_rules(course, assignment: str, **options) -> list[str]:
    """Students whose work is as it was recorded, and whose marks today's rules would give anew.

    Rules change with the engine's version, a mended checker, other limits. An earlier version left
    no trace of the rules; what was marked lies in the autograded folder, for every version.
    """
    job, store = course.job(assignment, **options), course.store(assignment)
    if store.rules() == job.rules:
        return []
    released, found = read_own(job.released), []
    for student, folder in course.submissions(assignment).items():
        if store.recorded_key(student) is None or not course.is_autograded(assignment, student):
            continue
        prepared = prepare(job, store, released, student, folder, force=False)
        if isinstance(prepared, Outcome):  # nothing to mark, or nothing that can be read
            continue
        recorded = read_own(course.autograded(assignment, student))
        if handed_in(prepared[0], released) == handed_in(recorded, released):
            found.append(student)
    return found


def changes(
    course, assignment: str, workers: int | None = None, **options
) -> tuple[list[Change], list[Outcome]]:
    """Score everything under the rules as they are now; return what differs from the gradebook.

    Nothing is recorded: the new results wait in the store.
    """
    store = course.store(assignment)
    old = course.recorded_points(assignment)
    job = course.job(assignment, **options)
    workers = workers or default_workers()
    todo = course.submissions(assignment) | _best(course, assignment, job, workers)
    outcomes = list(score_all(job, todo, workers))
    found = []
    for outcome in outcomes:
        result = store.latest(outcome.student)
        for name, verdict in result.verdicts.items() if result else ():
            after = None if verdict.is_open else verdict.points
            before = old.get(outcome.student, {name: after}).get(name)
            if before != after:
                found.append(Change(outcome.student, name, before, after))
    return sorted(found, key=lambda change: (change.question, change.student)), outcomes


def _best(course, assignment: str, job: Job, workers: int) -> dict[str, Path]:
    """Where the best of several attempts counts: which that is under these rules."""
    if course.settings.resubmissions != "best":
        return {}
    return pipeline.best_attempts(course, job, workers)


def _shown(points: float | None) -> str:
    return "open" if points is None else f"{points:g}"


def describe(found: list[Change]) -> str:
    """The changes in words."""
    if not found:
        return "Nothing changes."
    students = len({change.student for change in found})
    lines = [f"The points of {counted(students, 'student')} change:"]
    for change in found:
        points = f"{_shown(change.before)} → {_shown(change.after)}"
        lines.append(f"  {id_of(change.student)}  {change.question}: {points}")
    return "\n".join(lines)


def record(course, assignment: str, found: list[Change], outcomes, why: str) -> list[Outcome]:
    """Bring the new results into the gradebook and write down who, what, when and why.

    Returns all outcomes; the log has nothing of the submissions that could not be recorded.
    """
    job = course.job(assignment)
    for student, attempt in _best(course, assignment, job, default_workers()).items():
        pipeline.put_attempt(course, assignment, student, attempt, why)
    recorded = list(recording.record(course, assignment, outcomes))
    course.store(assignment).set_rules(job.rules)
    for outcome in (outcome for outcome in recorded if outcome.state == "failed"):
        found = [change for change in found if change.student != outcome.student]
    rows = [(c.student, c.question, _shown(c.before), _shown(c.after)) for c in found]
    log.write(course.folder, assignment, rows, why)
    return recorded
