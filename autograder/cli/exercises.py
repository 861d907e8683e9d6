"""``autograder exercises``."""

from autograder.cli.common import common

SUMMARY = "make the students' notebooks from solutions/"
TEACHING = """
Writes exercises/NAME/ with nbgrader's generate_assignment. Nothing there is edited by hand.
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    common(parser)
    parser.add_argument("assignment", nargs="*", help="default: all")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course.course import Course

    course = Course(options.course)
    for assignment in options.assignment or course.assignments():
        print(course.exercises(assignment))
    return 0
