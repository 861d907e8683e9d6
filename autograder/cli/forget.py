"""``autograder forget``."""

import click

from autograder.cli import common

MOST = 20


@click.command()
@common.course
@click.argument("student")
@click.option("--yes", is_flag=True, help="Remove it. Without this, it is only said.")
def command(folder, student, yes):
    """Remove all that is kept of one student, who has left the course or asks for it.

    First says everything that there is below the course's folder: what was handed in, results,
    feedback, rows of the gradebook, lines of the roster and of logs. Exports and reports in which
    the student stands are removed, to be written anew. What lies elsewhere is named, and yours to
    remove.

    \b
    Example:  python -m autograder forget 21CS001
    Then:     python -m autograder forget 21CS001 --yes
    """
    from autograder.course import forgetting
    from autograder.course.text import printable

    course = common.open_course(folder)
    name = forgetting.student_of(course, student)
    found = forgetting.traces(course, name)
    click.echo(printable(forgetting.describe(course, name, found)))
    if not yes:
        click.echo("Nothing was removed. With --yes, all of it is; that can't be undone.")
        return 0
    for trace in found:
        trace.remove()
    click.echo("Removed.")
    if left := forgetting.left(course, name):
        click.echo(f"{student} still stands in these files; look at them yourself:")
        for path in left[:MOST]:
            click.echo(f"  {path}")
        if len(left) > MOST:
            click.echo(f"  and {len(left) - MOST} more")
        return 1
    return 0
