"""Marks a class: workers score in parallel, one writer records, and nothing is done twice."""

import difflib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from autograder.jail import doctor, proof
from autograder.run import cluster as elsewhere
from autograder.run import log, recording
from autograder.run.ids import id_of
from autograder.run.job import Job, Outcome
from autograder.run.pool import default_workers, score_all
from autograder.run.store import Store

Progress = Callable[[Iterator[Outcome], int], Iterator[Outcome]]


def prove_isolation(job: Job, places: tuple[str, ...]) -> None:
    """Refuse, before any work, what the doctor would refuse or where `places` can be seen."""
    doctor.require(job.isolation)
    with job.jail() as jail:
        proof.prove(jail, places)


def grade(
    course,
    assignment: str,
    *,
    isolation: str = "bubblewrap",
    seconds: float | None = None,
    workers: int | None = None,
    force: bool = False,
    students: list[str] | None = None,
    cluster: str | None = None,
    tls: Path | None = None,
    progress: Progress = lambda outcomes, _: outcomes,
) -> list[Outcome]:
    """Mark all submissions of an assignment that have changed, and record them in the gradebook.

    `course` is an `autograder.course.course.Course`. `progress` wraps the outcomes on their way,
    for a bar. Submissions that were recorded under the same rules are left as they are; `force`
    marks them again. `seconds` changes what one cell, or one call, may take. `cluster` is the
    address of a dask scheduler, `tls` the folder with the files that its encryption needs.
    """
    course.register(assignment)
    job = course.job(assignment, isolation=isolation, seconds=seconds)
    workers = workers or default_workers()
    if cluster is None:
        prove_isolation(job, course.private_places())  # on a cluster, each worker does
    if course.settings.resubmissions == "best":
        choose_best(course, job, workers)
    todo = course.submissions(assignment)
    if students is not None:
        todo = {student: todo[student] for student in _known(students, todo, assignment)}
    if cluster is None:
        found = score_all(job, todo, workers, force)
    else:
        found = elsewhere.score_all(job, todo, cluster, course.remote, force, tls)
    recorded = list(recording.record(course, assignment, progress(found, len(todo))))
    if students is None:
        course.store(assignment).set_rules(job.rules)
    return sorted(recorded, key=lambda outcome: outcome.student)


def _known(students: list[str], todo: Mapping[str, Path], assignment: str) -> list[str]:
    """The students who were named; a `ValueError` names one who handed nothing in."""
    for student in students:
        if student not in todo:
            near = map(id_of, difflib.get_close_matches(student, todo, 3))
            meant = " or ".join(near)
            hint = f"did you mean {meant}?" if meant else "`collect` lists who has"
            raise ValueError(f"{id_of(student)!r} has handed nothing in to {assignment}; {hint}")
    return students


def choose_best(course, job: Job, workers: int) -> None:
    """Put each student's best attempt, after what lateness costs, where submissions lie.

    Where another one is now the best than the one that was marked, that is logged.
    """
    for student, best in best_attempts(course, job, workers).items():
        put_attempt(course, job.assignment, student, best, "another attempt is now the best")


def put_attempt(course, assignment: str, student: str, attempt: Path, why: str) -> None:
    """Put an attempt where submissions lie; log it where another one was marked."""
    target = Path(course.coursedir.submitted_directory, student, assignment)
    if course.is_autograded(assignment, student) and not _are_same(attempt, target, assignment):
        before, after = (_when(folder) for folder in (target, attempt))
        log.write(course.folder, assignment, [(student, "attempt", before, after)], why)
    replace_folder(attempt, target)


def _when(folder: Path) -> str:
    path = folder / "timestamp.txt"
    return path.read_text(encoding="utf-8").strip() if path.exists() else "at no known time"


def _are_same(one: Path, other: Path, assignment: str) -> bool:
    """Whether two folders hold the same notebook."""
    paths = [folder / f"{assignment}.ipynb" for folder in (one, other)]
    there = all(path.is_file() for path in paths)
    return there and paths[0].read_bytes() == paths[1].read_bytes()


def best_attempts(course, job: Job, workers: int) -> dict[str, Path]:
    """Each student's best attempt, after what lateness costs, under the rules of a job."""
    attempts = course.attempts(job.assignment)
    todo = {f"{s}+{path.name}": path for s, paths in attempts.items() for path in paths}
    store = Store(job.results / "attempts")
    list(score_all(replace(job, results=store.folder, attempts=True), todo, workers))
    found = {}
    for student, paths in attempts.items():
        worth = {path: _worth(course, job, student, path, store) for path in paths}
        found[student] = max(paths, key=lambda path: (worth[path], path.name))
    return found


def replace_folder(source: Path, target: Path) -> None:
    """Put a copy of a folder in the place of another; without the copy, nothing is removed."""
    new = target.with_name(f".{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(source, new)
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _worth(course, job, student, path, store) -> float:
    result = store.latest(f"{student}+{path.name}")
    seconds = course.seconds_late(job.assignment, student, path)
    percent = course.settings.late.percent(seconds)
    return result.points * (1 - percent / 100) if result else 0
