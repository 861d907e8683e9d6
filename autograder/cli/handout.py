"""``autograder handout``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.assignment
@common.pack_into
def command(folder, assignment, archive):
    """Write each student's own notebook, where numbers differ from student to student.

    Needs the line  variants = true  in the course's course.toml, and roster.csv. The first time it
    draws a secret into variants.secret, beside them: numbers follow from it and the student's id,
    so the same students get the same numbers again. Keep it as you keep the gradebook. What counts
    when it is marked is the id that a notebook was collected for.

    \b
    Example:  python -m autograder handout 01-shapes-and-counts --zip hand-out.zip
    Next:     python -m autograder collect 01-shapes-and-counts FILE.zip
    """
    from autograder.course import handout
    from autograder.handin.forms import counted

    course = common.open_course(folder)
    paths = handout.write(course, assignment)
    place = course.folder / "handout"
    click.echo(f"{counted(len(paths), 'notebook')} in {place}")
    if archive:
        files = [f for path in paths for f in sorted(path.parent.rglob("*")) if f.is_file()]
        common.pack(archive, {str(file.relative_to(place)): file for file in files})
