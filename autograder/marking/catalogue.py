"""Finds a course's checkers: a module of its package of questions for each assignment.

A module belongs to the assignment that it names; it may be called as it likes. It holds

- ``ASSIGNMENT = "01-shapes-and-counts"``,
- functions decorated with `question`, in the order of the notebook; a module that takes them from
  others names them in that order: ``QUESTIONS = (ex01, ex02)``,
- if it needs them, ``HIDES``: modules that answer its questions and that students' code must not
  see (``("convnet.pooling",)``), ``ADMITS``: packages that it may import beside the standard
  library (default: NumPy and Matplotlib), ``PRELOAD``: modules to import before the notebook starts
  (``("keras",)``), and ``SECONDS``: the time that a cell or a call may take.

A module ``objectives`` beside them may hold ``OBJECTIVES``: the course's learning objectives in
short, by their numbers, for the report.
"""

import ast
import hashlib
import importlib
import importlib.util
import sys
import traceback
from functools import cached_property
from pathlib import Path
from types import ModuleType

from autograder.marking.question import Question


class Catalogue:
    """The checkers in a folder, which is a package of Python's."""

    def __init__(self, folder: Path):
        self.folder = Path(folder).resolve()

    @cached_property
    def package(self) -> str:
        """The name under which the folder is imported.

        That is its own, where Python finds it by that; else one that no other course's folder has.
        """
        if not self.folder.is_dir():
            raise ValueError(f"there is no folder {self.folder}, where the checkers should lie")
        spec = importlib.util.find_spec(self.folder.name)
        places = spec.submodule_search_locations if spec else None
        if places and self.folder in {Path(place).resolve() for place in places}:
            return self.folder.name
        return self._import_apart()

    def _import_apart(self) -> str:
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]
        name = f"{self.folder.name}_{digest}"
        if name not in sys.modules:
            init = self.folder / "__init__.py"
            places = [str(self.folder)]
            spec = importlib.util.spec_from_file_location(
                name, init if init.exists() else None, submodule_search_locations=places
            ) or importlib.machinery.ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = places
            sys.modules[name] = module = importlib.util.module_from_spec(spec)
            if spec.loader and init.exists():
                spec.loader.exec_module(module)
        return name

    @cached_property
    def _modules(self) -> dict[str, str]:
        """The modules' names by their assignments, found without running one."""
        if not self.folder.is_dir():
            raise ValueError(f"there is no folder {self.folder}, where the checkers should lie")
        found: dict[str, str] = {}
        for path in sorted([*self.folder.glob("*.py"), *self.folder.glob("*/__init__.py")]):
            assignment = _assignment_in(path)
            name = path.parent.name if path.name == "__init__.py" else path.stem
            if assignment in found:
                raise ValueError(
                    f"{self.folder} has two modules for {assignment!r}, {found[assignment]} and "
                    f"{name}; each assignment has one"
                )
            if assignment is not None and path.parent / path.name != self.folder / "__init__.py":
                found[assignment] = name
        return dict(sorted(found.items()))

    def assignments(self) -> list[str]:
        """Return the names of all assignments that have checkers, in order."""
        return list(self._modules)

    def module_of(self, assignment: str) -> ModuleType:
        """Return the module that holds the checkers of `assignment`."""
        if assignment not in self._modules:
            raise ValueError(
                f"assignment {assignment!r} has no checkers: no module in {self.folder} says "
                f"ASSIGNMENT = {assignment!r}; there are {', '.join(self._modules) or 'none'}"
            )
        try:
            return importlib.import_module(f"{self.package}.{self._modules[assignment]}")
        except Exception as error:
            if isinstance(error, ModuleNotFoundError) and error.name == self.folder.name:
                raise ValueError(
                    f"the checkers of {assignment} import {error.name!r} by name, which Python "
                    f"finds only from {self.folder.parent}: give the command there, or import "
                    "relatively"
                ) from None
            raise ValueError(
                f"the checkers of {assignment} can't be loaded: {place_and_reason(error)}"
            ) from error

    def load(self, assignment: str) -> dict[str, Question]:
        """Return the questions of `assignment` by their ids, in the order of the notebook."""
        module = self.module_of(assignment)
        declared = getattr(module, "QUESTIONS", vars(module).values())
        found = [thing for thing in declared if isinstance(thing, Question)]
        by_id = {thing.id: thing for thing in found}
        if len(by_id) != len(found):
            raise ValueError(
                f"{assignment} has two questions with the same id: {[q.id for q in found]}"
            )
        return by_id

    def beside(self, name: str) -> ModuleType | None:
        """Return a module that lies beside the checkers, or None: ``objectives``, ``sample``."""
        if not (self.folder / f"{name}.py").exists():
            return None
        return importlib.import_module(f"{self.package}.{name}")

    def objectives(self) -> dict[int, str]:
        """The course's learning objectives in short, by their numbers; empty if it names none."""
        return dict(getattr(self.beside("objectives"), "OBJECTIVES", {}))


def place_and_reason(error: BaseException) -> str:
    """Say in which line of whose file it failed: the last one that Python did not bring along."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    frames, brought = traceback.extract_tb(error.__traceback__), (sys.prefix, sys.base_prefix, "<")
    last = ([frame for frame in frames if not frame.filename.startswith(brought)] or frames)[-1]
    return f"{last.filename}, line {last.lineno}: {type(error).__name__}: {error}"


def _assignment_in(path: Path) -> str | None:
    """The text that a module gives the name ``ASSIGNMENT``; None if it gives none."""
    for node in ast.parse(path.read_text("utf-8"), str(path)).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if "ASSIGNMENT" in names:
                return str(node.value.value)
    return None
