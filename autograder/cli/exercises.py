"""``autograder exercises``."""

import click

from autograder.cli import common


@click.command()
@common.course
@click.argument("assignments", metavar="[ASSIGNMENT]...", nargs=-1)
def command(folder, assignments):
    """Make the students' notebooks from solutions/; without an ASSIGNMENT, all of them.

    Writes exercises/NAME/ with nbgrader's generate_assignment. Nothing there is edited by hand.
    """
    from autograder.course import fitting

    course = common.open_course(folder)
    for assignment in assignments or course.assignments():
        if assignment in course.assignments():  # else `exercises` says what there is
            fitting.check(course.definition, assignment)
        click.echo(course.exercises(assignment))
