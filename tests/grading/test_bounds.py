"""What one student's code takes stays that student's: memory, time, the grader's own attention."""

import resource
import signal
import time
from dataclasses import replace

import nbformat
import numpy as np
import pytest
import waiting
from the_course import job

from autograder.handin import wire
from autograder.jail import doctor
from autograder.jail.asking import Sitting
from autograder.jail.channel import Life
from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
from autograder.jail.student import BadReply, StudentError
from autograder.marking.result import Result
from autograder.marking.verdict import Verdict
from autograder.run import bounds, pool, scoring
from autograder.run.store import Store

pytestmark = pytest.mark.jail


@pytest.fixture(scope="module")
def jail():
    with Jail(Profile(seconds=1, wall_seconds=12)) as made:
        yield made


def print_of(jail, cell):
    with Sitting(jail, [cell]) as sitting:
        [run] = sitting.runs
    assert run.error is None, run.error
    return run.text


# --- memory that nobody owns ----------------------------------------------------------------------

HOARDS = {
    "pages that several processes share": "import mmap\nmmap.mmap(-1, 4096)",
    "pages of /dev/zero": "import mmap\nmmap.mmap(open('/dev/zero', 'r+b').fileno(), 4096)",
    "page tables": "import mmap\nmmap.mmap(-1, 1 << 38, flags=mmap.MAP_PRIVATE)",
    "rings of asynchronous reading": "call(206, 60000, ctypes.byref(ctypes.c_ulong()))",
    "timers": "call(222, 1, None, ctypes.byref(ctypes.c_int()))",
    "watches on files": "call(294, 0)",
    "a wider pipe": "import fcntl\nfcntl.fcntl(os.pipe()[1], 1031, 1 << 20)",
    "locks": "import fcntl\nfcntl.lockf(open('lock', 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "attributes of files": "open('a', 'w').close()\nos.setxattr('a', 'user.a', b'x' * 1000)",
    "folders in /proc": "os.mkdir('/proc/x')",
    "folders in /control": "os.mkdir('/control/x')",
    "a pair of datagram sockets": "import socket\nsocket.socketpair(type=socket.SOCK_DGRAM)",
    "descriptors on their way": "import socket\n"
    "socket.send_fds(socket.socketpair()[0], [b'x'], [1])",
    "wider socket buffers": "import socket\n"
    "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)",
    "a session, and with it a share of the processor": "if os.fork() == 0:\n"
    "    try: os.setsid(); open('it', 'w').close()\n    finally: os._exit(0)\n"
    "os.wait()\nopen('it').close()",
    "a policy of scheduling": "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))",
}
CALL = """
import ctypes, os
def call(*arguments):
    if ctypes.CDLL(None, use_errno=True).syscall(*arguments) < 0:
        raise OSError
"""


@pytest.mark.parametrize("what", HOARDS)
def test_what_no_limit_would_count_can_not_be_had(jail, what):
    with Sitting(jail, [CALL, HOARDS[what]]) as sitting:
        assert sitting.runs[0].error is None
        assert "Error" in (sitting.runs[1].error or "")


def test_sockets_of_no_family_can_be_made(jail):
    cell = f"{doctor.PROBES}\nprint(sockets())"
    assert print_of(jail, cell).strip() == "[]"


def test_a_lot_of_mappings_counts_as_memory():
    cell = """
import ctypes, mmap, os, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
start = libc.mmap(None, ctypes.c_size_t(4096 * 120_000), 0, 0x4022, -1, ctypes.c_long(0))
for page in range(0, 120_000, 2):
    libc.mprotect(ctypes.c_void_p(start + page * 4096), 4096, 1)
time.sleep(30)
"""
    with Jail(Profile(seconds=5, memory_megabytes=64)) as jail, Sitting(jail, [cell]) as sitting:
        assert "more memory" in sitting.runs[0].error


# --- what honest code needs -----------------------------------------------------------------------


def test_a_pool_of_processes_and_an_event_loop_work(jail):
    cell = """
import asyncio, multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
async def seven():
    await asyncio.sleep(0)
    return 7
for _ in range(6):
    print(asyncio.run(seven()))
"""
    assert print_of(jail, cell).split("\n")[:2] == ["[1, 2]", "7"]


def test_shared_memory_files_work_and_are_few(jail):
    cell = """
from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=1000)
block.buf[0] = 5
block.close(), block.unlink()
made = 0
try:
    for made in range(100_000):
        open(f"/dev/shm/{made}", "w").close()
except OSError:
    pass
print(made < 1000)
"""
    assert print_of(jail, cell).split()[-1] == "True"


# --- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("busy", [True, False])
def test_a_notebook_whose_time_ran_out_on_a_busy_machine_is_marked_again(monkeypatch, busy):
    """The grader may be what was slow: between its questions the clock of the notebook runs."""
    monkeypatch.setattr("autograder.jail.asking._is_busy", lambda: busy)
    with Jail(Profile(seconds=5, wall_seconds=1.5)) as made, Sitting(made, ["x = 1"]) as sitting:
        with sitting.question() as student, pytest.raises(StudentError):  # asked until it's over
            waiting.until(lambda: student.get("x") != 1, "the end of the notebook's time")
        assert sitting.crowded or not busy


def test_who_sleeps_through_the_time_is_not_marked_again_however_busy_the_machine(monkeypatch):
    """Else it would hold a worker twice as long as anybody may, by ending just before the end."""
    monkeypatch.setattr("autograder.jail.asking._is_busy", lambda: True)
    with Jail(Profile(seconds=5, wall_seconds=1.5)) as made:
        monkeypatch.setattr(made, "usage", lambda: {"cpu": 0.1, "waited": 0.0})
        with Sitting(made, ["import time\ntime.sleep(4)"]) as sitting:
            assert sitting.runs[0].ended == "timeout"
            assert not sitting.crowded
    early, late = Life(lived=88, asked=88), Life(lived=2, asked=1.5, waited=0.5)
    assert late.was_crowded()
    assert not (early + late).was_crowded()


def test_a_notebook_has_its_time_once_however_often_its_process_ends(jail):
    """Sleeping cells use it up, ending the process doesn't give it back."""
    napping = "import os, time\ntime.sleep(0.9)"
    leaving = "import os, time\ntime.sleep(0.9)\nos._exit(0)"
    start = time.monotonic()
    with Sitting(jail, [*[napping] * 10, *[leaving] * 6]) as sitting:
        taken = time.monotonic() - start
        with sitting.question() as student, pytest.raises(StudentError):
            student.get("os")
    assert taken < 3 * jail.profile.wall_seconds  # the loose bound holds on a busy machine, too


def test_processes_together_have_so_much_of_the_processor():
    cell = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    profile = Profile(seconds=30, wall_seconds=3)
    with Jail(profile) as jail, Sitting(jail, [cell]) as sitting:
        assert "3 seconds" in sitting.runs[0].error


def test_waiting_for_a_processor_is_not_the_notebooks_time(jail, monkeypatch):
    monkeypatch.setattr(jail, "usage", lambda: {"cpu": 0.1, "waited": 3.0})
    with Sitting(jail, ["import time\ntime.sleep(4)\nx = 1"]) as sitting:
        assert sitting.runs[0].error is None
    monkeypatch.setattr(jail, "usage", lambda: {"cpu": 0.1, "waited": 0.0})
    with Sitting(jail, ["import time\ntime.sleep(6)\nx = 1"]) as sitting:
        assert "did not finish" in sitting.runs[0].error
        assert not sitting.crowded


@pytest.mark.parametrize(
    ("cpu", "waited", "crowded"), [(1, 3, True), (1, 0, False), (12, 3, False)]
)
def test_only_other_peoples_processes_make_a_crowd(jail, monkeypatch, cpu, waited, crowded):
    """Else whoever starts a hundred processes would be marked twice, and hold the others up."""
    with Sitting(jail, []) as sitting:
        channel = sitting._channel
        monkeypatch.setattr(channel, "_started", time.monotonic() - 10)
        monkeypatch.setattr(jail, "usage", lambda: {"cpu": cpu, "waited": waited})
        assert channel.life().was_crowded() == crowded
        monkeypatch.undo()


def test_what_was_lost_in_a_crowd_is_marked_again_alone(monkeypatch, tmp_path):
    alone = []

    class Stub(pool.Worker):
        def __init__(self, job):
            self.job, self.store, self.jail = job, Store(job.results), None
            self.released = None

        def _score(self, notebook, variant_seed):
            alone.append(self.job.alone)
            return Result(crowded=True)

    monkeypatch.setattr(pool, "Worker", Stub)
    monkeypatch.setattr(pool, "prepare", lambda *_: (nbformat.v4.new_notebook(), "key"))
    monkeypatch.setattr(pool, "_in_processes", in_this_process)
    made = job("01-shapes-and-counts", tmp_path / "results")
    outcomes = list(pool.score_all(made, {"asha": tmp_path, "ben": tmp_path}, workers=1))
    assert [outcome.state for outcome in outcomes] == ["scored", "scored"]
    assert alone == [False, False, True, True]


def in_this_process(job, todo, workers, force):
    worker = pool.Worker(job)
    yield from (worker.run(student, folder, force) for student, folder in todo.items())


# --- what the grader reads ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [[0, 2**25, 2**25, 2**25], [2**62, 0], [1] * 17, [-1], [2**25, 2**25]]
)
def test_a_shape_beyond_all_bounds_is_a_wire_error(shape):
    with pytest.raises(wire.WireError):
        wire.from_plain({"array": {"dtype": "uint8", "shape": shape, "data": ""}})


@pytest.mark.parametrize(
    "answer",
    ["np.zeros(16 << 20, 'uint8')", "{'k' * 2_000: 1}", "'x' * 200_000", "[0] * 300_000"],
)
def test_an_answer_too_large_to_hold_costs_that_answer_only(jail, answer):
    cell = f"import numpy as np\nbig = {answer}\nsmall = 1"
    with Sitting(jail, [cell]) as sitting, sitting.question() as student:
        with pytest.raises(BadReply):
            student.get("big")
        assert student.get("small") == 1


def test_a_reply_that_is_no_message_costs_one_answer(jail):
    cell = """
import sys
inmate = sys.modules["inmate"]
def spoil():
    sent = inmate.Inmate.send
    def junk(self, message):
        inmate.Inmate.send = sent
        self.channel.sendall(b"\\0\\0\\0\\2{{")
    inmate.Inmate.send = junk
right = 5
"""
    with Sitting(jail, [cell]) as sitting, sitting.question() as student:
        with pytest.raises(BadReply):
            student.call("spoil")
        assert student.get("right") == 5


class Question:
    """Asks nothing, and does what it is told to when it should check."""

    def __init__(self, check):
        self.id, self.points = "stub", 2
        self.check = check


def hang(*_):
    while True:
        pass


@pytest.mark.parametrize("check", [hang, lambda *_: np.ones(4 << 30)])
def test_a_checker_that_takes_too_much_leaves_the_answer_to_a_person(monkeypatch, check):
    bounded = bounds.bounded
    monkeypatch.setattr(bounds, "bounded", lambda: bounded(seconds=0.2))
    assert scoring.verdict_of(Question(check), None).is_open


def test_bounds_hold_for_what_is_done_within_and_are_gone_after():
    before = resource.getrlimit(resource.RLIMIT_DATA), signal.getsignal(signal.SIGPROF)
    with pytest.raises(bounds.CheckerTooSlow), bounds.bounded(seconds=0.1):
        hang()
    with bounds.bounded(megabytes=64):
        np.ones(4 << 20)  # 32 MB
        with pytest.raises(MemoryError):
            np.empty(128 << 20)  # 1 GB: more than what was kept before and is given back meanwhile
    assert (resource.getrlimit(resource.RLIMIT_DATA), signal.getsignal(signal.SIGPROF)) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_what_feedback_quotes_is_kept_short():
    endless = ("x" * 10**6,) * 1000
    verdict = scoring.verdict_of(Question(lambda *_: Verdict(1, 2, endless, early=endless)), None)
    assert (verdict.points, verdict.is_open) == (1, False)
    for messages in (verdict.messages, verdict.early):
        assert 10 <= len(messages) <= 20
        assert 1000 <= max(map(len, messages)) <= 3000


def test_profiles_bound_everything(jail):
    limits = replace(jail.profile, memory_megabytes=100).limits
    assert {"AS", "DATA", "CPU", "NPROC", "NOFILE", "FSIZE", "SIGPENDING"} <= set(limits)
