"""Runs a student's cells and answers questions about what they left behind.

Everything here shares a process with the student's code, so nothing here can be trusted: the
student may change any of it, and with that forge answers. Scores are decided elsewhere.
"""

import contextlib
import errno
import io
import linecache
import os
import random
import signal
import socket
import struct
import sys
import time
import types

import kernel
import wire

MAX_TEXT = 10_000
# Of its seconds on the clock, so many must have gone into computing for code to be called too slow.
COMPUTED = 0.75
ADMITTED = []


class OutOfTime(BaseException):
    """Raised by the alarm; a BaseException, so that an `except Exception` does not swallow it."""


class _Tail(io.StringIO):
    """Keeps the first `MAX_TEXT` characters that are printed."""

    def write(self, text):
        room = MAX_TEXT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


@contextlib.contextmanager
def _alarm(seconds):
    """Raise `OutOfTime` in code that has computed for about `seconds`.

    Code that had to wait for a processor is left alone, and so is code that sleeps: which of the
    two it was can only be seen from outside, where the clock is kept.
    """
    began = time.process_time()

    def ring(_signal, _frame):
        if time.process_time() - began >= COMPUTED * seconds:
            raise OutOfTime

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 4)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class SpareSockets:
    """Pairs of connected sockets from before the filter: event loops and pipes need one or two.

    More of them can't be made, as their buffers are in no process's memory.
    """

    def __init__(self, count=4):
        self.pairs = [socket.socketpair() for _ in range(count)]
        self.next = 0

    def pair(self, family=socket.AF_UNIX, type=socket.SOCK_STREAM, proto=0):
        """Stands in for `socket.socketpair`."""
        if (family, type, proto) != (socket.AF_UNIX, socket.SOCK_STREAM, 0):
            raise PermissionError(errno.EPERM, "only a pair of Unix stream sockets can be had here")
        ends = self.pairs[self.next % len(self.pairs)]
        self.next += 1
        for end in ends:
            end.setblocking(False)
            with contextlib.suppress(OSError):
                while end.recv(1 << 16):
                    pass
            end.setblocking(True)
        return tuple(socket.socket(fileno=os.dup(end.fileno())) for end in ends)


def _short(thing, length=300):
    try:
        return str(thing)[:length]
    except BaseException:
        return ""


def _line_of(error, filename):
    """The line of the cell in which `error` arose."""
    if isinstance(error, SyntaxError):
        return error.lineno
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _message(error):
    if isinstance(error, SyntaxError):
        return _short(error.msg)
    if isinstance(error, ModuleNotFoundError) and ADMITTED:
        return (
            f"{_short(error, 100)}. Beside Python's own library, this notebook may import "
            f"{', '.join(ADMITTED)}"
        )
    return _short(error)


def call_failure(error):
    """Describe an exception of a call, whose text could hold what the call was given."""
    described = failure(error)
    if "type" in described:
        known = (kind.__name__ for kind in wire.ERRORS if isinstance(error, kind))
        return {"type": next(known, "")}
    return described


def failure(error, filename=None):
    """Describe an exception of a cell as plain data."""
    if isinstance(error, OutOfTime):
        return {"timeout": True}
    if isinstance(error, wire.WireError):
        return {"unreadable": _short(error)}
    return {
        "type": type(error).__name__[:80],
        "message": _message(error),
        "line": _line_of(error, filename),
    }


def _show(value):
    if value is not None:
        print(repr(value)[:MAX_TEXT])


class Inmate:
    """A notebook's namespace and the channel to the world outside."""

    def __init__(self, channel):
        self.channel = channel
        self.module = types.ModuleType("__main__")
        self.names = self.module.__dict__
        self.names["display"] = lambda *things: [_show(thing) for thing in things] and None
        self.shell = kernel.Shell(self.module)
        self.handles = {}
        self.cells = 0

    # -- the channel -------------------------------------------------------------------------------

    def receive(self):
        header = self._read(4)
        return wire.loads(self._read(struct.unpack(">I", header)[0]))

    def _read(self, count):
        parts = []
        while count:
            part = self.channel.recv(min(count, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def send(self, message):
        raw = wire.dumps(message)
        self.channel.sendall(struct.pack(">I", len(raw)) + raw)

    # -- cells -------------------------------------------------------------------------------------

    def run_cell(self, source, seconds):
        self.cells += 1
        filename = f"<cell {self.cells}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        printed, error = _Tail(), None
        self.shell.passed_over = False
        saved = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = printed
        try:
            with _alarm(seconds):
                tree = kernel.parse(source, filename)
                value = self.shell.run(tree, filename, self.names)
                if value is not None and not source.rstrip().endswith(";"):
                    _show(value)
                    self.shell.remember(value, self.cells, self.names)
        except BaseException as caught:
            error = failure(caught, filename)
        finally:
            sys.stdout, sys.stderr = saved
        text = printed.getvalue()
        return {"text": text, "error": error, "magic": self.shell.passed_over}

    # -- questions ---------------------------------------------------------------------------------

    def serve_question(self, question):
        """Answer requests until the question is done, in a fork of its own where that is safe.

        A fork keeps what one question's code does (changed globals, a killed process) from the
        others. After TensorFlow has run, a fork can hang, so then there is none.
        """
        killed = False
        if "tensorflow" in sys.modules:
            self._serve()
        else:
            pid = os.fork()
            if pid == 0:
                self._serve()
                os._exit(0)
            _, status = os.waitpid(pid, 0)
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        self.send({"id": question, "over": True, "killed": killed})

    def _serve(self):
        while (request := self.receive())["op"] != "done":
            reply = {"id": request["id"]}
            try:
                with _alarm(request["seconds"]), contextlib.redirect_stdout(_Tail()):
                    reply["value"] = self.answer(request)
            except BaseException as caught:
                reply["error"] = call_failure(caught)
            try:
                self.send(reply)
            except wire.WireError as error:
                self.send({"id": request["id"], "error": call_failure(error)})

    def answer(self, request):
        op = request["op"]
        if op == "hold":
            return self.keep(wire.from_plain(request["value"]))
        if op == "value":
            return wire.to_plain(self.handles[request["handle"]])
        if op in ("method", "attribute"):
            thing = getattr(self.handles[request["handle"]], request["name"])
        elif request["name"] in self.names:
            thing = self.names[request["name"]]
        else:
            return {"missing": True}
        if op in ("call", "create", "method"):
            args = [wire.from_plain(arg, handles=self.handles) for arg in request["args"]]
            kwargs = {
                key: wire.from_plain(arg, handles=self.handles)
                for key, arg in request["kwargs"].items()
            }
            thing = thing(*args, **kwargs)
        if op == "create":
            return self.keep(thing)
        return wire.to_plain(thing)

    def keep(self, thing):
        number = len(self.handles) + 1
        self.handles[number] = thing
        return {"handle": number}


def serve(channel, admitted=()):
    """Talk to the world outside until it hangs up."""
    ADMITTED[:] = admitted
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    inmate = Inmate(channel)
    sys.modules["__main__"] = inmate.module
    while True:
        request = inmate.receive()
        if request["op"] == "cell":
            reply = inmate.run_cell(request["source"], request["seconds"])
            inmate.send({"id": request["id"], **reply})
        else:
            inmate.serve_question(request["id"])
