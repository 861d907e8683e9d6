"""Lists the notebooks of a zip, a folder or nbgrader's exchange, and what their places say of them:
who handed each in, and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from autograder.course import archives, exchange, names, places, platforms, spreadsheets, times
from autograder.course.archives import Refused
from autograder.course.owners import Owner, Owners
from autograder.course.platforms import Clock, Label
from autograder.run.ids import id_of

EVERYBODY = "*"
FILES = "files"
#: Files of one student that are no further apart are one hand-in; where those of several people
#: are, they were copied, and nobody's hand-in was then.
MOMENT = timedelta(minutes=1)
UNPACKED = (
    "Times are those of unpacked files, read on this machine's clock: they are right only if the "
    "archive was unpacked on this machine. So nobody counts as late by them. To be sure, give the "
    "zip itself as it was downloaded, or a table of times with --times FILE."
)
GROUPS = "Read as hand-ins of groups: the group's name stands before each."
COPIED = (
    "The files of all students were written within a minute: that is when they were copied or "
    "unpacked, and not when they were handed in. Give the zip itself as it was downloaded, or a "
    "table of times with --times FILE."
)


@dataclass
class Found:
    """One notebook on its way in.

    `number` is the platform's own for who handed it in, `handed_in` is in UTC (None where nothing
    says it), `changed` is what stands beside the file, which may be when it was downloaded; `stamp`
    is the time as nbgrader's exchange wrote it, `secret` what nbgrader releases feedback under, and
    `returns` the name by which the platform takes feedback (see `course.platforms`). `unread` says
    why the file can't be read, and `replaces` that what it takes the place of could not be.
    `is_unsure` says that the time is an unpacked file's, so that of the machine that unpacked it.
    `is_of_download` says that it is that of the download, in which each student has one hand-in.
    `is_told` says that the instructor named the owner of this very file, `together` all students
    whose it is, and `guesses` who may be meant where it is nobody's.
    """

    path: Path
    origin: str
    who: str
    handed_in: datetime | None
    changed: datetime
    number: str = ""
    cells: int = 0
    student: str | None = None
    is_told: bool = False
    together: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    stamp: str = ""
    secret: str = ""
    returns: str = ""
    unread: str = ""
    replaces: bool = False
    is_unsure: bool = False
    is_of_download: bool = False


@dataclass
class Listed:
    """What lies in a source: the notebooks, the files that are not used, and what to know.

    `useless` says by student which of these files are whose.
    """

    found: list[Found] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    useless: dict[str, list[Refused]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """What the instructor said beside the archive: who is meant, and when it was handed in."""

    meant: dict[str, tuple[str, ...]] = field(default_factory=dict)
    when: dict[str, datetime] = field(default_factory=dict)
    trusts_files: bool = False

    @classmethod
    def read(cls, course, map_file: Path | None, times_file: Path | None) -> "Asked":
        """Read the tables, each of two columns: a name and an id, a name or id and a time.

        `FILES` in the place of the second says that files carry the times of hand-in.
        """
        roster = course.settings.roster()
        meant = names.read_map(map_file, roster) if map_file else {}
        if times_file is None or str(times_file) == FILES:
            return cls(meant, trusts_files=times_file is not None)
        when: dict[str, datetime] = {}
        zone = course.settings.zone()
        for number, (line, row) in enumerate(spreadsheets.rows_of(times_file, 2)):
            who, text = ",".join(row[:-1]), row[-1]
            try:
                time = times.read(text, zone, local=True)
            except times.UnknownTime as error:
                if number == 0 and not any(letter.isdigit() for letter in text):
                    continue  # it names the columns
                raise spreadsheets.TableError(f"{times_file}, line {line}: {error}") from None
            students = (EVERYBODY,) if who == EVERYBODY else names.owners(who, roster, meant)
            if not students:
                several = " or ".join(map(id_of, names.candidates(who, roster)))
                known = (
                    f"{who!r} may be {several}" if several else f"nobody in the roster is {who!r}"
                )
                raise spreadsheets.TableError(
                    f"{times_file}, line {line}: {known}; write the id, or say who that is in a "
                    "file for --map"
                )
            when |= dict.fromkeys(students, time)
        return cls(meant, when)

    def time_of(self, student: str, found: "Found") -> datetime | None:
        """When a student handed in: as the instructor says, or else as it is known."""
        if student in self.when:
            return self.when[student]
        if found.handed_in is not None and not (found.is_unsure and EVERYBODY in self.when):
            return found.handed_in
        return found.changed if self.trusts_files else self.when.get(EVERYBODY)

    def is_sure(self, student: str, found: "Found") -> bool:
        """Whether that time may cost points: an unpacked file's may only if the instructor says."""
        told = self.trusts_files or student in self.when or EVERYBODY in self.when
        return told or not found.is_unsure


def read(
    course, assignment: str, source: Path, scratch: Path, asked: Asked, *, any_owner: bool = False
) -> Listed:
    """List a source; what has to be unpacked or copied first is put below `scratch`."""
    listed = Listed()
    if source.is_dir() and _is_exchange(source):
        listed.found = _from_exchange(course, assignment, source, scratch, listed, asked, any_owner)
    else:
        listed.found = _from_files(course, assignment, source, scratch, listed, asked)
    return listed


def _for_each(one: Found, students: Sequence[str]) -> list[Found]:
    """What one file is to each student whose it is; the platform takes one page, for the first."""
    if not students:
        return [one]
    return [
        replace(one, student=student, returns="" if at else one.returns, together=tuple(students))
        for at, student in enumerate(students)
    ]


# --- nbgrader's exchange -------------------------------------------------------------------------


def inbound(course) -> Path:
    """Where nbgrader's exchange keeps what students have handed in to this course."""
    root = places.configured_exchange(course.config)
    return Path(root, course.coursedir.course_id, "inbound")


def _is_exchange(folder: Path) -> bool:
    """Whether a folder is an exchange's, or a copy of it."""
    try:
        within = list(folder.iterdir())
    except PermissionError:
        raise ValueError(f"{folder} can't be listed; only its owner, the instructor, may") from None
    return folder.name == "inbound" or any(exchange.NAME.fullmatch(each.name) for each in within)


def _from_exchange(course, assignment, source, scratch, listed, asked, any_owner) -> list[Found]:
    zone, roster, found = course.settings.zone(), course.settings.roster(), []
    with exchange.Inbound(source, any_owner=any_owner) as folder:
        for attempt in folder.attempts(assignment, scratch):
            try:
                time = times.read(attempt.when, zone)
            except times.UnknownTime as error:
                listed.refused.append(f"{attempt.who}: {error}")
                continue
            students = names.owners(attempt.who, roster, asked.meant)
            for path in attempt.notebooks:
                origin = f"{attempt.who}+{attempt.when}/{path.name}"
                one = Found(path, origin, attempt.who, time, time)
                one.stamp, one.secret = attempt.when, attempt.secret
                found += _for_each(one, students)
            for student in students if not attempt.notebooks else ():
                empty = Refused(PurePosixPath(f"{attempt.who}+{attempt.when}"), "has no notebook")
                listed.useless.setdefault(student, []).append(empty)
    listed.refused += folder.refused
    listed.warnings += [] if any_owner else exchange.can_be_moved(source)
    return found


# --- archives and folders ------------------------------------------------------------------------


def _from_files(course, assignment, source, scratch, listed, asked) -> list[Found]:
    """The notebooks of a zip or a folder, each with what its path says of it."""
    is_folder = source.is_dir()
    came = archives.unpack_zips(source, scratch) if is_folder else archives.unpack(source, scratch)
    listed.refused = list(map(str, came.refused))
    paths = {
        path: path.relative_to(folder)
        for folder in ([source, scratch] if is_folder else [scratch])
        for path in archives.notebooks(folder)
    }
    owners = _owners(course, assignment, list(paths.values()), came.refused, listed, asked)
    zone, due = course.settings.zone(), course.settings.due_utc(assignment)
    whose = {path: owners.of(relative) for path, relative in paths.items()}
    dated = {path: _Dated.of(path, came, source, owner) for path, owner in whose.items()}
    copied = _were_copied([(date, whose[path].label) for path, date in dated.items()])
    found = []
    for path, relative in sorted(paths.items(), key=lambda each: each[1]):
        owner, label, date = whose[path], whose[path].label, dated[path]
        if not owner.students and platforms.is_blind(label):
            listed.refused.append(
                f"{relative}: blind marking hides the names; reveal them in the platform, or name "
                "each number in a file for --map"
            )
        entry = times.in_zone(date.parts, zone)
        is_copy = copied and date.is_unsure and label.clock is Clock.ENTRY
        time = None if is_copy else _time_of(label, entry, due, zone)
        is_plain = date.is_unsure and label.clock is Clock.NOWHERE
        written = date.changed if is_plain or entry is None else entry
        one = Found(path, relative.as_posix(), label.shown, time, written, label.number)
        one.returns, one.is_told = label.returns, owner.is_told
        one.is_of_download = label.clock is Clock.MARK
        one.is_unsure = date.is_unsure and label.clock is Clock.ENTRY and time is not None
        found += _for_each(one, owner.students)
    if not asked.trusts_files:
        listed.warnings += [COPIED] * copied
        listed.warnings += [UNPACKED] * any(one.is_unsure for one in found)
    return found


def _owners(course, assignment, paths, refused, listed, asked) -> Owners:
    """Whose the files are; those that can't be used are listed as their students'."""
    inside = paths or [each.path for each in refused]
    owners = Owners(inside, assignment, course.settings.roster(), asked.meant)
    listed.warnings += [GROUPS] * owners.are_teams
    for each in refused:
        for student in owners.of(each.path).students:
            listed.useless.setdefault(student, []).append(each)
    return owners


@dataclass(frozen=True)
class _Dated:
    """The time that stands beside a file: as a zip has it, or as this machine has unpacked it."""

    parts: tuple[int, ...]
    changed: datetime
    is_unsure: bool

    @classmethod
    def of(cls, path: Path, came: archives.Unpacked, source: Path, owner: Owner) -> "_Dated":
        """Of a zip that a student handed in, its own time counts, and not that of what is in it."""
        around = came.zips.get(path)
        file = around or path
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None)
        is_students = around and owner.depth < len(around.relative_to(source).parts)
        if path in came.dates and not is_students:
            return cls(came.dates[path], changed, is_unsure=False)
        return cls(times.wall_time(file), changed, is_unsure=True)


def _were_copied(files: Sequence[tuple[_Dated, Label]]) -> bool:
    """Whether the files that a platform dates, of several people, all have one time."""
    unsure = [each for each in files if each[0].is_unsure and each[1].clock is Clock.ENTRY]
    written = [date.changed for date, _ in unsure]
    people = {(label.shown, label.number) for _, label in unsure}
    return len(people) > 1 and max(written) - min(written) <= MOMENT


def _time_of(label: Label, entry: datetime | None, due: datetime | None, zone) -> datetime | None:
    """When a file was handed in, in UTC, as far as its platform says; None where it doesn't."""
    if label.clock is Clock.ENTRY:
        return entry
    if label.clock is Clock.NAME:
        return None if label.when is None else times.in_zone(label.when.timetuple()[:6], zone)
    if label.clock is Clock.MARK and due is not None:
        # Canvas writes the time of the download beside an entry; in time is what it says.
        return None if label.late else min(entry or due, due)
    return None
