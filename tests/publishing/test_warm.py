"""A kernel that is forked from a process with all imports is like one that was started alone."""

import asyncio
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import waiting
from jupyter_client.connect import write_connection_file

from convbook.models import _quiet
from convbook.publishing import execution, warm

CONFIG = SimpleNamespace(execution_allow_errors=False, execution_timeout=120)
LOADED = "import sys; print('keras' in sys.modules)"
SURROUNDINGS = """
import os, sys
print("\\n".join([os.getcwd(), *sys.path, *(f"{n}={os.environ[n]}" for n in sorted(os.environ))]))
"""
FIGURE = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
DRAWN = "import random, numpy; print(random.random(), numpy.random.rand())"
LONG = "print('here', flush=True); import time; time.sleep(600)"


@pytest.fixture(scope="module")
def address():
    with warm.warm_kernels() as found:
        assert found, "this machine has what warm kernels need"
        yield found


def outputs(folder: Path, address: str, *cells: str) -> list:
    """What each cell of a notebook gives, run as the build runs it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with ThreadPoolExecutor(1) as apart:  # another test's browser has a loop in this thread
        path = folder / "it.ipynb"
        result = apart.submit(execution.run, path, notebook, CONFIG, address).result()
    assert result.err is None, result.exc_string
    return [cell["outputs"] for cell in result.nb.cells]


def printed(found: list) -> str:
    return "".join(output["text"] for output in found if output.get("name") == "stdout")


def test_its_libraries_are_there_and_it_is_otherwise_like_any_other(address, tmp_path):
    cells = [LOADED, SURROUNDINGS, FIGURE]
    warm_one, cold_one = (outputs(tmp_path, where, *cells) for where in (address, ""))
    assert [printed(found[0]) for found in (warm_one, cold_one)] == ["True\n", "False\n"]
    assert printed(warm_one[1]) == printed(cold_one[1])
    kinds = [[sorted(output.get("data", {})) for output in one[2]] for one in (warm_one, cold_one)]
    assert kinds[0] == kinds[1]
    assert any("image/png" in kind for kind in kinds[0])


def test_no_two_draw_the_same_random_numbers(address, tmp_path):
    drawn = [printed(outputs(tmp_path, address, DRAWN)[0]).split() for _ in range(2)]
    assert not set(drawn[0]) & set(drawn[1])


@asynccontextmanager
async def kernel(address: str):
    """A kernel's manager and a client that talks to it."""
    manager = warm.WarmKernelManager(config=execution.connection(address))
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=waiting.PATIENCE)
    yield manager, client
    client.stop_channels()
    await manager.shutdown_kernel(now=True)


async def exit_code(manager) -> int:
    return await asyncio.to_thread(manager.provisioner.process.wait, waiting.PATIENCE)


async def interrupted_and_left(address: str) -> tuple[str, int]:
    """What a kernel says that is interrupted, and the exit code of one that leaves with 3."""
    async with kernel(address) as (manager, client):
        asked = client.execute(LONG, stop_on_error=False)
        message = {"msg_type": ""}
        while message["msg_type"] != "stream":
            message = await client.get_iopub_msg(timeout=waiting.PATIENCE)
        await manager.interrupt_kernel()
        while message["parent_header"].get("msg_id") != asked or message["msg_type"] != "error":
            message = await client.get_iopub_msg(timeout=waiting.PATIENCE)
        client.execute("import os; os._exit(3)")
        return message["content"]["ename"], await exit_code(manager)


def test_it_is_interrupted_and_its_exit_code_is_known(address):
    with ThreadPoolExecutor(1) as apart:
        found = apart.submit(lambda: asyncio.run(interrupted_and_left(address))).result()
    assert found == ("KeyboardInterrupt", 3)


async def asked_to_end(address: str, line: str) -> int:
    """The exit code of a kernel that has run a line and is then asked to end."""
    async with kernel(address) as (manager, client):
        await client.execute_interactive(line, timeout=waiting.PATIENCE)
        client.shutdown()
        return await exit_code(manager)


def test_when_it_is_asked_to_end_it_does_what_was_registered_for_that(address, tmp_path):
    done = tmp_path / "done"
    line = f"import atexit, pathlib; atexit.register(pathlib.Path({str(done)!r}).touch)"
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(lambda: asyncio.run(asked_to_end(address, line))).result() == 0
    assert done.exists()


@contextmanager
def stand_in(address: str, folder: Path):
    """The process that stands for a kernel, and the kernel's number."""
    connection = str(folder / "connection.json")
    write_connection_file(connection)
    record = folder / "number"
    line = f"import os; _ = open({str(record)!r}, 'w').write(f'{{os.getpid()}} ')"
    command = [sys.executable, "-I", "-S", str(warm.HERE / "stand_in.py"), address]
    command += ["-f", connection, f"--IPKernelApp.exec_lines=[{line!r}]"]
    with subprocess.Popen(command) as process:
        waiting.until(lambda: record.exists() and " " in record.read_text(), "a kernel's number")
        yield process, int(record.read_text())
        process.kill()


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_the_process_that_stands_for_it(address, tmp_path, number):
    with stand_in(address, tmp_path) as (process, kernel):
        assert alive(kernel)
        process.send_signal(number)
        waiting.until(lambda: not alive(kernel), "the kernel's end")


def test_no_kernel_outlives_the_build(tmp_path):
    """A build that is killed leaves its end of the source's standard input closed, as here."""
    with ExitStack() as build:
        address = build.enter_context(warm.warm_kernels())
        with stand_in(address, tmp_path) as (_, kernel):
            assert alive(kernel)
            build.close()
            waiting.until(lambda: not alive(kernel), "the kernel's end")


def test_where_the_libraries_are_not_to_be_had_kernels_are_ordinary(tmp_path, monkeypatch):
    (tmp_path / "source.py").write_text("raise ImportError('no Keras here')")
    monkeypatch.setattr(warm, "HERE", tmp_path)
    with warm.warm_kernels() as found:
        assert found == ""
        assert printed(outputs(tmp_path, found, "print(6 * 7)")[0]) == "42\n"


def test_where_processes_have_no_files_kernels_are_ordinary(monkeypatch):
    monkeypatch.delattr(os, "pidfd_open")
    with warm.warm_kernels() as found:
        assert found == ""


def test_what_somebody_has_set_for_keras_stays_and_the_rest_is_as_in_a_notebook(monkeypatch):
    class Started(Exception):
        pass

    def start(command, env, **options):
        raise Started(env)

    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(Started) as caught, warm.warm_kernels():
        pass
    (variables,) = caught.value.args
    assert variables["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert variables["OPENBLAS_NUM_THREADS"] == "1"
    assert variables["MPLBACKEND"] == warm.INLINE["MPLBACKEND"]
    assert warm.SETTINGS == _quiet.SETTINGS
