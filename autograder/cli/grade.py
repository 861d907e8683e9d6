"""``autograder grade``."""

import sys
from pathlib import Path

from autograder.cli.common import common, isolation, progress, tell_failed
from autograder.jail.isolation import GIVES_UP

SUMMARY = "mark an assignment's submissions and print the class table"
TEACHING = """
Submissions lie in course/submitted/STUDENT/ASSIGNMENT/. Only what has changed
since the last time is marked; an interrupted run goes on where it stopped. The scores
are then in nbgrader's gradebook, where Formgrader shows them.

Example:  python -m autograder grade 01-shapes-and-counts
Next:     python -m autograder report 01-shapes-and-counts
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    common(parser)
    isolation(parser)
    parser.add_argument("assignment", help="for example 01-shapes-and-counts")
    parser.add_argument("--student", action="append", help="only this student (can be repeated)")
    parser.add_argument("--workers", type=int, help="processes (default: one per core)")
    parser.add_argument(
        "--seconds", type=float, help="time for one cell or one call (default: the assignment's)"
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="mark again, without being asked, whoever was recorded under other rules",
    )
    parser.add_argument("--force", action="store_true", help="mark again what has not changed")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="score on this dask scheduler's workers"
    )
    parser.add_argument("--tls", type=Path, help="its folder with ca.pem, cert.pem and key.pem")
    parser.add_argument(
        "--sample", action="store_true", help="make the sample class anew, and mark that"
    )


def sample_class(options) -> Path:
    """Have the course make its sample class; return the folder."""
    from autograder.course.course import Course

    sample = Course(options.course).definition.catalogue.beside("sample")
    if sample is None:
        raise ValueError(
            "this course has no sample class: there is no sample.py beside its checkers"
        )
    return sample.make(options.assignment, options.course)


OTHER_RULES = """\
{} of {} submissions were recorded under other rules: by an earlier version, before a checker was
mended, or with other limits. Marking them again may change points; marks that a person gave stay.
To see first what would change: python -m autograder regrade {} --why REASON
"""


def left_out(course, options) -> list[str]:
    """Say whose marks today's rules would give anew, and ask; return who is left as they are."""
    from autograder.run import regrading

    told = options.again or options.force or options.seconds or options.sample
    if told or options.student:
        return []
    found = regrading.under_other_rules(course, options.assignment)
    if not found:
        return []
    everybody = len(course.submissions(options.assignment))
    print(OTHER_RULES.format(len(found), everybody, options.assignment), file=sys.stderr)
    if not sys.stdin.isatty():
        print("They are left as they are; with --again they are marked again.", file=sys.stderr)
        return found
    return [] if input("Mark them again? [y/N] ").strip().lower() == "y" else found


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import tables
    from autograder.course.course import Course
    from autograder.run import pipeline
    from autograder.run.job import Outcome

    if options.isolation != "bubblewrap":
        print(f"Isolation: {options.isolation}. {GIVES_UP[options.isolation]}\n", file=sys.stderr)
    if options.sample:
        options.course = sample_class(options)
    course = Course(options.course)
    students, left = options.student, left_out(course, options)
    if left:
        students = [name for name in course.submissions(options.assignment) if name not in left]
    outcomes = pipeline.grade(
        course,
        options.assignment,
        isolation=options.isolation,
        seconds=options.seconds,
        workers=options.workers,
        force=options.force,
        students=students,
        cluster=options.cluster,
        tls=options.tls,
        progress=progress,
    )
    outcomes += [Outcome(name, "marked under earlier rules") for name in left]
    print(tables.class_table(course, options.assignment, outcomes))
    return tell_failed(outcomes)
