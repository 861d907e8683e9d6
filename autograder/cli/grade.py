"""``autograder grade``."""

import sys
from pathlib import Path

import click

from autograder.cli import common
from autograder.jail.kinds import GIVES_UP
from autograder.run.ids import folder_of

OTHER_RULES = """\
{} of {} submissions were recorded under other rules: by an earlier version, before a checker was
mended, or with other limits. Marking them again may change points; marks that a person gave stay.
To see first what would change: python -m autograder regrade {} --why REASON
"""


@click.command()
@common.course
@common.isolation
@common.assignment
@click.option("--student", "students", multiple=True, help="Only this student (can be repeated).")
@click.option(
    "--workers", type=click.IntRange(min=1), help="How many processes (default: one per core)."
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Time for one cell or one call (default: the assignment's).",
)
@click.option(
    "--again",
    is_flag=True,
    help="Mark again, without being asked, whoever was recorded under other rules.",
)
@click.option("--force", is_flag=True, help="Mark again what has not changed.")
@click.option("--cluster", metavar="ADDRESS", help="Score on this dask scheduler's workers.")
@click.option("--tls", type=common.FOLDER, help="Its folder with ca.pem, cert.pem and key.pem.")
@click.option("--sample", is_flag=True, help="Make the sample class anew, and mark that.")
def command(
    folder, isolation, assignment, students, workers, seconds, again, force, cluster, tls, sample
):
    """Mark an assignment's submissions and print the class table.

    Submissions lie in course/submitted/STUDENT/ASSIGNMENT/. Only what has changed since the last
    time is marked; an interrupted run goes on where it stopped. The scores are then in nbgrader's
    gradebook, where Formgrader shows them.

    \b
    Example:  python -m autograder grade 01-shapes-and-counts
    Next:     python -m autograder report 01-shapes-and-counts
    """
    from autograder.course import absent, lateness, tables
    from autograder.run import pipeline
    from autograder.run.job import Outcome

    if isolation != "bubblewrap":
        click.echo(f"Isolation: {isolation}. {GIVES_UP[isolation]}\n", err=True)
    if sample:
        folder = sample_class(assignment, folder)
    course = common.open_course(folder)
    told_whom = again or force or seconds or sample or students
    left = [] if told_whom else left_out(course, assignment)
    students = [folder_of(student) for student in students]
    if left:
        students = [name for name in course.submissions(assignment) if name not in left]
    for change in lateness.changes(course, assignment):
        click.echo(str(change), err=True)
    outcomes = pipeline.grade(
        course,
        assignment,
        isolation=isolation,
        seconds=seconds,
        workers=workers,
        force=force,
        students=list(students) if students or left else None,
        cluster=cluster,
        tls=tls,
        progress=common.progress,
    )
    lateness.refresh(course, assignment)
    outcomes += [Outcome(name, "marked under earlier rules") for name in left]
    if left or not students:
        marked = {outcome.student for outcome in outcomes} | set(course.recorded_points(assignment))
        missing = absent.without_mark(course, assignment, marked)
        outcomes += [Outcome(one.student, one.note) for one in missing]
    click.echo(tables.class_table(course, assignment, outcomes))
    return common.tell_failed(outcomes)


def sample_class(assignment: str, folder: Path | None) -> Path:
    """Have the course make its sample class; return the folder."""
    from autograder.course.course import Course

    sample = Course(folder).definition.catalogue.beside("sample")
    if sample is None:
        raise ValueError(
            "this course has no sample class: there is no sample.py beside its checkers"
        )
    return sample.make(assignment, folder)


def left_out(course, assignment: str) -> list[str]:
    """Say whose marks today's rules would give anew, and ask; return who is left as they are."""
    from autograder.run import regrading

    found = regrading.under_other_rules(course, assignment)
    if not found:
        return []
    everybody = len(course.submissions(assignment))
    click.echo(OTHER_RULES.format(len(found), everybody, assignment), err=True)
    if not sys.stdin.isatty():
        click.echo("They are left as they are; with --again they are marked again.", err=True)
        return found
    return [] if click.confirm("Mark them again?") else found
