"""Thirty kinds of archives, written as the platforms write them.

A writer gets ten deliveries and a folder; it returns what to give to `collect`, and the two tables
(listed name to id, name or id to time) that an instructor has to write where the archive can't say.
"""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from .notebooks import ASSIGNMENT
from .people import Person, decomposed

MOODLE = "assignsubmission_file_"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DOWNLOADED = datetime(2026, 10, 29, 9, 30)


@dataclass(frozen=True)
class Delivery:
    person: Person
    content: bytes
    at: datetime
    """On the course's clock, which the platform shows."""
    late: bool


@dataclass
class Archive:
    paths: list[Path]
    names: dict[str, str] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)


Entry = tuple[str, bytes, datetime | None]
Writer = Callable[[list[Delivery], Path], Archive]


def zipped(entries: list[Entry], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content, at in entries:
            when = at.timetuple()[:6] if at else (1980, 0, 0, 0, 0, 0)
            info = zipfile.ZipInfo(name, when)
            info.compress_type = compression
            archive.writestr(info, content)
    return buffer.getvalue()


def _zip(folder: Path, entries: list[Entry], **how) -> Path:
    path = folder / "submissions.zip"
    path.write_bytes(zipped(entries, **how))
    return path


def _tree(folder: Path, entries: list[Entry]) -> Path:
    top = folder / "submissions"
    for name, content, _ in entries:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


def _told(ds: list[Delivery], key: Callable[[Delivery], str] = lambda d: d.person.id):
    return {key(d): d.at for d in ds}


def _moodle(d: Delivery, file: str = NOTEBOOK, before: str = "") -> str:
    return f"{before}{d.person.name}_{400 + d.person.number}_{MOODLE}/{file}"


# --- Moodle ---


def moodle_folders(ds, folder):
    return Archive([_zip(folder, [(_moodle(d), d.content, d.at) for d in ds])])


def moodle_flat(ds, folder):
    return Archive([_zip(folder, [(_moodle(d).replace("/", ""), d.content, d.at) for d in ds])])


def moodle_teams(ds, folder):
    entries = [(_moodle(d, before=f"Group {d.person.number % 3}-"), d.content, d.at) for d in ds]
    return Archive([_zip(folder, entries)])


def moodle_blind(ds, folder):
    listed = {d.person.id: f"Participant {7000 + d.person.number}" for d in ds}
    entries = [
        (f"Participant_{7000 + d.person.number}_{MOODLE}/{NOTEBOOK}", d.content, d.at) for d in ds
    ]
    return Archive([_zip(folder, entries)], names={name: id for id, name in listed.items()})


def moodle_wrapped(ds, folder):
    top = "CS101-Exercises 01-123"
    return Archive([_zip(folder, [(f"{top}/{_moodle(d)}", d.content, d.at) for d in ds])])


def moodle_online_text(ds, folder):
    entries = [(_moodle(d), d.content, d.at) for d in ds]
    entries += [
        (
            _moodle(d).replace("_file_/", "_onlinetext_/").replace(NOTEBOOK, "onlinetext.html"),
            b"<p>Please see my notebook.</p>",
            d.at,
        )
        for d in ds
    ]
    return Archive([_zip(folder, entries)])


# --- Canvas: entry times are those of the download ---


def _canvas(d: Delivery, file: str = NOTEBOOK, late: bool = True) -> str:
    # Ruby, in which Canvas is written, counts the marks of Indian scripts to [[:alnum:]].
    name = (d.person.family + d.person.given).lower()
    letters = "".join(c for c in name if c.isalnum() or unicodedata.category(c)[0] == "M")
    mark = "_LATE" if late and d.late else ""
    return f"{letters}{mark}_{5000 + d.person.number}_{9000 + d.person.number}_{file}"


def _canvas_zip(ds, folder, name=_canvas, at=DOWNLOADED):
    entries = [(name(d), d.content, at) for d in ds]
    # Canvas marks who is late; by how much stands only in the instructor's own table.
    return Archive([_zip(folder, entries)], times=_told([d for d in ds if d.late]))


def canvas(ds, folder):
    return _canvas_zip(ds, folder)


def canvas_decomposed(ds, folder):
    return _canvas_zip(ds, folder, lambda d: decomposed(_canvas(d)))


def canvas_versions(ds, folder):
    def name(d):
        return _canvas(d, f"{ASSIGNMENT}-{d.person.number % 4 + 1}.ipynb")

    return _canvas_zip(ds, folder, name)


def canvas_anonymous(ds, folder):
    def name(d):
        late = "_LATE" if d.late else ""
        return f"anon_x{d.person.number:04}{late}_{9000 + d.person.number}_{NOTEBOOK}"

    made = _canvas_zip(ds, folder, name)
    made.names = {f"anon_x{d.person.number:04}": d.person.id for d in ds}
    return made


def canvas_twice(ds, folder):
    first = _canvas_zip(ds, folder)
    again = folder / "again"
    again.mkdir()
    second = _canvas_zip(ds, again, at=DOWNLOADED + timedelta(days=9))
    return Archive(first.paths + second.paths, times=first.times)


# --- Others ---


def blackboard(ds, folder):
    entries = []
    for d in ds:
        stem = f"gradebook_CS101_Exercises 01_{d.person.id}_attempt_{d.at:%Y-%m-%d-%H-%M-%S}"
        note = f"Name: {d.person.name} ({d.person.id})\nAssignment: Exercises 01\n"
        entries.append((f"{stem}.txt", note.encode(), DOWNLOADED))
        entries.append((f"{stem}_{NOTEBOOK}", d.content, DOWNLOADED))
    return Archive([_zip(folder, entries)])


def brightspace(ds, folder):
    entries = [("index.html", b"<html></html>", DOWNLOADED)]
    for d in ds:
        hour = f"{d.at.hour % 12 or 12}{d.at:%M} {'AM' if d.at.hour < 12 else 'PM'}"
        month = MONTHS[d.at.month - 1]
        when = f"{month} {d.at.day}, {d.at.year} {hour}"
        name = f"{30000 + d.person.number}-{600 + d.person.number} - {d.person.name} - {when}"
        entries.append((f"{name}/{NOTEBOOK}", d.content, DOWNLOADED))
    return Archive([_zip(folder, entries)])


def classroom_flat(ds, folder):
    entries = [(f"{d.person.name} - {NOTEBOOK}", d.content, DOWNLOADED) for d in ds]
    return Archive([_zip(folder, entries)], times=_told(ds))


def classroom_folders(ds, folder):
    entries = [
        (f"Exercises 01/{d.person.name}/Copy of {NOTEBOOK}", d.content, DOWNLOADED) for d in ds
    ]
    return Archive([_zip(folder, entries)], times=_told(ds))


def folder_of_ids(ds, folder):
    made = _tree(folder, [(f"{d.person.id}/{NOTEBOOK}", d.content, None) for d in ds])
    return Archive([made], times=_told(ds))


def folder_of_files(ds, folder):
    made = _tree(folder, [(f"{d.person.id}.ipynb", d.content, None) for d in ds])
    return Archive([made], times=_told(ds))


def folder_of_prefixes(ds, folder):
    made = _tree(folder, [(f"{d.person.id}_{NOTEBOOK}", d.content, None) for d in ds])
    return Archive([made], times=_told(ds))


def folder_of_names(ds, folder):
    made = _tree(
        folder, [(f"{d.person.family}, {d.person.given}/{NOTEBOOK}", d.content, None) for d in ds]
    )
    return Archive([made], times=_told(ds))


# --- Moodle's archive, as students and their machines spoil it ---


def backslashes(ds, folder):
    entries = [(_moodle(d).replace("/", "\\"), d.content, d.at) for d in ds]
    return Archive([_zip(folder, entries)])


def zip_in_zip(ds, folder):
    entries = [
        (_moodle(d, "work.zip"), zipped([(f"work/{NOTEBOOK}", d.content, d.at)]), d.at) for d in ds
    ]
    return Archive([_zip(folder, entries)])


def zip_in_zip_in_zip(ds, folder):
    entries = []
    for d in ds:
        inner = zipped([(NOTEBOOK, d.content, d.at)])
        entries.append((_moodle(d, "all.ZIP"), zipped([("in/b.zip", inner, d.at)]), d.at))
    return Archive([_zip(folder, entries)])


def odd_endings(ds, folder):
    endings = (".ipynb.txt", ".IPYNB", ".ipynb.json", ".Ipynb", ".ipynb.TXT", " (1).ipynb")
    entries = [
        (_moodle(d, ASSIGNMENT + endings[d.person.number % len(endings)]), d.content, d.at)
        for d in ds
    ]
    return Archive([_zip(folder, entries)])


def shadows(ds, folder):
    entries = []
    for d in ds:
        entries += [
            (_moodle(d, f"._{NOTEBOOK}"), b"\x00\x05\x16\x07Mac OS X", d.at + timedelta(seconds=8)),
            (_moodle(d), d.content, d.at),
            ("__MACOSX/" + _moodle(d, f"._{NOTEBOOK}"), b"\x00\x05\x16\x07", d.at),
            (_moodle(d, ".DS_Store"), b"\x00\x00\x00\x01Bud1", d.at),
            (_moodle(d, f".ipynb_checkpoints/{ASSIGNMENT}-checkpoint.ipynb"), b"{}", d.at),
        ]
    return Archive([_zip(folder, entries)])


def undated(ds, folder):
    entries = [(_moodle(d), d.content, None) for d in ds]
    return Archive([_zip(folder, entries)], times=_told(ds))


def several_notebooks(ds, folder):
    other = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    entries = []
    for d in ds:
        entries += [
            (_moodle(d, "a-scratch.ipynb"), other, d.at),
            (_moodle(d), d.content, d.at),
            (_moodle(d, "zz-notes.ipynb"), other, d.at),
        ]
    return Archive([_zip(folder, entries)])


def compressed_oddly(ds, folder):
    entries = [(_moodle(d), d.content, d.at) for d in ds]
    halves = []
    for part, (chosen, how) in enumerate(
        ((entries[::2], zipfile.ZIP_BZIP2), (entries[1::2], zipfile.ZIP_LZMA))
    ):
        place = folder / str(part)
        place.mkdir()
        halves.append(_zip(place, chosen, compression=how))
    return Archive(halves)


def self_extracting(ds, folder):
    path = _zip(folder, [(_moodle(d), d.content, d.at) for d in ds])
    path.write_bytes(b"MZ" + b"\x90" * 500 + path.read_bytes())
    return Archive([path])


class _Unseekable(io.RawIOBase):
    def __init__(self, target):
        self.target = target

    def writable(self):
        return True

    def write(self, data):
        return self.target.write(data)


def streamed(ds, folder):
    path = folder / "submissions.zip"
    with path.open("wb") as file, zipfile.ZipFile(_Unseekable(file), "w") as archive:
        for d in ds:
            archive.writestr(zipfile.ZipInfo(_moodle(d), d.at.timetuple()[:6]), d.content)
    return Archive([path])


def handed_in_again(ds, folder):
    """A wrong attempt two days earlier, then the one that counts; two downloads."""
    early = folder / "early"
    early.mkdir()
    blank = (Path(__file__).parents[3] / "exercises" / ASSIGNMENT / NOTEBOOK).read_bytes()
    first = _zip(early, [(_moodle(d), blank, d.at - timedelta(days=2)) for d in ds])
    return Archive([first, _zip(folder, [(_moodle(d), d.content, d.at) for d in ds])])


# Five to a course, in the order of `people.COURSES`.
KINDS: tuple[Writer, ...] = (
    blackboard, moodle_folders, folder_of_ids, folder_of_files, folder_of_prefixes,
    moodle_flat, moodle_teams, moodle_blind, moodle_wrapped, moodle_online_text,
    canvas, canvas_decomposed, canvas_versions, canvas_anonymous, canvas_twice,
    brightspace, classroom_flat, classroom_folders, folder_of_names, backslashes,
    zip_in_zip, zip_in_zip_in_zip, odd_endings, shadows, undated,
    several_notebooks, compressed_oddly, self_extracting, streamed, handed_in_again,
)  # fmt: skip
