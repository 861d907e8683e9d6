"""Makes the students' notebooks from the solutions, by nbgrader's own `generate_assignment`.

    python -m autograder exercises [NAME ...] [--machine-only] [--to FOLDER]

``--machine-only`` leaves out the parts that a person has to mark.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"


def assignments() -> list[str]:
    """Return the names of all assignments, in order."""
    return sorted(path.parent.name for path in SOLUTIONS.glob("*/*.ipynb"))


def generate(
    destination: Path = EXERCISES,
    names: Iterable[str] | None = None,
    *,
    written: bool = True,
    database: str | None = None,
) -> list[Path]:
    """Generate the students' version of the assignments `names` (default: all) and return them.

    `written=False` leaves out the parts that a person marks. With `database`, an SQLAlchemy URL,
    the cells are also recorded there, which `nbgrader autograde` needs. An unknown name or a
    notebook that nbgrader refuses raises `ValueError`.
    """
    known = assignments()
    chosen = list(names) if names is not None else known
    for name in chosen:
        if name not in known:
            raise ValueError(f"there is no assignment {name!r}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory() as scratch:
        source = SOLUTIONS if written else _without_written_parts(Path(scratch))
        for name in chosen:
            _generate_one(name, source, Path(destination), database)
    return [Path(destination) / name / f"{name}.ipynb" for name in chosen]


def _generate_one(name, source, destination, database):
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.merge(_overrides(name, source, destination, database))
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.force = True
    shutil.rmtree(destination / name, ignore_errors=True)
    try:
        converter.start()
    except SystemExit:  # nbgrader has logged the reason
        raise ValueError(f"nbgrader could not generate {name}; its message is above") from None


def _overrides(name, source, destination, database):
    config = Config()
    config.CourseDirectory.root = str(ROOT)
    config.CourseDirectory.source_directory = str(source)
    config.CourseDirectory.release_directory = str(destination)
    config.CourseDirectory.assignment_id = name
    config.Application.log_level = "WARNING"
    if database:
        config.CourseDirectory.db_url = database
    else:
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    return config


def _without_written_parts(scratch: Path) -> Path:
    target = scratch / "solutions"
    shutil.copytree(SOLUTIONS, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for path in target.glob("*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [
            cell for cell in notebook.cells if not cell.metadata.get("convbook", {}).get("written")
        ]
        nbformat.write(notebook, path)
    return target


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="autograder exercises", description="Make the students' notebooks from the solutions."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="assignments; all if none is named"
    )
    parser.add_argument("--to", type=Path, default=EXERCISES, help="folder to write to")
    parser.add_argument(
        "--machine-only", action="store_true", help="leave out the parts that a person marks"
    )
    options = parser.parse_args(arguments)
    try:
        made = generate(options.to, options.names or None, written=not options.machine_only)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    for path in made:
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
