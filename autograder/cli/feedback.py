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

    The zip has the names by which Moodle and Canvas know whose page is whose, for what was
    collected from there: Moodle's "Upload multiple feedback files in a zip", Canvas's "Re-Upload
    Submissions".

    \b
    Example:  python -m autograder feedback 01-shapes-and-counts --zip hand-back.zip
    """
    from autograder.course import handback, lateness, records
    from autograder.handin.forms import counted

    course = common.open_course(folder)
    common.tell_of_other_rules(course, assignment)
    for change in lateness.changes(course, assignment):
        click.echo(str(change))
    lateness.refresh(course, assignment)
    if anew := records.changed_since(course, assignment):
        named = ", ".join(map(id_of, anew))
        click.echo(printable(f"Handed in anew since, so `grade` first: {named}"), err=True)
    students = [record.student for record in records.read(course, assignment)]
    bar = common.progress(students, len(students), "Writing")
    pages, failed = course.write_all_feedback(assignment, bar)
    click.echo(f"{counted(len(pages), 'page')} in {course.coursedir.feedback_directory}")
    if archive:
        files, others = handback.entries(course, assignment, pages)
        common.pack(archive, files)
        if len(others) < len(pages):
            click.echo("It can be uploaded as it is: files are called as the platform wants them.")
            if others:
                named = ", ".join(map(id_of, others))
                click.echo(f"Not from the platform, so to be sent otherwise: {printable(named)}")
    for name, reason in failed.items():
        click.echo(printable(f"No page for {id_of(name)}: {reason}"), err=True)
    return 1 if failed else 0
