"""``autograder export``."""

from pathlib import Path

from autograder.cli.common import assignment

SUMMARY = "write the marks for a spreadsheet, Moodle or Canvas"
TEACHING = """
Example:  python -m autograder export 01-shapes-and-counts --format moodle
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    parser.add_argument("--format", choices=("csv", "moodle", "canvas"), default="csv")
    parser.add_argument("--to", type=Path, help="the file to write")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import export
    from autograder.course.course import Course

    print(export.write(Course(options.course), options.assignment, options.format, options.to))
    return 0
