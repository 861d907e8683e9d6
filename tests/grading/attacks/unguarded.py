"""A grader that trusts everybody, for showing what each attack does where nothing holds it.

Run as a program inside a throwaway sandbox (see `world.py`). It grades as a simple script would:
the student's cells and the tests run in one process, files are read without suspicion, and what
comes out is believed. A second process only watches and writes down which signs of harm it saw.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import time
from pathlib import Path

# Seconds until a grading process counts as endless: short where that is what is to be shown.
ENDLESS, PATIENCE = 4.0, 30.0
GIGABYTE = 1 << 30
SETUP = """
import numpy as np
def check(answer, expected):
    return isinstance(answer, (int, float)) and all([abs(expected - answer) <= 1e-9])
"""
TESTS = {
    "ex01": "assert ex01_output_size == 30",
    "ex02": "np.testing.assert_allclose(ex02_parameters, 73856)",
    "ex09-count": "assert check(ex09_parameters, 32832)",
    "ex25-same": "assert ex25_same(224, 7, 2) == (2, 3)",
}


# --- the part that runs what it is given ------------------------------------------------------


def run_notebook(job: dict) -> dict:
    """Run answers and tests in one IPython shell; return points and what was shown."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.InteractiveTB.set_mode("Minimal")
    # Only a page needs what was displayed; otherwise it goes where the watcher can see it grow.
    with capture_output() if job["harm"] == "markup" else contextlib.nullcontext() as captured:
        shell.run_cell(SETUP)
        points = 0.0
        for question, source in job["cells"]:
            shell.run_cell(source)
            if question in TESTS:
                result = shell.run_cell(TESTS[question])
                if result.success:
                    paid = result.result
                    points += paid if isinstance(paid, int | float) else 1
    shown = [
        {"output_type": "display_data", "data": dict(o.data), "metadata": dict(o.metadata or {})}
        for o in (captured.outputs if captured else ())
    ]
    names = [n for n in shell.user_ns if n.startswith("ex") and "_" in n]
    printed = captured.stdout if captured else ""
    return {
        "points": points,
        "shown": shown,
        "printed": printed,
        "values": {n: shell.user_ns[n] for n in names},
    }


def record(values: dict) -> None:
    """Write the answers down as a script would that has not thought about them."""
    for name, value in values.items():
        if callable(value):
            continue
        if hasattr(value, "tolist") or isinstance(value, range):
            value = value.tolist() if hasattr(value, "tolist") else list(value)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        elif isinstance(value, str) and "(" in value:
            value = eval(value)  # as a careless script does with "(30, 30)"
        line = f"{name}: {value!s} {value == 30}\n"
        sys.stdout.write(line.encode("utf-8").decode())
        json.dumps(
            value if isinstance(value, int | float | str | list | dict) else repr(value),
            allow_nan=False,
        )
    sys.stdout.flush()


def make_page(notebook: dict, shown: list[dict], printed: str = "") -> str:
    """The notebook as nbconvert's own HTML page, with pictures and what was printed put below."""
    import nbformat
    from nbconvert import HTMLExporter

    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "shown",
            "metadata": {},
            "source": "",
            "execution_count": None,
            "outputs": shown,
        }
    )
    whole = nbformat.reads(json.dumps(notebook), as_version=4)
    page, _ = HTMLExporter().from_notebook_node(whole)
    for cell in whole.cells:
        for output in cell.get("outputs", []):
            page += output.get("data", {}).get("text/latex", "")
            if "image/png" in output.get("data", {}):
                page += f'<img src="data:image/png;base64,{output["data"]["image/png"]}">'
    return f"{page}<pre>{printed}</pre>"


def read_submission(job: dict) -> dict:
    """Read the files of a submission, in good faith, and pay what they say."""
    import datetime
    import sqlite3

    import nbformat

    folder = Path(job["folder"])
    path = folder / job["name"]
    text = path.read_text(encoding="utf-8")
    print(text[-200_000:])
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    ids = [cell["id"] for cell in json.loads(text)["cells"]]  # nbformat has mended them already
    if notebook.nbformat != 4 or notebook.nbformat_minor > 5:
        raise ValueError("a notebook from another time")
    nbformat.validate(notebook)
    if notebook.metadata["kernelspec"]["name"] != "python3":
        raise ValueError("another kernel")
    if len(set(ids)) < len(ids) or len(ids) > 10_000 or len(text) > 50 << 20:
        raise ValueError("a notebook that cannot be marked")
    points, seen = 0.0, set()
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        if not grader.get("grade") or grader.get("solution") or cell.cell_type != "code":
            continue
        if grader["schema_version"] != 3 or grader["grade_id"] in seen:
            raise ValueError("cannot tell which cell this is")
        compile(cell.source, "<cell>", "exec")
        seen.add(grader["grade_id"])
        paid = [float(o["data"]["text/plain"]) for o in cell.outputs if "data" in o]
        points += (
            sum(paid) if paid else float(grader["points"]) * (grader["grade_id"] in job["honest"])
        )
    named = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    in_order = [name for name in named if name in job["questions"]] == job["questions"]
    if not in_order or not set(job["questions"]) <= seen:
        raise ValueError("grade cells are missing or in another order")
    for cell in notebook.cells:
        cell.source.encode("utf-8")
        if cell.cell_type == "code":
            compile(cell.source, "<cell>", "exec")
        elif "attachment:" in cell.source:
            make_page(json.loads(text), [])
    met = 0
    for here, _, names in os.walk(folder, followlinks=True):
        for name in names:
            name.encode("utf-8")
            met += 1
            size = os.stat(os.path.join(here, name)).st_size
            if met > 1500 or size > GIGABYTE:
                raise MemoryError("too many or too large files to copy")
            if name == "timestamp.txt":
                datetime.datetime.fromisoformat(Path(here, name).read_text().strip())
            if name.endswith(".db"):
                sqlite3.connect(os.path.join(here, name)).execute("select * from sqlite_master")
    return {"points": points, "shown": [], "values": {}, "notebook": notebook}


def work(job: dict, report: str) -> None:
    """The grading process: everything in one place, with the student's code in the midst of it."""
    os.chdir(job["folder"])
    sys.path.insert(0, job["folder"])
    answer: dict = {"points": 0.0}
    if job["kind"] == "files":
        answer = read_submission(job)
    if job["kind"] == "code":
        if job["also_code"]:
            # A fresh kernel would import what lies beside the notebook.
            for name in [n for n in sys.modules if n.split(".")[0] == "numpy"]:
                del sys.modules[name]
        answer = run_notebook(job)
    if job["harm"] in ("batch", "flood", "memory", "neighbour"):
        record(answer.get("values", {}))
    Path(report).write_text(
        json.dumps(
            {"points": float(answer["points"])}
            | {part: answer.get(part, "") for part in ("shown", "printed")},
            default=str,
        )
    )


# --- the part that watches ------------------------------------------------------------------


def processes() -> list[int]:
    """The processes of this sandbox but its init, the listeners and the watcher."""
    ours = {1, os.getppid(), os.getpid()}
    return [int(n) for n in os.listdir("/proc") if n.isdigit() and int(n) not in ours]


def field(text: str, name: str) -> int:
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def load() -> tuple[int, int]:
    """Number of threads, and bytes of memory that are really held, of all watched processes."""
    threads = held = 0
    for pid in processes():
        try:
            threads += field(Path(f"/proc/{pid}/status").read_text(), "Threads:")
            held += field(Path(f"/proc/{pid}/smaps_rollup").read_text(), "Pss:") * 1024
        except OSError:
            continue
    return threads, held


def shared() -> int:
    return field(Path("/proc/meminfo").read_text(), "Shmem:") * 1024


def written(folder: str) -> tuple[int, int]:
    """Bytes on disk and number of entries below `folder`, counted until they are too many."""
    size = count = 0
    stack = [folder]
    end = time.monotonic() + 2
    while stack and count < 25_000 and time.monotonic() < end:
        here = stack.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError as error:
            # Folders too deep for a path are as bad as too many of them.
            count += 30_000 if error.errno == errno.ENAMETOOLONG else 1
    return size, count


def watch(job: dict, report: str, shown: str) -> dict:
    """Start the grading process, watch it, and say which signs of harm there were."""
    signs: set[str] = set()
    shm = shared()
    before = written(job["folder"])
    Path(shown).touch()  # looked at from the first moment, when the child may not have run yet
    child = os.fork()
    if child == 0:
        out = os.open(shown, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        try:
            work(job, report)
        except BaseException as error:
            print("ended by", type(error).__name__)
            with contextlib.suppress(BaseException):
                sys.stdout.flush()
            sys.exit(7)
        sys.exit(0)
    start, status = time.monotonic(), None
    limit = ENDLESS if job["harm"] == "time" or job["endless"] else PATIENCE
    while status is None and time.monotonic() - start < limit:
        time.sleep(0.05)
        pid, got = os.waitpid(child, os.WNOHANG)
        status = got if pid else None
        threads, held = load()
        if threads > 100:
            signs.add("processes")
        if held + max(shared() - shm, 0) > GIGABYTE:
            signs.add("memory")
        if os.path.getsize(shown) > 20 << 20:
            signs.add("flood")
        if job["harm"] == "disk":
            size, count = written(job["folder"])
            if size - before[0] > 150 << 20 or count > 20_000:
                signs.add("disk")
        if job["harm"] in signs:
            break
    if status is None and job["harm"] not in signs:
        signs |= {"time", "batch", "grader"} if job["kind"] == "code" else {"batch"}
    elif status not in (None, 0):
        signs.add("batch" if os.waitstatus_to_exitcode(status) == 7 else "grader")
    elif status == 0 and not os.path.exists(report):
        signs.add("grader")
    for pid in processes():
        with contextlib.suppress(OSError):
            if status is None:
                os.kill(pid, 9)
    time.sleep(0.3)
    return {"signs": sorted(signs)}


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    # What the grading process needs is warm before the clock starts.
    if job["kind"] == "code":
        import numpy.testing  # noqa: F401
    else:
        import nbformat  # noqa: F401
    report, shown, verdict = job["report"], job["shown"], job["verdict"]
    signs = watch(job, report, shown)
    if job["harm"] == "markup" and os.path.exists(report):
        seen = json.loads(Path(report).read_text())
        page = make_page(job["notebook"], seen["shown"], seen["printed"])
        Path(job["page"]).write_text(page, "utf-8", "replace")
    Path(verdict).write_text(json.dumps(signs))


if __name__ == "__main__":
    main()
