"""``autograder check``."""

from pathlib import Path

import click

from autograder.cli.common import FILE


@click.command()
@click.argument("notebook", type=FILE, required=False)
def command(notebook):
    """Score your own NOTEBOOK on your own machine; it is no grade.

    Runs the notebook as a plain process of yours, without a jail, and shows points and advice for
    every question. For your own code only. Nothing is recorded.

    \b
    Example:  python -m autograder check exercises/08-multiple-choice/08-multiple-choice.ipynb
    """
    from autograder.course.definition import Definition
    from autograder.run import selfcheck

    definition = Definition.find(notebook or Path(), Path.cwd())
    if notebook is None:
        paths = (definition.released(name) for name in definition.catalogue.assignments())
        names = "\n".join(f"  {path.relative_to(definition.root)}" for path in paths)
        click.echo(f"Which notebook? make check NOTEBOOK=... with one of\n{names}", err=True)
        return 2
    try:
        click.echo(selfcheck.check(notebook, definition.catalogue, definition.library).text())
    except (OSError, ValueError) as error:
        click.echo(error, err=True)
        return 1
    return 0
