"""A course's own settings: ``course.toml`` in the course's folder, all of them optional.

    time_zone = "Asia/Kolkata"        # of the dates below; default UTC
    resubmissions = "latest"          # or "best"
    attempts = 3                      # with "best": only the first so many count; default: all
    variants = true                   # each student's own numbers; default off
    negative_marks = false            # a wrong choice takes nothing off; default true

    [late]
    grace_minutes = 15
    percent_per_day = 10
    at_most_percent = 50

    [due]
    "01-shapes-and-counts" = 2026-09-30T23:59:00

    [limits."04-training-deep-networks"]
    seconds = 90                      # of one cell or one call; default: the assignment's own
    memory_megabytes = 4096

Beside it: ``roster.csv`` (columns id, name, email), ``extensions.csv`` (student, assignment, due;
a row is such as ``21CS001,01-shapes-and-counts,2026-10-02T23:59``),
and ``variants.secret``, from which students' numbers are drawn: `handout` makes it, at random.
"""

import contextlib
import math
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr

from autograder.course import roster, toml
from autograder.course.toml import SettingsError, Table, expected
from autograder.marking.variants import VariantSeed

DAY = 86_400
SECRET = "variants.secret"

Number = int | float  # as it is written: 60 is no other limit than it was, 60.0 would be
Percent = Annotated[Number, Field(ge=0, le=100), expected("a number from 0 to 100")]
Positive = Annotated[Number, Field(gt=0), expected("a number above 0")]
Whole = Annotated[int, Field(gt=0), expected("a whole number above 0")]


def _no_text(value: Any) -> Any:
    if isinstance(value, str):
        raise toml.refuse(
            "expected true or false. A text can be guessed from a student's own numbers; "
            f"`handout` draws a secret into {SECRET}. (To go on with numbers that were handed out, "
            "put their text into that file.)"
        )
    return value


def _gone(_: Any) -> Any:
    raise toml.refuse(
        "it is not read any more. A folder of exercises of your own is a course: put a file "
        "autograder.toml into it (an empty one will do) and give the commands there"
    )


class Late(Table):
    """What lateness costs: nothing within the grace, then a share of the points per begun day."""

    grace_minutes: Annotated[Number, Field(ge=0), expected("a number of minutes from 0")] = 0
    percent_per_day: Percent = 0
    at_most_percent: Percent = 100

    def days(self, seconds_late: float) -> int:
        """The begun days that count; none within the grace."""
        return math.ceil(seconds_late / DAY) if seconds_late > self.grace_minutes * 60 else 0

    def percent(self, seconds_late: float) -> float:
        """The share of the points that is taken off, in percent."""
        return min(self.days(seconds_late) * self.percent_per_day, self.at_most_percent)


class Limits(Table):
    """What a course changes of an assignment's limits; None leaves the assignment's own."""

    seconds: Positive | None = None
    memory_megabytes: Whole | None = None


def _known_zone(name: str) -> str:
    return ZoneInfo(name).key


Zone = Annotated[str, AfterValidator(_known_zone), expected("a zone, as in 'Asia/Kolkata'")]
Due = Annotated[
    datetime, expected("a date with a time, such as 2026-09-30T23:59:00 without quotes")
]


class Settings(Table):
    """See the module's docstring."""

    time_zone: Zone = "UTC"
    resubmissions: Annotated[Literal["latest", "best"], expected("'latest' or 'best'")] = "latest"
    variants: Annotated[bool, expected("true or false"), BeforeValidator(_no_text)] = False
    attempts: Whole | None = None
    negative_marks: Annotated[bool, expected("true or false")] = True
    late: Late = Late()
    due: dict[str, Due] = Field(default_factory=dict)
    limits: dict[str, Limits] = Field(default_factory=dict)
    #: Of version 0.1.0: the course's name stands in autograder.toml now.
    name: Annotated[Any, Field(repr=False, deprecated=True)] = None
    private: Annotated[Any, Field(repr=False, deprecated=True), BeforeValidator(_gone)] = None
    _folder: Path = PrivateAttr(Path())

    @classmethod
    def read(cls, folder: Path | str) -> "Settings":
        """Read a course's settings; without a file, everything has its default."""
        path = Path(folder) / "course.toml"
        found = toml.read(path, cls) if path.exists() else cls()
        found._folder = Path(folder)
        return found

    @property
    def folder(self) -> Path:
        """The course's folder, in which the file lies."""
        return self._folder

    def idle(self, assignments: Sequence[str]) -> list[str]:
        """Sentences on dates and limits of what is no assignment of the course."""
        return [
            f"{self.folder / 'course.toml'}: [{table}] {name} is no assignment here, so it changes "
            f"nothing; assignments are {', '.join(assignments) or 'not there yet'}"
            for table, entries in (("due", self.due), ("limits", self.limits))
            for name in sorted(set(entries) - set(assignments))
        ]

    def seed(self) -> str:
        """The secret that students' numbers are drawn from; "" where all have the same."""
        if not self.variants:
            return ""
        path = self.folder / SECRET
        if not path.exists():
            raise SettingsError(
                f"{self.folder / 'course.toml'} says variants = true, but there is no {path}: "
                "`python -m autograder handout` draws it, before students get their notebooks"
            )
        return path.read_text(encoding="utf-8").strip()

    def draw_seed(self) -> None:
        """Draw the secret, at random and for this user only; one that is there stays."""
        with contextlib.suppress(FileExistsError):
            path = self.folder / SECRET
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as secret:
                secret.write(secrets.token_hex(32) + "\n")

    def variant_seed(self, student: str) -> VariantSeed | None:
        """Whose numbers this student's submission is marked by; None where all have the same."""
        return VariantSeed(self.seed(), student) if self.variants else None

    def zone(self) -> ZoneInfo:
        """The course's time zone."""
        return ZoneInfo(self.time_zone)

    def utc(self, local: datetime) -> datetime:
        """A date of this course as nbgrader stores it: in UTC, without a zone."""
        if local.tzinfo is None:
            local = local.replace(tzinfo=self.zone())
        return local.astimezone(UTC).replace(tzinfo=None)

    def local(self, utc: datetime) -> str:
        """A date as it is shown: in the course's zone, which is named."""
        shown = utc.replace(tzinfo=UTC).astimezone(self.zone())
        return f"{shown:%Y-%m-%d %H:%M} {self.time_zone}"

    def due_utc(self, assignment: str) -> datetime | None:
        due = self.due.get(assignment)
        return None if due is None else self.utc(due)

    def roster(self) -> dict[str, dict[str, str]]:
        """The students by their folders' names, as in ``roster.csv`` (see `course.roster`)."""
        return roster.read(self.folder / "roster.csv")

    def extensions(self, assignment: str) -> dict[str, datetime]:
        """Students' own due dates for an assignment, in UTC."""
        return roster.extensions(
            self.folder / "extensions.csv",
            assignment,
            self.roster(),
            lambda text: self.utc(roster.local_time(text)),
        )
