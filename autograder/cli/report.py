"""``autograder report``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.assignment
@click.option("--anonymous", is_flag=True, help="Numbers instead of ids and names.")
def command(folder, assignment, anonymous):
    """Write a page about the class: what was hard, which mistakes to talk about.

    Points per question, learning objective and Bloom level, difficulty and discrimination, the
    mistakes with the page that answers them, notebooks that can't be read or have no points, and
    submissions that are much alike.
    """
    from autograder.course import report

    click.echo(report.write(common.open_course(folder), assignment, anonymous))
