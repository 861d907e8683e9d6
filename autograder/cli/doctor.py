"""``autograder doctor``."""

from autograder.cli.common import common, isolation

SUMMARY = "say what this machine can isolate, and prove it by trying to get out"
TEACHING = """
Run it once on every machine that marks strangers' code, before the first class.
Next:     python -m autograder collect ASSIGNMENT FILE.zip
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    common(parser)
    isolation(parser)


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course.course import Course
    from autograder.jail import doctor

    places = Course(options.course).private_places()
    return 0 if doctor.examine(options.isolation, places=places) else 1
