"""Takes submissions as they come (a zip of Moodle or Canvas, a folder from mail, nbgrader's
exchange) to their places.

Everything is matched and listed before a file is copied. A name that is not in the roster never
makes a new student, however near it comes to one that is.
"""

import difflib
import os
import re
import shutil
import stat
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from nbgrader.utils import parse_utc

from autograder.course.text import printable
from autograder.notebooks import reading

MAX_FILES = 20_000
MAX_TOTAL = 4 * 2**30

# Moodle: "Asha Rao_12345_assignsubmission_file_/x.ipynb" (or the id number first, by setting).
_MOODLE = re.compile(r"^(?P<who>.+?)_(?P<number>\d+)_assignsubmission_\w*?_?(?:/|$)")
# Canvas: "raoasha_LATE_4711_90210_01-shapes-and-counts-2.ipynb".
_CANVAS = re.compile(r"^(?P<who>[^_/]+?)_(?:LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<name>[^/]+)$")
# nbgrader's exchange: "asha+01-shapes-and-counts+2026-09-10 18:20:00.123456 UTC+cmFuZG9t/x.ipynb".
_EXCHANGE = re.compile(r"^(?P<who>[^+/]+)\+(?P<assignment>[^+/]+)\+(?P<when>[^+/]+)[^/]*/[^/]+$")


@dataclass
class Found:
    """One notebook on its way in."""

    path: Path
    origin: str
    who: str
    handed_in: datetime
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


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _who(relative: str) -> str:
    """The part of a path that names its student."""
    for pattern in (_EXCHANGE, _MOODLE, _CANVAS):
        if match := pattern.match(relative):
            return match["who"]
    parts = PurePosixPath(relative).parts
    return parts[0] if len(parts) > 1 else PurePosixPath(parts[0]).stem


def match(who: str, roster: dict[str, dict[str, str]]) -> str | None:
    """Find the student whose id, e-mail address or full name `who` is; nearly is not enough.

    Canvas turns "Asha Rao" into "raoasha", so the words of a name may come in any order.
    """
    wanted = _plain(who)
    found = set()
    for student, row in roster.items():
        words = row.get("name", "").split()
        forms = {student, row.get("email", ""), row.get("email", "").split("@")[0]}
        forms |= {"".join(words), "".join(words[::-1]), "".join(words[-1:] + words[:-1])}
        if wanted and wanted in {_plain(form) for form in forms if form}:
            found.add(student)
    # Two students of the same name can only be told apart by their ids.
    return found.pop() if len(found) == 1 else None


def _near(who, roster) -> str | None:
    names = {_plain(form): s for s, row in roster.items() for form in (s, row.get("name", ""))}
    close = difflib.get_close_matches(_plain(who), [name for name in names if name], 1, 0.75)
    return names[close[0]] if close else None


def unpack(archive: Path, target: Path) -> list[str]:
    """Unpack the notebooks of a zip; return what was refused (links, escapes, giants)."""
    refused = []
    with zipfile.ZipFile(archive) as bundle:
        entries = bundle.infolist()
        if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
            raise ValueError(f"{archive} is too large: {len(entries)} files")
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if entry.is_dir() or path.suffix.lower() not in (".ipynb", ".zip"):
                continue
            link = stat.S_ISLNK(entry.external_attr >> 16)
            if link or path.is_absolute() or ".." in path.parts or "\0" in entry.filename:
                refused.append(f"{entry.filename}: a link or a path that leads elsewhere")
            elif entry.file_size > reading.MAX_BYTES:
                refused.append(f"{entry.filename}: {entry.file_size / 2**20:.0f} MB")
            else:
                _extract(bundle, entry, target / path)
    return refused


def _extract(bundle, entry, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with bundle.open(entry) as source, path.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
    seconds = datetime(*entry.date_time).timestamp()
    os.utime(path, (seconds, seconds))


def _notebooks(folder: Path):
    for path in sorted(folder.rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts and path.is_file() and not path.is_symlink():
            yield path


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


def _from_exchange(path, handed_in, result, any_owner) -> datetime | None:
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
        return parse_utc(handed_in["when"])
    except ValueError:
        result.refused.append(f"{path.parent.name}: has no date in its name")
        return None


def plan(course, assignment: str, source: Path, scratch: Path, *, any_owner: bool = False) -> Plan:
    """Match everything in `source` (a zip or a folder) with the roster; copy nothing yet."""
    roster = course.settings.roster()
    if not roster:
        raise ValueError(
            f"{course.folder / 'roster.csv'} is missing or empty; it needs the columns id, name, "
            "email, so that a mistyped roll number can't become a new student"
        )
    result = Plan(assignment)
    folder = source
    if source.suffix.lower() == ".zip":
        folder = scratch
        result.refused = unpack(source, scratch)
    for path in _notebooks(folder):
        relative = path.relative_to(folder).as_posix()
        who = _who(relative)
        time = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
        if handed_in := _EXCHANGE.match(relative):
            time = _from_exchange(path, handed_in, result, any_owner)
            if time is None:
                continue
        found = Found(path, relative, who, time, match(who, roster))
        if found.student is None:
            found.guess = _near(who, roster)
            result.unknown.append(found)
        else:
            result.matched.setdefault(found.student, []).append(found)
            if assignment not in path.name:
                result.renamed.append(found)
    here = course.submissions(assignment)
    result.missing = [s for s in roster if s not in result.matched and s not in here]
    return result


def describe(course, plan: Plan) -> str:
    """The plan in words, for the instructor to look at before anything is copied."""
    lines = [f"{len(plan.matched)} students handed {plan.assignment} in."]
    for student, found in plan.matched.items():
        if len(found) > 1:
            lines.append(f"  {student}: {len(found)} notebooks; the {_kept(course)} counts")
    lines += [f"  {f.student}: is called {f.path.name}" for f in plan.renamed]
    if plan.unknown:
        lines.append(f"{len(plan.unknown)} notebooks of nobody in the roster (left alone):")
        for found in plan.unknown:
            guess = f"; did you mean {found.guess}?" if found.guess else ""
            lines.append(f"  {found.origin}{guess}")
    if plan.refused:
        lines += [f"{len(plan.refused)} files refused:", *(f"  {text}" for text in plan.refused)]
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
    old = folder / "timestamp.txt"
    stamp = f"{found.handed_in:%Y-%m-%d %H:%M:%S} UTC"
    if old.exists() and old.read_text().strip() >= stamp:
        return  # what is there is as new
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.ipynb"):
        path.unlink()
    shutil.copyfile(found.path, folder / f"{plan.assignment}.ipynb")
    old.write_text(stamp + "\n")


def collect(
    course,
    assignment: str,
    source: Path | None = None,
    *,
    dry_run: bool = False,
    any_owner: bool = False,
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
        found = plan(course, assignment, source, Path(scratch), any_owner=any_owner)
        say(printable(describe(course, found)))
        if not dry_run:
            carry_out(course, found)
    return found
