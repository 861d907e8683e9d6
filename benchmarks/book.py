"""How long `make book` takes: from nothing, with what ran kept, and after a change of one line.

``python benchmarks/book.py`` clones the repository's last commit into a temporary folder and runs
there what the README says, so packages come from uv's or pip's cache. The parts are timed apart;
results go to ``benchmarks/results/book.json``. The targets on two cores and with a warm cache of
packages: 5 minutes from nothing, 2 minutes with the executed notebooks kept, 12 seconds after one
line. The load of the machine stands beside them, as it stretches them.
"""

import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/book.json"
PAGE = "book/13-indian-case-studies.md"


def seconds_of(clone: Path, *command: str) -> float:
    """Run a command in the clone; the wall clock that it takes, in seconds."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return round(time.perf_counter() - start, 1)


def change_one_line(page: Path) -> None:
    """Lengthen the last line that is plain prose."""
    lines = page.read_text().splitlines()
    at = max(i for i, line in enumerate(lines) if line.endswith(".") and line[0].isalpha())
    lines[at] += " It is so."
    page.write_text("\n".join(lines) + "\n")


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "book"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        install = seconds_of(clone, "make", ".venv/.ready")
        build = seconds_of(clone, "make", "book", "SERVE=0")
        for rest in ("html", ".doctrees"):
            shutil.rmtree(clone / "_build" / rest)
        executed_before = seconds_of(clone, "make", "book", "SERVE=0")
        unchanged = seconds_of(clone, "make", "book", "SERVE=0")
        change_one_line(clone / PAGE)
        one_line = seconds_of(clone, "make", "book", "SERVE=0")
        if "It is so." not in (clone / "_build/html" / PAGE).with_suffix(".html").read_text():
            raise SystemExit(f"the changed line is not on the built page of {PAGE}")
    result = {
        "date": date.today().isoformat(),
        "cores": os.cpu_count(),
        "load_before": round(load, 1),
        "python": platform.python_version(),
        "seconds": {
            "install": install,
            "execute and build": build,
            "from nothing to the book": round(install + build, 1),
            "with the executed notebooks kept": executed_before,
            "again, nothing changed": unchanged,
            "again, one line of prose changed": one_line,
        },
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
