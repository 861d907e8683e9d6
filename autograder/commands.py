"""The commands of ``python -m autograder``; each one's ``--help`` teaches what it does."""

import argparse
import os
import sys
import textwrap
import warnings
import zipfile
from pathlib import Path

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
        "--cluster", metavar="ADDRESS", help="score on this dask scheduler's workers"
    )
    parser.add_argument("--tls", type=Path, help="its folder with ca.pem, cert.pem and key.pem")
    parser.add_argument(
        "--sample", action="store_true", help="make the sample class anew, and mark that"
    )


def _progress(outcomes, total, doing="Marking"):
    from tqdm import tqdm

    return tqdm(outcomes, total=total, unit="notebook", desc=doing, file=sys.stderr)


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
        cluster=options.cluster,
        tls=options.tls,
        progress=_progress,
    )
    print(tables.class_table(course, options.assignment, outcomes))
    return _tell_failed([outcome for outcome in outcomes if outcome.state == "failed"])


def _tell_failed(failed):
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


def _handout_arguments(parser):
    _assignment(parser)
    parser.add_argument("--zip", type=Path, help="also pack all folders into this zip")


def _handout(options):
    from autograder import handout
    from autograder.course import Course

    course = Course(options.course)
    paths = handout.write(course, options.assignment)
    folder = course.folder / "handout"
    print(f"{len(paths)} notebooks in {folder}")
    if options.zip:
        files = [f for path in paths for f in sorted(path.parent.rglob("*")) if f.is_file()]
        _pack(options.zip, {str(file.relative_to(folder)): file for file in files})
    return 0


def _pack(target, files):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, file in files.items():
            bundle.write(file, name)
    print(f"All of them in {target}")


def _check_arguments(parser):
    parser.add_argument("notebook", nargs="?", help="for example exercises/NAME/NAME.ipynb")


def _check(options):
    from autograder import check, questions

    if options.notebook is None:
        names = "\n".join(f"  exercises/{name}/{name}.ipynb" for name in questions.assignments())
        print(f"Which notebook? make check NOTEBOOK=... with one of\n{names}", file=sys.stderr)
        return 2
    try:
        print(check.check(options.notebook).text())
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


# --- the others ----------------------------------------------------------------------------------


def _assignment(parser):
    _common(parser)
    parser.add_argument("assignment", help="for example 01-shapes-and-counts")


def _collect_arguments(parser):
    _assignment(parser)
    parser.add_argument(
        "source",
        type=Path,
        nargs="?",
        help="a zip from Moodle or Canvas, or a folder (default: nbgrader's exchange)",
    )
    parser.add_argument(
        "--any-owner",
        action="store_true",
        help="for a copy of the exchange: don't ask whose files the submissions are",
    )
    parser.add_argument("--dry-run", action="store_true", help="list only, copy nothing")


def _collect(options):
    from autograder import collecting
    from autograder.course import Course

    collecting.collect(
        Course(options.course),
        options.assignment,
        options.source,
        dry_run=options.dry_run,
        any_owner=options.any_owner,
    )
    return 0


def _regrade_arguments(parser):
    _assignment(parser)
    _isolation(parser)
    parser.add_argument("--why", required=True, help="the reason, for the log")
    parser.add_argument("--yes", action="store_true", help="record without asking")


def _regrade(options):
    from autograder import regrading
    from autograder.course import Course

    course = Course(options.course)
    course.register(options.assignment)
    found, outcomes = regrading.changes(course, options.assignment, isolation=options.isolation)
    print(regrading.describe(found))
    if found and not options.yes and input("Record this? [y/N] ").strip().lower() != "y":
        print("Nothing was recorded.")
        return 1
    failed = regrading.record(course, options.assignment, found, outcomes, options.why)
    print(f"Recorded; the log is {course.folder / 'regrades.csv'}.")
    return _tell_failed(failed)


def _feedback_arguments(parser):
    _assignment(parser)
    parser.add_argument("--zip", type=Path, help="also pack all pages into this zip")


def _feedback(options):
    from autograder import records
    from autograder.course import Course

    course = Course(options.course)
    records.refresh_penalties(course, options.assignment)
    students = [record.student for record in records.read(course, options.assignment)]
    pages = {
        student: course.write_feedback(options.assignment, student)
        for student in _progress(students, len(students), "Writing")
    }
    print(f"{len(pages)} pages in {course.coursedir.feedback_directory}")
    if options.zip:
        _pack(options.zip, {f"{student}/{page.name}": page for student, page in pages.items()})
    return 0


def _share_arguments(parser):
    _assignment(parser)
    parser.add_argument("--marker", action="append", help="a marker's name (once for each)")
    parser.add_argument(
        "--twice", type=float, default=10, metavar="PERCENT", help="marked twice (default: 10)"
    )


def _share(options):
    from autograder import sharing
    from autograder.course import Course

    course = Course(options.course)
    if not options.marker:
        print(sharing.describe(sharing.take_in(course, options.assignment)))
        return 0
    for path in sharing.share_out(course, options.assignment, options.marker, options.twice):
        print(path)
    return 0


def _report_arguments(parser):
    _assignment(parser)
    parser.add_argument("--anonymous", action="store_true", help="numbers instead of names")


def _report(options):
    from autograder import report
    from autograder.course import Course

    print(report.write(Course(options.course), options.assignment, options.anonymous))
    return 0


def _export_arguments(parser):
    _assignment(parser)
    parser.add_argument("--format", choices=("csv", "moodle", "canvas"), default="csv")
    parser.add_argument("--to", type=Path, help="the file to write")


def _export(options):
    from autograder import export
    from autograder.course import Course

    print(export.write(Course(options.course), options.assignment, options.format, options.to))
    return 0


def _doctor(options):
    from autograder import doctor
    from autograder.course import Course
    from autograder.jail import proof

    course = Course(options.course)
    places = proof.private_places(course.coursedir, course.config)
    return 0 if doctor.examine(options.isolation, places=places) else 1


def _doctor_arguments(parser):
    _common(parser)
    _isolation(parser)


COMMANDS = {
    "doctor": (
        _doctor,
        _doctor_arguments,
        "say what this machine can isolate, and prove it by trying to get out",
        """
        Run it once on every machine that marks strangers' code, before the first class.
        Next:     python -m autograder collect ASSIGNMENT FILE.zip
        """,
    ),
    "collect": (
        _collect,
        _collect_arguments,
        "take submissions from a Moodle or Canvas zip, a folder or nbgrader's exchange",
        """
        Needs roster.csv (columns id, name, email) in the course's folder. Lists who is missing,
        unknown or has renamed the file before anything is copied; a mistyped roll number never
        makes a new student. A folder may hold STUDENT/anything.ipynb or STUDENT.ipynb. Without a
        file or folder, nbgrader's exchange is looked through: there, a submission counts only if
        its files belong to the student whose name it carries.

        Example:  python -m autograder collect 01-shapes-and-counts ~/Downloads/submissions.zip
        Next:     python -m autograder grade 01-shapes-and-counts
        """,
    ),
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
    "handout": (
        _handout,
        _handout_arguments,
        "write each student's own notebook, where numbers differ from student to student",
        """
        Needs the line  variants = "any text"  in the course's course.toml, and roster.csv. The
        numbers follow from that text and the student's id, so the same students get the same
        numbers again. What counts when it is marked is the id that a notebook was collected for.

        Example:  python -m autograder handout 01-shapes-and-counts --zip hand-out.zip
        Next:     python -m autograder collect 01-shapes-and-counts FILE.zip
        """,
    ),
    "regrade": (
        _regrade,
        _regrade_arguments,
        "mark again after a key was mended: shows what changes, asks, and logs why",
        """
        Marks that a person gave stay, as long as the answer is the same.

        Example:  python -m autograder regrade 01-shapes-and-counts --why "ex21 took no floats"
        """,
    ),
    "share": (
        _share,
        _share_arguments,
        "share answers in words out among markers, a sample twice; then take their marks in",
        """
        With markers: writes a table (CSV) for each below  marking/  in the course's folder, and the
        mark schemes. A question goes to one marker; a sample also to a second one, who doesn't
        see what the first one gave. Tables name no student. Markers fill the column "points".

        Without: takes the filled tables in and says how far markers agree. Where two differ,
        nothing is recorded; the answer stays open in Formgrader.

        Example:  python -m autograder share 01-shapes-and-counts --marker asha --marker ben
        Later:    python -m autograder share 01-shapes-and-counts
        """,
    ),
    "feedback": (
        _feedback,
        _feedback_arguments,
        "write a page for every student: points, mistakes, where to read",
        """
        Example:  python -m autograder feedback 01-shapes-and-counts --zip hand-back.zip
        """,
    ),
    "report": (
        _report,
        _report_arguments,
        "write a page about the class: what was hard, which mistakes to talk about",
        """
        Points per question, learning objective and Bloom level, difficulty and discrimination,
        the mistakes with the page that answers them, and submissions that are much alike.
        """,
    ),
    "export": (
        _export,
        _export_arguments,
        "write the marks for a spreadsheet, Moodle or Canvas",
        """
        Example:  python -m autograder export 01-shapes-and-counts --format moodle
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
