"""Which shared libraries a program or an extension module needs, read from the ELF files.

`ldd` starts a loader for each file; a notebook's packages have hundreds of them.
"""

import mmap
import os
import struct
import subprocess
from functools import cache
from pathlib import Path

LOADABLE, DYNAMIC, INTERPRETER = 1, 2, 3
NEEDED, STRING_TABLE, SONAME_PATH, RUN_PATH = 1, 5, 15, 29
USUAL_FOLDERS = ("/lib64", "/usr/lib64", "/lib", "/usr/lib")
# glibc opens these by name when a thread is cancelled or a user is looked up.
OPENED_BY_NAME = ("libgcc_s.so.1", "libnss_files.so.2")


def _text(data, at):
    return data[at : data.find(b"\0", at)].decode()


def _dynamic(data):
    """The entries of the dynamic section as (tag, value), the segments, and the interpreter."""
    (start,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    entries, segments, interpreter = [], [], None
    for number in range(count):
        kind, _, offset, address, _, length = struct.unpack_from(
            "<IIQQQQ", data, start + number * size
        )
        if kind == LOADABLE:
            segments.append((address, offset, length))
        elif kind == INTERPRETER:
            interpreter = _text(data, offset)
        elif kind == DYNAMIC:
            pairs = struct.iter_unpack("<QQ", data[offset : offset + length // 16 * 16])
            entries = [(tag, value) for tag, value in pairs if tag]
    return entries, segments, interpreter


@cache
def needs(path: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names (or the path, of a loader) that `path` asks for, and the folders it names.

    A file that is no 64-bit little-endian ELF file asks for nothing.
    """
    with open(path, "rb") as file:
        if file.read(6) != b"\x7fELF\x02\x01":
            return (), ()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            entries, segments, interpreter = _dynamic(data)
            table = next((value for tag, value in entries if tag == STRING_TABLE), None)
            at = next((o + table - a for a, o, n in segments if table and a <= table < a + n), None)
            if at is None:
                return (), ()
            names = [_text(data, at + value) for tag, value in entries if tag == NEEDED]
            folders = [
                folder
                for tag, value in entries
                if tag in (SONAME_PATH, RUN_PATH)
                for folder in _text(data, at + value).split(":")
            ]
    return tuple(names + ([interpreter] if interpreter else [])), tuple(folders)


@cache
def _system_libraries() -> dict[str, tuple[str, ...]]:
    """The libraries in the loader's cache, by name."""
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin"}
    try:
        done = subprocess.run(
            ["ldconfig", "-p"], env=environment, capture_output=True, text=True, check=False
        )
    except OSError:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for line in done.stdout.splitlines():
        name, arrow, path = line.strip().partition(" => ")
        if arrow:
            name = name.partition(" ")[0]
            found[name] = (*found.get(name, ()), path)
    return found


def _found(name, folders, origin):
    if name.startswith("/"):
        return [name]
    own = (folder.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", origin) for folder in folders)
    places = [os.path.normpath(os.path.join(folder, name)) for folder in (*own,) if folder]
    places += _system_libraries().get(name, ())
    places += [f"{folder}/{name}" for folder in USUAL_FOLDERS]
    return [place for place in dict.fromkeys(places) if os.path.isfile(place)]


def libraries(files) -> list[str]:
    """The paths of all libraries that `files` need, and that those need in their turn."""
    todo = [(name, (), "/") for name in OPENED_BY_NAME]
    todo += _wanted(files)
    found: dict[str, None] = {}
    while todo:
        for path in _found(*todo.pop()):
            if path not in found:
                found[path] = None
                todo += _wanted([path])
    return sorted(found)


def _wanted(files):
    for file in files:
        names, folders = needs(str(file))
        origin = str(Path(os.path.realpath(file)).parent)
        yield from ((name, folders, origin) for name in names)
