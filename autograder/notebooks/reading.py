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
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_notebook

MAX_BYTES = 50 * 2**20
MAX_CELLS = 1000
MAX_SOURCE = 200_000
# A list or a dictionary takes many times more room in memory than in the file.
MAX_CONTAINERS, MAX_COMMAS = 300_000, 3_000_000
# Pictures of one written answer: how many, how large, and how their kinds begin.
MAX_PICTURES, MAX_PICTURE = 4, 3 * 2**20
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
NOTES_ID = "marking-notes"
UNREADABLE = "Your notebook could not be read, so nothing in it could be marked: "


class Unreadable(ValueError):
    """The file is no notebook; the message says why, for the student."""


@dataclass
class Cell:
    """What counts of a student's cell."""

    kind: str
    source: str
    grade_id: str | None = None
    id: str | None = None
    pictures: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass
class Submission:
    """The cells that were handed in, and notes to the student about the file."""

    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# --- the file ------------------------------------------------------------------------------------


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file of sane size; never follow a link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Unreadable("there is no notebook of that name.") from None
    except OSError:
        raise Unreadable("it is a link to another file, or no file at all.") from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise Unreadable("it is no ordinary file.")
    with os.fdopen(descriptor, "rb") as file:
        if about.st_size > MAX_BYTES:
            raise Unreadable(
                f"it has {about.st_size / 2**20:.0f} MB and {MAX_BYTES / 2**20:.0f} MB can be "
                "handed in. Clear its outputs and save it again."
            )
        return file.read(MAX_BYTES + 1)


def _decode(raw: bytes) -> tuple[str, list[str]]:
    for encoding in ("utf-8-sig", "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"):
        try:
            return raw.decode(encoding), []
        except UnicodeDecodeError:
            continue
    note = "Your notebook was not saved as UTF-8; letters with accents may have been misread."
    return raw.decode("latin-1"), [note]


def _text(source) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    # Half a character (a lone surrogate) can be neither printed nor stored.
    return source[:MAX_SOURCE].encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _cell(raw) -> Cell | None:
    if not isinstance(raw, Mapping):
        return None
    metadata = raw.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    grade_id = marks.get("grade_id") if isinstance(marks, Mapping) else None
    kind = raw.get("cell_type")
    return Cell(
        kind=kind if kind in ("code", "markdown", "raw") else "markdown",
        source=_text(raw.get("source", raw.get("input", ""))),
        grade_id=grade_id if isinstance(grade_id, str) else None,
        id=raw["id"] if isinstance(raw.get("id"), str) else None,
        pictures=_pictures(raw.get("attachments")),
    )


def _pictures(attachments) -> list[tuple[str, bytes]]:
    """The PNG and JPEG pictures among a cell's attachments, with their kinds; all else is none."""
    found = []
    for bundle in attachments.values() if isinstance(attachments, Mapping) else ():
        for kind, start in PICTURES.items():
            coded = bundle.get(kind) if isinstance(bundle, Mapping) else None
            if not isinstance(coded, str) or len(coded) > MAX_PICTURE * 3 // 2:
                continue
            try:
                content = base64.b64decode("".join(coded.split()), validate=True)
            except ValueError:
                continue
            if content.startswith(start) and len(content) <= MAX_PICTURE:
                found.append((kind, content))
    return found[:MAX_PICTURES]


def _raw_cells(document) -> list:
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = document.get("worksheets")  # format 3 and older
    if isinstance(sheets, list) and all(isinstance(sheet, Mapping) for sheet in sheets):
        found = [sheet.get("cells") for sheet in sheets]
        return [cell for cells in found if isinstance(cells, list) for cell in cells]
    raise Unreadable("it has no cells.")


def parse(raw: bytes) -> Submission:
    """Return the cells in the bytes of a notebook file of any format."""
    if raw.count(b"[") + raw.count(b"{") > MAX_CONTAINERS or raw.count(b",") > MAX_COMMAS:
        raise Unreadable("it holds far more than a notebook. Clear its outputs and save it again.")
    text, notes = _decode(raw)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("it is damaged or not a notebook (not JSON).") from None
    if not isinstance(document, Mapping):
        raise Unreadable("it is not a notebook.")
    cells = _raw_cells(document)
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"it has {len(cells)} cells; at most {MAX_CELLS} are read.")
    return Submission([cell for raw in cells if (cell := _cell(raw))], notes)


def read(path: Path) -> Submission:
    """Read a submission; a file that can't be read is an empty one with a note."""
    try:
        return parse(read_bytes(path))
    except Unreadable as error:
        return Submission(notes=[UNREADABLE + str(error)])


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


def _with_pictures(cell, text: str, pictures) -> None:
    """Give a written answer its text, and its pictures below it under names of ours.

    The name holds the picture's digest: another picture is another answer.
    """
    cell.source = harmless(_ATTACHED.sub("", text) if pictures else text)
    for number, (kind, content) in enumerate(pictures, start=1):
        digest = hashlib.sha256(content).hexdigest()[:12]
        name = f"picture-{number}-{digest}.{kind.removeprefix('image/')}"
        cell.setdefault("attachments", {})[name] = {kind: base64.b64encode(content).decode()}
        cell.source += f"\n\n![picture {number}](attachment:{name})"


def _marks(cell) -> Mapping:
    return cell.metadata.get("nbgrader", {})


def _is_answer(cell) -> bool:
    return bool(_marks(cell).get("solution"))


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

    def __init__(self, released, submission: Submission):
        self.released = {_marks(cell)["grade_id"]: cell for cell in released.cells if _marks(cell)}
        self.by_cell_id = {cell.get("id"): name for name, cell in self.released.items()}
        self.plain = {
            cell.source: cell
            for cell in released.cells
            if cell.cell_type == "markdown" and not _marks(cell)
        }
        self.submission = submission
        self.notes = list(submission.notes)
        self.cells, self.places = [], {}

    def name_of(self, cell: Cell) -> str | None:
        """The name of the handed-out cell that this one is."""
        if cell.grade_id in self.released:
            return cell.grade_id
        return self.by_cell_id.get(cell.id)

    def run(self):
        names = [self.name_of(cell) for cell in self.submission.cells]
        last = {name: number for number, name in enumerate(names) if name}
        for number, (cell, name) in enumerate(zip(self.submission.cells, names, strict=True)):
            self.place(cell, name, number, is_last=last.get(name) == number)
        self.add_missing()
        if self.notes:
            text = "**Notes on your notebook**\n\n" + "\n".join(f"- {note}" for note in self.notes)
            self.cells.insert(0, _new_cell("markdown", text, NOTES_ID))
        return self.cells

    def place(self, cell, name, number, is_last):
        if name is None:
            same = self.plain.get(cell.source)
            self.cells.append(_copy(same) if same else _own_cell(cell, number))
            return
        model = self.released[name]
        if not is_last:
            self.note(f"`{name}` is in your notebook more than once; the last one counts.")
            if _is_answer(model) and model.cell_type == "code":
                cell.kind = "code"
                self.cells.append(_own_cell(cell, number))
            return
        mended = _copy(model)
        if _is_answer(model):
            if mended.cell_type == "markdown":
                _with_pictures(mended, cell.source, cell.pictures)
            else:
                mended.source = cell.source
        if cell.kind != model.cell_type:
            self.note(
                f"The type of `{name}` was changed; it was marked as the {model.cell_type} "
                "cell that it was."
            )
        self.places[name] = mended
        self.cells.append(mended)

    def add_missing(self):
        """Put back what was deleted, each after the one that came before it."""
        before = None
        for name, model in self.released.items():
            if name not in self.places:
                missing = _copy(model)
                if _is_answer(model) and model.cell_type == "code":
                    # Its placeholders must not overwrite an answer that stands elsewhere.
                    missing.source = "# This cell was missing."
                self.places[name] = missing
                at = 0 if before is None else self._index(self.places[before]) + 1
                self.cells.insert(at, missing)
                if self.submission.cells and (_marks(model).get("grade") or _is_answer(model)):
                    self.note(f"`{name}` was missing from your notebook and was put back.")
            before = name

    def _index(self, wanted):
        return next(at for at, cell in enumerate(self.cells) if cell is wanted)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)


def rebuild(released, submission: Submission):
    """Return a clean notebook: the one handed out with the student's answers and own cells in it.

    `released` is the notebook that students were given. Locked cells are always its own; of a cell
    that comes twice, the last counts; a changed type is changed back; a deleted cell is put back.
    """
    cells = _Rebuilding(released, submission).run()
    notebook = new_notebook(cells=cells, metadata=dict(released.metadata))
    notebook.nbformat_minor = 5
    return notebook


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
    return {_marks(cell)["grade_id"]: cell for cell in model.cells if _marks(cell)}


def bring_back(notebook, schemes: Mapping[str, Any]) -> None:
    """Put into a rebuilt notebook's locked cells what nbgrader keeps of them, in place."""
    for cell in notebook.cells:
        kept = schemes.get(_marks(cell).get("grade_id", ""))
        if kept is None:
            continue
        if not _is_answer(cell):
            cell.source = kept.source
        cell.metadata = nbformat.from_dict(json.loads(json.dumps(kept.metadata)))
