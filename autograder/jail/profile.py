"""What a notebook's code gets to see and to use while it is marked."""

from dataclasses import dataclass
from pathlib import Path

ADMITTED = ("numpy", "matplotlib")
# What cells of any notebook show things with; no exercise is answered by them.
EVERYWHERE = ("IPython", "ipywidgets", "tqdm")
HEAVY = frozenset({"keras", "tensorflow", "torch"})


@dataclass(frozen=True)
class Library:
    """What of a course's own code is staged for students' code, beside `autograder.handin`.

    `packages` are names and folders; `hides` are modules that say that they can't be used here;
    `stubs` are modules that a file stands in for; `preload` is imported before any notebook.
    `private` are packages that must not be found among the installed ones either.
    """

    packages: tuple[tuple[str, Path], ...] = ()
    hides: tuple[str, ...] = ()
    stubs: tuple[tuple[str, Path], ...] = ()
    preload: tuple[str, ...] = ()
    private: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """The packages whose installed copies the jail must not show."""
        return ("autograder", *(name for name, _ in self.packages), *self.private)


@dataclass(frozen=True)
class Profile:
    """Limits and visible things for the notebooks of one assignment.

    `admits` are the packages that may be imported beside the standard library (and what these
    require); the others aren't there; `hides` are modules of the `library` that answer the
    questions at hand. `seconds` bounds one cell or one call, `wall_seconds` the whole notebook.
    """

    preload: tuple[str, ...] = ("numpy",)
    admits: tuple[str, ...] = ADMITTED
    hides: tuple[str, ...] = ()
    library: Library = Library()
    files: Path | None = None
    seconds: float = 5
    wall_seconds: float = 90
    memory_megabytes: int = 1024
    disk_megabytes: int = 64
    processes: int = 64

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
