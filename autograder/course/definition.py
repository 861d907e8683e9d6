"""What the engine has to know of a course: ``autograder.toml``, in the course's root folder.

All of it has a default, so that an empty file makes a folder a course::

    name = "linear-algebra"      # nbgrader's course_id; default: the folder's name
    solutions = "solutions"      # nbgrader's source notebooks, solutions/NAME/NAME.ipynb
    exercises = "exercises"      # what students are given, generated from them
    questions = "questions"      # the package of checkers
    records = "course"           # submissions, gradebook, feedback, reports: keep it out of git
    environment = "AUTOGRADER"   # AUTOGRADER_COURSE names another folder of records, and
                                 # AUTOGRADER_EXCHANGE another exchange
    exchange = ""                # the root of nbgrader's exchange; default: nbgrader's own
    book_url = ""                # where the pages are published that checkers' messages point to
    built_book = "_build/html"   # or where they lie on this machine
    written = ["essay1"]         # answers in words that count; default: all. The rest is practice

    [jail]                       # what students' code finds, beside the standard library and NumPy
    packages = ["linalg"]        # packages of the course's own
    hides = ["linalg.answers"]   # modules that are never there
    preload = ["linalg.practice"]
    stubs = { "linalg.widgets" = "questions/stub.py" }
    image = "autograder-jail"    # for --isolation=docker and podman

    [nbgrader.ClearSolutions]    # anything of nbgrader's own configuration
    text_stub = "..."
"""

import os
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from autograder.course import toml
from autograder.course.toml import SettingsError, Table, expected
from autograder.jail.profile import Library
from autograder.marking.catalogue import Catalogue

FILE = "autograder.toml"
FORMERLY = "autograder/course"
#: What a course's records consist of.
RECORDS = (
    *("course.toml", "roster.csv", "extensions.csv", "gradebook.db", "regrades.csv"),
    *("submitted", "attempts", "autograded", "results", "feedback", "source_with_tests"),
    *("handout", "marking", "reports", "exports"),
)


class DefinitionError(SettingsError):
    """``autograder.toml`` is missing or says something that can't be; the message says what."""


Names = Annotated[
    tuple[str, ...], Field(strict=False), expected('a list of names, such as ["linalg"]')
]


class Jail(Table):
    """What students' code finds, beside the standard library and NumPy."""

    packages: Names = ()
    hides: Names = ()
    preload: Names = ()
    stubs: dict[str, str] = Field(default_factory=dict)
    image: str = "autograder-jail"


class Definition(Table):
    """See the module's docstring; `root` is the folder in which the file lies."""

    name: str = ""
    solutions: str = "solutions"
    exercises: str = "exercises"
    questions: str = "questions"
    records: str = "course"
    environment: str = "AUTOGRADER"
    exchange: str = ""
    book_url: str = ""
    built_book: str = "_build/html"
    written: Names | None = None
    jail: Jail = Jail()
    nbgrader: dict[str, Any] = Field(default_factory=dict)
    _root: Path = PrivateAttr(Path())

    @classmethod
    def read(cls, root: Path) -> "Definition":
        """Read the course in the folder `root`."""
        path = Path(root).resolve() / FILE
        if not path.exists():
            raise DefinitionError(
                f"{path.parent} is no course: it has no {FILE} (an empty one will do)"
            )
        found = toml.read(path, cls, DefinitionError)
        found._root = path.parent
        return found

    @classmethod
    def find(cls, *starts: Path) -> "Definition":
        """Read the course that one of the folders `starts` belongs to; the first one decides."""
        for start in starts:
            for folder in (Path(start).resolve(), *Path(start).resolve().parents):
                if (folder / FILE).exists():
                    return cls.read(folder)
        raise DefinitionError(
            f"{starts[-1]} belongs to no course: neither it nor a folder around it has a file "
            f"{FILE}; go to the course's folder, or make the file there (an empty one will do)"
        )

    @property
    def root(self) -> Path:
        """The course's folder, in which the file lies."""
        return self._root

    @property
    def course_id(self) -> str:
        """What nbgrader calls the course."""
        return self.name or self.root.name

    @cached_property
    def catalogue(self) -> Catalogue:
        """The course's checkers."""
        return Catalogue(self.root / self.questions)

    def variable(self, name: str, default: str = "") -> str:
        """Return an environment variable of the course's, such as its ``..._COURSE``."""
        return os.environ.get(f"{self.environment}_{name}", default)

    def records_folder(self, folder: Path | str | None = None) -> Path:
        """Where the course's records lie: `folder`, or what the environment or the file names."""
        named = folder or self.variable("COURSE")
        found = (self.root / (named or self.records)).resolve()
        if not named and not any((found / name).exists() for name in RECORDS):
            self._refuse_to_start_anew(found)
        return found

    def _refuse_to_start_anew(self, folder: Path) -> None:
        """Version 0.1.0 kept records where code lies now; without them, a class had no marks."""
        old = self.root / FORMERLY
        left = [name for name in RECORDS if (old / name).exists()]
        if left:
            names = left[0] if len(left) == 1 else f"{{{','.join(left)}}}"
            raise DefinitionError(
                f"this course's records lie in {old}, where version 0.1.0 kept them, and are read "
                f"in {folder} now; move them once:\n"
                f"    mkdir -p {folder} && mv {old}/{names} {folder}/"
            )

    def counts(self, question: str) -> bool:
        """Whether an answer in words is marked by a person; else it is practice."""
        return self.written is None or question in self.written

    def source(self, assignment: str) -> Path:
        """The source notebook of an assignment."""
        return self.root / self.solutions / assignment / f"{assignment}.ipynb"

    def released(self, assignment: str) -> Path:
        """The notebook that students were given."""
        return self.root / self.exercises / assignment / f"{assignment}.ipynb"

    def assignments(self) -> list[str]:
        """The names of the assignments that have a source notebook, in order."""
        folder = self.root / self.solutions
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(path.name for path in found if (path / f"{path.name}.ipynb").exists())

    @cached_property
    def library(self) -> Library:
        """What of the course's own code students' code finds in the jail."""
        jail = self.jail
        return Library(
            packages=tuple((name, self._package(name)) for name in jail.packages),
            hides=jail.hides,
            stubs=tuple((name, self.root / path) for name, path in jail.stubs.items()),
            preload=jail.preload,
            private=(Path(self.questions).name,),
        )

    def _package(self, name: str) -> Path:
        """The folder of a package: in the course's root, or where Python finds it."""
        if (self.root / name / "__init__.py").exists():
            return self.root / name
        spec = find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise DefinitionError(
                f"{self.root / FILE}: [jail] names the package {name!r}, which neither lies in "
                f"{self.root} nor is installed"
            )
        return Path(spec.submodule_search_locations[0])
