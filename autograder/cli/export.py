"""``autograder export``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.assignment
@click.option(
    "--format",
    "kind",
    type=click.Choice(("csv", "moodle", "canvas")),
    default="csv",
    show_default=True,
    help="For whom.",
)
@click.option("--to", "target", type=common.FILE, help="The file to write.")
def command(folder, assignment, kind, target):
    """Write the marks for a spreadsheet, Moodle or Canvas.

    \b
    Example:  python -m autograder export 01-shapes-and-counts --format moodle
    """
    from autograder.course import export

    course = common.open_course(folder)
    common.tell_of_other_rules(course, assignment)
    path, warnings = export.write_and_warn(course, assignment, kind, target)
    for warning in warnings:
        click.echo(warning, err=True)
    click.echo(path)
