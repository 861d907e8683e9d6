"""A course's own settings: ``course.toml`` in the course's folder, all of them optional.

    time_zone = "Asia/Kolkata"        # of the dates below; default UTC
    resubmissions = "latest"          # or "best"
    variants = true                   # each student's own numbers; default off

    [late]
    grace_minutes = 15
    percent_per_day = 10
    at_most_percent = 50

    [due]
    "01-shapes-and-counts" = 2026-09-30T23:59:00

    [limits."04-training-deep-networks"]
    seconds = 90                      # of one cell or one call; default: the assignment's own
    memory_megabytes = 4096

Beside it: ``roster.csv`` (columns id, name, email), ``extensions.csv`` (student, assignment, due),
and ``variants.secret``, from which students' numbers are drawn: `handout` makes it, at random.
"""

import contextlib
import csv
import math
import os
import secrets
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.course.text import printable
from autograder.marking.variants import Whose
from autograder.run.profiles import Limits

DAY = 86_400
SECRET = "variants.secret"


class SettingsError(ValueError):
    """A settings file says something that can't be; the message says where and what is expected."""


@dataclass(frozen=True)
class Late:
    """What lateness costs: nothing within the grace, then a share of the points per begun day."""

    grace_minutes: float = 0
    percent_per_day: float = 0
    at_most_percent: float = 100

    def percent(self, seconds_late: float) -> float:
        """The share of the points that is taken off, in percent."""
        if seconds_late <= self.grace_minutes * 60:
            return 0
        days = math.ceil(seconds_late / DAY)
        return min(days * self.percent_per_day, self.at_most_percent)


@dataclass(frozen=True)
class Settings:
    """See the module's docstring."""

    folder: Path
    time_zone: str = "UTC"
    resubmissions: str = "latest"
    variants: bool = False
    private: str = ""
    late: Late = Late()
    due: dict[str, datetime] = field(default_factory=dict)
    limits: dict[str, Limits] = field(default_factory=dict)

    @classmethod
    def read(cls, folder) -> "Settings":
        """Read a course's settings; without a file, everything has its default."""
        path = Path(folder) / "course.toml"
        if not path.exists():
            return cls(Path(folder))
        try:
            raw = tomllib.loads(path.read_text())
            raw.pop("name", None)  # of version 0.1.0; the course's name stands in autograder.toml
            raw["late"] = Late(**raw.get("late", {}))
            raw["limits"] = {name: Limits(**own) for name, own in raw.get("limits", {}).items()}
            settings = cls(Path(folder), **raw)
        except (tomllib.TOMLDecodeError, TypeError) as error:
            raise SettingsError(f"{path}: {error}") from None
        settings.validate(path)
        return settings

    def validate(self, path):
        if self.resubmissions not in ("latest", "best"):
            raise SettingsError(
                f"{path}: resubmissions is {self.resubmissions!r}; expected 'latest' or 'best'"
            )
        for assignment, due in self.due.items():
            if not isinstance(due, datetime):
                raise SettingsError(
                    f"{path}: [due] {assignment} is {due!r}; expected a date with a time, such as "
                    "2026-09-30T23:59:00 without quotes"
                )
        if not isinstance(self.variants, bool):
            raise SettingsError(
                f"{path}: variants is {self.variants!r}; expected true or false. A text can be "
                f"guessed from a student's own numbers; `handout` draws a secret into {SECRET}. "
                "(To go on with numbers that were handed out, put their text into that file.)"
            )
        if self.private:
            raise SettingsError(
                f"{path}: private = {self.private!r} is not read any more. A folder of exercises "
                "of your own is a course: put a file autograder.toml into it (an empty one will "
                "do) and give the commands there"
            )
        for assignment, own in self.limits.items():
            for name, value in vars(own).items():
                if value is not None and not (isinstance(value, int | float) and value > 0):
                    raise SettingsError(
                        f"{path}: [limits] {assignment}: {name} is {value!r}; expected a number "
                        "above 0"
                    )
        self.zone()

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

    def whose(self, student: str) -> Whose | None:
        """Whose numbers this student's submission is marked by; None where all have the same."""
        return Whose(self.seed(), student) if self.variants else None

    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise SettingsError(
                f"time_zone {self.time_zone!r} is unknown; write it as in 'Asia/Kolkata'"
            ) from None

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

    def _table(self, name, columns) -> list[dict[str, str]]:
        path = self.folder / name
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        for column in columns:
            if rows and column not in rows[0]:
                raise SettingsError(f"{path} has no column {column!r}; it has {', '.join(rows[0])}")
        return [
            {key: printable(value or "").strip() for key, value in row.items() if key}
            for row in rows
        ]

    def roster(self) -> dict[str, dict[str, str]]:
        """The students by their ids, as in ``roster.csv``."""
        return {row["id"]: row for row in self._table("roster.csv", ["id"])}

    def extensions(self, assignment: str) -> dict[str, datetime]:
        """Students' own due dates for an assignment, in UTC."""
        rows = self._table("extensions.csv", ["student", "assignment", "due"])
        try:
            return {
                row["student"]: self.utc(datetime.fromisoformat(row["due"]))
                for row in rows
                if row["assignment"] == assignment
            }
        except ValueError as error:
            raise SettingsError(f"{self.folder / 'extensions.csv'}: {error}") from None
