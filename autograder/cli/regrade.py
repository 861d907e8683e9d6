"""``autograder regrade``."""

from autograder.cli.common import assignment, isolation, tell_failed

SUMMARY = "mark again after a key was mended: shows what changes, asks, and logs why"
TEACHING = """
Marks that a person gave stay, as long as the answer is the same.

Example:  python -m autograder regrade 01-shapes-and-counts --why "ex21 took no floats"
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    isolation(parser)
    parser.add_argument("--why", required=True, help="the reason, for the log")
    parser.add_argument("--yes", action="store_true", help="record without asking")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course.course import Course
    from autograder.run import regrading

    course = Course(options.course)
    course.register(options.assignment)
    found, outcomes = regrading.changes(course, options.assignment, isolation=options.isolation)
    print(regrading.describe(found))
    if found and not options.yes and input("Record this? [y/N] ").strip().lower() != "y":
        print("Nothing was recorded.")
        return 1
    outcomes = regrading.record(course, options.assignment, found, outcomes, options.why)
    print(f"Recorded; the log is {course.folder / 'regrades.csv'}.")
    return tell_failed(outcomes)
