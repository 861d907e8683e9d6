"""Finds the student of the roster that a name stands for; nearly is not enough.

Names are compared as text of any script: composed (NFC), without case, without what stands between
words. Letters count as they are, so Bür is not Bär and 小红 is not 小明. Words of a name may come
in any order, joined or apart, since learning platforms write them in ways of their own.
"""

import difflib
import itertools
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from autograder.course import spreadsheets
from autograder.run.ids import id_of

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
    forms = {plain(row.get("id", student)), plain(email), plain(email.split("@")[0])}
    return (forms | {"".join(order) for order in orders}) - {""}


def match(who: str, roster: Roster) -> str | None:
    """The student whose id, e-mail address or full name `who` is; None if that is not just one."""
    exact = unicodedata.normalize("NFC", who).strip().casefold()
    ids = {
        s: unicodedata.normalize("NFC", row.get("id", s)).casefold() for s, row in roster.items()
    }
    found = [s for s, name in ids.items() if exact in (name, s.casefold())]
    if len(found) == 1:
        return found[0]
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


def read_map(path: Path, roster: Roster) -> dict[str, str]:
    """Read who is meant by what: two columns, the name as it is listed and the student's id.

    A first row that names columns is passed over. A `TableError` names the line of an id that the
    roster doesn't have, and of a name that stands for two.
    """
    meant: dict[str, str] = {}
    for number, (line, row) in enumerate(spreadsheets.rows_of(path, 2)):
        who, id = ",".join(row[:-1]), row[-1]
        student = by_id(id, roster)
        if student is None and number == 0 and plain(id) in ("id", "student", "studentid"):
            continue
        if student is None or not plain(who):
            raise spreadsheets.TableError(
                f"{path}, line {line}: {', '.join(row)!r}; expected a name as it is listed and a "
                "student's id from roster.csv"
            )
        if meant.setdefault(plain(who), student) != student:
            raise spreadsheets.TableError(
                f"{path}, line {line}: {who!r} stands for {id_of(meant[plain(who)])} already; "
                "keep one"
            )
    return meant


def by_id(id: str, roster: Roster) -> str | None:
    """The student of an id, in any case; None if that is not just one."""
    wanted = unicodedata.normalize("NFC", id).casefold()
    exact = [s for s, row in roster.items() if row.get("id", s) == id]
    found = [s for s, row in roster.items() if row.get("id", s).casefold() == wanted]
    return exact[0] if exact else found[0] if len(found) == 1 else None
