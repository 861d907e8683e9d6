"""Says what this machine can isolate, and proves it by trying to get out."""

import platform
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.jail import cgroup, identity, probing, proof, seccomp
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail, NoIsolation, choices
from autograder.jail.profile import Profile
from autograder.jail.view import view_for

# Each is an expression that is true inside the jail when the escape fails.
ESCAPES = {
    "read a secret file of yours": "not reads({secret!r})",
    "see the grader's own code": "not exists({engine!r})",
    "see other processes": "not sees_processes()",
    "write outside of /tmp": "not writes('/usr/x') and not writes('/jail/x') and not writes('/x')",
    "reach a server on this machine": "not connects(({host!r}, {port}))",
    "reach a Unix socket of the grader": "not connects('/control/socket')",
    "ask the internet's name servers": "not resolves()",
    "be root, or become it": "os.getuid() != 0 and not becomes_root()",
    "make namespaces of its own": "not unshares()",
    "open a socket of any family": "not sockets()",
    "take memory that nobody counts": "not hoards_shared() and not hoards_inodes()",
    "mount something": "not mounts()",
    "signal the process above": "not signals()",
    "fill the memory": "not hoards(3 << 30)",
    "fill the disk": "not fills(1 << 30)",
    "start 500 processes": "forks(500) < 200",
}

PROBES = """
import contextlib, ctypes, fcntl, mmap, os, signal, socket, time
libc = ctypes.CDLL(None, use_errno=True)

def zeros():
    with open('/dev/zero', 'r+b') as file:
        mmap.mmap(file.fileno(), 4096)

def wide_pipe():
    for end in os.pipe():
        fcntl.fcntl(end, 1031, 1 << 20)

SHARED = (
    ('shared memory', lambda: mmap.mmap(-1, 4096)),
    ('zeros', zeros),
    ('pipes', wide_pipe),
    ('memfd', lambda: os.memfd_create('x')),
    ('locks', lambda: fcntl.lockf(open('/tmp/lock', 'w'), fcntl.LOCK_EX)),
)

def reads(path):
    try:
        return bool(open(path).read())
    except OSError:
        return False

def exists(path):
    return os.path.exists(path)

def sees_processes():
    try:
        return any(name.isdigit() for name in os.listdir('/proc'))
    except OSError:
        return False

def writes(path):
    try:
        open(path, 'w').write('x')
        return True
    except OSError:
        return False

def connects(address):
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    try:
        with socket.socket(family) as door:
            door.settimeout(1)
            door.connect(address)
        return True
    except OSError:
        return False

def resolves():
    try:
        return bool(socket.gethostbyname('example.org'))
    except OSError:
        return False

def becomes_root():
    try:
        os.setuid(0)
        return True
    except OSError:
        return False

def unshares():
    return libc.unshare(0x10000000) == 0

def sockets():
    made = []
    for family in range(1, 46):
        for kind in (1, 2, 3, 5):
            with contextlib.suppress(OSError):
                socket.socket(family, kind).close()
                made.append(family)
    return made

def hoards_shared():
    made = []
    for name, call in SHARED:
        with contextlib.suppress(OSError):
            call()
            made.append(name)
    return made

def hoards_inodes():
    made = []
    for folder in ('/proc', '/control', '/dev/shm', '/tmp'):
        with contextlib.suppress(OSError):
            for number in range(5000):
                os.mkdir(f'{folder}/probe-{number}')
                made.append(f'{folder}/probe-{number}')
    for path in made:
        os.rmdir(path)
    return len(made) > 4500

def mounts():
    return libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0

def signals():
    # Its own group is all there is; the process above has no number in here.
    try:
        os.kill(os.getppid() or 99999, 0)
        return os.getppid() != 0
    except OSError:
        return False

def hoards(size):
    try:
        return len(bytearray(size)) == size
    except MemoryError:
        return False

def fills(size):
    try:
        with open('/tmp/big', 'wb') as file:
            for _ in range(size >> 20):
                file.write(b'x' * (1 << 20))
        return True
    except OSError:
        return False
    finally:
        os.path.exists('/tmp/big') and os.remove('/tmp/big')

def forks(count):
    children = []
    try:
        for _ in range(count):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
    except OSError:
        pass
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return len(children)
"""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what, whether it is well, and what to do if not.

    What could not be `tried` is not well either.
    """

    what: str
    well: bool
    advice: str = ""
    needed: bool = True
    tried: bool = True


def _read(path):
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _makes_namespaces() -> tuple[bool, str]:
    """Whether bubblewrap can make the namespaces of a jail here, and what to do if it can't."""
    spaces = ("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts")
    # Nothing has to run in it: bubblewrap ends with 1 only where it could not make the namespace.
    command = ["bwrap", *spaces, "--dev-bind", "/", "/", "--proc", "/proc", "--", "/bin/true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        return False, str(error)
    if done.returncode == 0:
        return True, ""
    advice = "in a container, start it with --security-opt seccomp=unconfined --security-opt "
    advice += "systempaths=unconfined (the instructor's page has the profile to use instead)"
    if _read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        advice = "install the AppArmor profile for bwrap from the instructor's page (Ubuntu 24.04)"
    elif _read("/proc/sys/user/max_user_namespaces") in ("", "0"):
        advice = "sysctl user.max_user_namespaces=10000"
    elif _read("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        advice = "sysctl kernel.unprivileged_userns_clone=1"
    return False, f"{done.stderr.strip()}; {advice}"


def surroundings() -> list[Finding]:
    """What the jail needs from the machine."""
    findings = [
        Finding("Linux", platform.system() == "Linux", "use --isolation=docker on this system"),
        Finding(
            "bubblewrap",
            shutil.which("bwrap") is not None,
            "apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora)",
        ),
        Finding("user namespaces (one was made)", *_makes_namespaces()),
        Finding(
            "students' code runs as another user than you",
            identity.mapping(view_for(Profile().packages)) is not None,
            "apt install uidmap, give yourself a line in /etc/subuid and /etc/subgid, let others "
            "read this Python; without it the jail still stands, with one wall less",
            needed=False,
        ),
        Finding(
            "memory counted by the kernel (cgroup v2, through systemd)",
            cgroup.is_there(),
            "log in where systemd runs; without it the jail counts by itself",
            needed=False,
        ),
        Finding(
            "system call filter",
            seccomp.program() is not None,
            "apt install libseccomp2 (Debian, Ubuntu), dnf install libseccomp (Fedora)",
        ),
    ]
    return findings


def try_escapes(kind: str = "bubblewrap") -> list[Finding]:
    """Start a jail and try to get out of it, in every way of `ESCAPES`."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        secret = Path(folder, "secret")
        secret.write_text("secret")
        secret.chmod(0o644)
        Path(folder).chmod(0o755)
        host, port = server.getsockname()
        facts = {
            "secret": str(secret),
            "engine": str(Path(__file__).resolve().parents[1] / "marking"),
            "host": host,
            "port": port,
        }
        cells = [PROBES] + [
            f"held_{at} = bool({test.format(**facts)})" for at, test in enumerate(ESCAPES.values())
        ]
        profile = Profile(seconds=10)
        with Jail(profile, kind) as jail, Sitting(jail, cells) as sitting:
            answers = [probing.ask(sitting, at + 1, f"held_{at}") for at in range(len(ESCAPES))]
        # The server and the secret are still there for those that have to be asked again.
        for at, answer in enumerate(answers):
            if not answer.is_given:
                alone = [PROBES, cells[at + 1]]
                answers[at] = probing.ask_again(profile, kind, alone, f"held_{at}")
    return [_finding(what, answer) for what, answer in zip(ESCAPES, answers, strict=True)]


def _finding(what: str, answer: probing.Answer) -> Finding:
    if not answer.is_given:
        advice = f"this could not be tried: {answer.problem}"
        return Finding(f"can't {what}", False, advice, tried=False)
    advice = "this escape worked: do not mark strangers' code here"
    return Finding(f"can't {what}", answer.stopped or answer.value is True, advice)


@cache
def require(kind: str = "bubblewrap") -> None:
    """Raise `NoIsolation` where `examine` would say that this machine does not isolate.

    Any other kind than bubblewrap was chosen by its name, and its promises are its own.
    """
    if kind != "bubblewrap":
        return
    failed = [finding for finding in try_escapes(kind) if not finding.well]
    worked, untried = (
        ", ".join(f.what.removeprefix("can't ") for f in failed if f.tried is tried)
        for tried in (True, False)
    )
    if worked:
        raise NoIsolation(
            f"this machine does not isolate: students' code could {worked}. "
            f"`python -m autograder doctor` says more.\n{choices()}"
        )
    if untried:
        raise NoIsolation(
            f"whether students' code could {untried} could not be tried: the probe did not answer, "
            f"alone and in {probing.PATIENCE[-1]} times its time neither. {proof.TRY_AGAIN}"
        )


def _see_course(places) -> Finding:
    """Whether the course's places are out of sight in every assignment's jail."""
    what = "can't see the course, its gradebook, submissions or the exchange"
    try:
        with Jail(Profile(seconds=10)) as jail:
            proof.prove(jail, places)
    except NoIsolation as error:
        return Finding(what, False, str(error))
    return Finding(what, True)


def examine(kind: str = "bubblewrap", say=print, places: tuple[str, ...] = ()) -> bool:
    """Print what was found; return whether this machine can be trusted with strangers' code.

    `places` are the course's own, which nothing in the jail may see.
    """
    findings = surroundings() if kind == "bubblewrap" else []
    for finding in findings:
        say(_line(finding))
    try:
        tried = try_escapes(kind)
    except NoIsolation as error:
        say(f"  ✗ no jail: {error}")
        return False
    if kind == "bubblewrap":
        tried.append(_see_course(places))
    for finding in tried:
        say(_line(finding))
    well = all(finding.well for finding in tried)
    say("This machine isolates." if well else "This machine does NOT isolate; see above.")
    return well


def _line(finding):
    if finding.well:
        return f"  ✓ {finding.what}"
    return f"  {'✗' if finding.needed else '–'} {finding.what} — {finding.advice}"
