"""What several commands share: options, a progress bar, a zip."""

import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.course.text import printable
from autograder.jail.kinds import KINDS
from autograder.run.ids import id_of

if TYPE_CHECKING:
    from autograder.course.course import Course

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


class Assignment(click.ParamType):
    """The name of an assignment; where none is given, the course's are told."""

    name = "assignment"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        from autograder.course.definition import Definition, DefinitionError

        try:
            names = Definition.find(Path.cwd()).assignments()
        except DefinitionError as error:
            return f"{error}."
        return "This course has:\n  " + "\n  ".join(names or ["none yet, below solutions/"])


assignment = click.argument("assignment", type=Assignment())
course = click.option(
    "--course",
    "folder",
    type=FOLDER,
    help="The folder of submissions and records (default: what autograder.toml says: course).",
)
isolation = click.option(
    "--isolation",
    type=click.Choice(KINDS),
    default="bubblewrap",
    envvar="AUTOGRADER_ISOLATION",
    show_envvar=True,
    help="How students' code is kept apart (default: bubblewrap). Nothing is chosen for you: "
    "where bubblewrap can't work, the command refuses and names what you can choose.",
)
pack_into = click.option("--zip", "archive", type=FILE, help="Also pack all of them into this zip.")


def open_course(folder: Path | None) -> "Course":
    """Open the course; say which settings concern no assignment of it, and so change nothing."""
    from autograder.course.course import Course

    course = Course(folder)
    for sentence in course.settings.idle(course.assignments()):
        click.echo(sentence, err=True)
    return course


def tell_of_other_rules(course: "Course", assignment: str) -> None:
    """Say how many marks are about to be handed on that today's rules might give otherwise."""
    from autograder.run import regrading

    if not course.definition.released(assignment).exists():
        return  # nothing can be marked anew then, and what is recorded can still be written
    if old := regrading.under_other_rules(course, assignment):
        click.echo(
            f"{len(old)} of {len(course.submissions(assignment))} marks were recorded under other "
            "rules (before a checker was mended, or with other limits) and are written as they "
            f"are. To see what would change: python -m autograder regrade {assignment} "
            "--why REASON\n",
            err=True,
        )


def progress(outcomes, total, doing="Marking"):
    """Show a bar while outcomes come."""
    from tqdm import tqdm

    return tqdm(outcomes, total=total, unit="notebook", desc=doing, file=sys.stderr)


def tell_failed(outcomes) -> int:
    """Name what could not be marked, and what a person has to; return the exit status."""
    for outcome in outcomes:
        if outcome.state == "failed":
            reason = f"{id_of(outcome.student)} could not be marked: {outcome.reason}"
            click.echo(printable(reason), err=True)
    unread = [outcome for outcome in outcomes if outcome.unread]
    for outcome in unread:
        reason = (
            f"{id_of(outcome.student)}'s notebook could not be read: {outcome.unread} No checker "
            "could mark any of it; ask for it again, or mark it in Formgrader."
        )
        click.echo(printable(reason), err=True)
    faults: dict[tuple[str, str], list[str]] = {}
    for outcome in outcomes:
        for question, fault in outcome.open:
            faults.setdefault((question, fault), []).append(id_of(outcome.student))
    for (question, fault), students in faults.items():
        reason = (
            f"The checker of {question} failed ({fault}): its mark is open, for a person to give, "
            f"for {', '.join(students)}. Mend the checker and `regrade`, or mark by hand."
        )
        click.echo(printable(reason), err=True)
    return 1 if faults or unread or any(outcome.state == "failed" for outcome in outcomes) else 0


def pack(target: Path, files: dict[str, Path]) -> None:
    """Pack files into a zip under the given names."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, file in files.items():
            bundle.write(file, name)
    click.echo(f"All of them in {target}")
