"""``autograder exercises``."""

SUMMARY = "make the students' notebooks from solutions/"
TEACHING = """
Writes exercises/NAME/ with nbgrader's generate_assignment. Nothing there is edited by hand.
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    parser.add_argument("assignment", nargs="*", help="default: all")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course.course import Course

    course = Course()
    for assignment in options.assignment or course.assignments():
        print(course.exercises(assignment).relative_to(course.root))
    return 0
