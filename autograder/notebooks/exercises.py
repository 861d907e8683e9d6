"""What the students' notebooks are made of, and how: nbgrader's `generate_assignment` and a filter.

Solutions are the only source. `nbgrader generate_assignment NAME`, `make exercises` and `generate`
below all make the same notebooks, to the byte.
"""

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List, Unicode
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.marking import catalogue

ROOT = Path(__file__).resolve().parents[2]


class DropWrittenParts(NbGraderPreprocessor):
    """Leaves out what a person would have to mark, for the assignments that it is told."""

    assignments = List(
        Unicode(),
        help="Assignments that are set with their machine-judged parts only; 'all' means every one",
    ).tag(config=True)

    def preprocess(self, nb, resources):
        if {"all", resources["nbgrader"]["assignment"]} & set(self.assignments):
            nb.cells = [
                cell for cell in nb.cells if not cell.metadata.get("convbook", {}).get("written")
            ]
        return nb, resources


def generate(
    destination: Path, names: Iterable[str] | None = None, *, written: bool = True
) -> list[Path]:
    """Generate the students' version of assignments (default: all) into a folder of your own.

    Nothing is recorded in a gradebook. `written=False` leaves out the parts that a person marks.
    Returns the notebooks; an unknown name, or a notebook that nbgrader refuses, is a `ValueError`.
    """
    known = catalogue.assignments()
    chosen = list(names) if names is not None else known
    for name in chosen:
        if name not in known:
            raise ValueError(f"there is no assignment {name!r}; there are {', '.join(known)}")
        _generate_one(name, Path(destination).resolve(), written)
    return [Path(destination) / name / f"{name}.ipynb" for name in chosen]


def _generate_one(name: str, destination: Path, written: bool):
    with contextlib.chdir(ROOT):
        config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.merge(_without_gradebook(name, destination))
    if not written:
        config.DropWrittenParts.assignments = [name]
    shutil.rmtree(destination / name, ignore_errors=True)
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    try:
        converter.start()
    except SystemExit:  # nbgrader has logged the reason
        raise ValueError(f"nbgrader could not generate {name}; its message is above") from None


def _without_gradebook(name: str, destination: Path) -> Config:
    config = Config()
    config.CourseDirectory.release_directory = str(destination)
    config.CourseDirectory.assignment_id = name
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    return config
