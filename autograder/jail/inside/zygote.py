"""The pre-warmed process: imports what notebooks need, then forks a confined child per notebook.

It never runs a line of a student's code, nor any operation of TensorFlow (after one, a forked child
hangs; imports alone are safe). Started by `jail.isolation`, with a JSON configuration as its
argument. It obeys one connection, and ends with it. Messages are lines of JSON:

in   {"start": seconds}          fork a child; it connects back for a channel of its own
in   {"kill": true}              end the child now
in   {"usage": true}             say what the child has taken
out  {"ready": {module: error}}  once, after the imports
out  {"usage": {"cpu": seconds, "waited": seconds for a processor}}
out  {"ended": reason}           after each child; reason is one of exit, kill, wall, memory, cpu,
                                 and killed, by something outside
"""

import base64
import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # -I leaves it out

import confine
import inmate

POLL_SECONDS = 0.1
HELD = ("VmRSS:", "VmPTE:", "VmSwap:")
BYTES_OF_A_MAPPING = 256  # of the kernel's own memory, about
# However busy the machine is, a notebook ends after so many times its time.
LONGEST_STRETCH = 10
KILLED = 128 + signal.SIGKILL
CHANNEL, PIPE = 100, 101


def _connect(path):
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.connect(path)
    return channel


def _preload(names):
    failed = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"
    return failed


@dataclass
class Usage:
    """What the processes of a notebook have taken: seconds of processor and of waiting for it."""

    cpu: float = 0.0
    waited: float = 0.0
    megabytes: float = 0.0


def _status(pid) -> float:
    """Memory of a process in MB: resident, page tables, and the kernel's list of its mappings."""
    with open(f"/proc/{pid}/status") as file:
        kilobytes = sum(int(line.split()[1]) for line in file if line.startswith(HELD))
    with open(f"/proc/{pid}/maps", "rb") as file:
        mappings = sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
    return kilobytes / 1024 + mappings * BYTES_OF_A_MAPPING / 2**20


def _times(pid) -> tuple[float, float]:
    """Seconds that a process and its ended children ran, and that it waited for a processor."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/schedstat") as file:
        waited = int(file.read().split()[1])
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"), waited / 1e9


def usage(pids) -> Usage:
    """What all the given processes have taken; the longest waiting counts, not all of it."""
    taken = Usage()
    for pid in pids:
        try:
            cpu, waited = _times(pid)
            taken.megabytes += _status(pid)
        except (OSError, IndexError, ValueError):
            continue  # it has ended meanwhile
        taken.cpu += cpu
        taken.waited = max(taken.waited, waited)
    return taken


class Zygote:
    def __init__(self, config):
        self.config = config
        self.control = _connect(config["control"])
        self.buffer = b""
        self.others = set()

    def say(self, message):
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def orders(self, *also, timeout=None):
        """Wait for orders, or for one of the other descriptors; return the orders."""
        ready, _, _ = select.select([self.control, *also], [], [], timeout)
        if self.control not in ready:
            return []
        part = self.control.recv(65536)
        if not part:
            os._exit(0)
        *lines, self.buffer = (self.buffer + part).split(b"\n")
        return [json.loads(line) for line in lines]

    def run(self):
        failed = _preload(self.config["preload"])
        # A child that looked for cycles in all this would copy every page of it to no purpose.
        gc.freeze()
        self.say({"ready": failed})
        while True:
            for order in self.orders():
                if "start" in order:
                    self.guard(*self.spawn(), order["start"])

    def spawn(self):
        """Fork a keeper, which forks the child that will be pid 1 of its namespace."""
        self.others = self._pids()
        reading, writing = os.pipe()
        keeper = os.fork()
        if keeper == 0:
            try:
                os.close(reading)
                self._keep(writing)
            except BaseException as error:
                os.write(writing, f"{type(error).__name__}: {error}".encode())
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            reply = pipe.read()
        if not reply.isdigit():
            os.waitpid(keeper, 0)
            return keeper, None, reply.decode(errors="replace")
        return keeper, int(reply), None

    def _keep(self, writing):
        channel = _connect(self.config["control"])
        if self.config["confine"]:
            confine.become_nobody()
            confine.enter_namespaces()
            confine.hide_and_mount(
                self.config["disk_megabytes"], self.config["cover"], self.config["keep"]
            )
        child = os.fork()
        if child == 0:
            try:
                self._become_inmate(channel, writing)
                inmate.serve(socket.socket(fileno=CHANNEL), self.config["admits"])
            finally:
                os._exit(1)
        os.write(writing, str(child).encode())
        os.close(writing)
        channel.close()
        self.control.close()
        _, status = os.waitpid(child, 0)
        os._exit(KILLED if os.WIFSIGNALED(status) and os.WTERMSIG(status) == 9 else 0)

    def _become_inmate(self, channel, writing):
        """Confine this process; what goes wrong is said in the pipe, which ends with success."""
        try:
            os.setsid()
            self._keep_only(channel, writing)
            if self.config["confine"]:
                socket.socketpair = inmate.SpareSockets().pair
            os.nice(5)
            confine.limit(self.config["limits"])
            if self.config["confine"]:
                shutil.copytree(self.config["files"], "/tmp/work", copy_function=shutil.copyfile)
                os.chdir("/tmp/work")
                confine.drop_privileges()
                if self.config["seccomp"]:
                    confine.filter_system_calls(base64.b64decode(self.config["seccomp"]))
        except BaseException as error:
            os.write(PIPE, f" {type(error).__name__}: {error}".encode())
            raise
        os.close(PIPE)

    def _keep_only(self, channel, writing):
        """Close every file but the channel and the pipe."""
        self.control.detach()
        os.dup2(channel.detach(), CHANNEL)
        os.dup2(writing, PIPE)
        os.closerange(3, CHANNEL)
        os.closerange(PIPE + 1, 65536)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.close(nothing)

    def guard(self, keeper, child, problem, seconds):
        """Watch the child until it ends: its wall clock, its memory, and orders to kill it."""
        if problem is not None:
            self.say({"ended": problem})
            return
        start, reason, status = time.monotonic(), None, 0
        handle = os.pidfd_open(keeper)
        while reason is None:
            ended, status = os.waitpid(keeper, os.WNOHANG)
            if ended:
                reason = "killed" if os.waitstatus_to_exitcode(status) == KILLED else "exit"
                break
            orders = self.orders(handle, timeout=POLL_SECONDS)
            taken = self._usage()
            if any("kill" in order for order in orders):
                reason = "kill"
            elif any("usage" in order for order in orders):
                self.say({"usage": {"cpu": taken.cpu, "waited": taken.waited}})
            reason = reason or self._excess(taken, time.monotonic() - start, seconds)
        os.close(handle)
        if not ended:
            self._kill(child)
            os.waitpid(keeper, 0)
        self.say({"ended": reason})

    def _excess(self, taken, passed, seconds):
        """Which of its limits a notebook has gone beyond, if any.

        What it waited for a processor is its neighbours' time, up to a point.
        """
        if taken.megabytes > self.config["memory_megabytes"]:
            return "memory"
        if taken.cpu > self.config["cpu_seconds"]:
            return "cpu"
        if passed - taken.waited > seconds or passed > LONGEST_STRETCH * seconds:
            return "wall"
        return None

    def _pids(self):
        if not os.path.isdir("/proc/self"):
            return set()
        return {name for name in os.listdir("/proc") if name.isdigit()}

    def _usage(self):
        return usage(self._pids() - self.others) if self.config["confine"] else Usage()

    def _kill(self, child):
        """Kill the child, and with it, as it is pid 1 of its namespace, everything in there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        if not self.config["confine"]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)


if __name__ == "__main__":
    configuration = json.loads(sys.argv[1])
    sys.path.insert(0, configuration["modules"])
    Zygote(configuration).run()
