"""Marks a class: workers score in parallel, one writer records, and nothing is done twice."""

import multiprocessing
import multiprocessing.connection
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from autograder.jail import doctor, proof
from autograder.jail.isolation import Jail, NoIsolation
from autograder.marking import catalogue
from autograder.marking.variants import Whose
from autograder.notebooks import reading
from autograder.run import scoring
from autograder.run.store import Store

FEW = 3
ATTEMPTS = 2
CROWDED = "crowded"


@dataclass(frozen=True)
class Job:
    """Everything that a worker has to know; plain data, so that it can travel."""

    assignment: str
    released: Path
    results: Path
    isolation: str = "bubblewrap"
    seconds: float | None = None
    variants: str = ""
    private: Path | None = None
    attempts: bool = False
    alone: bool = False

    def whose(self, student: str) -> Whose | None:
        """Whose numbers a submission is marked by; an attempt is called STUDENT+WHEN."""
        name = student.rpartition("+")[0] if self.attempts else student
        return Whose(self.variants, name) if self.variants else None

    def jail(self) -> Jail:
        """A jail, not yet started, for this job's notebooks."""
        return scoring.jail_for(self.assignment, self.released, self.isolation, self.seconds)


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: `state` is scored, unchanged, no notebook or failed.

    A worker may also say crowded: to be marked once more, when nobody else is.
    """

    student: str
    state: str
    key: str = ""
    reason: str = ""


def notebook_in(folder: Path, assignment: str) -> Path | None:
    """Find the notebook in a submission: the one of the right name, else the newest there is."""
    wanted = folder / f"{assignment}.ipynb"
    if os.path.lexists(wanted):
        return wanted
    others = [path for path in folder.glob("*.ipynb") if path.is_file() and not path.is_symlink()]
    return max(others, key=lambda path: path.stat().st_mtime, default=None)


def rebuilt(folder: Path, job: Job):
    """Return the clean notebook of a submission, or None if there is no notebook."""
    path = notebook_in(folder, job.assignment)
    if path is None:
        return None
    released = _released(job.released, job.released.stat().st_mtime_ns)
    return reading.rebuild(released, reading.read(path))


@lru_cache(maxsize=4)
def _released(path: Path, _changed: int):
    return scoring.read_released(path)


def default_workers() -> int:
    """A worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare(job: Job, store: Store, student: str, folder: Path, force: bool):
    """Return the rebuilt notebook and its key, or the outcome if there is nothing to score."""
    try:
        notebook = rebuilt(folder, job)
        if notebook is None:
            return Outcome(student, "no notebook")
        key = scoring.result_key(notebook, job.assignment, job.released, job.whose(student))
    except Exception as error:
        return Outcome(student, "failed", reason=f"{type(error).__name__}: {error}")
    if not force and store.is_recorded(student, key):
        return Outcome(student, "unchanged", key)
    if not force and store.get(student, key) is not None:
        return Outcome(student, "scored", key)
    return notebook, key


class Worker:
    """Scores one submission after the other in a jail of its own, which starts when needed."""

    def __init__(self, job: Job):
        self.job = job
        self.store = Store(job.results)
        self.jail: Jail | None = None

    def run(self, student: str, folder: Path, force: bool) -> Outcome:
        """Score a submission and store the result, unless it is already there."""
        found = prepare(self.job, self.store, student, folder, force)
        if isinstance(found, Outcome):
            return found
        notebook, key = found
        result = self._score(notebook, self.job.whose(student))
        if result.crowded and not self.job.alone:
            return Outcome(student, CROWDED, key)
        self.store.put(student, key, result)
        return Outcome(student, "scored", key)

    def _score(self, notebook, whose):
        for attempt in range(ATTEMPTS):
            try:
                if self.jail is None:
                    self.jail = self.job.jail()
                    self.jail.start()
                return scoring.score(notebook, self.job.assignment, self.jail, whose)
            except (NoIsolation, OSError, EOFError):
                self.close()
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def close(self):
        if self.jail is not None:
            self.jail.stop()
            self.jail = None


_worker: Worker | None = None


def _end_with_parent():
    """End this worker when the process that started it has gone; nobody else would."""
    parent = multiprocessing.parent_process()
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _start_worker(job):
    global _worker
    if multiprocessing.parent_process() is not None:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    if job.private is not None:
        catalogue.add_folder(job.private / "questions")
    _worker = Worker(job)
    multiprocessing.util.Finalize(_worker, _worker.close, exitpriority=10)


def _work(student, folder, force):
    try:
        return _worker.run(student, folder, force)
    except Exception as error:
        return Outcome(student, "failed", reason=f"{type(error).__name__}: {error}")


def score_all(job: Job, todo: dict[str, Path], workers: int, force=False) -> Iterator[Outcome]:
    """Score submissions and yield their outcomes as they come.

    A worker that is killed costs nobody else anything: what it had in hand is tried once more. A
    notebook that ran out of time while others took the processors is marked again at the end, one
    at a time, and only that counts.
    """
    crowded = []
    for outcome in _score_together(job, todo, workers, force):
        if outcome.state == CROWDED:
            crowded.append(outcome.student)
        else:
            yield outcome
    for student in crowded:
        killed = Outcome(student, "failed", reason="the process that marked it was killed")
        alone = _score_in_pool(replace(job, alone=True), {student: todo[student]}, 1, force)
        yield next(alone, killed)


def _score_together(job, todo, workers, force):
    if len(todo) <= FEW or workers <= 1:
        _start_worker(job)
        try:
            yield from (_work(student, folder, force) for student, folder in todo.items())
        finally:
            _worker.close()
        return
    left = dict(todo)
    for _ in range(ATTEMPTS):
        for outcome in _score_in_pool(job, left, workers, force):
            del left[outcome.student]
            yield outcome
        if not left:
            return
    for student, folder in left.items():  # one by one, so that only the guilty one fails
        killed = Outcome(student, "failed", reason="the process that marked it was killed, twice")
        yield next(_score_in_pool(job, {student: folder}, 1, force), killed)


def _score_in_pool(job, todo, workers, force):
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(todo))
    with ProcessPoolExecutor(count, context, _start_worker, (job,)) as pool:
        waiting = [pool.submit(_work, student, folder, force) for student, folder in todo.items()]
        for future in as_completed(waiting):
            try:
                yield future.result()
            except BrokenProcessPool:
                return


def job_of(course, assignment: str, isolation="bubblewrap", seconds=None) -> Job:
    """What workers have to know to mark an assignment of this course."""
    return Job(
        assignment,
        course.released(assignment),
        course.store(assignment).folder,
        isolation,
        seconds,
        course.settings.seed(),
        course.settings.private_folder(),
    )


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
    progress: Callable[[Iterator[Outcome], int], Iterator[Outcome]] = lambda outcomes, _: outcomes,
) -> list[Outcome]:
    """Mark all submissions of an assignment that have changed, and record them in the gradebook.

    `progress` wraps the outcomes on their way, for a bar. Submissions that were recorded under the
    same rules are left as they are; `force` marks them again. `seconds` changes what one cell, or
    one call, may take. `cluster` is the address of a dask scheduler, `tls` the folder with the
    files that its encryption needs.
    """
    from autograder.notebooks import recording  # brings nbgrader, which workers have no use for

    job = job_of(course, assignment, isolation, seconds)
    course.register(assignment)
    workers = workers or default_workers()
    if cluster is None:
        places = proof.private_places(course.coursedir, course.config)
        prove_isolation(job, places)  # on a cluster, each worker refuses for itself
    if course.settings.resubmissions == "best":
        choose_best(course, job, workers)
    todo = course.submissions(assignment)
    if students is not None:
        todo = {student: todo[student] for student in students}
    if cluster is None:
        found = score_all(job, todo, workers, force)
    else:
        from autograder.run import cluster as elsewhere

        found = elsewhere.score_all(job, todo, cluster, force, tls)
    recorded = recording.record(course, assignment, progress(found, len(todo)))
    return sorted(recorded, key=lambda outcome: outcome.student)


def choose_best(course, job: Job, workers: int) -> None:
    """Put each student's best attempt, after what lateness costs, where submissions lie."""
    attempts = course.attempts(job.assignment)
    todo = {f"{s}+{path.name}": path for s, paths in attempts.items() for path in paths}
    store = Store(job.results / "attempts")
    list(score_all(replace(job, results=store.folder, attempts=True), todo, workers))
    for student, paths in attempts.items():
        worth = {path: _worth(course, job, student, path, store) for path in paths}
        best = max(paths, key=lambda path: (worth[path], path.name))
        target = Path(course.coursedir.submitted_directory, student, job.assignment)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(best, target)


def _worth(course, job, student, path, store) -> float:
    result = store.latest(f"{student}+{path.name}")
    seconds = course.seconds_late(job.assignment, student, path)
    percent = course.settings.late.percent(seconds)
    return result.points * (1 - percent / 100) if result else 0
