"""The tests' one way to wait: for what has to happen, never for a time to pass.

A limit decides nothing on a machine that works; it only says when being busy explains no more.
"""

import time
import urllib.error
import urllib.request
from collections.abc import Callable

PATIENCE = 180.0  # seconds
STEP = 0.1


def happens(
    happened: Callable[[], object],
    seconds: float = PATIENCE,
    pause: Callable[[], object] = lambda: time.sleep(STEP),
) -> bool:
    """Whether `happened()` becomes true within `seconds`; `pause()` comes between two looks."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        pause()
    return True


def until(happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Return when `happened()` is true; raise TimeoutError that names `what` did not happen."""
    if not happens(happened, seconds):
        raise TimeoutError(f"not within {seconds:g} s: {what}")


def until_answered(address: str, seconds: float = PATIENCE) -> None:
    """Return when a server answers at `address`, be it with a refusal."""

    def answers():
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    until(answers, f"an answer of {address}", seconds)


def beat(page) -> Callable[[], None]:
    """A pause in which a browser's page goes on living."""
    return lambda: page.wait_for_timeout(1000 * STEP)
