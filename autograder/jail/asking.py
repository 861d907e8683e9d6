"""Runs a student's notebook in the jail and asks it for answers.

Everything that comes out of the jail is checked here: its size, its form, the time it takes, and
that it answers the request that was made.
"""

import contextlib
import os
from dataclasses import dataclass

from autograder.handin import wire
from autograder.handin.forms import counted
from autograder.jail.channel import Channel, Life, Lost
from autograder.jail.isolation import Jail
from autograder.jail.near import Near
from autograder.jail.student import BadReply, NotDefined, Raised, StudentError, TimedOut

MAX_RESTARTS = 6
MAX_TEXT = 10_000
NOT_READABLE = "it is of a kind that can't be marked"


@dataclass(frozen=True)
class CellRun:
    """What became of one cell: what it printed, and `error` as a sentence or None.

    `ended` says by what the process ended under it: memory, cpu, timeout, forged or exit.
    """

    text: str = ""
    error: str | None = None
    magic: bool = False
    ended: str = ""


def clean(text, length=2000) -> str:
    """Make a student's text harmless to show: no control characters, no endless length."""
    text = str(text)[: 4 * length]
    kept = "".join(
        c for c in text if c in "\n\t" or (c.isprintable() and not "\ud800" <= c <= "\udfff")
    )
    return kept if len(kept) <= length else kept[: length - 1] + "…"


def _is_busy() -> bool:
    """Whether this machine has more to do than processors to do it with."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def _sentence(error: dict, seconds: float) -> str:
    """Say what a cell's error was."""
    if error.get("timeout"):
        return (
            f"it did not finish within {counted(seconds, 'second')}. Is there a loop that never "
            "ends?"
        )
    message = clean(error.get("message", ""), 300)
    line = error.get("line")
    where = f" (line {line})" if type(line) is int and 0 < line < 10**6 else ""
    return clean(error.get("type", "an error"), 80) + (f": {message}" if message else "") + where


class Sitting:
    """One notebook in the jail: its cells are run once, then its questions are asked.

    Where a cell ends or hangs the process, a new process runs the cells again without that one, in
    what is left of the notebook's time. `crowded` says whether something was lost while the process
    had to wait for a processor, or to something from outside: alone, it might have gone well.
    """

    def __init__(self, jail: Jail, cells: list[str], near: Near | None = None):
        """Take the cells; `near` knows which of their names are the student's (default: all)."""
        self._jail, self._cells = jail, cells
        self._near = near or Near(cells)
        self._seconds = jail.profile.seconds
        self._left_seconds = jail.profile.wall_seconds
        self._skip: set[int] = set()
        self._restarts = 0
        self._channel: Channel | None = None
        self._life = Life()
        self._again: Sitting | None = None
        self.crowded = False
        self.runs: list[CellRun] = [CellRun()] * len(cells)

    def __enter__(self):
        try:
            self._revive()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._again is not None:
            self._again.close()
        if self._channel is not None:
            channel, self._channel = self._channel, None
            reason = channel.close()
            self._left_seconds -= channel.own_seconds()
            return reason

    # -- cells -------------------------------------------------------------------------------------

    def _revive(self) -> bool:
        """Start a process and run the cells in it, until it survives them; False when it won't."""
        while self._channel is None:
            if self._restarts > MAX_RESTARTS or self._left_seconds <= 0:
                return False
            self._restarts += 1
            self._channel = Channel(self._jail, self._left_seconds, self._life)
            for number, source in enumerate(self._cells):
                if number not in self._skip and not self._run_cell(number, source):
                    self._skip.add(number)
                    break
        return True

    def _run_cell(self, number, source) -> bool:
        request = {"op": "cell", "source": source, "seconds": self._seconds}
        try:
            reply = self._channel.reply(self._seconds, self._channel.send(request))
        except Lost as lost:
            ended = self._bury(lost)
            self.runs[number] = CellRun(error=self._told(ended), ended=ended)
            return False
        except wire.WireError as error:
            self.runs[number] = CellRun(error=f"what it left behind can't be read: {error}")
            return True
        fault = reply.get("error")
        self._note_crowding(fault)
        self.runs[number] = CellRun(
            text=clean(reply.get("text", ""), MAX_TEXT),
            error=_sentence(fault, self._seconds) if isinstance(fault, dict) else None,
            magic=reply.get("magic") is True,
        )
        return True

    def _note_crowding(self, error) -> None:
        """Note a loss of time that the neighbours may have caused."""
        if isinstance(error, dict) and error.get("timeout"):
            self.crowded |= self._channel.life().was_crowded()

    def _bury(self, lost: Lost) -> str:
        """Put the channel away and say by what it was lost (see `CellRun.ended`)."""
        life = self._life = self._channel.life()
        reason = self.close()
        if lost.reason == "timeout":
            self.crowded |= life.was_crowded()
        elif reason == "wall":  # it may have waited for the grader, which had to wait itself
            waited = life.waited_for_the_grader() and _is_busy()
            self.crowded |= life.was_crowded() or waited
        self.crowded |= reason == "killed"
        if reason in ("memory", "cpu"):
            return reason
        if lost.reason == "timeout" or reason == "wall":
            return "timeout"
        return "forged" if lost.reason == "forged" else "exit"

    def _told(self, ended: str) -> str:
        """The sentence for a student about the end of the process."""
        profile = self._jail.profile
        if ended == "memory":
            return f"it needed more memory than the {profile.memory_megabytes} MB there are"
        if ended == "cpu":
            limit = counted(profile.cpu_seconds, "second")
            return f"it computed for longer than the {limit} there are"
        if ended == "timeout":
            return _sentence({"timeout": True}, self._seconds)
        if ended == "forged":
            return "it wrote into the grader's own channel"
        return "it ended the Python process, so nothing of this cell counts"

    # -- questions ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def question(self):
        """Yield a `Student` for one question; no other question sees what its calls change."""
        self._revive()
        student = JailedStudent(self, self._near)
        if self._channel is not None:
            student.question = self._send({"op": "question"})
        try:
            yield student
        finally:
            self._end_question(student)

    def again(self) -> "Sitting":
        """The same notebook, run anew in a process that hashes text in another way."""
        if self._again is None:
            self._again = Sitting(self._jail.twin(), self._cells, self._near)
            self._again._revive()
        return self._again

    def _send(self, message):
        try:
            return self._channel.send(message)
        except Lost as lost:
            self._bury(lost)
            return None

    def _end_question(self, student):
        if self._channel is None or student.question is None:
            return
        try:
            if not student.over:
                self._channel.send({"op": "done"})
                self._channel.reply(self._seconds, student.question)
        except (Lost, wire.WireError):
            self.close()

    def ask(self, student, message, doing) -> dict:
        """Make one request of a question; every failure becomes a `StudentError`.

        What a call was given is hidden: of its failure no more is told than one of 15 outcomes.
        """
        if student.late:  # a checker that goes on asking must not use up the notebook's time
            raise TimedOut(doing, self._seconds)
        if self._channel is None or student.question is None or student.over:
            raise Raised("the Python process had ended", doing=doing)
        message = {**message, "seconds": self._seconds}
        try:
            reply = self._channel.reply(
                self._seconds, self._channel.send(message), student.question
            )
        except wire.WireError as error:
            raise BadReply(NOT_READABLE if student.called else str(error), doing) from None
        except Lost as lost:
            student.over = True
            student.late = lost.reason == "timeout"
            raise self._failure(lost, doing) from None
        if reply["id"] == student.question:
            student.over = True
            self.crowded |= reply.get("killed") is True
            raise Raised("it ended the Python process", doing=doing)
        student.late = isinstance(reply.get("error"), dict) and "timeout" in reply["error"]
        self._note_crowding(reply.get("error"))
        return self._checked(reply, student.called, doing)

    def _failure(self, lost, doing) -> StudentError:
        ended = self._bury(lost)
        if lost.reason == "timeout":
            return TimedOut(doing, self._seconds)
        return BadReply(self._told(ended), doing)

    def _checked(self, reply, called, doing):
        error = reply.get("error")
        if not isinstance(error, dict):
            return reply
        if error.get("timeout"):
            raise TimedOut(doing, self._seconds)
        if "unreadable" in error:
            reason = error["unreadable"]
            told = not called and isinstance(reason, str) and reason in wire.REASONS
            raise BadReply(reason if told else NOT_READABLE, doing)
        name = next((e.__name__ for e in wire.ERRORS if e.__name__ == error.get("type")), None)
        raise Raised(name or "an exception", doing=doing)


class JailedStudent:
    """A `Student` for one question of a `Sitting`."""

    def __init__(self, sitting: Sitting, near: Near):
        self._sitting, self._near = sitting, near
        self.question: str | None = None
        self.over = self.late = self.called = False

    def _ask(self, message, doing):
        self.called |= message["op"] != "get"
        value = self._sitting.ask(self, message, doing).get("value")
        if value == {"missing": True} and "name" in message:
            raise NotDefined(message["name"], self._near.told(message["name"]))
        return value

    def value(self, message, doing):
        """Make a request and decode the value that comes back."""
        plain = self._ask(message, doing)
        try:
            return wire.from_plain(plain)
        except wire.WireError as error:
            raise BadReply(NOT_READABLE if self.called else str(error), doing) from None

    def get(self, name):
        return self.value({"op": "get", "name": name}, f"`{name}`")

    def call(self, name, *args, **kwargs):
        return self.value({"op": "call", "name": name, **_arguments(args, kwargs)}, f"`{name}`")

    def call_elsewhere(self, name, *args, **kwargs):
        again = self._sitting.again()
        try:
            with again.question() as student:
                return student.call(name, *args, **kwargs)
        finally:
            self._sitting.crowded |= again.crowded

    def create(self, name, *args, **kwargs):
        message = {"op": "create", "name": name, **_arguments(args, kwargs)}
        return self._keep(message, name)

    def hold(self, value):
        return self._keep({"op": "hold", "value": wire.to_plain(value)}, "an argument")

    def _keep(self, message, name):
        plain = self._ask(message, f"`{name}`")
        number = plain.get("handle") if isinstance(plain, dict) else None
        if type(number) is not int:
            raise BadReply("nothing was made", f"`{name}`")
        return JailedHandle(self, name, number)


class JailedHandle(wire.HandleRef):
    """A `Handle` on something in the jail."""

    def __init__(self, student: JailedStudent, name: str, number: int):
        super().__init__(number)
        self._student, self._name = student, name

    def call(self, method, *args, **kwargs):
        message = {"op": "method", "handle": self.number, "name": method}
        return self._student.value(
            {**message, **_arguments(args, kwargs)}, f"`{self._name}(...).{method}`"
        )

    def get(self, attribute):
        message = {"op": "attribute", "handle": self.number, "name": attribute}
        return self._student.value(message, f"`{self._name}(...).{attribute}`")

    def value(self):
        return self._student.value({"op": "value", "handle": self.number}, f"`{self._name}`")


def _arguments(args, kwargs):
    return {
        "args": [wire.to_plain(arg) for arg in args],
        "kwargs": {key: wire.to_plain(arg) for key, arg in kwargs.items()},
    }
