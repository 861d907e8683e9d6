"""What students wrote into cells that are not theirs: it becomes a cell of their own beside it.

A locked cell always comes back as it was handed out. An answer that was typed into one, above the
line that hands it in or below the question, would be gone with no word said.
"""

import ast
import contextlib
from collections.abc import Sequence
from dataclasses import replace

from autograder.notebooks.cells import is_answer, marks
from autograder.notebooks.recovery import defined, plain
from autograder.notebooks.submission import Cell


def set_apart(released: Sequence, cells: Sequence[Cell]) -> tuple[list[Cell], list[str]]:
    """The submitted cells, those of one's own taken out of locked ones; and notes to the student.

    `released` holds the cells that were handed out.
    """
    locked = {marks(c)["grade_id"]: c for c in released if marks(c) and not is_answer(c)}
    by_id = {cell.get("id"): name for name, cell in locked.items()}
    wanted = {
        name
        for c in released
        if c.cell_type == "code" and is_answer(c)
        for name in defined(c.source)
    }
    found: list[Cell] = []
    notes: list[str] = []
    other: list[str] = []
    for cell in cells:
        name = cell.grade_id if cell.grade_id in locked else by_id.get(cell.id)
        model = locked.get(name or "")
        if model is None or model.cell_type != cell.kind:
            found.append(cell)
        elif cell.kind == "code":
            found += _of_code(cell, model, name, wanted, notes)
        else:
            found += _of_text(cell, model)
            if plain(model.source) not in plain(cell.source):
                other.append(f"`{name}`")
    if other:
        notes.append(
            f"What stands in {', '.join(other)} is not what stands there in the notebook that you "
            "were given, perhaps with other numbers; your answers were marked by that notebook."
        )
    return found, notes


def _of_code(cell: Cell, model, name, wanted: set[str], notes: list[str]) -> list[Cell]:
    """The cell, after one with the answer that was typed into it, where there is one."""
    extra = added_code(model.source, cell.source)
    if defined(extra) & wanted:
        notes.append(
            f"What you wrote into `{name}` was taken out of it and counts as a cell of your own."
        )
        return [Cell("code", extra), cell]
    if extra and marks(model).get("grade"):
        notes.append(
            f"`{name}` was changed; it was marked as it was handed out, and what you changed "
            "in it does not count."
        )
    return [cell]


def added_code(given: str, source: str) -> str:
    """The statements of `source` that are not in `given`; its lines where it can't be parsed."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        known = {ast.dump(statement) for statement in ast.parse(given).body}
        own = [part for part in ast.parse(source).body if ast.dump(part) not in known]
        return "\n".join(ast.get_source_segment(source, part) or "" for part in own)
    lines = {line.strip() for line in given.splitlines()}
    return "\n".join(line for line in source.splitlines() if line.strip() not in lines)


def _of_text(cell: Cell, model) -> list[Cell]:
    """The cell, and what was written above or below the text in it."""
    before, text, after = cell.source.partition(model.source.strip())
    if not text:
        return [cell]
    own = [Cell("markdown", part.strip()) for part in (before, after)]
    if cell.pictures:
        own[1] = replace(own[1], pictures=cell.pictures)
    parts = [own[0], replace(cell, source=text, pictures=[]), own[1]]
    return [part for part in parts if part.source or part.pictures]
