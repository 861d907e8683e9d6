"""The commands of ``python -m autograder``; each one's ``--help`` teaches what it does."""

import argparse
import os
import sys
import textwrap
import warnings

from autograder.isolation import GIVES_UP, KINDS, NoIsolation


def _common(parser):
    parser.add_argument(
        "--course",
        metavar="FOLDER",
        help="the course's folder of submissions and records (default: autograder/course)",
    )


def _isolation(parser):
    parser.add_argument(
        "--isolation",
        choices=KINDS,
        default=os.environ.get("CONVBOOK_ISOLATION", "bubblewrap"),
        help="how students' code is kept apart (default: bubblewrap). Nothing is chosen for you: "
        "where bubblewrap can't work, the command refuses and names what you can choose",
    )


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="autograder",
        description="Marks exercise notebooks. Students' code runs in a jail and only answers; "
        "what its answers are worth is computed outside.",
        epilog="Usually in this order: doctor (can this machine isolate?), collect, grade, report, "
        "feedback, export. Every command says what to do next.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (function, arguments, summary, teaching) in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=textwrap.dedent(teaching),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        arguments(command)
        command.set_defaults(function=function)
    return parser


# --- grade ---------------------------------------------------------------------------------------


def _grade_arguments(parser):
    _common(parser)
    _isolation(parser)
    parser.add_argument("assignment", help="for example 01-shapes-and-counts")
    parser.add_argument("--student", action="append", help="only this student (can be repeated)")
    parser.add_argument("--workers", type=int, help="processes (default: one per core)")
    parser.add_argument(
        "--seconds", type=float, help="time for one cell or one call (default: the assignment's)"
    )
    parser.add_argument("--force", action="store_true", help="mark again what has not changed")
    parser.add_argument(
        "--sample", action="store_true", help="make the sample class anew, and mark that"
    )


def _progress(outcomes, total):
    from tqdm import tqdm

    return tqdm(outcomes, total=total, unit="notebook", desc="Marking", file=sys.stderr)


def _grade(options):
    from autograder import grading, tables
    from autograder.course import Course

    if options.isolation != "bubblewrap":
        print(f"Isolation: {options.isolation}. {GIVES_UP[options.isolation]}\n", file=sys.stderr)
    if options.sample:
        from autograder import sample

        options.course = sample.make(options.assignment, options.course)
    course = Course(options.course)
    outcomes = grading.grade(
        course,
        options.assignment,
        isolation=options.isolation,
        seconds=options.seconds,
        workers=options.workers,
        force=options.force,
        students=options.student,
        progress=_progress,
    )
    print(tables.class_table(course, options.assignment, outcomes))
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    for outcome in failed:
        print(f"{outcome.student} could not be marked: {outcome.reason}", file=sys.stderr)
    return 1 if failed else 0


def _exercises_arguments(parser):
    parser.add_argument("assignment", nargs="*", help="default: all")


def _exercises(options):
    from autograder.course import Course

    course = Course()
    for assignment in options.assignment or course.assignments():
        print(course.exercises(assignment).relative_to(course.root))
    return 0


def _check_arguments(parser):
    parser.add_argument("notebook", nargs="?", help="for example exercises/NAME/NAME.ipynb")


def _check(options):
    from autograder import check, exercises

    if options.notebook is None:
        names = "\n".join(f"  exercises/{name}/{name}.ipynb" for name in exercises.assignments())
        print(f"Which notebook? make check NOTEBOOK=... with one of\n{names}", file=sys.stderr)
        return 2
    try:
        print(check.check(options.notebook).text())
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


COMMANDS = {
    "grade": (
        _grade,
        _grade_arguments,
        "mark an assignment's submissions and print the class table",
        """
        Submissions lie in autograder/course/submitted/STUDENT/ASSIGNMENT/. Only what has changed
        since the last time is marked; an interrupted run goes on where it stopped. The scores
        are then in nbgrader's gradebook, where Formgrader shows them.

        Example:  python -m autograder grade 01-shapes-and-counts
        Next:     python -m autograder report 01-shapes-and-counts
        """,
    ),
    "check": (
        _check,
        _check_arguments,
        "score your own notebook on your own machine; it is no grade",
        """
        Runs the notebook as a plain process of yours, without a jail, and shows points and advice
        for every question. For your own code only. Nothing is recorded.

        Example:  python -m autograder check exercises/08-multiple-choice/08-multiple-choice.ipynb
        """,
    ),
    "exercises": (
        _exercises,
        _exercises_arguments,
        "make the students' notebooks from solutions/",
        """
        Writes exercises/NAME/ with nbgrader's generate_assignment. Nothing there is edited by hand.
        """,
    ),
}


def main(arguments=None) -> int:
    """Run a command; return the exit status."""
    options = build_parser().parse_args(arguments)
    warnings.filterwarnings("ignore", module="nbgrader")
    try:
        return options.function(options)
    except NoIsolation as error:
        print(f"Nothing was marked: {error}", file=sys.stderr)
        return 3
    except (ValueError, RuntimeError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130
