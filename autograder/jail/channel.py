"""The trusted end of the channel to one student's process, and the clock that goes with it."""

import secrets
import struct
import time

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


class Channel:
    """One student's process: requests out, checked replies in."""

    def __init__(self, jail: Jail, seconds: float):
        self._jail = jail
        self._started = time.monotonic()
        self._waited = self._cpu = 0.0
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

    def is_crowded(self) -> bool:
        """Whether the process has waited for a processor for much of its life.

        Not where its own children kept one busy all the time: they are a crowd of its own making.
        """
        self.newly_waited()
        life = time.monotonic() - self._started
        return self._waited > CROWDED * life and self._cpu < OWN_CROWD * life

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
