"""Attacks on the machine: processes, threads, memory, disk, output, time. All of them are bounded.

Each crosses what a grader should allow and then stops by itself: a few hundred processes that
sleep for seconds, a few gigabytes, some hundred thousand small files. So a guard that fails shows
as a failed test and not as a machine that has to be restarted.
"""

from .record import attack


def bomb(name: str, harm: str, code: str, **fields) -> None:
    fields.setdefault("keeps", "at most")
    attack(name, fields.pop("family"), harm, code, **fields)


# --- processes and threads ------------------------------------------------------------------

bomb(
    "fork bomb",
    "processes",
    """
    import os, time
    ex01_output_size = 31
    made = 0
    end = time.monotonic() + 5
    while made < 600 and time.monotonic() < end:
        try:
            if os.fork() == 0:
                time.sleep(12)
                os._exit(0)
            made += 1
        except OSError:
            time.sleep(0.01)
    time.sleep(2)
""",
    family="fork bomb",
)

bomb(
    "fork bomb whose children fork",
    "processes",
    """
    import os, time
    ex01_output_size = 31
    for _ in range(8):
        try:
            os.fork()
        except OSError:
            break
    time.sleep(12)
    os._exit(0)
""",
    family="fork bomb",
)

bomb(
    "daemons that outlive their parent",
    "processes",
    """
    import os, signal, time
    ex01_output_size = 31
    for _ in range(150):
        try:
            if os.fork() == 0:
                os.setsid()
                for number in (1, 2, 13, 15):
                    signal.signal(number, signal.SIG_IGN)
                if os.fork() == 0:
                    time.sleep(15)
                os._exit(0)
        except OSError:
            break
""",
    family="fork bomb",
)

bomb(
    "shell bomb",
    "processes",
    """
    import subprocess
    ex01_output_size = 31
    kept = []
    for _ in range(200):
        try:
            kept.append(subprocess.Popen(["/bin/sh", "-c", "sleep 12"]))
        except OSError:
            break
    import time
    time.sleep(2)
""",
    family="fork bomb",
)

bomb(
    "thread storm",
    "processes",
    """
    import threading, time
    ex01_output_size = 31
    threading.stack_size(65536)
    for _ in range(3000):
        try:
            threading.Thread(target=time.sleep, args=(12,), daemon=True).start()
        except RuntimeError:
            break
    time.sleep(1)
""",
    family="thread storm",
)

bomb(
    "pool of workers",
    "processes",
    """
    import multiprocessing, time
    ex01_output_size = 31
    context = multiprocessing.get_context("fork")
    kept = []
    for _ in range(200):
        try:
            process = context.Process(target=time.sleep, args=(12,), daemon=False)
            process.start()
            kept.append(process)
        except OSError:
            break
    time.sleep(1)
""",
    family="fork bomb",
)

# --- memory ---------------------------------------------------------------------------------

bomb(
    "three gigabytes of ones",
    "memory",
    """
    import numpy as np
    ex01_output_size = 31
    kept = np.ones((3, 1 << 27))
    kept += 1
""",
    family="memory",
)

bomb(
    "memory in small pieces",
    "memory",
    """
    ex01_output_size = 31
    kept = []
    try:
        for number in range(3000):
            kept.append(bytearray(1 << 20))
    except MemoryError:
        kept = kept[:-1]
        while True:
            pass
""",
    family="memory",
)

bomb(
    "memory by many processes",
    "memory",
    """
    import os, time
    ex01_output_size = 31
    for _ in range(30):
        try:
            if os.fork() == 0:
                try:
                    kept = bytearray(b"x") * (120 << 20)
                    time.sleep(10)
                finally:
                    os._exit(0)
        except OSError:
            break
    time.sleep(4)
""",
    family="memory",
)

bomb(
    "memory in anonymous files",
    "memory",
    """
    import os, time
    ex01_output_size = 31
    piece = b"x" * (8 << 20)
    try:
        for number in range(100):
            fd = os.memfd_create("piece%d" % number)
            for _ in range(4):
                os.write(fd, piece)
    except OSError as error:
        print(error)
    time.sleep(5)
""",
    family="memory",
)

bomb(
    "memory in shared memory files",
    "memory",
    """
    import os, time
    ex01_output_size = 31
    piece = b"x" * (8 << 20)
    written = 0
    for folder in ("/dev/shm", "/tmp", "/run/user/0", "/run", os.getcwd()):
        try:
            for number in range(40):
                with open(os.path.join(folder, "piece%d" % number), "wb") as file:
                    for _ in range(8):
                        written += file.write(piece)
                if written > 3 << 30:
                    break
        except OSError as error:
            print(folder, error)
    time.sleep(5)
""",
    family="memory",
)

bomb(
    "memory in System V segments",
    "memory",
    """
    import ctypes, time
    ex01_output_size = 31
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    libc.shmdt.argtypes = [ctypes.c_void_p]
    size = 128 << 20
    for number in range(24):
        segment = libc.shmget(0, ctypes.c_size_t(size), 0o1600)
        if segment < 0:
            break
        address = libc.shmat(segment, None, 0)
        if address in (None, ctypes.c_void_p(-1).value):
            break
        ctypes.memset(address, 1, size)
        libc.shmdt(address)
    time.sleep(5)
""",
    family="memory",
)

bomb(
    "memory in pipes and sockets",
    "processes",
    """
    import os, fcntl, socket, time, threading
    ex01_output_size = 31
    kept = []
    piece = b"x" * (1 << 20)
    try:
        for _ in range(2000):
            r, w = os.pipe()
            kept.append((r, w))
            try:
                fcntl.fcntl(w, 1031, 1 << 20)
            except OSError:
                pass
            os.set_blocking(w, False)
            try:
                os.write(w, piece)
            except OSError:
                pass
    except OSError as error:
        print("pipes:", len(kept), error)
    for _ in range(150):
        try:
            threading.Thread(target=time.sleep, args=(8,), daemon=True).start()
        except RuntimeError:
            break
    time.sleep(4)
""",
    family="memory",
)

bomb(
    "array that grows by itself",
    "memory",
    """
    import numpy as np
    ex01_output_size = 31
    kept = np.ones(1 << 20)
    try:
        while kept.nbytes < 5 << 30:
            kept = np.concatenate([kept, kept])
    except MemoryError:
        raise SystemExit
""",
    family="memory",
)

bomb(
    "zip bomb unpacked",
    "memory",
    """
    import zlib
    ex01_output_size = 31
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 24)) for _ in range(150)) + packer.flush()
    kept = zlib.decompress(packed)
    kept = bytearray(kept)
""",
    family="memory",
)

# --- disk -----------------------------------------------------------------------------------

bomb(
    "disk filler",
    "disk",
    """
    import os
    ex01_output_size = 31
    piece = b"x" * (4 << 20)
    for number in range(200):
        try:
            with open("filler%d.bin" % number, "wb") as file:
                for _ in range(4):
                    file.write(piece)
        except OSError:
            break
""",
    family="disk filler",
)

bomb(
    "sixty thousand little files",
    "disk",
    """
    import os, time
    ex01_output_size = 31
    end = time.monotonic() + 20
    for number in range(60_000):
        try:
            os.close(os.open("little%d" % number, os.O_CREAT | os.O_WRONLY))
        except OSError:
            break
        if time.monotonic() > end:
            break
""",
    family="disk filler",
)

bomb(
    "one very large file",
    "disk",
    """
    ex01_output_size = 31
    try:
        with open("large.bin", "wb") as file:
            file.truncate(40 << 30)
            for place in range(0, 2 << 30, 1 << 20):
                file.seek(place)
                file.write(b"x" * (1 << 20))
    except OSError as error:
        print(error)
""",
    family="disk filler",
)

bomb(
    "very deep folders",
    "disk",
    """
    import os
    ex01_output_size = 31
    for depth in range(30_000):
        try:
            os.mkdir("d" * 50)
            os.chdir("d" * 50)
        except OSError:
            break
""",
    family="disk filler",
)

# --- output ---------------------------------------------------------------------------------

bomb(
    "half a gigabyte of output",
    "flood",
    """
    import sys
    ex01_output_size = 31
    for _ in range(500):
        sys.stdout.write("x" * (1 << 20))
""",
    family="output flood",
)

bomb(
    "a million lines on both streams",
    "flood",
    """
    import sys
    ex01_output_size = 31
    for number in range(1_000_000):
        print("line", number, "of nothing in particular " * 30)
        if number % 2:
            print("warning", number, file=sys.stderr)
""",
    family="output flood",
)

bomb(
    "flood of escape sequences",
    "flood",
    """
    ex01_output_size = 31
    print("\\x1b[2J\\x1b[H\\x1b[31m\\x1b]0;owned\\x07\\x1b]8;;javascript:alert(1)\\x07click\\x1b]8;;\\x07" * 400_000)
""",
    family="ANSI flood",
)

bomb(
    "flood past Python's own streams",
    "flood",
    """
    import os, subprocess
    ex01_output_size = 31
    for _ in range(60):
        os.write(1, b"y" * (1 << 20))
        os.write(2, b"z" * (1 << 20))
""",
    family="output flood",
)

# --- time -----------------------------------------------------------------------------------

bomb(
    "loop without an end",
    "time",
    """
    ex01_output_size = 31
    while True:
        pass
""",
    family="time",
)

bomb(
    "loop that swallows interrupts",
    "time",
    """
    ex01_output_size = 31
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
    family="time",
)

bomb(
    "sleep with all signals blocked",
    "time",
    """
    import signal, time
    ex01_output_size = 31
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        time.sleep(1000)
""",
    family="time",
)

bomb(
    "power that never returns to Python",
    "time",
    """
    ex01_output_size = 31
    10 ** 10 ** 9
""",
    family="time",
)

bomb(
    "regular expression without an end",
    "time",
    """
    import re
    ex01_output_size = 31
    re.match(r"(a+)+$", "a" * 60 + "!")
""",
    family="time",
)

bomb(
    "deadlock on a lock",
    "time",
    """
    import threading
    ex01_output_size = 31
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
""",
    family="time",
)

bomb(
    "waits for typing",
    "time",
    """
    import os, sys
    ex01_output_size = 31
    r, w = os.pipe()
    os.read(r, 1)
""",
    family="time",
)

bomb(
    "function that never answers",
    "time",
    """
    import time
    def ex25_same(input_size, kernel_size, stride=1):
        while True:
            time.sleep(1)
    ex25_symmetric = ex22_saving = ex09_pointwise = ex25_same
    ex25_same(5, 3)
""",
    family="time",
    cell="ex25-same",
    honest=("ex01", "ex02", "ex09-count"),
)

bomb(
    "function that answers slowly, every time",
    "time",
    """
    import time
    def ex25_same(input_size, kernel_size, stride=1):
        time.sleep(0.9)
        return (-5, -5)
    for _ in range(12):
        ex25_same(5, 3)
    def ex25_symmetric(*args):
        time.sleep(0.9)
        return -5
    ex22_saving = ex25_symmetric
""",
    family="time",
    cell="ex25-same",
    honest=("ex01", "ex02", "ex09-count"),
)

# --- the process itself ---------------------------------------------------------------------

bomb(
    "os._exit",
    "grader",
    """
    import os
    ex01_output_size = 31
    os._exit(0)
""",
    family="own process ended",
)

bomb(
    "segmentation fault",
    "grader",
    """
    import ctypes
    ex01_output_size = 31
    ctypes.string_at(1)
""",
    family="own process ended",
)

bomb(
    "abort",
    "grader",
    """
    import os, signal
    ex01_output_size = 31
    os.kill(os.getpid(), signal.SIGABRT)
""",
    family="own process ended",
)

bomb(
    "stack overflow",
    "grader",
    """
    import sys
    ex01_output_size = 31
    sys.setrecursionlimit(10 ** 9)
    class Deep:
        def __getattr__(self, name):
            return getattr(self, name + "x")
    def down(n):
        return [down(n + 1) for _ in (1,)] and eval("down(n + 1)")
    import threading
    down(0)
    Deep().x
""",
    family="own process ended",
)

bomb(
    "limits raised",
    "memory",
    """
    import resource
    import numpy as np
    ex01_output_size = 31
    for name in ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_NOFILE"):
        try:
            which = getattr(resource, name)
            resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            print(name, "raised")
        except (OSError, ValueError):
            pass
    kept = np.ones(3 << 27)
""",
    family="limits",
)

bomb(
    "priority raised and bound to every core",
    "time",
    """
    import os, time
    ex01_output_size = 31
    try:
        os.nice(-20)
    except OSError:
        pass
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        print("scheduler changed")
    except OSError:
        pass
    for _ in range(3):
        if os.fork() == 0:
            end = time.monotonic() + 11
            while time.monotonic() < end:
                pass
            os._exit(0)
    time.sleep(11)
""",
    family="limits",
)

bomb(
    "every descriptor used up",
    "grader",
    """
    import os
    ex01_output_size = 31
    kept = []
    try:
        while len(kept) < 200_000:
            kept.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    os._exit(1)
""",
    family="limits",
)
