"""Reads what students have put into nbgrader's exchange, where each may write under any name.

What counts is to whom things belong: the folder and every file in it, asked of the open descriptor
that is then read. Nothing is looked up twice by its name, so nothing can be swapped in between; a
link is never followed, and what can't be read is told and stops nobody else's.
"""

import contextlib
import os
import pwd
import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.archives import is_notebook
from autograder.notebooks import submission

#: "asha+01-shapes-and-counts+2026-09-10 18:20:00.123456 UTC+cmFuZG9t"; an assignment has no plus.
NAME = re.compile(
    r"(?P<who>.+)\+(?P<assignment>[^+]+)\+"
    r"(?P<when>\d{4}-\d\d-\d\d[ T][\d:.]+(?: ?[A-Za-z]+| [+-]\d\d:?(?:\d\d)?)?)(?:\+[\w-]*)?"
)
SECRET = "submission_secret.txt"
_SECRET = re.compile(r"[!-~]{1,200}")
MOST_ATTEMPTS = 20
MOST_BYTES = 2 * submission.MAX_FILE
MOST_LINES = 5


@dataclass
class Attempt:
    """One folder of the exchange, whose files have been copied into `folder`."""

    who: str
    when: str
    folder: Path
    secret: str = ""
    notebooks: list[Path] = field(default_factory=list)


class Inbound:
    """The folder into which students hand in; use it as a context manager.

    `refused` says what is not taken, and why.
    """

    def __init__(self, path: Path, *, any_owner: bool = False):
        self.path, self.any_owner = path, any_owner
        self.refused: list[str] = []
        self._lines: Counter[str] = Counter()

    def __enter__(self) -> "Inbound":
        self.handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        return self

    def __exit__(self, *_) -> None:
        os.close(self.handle)
        for owner, count in self._lines.items():
            if count > MOST_LINES:
                self.refused.append(f"and {count - MOST_LINES} more that belong to {owner}")

    def attempts(self, assignment: str, scratch: Path) -> Iterator[Attempt]:
        """Copy what was handed in to an assignment below `scratch`; a student's newest first."""
        found: dict[str, list[tuple[str, str]]] = {}
        for name in os.listdir(self.handle):
            if (match := NAME.fullmatch(name)) and match["assignment"] == assignment:
                found.setdefault(match["who"], []).append((match["when"], name))
            elif match is None and f"+{assignment}+" in name:
                self.refused.append(f"{name}: has no date in its name")
        for who, names in sorted(found.items()):
            taken = bytes_taken = 0
            for when, name in sorted(names, reverse=True):
                if taken == MOST_ATTEMPTS or bytes_taken > MOST_BYTES:
                    left = len(names) - taken
                    self.refused.append(f"{who}: {left} older attempts; the newest {taken} count")
                    break
                target = scratch / f"{len(os.listdir(scratch))}"
                attempt = self._take(who, when, name, target)
                if attempt is not None:
                    taken += 1
                    bytes_taken += sum(path.stat().st_size for path in attempt.notebooks)
                    yield attempt

    def _take(self, who: str, when: str, name: str, target: Path) -> Attempt | None:
        try:
            folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=self.handle)
        except OSError as error:
            self.refused.append(
                f"{name}: no folder that can be read ({os.strerror(error.errno or 0)})"
            )
            return None
        try:
            about = os.fstat(folder)
            if not self._belongs(about.st_uid, who, name):
                return None
            target.mkdir()
            attempt = Attempt(who, when, target)
            for file in sorted(os.listdir(folder)):
                if is_notebook(file) and not file.startswith("."):
                    self._copy(folder, file, name, about.st_uid, attempt)
            attempt.secret = self._secret(folder, name, about.st_uid)
        except OSError as error:
            self.refused.append(f"{name}: can't be read ({os.strerror(error.errno or 0)})")
            return None
        finally:
            os.close(folder)
        return attempt

    def _belongs(self, uid: int, who: str, name: str) -> bool:
        if self.any_owner or who in names_of(uid):
            return True
        owner = "/".join(sorted(names_of(uid)))
        self._lines[owner] += 1
        if self._lines[owner] <= MOST_LINES:
            self.refused.append(f"{name}: belongs to {owner}, and not to {who}")
        return False

    @contextlib.contextmanager
    def _opened(self, folder: int, file: str, uid: int, most: int) -> Iterator[int]:
        """A regular file of the right owner and of sane size; an `OSError` says what else it is."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
        handle = os.open(file, flags, dir_fd=folder)
        try:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode):
                raise NotTaken("no ordinary file")
            if about.st_uid != uid and not self.any_owner:
                raise NotTaken(f"belongs to {'/'.join(sorted(names_of(about.st_uid)))}")
            if about.st_size > most:
                raise NotTaken(f"{about.st_size / 2**20:.0f} MB; {most / 2**20:.0f} MB are taken")
            yield handle
        finally:
            os.close(handle)

    def _copy(self, folder: int, file: str, name: str, uid: int, attempt: Attempt) -> None:
        target = attempt.folder / file
        try:
            with self._opened(folder, file, uid, submission.MAX_FILE) as handle:
                _pour(handle, target)
        except (OSError, NotTaken) as error:
            what = str(error) if isinstance(error, NotTaken) else os.strerror(error.errno or 0)
            self.refused.append(f"{name}/{file}: {what}")
            return
        attempt.notebooks.append(target)

    def _secret(self, folder: int, name: str, uid: int) -> str:
        """What nbgrader finds a student's feedback by; nothing else may stand in that file."""
        try:
            with self._opened(folder, SECRET, uid, 1000) as handle:
                secret = os.read(handle, 1000).decode("utf-8", "replace")
        except FileNotFoundError:
            return ""  # handed in with an nbgrader before 0.8
        except (OSError, NotTaken):
            secret = ""
        if not _SECRET.fullmatch(secret):
            self.refused.append(f"{name}/{SECRET}: nothing that nbgrader wrote; no feedback by it")
            return ""
        return secret


def secret_in(folder: Path) -> str:
    """What nbgrader finds the feedback of a collected submission by; "" where there is nothing."""
    path = folder / SECRET
    secret = path.read_bytes().decode("utf-8", "replace").strip() if path.is_file() else ""
    return secret if _SECRET.fullmatch(secret) else ""


class NotTaken(Exception):
    """A file is not what is handed in; the message says what it is."""


def _pour(handle: int, target: Path) -> None:
    """Copy an open file, and no more of it than there was room for when it was looked at."""
    left = submission.MAX_FILE
    with target.open("wb") as file:
        while left > 0 and (part := os.read(handle, min(left, 1 << 20))):
            file.write(part)
            left -= len(part)


def names_of(uid: int) -> set[str]:
    """What a user is called on this machine, and always the number."""
    with contextlib.suppress(KeyError):
        return {pwd.getpwuid(uid).pw_name}
    return {f"user {uid}"}


def can_be_moved(path: Path) -> list[str]:
    """What lets students move the course's folder away: folders around it that all may change."""
    told = []
    for folder in (path.parent, path.parent.parent):
        try:
            about = folder.stat()
        except OSError:
            continue
        if about.st_mode & 0o022 and not about.st_mode & stat.S_ISVTX:
            told.append(
                f"{folder} may be changed by everybody (mode {about.st_mode & 0o7777:o}): a "
                f"student can move the course away; chmod 1777 {folder}"
            )
    return told
