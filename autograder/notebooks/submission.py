"""Reads the file that a student handed in, in whatever state it is, into the text of its cells.

Outputs and metadata of the file, which may be many times larger than what was written, are cut out
before anything is built from it.
"""

import base64
import json
import mmap
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_BYTES = 50 * 2**20
MAX_FILE = 200 * 2**20
MAX_TOKENS = 5_000_000
SMALL = 2**18
MAX_CELLS = 1000
MAX_SOURCE = 200_000
# A list or a dictionary takes many times more room in memory than in the file.
MAX_CONTAINERS, MAX_COMMAS = 300_000, 3_000_000
# Pictures of one written answer: how many, how large, and how their kinds begin.
MAX_PICTURES, MAX_PICTURE = 4, 3 * 2**20
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
TOO_MUCH = "it holds far more than a notebook. Clear its outputs and save it again."
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
    """The cells that were handed in, and notes to the student about the file.

    `unreadable` says, for the student, why there are none.
    """

    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unreadable: str = ""


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
        if about.st_size > MAX_FILE:
            raise Unreadable(
                f"it has {about.st_size / 2**20:.0f} MB and {MAX_FILE / 2**20:.0f} MB can be "
                "handed in. Clear its outputs and save it again."
            )
        if about.st_size <= MAX_BYTES:
            return file.read(MAX_BYTES + 1)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return slim(content)


# --- what is cut out -----------------------------------------------------------------------------

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[][{}]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


def slim(raw: bytes | mmap.mmap) -> bytes:
    """Return a notebook's bytes without the outputs of its cells and without its own metadata.

    What is no notebook comes back as it is, up to `MAX_BYTES`.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or not raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n"):
        return raw[: MAX_BYTES + 1]
    kept, begin, key = [], 0, b""
    within: list[bytes] = []
    tokens = _TOKEN.finditer(raw)
    for number, token in enumerate(tokens):
        if number > MAX_TOKENS:
            raise Unreadable(
                "it holds far more than a notebook. Clear its outputs and save it again."
            )
        text = token[0] if token.end() - token.start() < 20 else b""
        if text in (b"[", b"{"):
            if _is_cut(key, within, text):
                end = _end_of(tokens, token)
                kept.append(raw[begin : token.start()])
                kept.append(b"[]" if text == b"[" else b"{}")
                begin = len(raw) if end is None else end
            else:
                within.append(text)
            key = b""
        elif text in (b"]", b"}"):
            if within:
                within.pop()
        elif raw[token.end() : token.end() + 20].lstrip()[:1] == b":":
            key = text
        else:
            key = b""
    return b"".join([*kept, raw[begin:]])


def _is_cut(key: bytes, within: list[bytes], opening: bytes) -> bool:
    """Whether a value is the outputs of a cell, or the metadata of all."""
    if key == b'"outputs"':
        return opening == b"[" and within[-2:] == [b"[", b"{"] and len(within) in (3, 5)
    return key == b'"metadata"' and opening == b"{" and len(within) == 1


def _end_of(tokens: Iterator[re.Match[bytes]], opening: re.Match[bytes]) -> int | None:
    """Where the list or object ends that begins with a token; None where it doesn't."""
    depth = 1
    for number, token in enumerate(tokens):
        if number > MAX_TOKENS:
            raise Unreadable(
                "it holds far more than a notebook. Clear its outputs and save it again."
            )
        if token.end() - token.start() > 1:
            continue
        depth += 1 if token[0] in _OPENING else -1
        if depth == 0:
            return token.end()
    return None


# --- the cells -----------------------------------------------------------------------------------


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
    raw = slim(raw) if len(raw) > SMALL else raw
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"it has more than {MAX_BYTES / 2**20:.0f} MB without its outputs.")
    if raw.count(b"[") + raw.count(b"{") > MAX_CONTAINERS or raw.count(b",") > MAX_COMMAS:
        raise Unreadable(TOO_MUCH)
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
    if not cells:
        raise Unreadable("it has no cells.")
    return Submission([cell for raw in cells if (cell := _cell(raw))], notes)


def read(path: Path) -> Submission:
    """Read a submission; a file that can't be read is an empty one with a note."""
    try:
        return parse(read_bytes(path))
    except Unreadable as error:
        return Submission(notes=[UNREADABLE + str(error)], unreadable=str(error))
