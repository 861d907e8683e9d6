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
    names = [] if "nbgrader" in sys.modules else [n for n in UNCALLED if n not in sys.modules]
    for name in names:
        sys.modules[name] = _stand_in(name)
    if names and UNASKED not in sys.modules:
        _load_when_asked(UNASKED)
    try:
        yield
    finally:
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


def _load_when_asked(name: str) -> None:
    """Import a module so that it is loaded when something of it is asked for."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


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
