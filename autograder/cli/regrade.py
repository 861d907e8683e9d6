"""``autograder regrade``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.isolation
@common.assignment
@click.option("--why", required=True, help="The reason, for the log.")
@click.option("--yes", is_flag=True, help="Record without asking.")
def command(folder, isolation, assignment, why, yes):
    """Mark again after a key was mended: shows what changes, asks, and logs why.

    Marks that a person gave stay, as long as the answer is the same.

    \b
    Example:  python -m autograder regrade 01-shapes-and-counts --why "ex21 took no floats"
    """
    from autograder.run import regrading

    course = common.open_course(folder)
    course.register(assignment)
    found, outcomes = regrading.changes(course, assignment, isolation=isolation)
    click.echo(regrading.describe(found))
    if found and not yes and not click.confirm("Record this?"):
        click.echo("Nothing was recorded.")
        return 1
    outcomes = regrading.record(course, assignment, found, outcomes, why)
    click.echo(f"Recorded; the log is {course.folder / 'regrades.csv'}.")
    return common.tell_failed(outcomes)
