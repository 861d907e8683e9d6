"""Each student's own copy of an exercise notebook, where numbers differ from student to student."""

import shutil
from pathlib import Path

import nbformat

from autograder.marking.question import own_copy, variants_of
from autograder.notebooks.cells import read_own


def write(course, assignment: str) -> list[Path]:
    """Write a folder for every student of the roster below ``handout``; return the notebooks.

    The first time, the secret is drawn that everybody's numbers follow from. A `ValueError` says
    what is missing: the setting, the roster, or a question that varies.
    """
    roster = course.settings.roster()
    questions = course.questions(assignment)
    if not course.settings.variants:
        raise ValueError(
            "everybody has the same numbers; put the line variants = true into "
            f"{course.folder / 'course.toml'}, or give everybody exercises/{assignment}"
        )
    if not roster:
        raise ValueError(f"{course.folder / 'roster.csv'} names nobody (columns id, name, email)")
    if not variants_of(questions):
        raise ValueError(f"no question of {assignment} varies; give everybody the same notebook")
    course.settings.draw_seed()
    released = course.released(assignment)
    return [_write_one(course, assignment, questions, released, student) for student in roster]


def _write_one(course, assignment, questions, released, student) -> Path:
    if Path(student).name != student:
        raise ValueError(f"the roster has the id {student!r}, which can't be the name of a folder")
    own = course.settings.variant_seed(student)
    notebook = own_copy(read_own(released), questions, own)
    target = course.folder / "handout" / student / assignment
    shutil.rmtree(target, ignore_errors=True)
    unwanted = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", "__pycache__")
    shutil.copytree(released.parent, target, ignore=unwanted)
    path = target / released.name
    nbformat.write(notebook, path)
    return path
