"""Processes that score one submission after the other, each in a jail of its own.

A worker that is killed costs nobody else anything: what it had in hand is tried once more, alone.
"""

import multiprocessing
import multiprocessing.connection
import os
import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from autograder.jail.isolation import Jail, NoIsolation
from autograder.marking.question import Question, own_copy
from autograder.marking.result import Result
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import read_own
from autograder.run import child, scoring
from autograder.run.job import Job, Outcome
from autograder.run.key import result_key
from autograder.run.store import Store

FEW = 3
ATTEMPTS = 2
CLOSE_SECONDS = 10
CROWDED = "crowded"


def default_workers() -> int:
    """A worker for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare(job: Job, store: Store, released, student: str, folder: Path, force: bool):
    """Return the rebuilt notebook and its key, or the outcome if there is nothing to score.

    `released` is the notebook that students were given, read.
    """
    try:
        path = reading.notebook_in(folder, job.assignment)
        if path is None:
            return Outcome(student, "no notebook")
        own = job.variant_seed(student)
        given = own_copy(released, job.questions(), own) if own else released
        notebook = reading.rebuild(released, submission.read(path), given)
        key = result_key(notebook, job.rules, own)
    except Exception as error:
        return failed(student, error)
    result = None if force else store.get(student, key)
    if result is None:
        return notebook, key
    state = "unchanged" if store.is_recorded(student, key) else "scored"
    return _outcome(student, state, key, result, notebook)


def _outcome(student: str, state: str, key: str, result: Result, notebook) -> Outcome:
    """What is said of a notebook that has a result: of one that can't be read, only that."""
    if why := reading.why_unread(notebook):
        return Outcome(student, state, key, unread=why)
    return Outcome(student, state, key, open=tuple(result.open.items()))


def failed(student: str, error: BaseException, key: str = "") -> Outcome:
    """What is said of a submission that an error kept from being marked."""
    return Outcome(student, "failed", key, f"{type(error).__name__}: {error}")


class Worker:
    """Scores one submission after the other in a jail of its own, which starts when needed."""

    def __init__(self, job: Job):
        self.job = job
        self.store = Store(job.results)
        self.released = read_own(job.released)
        self.questions: dict[str, Question] = job.questions()
        self.jail: Jail | None = None

    def run(self, student: str, folder: Path, force: bool = False) -> Outcome:
        """Score a submission and store the result, unless it is already there."""
        try:
            found = prepare(self.job, self.store, self.released, student, folder, force)
            if isinstance(found, Outcome):
                return found
            notebook, key = found
            result = self._score(notebook, self.job.variant_seed(student))
            if result.crowded and not self.job.alone:
                return Outcome(student, CROWDED, key)
            self.store.put(student, key, result, notebook)
            return _outcome(student, "scored", key, result, notebook)
        except Exception as error:
            return failed(student, error)

    def _score(self, notebook, variant_seed):
        for attempt in range(ATTEMPTS):
            try:
                if self.jail is None:
                    self.jail = self.job.jail()
                    self.jail.start()
                return scoring.score(
                    notebook, self.questions, self.jail, variant_seed, self.job.takes_off
                )
            except (NoIsolation, OSError, EOFError):
                self.close()
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Stop the jail."""
        if self.jail is not None:
            self.jail.stop()
            self.jail = None


def score_all(
    job: Job, todo: dict[str, Path], workers: int, force: bool = False
) -> Iterator[Outcome]:
    """Score submissions, student by student, and yield their outcomes as they come.

    A notebook that ran out of time while others took the processors is marked again at the end, one
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
        alone = _in_processes(replace(job, alone=True), {student: todo[student]}, 1, force)
        yield next(alone, killed)


def _score_together(job, todo, workers, force) -> Iterator[Outcome]:
    if len(todo) <= FEW or workers <= 1:
        worker = Worker(job)
        try:
            yield from (worker.run(student, folder, force) for student, folder in todo.items())
        finally:
            worker.close()
        return
    lost = dict(todo)
    for outcome in _in_processes(job, todo, min(workers, len(todo)), force):
        del lost[outcome.student]
        yield outcome
    for student, folder in lost.items():  # one by one, so that only the guilty one fails
        killed = Outcome(student, "failed", reason="the process that marked it was killed, twice")
        yield next(_in_processes(job, {student: folder}, 1, force), killed)


def _in_processes(job, todo, count, force) -> Iterator[Outcome]:
    """Score in `count` processes; what one that is killed had in hand has no outcome."""
    context = multiprocessing.get_context("spawn")
    waiting = list(todo.items())
    busy: dict[Connection, BaseProcess] = {}
    try:
        for _ in range(count):
            _start(context, job, force, busy)
        for connection in list(busy):
            _hand_out(connection, waiting, busy)
        while busy:
            ready = multiprocessing.connection.wait(list(busy))
            for connection in [each for each in busy if each in ready]:
                try:
                    outcome: Outcome = connection.recv()
                except (EOFError, OSError):
                    busy.pop(connection).join()
                    if waiting:
                        _hand_out(_start(context, job, force, busy), waiting, busy)
                    continue
                yield outcome
                _hand_out(connection, waiting, busy)
    finally:
        for connection in busy:
            connection.close()
        for process in busy.values():
            process.join(CLOSE_SECONDS)
            process.terminate()


def _start(context, job, force, busy):
    ours, theirs = context.Pipe()
    process = context.Process(
        target=child.serve, args=(pickle.dumps((serve, (job, force))), theirs), daemon=True
    )
    process.start()
    theirs.close()
    busy[ours] = process
    return ours


def _hand_out(connection, waiting, busy):
    """Give a worker the next submission, or let it end."""
    task = waiting.pop(0) if waiting else None
    try:
        connection.send(task)
    except OSError:  # it is gone: the loop sees the same, and its task has no outcome
        return
    if task is None:
        busy.pop(connection).join()
        connection.close()


def _end_with_parent():
    """End this worker when the process that started it has gone; nobody else would."""
    if (parent := multiprocessing.parent_process()) is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def serve(job: Job, force: bool, connection: Connection) -> None:
    """Score what comes through the connection until it ends (see `autograder.run.child`)."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = Worker(job)
    try:
        while (task := connection.recv()) is not None:
            student, folder = task
            connection.send(worker.run(student, folder, force))
    except (EOFError, OSError, KeyboardInterrupt):
        pass
    finally:
        worker.close()
