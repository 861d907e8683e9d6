"""What several commands share: arguments, a progress bar, a zip."""

import os
import sys
import zipfile

from autograder.course.text import printable
from autograder.jail.isolation import KINDS


def common(parser):
    """Add the choice of the course's folder."""
    parser.add_argument(
        "--course",
        metavar="FOLDER",
        help="the folder of submissions and records (default: what autograder.toml says: course)",
    )


def isolation(parser):
    """Add the choice of how students' code is kept apart."""
    parser.add_argument(
        "--isolation",
        choices=KINDS,
        default=os.environ.get("AUTOGRADER_ISOLATION", "bubblewrap"),
        help="how students' code is kept apart (default: bubblewrap). Nothing is chosen for you: "
        "where bubblewrap can't work, the command refuses and names what you can choose",
    )


def assignment(parser):
    """Add the assignment, and the course's folder."""
    common(parser)
    parser.add_argument("assignment", help="for example 01-shapes-and-counts")


def progress(outcomes, total, doing="Marking"):
    """Show a bar while outcomes come."""
    from tqdm import tqdm

    return tqdm(outcomes, total=total, unit="notebook", desc=doing, file=sys.stderr)


def tell_failed(outcomes) -> int:
    """Name what could not be marked, and what a person has to; return the exit status."""
    for outcome in outcomes:
        if outcome.state == "failed":
            said = f"{outcome.student} could not be marked: {outcome.reason}"
            print(printable(said), file=sys.stderr)
    faults: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        for question, fault in outcome.open:
            faults.setdefault((question, fault), []).append(outcome.student)
    for (question, fault), students in faults.items():
        said = (
            f"The checker of {question} failed ({fault}): its mark is open, for a person to give, "
            f"for {', '.join(students)}. Mend the checker and `regrade`, or mark by hand."
        )
        print(printable(said), file=sys.stderr)
    return 1 if faults or any(outcome.state == "failed" for outcome in outcomes) else 0


def pack(target, files):
    """Pack files into a zip under the given names."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, file in files.items():
            bundle.write(file, name)
    print(f"All of them in {target}")
