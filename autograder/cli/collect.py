"""``autograder collect``."""

from pathlib import Path

from autograder.cli.common import assignment

SUMMARY = "take submissions from a Moodle or Canvas zip, a folder or nbgrader's exchange"
TEACHING = """
Needs roster.csv (columns id, name, email) in the course's folder. Lists who is missing,
unknown or has renamed the file before anything is copied; a mistyped roll number never
makes a new student. A folder may hold STUDENT/anything.ipynb or STUDENT.ipynb. Without a
file or folder, nbgrader's exchange is looked through: there, a submission counts only if
its files belong to the student whose name it carries.

Example:  python -m autograder collect 01-shapes-and-counts ~/Downloads/submissions.zip
Next:     python -m autograder grade 01-shapes-and-counts
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    parser.add_argument(
        "source",
        type=Path,
        nargs="?",
        help="a zip from Moodle or Canvas, or a folder (default: nbgrader's exchange)",
    )
    parser.add_argument(
        "--any-owner",
        action="store_true",
        help="for a copy of the exchange: don't ask whose files the submissions are",
    )
    parser.add_argument(
        "--map",
        type=Path,
        metavar="FILE",
        help="a table of two columns, a name as it is listed and a student's id, for the rest",
    )
    parser.add_argument(
        "--times",
        type=Path,
        metavar="FILE",
        help="a table of two columns, a name or id and the time, where the archive has no times",
    )
    parser.add_argument("--dry-run", action="store_true", help="list only, copy nothing")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import collecting
    from autograder.course.course import Course

    course = Course(options.course)
    collecting.collect(
        course,
        options.assignment,
        options.source,
        dry_run=options.dry_run,
        any_owner=options.any_owner,
        asked=collecting.Asked.read(course, options.map, options.times),
    )
    return 0
