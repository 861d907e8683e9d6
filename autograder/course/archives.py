"""Unpacks what a learning platform gives: a zip with zips in it, files with odd endings.

Every entry that is not used is named with the reason; one that can't be read never stops the
others.
"""

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.notebooks import submission

MAX_FILES = 20_000
MAX_TOTAL = 4 * 2**30
MAX_DEPTH = 3
UNPACKED = ".d"


@dataclass(frozen=True)
class Refused:
    """A file that is not used, by its path inside what was given, and the reason."""

    path: PurePosixPath
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


@dataclass
class Unpacked:
    """What came out: where each entry is now and the time written beside it, and what was left.

    `zips` says of what was unpacked from a folder's zips in which of them it lay.
    """

    dates: dict[Path, tuple[int, ...]] = field(default_factory=dict)
    zips: dict[Path, Path] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    total: int = 0
    count: int = 0

    def refuse(self, path: PurePosixPath, why: str) -> None:
        self.refused.append(Refused(path, why))

    def has_room_for(self, shown: PurePosixPath, size: int) -> bool:
        """Count one more file in; where that is too much, it is refused."""
        self.total += size
        self.count += 1
        if self.total > MAX_TOTAL or self.count > MAX_FILES:
            self.refuse(shown, "the archive is too large; unpack it yourself, in parts")
            return False
        return True


def is_notebook(name: str) -> bool:
    """Whether a file of this name is taken for a notebook, whatever was put behind its ending."""
    return PurePosixPath(name).name.lower().endswith((".ipynb", ".ipynb.txt", ".ipynb.json"))


def is_shadow(path: PurePosixPath | Path) -> bool:
    """Whether a file is one that a system made beside the real one."""
    return path.name.startswith("._") or bool({"__MACOSX", ".ipynb_checkpoints"} & set(path.parts))


def zip_of(folder: str) -> str:
    """The name of the zip that a folder was unpacked from here; "" where it is none."""
    return folder[: -len(UNPACKED)] if folder.lower().endswith(f".zip{UNPACKED}") else ""


def unpack(archive: Path, target: Path) -> Unpacked:
    """Unpack the notebooks of a zip, and of zips inside it."""
    found = Unpacked()
    _unpack(archive, target, PurePosixPath(), found, 0)
    return found


def _unpack(archive: Path, target: Path, inside: PurePosixPath, found: Unpacked, depth: int):
    """Unpack a zip that lies at `inside` in what was given."""
    try:
        bundle = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, OSError) as error:
        shown = inside if inside.parts else PurePosixPath(archive.name)
        found.refuse(shown, f"not a zip that can be read ({_what_it_is(archive, error)})")
        return
    with bundle:
        for entry in bundle.infolist():
            _take(bundle, entry, target, inside, found, depth)


def _what_it_is(path: Path, error: Exception) -> str:
    try:
        begin = path.open("rb").read(200).lstrip().lower()
    except OSError:
        return str(error)
    if begin.startswith((b"<!doctype", b"<html")):
        return "it is a web page: perhaps the platform had logged you out"
    return "it is broken, or its download was cut off"


def _take(bundle, entry, target: Path, within: PurePosixPath, found: Unpacked, depth: int) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if entry.is_dir() or is_shadow(path):
        return
    shown = within / str(path).lstrip("/")
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if link or path.is_absolute() or ".." in path.parts or "\0" in entry.filename:
        found.refuse(shown, "a link or a path that leads elsewhere")
        return
    inner = path.suffix.lower() == ".zip"
    if not inner and not is_notebook(path.name):
        found.refuse(shown, "not a notebook")
        return
    if not inner and entry.file_size > submission.MAX_FILE:
        found.refuse(shown, f"{entry.file_size / 2**20:.0f} MB")
        return
    if not found.has_room_for(shown, entry.file_size):
        return
    copy = target / path
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        with bundle.open(entry) as source, copy.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
    except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        found.refuse(shown, f"can't be unpacked ({error})")
        copy.unlink(missing_ok=True) if copy.is_file() else None
        return
    found.dates[copy] = entry.date_time
    if inner:
        _descend(copy, shown, found, depth)


def _descend(copy: Path, shown: PurePosixPath, found: Unpacked, depth: int) -> None:
    """Unpack a zip that came inside; its notebooks have the time at which it was handed in."""
    date = found.dates.pop(copy)
    if depth == MAX_DEPTH:
        found.refuse(shown, f"zips inside zips, more than {MAX_DEPTH} deep")
        return
    before = set(found.dates)
    folder = copy.with_name(f"{copy.name}{UNPACKED}")
    _unpack(copy, folder, shown, found, depth + 1)
    os.unlink(copy)
    for path in set(found.dates) - before:
        found.dates[path] = date


def notebooks(folder: Path) -> Iterator[Path]:
    """The files of a folder that are taken for notebooks, in order."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_symlink() or not path.is_file() or is_shadow(inside):
            continue
        if is_notebook(path.name):
            yield path


def unpack_zips(folder: Path, target: Path) -> Unpacked:
    """Unpack the zips of a folder, which stays as it is; what else is no notebook is refused."""
    found = Unpacked()
    for path in sorted(folder.rglob("*")):
        inside = PurePosixPath(path.relative_to(folder))
        if path.is_symlink():
            found.refuse(inside, "a link")
        elif not path.is_file() or is_shadow(inside) or is_notebook(path.name):
            continue
        elif path.suffix.lower() == ".zip":
            if found.has_room_for(inside, path.stat().st_size):
                before = set(found.dates)
                _unpack(path, target / inside.with_name(f"{path.name}{UNPACKED}"), inside, found, 1)
                found.zips |= dict.fromkeys(set(found.dates) - before, path)
        elif path.name != "timestamp.txt":
            found.refuse(inside, "not a notebook")
    return found
