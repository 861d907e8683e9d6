"""How a checker asks a student's notebook for answers.

A checker sees a `Student` and nothing else: values come out as plain data (see
`autograder.jail.wire`), never as the student's own objects, so a comparison in a checker is always
the checker's own.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from autograder.handin.forms import counted
from autograder.handin.wire import WireError, crossed
from autograder.jail import elsewhere, patience
from autograder.jail.near import Near


class StudentError(Exception):
    """The student's notebook gave no usable answer; `str()` is a sentence for the student."""


class NotDefined(StudentError):
    """The name does not exist after the notebook has run; `near` is what `Near.told` says of it."""

    def __init__(self, name: str, near: str = ""):
        end = near or ". Did its cell run without an error?"
        super().__init__(f"`{name}` is not defined in your notebook{end}")
        self.name = name


class Raised(StudentError):
    """The student's code raised an exception while it was asked."""

    def __init__(self, type_name: str, message: str = "", doing: str = "Your code"):
        what = f"{type_name}: {message}" if message else type_name
        super().__init__(f"{doing} stopped with an error: {what}")
        self.type_name = type_name
        self.message = message


class TimedOut(StudentError):
    """The student's code did not finish in its time."""

    def __init__(self, doing: str = "Your code", seconds: float | None = None):
        limit = f" within {counted(seconds, 'second')}" if seconds else " in time"
        super().__init__(f"{doing} did not finish{limit}. Is there a loop that never ends?")


class BadReply(StudentError):
    """The answer is of a kind that can't be marked (an object, a map, something huge)."""

    def __init__(self, reason: str, doing: str = "Your answer"):
        super().__init__(
            f"{doing} can't be read: {reason}. Answers are numbers, text, lists, tuples, sets, "
            "dictionaries with string keys and NumPy arrays of numbers or text."
        )


class Handle(Protocol):
    """Something that `Student.create` made and that stays in the student's process."""

    def call(self, method: str, *args, **kwargs) -> Any:
        """Call a method and return its value."""

    def get(self, attribute: str) -> Any:
        """Return the value of an attribute."""

    def value(self) -> Any:
        """Return the thing itself as plain data, as it is now."""


class Student(Protocol):
    """A student's notebook after its cells have run. Every method raises `StudentError`s only.

    Arguments may be plain values or handles. Values come back as None, bool, int, float, str, list,
    tuple, dict with string keys, or NumPy array; NumPy scalars come back as Python's.
    """

    def get(self, name: str) -> Any:
        """Return the value of a variable."""

    def call(self, name: str, *args, **kwargs) -> Any:
        """Call a function of the notebook and return its value."""

    def call_elsewhere(self, name: str, *args, **kwargs) -> Any:
        """Call a function in another process that has run the notebook's cells anew.

        That process hashes text in another way, as every new Python does: what depends on the order
        of a set comes out otherwise.
        """

    def create(self, name: str, *args, **kwargs) -> Handle:
        """Call a class or a function and keep what it returns; return a handle to it."""

    def hold(self, value) -> Handle:
        """Put plain data into the student's process and keep it, to see what becomes of it."""


def _plain(value, doing):
    try:
        return crossed(value)
    except WireError as error:
        raise BadReply(str(error), doing) from None


def _perform(function, args, kwargs, doing, seconds=None):
    args = [arg.thing if isinstance(arg, LocalHandle) else crossed(arg) for arg in args]
    kwargs = {
        key: arg.thing if isinstance(arg, LocalHandle) else crossed(arg)
        for key, arg in kwargs.items()
    }
    try:
        with patience.within(seconds):
            return function(*args, **kwargs)
    except patience.OutOfTime:
        raise TimedOut(doing, seconds) from None
    except Exception as error:
        raise Raised(type(error).__name__, str(error), doing) from None


class LocalHandle:
    """A `Handle` in this very process."""

    def __init__(self, thing, name: str, student: "LocalStudent | None" = None):
        self.thing = thing
        self._name = name
        self._perform = student.perform if student else _perform

    def _attribute(self, name):
        doing = f"`{self._name}(...).{name}`"
        return self._perform(lambda: getattr(self.thing, name), (), {}, doing), doing

    def call(self, method, *args, **kwargs):
        bound, doing = self._attribute(method)
        return _plain(self._perform(bound, args, kwargs, doing), doing)

    def get(self, attribute):
        return _plain(*self._attribute(attribute))

    def value(self):
        return _plain(self.thing, f"`{self._name}`")


class LocalStudent:
    """A `Student` over a namespace in this process: for tests and for a learner's self-check.

    There is no protection here: never use it on somebody else's code.
    """

    def __init__(
        self,
        namespace: dict,
        cells: Sequence[str] | None = None,
        seconds: float | None = None,
    ):
        """Take the names, and the `cells` that made them, to run them anew where that is asked.

        A call may take `seconds`; after one that took longer, no other is made, as in the jail.
        """
        self._namespace = namespace
        self._cells = cells
        self._seconds = seconds
        self._late = False

    def perform(self, function, args, kwargs, doing):
        """Call something of the student's, in its time."""
        if self._late:
            raise TimedOut(doing, self._seconds)
        try:
            return _perform(function, args, kwargs, doing, self._seconds)
        except TimedOut:
            self._late = True
            raise

    def _find(self, name):
        if name not in self._namespace:
            raise NotDefined(name, Near(self._cells or ()).told(name))
        return self._namespace[name]

    def get(self, name):
        return _plain(self._find(name), f"`{name}`")

    def call(self, name, *args, **kwargs):
        doing = f"`{name}`"
        return _plain(self.perform(self._find(name), args, kwargs, doing), doing)

    def call_elsewhere(self, name, *args, **kwargs):
        if self._cells is None:
            return self.call(name, *args, **kwargs)
        doing = f"`{name}`"
        self._find(name)
        try:
            return elsewhere.call(self._cells, name, args, kwargs)
        except elsewhere.Failed as failed:
            if failed.timed_out:
                raise TimedOut(doing) from None
            raise Raised(failed.type_name, failed.message, doing) from None

    def create(self, name, *args, **kwargs):
        thing = self.perform(self._find(name), args, kwargs, f"`{name}`")
        return LocalHandle(thing, name, self)

    def hold(self, value):
        return LocalHandle(crossed(value), "an argument")
