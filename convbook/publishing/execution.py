"""Notebooks run two at a time, before the pages are read one after the other.

Sphinx reads pages on one core, because not every extension allows more, and MyST-NB runs a notebook
while it reads its page. Here those that the cache does not hold yet run first, the longest first,
and go into the cache exactly as MyST-NB would put them there; reading then finds all of them. One
that fails is left to MyST-NB, which runs it again and reports it as ever.
"""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import nullcontext, suppress
from pathlib import Path
from queue import Empty
from time import monotonic

import nbformat
import zmq
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel, HBChannel
from jupyter_client.manager import KernelManager
from sphinx.util import logging
from traitlets import Type
from traitlets.config import Config

from convbook.publishing import freshness
from convbook.publishing.warm import WarmKernelManager, warm_kernels

AT_ONCE = 2  # on two cores; the two that train most held 5.5 GB together
TRAINING = 60.0  # seconds that a notebook may take that never ran: if it can train, and if not
QUICK = 1.0
# Two notebooks that train share two cores: with two threads each, training takes a third more
# processor time and twice as long. With one, its numbers depend on no machine's number of cores.
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
logger = logging.getLogger(__name__)


def run_ahead(app, env, docnames):
    """Run the notebooks among the pages to read that the cache does not know."""
    config = env.mystnb_config
    if config.execution_mode != "cache":
        return
    cache = get_cache(config.execution_cache_path)
    durations = {record.uri: record.data for record in cache.list_cache_records()}
    waiting = []
    for docname in docnames:
        path = Path(env.doc2path(docname))
        if path.suffix != ".ipynb" or excluded(path, config):
            continue
        text = freshness.marked(path.read_text("utf-8"))[0]
        notebook = nbformat.reads(text, as_version=4)
        with suppress(KeyError):
            cache.match_cache_notebook(notebook)
            continue
        expected = durations.get(str(path), {}).get("execution_seconds") or (
            TRAINING if may_train(notebook) else QUICK
        )
        waiting.append((expected, path, notebook))
    if len(waiting) < AT_ONCE:
        return  # reading runs it just as fast
    waiting.sort(key=lambda item: item[0], reverse=True)
    logger.info("running %d notebooks, %d at a time", len(waiting), AT_ONCE)
    heavy = sum(may_train(notebook) for *_, notebook in waiting)
    warm = warm_kernels() if heavy >= AT_ONCE else nullcontext("")
    with warm as address, ThreadPoolExecutor(AT_ONCE) as pool:
        runs = {pool.submit(run, path, nb, config, address): path for _, path, nb in waiting}
        for done in as_completed(runs):
            result, path = done.result(), runs[done]
            if result.err is not None:
                logger.info("%s failed after %.1f s, and runs again", path.name, result.time)
                continue
            logger.info("%s ran in %.1f s", path.name, result.time)
            cache.cache_notebook_bundle(
                CacheBundleIn(result.nb, str(path), data={"execution_seconds": result.time}),
                check_validity=False,
                overwrite=True,
            )


class AskingChannel(AsyncZMQSocketChannel):
    """Asks every second whether a message has come. To be told of it is not enough: a reply that
    had arrived was once noticed only when the cell's 300 seconds were over (pyzmq 27.3)."""

    every = 1.0

    async def get_msg(self, timeout=None):  # type: ignore[override]
        end = float("inf") if timeout is None else monotonic() + timeout
        while True:
            wait = max(0.0, min(self.every, end - monotonic()))
            if await self.socket.poll(int(1000 * wait)):
                return await self._recv()
            if monotonic() >= end:
                raise Empty


class Heartbeat(HBChannel):
    """Ends within a tenth of a second, for which every notebook waits; otherwise within one."""

    time_to_dead = 0.1


class AskingClient(AsyncKernelClient):
    shell_channel_class = Type(AskingChannel)
    hb_channel_class = Type(Heartbeat)


def run(path, notebook, config, address=""):
    """As MyST-NB does it, with a warm kernel; the notebook is filled with its outputs."""
    return single_nb_execution(
        notebook,
        cwd=str(path.parent),
        allow_errors=config.execution_allow_errors,
        timeout=config.execution_timeout,
        config=connection(address),
        kernel_manager_class=WarmKernelManager,
    )


def connection(address: str = "") -> Config:
    """How to talk to a kernel: by asking, and encrypted, because it warns of all else."""
    kernel: dict[str, object] = {"client_factory": AskingClient}
    # An older jupyter_client has it not.
    if "transport_encryption" in KernelManager.class_traits() and zmq.has("curve"):
        kernel["transport_encryption"] = "auto"
    return Config(KernelManager=kernel, WarmKernelManager={"address": address})


def excluded(path: Path, config) -> bool:
    return any(path.match(pattern) for pattern in config.execution_excludepatterns)


def may_train(notebook) -> bool:
    """Whether a notebook imports what trains networks, which takes long in itself."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return "keras" in code or "convbook.models" in code


def one_thread(app):
    """Kernels inherit it, those that MyST-NB starts too; who sets it otherwise keeps it."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)


def setup(app):
    app.connect("builder-inited", one_thread)
    # When all pages to read are known, those that glue from others among them.
    app.connect("env-before-read-docs", run_ahead, priority=900)
