"""Reads when something was handed in: with an offset, or with a zone's name that is known."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_STAMP = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(?P<zone>.*)", re.DOTALL
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d\d?):?(?P<minutes>\d\d)?")
#: Names that mean one offset everywhere. Others, such as IST, are known where the course's own
#: zone uses them.
_EVERYWHERE = {"": 0, "UTC": 0, "Z": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2}
_EVERYWHERE |= {"EET": 2, "EEST": 3, "EDT": -4, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9}


class UnknownTime(ValueError):
    """The text names no time that is known; the message says what was read and what to do."""


def read(text: str, zone: ZoneInfo, *, local: bool = False) -> datetime:
    """The time that `text` names, in UTC and without a zone, as nbgrader keeps it.

    `zone` is the course's: abbreviations that it uses are understood as it means them. A time
    without any is in UTC, as nbgrader writes it, or with `local` on the course's clock.
    """
    clean = text.strip().lstrip("\ufeff").strip()
    unknown = UnknownTime(
        f"{clean[:60]!r} is no time; expected such as 2026-09-30 18:30:00 UTC or "
        "2026-09-30 23:59:00 +05:30"
    )
    found = _STAMP.fullmatch(clean)
    if found is None:
        raise unknown
    try:
        naive = datetime.fromisoformat(f"{found['day']}T{found['time']}")
    except ValueError:
        raise unknown from None
    if local and not found["zone"].strip():
        return naive.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    return naive - _offset(found["zone"].strip(), naive, zone)


def _offset(name: str, when: datetime, zone: ZoneInfo) -> timedelta:
    if match := _OFFSET.fullmatch(name):
        hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
        return (1 if match["sign"] == "+" else -1) * timedelta(hours=hours, minutes=minutes)
    for fold in (0, 1):
        own = when.replace(tzinfo=zone, fold=fold)
        offset = own.utcoffset()
        if offset is not None and own.tzname() == name:
            return offset
    if name.upper() in _EVERYWHERE:
        return timedelta(hours=_EVERYWHERE[name.upper()])
    raise UnknownTime(
        f"the zone {name[:30]!r} has several meanings, or none, and the course's zone {zone.key} "
        "doesn't use it; write an offset such as +05:30 in its place"
    )


def in_zone(parts: tuple[int, ...], zone: ZoneInfo) -> datetime | None:
    """A time on the course's clock, in UTC without a zone; None where `parts` are no date."""
    try:
        year, month, day, hour, minute, second = parts
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return local.astimezone(UTC).replace(tzinfo=None)


def wall_time(path: Path) -> tuple[int, ...]:
    """What this machine's clock said when a file was changed.

    A zip's times have no zone, and who unpacks it reads them on the own machine's clock. Read back
    on the same one, they are what stood in the zip.
    """
    return datetime.fromtimestamp(path.stat().st_mtime).timetuple()[:6]
