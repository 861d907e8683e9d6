"""Finds the student of the roster that a name stands for; nearly is not enough.

Names are compared as text of any script: composed (NFC), without case, without what stands between
words. Letters count as they are, so Bür is not Bär and 小红 is not 小明. Words of a name may come
in any order, joined or apart, since learning platforms write them in ways of their own.
"""

import csv
import difflib
import itertools
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

Roster = Mapping[str, Mapping[str, str]]
MOST_WORDS = 6  # the orders of more words are not tried


def plain(text: str) -> str:
    """The letters, marks and digits of a text, composed and without case."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return "".join(c for c in composed if unicodedata.category(c)[0] in "LMN")


def words(text: str) -> list[str]:
    """The words of a name, each as `plain` has it."""
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return [plain(word) for word in "".join(kept).split()]


def _forms(student: str, row: Mapping[str, str]) -> set[str]:
    """What a student may be called, each form as `plain` has it."""
    email = row.get("email", "")
    name = words(row.get("name", ""))
    orders = itertools.permutations(name) if len(name) <= MOST_WORDS else [name, name[::-1]]
    forms = {plain(student), plain(email), plain(email.split("@")[0])}
    return (forms | {"".join(order) for order in orders}) - {""}


def match(who: str, roster: Roster) -> str | None:
    """The student whose id, e-mail address or full name `who` is; None if that is not just one."""
    wanted = plain(who)
    found = [s for s, row in roster.items() if wanted and wanted in _forms(s, row)]
    return found[0] if len(found) == 1 else None


def near(who: str, roster: Roster) -> str | None:
    """A student that `who` may have been meant for, to ask about; never to choose."""
    known = {
        form: s for s, row in roster.items() for form in (plain(s), plain(row.get("name", "")))
    }
    close = difflib.get_close_matches(plain(who), [form for form in known if form], 1, 0.75)
    return known[close[0]] if close else None


def read_map(path: Path, roster: Iterable[str]) -> dict[str, str]:
    """Read who is meant by what: two columns, the name as it is listed and the student's id.

    A first row that names columns is passed over. `ValueError` names the line of an id that the
    roster doesn't have.
    """
    known, meant = {plain(student): student for student in roster}, {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) < 2 or plain(cells[1]) not in known:
                if number == 1:
                    continue
                raise ValueError(
                    f"{path}, line {number}: {', '.join(cells)!r}; expected a name as it is listed "
                    "and a student's id from roster.csv"
                )
            meant[plain(cells[0])] = known[plain(cells[1])]
    return meant
