"""Listeners inside the sandbox, and the trusting grader behind them.

Run as a program by `world.py`. Whoever reaches one of the listeners leaves a line in a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import socket
import sys
import threading
from pathlib import Path

# A grader that was stopped, or blocked for good, is given up after so many seconds.
PATIENCE = 50


def note(knocks: str, said: bytes) -> None:
    with open(knocks, "ab") as file:
        file.write(said[:200] + b"\n")


def stream(listener: socket.socket, knocks: str) -> None:
    while True:
        visitor, _ = listener.accept()
        visitor.settimeout(0.3)
        said = b"nothing"
        with contextlib.suppress(OSError):
            said = visitor.recv(4096) or said
        note(knocks, said)
        visitor.close()


def datagrams(listener: socket.socket, knocks: str) -> None:
    while True:
        note(knocks, listener.recv(4096))


def open_doors(course: Path, knocks: str) -> None:
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tcp.bind(("127.0.0.1", 18081))
    udp.bind(("127.0.0.1", 18082))
    unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    unix.bind(str(course / "door"))
    abstract.bind("\0door-of-the-sandbox")
    for listener in (tcp, unix, abstract):
        listener.listen(64)
        threading.Thread(target=stream, args=(listener, knocks), daemon=True).start()
    threading.Thread(target=datagrams, args=(udp, knocks), daemon=True).start()


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    course = Path(sys.argv[1]).parent
    grader = os.fork()
    if grader == 0:
        runpy.run_path(str(Path(__file__).with_name("unguarded.py")), run_name="__main__")
        sys.exit(0)
    open_doors(course, job["knocks"])
    threading.Timer(PATIENCE, os._exit, (1,)).start()
    _, status = os.waitpid(grader, os.WUNTRACED)
    os._exit(1 if os.WIFSTOPPED(status) else 0)  # everything in here ends with this process


if __name__ == "__main__":
    main()
