"""``autograder handout``."""

from pathlib import Path

from autograder.cli.common import assignment, pack

SUMMARY = "write each student's own notebook, where numbers differ from student to student"
TEACHING = """
Needs the line  variants = true  in the course's course.toml, and roster.csv. The first time
it draws a secret into variants.secret, beside them: numbers follow from it and the student's
id, so the same students get the same numbers again. Keep it as you keep the gradebook.
What counts when it is marked is the id that a notebook was collected for.

Example:  python -m autograder handout 01-shapes-and-counts --zip hand-out.zip
Next:     python -m autograder collect 01-shapes-and-counts FILE.zip
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    assignment(parser)
    parser.add_argument("--zip", type=Path, help="also pack all folders into this zip")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course import handout
    from autograder.course.course import Course

    course = Course(options.course)
    paths = handout.write(course, options.assignment)
    folder = course.folder / "handout"
    print(f"{len(paths)} notebooks in {folder}")
    if options.zip:
        files = [f for path in paths for f in sorted(path.parent.rglob("*")) if f.is_file()]
        pack(options.zip, {str(file.relative_to(folder)): file for file in files})
    return 0
