"""Ends code of this very process that runs for too long: a learner's own, in a self-check."""

import _thread
import contextlib
import signal
import threading
from collections.abc import Iterator


class OutOfTime(BaseException):
    """Raised in the code; a BaseException, so that an ``except Exception`` doesn't swallow it."""


def _ring(*_) -> None:
    raise OutOfTime


@contextlib.contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Raise `OutOfTime` in what is done inside after `seconds`, and again and again after that.

    Without `seconds`, or away from the main thread, where no alarm comes, it takes what it takes.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):
        handler = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 4)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
    else:  # Windows has no alarm; there it comes as Ctrl+C would
        rang = threading.Event()
        timer = threading.Timer(seconds, lambda: (rang.set(), _thread.interrupt_main()))
        timer.daemon = True
        timer.start()
        try:
            yield
        except KeyboardInterrupt:
            if not rang.is_set():
                raise
            raise OutOfTime from None
        finally:
            timer.cancel()
