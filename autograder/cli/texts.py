"""``autograder texts``."""

import click

from autograder.cli import common

#: How large a class is where no roster says it.
CLASS = 300


@click.command()
@common.course
@click.option(
    "--students",
    type=click.IntRange(min=1),
    help=f"How many students (default: those of the roster, or {CLASS}).",
)
def command(folder, students):
    """Say which answers in words count, and how many hours a class's take to mark.

    An answer takes a marker about a minute. `written` in autograder.toml names those that count;
    the others stay in the notebooks as practice. After a change of it, `exercises` makes the
    notebooks anew.

    \b
    Example:  python -m autograder texts --students 60
    """
    from autograder.course import in_words, tables
    from autograder.handin.forms import counted

    course = common.open_course(folder)
    students = students or len(course.settings.roster()) or CLASS
    rows, count, points = [], 0, 0.0
    for assignment, texts in in_words.texts_of_course(course.definition).items():
        marked = [text for text in texts if text.counts]
        worth = sum(text.points for text in marked)
        count, points = count + len(marked), points + worth
        own = f"{in_words.hours(len(marked), students):.1f}"
        names = ", ".join(text.question for text in marked) or "-"
        rest = ", ".join(text.question for text in texts if not text.counts)
        note = f"{names}; practice: {rest}" if rest else names
        rows.append([assignment, str(len(marked)), f"{worth:g}", own, note])
    rows.append(["all", str(count), f"{points:g}", f"{in_words.hours(count, students):.1f}", ""])
    click.echo(tables.layout(["assignment", "count", "points", "hours", "which"], rows))
    click.echo(f"\n{counted(students, 'student')}, a minute for each answer.")
