"""Types: the public rooms are annotated, and mypy's complaints elsewhere only become fewer."""

import importlib
import inspect
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = Path(__file__).with_name("types_baseline.json")
PUBLIC = ("convbook.shapes", "convbook.nn", "convbook.data", "convbook.explain",
          "convbook.practice", "autograder.handin.forms")  # fmt: skip


def functions_of(module):
    """(name, function) of everything public: functions, and methods of classes."""
    own = getattr(module, "__all__", None) or [
        name for name, thing in vars(module).items()
        if getattr(thing, "__module__", None) == module.__name__ and name[0] != "_"
    ]  # fmt: skip
    for name in own:
        thing = getattr(module, name)
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            for part, method in vars(thing).items():
                if inspect.isfunction(method) and (part[0] != "_" or part == "__init__"):
                    yield f"{name}.{part}", method


def test_everything_public_is_annotated():
    missing, seen = [], 0
    for room in PUBLIC:
        for name, function in functions_of(importlib.import_module(room)):
            signature = inspect.signature(function)
            seen += 1
            bare = [
                parameter.name for parameter in signature.parameters.values()
                if parameter.annotation is parameter.empty and parameter.name not in ("self", "cls")
            ]  # fmt: skip
            if bare or signature.return_annotation is signature.empty:
                missing.append(f"{room}.{name}{signature}")
    assert seen > 80
    assert missing == []


def rooms_with_complaints(report):
    """How many errors each room has: the first two parts of the path of each."""
    errors = [line.split(":")[0] for line in report.splitlines() if ": error:" in line]
    return Counter(".".join(Path(path).with_suffix("").parts[:2]) for path in errors)


def test_types_only_become_better():
    """A room that has fewer than recorded may have its number lowered, and never raised."""
    run = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    found, allowed = rooms_with_complaints(run.stdout), json.loads(BASELINE.read_text())
    worse = {room: count for room, count in found.items() if count > allowed.get(room, 0)}
    assert worse == {}, f"allowed: {allowed}\n" + "\n".join(
        line
        for line in run.stdout.splitlines()
        if line.startswith(tuple(r.replace(".", "/") for r in worse))
    )
