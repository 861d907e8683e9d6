"""A throwaway course in a sandbox, to see each attack do its harm where no jail holds it.

The sandbox is only there to protect this machine: its own processes, network, and a copy of a
course that nobody needs. Inside, `unguarded.py` grades in good faith.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from .pages import active_markup
from .record import Attack

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
ASSIGNMENT = "01-shapes-and-counts"
NAME = f"{ASSIGNMENT}.ipynb"
RELEASED = ROOT / "exercises" / ASSIGNMENT / NAME
# The questions that the unguarded grader has a test for, one point each.
TESTED = {"ex01", "ex02", "ex09-count", "ex25-same"}
# What `plant` lays out and nobody may find; shorter marks also stand in other people's files.
SECRETS = ("KEY-solutions", "KEY-text", "KEY-gradebook", "KEY-environment", "MARK-alice")
# The whole sandbox may hold at most so much; every attack stops by itself before that.
SECONDS = 60


def answers() -> dict[str, str]:
    """A right answer for every question of the assignment."""
    from ..answers import a01_shapes_and_counts as bank

    return {question: next(iter(forms.values())) for question, forms in bank.RIGHT.items()}


@cache
def _released() -> str:
    return RELEASED.read_text(encoding="utf-8")


def released() -> dict:
    return json.loads(_released())


def filled(sources: dict[str, str]) -> dict:
    """The released notebook with `sources` in the answer cells of their questions."""
    notebook = released()
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name.endswith("-answer") and name.removesuffix("-answer") in sources:
            cell["source"] = sources[name.removesuffix("-answer")]
    return notebook


def questions() -> list[str]:
    """The ids of the machine-judged grade cells, in order."""
    graders = [c["metadata"].get("nbgrader", {}) for c in released()["cells"]]
    return [g["grade_id"] for g in graders if g.get("grade") and not g.get("solution")]


def hand_in(attack: Attack, folder: Path, course: Path, places: dict[str, str]) -> dict | None:
    """Write the submission of `attack` into `folder`; return its notebook if it still is one."""
    folder.mkdir(parents=True)
    honest = answers()
    sources = {question: honest[question] for question in attack.honest}
    if attack.code:
        sources[attack.cell] = attack.source(places)
    notebook: dict | bytes | None = filled(sources)
    if attack.notebook:
        notebook = attack.notebook(copy.deepcopy(notebook))
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    (folder / NAME).write_bytes(data)
    if attack.files:
        attack.files(folder, course)
    return notebook if isinstance(notebook, dict) else None


class Doors:
    """Listeners that note who knocks: TCP, UDP, a Unix socket and an abstract one."""

    def __init__(self, folder: Path):
        self.heard: list[bytes] = []
        tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        self.unix, self.abstract = str(folder / "door"), f"door-{os.getpid()}-{id(self)}"
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        unix.bind(self.unix)
        abstract.bind("\0" + self.abstract)
        self.tcp, self.udp = tcp.getsockname()[1], udp.getsockname()[1]
        self._open = [tcp, udp, unix, abstract]
        for listener in (tcp, unix, abstract):
            listener.listen(64)
            threading.Thread(target=self._answer, args=(listener,), daemon=True).start()
        threading.Thread(target=self._receive, args=(udp,), daemon=True).start()

    def _answer(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = listener.accept()
                visitor.settimeout(1)
                said = b"nothing"
                with contextlib.suppress(OSError):
                    said = visitor.recv(4096) or said
                self.heard.append(said)
                visitor.close()

    def _receive(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.heard.append(listener.recv(4096))

    def places(self) -> dict[str, str]:
        """What the marks in an attack's code stand for."""
        return {
            "TCP": str(self.tcp),
            "UDP": str(self.udp),
            "UNIX": self.unix,
            "ABSTRACT": self.abstract,
        }

    def close(self) -> None:
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def plant(course: Path) -> list[Path]:
    """Lay out what must stay secret and unchanged: a key, a gradebook, another student's work."""
    solutions = course / "solutions" / ASSIGNMENT
    solutions.mkdir(parents=True)
    notebook = filled(answers())
    notebook["metadata"]["key"] = "KEY-solutions"
    (solutions / NAME).write_text(json.dumps(notebook) + " ")
    (course / "solutions" / "key.txt").write_text("KEY-text: ex01 is thirty\n")
    alice = course / "submitted" / "alice" / ASSIGNMENT
    alice.mkdir(parents=True)
    notebook["metadata"]["key"] = "MARK-alice"
    (alice / NAME).write_text(json.dumps(notebook))
    mark = course / "submitted" / "alice" / "mark.txt"
    mark.write_text("MARK-alice: seventeen\n")
    base = course / "gradebook.db"
    with sqlite3.connect(base) as gradebook:
        gradebook.execute("create table marks (student text, points real)")
        gradebook.execute("insert into marks values ('alice KEY-gradebook', 17)")
    return [solutions / NAME, course / "solutions" / "key.txt", alice / NAME, mark, base]


def fingerprint(paths: list[Path]) -> list[str]:
    return [sha256(p.read_bytes()).hexdigest() if p.is_file() else "gone" for p in paths]


@dataclass
class Harm:
    """What was seen when an attack ran unguarded."""

    signs: set[str] = field(default_factory=set)
    points: float = 0.0
    log: str = ""


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (50 << 30, 50 << 30))


def sandbox(course: Path, command: list[str]) -> list[str]:
    """`command` with its own processes, network and memory files; only `course` is writable."""
    below_tmp = [path for path in (str(ROOT), sys.prefix) if path.startswith("/tmp/")]
    shown = [part for path in below_tmp for part in ("--ro-bind", path, path)]
    return [
        "bwrap", "--unshare-all", "--cap-drop", "ALL", "--die-with-parent", "--new-session",
        "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
        *shown, "--tmpfs", "/dev/shm", "--bind", str(course), str(course),
        "--setenv", "HOME", str(course / "home"), "--setenv", "IPYTHONDIR", str(course / "home"),
        "--setenv", "SECRET", "KEY-environment", "--setenv", "PYTHONDONTWRITEBYTECODE", "1",
        "--setenv", "OMP_NUM_THREADS", "1", "--setenv", "OPENBLAS_NUM_THREADS", "1",
        "--chdir", str(course), *command,
    ]  # fmt: skip


def show_harm(attack: Attack, place: Path) -> Harm:
    """Run one attack without a guard, inside a sandbox of its own, and say what it did."""
    course = place / "course"
    course.mkdir(parents=True)
    (course / "home").mkdir()
    treasures = plant(course)
    before = fingerprint(treasures)
    inside = course / "autograded" / "mallory" / ASSIGNMENT
    job_file = course / "job.json"
    # listeners live inside the sandbox: `serve` starts them and then the grader
    places = {"COURSE": str(course), "ROOT": str(ROOT), "TCP": "18081", "UDP": "18082",
              "UNIX": str(course / "door"), "ABSTRACT": "door-of-the-sandbox"}  # fmt: skip
    notebook = hand_in(attack, inside, course, places)
    honest = answers()
    wanted = {*TESTED, *attack.honest, attack.cell}
    sources = {question: honest[question] for question in attack.honest}
    sources[attack.cell] = attack.source(places) if attack.code else ""
    cells = [
        (question, sources.get(question, "")) for question in questions() if question in wanted
    ]
    reading = bool(attack.notebook or attack.files)
    job = {
        "kind": "files" if reading and attack.harm != "markup" else "code",
        "also_code": bool(attack.files) and attack.harm == "points",
        "harm": attack.harm,
        "endless": attack.keeps == "at most" and attack.harm in ("batch", "grader"),
        "honest": attack.honest,
        "questions": questions(),
        "cells": cells,
        "folder": str(inside),
        "name": NAME,
        "notebook": notebook,
        **{name: str(course / name) for name in ("report", "shown", "verdict", "page", "knocks")},
    }
    if job["also_code"]:
        job["kind"] = "code"
    job_file.write_text(json.dumps(job))
    harm = Harm(log=f"not ended after {SECONDS} seconds")
    # A grader that never ends gives no verdict.
    with contextlib.suppress(subprocess.TimeoutExpired):
        runner = subprocess.run(
            sandbox(course, [sys.executable, "-P", str(HERE / "doors.py"), str(job_file)]),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=_limits,
        )
        harm.log = (runner.stdout[-3000:] + runner.stderr[-3000:]).decode(errors="replace")
    verdict = Path(job["verdict"])
    harm.signs = set(json.loads(verdict.read_text())["signs"]) if verdict.exists() else {"grader"}
    if Path(job["report"]).exists():
        with contextlib.suppress(ValueError):
            harm.points = float(json.loads(Path(job["report"]).read_text())["points"])
    shown = Path(job["shown"])
    if shown.exists():
        text = shown.read_bytes()[-3_000_000:]
        harm.log += text[-2000:].decode(errors="replace")
        if any(secret.encode() in text for secret in SECRETS):
            harm.signs.add("secret")
    earned = TESTED & set(attack.honest) if job["kind"] == "code" else set(attack.honest)
    if harm.points > len(earned) * (1 if job["kind"] == "code" else 10):
        harm.signs.add("points")
    if fingerprint(treasures) != before or any(
        (course / name).exists() for name in ("nbgrader_config.py", "owned")
    ):
        harm.signs.add("neighbour")
    if Path(job["knocks"]).exists() and Path(job["knocks"]).read_bytes():
        harm.signs.add("network")
    if Path(job["page"]).exists() and active_markup(Path(job["page"]).read_text("utf-8")):
        harm.signs.add("markup")
    # Folders 30,000 deep are too much for shutil.
    subprocess.run(["rm", "-rf", "--", str(place)], check=False)
    return harm
