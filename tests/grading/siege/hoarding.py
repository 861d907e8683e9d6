"""Tries to take what belongs to neighbours: processor, memory, files, the grader's own attention.

Each goes on for seconds, and answers nothing.
"""

HOARDING = {
    "sixty spinning sessions": """
import os
for _ in range(60):
    try:
        if os.fork() == 0:
            try: os.setsid()
            except OSError: pass
            while True: pass
    except OSError: break
""",
    "children that live for a moment": """
import os
while True:
    try:
        if os.fork() == 0:
            for _ in range(200000): pass
            os._exit(0)
        os.wait()
    except OSError: pass
""",
    "memory, page by page": "kept = []\nwhile True: kept.append(bytearray(1 << 20))",
    "memory that is shared after a fork": """
import os
block = bytearray(200 << 20)
for _ in range(50):
    try:
        if os.fork() == 0:
            for at in range(0, len(block), 4096): block[at] = 1
            import time; time.sleep(20)
    except OSError: break
""",
    "the disk": """
while True:
    try:
        with open("/tmp/work/big", "ab") as file:
            while True: file.write(b"x" * (1 << 20))
    except OSError: pass
""",
    "files that nobody can find": """
import os
kept = []
while True:
    try:
        file = open(f"/tmp/work/{len(kept)}", "wb"); os.remove(file.name)
        file.write(b"x" * (1 << 20)); kept.append(file)
    except OSError: pass
""",
    "shared memory files": """
while True:
    try:
        with open("/dev/shm/big", "ab") as file:
            while True: file.write(b"x" * (1 << 20))
    except OSError: pass
""",
    "inodes": """
import os
n = 0
while True:
    n += 1
    for folder in ("/tmp/work", "/dev/shm", "/tmp"):
        try: os.mkdir(f"{folder}/{n}")
        except OSError: pass
""",
    "a folder without a floor": """
import os
while True:
    try: os.mkdir("d"); os.chdir("d")
    except OSError: pass
""",
    "pipes filled to the brim": """
import os
kept = []
while True:
    try:
        ends = os.pipe(); kept.append(ends); os.set_blocking(ends[1], False)
        while True: os.write(ends[1], b"x" * 65536)
    except OSError: pass
""",
    "sockets filled to the brim": """
import socket
kept = []
while True:
    try:
        pair = socket.socketpair(); kept.append(pair); pair[0].setblocking(False)
        while True: pair[0].send(b"x" * 65536)
    except OSError: pass
""",
    "page tables": """
import ctypes
libc = ctypes.CDLL(None); libc.mmap.restype = ctypes.c_void_p
size = 1 << 40
while size > 1 << 20:
    at = libc.mmap(None, ctypes.c_size_t(size), 1, 0x4022, -1, ctypes.c_long(0))
    if at in (None, (1 << 64) - 1): size //= 2; continue
    for page in range(0, size, 2 << 20): ctypes.c_char.from_address(at + page).value
""",
    "mappings": """
import mmap
kept = []
while True:
    try: kept.append(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE))
    except (OSError, MemoryError, ValueError): pass
""",
    "threads": """
import threading, time
threading.stack_size(65536)
while True:
    try: threading.Thread(target=time.sleep, args=(60,)).start()
    except RuntimeError: pass
""",
    "zombies": """
import os
while True:
    try:
        if os.fork() == 0: os._exit(0)
    except OSError: pass
""",
    "descriptors": """
kept = []
while True:
    try: kept.append(open("/dev/null"))
    except OSError: pass
""",
    "queued signals": """
import ctypes, os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 60))
libc = ctypes.CDLL(None)
while True:
    for number in range(34, 60): libc.sigqueue(os.getpid(), number, ctypes.c_void_p(1))
""",
    "a storm of alarms": """
import signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
while True: pass
""",
    "half a gigabyte of output": "while True: print('x' * 1_000_000)",
    "output past Python": "import os\nwhile True:\n    for n in (1, 2): os.write(n, b'x' * 65536)",
    "programs that start themselves": """
import os, sys
while True:
    try:
        if os.fork() == 0: os.execv(sys.executable, [sys.executable, "-c", "while True: pass"])
    except OSError: pass
""",
    "a process that stops itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "signals to everybody": """
import os, signal
for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    for pid in (-1, 0, 1, os.getppid(), *range(2, 400)):
        if pid != os.getpid():
            try: os.kill(pid, number)
            except OSError: pass
while True: pass
""",
    "deafness": """
import signal
for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    "the processor for itself": """
import os
for call in (lambda: os.nice(-20), lambda: os.sched_setaffinity(0, {0}),
             lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)),
             lambda: os.setpriority(0, 0, -20)):
    try: call()
    except OSError: pass
while True: pass
""",
    "limits of others": """
import os, resource
for pid in (0, 1, os.getppid(), *range(2, 300)):
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_AS):
        if pid != os.getpid() and pid:
            try: resource.prlimit(pid, what, (0, 0))
            except (OSError, ValueError): pass
while True: pass
""",
    "locked memory": """
import ctypes
libc = ctypes.CDLL(None); libc.mlockall(3)
kept = []
while True: kept.append(bytearray(64 << 20))
""",
    "huge pages": """
import mmap
kept = []
while True:
    block = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE); block.madvise(14); kept.append(block)
    for at in range(0, 64 << 20, 4096): block[at] = 1
""",
    "names that are not there": """
import os
n = 0
while True:
    n += 1
    os.path.exists(f"/tmp/work/{n:0200}")
""",
    "a file of a terabyte": """
import mmap, os
try:
    with open("/tmp/work/sparse", "w+b") as file:
        os.ftruncate(file.fileno(), 1 << 40)
except OSError: pass
while True: pass
""",
    "a storm of fsync": """
import os
file = open("/tmp/work/f", "wb")
while True: file.write(b"x"); file.flush(); os.fsync(file.fileno()); file.seek(0)
""",
    "endless recursion in C": """
import functools
f = functools.partial(print)
for _ in range(2_000_000): f = functools.partial(f)
class A: pass
a = A(); a.__call__ = a
def down(n): return down(n + 1)
import sys; sys.setrecursionlimit(10**9)
down(0)
""",
    "brackets": "eval('(' * 90 + ')' * 90)\n"
    "exec('x = ' + '[' * 150 + ']' * 150)\ncompile('-' * 500000 + '1', '', 'eval')",
    "an expression without an end": "import re\nre.match('(a*)*' * 5 + 'b', 'a' * 60)",
    "a power": "x = 7 ** 7 ** 12",
    "the largest answers there may be": """
import numpy as np
ex25_same = lambda *a, **k: np.zeros((3 << 20) // 8 * 8 - 2000, "uint8")
ex22_saving = ex09_pointwise = ex25_symmetric = ex25_same
""",
    "answers that come drop by drop": """
import time
def ex25_same(*a, **k): time.sleep(1.2); return (0, 0)
ex22_saving = ex09_pointwise = ex25_symmetric = ex25_same
""",
    "an end after every call": """
import os
def ex25_same(*a, **k): os._exit(0)
ex22_saving = ex09_pointwise = ex25_symmetric = ex25_same
""",
    "bytes on every channel": """
import os
while True:
    for number in range(3, 64):
        try: os.set_blocking(number, False); os.write(number, b"\\xff" * 65536)
        except OSError: pass
""",
}
