"""``autograder feedback``."""

from pathlib import Path

from autograder.cli.common import assignment, pack, progress

SUMMARY = "write a page for every student: points, mistakes, where to read"
TEACHING = """
Example:  python -m autograder feedback 01-shapes-and-counts --zip hand-back.zip
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    parser.add_argument("--zip", type=Path, help="also pack all pages into this zip")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import records
    from autograder.course.course import Course

    course = Course(options.course)
    records.refresh_penalties(course, options.assignment)
    students = [record.student for record in records.read(course, options.assignment)]
    pages = {
        student: course.write_feedback(options.assignment, student)
        for student in progress(students, len(students), "Writing")
    }
    print(f"{len(pages)} pages in {course.coursedir.feedback_directory}")
    if options.zip:
        pack(options.zip, {f"{student}/{page.name}": page for student, page in pages.items()})
    return 0
