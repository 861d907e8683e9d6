"""``autograder share``."""

from autograder.cli.common import assignment

SUMMARY = "share answers in words out among markers, a sample twice; then take their marks in"
TEACHING = """
With markers: writes a table (CSV) for each below  marking/  in the course's folder, and the
mark schemes. A question goes to one marker; a sample also to a second one, who doesn't
see what the first one gave. Tables name no student. Markers fill the column "points".

Without: takes the filled tables in and says how far markers agree. Where two differ,
nothing is recorded; the answer stays open in Formgrader.

Example:  python -m autograder share 01-shapes-and-counts --marker asha --marker ben
Later:    python -m autograder share 01-shapes-and-counts
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    parser.add_argument("--marker", action="append", help="a marker's name (once for each)")
    parser.add_argument(
        "--twice", type=float, default=10, metavar="PERCENT", help="marked twice (default: 10)"
    )


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import sharing
    from autograder.course.course import Course

    course = Course(options.course)
    if not options.marker:
        print(sharing.describe(sharing.take_in(course, options.assignment)))
        return 0
    for path in sharing.share_out(course, options.assignment, options.marker, options.twice):
        print(path)
    return 0
