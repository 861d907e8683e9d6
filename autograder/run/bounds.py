"""Bounds on the grader's own time and memory while it looks at an answer.

An answer is a stranger's: three megabytes of it may make a checker compute for hours, or compare
every number with every other. A checker that goes beyond its bounds fails as one with a fault does:
a person looks at the answer.
"""

import contextlib
import signal
import threading
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has no limits to set
    resource = None

SECONDS = 30
MEGABYTES = 512


class CheckerTooSlow(Exception):
    """A checker has computed for longer than it may."""


def _too_slow(_signal, _frame):
    raise CheckerTooSlow(f"it computed for more than {SECONDS} seconds")


def _data_bytes() -> int | None:
    """The private memory of this process, or None where that isn't told."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return None


@contextlib.contextmanager
def bounded(seconds: float = SECONDS, megabytes: int = MEGABYTES):
    """Let what is done inside compute for `seconds` and take `megabytes` more memory.

    Beyond them it gets a `CheckerTooSlow` or a `MemoryError`. Time counts in the main thread only,
    as signals come there.
    """
    timed = hasattr(signal, "SIGPROF") and threading.current_thread() is threading.main_thread()
    used = _data_bytes() if resource is not None else None
    if used is not None:
        before = resource.getrlimit(resource.RLIMIT_DATA)
        most = used + megabytes * 2**20
        if before[1] != resource.RLIM_INFINITY:
            most = min(most, before[1])
        resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    if timed:
        handler = signal.signal(signal.SIGPROF, _too_slow)
        signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, handler)
        if used is not None:
            resource.setrlimit(resource.RLIMIT_DATA, before)
