"""What it takes to mark every instructor's solution in the jail, and every untouched notebook.

    python benchmarks/solutions.py [--repeat 3]

Each must be marked without an error: the solutions with every point, the untouched notebooks with
none. The goal is five minutes for all solutions together on two cores. Each has a jail of its own,
and all are marked one after the other. Processor time (user and system) is that of this process and
of all jails, read just before a jail ends; other load on the machine stretches the clock and hardly
this.
"""

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.course.course import Course  # noqa: E402
from autograder.notebooks.cells import read_own  # noqa: E402
from autograder.run import scoring  # noqa: E402
from benchmarks.grading import jailed_seconds  # noqa: E402

RESULT = ROOT / "benchmarks/results/solutions.json"
GOAL_SECONDS = 300


def own_seconds() -> float:
    """What this process and the children that it has waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def marked(course: Course, assignment: str, path: Path, share: float) -> tuple[float, float]:
    """Mark a notebook in a jail of its own; seconds of the processor and by the clock.

    Every question has to earn this share of its points, no cell and no checker may fail.
    """
    before, start, jailed = own_seconds(), time.perf_counter(), {}
    notebook = read_own(path)
    with tempfile.TemporaryDirectory() as scratch:
        job = course.job(assignment, results=Path(scratch))
        with job.jail() as jail:
            result = scoring.score(notebook, job.questions(), jail)
            jailed_seconds(psutil.Process(), jailed)
    clock = time.perf_counter() - start
    failed = {name: run.error for name, run in result.runs.items() if run.error}
    for name, verdict in result.verdicts.items():
        if verdict.is_open or verdict.points != share * verdict.max_points:
            failed[name] = verdict
    if failed:
        raise SystemExit(f"{path}: {failed}")
    return own_seconds() - before + sum(jailed.values()), clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=3, help="the slowest counts (default: 3)")
    options = parser.parse_args()
    course, rows = Course(root=ROOT), {}
    for assignment in course.assignments():
        row = {"load": round(os.getloadavg()[0], 1)}
        for kind, path, share in (
            ("solution", course.source(assignment), 1),
            ("untouched", course.released(assignment), 0),
        ):
            runs = [marked(course, assignment, path, share) for _ in range(options.repeat)]
            for unit, values in zip(("processor", "clock"), zip(*runs, strict=True), strict=True):
                row[f"{kind}_{unit}_seconds"] = round(max(values), 2)
        rows[assignment] = row
        print(assignment, row, flush=True)
    together = {
        key: round(sum(row[key] for row in rows.values()), 1) for key in row if key != "load"
    }
    result = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "repeat": options.repeat,
        "goal_seconds": GOAL_SECONDS,
        "together": together,
        "assignments": rows,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf8")
    print(together)


if __name__ == "__main__":
    main()
