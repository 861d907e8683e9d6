"""How learning platforms name the files that they hand out, and what that says of a file.

A label says who handed in, as the platform calls them, and how the platform tells the time: Moodle
and its like date each entry of an archive; Canvas dates the download, but marks what was late;
Blackboard and Brightspace write the time into a name; others, and plain folders, say nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import PurePosixPath

#: Endings that a notebook comes with, the longest first; browsers and mail programs add to it.
ENDINGS = (".ipynb.txt", ".ipynb.json", ".ipynb.html", ".ipynb")


class Clock(Enum):
    """Where the time of a hand-in stands."""

    ENTRY = "beside the archive's entry"
    MARK = "in a mark for what is late"
    NAME = "in the name"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Label:
    """What a path says: who it may be (the likeliest first), the platform's number, the time.

    `returns` is how the platform knows a file that goes back to the same person: a folder (it ends
    in a slash), or a file's name without its ending; "" where it takes none.
    """

    who: tuple[str, ...]
    clock: Clock
    number: str = ""
    late: bool = False
    when: datetime | None = None
    group: str = ""
    returns: str = ""

    @property
    def shown(self) -> str:
        """What the file's owner is called when they are listed."""
        return self.who[0]


# Moodle: "Asha Rao_12345_assignsubmission_file_/x.ipynb", or without a folder, "…_file_x.ipynb".
_MOODLE = re.compile(r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?:/.*|[^/]*)")
# Canvas: "raoasha_LATE_4711_90210_01-shapes-and-counts.ipynb" or "anon_7fK2q_LATE_90210_x.ipynb".
_CANVAS = re.compile(
    r"(?P<who>anon_[^_/]+|[^_/]+?)_(?P<late>LATE_)?(?P<number>\d+)_(?:(?P<file>\d+)_)?[^/]+"
)
# Blackboard: "gradebook_CS101_Exercises 01_21CS001_attempt_2026-09-30-23-58-12_x.ipynb".
_BLACKBOARD = re.compile(
    r"(?P<who>[^/]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|\.txt|/.*)"
)
# Brightspace: "30001-601 - Asha Rao - Sep 30, 2026 1158 PM/x.ipynb".
_BRIGHTSPACE = re.compile(
    r"(?P<number>\d+)-\d+ - (?P<who>.+) - "
    r"(?P<when>\w{3,9} \d\d?, \d{4} \d{3,4} ?[AP]M)(?: ?- ?|/).*"
)
# Moodle's blind marking names nobody: "Participant_12345_assignsubmission_file_".
_BLIND = re.compile(r"participant\s*\d*", re.IGNORECASE)
# What platforms put before a file's own name, and what systems put around it.
_BEFORE = re.compile(
    r".+?_\d+_assignsubmission_[a-z]+_|.+_attempt_\d{4}(?:-\d\d){5}_|"
    r"anon_[^_]+_(?:LATE_)?\d+_|[^_]+_(?:LATE_)?\d+_\d+_"
)
_AROUND = r"(?:copy of )?{}(?: ?\(\d+\)|-\d+| ?- ?copy| copy)*"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def is_blind(label: Label) -> bool:
    """Whether the platform hides the name behind its own number."""
    return bool(label.number) and bool(_BLIND.fullmatch(label.shown.removesuffix(label.number)))


def label_of(relative: str) -> Label | None:
    """What a platform's path says; None where no platform that is known writes such paths."""
    if found := _MOODLE.fullmatch(relative):
        who, number = found["who"], found["number"]
        # Moodle goes by the number, and would look for it elsewhere if a name had a "_" in it.
        returns = f"Participant_{number}_assignsubmission_file_/"
        if _BLIND.fullmatch(who):
            return Label((f"{who} {number}",), Clock.ENTRY, number, returns=returns)
        group = who.partition("-")[0] if "-" in who else ""
        return Label((who,), Clock.ENTRY, number, group=group, returns=returns)
    if found := _BLACKBOARD.fullmatch(relative):
        words = found["who"].split("_")
        # The user's name stands last, and may have lines in it: the longest that is known counts.
        whos = tuple("_".join(words[at:]) for at in range(len(words)))
        when = datetime.strptime(found["when"], "%Y-%m-%d-%H-%M-%S")
        return Label((words[-1], *whos[:-1]), Clock.NAME, when=when)
    if found := _BRIGHTSPACE.fullmatch(relative):
        return Label((found["who"],), Clock.NAME, found["number"], when=_spelt(found["when"]))
    if (found := _CANVAS.fullmatch(relative)) and _is_canvas(found):
        # Of a nameless person, the number is that of the file.
        number = "" if found["who"].startswith("anon_") else found["number"]
        late, stem = found["late"] is not None, _without_ending(relative)
        return Label((found["who"],), Clock.MARK, number, late, returns=stem)
    return None


def _is_canvas(found: re.Match[str]) -> bool:
    """Canvas numbers the person and the file; a nameless person is a code and has no number."""
    return found["who"].startswith("anon_") or found["file"] is not None


def _spelt(text: str) -> datetime | None:
    """A time such as "Sep 30, 2026 1158 PM"."""
    month, day, year, clock = re.split(r",? ", text.replace(" AM", "AM").replace(" PM", "PM"))
    if month[:3].lower() not in _MONTHS:
        return None
    digits = clock[:-2].zfill(4)
    hour = int(digits[:2]) % 12 + (12 if clock.endswith("PM") else 0)
    try:
        number = _MONTHS.index(month[:3].lower()) + 1
        return datetime(int(year), number, int(day), hour, int(digits[2:]))
    except ValueError:
        return None


def _without_ending(name: str) -> str:
    lower = name.lower()
    ending = next((end for end in ENDINGS if lower.endswith(end)), PurePosixPath(name).suffix)
    return name[: len(name) - len(ending)]


def is_called(name: str, assignment: str) -> bool:
    """Whether a file has the assignment's own name, but for what platforms and systems add.

    >>> is_called("raoasha_4711_90210_01-shapes (1).ipynb", "01-shapes")
    True
    """
    stem, before = _without_ending(name), _BEFORE.match(name)
    own = re.compile(_AROUND.format(re.escape(assignment)), re.IGNORECASE)
    return any(map(own.fullmatch, (stem, stem[before.end() :] if before else stem)))


def stem_of(name: str, assignment: str) -> str:
    """What is left of a file's name without its endings and the assignment's: who it is, if it is.

    >>> stem_of("Asha Rao - 01-shapes.ipynb", "01-shapes")
    'Asha Rao'
    """
    stem = _without_ending(name)
    at = stem.lower().find(assignment.lower())
    if at < 0 or stem.lower() == assignment.lower():
        return stem
    left, right = stem[:at], stem[at + len(assignment) :]
    left = re.sub(r"(?i)^copy of\s*|[\s_-]+$", "", left)
    right = re.sub(r"^[\s_-]+|\s*\(\d+\)$", "", right)
    return left or right or stem
