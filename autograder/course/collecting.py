"""Takes submissions as they come (a zip of Moodle or Canvas, a folder from mail, nbgrader's
exchange) to their places.

Everything is matched and listed before a file is copied. A name that is not in the roster never
makes a new student, however near it comes to one that is.
"""

import json
import re
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.course import archives, names, times
from autograder.course.text import printable
from autograder.notebooks.cells import marks, read_own

# Moodle: "Asha Rao_12345_assignsubmission_file_/x.ipynb", or without a folder, "…_file_x.ipynb".
_MOODLE = re.compile(r"^(?P<who>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?:/|[^/]*$)")
# Canvas: "raoasha_LATE_4711_90210_01-shapes-and-counts-2.ipynb".
_CANVAS = re.compile(
    r"^(?P<who>[^_/]+?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<file>\d+)_(?P<name>[^/]+)$"
)
# nbgrader's exchange: "asha+01-shapes-and-counts+2026-09-10 18:20:00.123456 UTC+cmFuZG9t/x.ipynb".
_EXCHANGE = re.compile(
    r"^(?P<who>[^+/]+)\+(?P<assignment>[^+/]+)\+(?P<when>.+?)(?:\+[^+/]*)?/[^/]+$"
)
# Moodle's blind marking names nobody: "Participant_12345_assignsubmission_file_".
_BLIND = re.compile(r"^participant\s*\d*$", re.IGNORECASE)


@dataclass
class Found:
    """One notebook on its way in. `number` is the platform's own for who handed it in."""

    path: Path
    origin: str
    who: str
    handed_in: datetime
    number: str = ""
    cells: int = 0
    student: str | None = None
    guess: str | None = None


@dataclass
class Plan:
    """What collecting would do: who is in, who is missing, what nobody can be found for."""

    assignment: str
    matched: dict[str, list[Found]] = field(default_factory=dict)
    unknown: list[Found] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    renamed: list[Found] = field(default_factory=list)


@dataclass(frozen=True)
class Label:
    """What the path of a notebook says: who, the platform's number, and whether it was late."""

    who: str
    number: str = ""
    late: bool | None = None  # None: the platform doesn't say


def label_of(relative: str) -> Label:
    """Read the part of a path that names its student."""
    if found := _EXCHANGE.match(relative):
        return Label(found["who"])
    if found := _MOODLE.match(relative):
        return Label(found["who"], found["number"])
    if found := _CANVAS.match(relative):
        return Label(found["who"], found["number"], found["late"] is not None)
    parts = PurePosixPath(relative).parts
    if len(parts) > 1:
        return Label(parts[0])
    name, lower = parts[0], parts[0].lower()
    ending = next((end for end in archives.ENDINGS if lower.endswith(end)), "")
    return Label(name[: len(name) - len(ending)])


def exchange(course) -> Path:
    """Where nbgrader's exchange keeps what students have handed in to this course."""
    from nbgrader.exchange.default.exchange import Exchange

    root = Exchange(coursedir=course.coursedir, config=course.config).root
    return Path(root, course.coursedir.course_id, "inbound")


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:  # a user that this machine does not know
        return f"user {path.stat().st_uid}"


def _from_exchange(path, handed_in, result, any_owner, zone) -> datetime | None:
    """When a folder of the exchange was handed in; None if it is not for here, or not genuine.

    Every student may write into the exchange, under any name: what counts is whose the files are.
    """
    owners = {_owner(path), _owner(path.parent)} - {handed_in["who"]}
    if handed_in["assignment"] != result.assignment:
        return None
    if owners and not any_owner:
        result.refused.append(f"{path.parent.name}: belongs to {', '.join(sorted(owners))}")
        return None
    try:
        return times.read(handed_in["when"], zone)
    except times.UnknownTime as error:
        result.refused.append(f"{path.parent.name}: has no date in its name that is known: {error}")
        return None


@dataclass(frozen=True)
class Asked:
    """What the instructor said beside the archive: who is meant, and when it was handed in."""

    meant: dict[str, str] = field(default_factory=dict)
    when: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def read(cls, course, map_file: Path | None, times_file: Path | None) -> "Asked":
        """Read the tables, each of two columns: a name and an id, a name or id and a time."""
        roster = course.settings.roster()
        meant = names.read_map(map_file, roster) if map_file else {}
        if times_file is None:
            return cls(meant)
        when, zone = {}, course.settings.zone()
        lines = times_file.read_text(encoding="utf-8-sig").splitlines()
        for number, line in enumerate(lines, start=1):
            who, _, text = line.partition(",")
            student = meant.get(names.plain(who)) or names.match(who, roster)
            try:
                time = times.read(text.strip(' "'), zone)
            except times.UnknownTime as error:
                if number == 1 or not line.strip():
                    continue
                raise ValueError(f"{times_file}, line {number}: {error}") from None
            if student is None:
                raise ValueError(f"{times_file}, line {number}: nobody in the roster is {who!r}")
            when[student] = time
        return cls(meant, when)


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
    asked, result, folder = asked or Asked(), Plan(assignment), source
    dates: dict[Path, tuple[int, ...]] | None = None
    if source.suffix.lower() == ".zip" or source.is_file():
        folder = scratch
        unpacked = archives.unpack(source, scratch)
        result.refused, dates = unpacked.refused, unpacked.dates
    else:
        result.refused = [f"{line}" for line in archives.others(folder)]
    own = _grade_ids(course, assignment)
    by_student: dict[str, list[Found]] = defaultdict(list)
    for path in archives.notebooks(folder):
        found = _found(course, path, folder, dates, result, any_owner)
        if found is None:
            continue
        found.student = asked.meant.get(names.plain(found.who)) or names.match(found.who, roster)
        if found.student is None:
            found.guess = names.near(found.who, roster)
            result.unknown.append(found)
            continue
        found.cells = _shared_cells(path, own)
        by_student[found.student].append(found)
    for student, several in by_student.items():
        if kept := _of_the_assignment(course, student, several, result, asked):
            result.matched[student] = kept
            result.renamed += [found for found in kept if assignment not in found.path.name]
    here = course.submissions(assignment)
    result.missing = [s for s in roster if s not in result.matched and s not in here]
    return result


def _grade_ids(course, assignment: str) -> set[str]:
    cells = read_own(course.released(assignment)).cells
    return {marks(cell)["grade_id"] for cell in cells if marks(cell).get("grade_id")}


def _shared_cells(path: Path, own: set[str]) -> int:
    """How many of the assignment's cells a file has; 0 where it is no notebook."""
    try:
        cells = json.loads(path.read_bytes())["cells"]
        ids = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return 0
    return len(ids & own)


def _found(course, path, folder, dates, result, any_owner) -> Found | None:
    """One notebook with its label and its time; None where it doesn't come in, with the reason."""
    relative, zone = path.relative_to(folder).as_posix(), course.settings.zone()
    label = label_of(relative)
    if handed_in := _EXCHANGE.match(relative):
        time = _from_exchange(path, handed_in, result, any_owner, zone)
        return None if time is None else Found(path, relative, label.who, time)
    if _BLIND.match(label.who) and label.number:
        result.refused.append(
            f"{relative}: blind marking hides the names; reveal them in the platform, or name "
            "each number in a file for --map"
        )
    who = f"{label.who} {label.number}" if _BLIND.match(label.who) else label.who
    if dates is None:
        time = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
    else:
        time = times.in_zone(dates[path], zone) or datetime.now(UTC).replace(tzinfo=None)
    due = course.settings.due_utc(result.assignment)
    if label.late is not None and due is not None:
        # Canvas writes the time of the download beside an entry; in time is what it says.
        time = datetime.max if label.late else min(time, due)
    elif dates is not None and due is not None and times.in_zone(dates[path], zone) is None:
        time = datetime.max
    return Found(path, relative, who, time, label.number)


def _of_the_assignment(course, student, several, result, asked) -> list[Found]:
    """Of a student's notebooks, those that count; each of the others is named with the reason."""
    numbers = {found.number for found in several if found.number}
    if len(numbers) > 1:
        people = ", ".join(sorted(f"{f.who} ({f.number})" for f in several if f.number))
        result.refused += [
            f"{f.origin}: several people of the platform are {student}: {people}; say which in a "
            "file for --map, and give the other another name"
            for f in several
        ]
        return []
    most = max(found.cells for found in several)
    kept = []
    for found in several:
        if found.cells == 0 < most:
            result.refused.append(f"{found.origin}: has no cell of {result.assignment}")
            continue
        time = asked.when.get(student, found.handed_in)
        if time == datetime.max and course.settings.late.percent_per_day > 0:
            result.refused.append(
                f"{found.origin}: the archive doesn't say when it was handed in, and lateness "
                "costs points; give a table of names and times with --times"
            )
            continue
        if time == datetime.max:
            time = course.settings.due_utc(result.assignment)
        kept.append(replace(found, handed_in=time))
    return kept


def describe(course, plan: Plan) -> str:
    """The plan in words, for the instructor to look at before anything is copied."""
    zone = course.settings.time_zone
    lines = [f"{len(plan.matched)} students handed {plan.assignment} in (times as in {zone})."]
    for student, found in plan.matched.items():
        if len(found) > 1:
            lines.append(f"  {student}: {len(found)} notebooks; the {_kept(course)} counts")
    lines += [f"  {f.student}: is called {f.path.name}" for f in plan.renamed]
    if plan.unknown:
        lines.append(f"{len(plan.unknown)} notebooks of nobody in the roster (left alone):")
        for one in plan.unknown:
            guess = f"; did you mean {one.guess}?" if one.guess else ""
            lines.append(f"  {one.origin}{guess}")
    if plan.refused:
        lines.append(f"{len(plan.refused)} files that are not used:")
        lines += [f"  {text}" for text in plan.refused]
    if plan.missing:
        lines.append(f"{len(plan.missing)} students have handed nothing in:")
        lines.append("  " + ", ".join(plan.missing))
    return "\n".join(lines)


def _kept(course):
    return "latest" if course.settings.resubmissions == "latest" else "best"


def carry_out(course, plan: Plan) -> int:
    """Copy the matched notebooks to their places; return how many students got one.

    The latest goes to ``submitted``; where the best counts, all are kept in ``attempts`` and
    `grading.grade` chooses.
    """
    for student, found in plan.matched.items():
        found.sort(key=lambda each: each.handed_in)
        if course.settings.resubmissions == "best":
            for each in found:
                _copy(each, course.attempt(plan.assignment, student, each.handed_in), plan)
        target = Path(course.coursedir.submitted_directory, student, plan.assignment)
        _copy(found[-1], target, plan)
    return len(plan.matched)


def _copy(found, folder: Path, plan):
    old, target = folder / "timestamp.txt", folder / f"{plan.assignment}.ipynb"
    stamp = f"{found.handed_in:%Y-%m-%d %H:%M:%S} UTC"
    if old.exists() and old.read_text(encoding="utf-8").strip() >= stamp:
        return  # what is there is as new
    if target.exists() and target.read_bytes() == found.path.read_bytes() and old.exists():
        return  # the same again, downloaded later: its first time stays
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.ipynb"):
        path.unlink()
    shutil.copyfile(found.path, target)
    old.write_text(stamp + "\n", encoding="utf-8")


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
    source = exchange(course) if source is None else source
    if not source.exists():
        raise ValueError(f"there is nothing at {source}; give a zip or a folder")
    with tempfile.TemporaryDirectory() as scratch:
        found = plan(course, assignment, source, Path(scratch), any_owner=any_owner, asked=asked)
        say(printable(describe(course, found)))
        if not dry_run:
            carry_out(course, found)
    return found
