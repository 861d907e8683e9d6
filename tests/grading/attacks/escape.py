"""Attacks that leave their place: writing elsewhere, signals, mounts, namespaces, system calls."""

from .record import attack

WRITE = """
    import os, glob
    def spoil(paths):
        for path in paths:
            for mode in ("a", "w"):
                try:
                    with open(path, mode) as file:
                        file.write("spoilt")
                    break
                except OSError:
                    pass
            try:
                os.chmod(path, 0)
                os.unlink(path)
            except OSError:
                pass
"""

attack(
    "others' notebooks overwritten",
    "writing elsewhere",
    "neighbour",
    WRITE
    + """
    ex01_output_size = 31
    spoil(glob.glob("@COURSE@/submitted/*/*/*.ipynb") + glob.glob("../../*/*/*.ipynb")
          + glob.glob("@COURSE@/submitted/alice/*"))
""",
)

attack(
    "gradebook rewritten",
    "writing gradebook.db",
    "neighbour",
    """
    import sqlite3, glob
    ex01_output_size = 31
    for path in glob.glob("@COURSE@/*.db") + glob.glob("../../../*.db"):
        try:
            with sqlite3.connect(path, timeout=1) as base:
                for table, column in (("grade", "manual_score"), ("grade", "auto_score"), ("marks", "points")):
                    try:
                        base.execute(f"update {table} set {column} = 594")
                    except sqlite3.Error:
                        pass
        except Exception as error:
            print(type(error).__name__)
""",
)

attack(
    "gradebook locked",
    "writing gradebook.db",
    "neighbour",
    """
    import sqlite3, glob, os, time
    ex01_output_size = 31
    for path in glob.glob("@COURSE@/*.db"):
        try:
            base = sqlite3.connect(path, timeout=1)
            base.execute("begin exclusive")
            base.execute("delete from marks")
            base.execute("commit")
            base.execute("begin exclusive")
        except Exception as error:
            print(type(error).__name__)
""",
)

attack(
    "solutions overwritten",
    "writing elsewhere",
    "neighbour",
    WRITE
    + """
    ex01_output_size = 31
    spoil(glob.glob("@COURSE@/solutions/*") + glob.glob("../../../solutions/*"))
""",
)

attack(
    "files laid for later graders",
    "writing elsewhere",
    "neighbour",
    """
    import os, site, sys
    ex01_output_size = 31
    code = "import os; os.environ['OWNED'] = '1'\\n"
    places = ["@COURSE@/nbgrader_config.py", "@COURSE@/submitted/alice/sitecustomize.py",
              "~/.ipython/profile_default/startup/00-own.py", "~/.jupyter/jupyter_config.py",
              "/tmp/sitecustomize.py", "~/.pythonrc"]
    places += [os.path.join(p, "own.pth") for p in sys.path if p.endswith("site-packages")]
    places += [os.path.join(p, "own.pth") for p in (site.getsitepackages() if hasattr(site, "getsitepackages") else [])]
    for place in places:
        try:
            path = os.path.expanduser(place)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "a") as file:
                file.write(code)
            print("laid", path)
            if "site-packages" in path:
                os.unlink(path)
        except OSError:
            pass
""",
)

attack(
    "installed packages changed",
    "writing elsewhere",
    "neighbour",
    """
    import os, numpy, json
    ex01_output_size = 31
    for module in (numpy, json, os):
        try:
            with open(module.__file__, "r+b") as file:
                print("writable:", module.__file__)
        except OSError:
            pass
    for name in ("@COURSE@/submitted/alice/mark.txt",):
        try:
            with open(name, "a") as file:
                file.write("spoilt")
        except OSError:
            pass
""",
)

attack(
    "links planted for whoever copies",
    "symbolic links",
    "neighbour",
    """
    import os
    ex01_output_size = 31
    for name in ("01-shapes-and-counts.ipynb", "timestamp.txt", "feedback.html", "result.json", "key.txt"):
        for place in ("@COURSE@/submitted/alice/mark.txt", "/etc/passwd"):
            try:
                os.unlink(name)
            except OSError:
                pass
            try:
                os.symlink(place, name)
            except OSError:
                pass
    for name in ("key.txt", "@COURSE@/submitted/alice/mark.txt"):
        try:
            with open(name, "a") as file:
                file.write("spoilt")
        except OSError:
            pass
""",
)

attack(
    "paths that climb",
    "path escapes",
    "neighbour",
    """
    import os
    ex01_output_size = 31
    for up in range(1, 12):
        for name in ("submitted/alice/mark.txt", "alice/mark.txt", "mark.txt", "gradebook.db"):
            for way in ("../" * up, "./" + "../" * up, "/proc/self/cwd/" + "../" * up, "/proc/self/root" + "/.." * up + "@COURSE@/"):
                try:
                    with open(way + name, "r+") as file:
                        file.seek(0, 2)
                        file.write("spoilt")
                except OSError:
                    pass
""",
)

attack(
    "root changed twice",
    "path escapes",
    "neighbour",
    """
    import os
    ex01_output_size = 31
    try:
        os.mkdir("cell")
        fd = os.open(".", os.O_RDONLY)
        os.chroot("cell")
        os.fchdir(fd)
        for _ in range(40):
            os.chdir("..")
        os.chroot(".")
    except OSError as error:
        print("chroot:", error)
    try:
        with open("@COURSE@/submitted/alice/mark.txt", "a") as file:
            file.write("spoilt")
    except OSError:
        pass
""",
    keeps="at most",
)

attack(
    "signals to everybody",
    "signals",
    "grader",
    """
    import os, signal
    ex01_output_size = 31
    me = os.getpid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        for pid in range(1, 300):
            if pid != me:
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
    os.kill(os.getppid(), 9)
""",
    keeps="at most",
)

attack(
    "signals to parent and group",
    "signals",
    "grader",
    """
    import os, signal
    ex01_output_size = 31
    for number in (signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(os.getppid(), number)
        except OSError:
            pass
    try:
        os.killpg(0, signal.SIGKILL)
    except OSError:
        pass
    os.kill(-1, signal.SIGKILL)
""",
    keeps="at most",
)

attack(
    "parent traced and stopped",
    "signals",
    "grader",
    """
    import ctypes, os
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (1, os.getppid()):
        libc.ptrace(0x4206, pid, 0, 0)
        libc.ptrace(0x4207, pid, 0, 0)
    os.kill(os.getppid(), 19)
    os._exit(0)
""",
    keeps="at most",
)

attack(
    "new namespaces and mounts",
    "namespaces",
    "neighbour",
    """
    import ctypes, os
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x10000000 | 0x00020000):
        print("unshare", hex(flag), libc.unshare(flag), ctypes.get_errno())
    here = os.getcwd().encode()
    for source in (b"@COURSE@", b"/", b"/proc/1/root"):
        got = libc.mount(source, here, None, 4096 | 16384, None)
        print("mount", source, got)
        got2 = libc.mount(None, b"/", None, 32 | 4096, None)
    for name in ("submitted/alice/mark.txt", "@COURSE@/submitted/alice/mark.txt"):
        try:
            with open(name, "a") as file:
                file.write("spoilt")
        except OSError as error:
            print(error)
""",
    keeps="at most",
)

attack(
    "namespaces of the first process entered",
    "namespaces",
    "neighbour",
    """
    import ctypes, os
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (1, os.getppid()):
        for kind in ("user", "mnt", "net", "pid", "ipc"):
            try:
                fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
                print("setns", pid, kind, libc.setns(fd, 0))
            except OSError:
                pass
    try:
        with open("@COURSE@/submitted/alice/mark.txt", "a") as file:
            file.write("spoilt")
    except OSError:
        pass
""",
    keeps="at most",
)

attack(
    "file handles opened by number",
    "system calls",
    "neighbour",
    """
    import ctypes, os, struct
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    class Handle(ctypes.Structure):
        _fields_ = [("bytes", ctypes.c_uint), ("type", ctypes.c_int), ("data", ctypes.c_ubyte * 8)]
    for place in ("/", "/etc/hosts", "/etc/resolv.conf", os.getcwd()):
        try:
            fd = os.open(place, os.O_RDONLY)
        except OSError:
            continue
        for inode in (2, 1, 128):
            handle = Handle(8, 1, (ctypes.c_ubyte * 8)(*struct.pack("<II", inode, 0)))
            got = libc.open_by_handle_at(fd, ctypes.byref(handle), os.O_RDONLY)
            if got >= 0:
                print("opened by handle", os.listdir(got))
                try:
                    where = os.open("@COURSE@/submitted/alice/mark.txt".lstrip("/"), os.O_WRONLY | os.O_APPEND, dir_fd=got)
                    os.write(where, b"spoilt")
                except OSError:
                    pass
    try:
        with open("@COURSE@/submitted/alice/mark.txt", "a") as file:
            file.write("spoilt")
    except OSError:
        pass
""",
)

attack(
    "devices made and opened",
    "system calls",
    "neighbour",
    """
    import os, stat
    ex01_output_size = 31
    for major, minor in ((254, 0), (8, 0), (259, 0), (253, 0), (1, 1), (1, 2)):
        name = "device%d_%d" % (major, minor)
        for kind in (stat.S_IFBLK, stat.S_IFCHR):
            try:
                os.mknod(name, 0o600 | kind, os.makedev(major, minor))
                with open(name, "rb") as file:
                    print("device read:", len(file.read(512)))
                os.unlink(name)
            except OSError:
                try:
                    os.unlink(name)
                except OSError:
                    pass
    try:
        with open("@COURSE@/submitted/alice/mark.txt", "a") as file:
            file.write("spoilt")
    except OSError:
        pass
""",
)

attack(
    "rare system calls",
    "system calls",
    "neighbour",
    """
    import ctypes
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    # userfaultfd, io_uring_setup, bpf, perf_event_open, keyctl, add_key, kexec_load with nothing,
    # process_vm_writev to the parent, name_to_handle_at, memfd_secret: none of them with real work
    for number, arguments in ((323, (0,)), (425, (8, 0)), (321, (0, 0, 0)), (298, (0, 0, -1, -1, 0)),
                              (250, (0, -3, 1)), (248, (b"user", b"own", b"x", 1, -3)), (246, (0, 0, 0, 0)),
                              (311, (1, 0, 0, 0, 0, 0)), (447, (0,)), (272, (0x10000000,))):
        got = libc.syscall(number, *arguments)
        print(number, got, ctypes.get_errno())
    try:
        with open("@COURSE@/submitted/alice/mark.txt", "a") as file:
            file.write("spoilt")
    except OSError:
        pass
""",
    keeps="at most",
)

attack(
    "programs run from a shell",
    "programs",
    "neighbour",
    """
    import os, subprocess
    ex01_output_size = 31
    for command in ("echo spoilt >> @COURSE@/submitted/alice/mark.txt", "rm -f @COURSE@/*.db",
                    "cp @COURSE@/solutions/key.txt . 2>/dev/null && cat key.txt",
                    "ls -la / /tmp @COURSE@", "bwrap --version", "sudo -n id", "su -c id"):
        try:
            print(subprocess.run(command, shell=True, capture_output=True, timeout=5).stdout[:2000])
        except Exception as error:
            print(type(error).__name__)
    os.system("echo spoilt >> @COURSE@/gradebook.db")
""",
)

attack(
    "magics and exclamation marks",
    "programs",
    "neighbour",
    """
    ex01_output_size = 31
    get_ipython().run_line_magic("alias", "mylist ls")
    get_ipython().system("echo spoilt >> @COURSE@/submitted/alice/mark.txt")
    get_ipython().run_cell_magic("bash", "", "echo spoilt >> @COURSE@/submitted/alice/mark.txt; cat @COURSE@/solutions/key.txt")
    get_ipython().run_cell_magic("writefile", "@COURSE@/submitted/alice/mark.txt", "spoilt")
""",
    keeps="at most",
)

attack(
    "kernel settings written",
    "system calls",
    "neighbour",
    """
    ex01_output_size = 31
    for path, text in (("/proc/sys/kernel/core_pattern", None), ("/proc/sysrq-trigger", None),
                       ("/proc/self/oom_score_adj", "-1000"), ("/sys/fs/cgroup/release_agent", None),
                       ("/sys/fs/cgroup/memory/memory.limit_in_bytes", None), ("/proc/sys/kernel/hostname", None),
                       ("@COURSE@/submitted/alice/mark.txt", "spoilt")):
        try:
            with open(path, "a") as file:
                print("writable:", path)
                if text:
                    file.write(text)
        except OSError:
            pass
""",
)
