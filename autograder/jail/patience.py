"""Ends code of this very process that runs for too long: a learner's own, in a self-check."""

import _thread
import contextlib
import signal
import threading
import time
from collections.abc import Iterator

# Of its seconds on the clock, so many must have gone into computing: a busy machine is no loop.
COMPUTED = 0.75


class OutOfTime(BaseException):
    """Raised in the code; a BaseException, so that an ``except Exception`` doesn't swallow it."""


@contextlib.contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Raise `OutOfTime` in what computes for about `seconds`, and again and again after that.

    Without `seconds`, or away from the main thread, where no alarm comes, it takes what it takes.
    So does code that sleeps: whoever can't wait for that has to end the process.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):
        began = time.process_time()

        def ring(*_) -> None:
            if time.process_time() - began >= COMPUTED * seconds:
                raise OutOfTime

        handler = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 4)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
    else:  # Windows has no alarm; there it comes as Ctrl+C would
        rang = threading.Event()

        def interrupt() -> None:
            rang.set()
            _thread.interrupt_main()

        timer = threading.Timer(seconds, interrupt)
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
