"""``autograder share``."""

import click

from autograder.cli import common
from autograder.run.ids import id_of


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
    help="How many are marked twice, where there are two markers or more.",
)
@click.option("--grouped", is_flag=True, help="One table, a row for each group of alike answers.")
@click.option("--peers", type=int, metavar="N", help="Each answer to N fellow students.")
@click.option("--remark", is_flag=True, help="After a change of the rubric: who gets other points?")
@click.option("--record", is_flag=True, help="With --remark: write the new points down.")
def command(folder, assignment, markers, twice, grouped, peers, remark, record):
    """Share answers in words out among markers, a sample twice; then take their marks in.

    With markers: writes a table (CSV) for each below  marking/  in the course's folder, and the
    mark schemes. A question goes to one marker; a sample also to a second one, who doesn't see what
    the first one gave. Tables name no student. Markers fill the column "points".

    Without: takes the filled tables in and says how far markers agree. Where two differ, nothing is
    recorded; the answer stays open in Formgrader.

    \b
    --grouped   alike answers in one row: write which items of the scheme it meets ("1 3½"), once
                for all of them; in members.csv a single one may get items of its own
    --peers 3   a table for every student, with the scheme and three others' answers
    --remark    what a changed scheme changes for the answers that were marked by items

    \b
    Example:  python -m autograder share 01-shapes-and-counts --marker asha --marker ben
    Later:    python -m autograder share 01-shapes-and-counts
    """
    from autograder.course import rubrics, sharing
    from autograder.handin.forms import counted

    course = common.open_course(folder)
    if grouped:
        path, answers, rows = rubrics.group(course, assignment)
        click.echo(f"{path}: {counted(answers, 'answer')} in {counted(rows, 'group')}")
        return
    if peers is not None:
        for path in rubrics.to_peers(course, assignment, peers):
            click.echo(path)
        return
    if remark:
        changes = rubrics.remark(course, assignment, record=record)
        for change in changes:
            about = f"{id_of(change.student)}  {change.question}"
            click.echo(f"  {about}: {change.before:g} becomes {change.after:g}")
        done = "recorded" if record else "nothing is recorded yet; --record does it"
        click.echo(f"Other points for {counted(len(changes), 'answer')} ({done}).")
        return
    if not markers:
        marking = course.folder / "marking" / assignment
        if (marking / rubrics.GROUPS).exists():
            click.echo(rubrics.take_in_groups(course, assignment).text())
            return
        if (marking / rubrics.PEERS).exists():
            click.echo(rubrics.take_in_peers(course, assignment).text())
            return
        click.echo(sharing.describe(sharing.take_in(course, assignment)))
        return
    paths = sharing.share_out(course, assignment, list(markers), twice)
    if len(markers) == 1 and twice:
        click.echo("With one marker, no answer is marked twice.")
    for path in paths:
        click.echo(path)
