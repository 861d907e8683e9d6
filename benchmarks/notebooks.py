"""Processor time and peak memory of the book's notebooks, each run from its first cell in turn.

    python benchmarks/notebooks.py                      # all of them
    python benchmarks/notebooks.py 10 11 12 18          # those whose numbers begin so
    CONVBOOK_DATA=... python benchmarks/notebooks.py --real 10 11 12 18

``--real`` changes the one line that a page names for real data, runs 11.1 for one epoch on
CIFAR-10, and leaves pages that have no such line as they are. Peak memory is the largest resident
set of one process, which is the kernel's; processor time is that of the kernel and of what starts
it. Results go to ``benchmarks/results/notebooks.json``, beside those of notebooks that were not run
this time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/notebooks.json"
SWITCH = ("REAL = False", "REAL = True")
REAL = {
    "11-01-cifar": [
        ('load("signs", train=1600, test=400, size=32)', 'load("cifar10")'),
        ("EPOCHS = 12", "EPOCHS = 1"),
    ],
    "12-": [SWITCH],
    "18-01": [SWITCH],
    "18-02": [SWITCH],
    "18-03": [SWITCH],
}
RUN = """
import sys
import nbformat
from nbclient import NotebookClient
path, where = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=7200, resources={"metadata": {"path": where}}).execute()
"""


def notebooks(prefixes: list[str]) -> list[Path]:
    """The notebooks of the contents, in order, whose section begins with one of ``prefixes``."""
    names = re.findall(r"file: (\S+)|root: (\S+)", (ROOT / "_toc.yml").read_text("utf-8"))
    paths = [ROOT / f"{name or root}.ipynb" for name, root in names]
    wanted = [path for path in paths if path.is_file()]
    if prefixes:
        wanted = [path for path in wanted if path.name.startswith(tuple(prefixes))]
    return wanted


def with_real_data(source: str, name: str) -> str:
    """A notebook's text with the changes of ``REAL``; raises if a line to change isn't there."""
    for start, changes in REAL.items():
        if name.startswith(start):
            for old, new in changes:
                old, new = (json.dumps(text)[1:-1] for text in (old, new))
                if source.count(old) != 1:
                    raise SystemExit(f"{name} has {source.count(old)} lines with {old}, not one")
                source = source.replace(old, new)
    return source


def run(path: Path, real: bool) -> dict:
    """Run one notebook in a process of its own; what it took, and its error if it failed."""
    text = path.read_text("utf-8")
    text = with_real_data(text, path.name) if real else text
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / path.name
        copy.write_text(text, "utf-8")
        errors = Path(scratch) / "errors"
        with errors.open("w") as sink:
            process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(copy), str(path.parent)],
                stdout=subprocess.DEVNULL,
                stderr=sink,
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        said = errors.read_text("utf-8").strip().splitlines()
    row = {
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_memory_mb": round(used.ru_maxrss / 1024),
        "passed": status == 0,
    }
    return row if status == 0 else row | {"error": said[-1][:200] if said else str(status)}


def main(arguments: list[str] | None = None) -> None:
    """Run what was asked for, print a line for each and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sections", nargs="*", help="beginnings of file names; none: all")
    parser.add_argument("--real", action="store_true", help="with the real data sets")
    chosen = parser.parse_args(arguments)
    kept = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
    rows = kept.setdefault("real data" if chosen.real else "as the book is built", {})
    for path in notebooks(chosen.sections):
        name = path.relative_to(ROOT).with_suffix("").as_posix()
        rows[name] = run(path, chosen.real)
        print(name, rows[name], flush=True)
        about = {"cores": os.cpu_count(), "python": platform.python_version()}
        kept |= {"date": date.today().isoformat(), **about}
        RESULT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
