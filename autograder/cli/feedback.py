"""``autograder feedback``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.assignment
@common.pack_into
def command(folder, assignment, archive):
    """Write a page for every student: points, mistakes, where to read.

    \b
    Example:  python -m autograder feedback 01-shapes-and-counts --zip hand-back.zip
    """
    from autograder.course import records

    course = common.open_course(folder)
    records.refresh_penalties(course, assignment)
    students = [record.student for record in records.read(course, assignment)]
    pages = {
        student: course.write_feedback(assignment, student)
        for student in common.progress(students, len(students), "Writing")
    }
    click.echo(f"{len(pages)} pages in {course.coursedir.feedback_directory}")
    if archive:
        common.pack(archive, {f"{name}/{page.name}": page for name, page in pages.items()})
