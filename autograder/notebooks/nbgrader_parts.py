"""The parts of nbgrader that marking needs, without its server.

``import nbgrader`` loads the four extensions by which a Jupyter server shows Formgrader and lists,
and with them the server and nbconvert: half of the time that a command needed to start. Where
nobody has imported nbgrader yet, something stands in for these meanwhile that loads each when it is
called. Preprocessors and converters bring nbconvert as well: whoever needs these imports them from
nbgrader, when they are needed.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_EXTENSIONS = ("assignment_list", "course_list", "validate_assignment", "formgrader")
#: Functions that nbgrader imports by name, by their modules, and that marking never calls.
UNCALLED = {
    **{f"nbgrader.server_extensions.{e}": ("load_jupyter_server_extension",) for e in _EXTENSIONS},
    "setuptools.archive_util": ("unpack_archive", "unpack_tarfile", "unpack_zipfile"),
}
#: What it imports as a whole, and asks nothing of while it is imported.
UNASKED = "requests"


@contextmanager
def _uncalled_left_out() -> Iterator[None]:
    """Let nbgrader be imported without these modules; whoever asks for one later gets it."""
    unasked = None
    names = [] if "nbgrader" in sys.modules else [n for n in UNCALLED if n not in sys.modules]
    for name in names:
        sys.modules[name] = _stand_in(name)
    if names and UNASKED not in sys.modules:
        sys.modules[UNASKED] = unasked = _loaded_when_asked(UNASKED)
    try:
        yield
    finally:
        if names and sys.modules.get(UNASKED) is unasked:
            del sys.modules[UNASKED]
        for name in names:
            del sys.modules[name]


def _stand_in(name: str) -> ModuleType:
    """A module whose functions are those of the real one, which is loaded when one is called."""

    def later(function: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(importlib.import_module(name), function)(*args, **kwargs)

        return call

    module = ModuleType(name)
    vars(module).update({function: later(function) for function in UNCALLED[name]})
    return module


def _loaded_when_asked(name: str) -> ModuleType:
    """What stands in for a module, which is loaded when anything of it is asked for.

    Not a `LazyLoader`'s: to say ``import`` of such a module once more loads it.
    """
    module = ModuleType(name)

    def ask(attribute: str) -> Any:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    module.__spec__ = importlib.util.find_spec(name)
    vars(module)["__getattr__"] = ask
    return module


with _uncalled_left_out():
    import nbgrader
    from nbgrader import utils
    from nbgrader.api import (
        Base,
        BaseCell,
        Comment,
        Grade,
        Gradebook,
        MissingEntry,
        SolutionCell,
        Student,
        SubmittedAssignment,
        SubmittedNotebook,
        TaskCell,
    )
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default.exchange import Exchange

__all__ = [
    "Base",
    "BaseCell",
    "Comment",
    "CourseDirectory",
    "Exchange",
    "Grade",
    "Gradebook",
    "MissingEntry",
    "SolutionCell",
    "Student",
    "SubmittedAssignment",
    "SubmittedNotebook",
    "TaskCell",
    "nbgrader",
    "utils",
]
