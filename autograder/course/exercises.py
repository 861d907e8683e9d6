"""What the students' notebooks are made of, and how: nbgrader's `generate_assignment` and a filter.

Solutions are the only source. `nbgrader generate_assignment NAME`, `python -m autograder exercises`
and `generate` below all make the same notebooks, to the byte.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import in_words
from autograder.course.configuration import configure
from autograder.course.definition import Definition


def generate(
    definition: Definition,
    destination: Path,
    names: Iterable[str] | None = None,
    *,
    written: bool = True,
) -> list[Path]:
    """Generate the students' version of assignments (default: all) into a folder of your own.

    Nothing is recorded in a gradebook. `written=False` leaves out the parts that a person marks.
    Returns the notebooks; an unknown name, or a notebook that nbgrader refuses, is a `ValueError`.
    """
    known = list(in_words.texts_of_course(definition))
    chosen = list(names) if names is not None else known
    for name in chosen:
        if name not in known:
            raise ValueError(f"there is no assignment {name!r}; there are {', '.join(known)}")
        _generate_one(definition, name, Path(destination).resolve(), written)
    return [Path(destination) / name / f"{name}.ipynb" for name in chosen]


def _generate_one(definition: Definition, name: str, destination: Path, written: bool):
    config = configure(Config(), definition.root)
    config.CourseDirectory.release_directory = str(destination)
    config.CourseDirectory.assignment_id = name
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    if not written:
        config.DropWrittenParts.assignments = [name]
    shutil.rmtree(destination / name, ignore_errors=True)
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    try:
        converter.start()
    except SystemExit:  # nbgrader has logged the reason
        raise ValueError(f"nbgrader could not generate {name}; its message is above") from None
