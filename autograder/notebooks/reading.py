"""Reads whatever students hand in, and puts their work back into the notebook they were given.

Nothing of a student's file survives but the text of its cells, and in written answers the pictures
that were dragged into them: metadata, outputs and ids come from the notebook that was handed out. A
note tells the student what was mended.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_notebook

from autograder.notebooks import additions, recovery
from autograder.notebooks.cells import is_answer, marks
from autograder.notebooks.submission import MAX_PICTURES, UNREADABLE, Cell, Submission

NOTES_ID = "marking-notes"
UNREAD = "unread"
MISSING = "# This cell was missing."
OF_NOTHING = "it has none of the cells of this assignment."
OF_ANOTHER = "its cells are those of another assignment."


# --- its place in the notebook that was handed out -----------------------------------------------

_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_COMMAND = re.compile(
    r"\\(?:href|url|unicode|class|cssId|style|data|require|html\w*|bbox|(?:new|renew)?command|def|"
    r"let|mmlToken|includegraphics)\b"
)
# Schemes that run or render what stands behind them. Markdown takes backslashes, and browsers take
# tabs and line ends, out of an address: so anything but letters may stand between the letters.
_LINK = re.compile(
    "(?i)(?<![a-z0-9])(?:"
    + "|".join(r"\W*".join(name) for name in ("javascript", "vbscript", "attachment"))
    + r"|data(?=\W*:\S))\W*:"
)
_ENTITY = re.compile(r"&(?=[#\w])")


def harmless(markdown: str) -> str:
    """Take from Markdown what could run in the browser of whoever marks it.

    Pictures become links: to load one would tell its owner that the marker looks.

    By hand, and not by a library that cleans HTML, such as nh3: this is Markdown, which Formgrader
    turns into HTML later, in a process of its own. Given the source, nh3 leaves links of the kind
    ``[x](javascript:...)`` and TeX's ``\\href`` alive, and of the answer "`x<y` holds" it keeps
    "`x". The feedback page has nothing to clean: its template escapes all text that is in it.
    """
    markdown = _ENTITY.sub("& ", markdown.replace("![", "! ["))
    markdown = _COMMAND.sub(r"\\text", markdown)
    markdown = _LINK.sub("link:", markdown)
    return _TAG.sub("&lt;", markdown)


_ATTACHED = re.compile(r"!\[[^\]\n]{0,200}\]\(attachment:[^()\s]{0,200}\)")


def _with_pictures(cell, text: str, pictures: list[tuple[str, bytes]]) -> None:
    """Give a written answer its text, and its pictures below it under names of ours.

    The name holds the picture's digest: another picture is another answer.
    """
    cell.source = harmless(_ATTACHED.sub("", text) if pictures else text)
    for number, (kind, content) in enumerate(pictures, start=1):
        digest = hashlib.sha256(content).hexdigest()[:12]
        name = f"picture-{number}-{digest}.{kind.removeprefix('image/')}"
        cell.setdefault("attachments", {})[name] = {kind: base64.b64encode(content).decode()}
        cell.source += f"\n\n![picture {number}](attachment:{name})"


def _own_cell(cell: Cell, number: int):
    """A cell of the student's own making, without a mark on it."""
    id = f"student-{number}"
    if cell.kind == "code":
        code = {"execution_count": None, "outputs": []}
        return _new_cell("code", cell.source, id, **code)
    source = harmless(cell.source)
    if cell.kind == "raw":  # nbconvert would print it into the page as it is
        source = "```\n" + source.replace("```", "'''") + "\n```"
    return _new_cell("markdown", source, id)


def _new_cell(kind, source, id, **more):
    """A cell as nbformat makes it, without the check of its form that takes most of the time."""
    about = {"cell_type": kind, "id": id, "metadata": {}, "source": source}
    return nbformat.from_dict({**about, **more})


def _copy(cell):
    cell = nbformat.from_dict(json.loads(json.dumps(cell)))
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell


class _Rebuilding:
    """Puts submitted cells, one after the other, into the place of those handed out."""

    def __init__(self, released, submission: Submission, given):
        self.released = {marks(cell)["grade_id"]: cell for cell in released.cells if marks(cell)}
        self.plain: dict[str, list[Any]] = {}  # several may say the same: "Write your answer here"
        for cell in released.cells:
            if cell.cell_type == "markdown" and not marks(cell):
                self.plain.setdefault(cell.source, []).append(cell)
        cells, notes = additions.set_apart(given.cells, submission.cells)
        self.submission = replace(submission, cells=cells)
        self.names = recovery.names_of(released.cells, cells)
        self.words = recovery.words_of(released.cells, cells, self.names)
        self.notes = [*submission.notes, *notes]
        self.cells, self.places = [], {}

    def run(self):
        last = {name: number for number, name in enumerate(self.names) if name}
        beside = {at for found in self.words.values() for at in found.moved}
        for number, (cell, name) in enumerate(zip(self.submission.cells, self.names, strict=True)):
            if number not in beside:
                self.place(cell, name, number, is_last=last.get(name) == number)
        self.add_missing()
        if self.notes:
            text = "**Notes on your notebook**\n\n" + "\n".join(f"- {note}" for note in self.notes)
            self.cells.insert(0, _new_cell("markdown", text, NOTES_ID))
        return self.cells

    def why_not_of_it(self, released) -> str:
        """Why these are no answers to this assignment; "" where they may be.

        Words alone may be: somebody wrote them, and somebody reads them. With code that answers
        nothing beside them, they are more likely a notebook of something else.
        """
        cells = self.submission.cells
        if recovery.is_certain(released.cells, cells, self.names):
            return ""
        if any(cell.grade_id for cell in cells):
            return OF_ANOTHER
        wordy = all(cell.kind != "code" or recovery.is_words(cell) for cell in cells if cell.source)
        return "" if self.words and wordy else OF_NOTHING

    def place(self, cell, name, number, is_last):
        if name is None:
            same = self.plain.get(cell.source)
            self.cells.append(_copy(same.pop(0)) if same else _own_cell(cell, number))
            return
        model = self.released[name]
        if not is_last:
            self.note(f"`{name}` is in your notebook more than once; the last one counts.")
            if is_answer(model) and model.cell_type == "code":
                cell.kind = "code"
                self.cells.append(_own_cell(cell, number))
            return
        mended = _copy(model)
        if is_answer(model):
            if mended.cell_type == "markdown":
                self.write(mended, name, cell)
            else:
                mended.source = cell.source
        if cell.kind != model.cell_type:
            self.note(
                f"The type of `{name}` was changed; it was marked as the {model.cell_type} "
                "cell that it was."
            )
        self.places[name] = mended
        self.cells.append(mended)

    def write(self, mended, name, cell: Cell | None):
        """Give a written answer its text: what stands in its cell, and what was found beside it."""
        found = self.words.get(name)
        text, pictures = (cell.source, cell.pictures) if cell else ("", [])
        if found is not None:
            own = self.submission.cells
            text = found.around(text if cell and not found.untouched else "", own)
            beside = found.before + found.after
            pictures = [*pictures, *(each for at in beside for each in own[at].pictures)]
            self.note(f"What you wrote beside `{name}` was taken as your answer to it.")
        if cell or found:
            _with_pictures(mended, text, pictures[:MAX_PICTURES])

    def add_missing(self):
        """Put back what was deleted, each after the one that came before it."""
        before = None
        for name, model in self.released.items():
            if name not in self.places:
                missing = _copy(model)
                if is_answer(model) and model.cell_type == "code":
                    # Its placeholders must not overwrite an answer that stands elsewhere.
                    missing.source = MISSING
                elif is_answer(model):
                    self.write(missing, name, None)
                self.places[name] = missing
                at = 0 if before is None else self._index(self.places[before]) + 1
                self.cells.insert(at, missing)
                if self.submission.cells and (marks(model).get("grade") or is_answer(model)):
                    self.note(f"The cell `{name}` was missing from your notebook and was put back.")
            before = name

    def _index(self, wanted):
        return next(at for at, cell in enumerate(self.cells) if cell is wanted)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)


def rebuild(released, submission: Submission, given=None):
    """Return a clean notebook: the one handed out with the student's answers and own cells in it.

    `released` is the notebook that students were given, `given` this student's, where each has own
    numbers. Locked cells are always those of `released`; of a cell that comes twice, the last
    counts; a changed type is changed back; a deleted cell is put back.
    """
    rebuilding = _Rebuilding(released, submission, given or released)
    why = submission.unreadable
    if not why and (why := rebuilding.why_not_of_it(released)):
        rebuilding.notes.append(UNREADABLE + why)
    notebook = new_notebook(cells=rebuilding.run(), metadata=dict(released.metadata))
    notebook.nbformat_minor = 5
    if why:
        notebook.metadata[UNREAD] = why
    return notebook


def why_unread(notebook) -> str:
    """Why nothing of a rebuilt notebook is the student's; "" where something is."""
    return notebook.metadata.get(UNREAD, "")


def notebook_in(folder: Path, assignment: str) -> Path | None:
    """Find the notebook in a submission: the one of the right name, else the newest there is."""
    wanted = folder / f"{assignment}.ipynb"
    if os.path.lexists(wanted):
        return wanted
    others = [path for path in folder.glob("*.ipynb") if path.is_file() and not path.is_symlink()]
    return max(others, key=lambda path: path.stat().st_mtime, default=None)


def tidy(folder: Path) -> list[Path]:
    """Put away what is no file in a submission, and give its notebook the assignment's name.

    nbgrader copies every file of a submission, and would follow a link to wherever it points. The
    folder is called after the assignment. Returns the notebook, if there is one.
    """
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            with contextlib.suppress(OSError):
                os.unlink(path)
    wanted = folder / f"{folder.name}.ipynb"
    if not wanted.exists() and (found := notebook_in(folder, folder.name)):
        found.rename(wanted)
    return [wanted] if wanted.exists() else []


def schemes_of(model) -> dict[str, Any]:
    """What nbgrader keeps of locked cells, by their names (see `notebooks.gradebook.model_of`)."""
    # A gradebook of an earlier version does not know a cell that came later: nothing is kept of it.
    return {name: cell for cell in model.cells if (name := marks(cell).get("grade_id"))}


def bring_back(notebook, schemes: Mapping[str, Any]) -> None:
    """Put into a rebuilt notebook's locked cells what nbgrader keeps of them, in place."""
    for cell in notebook.cells:
        kept = schemes.get(marks(cell).get("grade_id", ""))
        if kept is None:
            continue
        if not is_answer(cell):
            cell.source = kept.source
        cell.metadata = nbformat.from_dict(json.loads(json.dumps(kept.metadata)))
