"""Finds in a submission the cells that were handed out, and the words that answer them.

Tools drop the marks that nbgrader puts on cells, and students write beside the cell that is meant
for it. So cells are known by their marks, else by their ids, else by their text; code by the names
that it defines; and words by what they stand next to. What fits nowhere is given to every answer
in words that would otherwise be empty, for a person to look at: none is 0 because of its place.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.notebooks.cells import is_answer, marks
from autograder.notebooks.submission import Cell

ELSEWHERE = "*(There was nothing in the cell of this answer; these words stood elsewhere.)*"
LEAST_WORDS = 5
_DEFINED = re.compile(r"(?m)^(?:(?:async )?def|class)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)")
_PROSE = re.compile(r"[\w\s.,;:!?'’\"()×·%/–—-]+")


@dataclass
class Words:
    """Where in a submission the words of an answer stand beside, or instead of, its own cell."""

    before: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    untouched: bool = True
    elsewhere: bool = False

    @property
    def moved(self) -> list[int]:
        """The cells that are now a part of the answer, and stand nowhere else."""
        return [] if self.elsewhere else self.before + self.after

    def around(self, text: str, cells: Sequence[Cell]) -> str:
        """The whole answer: what stands in its own cell, and around it."""
        parts = [cells[at].source for at in self.before]
        parts += [ELSEWHERE] if self.elsewhere else [text]
        parts += [cells[at].source for at in self.after]
        return "\n\n".join(part for part in parts if part.strip())


def plain(source: str) -> str:
    """A text on one line, however its lines were broken."""
    return " ".join(source.split())


def _heading(source: str) -> str:
    first = source.strip().partition("\n")[0]
    return plain(first) if first.startswith("#") else ""


def names_of(released: Sequence, cells: Sequence[Cell]) -> list[str | None]:
    """The name of the handed-out cell that each submitted cell is; None for those of one's own."""
    known = {marks(cell)["grade_id"]: cell for cell in released if marks(cell)}
    by_id = {cell.get("id"): name for name, cell in known.items()}
    names = [c.grade_id if c.grade_id in known else by_id.get(c.id) for c in cells]
    absent = {name: cell for name, cell in known.items() if name not in names}
    if not absent or None not in names:
        return names
    for key in (plain, _heading):
        _name_equal(names, cells, absent, key)
    _name_code(names, cells, absent)
    _name_by_place(names, cells, absent, list(known))
    return names


def is_certain(released: Sequence, cells: Sequence[Cell], names: Sequence[str | None]) -> bool:
    """Whether any of the cells is, beyond doubt, one of those that were handed out.

    A mark or an id of one says so; else, if no mark is another notebook's, the text of a locked
    cell, or code that defines an answer. Not what any notebook may have: "Write your answer here".
    """
    known = {marks(cell)["grade_id"]: cell for cell in released if marks(cell)}
    ids = {cell.get("id") for cell in known.values()} - {None}
    if any(cell.grade_id in known or cell.id in ids for cell in cells):
        return True
    if any(cell.grade_id for cell in cells):
        return False
    return any(
        cell.kind == "code" or plain(cell.source) == plain(known[name].source)
        for cell, name in zip(cells, names, strict=True)
        if name and (cell.kind == "code" or not is_answer(known[name]))
    )


def _name_equal(names, cells, absent, key) -> None:
    """Give names to cells whose text, or heading, is that of one cell that is absent."""
    texts: dict[str, list[str]] = {}
    for name, cell in absent.items():
        if text := key(cell.source):
            texts.setdefault(text, []).append(name)
    for at, cell in enumerate(cells):
        found = texts.get(key(cell.source), []) if names[at] is None else []
        if len(found) == 1 and absent[found[0]].cell_type == cell.kind:
            names[at] = found[0]
    for name in set(names) & set(absent):
        del absent[name]


def defined(source: str) -> set[str]:
    """The names that code defines at its outermost level, whether or not it can be parsed."""
    return {a or b for a, b in _DEFINED.findall(source)}


def _name_code(names, cells, absent) -> None:
    """Give names to code that defines what an absent answer was to define."""
    for name in [n for n, c in absent.items() if c.cell_type == "code" and is_answer(c)]:
        wanted = defined(absent[name].source)
        found = [
            at
            for at, cell in enumerate(cells)
            if names[at] is None and cell.kind == "code" and wanted & defined(cell.source)
        ]
        if found:
            names[found[-1]] = name
            del absent[name]


def _name_by_place(names, cells, absent, order) -> None:
    """Give names to text that stands right behind the question of an absent answer in words."""
    for name in [n for n, c in absent.items() if c.cell_type == "markdown" and is_answer(c)]:
        place = order.index(name)
        question = _last(names, order[place - 1]) if place else None
        at = len(cells) if question is None else question + 1
        if at < len(cells) and names[at] is None and cells[at].kind != "code":
            names[at] = name
            del absent[name]


# --- words ---------------------------------------------------------------------------------------


def is_words(cell: Cell) -> bool:
    """Whether a cell of one's own is text: also in a code cell, as a comment, a string or prose."""
    if not any(letter.isalnum() for letter in cell.source) and not cell.pictures:
        return False
    if cell.kind != "code":
        return True
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        many = len(cell.source.split()) >= LEAST_WORDS
        return many and bool(_PROSE.fullmatch(cell.source))
    return all(
        isinstance(part, ast.Expr)
        and isinstance(part.value, ast.Constant)
        and isinstance(part.value.value, str)
        for part in tree.body
    )


def words_of(
    released: Sequence, cells: Sequence[Cell], names: Sequence[str | None]
) -> dict[str, Words]:
    """What belongs to each answer in words, beside its own cell, where there is something."""
    order = [marks(cell).get("grade_id") for cell in released if marks(cell)]
    models = {marks(c)["grade_id"]: c for c in released if marks(c)}
    written = [n for n, c in models.items() if c.cell_type == "markdown" and is_answer(c)]
    given = {plain(cell.source) for cell in released} | {_heading(c.source) for c in released}
    practice = {cell.id for cell in released if not marks(cell)}  # words that answer nothing here
    free = {
        at
        for at, (cell, name) in enumerate(zip(cells, names, strict=True))
        if name is None
        and is_words(cell)
        and cell.id not in practice
        and not {plain(cell.source), _heading(cell.source) or plain(cell.source)} & given
    }
    found: dict[str, Words] = {}
    for name in written:
        words = _beside(name, order, names, free)
        words.untouched = _is_untouched(name, models, cells, names)
        if words.moved:
            found[name] = words
            free -= set(words.moved)
    _share_out(found, written, models, cells, names, free)
    return found


def _is_untouched(name, models, cells, names) -> bool:
    """Whether nothing stands in an answer's own cell but what was handed out."""
    own = [cell for cell, found in zip(cells, names, strict=True) if found == name]
    return not own or (
        plain(own[-1].source) in ("", plain(models[name].source)) and not own[-1].pictures
    )


def _beside(name, order, names, free) -> Words:
    """The free words before an answer's cell, up to its question, and after it."""
    place = order.index(name)
    question = order[place - 1] if place else None
    found = Words()
    here = _last(names, name)
    if here is None and (start := _last(names, question)) is not None:
        found.after = _run(free, start + 1, +1)
    elif here is not None:
        found.after = _run(free, here + 1, +1)
        before = _run(free, here - 1, -1)
        reached = here - len(before) - 1
        if before and (reached < 0 or names[reached] == question):
            found.before = before[::-1]
    return found


def _last(names, name) -> int | None:
    return max((at for at, found in enumerate(names) if found == name), default=None)


def _run(free, at: int, step: int) -> list[int]:
    """The free cells that follow each other from a place on."""
    found = []
    while at in free:
        found.append(at)
        at += step
    return found


def _share_out(found, written, models, cells, names, free) -> None:
    """Give the words that stand nowhere near an answer to those answers that have none."""
    empty = [n for n in written if n not in found and _is_untouched(n, models, cells, names)]
    rest = sorted(at for at in free if cells[at].kind != "code")
    if len(rest) == len(empty):
        for name, at in zip(empty, rest, strict=True):
            found[name] = Words(after=[at], elsewhere=True)
    elif rest:
        for name in empty:
            found[name] = Words(after=rest, elsewhere=True)
