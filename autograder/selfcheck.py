"""Marks a learner's own notebook on their own machine, in this very process: help, and no grade."""

import contextlib
import io
from pathlib import Path

from autograder import questions, reading, scoring
from autograder.student import LocalStudent


def _run(sources, names):
    """Run the cells one by one; an error in one does not keep the others from running."""
    errors = []
    for source in sources:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(source, "<your notebook>", "exec"), names)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
    return errors


def assignment_of(path: Path, known: list[str]) -> str:
    """The assignment whose name the file's name begins with, as in ``01-shapes (1).ipynb``."""
    found = [name for name in known if path.stem.startswith(name)]
    if not found:
        raise ValueError(
            f"{path.name} belongs to no assignment; expected a name that begins with one of "
            f"{', '.join(known)}"
        )
    return max(found, key=len)


def check(path: Path, released: Path, assignment: str):
    """Run a notebook of one's own and return its errors and the verdicts by question."""
    if not path.exists():
        raise ValueError(f"there is no file {path}")
    notebook = reading.rebuild(scoring.read_released(released), reading.read(path))
    names = {"__name__": "__main__"}
    errors = _run(scoring.cells_to_run(notebook).values(), names)
    student = LocalStudent(names)
    verdicts = {
        name: question.check(student) for name, question in questions.load(assignment).items()
    }
    return errors, verdicts
