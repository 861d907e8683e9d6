"""Takes submissions as they come (a zip of a learning platform, a folder from mail, nbgrader's
exchange) to their places.

Everything is matched and listed before a file is copied. A name that is not in the roster never
makes a new student, however near it comes to one that is.
"""

import os
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.course import absent, choosing, exchange, handback, names, sources, together
from autograder.course.archives import Refused
from autograder.course.owners import key_of
from autograder.course.sources import Asked, Found
from autograder.course.text import printable
from autograder.handin.forms import counted
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import marks, read_own
from autograder.run.ids import id_of
from autograder.run.pipeline import replace_folder

OWN_NUMBERS = (
    "Students have numbers of their own (variants = true in course.toml), and a notebook has those "
    "of one: whoever handed it in with others is marked by numbers that it doesn't have. Give "
    "these marks by hand."
)


@dataclass
class Plan:
    """What collecting would do: who is in, who is missing, what nobody can be found for.

    For `kept`, what was handed in before stays; a new file is at most one more attempt. `useless`
    is what those of the missing handed in of which nothing can be used.
    """

    assignment: str
    matched: dict[str, list[Found]] = field(default_factory=dict)
    unknown: list[Found] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    renamed: list[Found] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    useless: dict[str, list[Refused]] = field(default_factory=dict)

    @property
    def unused(self) -> int:
        """How many of the files that were found are not used."""
        return len(self.refused) + len(self.unknown)


def plan(
    course,
    assignment: str,
    source: Path,
    scratch: Path,
    *,
    any_owner: bool = False,
    asked: Asked | None = None,
) -> Plan:
    """Match everything in `source` (a zip or a folder) with the roster; copy nothing yet."""
    roster = course.settings.roster()
    if not roster:
        raise ValueError(
            f"{course.folder / 'roster.csv'} is missing or empty; it needs the columns id, name, "
            "email, so that a mistyped roll number can't become a new student"
        )
    asked = asked or Asked()
    listed = sources.read(course, assignment, source, scratch, asked, any_owner=any_owner)
    result = Plan(assignment, refused=listed.refused, warnings=listed.warnings)
    released = read_own(course.released(assignment))
    own = {marks(cell)["grade_id"] for cell in released.cells if marks(cell).get("grade_id")}
    by_student: dict[str, list[Found]] = defaultdict(list)
    for found in listed.found:
        if found.student is None:
            found.guesses = names.near(found.who, roster)
            result.unknown.append(found)
            continue
        handed_in = submission.read(found.path)
        found.cells = len({cell.grade_id for cell in handed_in.cells} & own)
        found.unread = handed_in.unreadable
        by_student[found.student].append(found)
    for student, several in by_student.items():
        kept, refused = _of_the_assignment(course, assignment, student, several, asked)
        result.refused += map(str, refused)
        if refused and not kept:
            listed.useless.setdefault(student, []).extend(refused)
        if kept:
            kept = choosing.latest_last(kept, assignment, released, result.refused)
            _compare(course, student, kept[-1], released, result)
            if student in result.kept and course.settings.resubmissions != "best":
                continue
            result.matched[student] = kept
            result.renamed += [found for found in kept if assignment not in found.path.name]
    if course.settings.variants and _groups(result):
        result.warnings.append(OWN_NUMBERS)
    here = course.submissions(assignment)
    result.missing = [s for s in roster if s not in result.matched and s not in here]
    result.useless = {s: listed.useless[s] for s in result.missing if s in listed.useless}
    return result


def _compare(course, student: str, new: Found, released, result: Plan) -> None:
    """Decide between a new file and another one that is there, and say so.

    The later one counts, but one that can be read never gives way to one that can't.
    """
    target = _place(course, result.assignment, student) / f"{result.assignment}.ipynb"
    is_there = target.exists() and target.read_bytes() != new.path.read_bytes()
    why_new = "" if new.cells else _why_unread(new.path, released)
    why_old = _why_unread(target, released) if is_there else ""
    who, is_best = id_of(student), course.settings.resubmissions == "best"
    if is_there and why_old and not why_new:
        new.replaces = True
        result.warnings.append(f"{who}: {new.origin} replaces a file that can't be read.")
    elif is_there and why_new and not why_old:
        result.kept.add(student)
        result.refused.append(
            f"{new.origin}: can't be read: {why_new} What {who} handed in before can, and stays"
        )
    elif is_there and _is_older(course, new, target):
        result.kept.add(student)
        if is_best:
            return  # it is one more attempt
        before = course.handed_in(target.parent)
        when = f" ({course.settings.local(before)})" if before else ""
        result.refused.append(
            f"{new.origin}: no later than what {who} handed in before{when}, which stays. If it is "
            f"to count all the same, move {target.parent} away and collect again"
        )
    elif why_new:
        result.warnings.append(
            f"{who}: {new.origin} can't be read: {why_new} It has no mark; ask for it again."
        )


def _why_unread(path: Path, released) -> str:
    return reading.why_unread(reading.rebuild(released, submission.read(path)))


def _place(course, assignment: str, student: str) -> Path:
    return Path(course.coursedir.submitted_directory, student, assignment)


def _is_older(course, new: Found, target: Path) -> bool:
    """Whether what is there counts: it was handed in later, or as late and changed later."""
    before = course.handed_in(target.parent)
    if before is not None and new.handed_in is not None:
        return (before, _changed(target)) >= (new.handed_in, new.changed)
    return before is new.handed_in is None and _changed(target) > new.changed


def _of_the_assignment(
    course, assignment: str, student: str, several: list[Found], asked: Asked
) -> tuple[list[Found], list[Refused]]:
    """Of a student's notebooks, those that count; and each of the others with the reason."""
    several, refused = _of_one_person(student, several)
    if not several:
        return [], refused
    most = max(found.cells for found in several)
    kept = []
    for found in several:
        if found.cells == 0 < most:
            no_cell = f"has no cell of {assignment}."
            why = f"can't be read: {found.unread}" if found.unread else no_cell
            refused.append(_refuse(found, f"{why} {id_of(student)} has another that counts"))
        elif why := _why_no_time(course, assignment, student, found, asked):
            refused.append(_refuse(found, why))
        else:
            kept.append(replace(found, handed_in=asked.time_of(student, found)))
    return kept, refused


def _of_one_person(student: str, several: list[Found]) -> tuple[list[Found], list[Refused]]:
    """Leave out what other people of the platform handed in, as far as the instructor says."""
    if len({found.number for found in several if found.number}) < 2:
        return several, []
    if any(found.is_told for found in several):
        others = [found for found in several if found.number and not found.is_told]
        why = f"--map says who {id_of(student)} is, and not that this is theirs; say whose it is"
        return [f for f in several if f not in others], [_refuse(found, why) for found in others]
    keys = sorted({key_of(f.who, f.number, f.origin) for f in several if f.number})
    lines = " or ".join(f'"{key},{id_of(student)}"' for key in keys)
    why = (
        f"several people of the platform are {id_of(student)}: {', '.join(keys)}; say who it is "
        f"in a file for --map ({lines}), and whose the other is"
    )
    return [], [_refuse(found, why) for found in several]


def _refuse(found: Found, why: str) -> Refused:
    return Refused(PurePosixPath(found.origin), why)


def _why_no_time(course, assignment: str, student: str, found: Found, asked: Asked) -> str:
    """Why the time of a file can't be taken where lateness costs points; "" where it can."""
    if course.settings.due_utc(assignment) is None or not course.settings.late.percent_per_day:
        return ""
    time = asked.time_of(student, found)
    if time is None:
        return (
            "nothing says when it was handed in, and lateness costs points; give a table of names "
            "and times with --times (a row *, TIME for all others), or --times files where the "
            "files' own times are those"
        )
    if asked.is_sure(student, found) or not _costs_points(course, assignment, student, time):
        return ""
    return (
        f"late ({course.settings.local(time)}) by an unpacked file's time, which costs nobody "
        "points; give the zip itself, or the time with --times FILE, or --times files where the "
        "files' times are right"
    )


def _costs_points(course, assignment: str, student: str, time: datetime) -> bool:
    """Whether something is taken off for what was handed in at a time."""
    settings = course.settings
    due = settings.extensions(assignment).get(student, settings.due_utc(assignment))
    return due is not None and settings.late.percent((time - due).total_seconds()) > 0


def describe(course, plan: Plan) -> str:
    """The plan in words, for the instructor to look at before anything is copied."""
    zone = course.settings.time_zone
    students = counted(len(plan.matched), "student")
    lines = [f"Handed in to {plan.assignment}: {students} (times as in {zone})."]
    for student, found in plan.matched.items():
        if len(found) > 1:
            several = counted(len(found), "notebook")
            lines.append(f"  {id_of(student)}: {several}; {_which(course, found)}")
    lines += [f"  {' & '.join(map(id_of, group))} handed in together" for group in _groups(plan)]
    lines += [f"  {id_of(f.student or '')}: is called {f.path.name}" for f in plan.renamed]
    lines += _unknown_in_words(plan.unknown)
    if plan.refused:
        lines.append(f"Not used: {counted(len(plan.refused), 'file')}.")
        lines += [f"  {text}" for text in plan.refused]
    lines += plan.warnings
    silent = [student for student in plan.missing if student not in plan.useless]
    for what, who in (
        ("Nothing usable handed in by {}, see above:", list(plan.useless)),
        ("Nothing handed in by {}:", silent),
    ):
        if who:
            lines.append(what.format(counted(len(who), "student")))
            lines.append("  " + ", ".join(map(id_of, who)))
    return "\n".join(lines)


def _unknown_in_words(unknown: list[Found]) -> list[str]:
    """The notebooks of nobody, each with what to write of it into a file for ``--map``."""
    if not unknown:
        return []
    lines = [
        f"Of nobody in the roster, and left alone: {counted(len(unknown), 'notebook')}. "
        "Say whose with --map FILE: two columns, what stands before the colon and a student's id "
        "(several ids with & between them, where they handed in together)."
    ]
    people: dict[str, set[str]] = defaultdict(set)
    for one in unknown:
        people[names.plain(one.who)].add(one.number)
    for one in unknown:
        shared = len(one.guesses) > 1 or len(people[names.plain(one.who)]) > 1
        key = key_of(one.who, one.number, one.origin) if shared else one.who
        guess = f"; did you mean {' or '.join(map(id_of, one.guesses))}?" if one.guesses else ""
        if len(one.guesses) > 1:
            rows = " or ".join(f'"{key},{id_of(student)}"' for student in one.guesses)
            guess += f" Write {rows}"
        lines.append(f"  {key}: {one.origin}{guess}")
    return lines


def _which(course, found: list[Found]) -> str:
    """Which of a student's notebooks counts, and which do not; the latest stands last."""
    origins = [each.origin for each in reversed(found)]
    if course.settings.resubmissions == "best":
        return f"the best counts of: {', '.join(origins)}"
    return f"the latest counts: {origins[0]}; not: {', '.join(origins[1:])}"


def carry_out(course, plan: Plan) -> int:
    """Copy the matched notebooks to their places; return how many students got one.

    The latest goes to ``submitted``; where the best counts, all are kept in ``attempts`` and
    `grading.grade` chooses.
    """
    for student, found in plan.matched.items():
        if course.settings.resubmissions == "best":
            for each in found:
                when = each.handed_in or each.changed
                _copy(course, each, course.attempt(plan.assignment, student, when), plan)
        if student not in plan.kept:
            _copy(course, found[-1], _place(course, plan.assignment, student), plan)
    returns = {student: found[-1].returns for student, found in plan.matched.items()}
    handback.remember(course, plan.assignment, returns)
    absent.remember(course, plan.assignment, plan.useless, plan.matched)
    counted_now = plan.matched.keys() - plan.kept
    together.remember(course, plan.assignment, _groups(plan), counted_now)
    return len(plan.matched)


def _groups(plan: Plan) -> list[tuple[str, ...]]:
    """Who handed in together what counts now."""
    latest = [found[-1] for student, found in plan.matched.items() if student not in plan.kept]
    return sorted({found.together for found in latest if len(found.together) > 1})


def _copy(course, found: Found, folder: Path, plan: Plan) -> None:
    """Put a notebook, its time and its secret into a folder, all of it or nothing.

    The same notebook keeps its first time, and gets the newest secret: under that, the student
    looks for feedback.
    """
    stamp, target = folder / "timestamp.txt", folder / f"{plan.assignment}.ipynb"
    content = found.path.read_bytes()
    same = target.exists() and target.read_bytes() == content
    text = f"{found.handed_in:%Y-%m-%d %H:%M:%S} UTC" if found.handed_in else ""
    if found.stamp.endswith("UTC"):  # nbgrader finds older feedback by the very text
        text = found.stamp
    before = course.handed_in(folder) if stamp.exists() else None
    if same and before is not None and (found.handed_in is None or before <= found.handed_in):
        text = stamp.read_text(encoding="utf-8-sig").strip()
    elif target.exists() and not same and not found.replaces and _is_older(course, found, target):
        return
    with tempfile.TemporaryDirectory() as scratch:
        new = Path(scratch, "new")
        new.mkdir()
        (new / target.name).write_bytes(content)
        changed = found.changed.replace(tzinfo=UTC).timestamp()
        os.utime(new / target.name, (changed, changed))
        secret = found.secret or exchange.secret_in(folder)
        for name, body in (("timestamp.txt", text + "\n"), (exchange.SECRET, secret)):
            if body.strip():
                (new / name).write_text(body, encoding="utf-8")
        replace_folder(new, folder)


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


def collect(
    course,
    assignment: str,
    source: Path | None = None,
    *,
    dry_run: bool = False,
    any_owner: bool = False,
    asked: Asked | None = None,
    say=print,
) -> Plan:
    """List what is in `source` (default: nbgrader's exchange), then take it over.

    `any_owner` takes folders of an exchange that belong to somebody else than their name says, as
    they do in a copy of it.
    """
    source = sources.inbound(course) if source is None else source
    if not source.exists():
        raise ValueError(f"there is nothing at {source}; give a zip or a folder")
    with tempfile.TemporaryDirectory() as scratch:
        found = plan(course, assignment, source, Path(scratch), any_owner=any_owner, asked=asked)
        say(printable(describe(course, found)))
        if dry_run:
            say("Nothing was copied, as this is a dry run.")
        elif carry_out(course, found):
            say(
                f"Copied into {course.coursedir.submitted_directory}. Next: python -m autograder "
                f"grade {assignment}"
            )
        if found.unused:
            say("Not everything was used, see above; so this ends with status 1.")
    return found
