"""A bound on memory that the kernel itself counts, where systemd can set one (cgroup v2).

Everything of a jail is then in one scope: what processes hold, what the kernel holds for them, and
the files in its memory file systems. Without it the jail's own count and its filter have to do.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from autograder.jail.profile import Profile

# The zygote with its imports is in the scope as well.
ROOM_MEGABYTES = 1024


def _command() -> list[str]:
    user = [] if os.getuid() == 0 else ["--user"]
    return ["systemd-run", *user, "--scope", "--quiet", "--collect", "--no-ask-password"]


@cache
def is_there() -> bool:
    """Whether a scope with a bound on its memory can be started; one is, to see."""
    if not Path("/sys/fs/cgroup/cgroup.controllers").exists() or not shutil.which("systemd-run"):
        return False
    command = [*_command(), "-p", "MemoryMax=64M", "--", "true"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=10).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def scope(profile: Profile) -> list[str]:
    """What goes before the jail's command; nothing where there is no such bound."""
    if not is_there():
        return []
    most = profile.memory_megabytes + profile.disk_megabytes + ROOM_MEGABYTES
    bounds = [f"MemoryMax={most}M", "MemorySwapMax=0", f"TasksMax={profile.processes + 32}"]
    return [*_command(), *(part for bound in bounds for part in ("-p", bound)), "--"]
