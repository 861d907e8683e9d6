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


def candidates(who: str, roster: Roster) -> list[str]:
    """The students whose id, e-mail address or full name `who` is."""
    exact = unicodedata.normalize("NFC", who).strip().casefold()
    ids = {
        s: unicodedata.normalize("NFC", row.get("id", s)).casefold() for s, row in roster.items()
    }
    found = [s for s, name in ids.items() if exact in (name, s.casefold())]
    if len(found) == 1:
        return found
    wanted = plain(who)
    return [s for s, row in roster.items() if wanted and wanted in _forms(s, row)]


def match(who: str, roster: Roster) -> str | None:
    """The student whose id, e-mail address or full name `who` is; None if that is not just one."""
    found = candidates(who, roster)
    return found[0] if len(found) == 1 else None


def owners(who: str, roster: Roster, meant: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The students whom the instructor means by `who`, or else the one that it is; () for none."""
    found = match(who, roster)
    return meant.get(plain(who)) or (() if found is None else (found,))


def near(who: str, roster: Roster) -> tuple[str, ...]:
    """The students that `who` may have been meant for, to ask about; never to choose.

    Those whose name it is, where several have it, or else those with the nearest name.
    """
    if same := candidates(who, roster):
        return tuple(same)
    known: dict[str, list[str]] = {}
    for student, row in roster.items():
        for form in {plain(student), plain(row.get("name", ""))} - {""}:
            known.setdefault(form, []).append(student)
    close = difflib.get_close_matches(plain(who), known, 1, 0.75)
    return tuple(known[close[0]]) if close else ()


def read_map(path: Path, roster: Roster) -> dict[str, tuple[str, ...]]:
    """Read who is meant by what: two columns, the name as it is listed and the student's id.

    Several ids with an & between them handed it in together. A first row that names columns is
    passed over. A `TableError` names the line of an id that the roster doesn't have, and of a name
    that stands for two.
    """
    meant: dict[str, tuple[str, ...]] = {}
    for number, (line, row) in enumerate(spreadsheets.rows_of(path, 2)):
        who, id = ",".join(row[:-1]), row[-1]
        students = by_ids(id, roster)
        if not students and number == 0 and plain(id) in ("id", "student", "studentid"):
            continue
        if not students or not plain(who):
            raise spreadsheets.TableError(
                f"{path}, line {line}: {', '.join(row)!r}; expected a name as it is listed and a "
                "student's id from roster.csv, or several ids with & between them"
            )
        if meant.setdefault(plain(who), students) != students:
            before = " & ".join(map(id_of, meant[plain(who)]))
            raise spreadsheets.TableError(
                f"{path}, line {line}: {who!r} stands for {before} already; keep one. If two "
                f"people are called so, write what `collect` shows of each, such as Name_Number; "
                f"if they handed in together, write {before} & {id}"
            )
    return meant


def by_ids(ids: str, roster: Roster) -> tuple[str, ...]:
    """The students of one id, or of several with an & between them; () if one isn't known."""
    whole = by_id(ids, roster)
    if whole is not None:
        return (whole,)
    found = [by_id(id.strip(), roster) for id in ids.split("&")]
    return tuple(dict.fromkeys(s for s in found if s is not None)) if all(found) else ()


def by_id(id: str, roster: Roster) -> str | None:
    """The student of an id, in any case; None if that is not just one."""
    wanted = unicodedata.normalize("NFC", id).casefold()
    exact = [s for s, row in roster.items() if row.get("id", s) == id]
    found = [s for s, row in roster.items() if row.get("id", s).casefold() == wanted]
    return exact[0] if exact else found[0] if len(found) == 1 else None
