"""Tries to see what is not theirs: keys, others' work, the instructor's files, another's note.

Each prints ``STOLEN`` and what it found. `@COURSE@` and `@ROOT@` are told to it: hiding a name is
no guard.
"""

_FIND = """
import os
def tell(text):
    # Written apart, so that it doesn't find itself.
    for word in ("BEGIN" " SOLUTION", "KEY" "-solutions", "KEY" "-text", "KEY" "-gradebook",
                 "KEY" "-note", "MARK" "-alice"):
        if word in text:
            print("STOLEN", text[max(0, text.find(word) - 20):][:80])
def look(path):
    try:
        with open(path, "rb") as file:
            tell(file.read(4_000_000).decode("latin-1"))
    except OSError:
        pass
"""


def _stealing(code: str) -> str:
    return _FIND + code


STEALING = {
    "reads every file there is": _stealing("""
for folder, names, files in os.walk("/"):
    for name in files:
        if name.endswith((".py", ".ipynb", ".txt", ".db", ".toml", ".csv", ".json")):
            look(f"{folder}/{name}")
"""),
    "goes to the course by its path": _stealing("""
for start in ("@COURSE@", "@ROOT@", "@ROOT@/solutions", "@ROOT@/questions", "/usr/src/app"):
    for folder, _, files in os.walk(start):
        for name in files[:500]:
            if "/.venv" not in folder:
                print("STOLEN", folder, name)
"""),
    "goes through other processes' roots": _stealing("""
for pid in range(1, 3000):
    for part in ("root/etc/passwd", "cwd", "environ", "cmdline", "mem", "root"):
        path = f"/proc/{pid}/{part}"
        if os.path.exists(path):
            print("STOLEN", path)
"""),
    "reads the descriptors it was born with": _stealing("""
for number in range(3, 1024):
    try:
        os.lseek(number, 0, 0)
        tell(os.read(number, 1 << 20).decode("latin-1"))
        print("STOLEN a file that was left open", number)
    except OSError:
        pass
"""),
    "searches the heap": _stealing("""
import gc
for thing in gc.get_objects():
    parts = thing.values() if type(thing) is dict else thing if type(thing) is list else ()
    for part in list(parts):
        if type(part) is str and "### BEGIN" " SOLUTION" in part and "STO" "LEN" not in part:
            print("STOLEN", part[:50])
"""),
    "walks up the frames": _stealing("""
import sys
frame = sys._getframe()
while frame is not None:
    for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
        text = repr(value)[:100000]
        if "expected" in name or ("/solutions/" in text and "STO" "LEN" not in text):
            print("STOLEN", name)
    frame = frame.f_back
"""),
    "opens files by handle": _stealing("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for inode in range(2, 400):
    handle = (ctypes.c_uint32 * 4)(8, 1, inode, 0)
    got = libc.syscall(304, -100, handle, os.O_RDONLY)
    if got >= 0:
        print("STOLEN by handle", inode)
"""),
    "makes the disk's device": _stealing("""
import stat
for major in (7, 8, 252, 253, 254, 259):
    for minor in range(3):
        try:
            os.mknod(f"/tmp/d{major}-{minor}", 0o600 | stat.S_IFBLK, os.makedev(major, minor))
            look(f"/tmp/d{major}-{minor}")
            print("STOLEN a device")
        except OSError:
            pass
"""),
    "leaves by chroot": _stealing("""
try:
    os.mkdir("/tmp/root")
    top = os.open("/", os.O_RDONLY)
    os.chroot("/tmp/root")
    os.fchdir(top)
    for _ in range(50):
        os.chdir("..")
    os.chroot(".")
    print("STOLEN the root")
except OSError:
    pass
for start in ("@COURSE@",):
    print(*(["STOLEN"] if os.path.exists(start) else []))
"""),
    "mounts what it wants": _stealing("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for flags in (0x10000000, 0x10020000, 0x20000, 0x40000000):
    if libc.unshare(flags) == 0:
        print("STOLEN namespaces")
for kind in (b"proc", b"sysfs", b"tmpfs", b"overlay", b"debugfs", b"ext4"):
    if libc.mount(b"none", b"/tmp", kind, 0, b"") == 0:
        print("STOLEN a mount")
for name in ("mnt", "pid", "net", "user"):
    try:
        print("STOLEN" if libc.setns(os.open(f"/proc/1/ns/{name}", 0), 0) == 0 else "")
    except OSError:
        pass
"""),
    "lays links for whoever collects": _stealing("""
for name in ("answers.csv", "01-shapes-and-counts.ipynb", "numpy.py", "notes.txt"):
    for target in ("@COURSE@/solutions/key.txt", "@COURSE@/gradebook.db", "/etc/shadow"):
        try:
            os.remove(name) if os.path.lexists(name) else None
            os.symlink(target, name)
            tell(open(name, errors="replace").read())
            print("STOLEN", name)
        except OSError:
            pass
"""),
    "imports the checkers": _stealing("""
import importlib
for name in ("questions", "questions.q01_shapes_and_counts", "autograder.marking", "autograder.run",
             "autograder.jail", "autograder.course", "convbook.shapes", "convbook.nn", "solutions",
             "tests", "importclosure"):
    try:
        importlib.import_module(name)
        print("STOLEN", name)
    except Exception:
        pass
"""),
    "follows what is installed in place": _stealing("""
import importlib.metadata, sys
for found in importlib.metadata.distributions():
    for name in ("direct_url.json", "RECORD"):
        text = found.read_text(name) or ""
        if "file://" in text or "__editable__" in text:
            print("STOLEN", found.name)
for finder in [*sys.meta_path, *sys.path_hooks]:
    if "editable" in repr(finder):
        print("STOLEN", finder)
"""),
    "reads compiled files": _stealing("""
import marshal, sys
for start in [*sys.path, "/jail"]:
    for folder, _, files in os.walk(start or "."):
        for name in files:
            if name.endswith(".pyc") and ("convbook" in folder or "questions" in folder):
                print("STOLEN", folder, name)
"""),
    "asks the environment": _stealing("""
import sys
tell(repr(dict(os.environ)) + repr(sys.argv) + repr(sys.orig_argv))
for name in ("CONVBOOK_COURSE", "SECRET", "SSH_AUTH_SOCK", "USER"):
    if name in os.environ:
        print("STOLEN", name, os.environ[name])
"""),
    "reads the grader's memory": _stealing("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(4096)
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
for pid in [os.getppid(), *range(1, 200)]:
    if pid == os.getpid():
        continue
    near, far = Part(ctypes.addressof(buffer), 4096), Part(0x400000, 4096)
    if libc.syscall(310, pid, ctypes.byref(near), 1, ctypes.byref(far), 1, 0) > 0:
        print("STOLEN memory of", pid)
    if libc.ptrace(16, pid, None, None) == 0:
        print("STOLEN a process", pid)
"""),
    "takes descriptors of others": _stealing("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for pid in [p for p in (os.getppid(), 1, 2, 3, 4, 5, 6) if p != os.getpid()]:
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        continue
    for number in range(40):
        if libc.syscall(438, handle, number, 0) >= 0:
            print("STOLEN a descriptor of", pid)
"""),
    "reads the kernel's keys": _stealing("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for ring in (-1, -2, -3, -4, -5):
    if libc.syscall(250, 11, ring, None, 0, 0) > 0 or libc.syscall(250, 6, ring, None, 0) > 0:
        print("STOLEN a ring of keys")
if libc.syscall(248, b"user", b"note", b"x", 1, -3) > 0:
    print("STOLEN a place for notes")
"""),
    "looks for shared segments": _stealing("""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for key in range(2000):
    if libc.shmget(key, 0, 0o444) > 0 or libc.msgget(key, 0o444) > 0:
        print("STOLEN a segment", key)
for name in (b"/note", b"/mq"):
    if libc.syscall(240, name, os.O_CREAT | os.O_RDWR, 0o666, None) >= 0:
        print("STOLEN a queue")
"""),
    "leaves a note": _stealing("""
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/tmp/work", "/jail", "/control", "/proc"):
    try:
        open(f"{folder}/note-for-you", "w").write("KEY" "-note: ex01 is thirty")
    except OSError:
        pass
"""),
    "reads a note": _stealing("""
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/tmp/work", "/jail", "/control", "/proc"):
    look(f"{folder}/note-for-you")
"""),
    "calls out": _stealing("""
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 40, 38):
    for kind in (1, 2, 3):
        try:
            socket.socket(family, kind)
            print("STOLEN a socket", family, kind)
        except OSError:
            pass
"""),
    "types into the instructor's terminal": _stealing("""
import fcntl
for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/ptmx", "/dev/tty1"):
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOCTTY)
        for letter in b"id\\n":
            fcntl.ioctl(handle, 0x5412, bytes([letter]))
        print("STOLEN", path)
    except OSError:
        pass
"""),
    "opens the gradebook": _stealing("""
import sqlite3
for path in ("@COURSE@/gradebook.db", "/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
            print("STOLEN", base.execute("select * from sqlite_master").fetchall())
    except sqlite3.Error:
        pass
"""),
    "uses every way to open a file": _stealing("""
import io, linecache, mmap, tokenize
import numpy as np
path = "@COURSE@/solutions/key.txt"
ways = [io.open_code, tokenize.open, np.fromfile, np.loadtxt, os.readlink, os.stat, os.listxattr,
        lambda p: os.open(p, os.O_PATH), lambda p: os.link(p, "/tmp/here"), os.truncate,
        lambda p: os.rename(p, "/tmp/here"), lambda p: os.execv(p, [p]), lambda p: os.utime(p)]
for way in ways:
    try:
        way(path)
        print("STOLEN by", way)
    except (OSError, TypeError, ValueError):
        pass
tell("".join(linecache.getlines(path)))
"""),
}

#: Code of a function that is called with hidden inputs and tries to get them out.
LEAKS = {
    "in an exception's text": 'raise ValueError(f"LEAK:{a}")',
    "in an exception's type": 'raise type(f"LEAK:{a}", (Exception,), {})()',
    "in an exception's arguments": "raise KeyError({f'LEAK:{a}': a})",
    "in an exception's note": "e = ValueError()\n    e.add_note(f'LEAK:{a}')\n    raise e",
    "in a group of exceptions": "raise ExceptionGroup(f'LEAK:{a}', [ValueError(f'LEAK:{a}')])",
    "in a syntax error": "raise SyntaxError(f'LEAK:{a}', (f'LEAK:{a}', 1, 1, f'LEAK:{a}'))",
    "in the value": "return f'LEAK:{a}'",
    "in a value's type": "return type(f'LEAK:{a}', (), {})()",
    "in a dictionary's key": "return {f'LEAK:{a}': 1}",
    "in a key that is no text": "return {(f'LEAK:{a}',): 1}",
    "in a warning": "import warnings\n    warnings.warn(f'LEAK:{a}')",
    "in print": "print(f'LEAK:{a}')\n    import os\n    os.write(2, f'LEAK:{a}'.encode())",
    "in an exit": "import sys\n    sys.exit(f'LEAK:{a}')",
    "on the channel": "import os\n    for n in range(3, 20):\n"
    "        try: os.write(n, f'LEAK:{a}'.encode())\n        except OSError: pass",
}
