"""Notebooks run two at a time, and what comes of it is what running them in turn would give."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from queue import Empty
from types import SimpleNamespace

import pytest
import yaml
from jupyter_client.manager import AsyncKernelManager

from convbook.publishing import execution

MEETING = """
import pathlib, time
pathlib.Path({mine!r}).touch()
for _ in range(600):
    if pathlib.Path({other!r}).exists():
        break
    time.sleep(0.1)
else:
    raise RuntimeError("the other notebook never ran beside this one")
"""


@pytest.fixture(scope="module")
def built(book):
    files = [str(book.folder / name) for name in ("first.here", "second.here")]
    book.notebook("first", MEETING.format(mine=files[0], other=files[1]), "print(6 * 7)")
    book.notebook("second", MEETING.format(mine=files[1], other=files[0]))
    book.contents("first", "second")
    book.build_well()
    return book


def test_two_notebooks_run_beside_each_other_and_each_runs_once(built):
    assert [built.runs("first"), built.runs("second")] == [1, 1]
    assert "<span></span>42" in built.html("first")


def test_a_notebook_that_fails_stops_the_build_with_its_name_and_error(built):
    built.notebook("first", "1 / 0")
    built.notebook("second", "print('fine')")
    result = built.build()
    assert result.returncode != 0
    assert "first.ipynb" in result.stderr
    assert "ZeroDivisionError" in result.stderr
    built.notebook("first", "print('mended')")
    built.build_well()
    assert [built.runs("first"), built.runs("second")] == [2, 2], "what ran well is kept"


CROWDED = """
from convbook.plotting import plot
plot(lambda axes: [axes.text(0.5, 0.5, word) for word in ("left", "right")], "Two words")
"""


def test_a_figure_whose_labels_overlap_stops_the_build(built, root):
    (built.library / "plotting.py").symlink_to(root / "convbook/plotting.py")
    (built.library / "fonts").symlink_to(root / "convbook/fonts")
    built.notebook("first", CROWDED)
    result = built.build()
    assert result.returncode != 0
    assert "stderr was found in the cell outputs" in result.stderr
    settings = yaml.safe_load((root / "_config.yml").read_text())
    assert settings["execute"]["stderr_output"] == "warn", "so does the book's own build"


def channel(*arrived: bool):
    """A channel whose socket says only when it is asked whether a message has arrived."""
    answers = iter(arrived)

    class Socket:
        async def poll(self, timeout):
            never = asyncio.get_running_loop().create_future()
            await asyncio.wait([never], timeout=timeout / 1000)  # nobody wakes who waits
            return next(answers, False)

        async def recv_multipart(self):
            return ["reply"]

    asking = execution.AskingChannel.__new__(execution.AskingChannel)
    asking.socket, asking.every = Socket(), 0.01
    asking.session = SimpleNamespace(
        feed_identities=lambda parts: ([], parts), deserialize=lambda parts: parts[0]
    )
    return asking


def run(coroutine):
    """In a thread of its own: in this one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_a_reply_that_nobody_was_told_of_is_found_long_before_the_cells_time_is_over():
    async def ask():
        return await asyncio.wait_for(channel(False, True).get_msg(timeout=300), 60)

    assert run(ask()) == "reply"


def test_where_no_reply_comes_the_cells_time_still_ends_it():
    with pytest.raises(Empty):
        run(channel().get_msg(timeout=0.05))
    manager = AsyncKernelManager(config=execution.connection())
    assert manager.client().shell_channel_class is execution.AskingChannel
