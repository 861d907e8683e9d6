"""Attacks that take what no process owns: shared pages that were let go, time of one's own crowd."""

from .resources import bomb

# --- memory that no process has -------------------------------------------------------------

LET_GO = """
    step, n = 64 << 20, 0
    for start in range(0, 3 << 30, step):
        for page in range(start, start + step, 4096):
            pages[page] = 1
        pages.madvise(mmap.MADV_DONTNEED, start, step)
    time.sleep(2)
"""

bomb(
    "shared pages that nobody maps any more",
    "memory",
    """
    import mmap, time
    ex01_output_size = 31
    pages = mmap.mmap(-1, 3 << 30)
"""
    + LET_GO,
    family="memory of nobody",
)

bomb(
    "shared pages of /dev/zero",
    "memory",
    """
    import mmap, os, time
    ex01_output_size = 31
    pages = mmap.mmap(os.open("/dev/zero", os.O_RDWR), 3 << 30)
"""
    + LET_GO,
    family="memory of nobody",
)

bomb(
    "sleep to the last second, then a new process",
    "time",
    """
    import os, time
    ex01_output_size = 31
    start = time.monotonic()
    while time.monotonic() - start < 12:
        time.sleep(0.5)
    os._exit(0)
""",
    family="time",
)

bomb(
    "sessions of their own that compute",
    "time",
    """
    import os, time
    ex01_output_size = 31
    for _ in range(20):
        if os.fork() == 0:
            try:
                os.setsid()
            finally:
                end = time.monotonic() + 8
                while time.monotonic() < end:
                    pass
                os._exit(0)
    for _ in range(20):
        os.wait()
""",
    family="limits",
)
