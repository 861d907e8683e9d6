"""Finds the checkers: one module an assignment, in the package `questions`.

A module is called after its notebook (``q01_shapes_and_counts`` for ``01-shapes-and-counts``) and
holds

- ``ASSIGNMENT = "01-shapes-and-counts"``,
- functions decorated with `question`, in the order of the notebook; a module that takes them from
  others names them in that order: ``QUESTIONS = (ex01, ex02)``,
- if it needs them, ``HIDES``: modules that answer its questions and that students' code must not
  see (``("convbook.nn.pooling",)``), ``ADMITS``: packages that it may import beside the standard
  library (default: NumPy and Matplotlib), ``PRELOAD``: modules to import before the notebook starts
  (``("keras",)``), and ``SECONDS``: the time that a cell or a call may take.
"""

import importlib
import pkgutil
import re
from pathlib import Path

import questions
from autograder.marking.question import Question


def module_of(assignment: str):
    """Return the module that holds the checkers of `assignment`."""
    name = "q" + re.sub(r"\W", "_", assignment)
    try:
        module = importlib.import_module(f"{questions.__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{questions.__name__}.{name}":
            raise
        raise ValueError(
            f"assignment {assignment!r} has no checkers: there is no questions/{name}.py"
        ) from None
    if assignment != module.ASSIGNMENT:
        raise ValueError(
            f"{module.__name__} says it is for {module.ASSIGNMENT!r}, not {assignment!r}"
        )
    return module


def is_checkers(name: str) -> bool:
    """Whether a module of this name holds the checkers of a notebook (and helps no other)."""
    return re.match(r"q\d", name) is not None


def add_folder(folder) -> None:
    """Let a folder of a course's own hold checkers, too; `ValueError` where a name is taken."""
    path = str(Path(folder).resolve())
    if path in questions.__path__:
        return
    if not Path(path).is_dir():
        raise ValueError(f"there is no folder {path}, where a course's own checkers should lie")
    taken = {module.name for module in pkgutil.iter_modules(questions.__path__)}
    if both := taken & {module.name for module in pkgutil.iter_modules([path])}:
        raise ValueError(
            f"{path} has {', '.join(sorted(both))}, which is the name of a module of the book; "
            "give yours another one"
        )
    questions.__path__.append(path)
    importlib.invalidate_caches()


def assignments() -> list[str]:
    """Return the names of all assignments that have checkers, in order."""
    names = sorted(m.name for m in pkgutil.iter_modules(questions.__path__) if is_checkers(m.name))
    return [importlib.import_module(f"{questions.__name__}.{name}").ASSIGNMENT for name in names]


def load(assignment: str) -> dict[str, Question]:
    """Return the questions of `assignment` by their ids, in the order of the notebook."""
    module = module_of(assignment)
    declared = getattr(module, "QUESTIONS", vars(module).values())
    found = [thing for thing in declared if isinstance(thing, Question)]
    by_id = {thing.id: thing for thing in found}
    if len(by_id) != len(found):
        raise ValueError(
            f"{assignment} has two questions with the same id: {[q.id for q in found]}"
        )
    return by_id
