"""The pre-warmed process: imports what notebooks need, then forks a confined child per notebook.

It never runs a line of a student's code, nor any operation of TensorFlow (after one, a forked child
hangs; imports alone are safe). Started by `jail.isolation`, with a JSON configuration as its
argument. It obeys one connection, and ends with it. Messages are lines of JSON:

in   {"start": seconds}          fork a child; it connects back for a channel of its own
in   {"kill": true}              end the child now
out  {"ready": {module: error}}  once, after the imports
out  {"ended": reason}           after each child; reason is one of exit, kill, wall, memory
"""

import base64
import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # -I leaves it out

import confine
import inmate

POLL_SECONDS = 0.1
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


def _megabytes(pids):
    """Resident memory of all the given processes together."""
    pages = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as file:
                pages += int(file.read().split()[1])
        except (OSError, IndexError, ValueError):
            continue  # it has ended meanwhile
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


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
        self.say({"ready": _preload(self.config["preload"])})
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
            said = pipe.read()
        if not said.isdigit():
            os.waitpid(keeper, 0)
            return keeper, None, said.decode(errors="replace")
        return keeper, int(said), None

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
                inmate.serve(socket.socket(fileno=CHANNEL))
            finally:
                os._exit(1)
        os.write(writing, str(child).encode())
        os.close(writing)
        channel.close()
        self.control.close()
        os.waitpid(child, 0)
        os._exit(0)

    def _become_inmate(self, channel, writing):
        """Confine this process; what goes wrong is said in the pipe, which ends with success."""
        try:
            os.setsid()
            self._keep_only(channel, writing)
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
        reason, deadline = None, time.monotonic() + seconds
        handle = os.pidfd_open(keeper)
        while reason is None and os.waitpid(keeper, os.WNOHANG) == (0, 0):
            if any("kill" in order for order in self.orders(handle, timeout=POLL_SECONDS)):
                reason = "kill"
            elif time.monotonic() > deadline:
                reason = "wall"
            elif self._memory() > self.config["memory_megabytes"]:
                reason = "memory"
        os.close(handle)
        if reason:
            self._kill(child)
            os.waitpid(keeper, 0)
        self.say({"ended": reason or "exit"})

    def _pids(self):
        if not os.path.isdir("/proc/self"):
            return set()
        return {name for name in os.listdir("/proc") if name.isdigit()}

    def _memory(self):
        return _megabytes(self._pids() - self.others) if self.config["confine"] else 0

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
