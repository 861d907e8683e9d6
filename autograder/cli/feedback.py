"""``autograder feedback``."""

import click

from autograder.cli import common
from autograder.course.text import printable
from autograder.run.ids import id_of


@click.command()
@common.course
@common.assignment
@common.pack_into
def command(folder, assignment, archive):
    """Write a page for every student: points, mistakes, where to read.

    \b
    Example:  python -m autograder feedback 01-shapes-and-counts --zip hand-back.zip
    """
    from autograder.course import lateness, records

    course = common.open_course(folder)
    for change in lateness.changes(course, assignment):
        click.echo(str(change))
    lateness.refresh(course, assignment)
    students = [record.student for record in records.read(course, assignment)]
    bar = common.progress(students, len(students), "Writing")
    pages, failed = course.write_all_feedback(assignment, bar)
    click.echo(f"{len(pages)} pages in {course.coursedir.feedback_directory}")
    if archive:
        common.pack(archive, {f"{name}/{page.name}": page for name, page in pages.items()})
    for name, reason in failed.items():
        click.echo(printable(f"No page for {id_of(name)}: {reason}"), err=True)
    return 1 if failed else 0
