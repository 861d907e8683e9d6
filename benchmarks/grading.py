"""How fast a class is marked, beside stock nbgrader: the same notebooks, in one run.

    python benchmarks/grading.py [--assignment 05-architectures] [--students 20 100]
    python benchmarks/grading.py --assignment 06-transfer-and-interpretation --students --alone 300

Stock nbgrader marks in a course of its own with its default configuration (its test cells check the
form only, which is cheaper than real tests would be); we mark with the jail on and two workers.
Processor time of all processes is given beside the wall clock: other load on the machine stretches
the one and hardly the other. We run before and after stock, so that neither has the quieter half
of the time, and the mean of both counts. `--alone` marks classes of such sizes without stock, which
would take hours, and says the minutes. To start (import nbgrader, prove that the jail holds,
bring up two workers with theirs) takes us as long for a small class as for a large one: both are
measured.
"""

import argparse
import contextlib
import itertools
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.course.course import Course  # noqa: E402
from autograder.notebooks.cells import read_own  # noqa: E402
from questions import sample  # noqa: E402

HONEST = ("right-", "mistake-")
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": ""}
"""


def make_class(folder: Path, assignment: str, count: int) -> None:
    """Write `count` honest submissions below `folder`."""
    course = Course()
    source = nbformat.read(course.source(assignment), as_version=4)
    released = read_own(course.released(assignment))
    honest = [sample.Member("right")]
    if assignment == sample.ASSIGNMENT:
        honest = [m for m in sample.MEMBERS if m.name.startswith(HONEST) and "magic" not in m.name]
    for number, member in zip(range(count), itertools.cycle(honest), strict=False):
        path = folder / f"s{number:03}" / assignment / f"{assignment}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(sample.notebook_of(member, source, released)))


def _largest_worker(process) -> float:
    """Megabytes of the largest child together with what it started."""
    sizes = []
    for child in process.children():
        family = [child, *child.children(recursive=True)]
        total = 0
        for member in family:
            try:
                memory = member.memory_full_info()
                total += getattr(memory, "pss", memory.uss)
            except psutil.Error:
                continue
        sizes.append(total)
    return max(sizes, default=0) / 2**20


def jailed_seconds(process, found: dict[int, float]) -> None:
    """Note the processor time of the jails below a process: nobody waits for them, so it is looked
    up while they run. A zygote's own counts hold those of the notebooks that it has ended."""
    for member in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "python" in member.name() and "bwrap" in member.parent().name():
                found[member.pid] = sum(member.cpu_times()[:4])


def measure(command, cwd, environment=None) -> dict[str, float]:
    """Run a command; return its wall clock, its processor time and its largest worker."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, most, jailed = time.perf_counter(), 0.0, {}
    with subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        watched = psutil.Process(running.pid)
        os.set_blocking(running.stderr.fileno(), False)
        errors = b""
        while running.poll() is None:
            with contextlib.suppress(psutil.Error):
                most = max(most, _largest_worker(watched))
                jailed_seconds(watched, jailed)
            errors += running.stderr.read() or b""
            time.sleep(0.25)
    if running.returncode:
        raise SystemExit(f"{command} failed:\n{errors[-2000:].decode()}")
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    used += sum(jailed.values())
    return {"wall_seconds": wall, "processor_seconds": used, "largest_worker_mb": most}


def stock(folder: Path, assignment: str, count: int) -> dict[str, float]:
    """Mark the class with nbgrader as it comes."""
    (folder / "source").mkdir(parents=True)
    shutil.copytree(ROOT / "solutions" / assignment, folder / "source" / assignment)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    make_class(folder / "submitted", assignment, count)
    nbgrader = [sys.executable, "-m", "nbgrader"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    subprocess.run(
        [*nbgrader, "generate_assignment", assignment],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    return measure([*nbgrader, "autograde", assignment], folder, environment)


def ours(folder: Path, assignment: str, count: int) -> dict[str, float]:
    """Mark the class with the jail on and two workers."""
    make_class(folder / "submitted", assignment, count)
    Course(folder).register(assignment)
    command = [sys.executable, "-m", "autograder", "grade", assignment]
    return measure([*command, "--course", str(folder), "--workers", "2"], ROOT)


def compare(assignment: str, count: int) -> dict:
    """Mark one class of `count` with both; seconds are those of one submission."""
    with tempfile.TemporaryDirectory() as scratch:
        before = ours(Path(scratch) / "before", assignment, count)
        theirs = stock(Path(scratch) / "stock", assignment, count)
        after = ours(Path(scratch) / "after", assignment, count)
    found = {"ours": {key: (before[key] + after[key]) / 2 for key in before}, "stock": theirs}
    return {
        "students": count,
        **{
            name: {
                key: round(value / count if "sec" in key else value, 3) for key, value in m.items()
            }
            for name, m in found.items()
        },
        "times_faster": {
            kind: round(found["stock"][f"{kind}_seconds"] / found["ours"][f"{kind}_seconds"], 1)
            for kind in ("wall", "processor")
        },
    }


def alone(assignment: str, count: int) -> dict[str, float]:
    """Mark one class of `count` with ours only; the figures are those of the whole class."""
    with tempfile.TemporaryDirectory() as scratch:
        found = ours(Path(scratch) / "ours", assignment, count)
    return {
        "students": count,
        "minutes": round(found["wall_seconds"] / 60, 2),
        "processor_minutes": round(found["processor_seconds"] / 60, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", default=sample.ASSIGNMENT)
    parser.add_argument("--students", type=int, nargs="*", default=[20, 100])
    parser.add_argument("--alone", type=int, nargs="*", default=[])
    parser.add_argument("--out", type=Path, help="default: benchmarks/results/grading-*.json")
    options = parser.parse_args()
    result = {
        "assignment": options.assignment,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        # A class without a submission: imports, and the proof that the jail holds.
        "start_seconds": round(60 * alone(options.assignment, 0)["minutes"], 1),
        "alone": [alone(options.assignment, count) for count in options.alone],
        "classes": [compare(options.assignment, count) for count in options.students],
    }
    out = options.out or ROOT / f"benchmarks/results/grading-{options.assignment}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
