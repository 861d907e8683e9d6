"""How the cost of marking grows to 100,000 submissions: simulated from parts that are measured.

    python benchmarks/growth.py            measure the parts, simulate, draw the figure
    python benchmarks/growth.py --kept     simulate and draw from the parts measured last

Measured, in processor time on this machine, for honest submissions to the first notebook: what a
worker and its jail need for one, what the one process needs that reads and records it, and what
it takes to start. Simulated: a queue of submissions before as many workers, whose times are drawn
from the measured ones, a few that run into the time limit, and one writer behind them. On one
machine all of them share its cores; on a cluster, reading and recording have a core of their own.
"""

import argparse
import contextlib
import heapq
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402

from autograder.course.course import Course  # noqa: E402
from autograder.notebooks.cells import read_own  # noqa: E402
from autograder.run import pool, recording  # noqa: E402
from autograder.run.job import Outcome  # noqa: E402
from autograder.run.store import Store  # noqa: E402
from benchmarks.grading import make_class  # noqa: E402
from questions import sample  # noqa: E402

RESULT = ROOT / "benchmarks/results/growth.json"
FIGURE = ROOT / "book/instructors/growth.svg"
SIZES = (30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
PLANS = {
    "one machine, 2 cores": (2, True),
    "one machine, 4 cores": (4, True),
    "one machine, 8 cores": (8, True),
    "cluster, 64 workers": (64, False),
}
HANGING_SHARE = 0.01
SEED = 8


# --- what is measured ----------------------------------------------------------------------------


def measure(count: int) -> dict:
    """Seconds of processor time of the parts, on a class of `count`."""
    name = sample.ASSIGNMENT
    with tempfile.TemporaryDirectory() as scratch:
        make_class(Path(scratch) / "submitted", name, count)
        course = Course(scratch)
        course.register(name)
        job = course.job(name)
        todo = course.submissions(name)
        scoring = _scoring_seconds(pool.Worker(job), todo)
        none, released = Store(job.results / "none"), read_own(job.released)
        start = time.process_time()
        for student, folder in todo.items():
            pool.prepare(job, none, released, student, folder, True)
        reading = (time.process_time() - start) / count
        start = time.process_time()
        keys = {student: course.store(name)._read(student)["key"] for student in todo}
        outcomes = [Outcome(student, "scored", keys[student]) for student in todo]
        assert {o.state for o in recording.record(course, name, outcomes)} == {"scored"}
        recording_seconds = (time.process_time() - start) / count
        limit = job.jail().profile.seconds
    return {
        "scoring": scoring,
        "reading": round(reading, 5),
        "recording": round(recording_seconds, 5),
        "start": round(_start_seconds(name), 2),
        "time_limit": limit,
    }


def _start_seconds(assignment) -> float:
    """What it takes to start, to prove that the jail holds and to find nobody to mark."""
    with tempfile.TemporaryDirectory() as scratch:
        Course(scratch).register(assignment)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "autograder", "grade", assignment, "--course", scratch]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _scoring_seconds(worker, todo) -> list[float]:
    """What each submission needs in a worker and its jail together."""

    def used():
        for member in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "python" in member.name() and "bwrap" in member.parent().name():
                    return time.process_time() + sum(member.cpu_times()[:4])
        raise SystemExit("the jail's process was not found")

    found = []
    first = next(iter(todo.items()))
    worker.run(*first, True)  # starts the jail
    try:
        for student, folder in todo.items():
            before = used()
            assert worker.run(student, folder, True).state == "scored"
            found.append(round(used() - before, 4))
    finally:
        worker.close()
    return found


# --- what is simulated ---------------------------------------------------------------------------


def hours(parts: dict, submissions: int, workers: int, shared: bool) -> float:
    """Hours until the last of so many submissions is recorded."""
    rng = random.Random(SEED)
    serial = parts["reading"] + parts["recording"]
    free = [parts["start"]] * workers
    heapq.heapify(free)
    read = written = parts["start"]
    for _ in range(submissions):
        seconds = rng.choice(parts["scoring"])
        if rng.random() < HANGING_SHARE:
            seconds += parts["time_limit"]
        if shared:  # the cores do the reading and recording, too
            heapq.heapreplace(free, free[0] + seconds + serial)
            continue
        read += parts["reading"]
        ended = max(free[0], read) + seconds
        heapq.heapreplace(free, ended)
        written = max(written, ended) + parts["recording"]
    # One process reads and records: it can't end before it has done both for everybody.
    busy = parts["start"] + serial * submissions
    return max(max(free), written, busy) / 3600


def simulate(parts: dict) -> dict[str, list[float]]:
    """Hours by plan, for each of `SIZES`."""
    return {
        name: [float(f"{hours(parts, size, *plan):.3g}") for size in SIZES]
        for name, plan in PLANS.items()
    }


def draw(found: dict[str, list[float]], path: Path) -> None:
    """Draw the simulated hours on two logarithmic axes."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none", "font.size": 11})
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 4.4), layout="constrained")
    for (name, values), marker in zip(found.items(), "osD^", strict=True):
        axes.plot(SIZES, values, marker=marker, label=name)
    for seconds, label in ((60, "a minute"), (3600, "an hour"), (86_400, "a day")):
        axes.axhline(seconds / 3600, color="0.75", linewidth=0.8, zorder=0)
        axes.text(SIZES[0], seconds / 3600, label, color="0.4", va="bottom", fontsize=9)
    axes.set(xscale="log", yscale="log", xlabel="submissions", ylabel="hours")
    axes.set_title("Simulated from measured parts: time to mark a class", fontsize=11)
    axes.set_xticks([100, 1_000, 10_000, 100_000], ["100", "1,000", "10,000", "100,000"])
    axes.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.legend(frameon=False, fontsize=9, loc="lower right")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kept", action="store_true", help="use the parts measured last")
    parser.add_argument("--students", type=int, default=40)
    options = parser.parse_args()
    if options.kept:
        about = json.loads(RESULT.read_text())
    else:
        parts = measure(options.students)
        about = {"python": platform.python_version(), "parts": parts}
    result = {
        **about,
        "hanging_share": HANGING_SHARE,
        "submissions": SIZES,
        "simulated_hours": simulate(about["parts"]),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    draw(result["simulated_hours"], FIGURE)
    for name, values in result["simulated_hours"].items():
        print(f"{name:24}", *(f"{value:8.3g}" for value in values))


if __name__ == "__main__":
    main()
