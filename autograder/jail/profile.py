"""What a notebook's code gets to see and to use while it is marked."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.marking import catalogue

ALWAYS_HIDDEN = ("convbook.items", "convbook.publishing")
ADMITTED = ("numpy", "matplotlib")
# What cells of any notebook show things with; no exercise is answered by them.
EVERYWHERE = ("IPython", "ipywidgets", "tqdm")
HEAVY = frozenset({"keras", "tensorflow", "torch"})


@dataclass(frozen=True)
class Profile:
    """Limits and visible things for the notebooks of one assignment.

    `admits` are the packages that may be imported beside the standard library (and what these
    require); the others aren't there. `seconds` bounds one cell or one call, `wall_seconds` the
    whole notebook.
    """

    preload: tuple[str, ...] = ("numpy",)
    admits: tuple[str, ...] = ADMITTED
    hides: tuple[str, ...] = ALWAYS_HIDDEN
    files: Path | None = None
    seconds: float = 5
    wall_seconds: float = 90
    memory_megabytes: int = 1024
    disk_megabytes: int = 64
    processes: int = 64
    extra: dict = field(default_factory=dict)

    @property
    def cpu_seconds(self) -> float:
        """The processor time that all processes of one notebook may take together."""
        return self.wall_seconds

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages that are there: what may be imported, and what is imported beforehand."""
        before = (name.split(".")[0] for name in self.preload)
        names = dict.fromkeys((*EVERYWHERE, *self.admits, *before))
        if "keras" in names:
            names["tensorflow"] = None
        return tuple(names)

    @property
    def limits(self) -> dict[str, int]:
        """Resource limits by their names in the `resource` module."""
        return {
            "CPU": int(self.cpu_seconds) + 5,
            "DATA": self.memory_megabytes * 2**20,
            "FSIZE": self.disk_megabytes * 2**20,
            "NPROC": self.processes,
            # What a process maps takes page tables, used or not. Threads of TensorFlow map a lot.
            "AS": (8 if self.processes > 64 else 1) * (self.memory_megabytes + 8192) * 2**20,
            "NOFILE": 256 if self.processes > 64 else 128,
            "SIGPENDING": 256,
            "CORE": 0,
            "MEMLOCK": 0,
            "MSGQUEUE": 0,
        }


def imported_modules(sources) -> tuple[str, ...]:
    """Return the modules that the given cells import at their top level, in order."""
    found = {"numpy": None}
    for source in sources:
        try:
            statements = ast.parse(source).body
        except SyntaxError:
            continue  # a cell in IPython's own language
        for statement in statements:
            if isinstance(statement, ast.Import):
                found |= dict.fromkeys(alias.name for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
                found[statement.module] = None
    return tuple(found)


def _hidden(module, hides):
    return any(module == name or module.startswith(name + ".") for name in hides)


def profile_of(assignment: str, source: Path, files: Path | None = None) -> Profile:
    """Read the profile off the assignment's checkers and its source notebook.

    Whatever the source notebook imports is imported once, before students' notebooks start.
    `files` is the folder that students were given; what lies in it beside notebooks is there for
    their code too.
    """
    module = catalogue.module_of(assignment)
    hides = (*ALWAYS_HIDDEN, *getattr(module, "HIDES", ()))
    notebook = nbformat.read(source, as_version=4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    wanted = (*imported_modules(cells), *getattr(module, "PRELOAD", ()))
    preload = tuple(dict.fromkeys(name for name in wanted if not _hidden(name, hides)))
    admits = tuple(getattr(module, "ADMITS", ADMITTED))
    heavy = bool(HEAVY & {name.split(".")[0] for name in preload})
    large = heavy or bool(HEAVY & set(admits))
    seconds = getattr(module, "SECONDS", 60 if heavy else 5)
    return Profile(
        preload=preload,
        admits=admits,
        hides=hides,
        files=files,
        seconds=seconds,
        wall_seconds=max(600 if heavy else 90, 2 * seconds),
        memory_megabytes=4096 if large else 1024,
        processes=512 if large else 64,
    )
