"""``autograder check``."""

import subprocess
import sys
from pathlib import Path

import click

from autograder.cli.common import FILE


@click.command()
@click.argument("notebook", type=FILE, required=False)
@click.option(
    "--seconds",
    default=600.0,
    show_default=True,
    help="How long it may take altogether. A cell and a call have the grader's own limits.",
)
@click.option("--here", is_flag=True, hidden=True)
def command(notebook, seconds, here):
    """Score your own NOTEBOOK on your own machine; it is no grade.

    Runs the notebook as a plain process of yours, without a jail, and shows points and advice for
    every question. For your own code only. Nothing is recorded.

    \b
    Example:  python -m autograder check exercises/08-multiple-choice/08-multiple-choice.ipynb
    """
    from autograder.course import fitting
    from autograder.course.definition import Definition
    from autograder.run import selfcheck

    definition = Definition.find(notebook or Path(), Path.cwd())
    if notebook is None:
        paths = (definition.released(name) for name in definition.catalogue.assignments())
        names = "\n".join(f"  {path.relative_to(definition.root)}" for path in paths)
        click.echo(f"Which notebook? make check NOTEBOOK=... with one of\n{names}", err=True)
        return 2
    if not here:
        return in_a_process_of_its_own(notebook.absolute(), definition.root, seconds)
    try:
        if definition.assignments():  # where there are solutions: a learner may have none
            fitting.check(definition, selfcheck.assignment_of(notebook, definition.catalogue))
        click.echo(selfcheck.check(notebook, definition.catalogue, definition.library).text())
    except (OSError, ValueError) as error:
        click.echo(error, err=True)
        return 1
    return 0


def in_a_process_of_its_own(notebook: Path, root: Path, seconds: float) -> int:
    """Check in a process that can be ended, whatever the notebook does; return its exit status."""
    command = [sys.executable, "-m", "autograder", "check", "--here", str(notebook)]
    try:
        return subprocess.run(command, cwd=root, timeout=seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        from autograder.handin.forms import counted

        click.echo(
            f"{notebook.name} was not through within {counted(seconds, 'second')} and was "
            "stopped. Does a cell wait for something, such as an `input()` or a `sleep`? Run the "
            "cells one by one in JupyterLab to find it; --seconds gives more time.",
            err=True,
        )
        return 1
