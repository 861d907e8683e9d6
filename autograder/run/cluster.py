"""Scores on a `dask.distributed` cluster, for those who outgrow one machine.

A worker gets the text of a notebook and gives plain results back: no folder is shared, and only
this process writes. Every worker process keeps one jail, and its limits are the jail's: a task that
dask cancels would go on. Workers need a copy of this repository and are trusted as it is.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat

from autograder.course.course import ROOT, Course
from autograder.jail import proof
from autograder.marking.variants import Whose
from autograder.run import pipeline, scoring
from autograder.run.store import Store


class _KeptJails:
    """The jails of this worker process, by what they were made for; one is kept at a time."""

    key = None
    jail = None

    @classmethod
    def get(cls, job):
        if cls.key != job:
            if cls.jail is not None:
                cls.jail.stop()
            course = Course()  # this worker's own: its files are what could be seen from here
            places = proof.private_places(course.coursedir, course.config)
            pipeline.prove_isolation(job, places)
            cls.jail, cls.key = job.jail(), job
            cls.jail.start()
        return cls.jail

    @classmethod
    def drop(cls):
        if cls.jail is not None:
            cls.jail.stop()
        cls.jail = cls.key = None


def _score(assignment, isolation, seconds, notebook: str, whose: Whose | None) -> str:
    """Runs on a worker: score one notebook with the worker's own copy of the exercises."""
    released = ROOT / "exercises" / assignment / f"{assignment}.ipynb"
    job = pipeline.Job(assignment, released, Path(), isolation, seconds)
    rebuilt = nbformat.reads(notebook, as_version=4)
    try:
        result = scoring.score(rebuilt, assignment, _KeptJails.get(job), whose)
        if result.crowded:
            result = scoring.score(rebuilt, assignment, _KeptJails.get(job), whose)
    except Exception:
        _KeptJails.drop()
        raise
    return json.dumps(result.to_plain())


def _security(folder: Path | None):
    """TLS from a folder with ca.pem, cert.pem and key.pem, or none for a loopback address."""
    from distributed.security import Security

    if folder is None:
        return None
    names = {"tls_ca_file": "ca.pem", "tls_client_cert": "cert.pem", "tls_client_key": "key.pem"}
    files = {key: str(folder / name) for key, name in names.items()}
    return Security(require_encryption=True, **files)


def check_address(address: str, tls: Path | None) -> None:
    """Refuse to send students' work over a network in the clear."""
    host = address.split("://")[-1].rpartition(":")[0]
    if tls is None and host not in ("127.0.0.1", "localhost", "[::1]"):
        raise ValueError(
            f"{address} is another machine and --tls is not given; name the folder with ca.pem, "
            "cert.pem and key.pem, as students' work would travel in the clear"
        )


def score_all(
    job: pipeline.Job, todo: dict[str, Path], address: str, force=False, tls: Path | None = None
) -> Iterator[pipeline.Outcome]:
    """Like `pipeline.score_all`, on the cluster whose scheduler is at `address`."""
    from distributed import Client, as_completed

    check_address(address, tls)
    if job.private is not None:
        raise ValueError("a course's own exercises are marked on one machine; leave --cluster out")
    store = Store(job.results)
    waiting = {}
    with Client(address, security=_security(tls)) as client:
        for student, folder in todo.items():
            outcome = pipeline.prepare(job, store, student, folder, force)
            if isinstance(outcome, pipeline.Outcome):
                yield outcome
                continue
            notebook, key = outcome
            future = client.submit(
                _score,
                job.assignment,
                job.isolation,
                job.seconds,
                nbformat.writes(notebook),
                job.whose(student),
                pure=False,
                retries=0,
            )
            waiting[future] = (student, key)
        for future in as_completed(list(waiting)):
            student, key = waiting[future]
            try:
                result = scoring.Result.from_plain(json.loads(future.result()))
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                yield pipeline.Outcome(student, "failed", key, reason)
                continue
            store.put(student, key, result)
            yield pipeline.Outcome(student, "scored", key)
