"""Who hands in what and when, and what that is worth: worked out from the rules of the course."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .archives import KINDS, Delivery, moodle_teams
from .notebooks import DAMAGES, FORMS, FULL, Damage, notebook, text
from .people import COURSES, Course, Person, people

DUE = datetime(2026, 10, 24, 23, 59)
GRACE, PERCENT_PER_DAY, AT_MOST = 15, 10, 50
# From ten hours early to a fortnight late; the night of 24 October 2026 has 25 hours in Berlin, and
# Lord Howe moved its clocks by half an hour three weeks before.
MINUTES_LATE = (-600, -1, 0, 14, 16, 1439, 1500, 3000, 8000, 20160)


@dataclass(frozen=True)
class Member:
    """One of the 300: what was handed in, and what has to come of it."""

    person: Person
    form: int
    damage: Damage | None
    minutes_late: int
    handed_in: bool

    @property
    def marked(self) -> bool:
        return self.handed_in and (self.damage is None or self.damage.marked)

    @property
    def points(self) -> float | None:
        """Machine-marked points; none where there is nothing that can be marked."""
        if not self.marked:
            return None
        return FULL - FORMS[self.form][1] - (self.damage.costs if self.damage else 0)

    @property
    def open(self) -> int:
        """Written answers that wait for a person."""
        return self.damage.open if self.marked and self.damage else 0

    @property
    def percent_off(self) -> int:
        if self.minutes_late <= GRACE:
            return 0
        days = math.ceil(self.minutes_late / (24 * 60))
        return min(days * PERCENT_PER_DAY, AT_MOST)

    @property
    def final(self) -> float | None:
        return None if self.points is None else self.points * (1 - self.percent_off / 100)

    def delivery(self, course: Course) -> Delivery:
        nb = notebook(**FORMS[self.form][0])
        content = self.damage.spoil(nb) if self.damage else text(nb).encode()
        # Added in absolute time: a course's day may have 25 hours.
        zone = ZoneInfo(course.zone)
        due = DUE.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
        at = (due + timedelta(minutes=self.minutes_late)).astimezone(zone).replace(tzinfo=None)
        return Delivery(self.person, content, at, self.minutes_late > GRACE)


def members() -> list[Member]:
    """All 300. Every third file is damaged; the last of every second ten hands nothing in."""
    made = []
    for person in people():
        n = person.number
        damage = DAMAGES[n // 3 % len(DAMAGES)] if n % 3 == 1 else None
        late = MINUTES_LATE[(n + n // 10) % len(MINUTES_LATE)]
        made.append(Member(person, n % len(FORMS), damage, late, n % 20 != 19))
    return made


def batches(every: int = 1):
    """Yield course, its members, and the five kinds of archives with those who are in each.

    `every=10` takes one of each ten, and two of a team: all kinds of archives, a tenth of all.
    """
    everybody = members()
    for course in COURSES:
        archives = []
        for kind in KINDS[course.number * 5 : course.number * 5 + 5]:
            first = KINDS.index(kind) * 10
            ten = everybody[first : first + 10]
            chosen = ten[course.number % every :: every]
            if kind is moodle_teams and len(chosen) == 1:
                chosen += ten[:1]
            archives.append((kind, chosen))
        yield course, [member for _, chosen in archives for member in chosen], archives
