"""``autograder check``."""

import sys
from pathlib import Path

SUMMARY = "score your own notebook on your own machine; it is no grade"
TEACHING = """
Runs the notebook as a plain process of yours, without a jail, and shows points and advice
for every question. For your own code only. Nothing is recorded.

Example:  python -m autograder check exercises/08-multiple-choice/08-multiple-choice.ipynb
"""


def arguments(parser) -> None:
    """Add what the command can be told."""
    parser.add_argument("notebook", nargs="?", help="for example exercises/NAME/NAME.ipynb")


def run(options) -> int:
    """Run the command; return the exit status."""
    from autograder.course.definition import Definition
    from autograder.run import selfcheck

    definition = Definition.find(Path(options.notebook or "."), Path.cwd())
    if options.notebook is None:
        paths = (definition.released(name) for name in definition.catalogue.assignments())
        names = "\n".join(f"  {path.relative_to(definition.root)}" for path in paths)
        print(f"Which notebook? make check NOTEBOOK=... with one of\n{names}", file=sys.stderr)
        return 2
    try:
        print(selfcheck.check(options.notebook, definition.catalogue, definition.library).text())
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
