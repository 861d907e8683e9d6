"""Reads off an assignment what its notebooks may see, use and take."""

import ast
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from autograder.jail.profile import ADMITTED, HEAVY, Library, Profile
from autograder.notebooks.cells import read_own


def imported_modules(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that the given cells import at their top level, in order."""
    found = {"numpy": None}
    for tree in parsed(sources):
        for statement in tree.body:
            if isinstance(statement, ast.Import):
                found |= dict.fromkeys(alias.name for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
                found[statement.module] = None
    return tuple(found)


def parsed(sources: Iterable[str]) -> list[ast.Module]:
    """Return the syntax trees of cells, without those in IPython's own language."""
    found = []
    for source in sources:
        try:
            found.append(ast.parse(source))
        except SyntaxError:
            continue
    return found


def code_of(notebook: Path) -> list[str]:
    """Return the sources of a notebook's code cells."""
    return [cell.source for cell in read_own(notebook).cells if cell.cell_type == "code"]


def _hidden(module, hides):
    return any(module == name or module.startswith(name + ".") for name in hides)


def profile_of(
    module: ModuleType,
    released: Path,
    library: Library | None = None,
    *,
    seconds: float | None = None,
    memory_megabytes: int | None = None,
) -> Profile:
    """Read the profile off an assignment's module of checkers and its students' notebook.

    Whatever the notebook imports is imported once, before students' notebooks start; what lies
    beside it is there for their code, too. `seconds` and `memory_megabytes` are the course's, where
    it does not leave an assignment its own.
    """
    library = library or Library()
    hides = (*library.hides, *getattr(module, "HIDES", ()))
    wanted = (*imported_modules(code_of(released)), *getattr(module, "PRELOAD", ()))
    preload = tuple(dict.fromkeys(name for name in wanted if not _hidden(name, hides)))
    admits = tuple(getattr(module, "ADMITS", ADMITTED))
    heavy = bool(HEAVY & {name.split(".")[0] for name in preload})
    large = heavy or bool(HEAVY & set(admits))
    own = getattr(module, "SECONDS", 60 if heavy else 5)
    wall = max(600 if heavy else 90, 2 * own)
    seconds = seconds or own
    return Profile(
        preload=preload,
        admits=admits,
        hides=hides,
        library=library,
        files=released.parent,
        seconds=seconds,
        wall_seconds=wall / own * seconds,
        memory_megabytes=memory_megabytes or (4096 if large else 1024),
        processes=512 if large else 64,
    )
