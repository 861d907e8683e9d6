"""``autograder collect``."""

from pathlib import Path

import click

from autograder.cli import common


@click.command()
@common.course
@common.assignment
@click.argument("source", type=click.Path(path_type=Path), required=False)
@click.option(
    "--any-owner",
    is_flag=True,
    help="For a copy of the exchange: don't ask whose files the submissions are.",
)
@click.option(
    "--map",
    "names",
    type=common.FILE,
    help="Whose the notebooks of nobody are: a table of two columns, a name as it is listed (or "
    "the platform's number, or the path) and a student's id; of a pair, both ids with & between.",
)
@click.option(
    "--times",
    type=common.FILE,
    help="A table of two columns, a name or id and the time, where the archive has no times (a row "
    "*, TIME is for all others); or the word files: the files' own times are those.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
def command(folder, assignment, source, any_owner, names, times, dry_run):
    """Take submissions from a learning platform's zip, a folder or nbgrader's exchange.

    Needs roster.csv (columns id, name, email) in the course's folder. Lists who is missing, unknown
    or has renamed the file before anything is copied; a mistyped roll number never makes a new
    student. Ends with status 1 if a file was not used. A folder may hold STUDENT/anything.ipynb or
    STUDENT.ipynb. Give a platform's zip as it was downloaded: of a folder that was unpacked from
    it, the times depend on the machine that did that. Without a SOURCE, nbgrader's exchange is
    looked through: there, a submission counts only if its files belong to the student whose name it
    carries.

    \b
    Example:  python -m autograder collect 01-shapes-and-counts ~/Downloads/submissions.zip
    Next:     python -m autograder grade 01-shapes-and-counts
    """
    from autograder.course import collecting

    course = common.open_course(folder)
    plan = collecting.collect(
        course,
        assignment,
        source,
        dry_run=dry_run,
        any_owner=any_owner,
        asked=collecting.Asked.read(course, names, times),
    )
    return 1 if plan.unused else 0
