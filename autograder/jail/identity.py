"""Whose user id students' code runs under: another than the instructor's, where that can be had.

Inside its namespaces a process is the user that started it. Everything that this user may read it
could read, if a mount ever showed it. So the jail is built as root of a namespace, and students'
code becomes a second user there: nobody's, or one that was set aside for the instructor in
/etc/subuid, which only the helpers `newuidmap` and `newgidmap` may hand out.
"""

import getpass
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from autograder.jail.view import View

OUTSIDE_NOBODY = 65534
INSIDE_UID = 1000  # as in inside/confine.py, which can import nothing from here


def _set_aside(table: str) -> int | None:
    """The first id that is set aside for this user in /etc/subuid or /etc/subgid."""
    own = {getpass.getuser(), str(os.getuid())}
    try:
        lines = Path("/etc", table).read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, numbers = line.partition(":")
        if name in own and numbers.split(":")[0].isdigit():
            return int(numbers.split(":")[0])
    return None


def _map_as_root(pid: int) -> None:
    for name in ("uid_map", "gid_map"):
        Path(f"/proc/{pid}/{name}").write_text(f"0 0 1\n{INSIDE_UID} {OUTSIDE_NOBODY} 1\n")


def _map_by_helper(pid: int) -> None:
    for helper, own, table in (
        ("newuidmap", os.getuid(), "subuid"),
        ("newgidmap", os.getgid(), "subgid"),
    ):
        pairs = [0, own, 1, INSIDE_UID, _set_aside(table), 1]
        command = [helper, str(pid), *map(str, pairs)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")


def _is_open_to_all(view: View) -> bool:
    """Whether somebody else may read what the jail shows; a strict umask forbids it."""
    for path in view.mounts.values():
        mode = os.stat(path).st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
        if mode & wanted != wanted:
            return False
    return True


def mapping(view: View) -> Callable[[int], None] | None:
    """What gives a new namespace, by its process, a second user; None where that can't be had."""
    if os.getuid() == 0:
        return _map_as_root
    helpers = all(shutil.which(name) for name in ("newuidmap", "newgidmap"))
    if not helpers or None in (_set_aside("subuid"), _set_aside("subgid")):
        return None
    return _map_by_helper if _is_open_to_all(view) else None
