"""Scores on a `dask.distributed` cluster, for those who outgrow one machine.

A worker gets the text of a notebook and gives plain results back: no folder is shared, and only
this process writes. Every worker process keeps one jail, and its limits are the jail's: a task that
dask cancels would go on. Workers need a copy of the course and are trusted as it is.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat.v4

from autograder.jail.isolation import Jail
from autograder.marking.question import Question
from autograder.marking.result import Result
from autograder.marking.variants import VariantSeed
from autograder.notebooks.cells import read_own
from autograder.run import scoring
from autograder.run.job import Job, Outcome
from autograder.run.pool import failed, prepare
from autograder.run.store import Store

PLUGIN = "autograder-jail"


class KeptJail:
    """A plugin of dask's for one worker process: keeps the jail between notebooks.

    `here` gives the job as it is on the worker, with its own copy of the course, and proves the
    isolation there before it does.
    """

    def __init__(self, here: Callable[[], Job], rules: str):
        self.here, self.rules = here, rules
        self.jail: Jail | None = None
        self.questions: Mapping[str, Question] = {}
        self.takes_off = True

    def setup(self, worker) -> None:
        """Called by dask: nothing starts before there is something to mark."""

    def teardown(self, worker) -> None:
        """Called by dask at the worker's end."""
        self.drop()

    def score(self, notebook: str, variant_seed: VariantSeed | None) -> str:
        """Score one notebook; return the result as JSON."""
        try:
            jail, rebuilt = self.running_jail(), nbformat.v4.reads(notebook)
            result = scoring.score(rebuilt, self.questions, jail, variant_seed, self.takes_off)
            if result.crowded:
                result = scoring.score(rebuilt, self.questions, jail, variant_seed, self.takes_off)
        except Exception:
            self.drop()
            raise
        return json.dumps(result.to_plain())

    def running_jail(self) -> Jail:
        """The jail that is kept; the first time, the worker's own job is looked at."""
        if self.jail is None:
            job = self.here()
            if job.rules != self.rules:
                raise ValueError(
                    "this worker's copy of the course would mark by other rules; bring both to one "
                    "version"
                )
            self.questions, self.jail = job.questions(), job.jail()
            self.takes_off = job.takes_off
            self.jail.start()
        return self.jail

    def drop(self) -> None:
        """Stop the jail."""
        if self.jail is not None:
            self.jail.stop()
        self.jail = None


def _score(notebook: str, variant_seed: VariantSeed | None) -> str:
    """Runs on a worker."""
    from distributed import get_worker

    kept: Any = get_worker().plugins[PLUGIN]
    return kept.score(notebook, variant_seed)


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
    job: Job,
    todo: dict[str, Path],
    address: str,
    remote: Callable[[Job], Callable[[], Job]],
    force: bool = False,
    tls: Path | None = None,
) -> Iterator[Outcome]:
    """Like `pool.score_all`, on the cluster whose scheduler is at `address`.

    `remote` makes of this machine's job what a worker calls for its own (see `KeptJail`).
    """
    from distributed import Client, WorkerPlugin, as_completed

    check_address(address, tls)
    store, waiting, released = Store(job.results), {}, read_own(job.released)
    with Client(address, security=_security(tls)) as client:
        plugin = type("Plugin", (KeptJail, WorkerPlugin), {"name": PLUGIN})
        client.register_plugin(plugin(remote(job), job.rules), name=PLUGIN)
        for student, folder in todo.items():
            found = prepare(job, store, released, student, folder, force)
            if isinstance(found, Outcome):
                yield found
                continue
            notebook, key = found
            text = nbformat.v4.writes(notebook)
            future = client.submit(_score, text, job.variant_seed(student), pure=False, retries=0)
            waiting[future] = (student, key, notebook)
        for future in as_completed(list(waiting)):
            student, key, notebook = waiting[future]
            try:
                result = Result.from_plain(json.loads(future.result()))
            except Exception as error:
                yield failed(student, error, key)
                continue
            store.put(student, key, result, notebook)
            yield Outcome(student, "scored", key, open=tuple(result.open.items()))
