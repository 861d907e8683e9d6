"""``autograder report``."""

from autograder.cli.common import assignment

SUMMARY = "write a page about the class: what was hard, which mistakes to talk about"
TEACHING = """
Points per question, learning objective and Bloom level, difficulty and discrimination,
the mistakes with the page that answers them, and submissions that are much alike.
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    parser.add_argument("--anonymous", action="store_true", help="numbers instead of names")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import report
    from autograder.course.course import Course

    print(report.write(Course(options.course), options.assignment, options.anonymous))
    return 0
