"""``autograder share``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.assignment
@click.option("--marker", "markers", multiple=True, help="A marker's name (once for each).")
@click.option(
    "--twice",
    type=click.FloatRange(0, 100),
    default=10,
    metavar="PERCENT",
    show_default=True,
    help="How many are marked twice.",
)
def command(folder, assignment, markers, twice):
    """Share answers in words out among markers, a sample twice; then take their marks in.

    With markers: writes a table (CSV) for each below  marking/  in the course's folder, and the
    mark schemes. A question goes to one marker; a sample also to a second one, who doesn't see what
    the first one gave. Tables name no student. Markers fill the column "points".

    Without: takes the filled tables in and says how far markers agree. Where two differ, nothing is
    recorded; the answer stays open in Formgrader.

    \b
    Example:  python -m autograder share 01-shapes-and-counts --marker asha --marker ben
    Later:    python -m autograder share 01-shapes-and-counts
    """
    from autograder.course import sharing

    course = common.open_course(folder)
    if not markers:
        click.echo(sharing.describe(sharing.take_in(course, assignment)))
        return
    for path in sharing.share_out(course, assignment, list(markers), twice):
        click.echo(path)
