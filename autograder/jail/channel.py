"""The trusted end of the channel to one student's process, and the clock that goes with it."""

import secrets
import struct
import time
from dataclasses import dataclass

from autograder.handin import wire
from autograder.jail.isolation import Jail, NoIsolation

GRACE_SECONDS = 2
NORMAL_ENDS = ("exit", "kill", "wall", "memory", "cpu", "killed")
# However busy the machine is, nothing takes more than so many times its time.
LONGEST_STRETCH = 10
SHORTEST_WAIT = 0.02
# A process that waited for a processor for so much of its time had too busy neighbours.
CROWDED = 0.1
OWN_CROWD = 0.9


class Lost(Exception):
    """The student's process has gone, or talks nonsense; `reason` says how."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Life:
    """What the processes of one notebook have done so far, each in seconds.

    On the clock, computing, waiting for a processor, and with a request of the grader's to answer.
    """

    lived: float = 0.0
    computed: float = 0.0
    waited: float = 0.0
    asked: float = 0.0

    def __add__(self, other: "Life") -> "Life":
        return Life(
            self.lived + other.lived,
            self.computed + other.computed,
            self.waited + other.waited,
            self.asked + other.asked,
        )

    def was_crowded(self) -> bool:
        """Whether much of it went by in waiting for a processor.

        Not where its own children kept one busy all the time: they are a crowd of its own making.
        """
        return self.waited > CROWDED * self.lived and self.computed < OWN_CROWD * self.lived

    def waited_for_the_grader(self) -> bool:
        """Whether it had nothing to answer for much of it; who sleeps in an answer has."""
        return self.lived - self.asked > CROWDED * self.lived


class Channel:
    """One student's process: requests out, checked replies in.

    `before` is what earlier processes of the same notebook have done.
    """

    def __init__(self, jail: Jail, seconds: float, before: Life = Life()):
        self._jail, self._before = jail, before
        self._started = time.monotonic()
        self._waited = self._cpu = self._asked = 0.0
        self._socket = jail.open_channel(seconds)

    def close(self) -> str:
        """End the process and return the reason for its end."""
        reason = self._jail.close_channel(self._socket)
        if reason not in NORMAL_ENDS:
            raise NoIsolation(f"no notebook can be run: {reason}")
        return reason

    def send(self, message: dict) -> str:
        """Send a request; return the id that the reply to it must carry."""
        id = secrets.token_hex(8)
        raw = wire.dumps({**message, "id": id})
        self._socket.settimeout(30)
        try:
            self._socket.sendall(struct.pack(">I", len(raw)) + raw)
        except OSError:
            raise Lost("ended") from None
        return id

    def newly_waited(self) -> float:
        """Seconds that the process had to wait for a processor since this was asked last."""
        taken = self._jail.usage()
        self._cpu, waited = taken["cpu"], max(self._waited, taken["waited"])
        more, self._waited = waited - self._waited, waited
        return more

    def own_seconds(self) -> float:
        """How long the process has lived, without the time in which it waited for a processor."""
        return time.monotonic() - self._started - self._waited

    def life(self) -> Life:
        """What this process and those before it have done until now."""
        self.newly_waited()
        lived = time.monotonic() - self._started
        return self._before + Life(lived, self._cpu, self._waited, self._asked)

    def reply(self, seconds: float, *ids: str) -> dict:
        """Wait at most `seconds` (and a grace) for a reply that carries one of `ids`.

        Time in which the process waited for a processor is not its own and doesn't count. A reply
        that is no message is a `wire.WireError`, after which the next one can be read.
        """
        now = time.monotonic()
        self._due, self._latest = now + seconds + GRACE_SECONDS, now + LONGEST_STRETCH * seconds
        try:
            reply = wire.loads(self._receive())
        except TimeoutError:
            raise Lost("timeout") from None
        except (OSError, EOFError):
            raise Lost("ended") from None
        finally:
            self._asked += time.monotonic() - now
        if reply.get("id") not in ids:
            raise Lost("forged")
        return reply

    def _receive(self) -> bytes:
        (length,) = struct.unpack(">I", self._read(4))
        if length > wire.MAX_BYTES:
            raise Lost("forged")
        return self._read(length)

    def _left(self) -> float:
        left = self._due - time.monotonic()
        if left <= 0 and time.monotonic() < self._latest:
            self._due += self.newly_waited()
            left = self._due - time.monotonic()
        if left <= SHORTEST_WAIT:
            raise TimeoutError
        return left

    def _read(self, count) -> bytes:
        parts = []
        while count:
            self._socket.settimeout(self._left())
            try:
                part = self._socket.recv(min(count, 1 << 20))
            except TimeoutError:
                continue
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)
