"""Runs a notebook's cells anew in another Python process, which hashes text in another way.

For a learner's own code on the learner's own machine: it is no jail. What comes back is plain data.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.handin import wire

SECONDS = 60
#: Set in that process: what a notebook calls while it is practised on says nothing there.
QUIET = "AUTOGRADER_EXAMINATION"


class Failed(Exception):
    """The call raised an exception there, or did not end in time (`timed_out`)."""

    def __init__(self, type_name: str, message: str = "", timed_out: bool = False):
        super().__init__(message)
        self.type_name, self.message, self.timed_out = type_name, message, timed_out


def call(
    cells: Sequence[str],
    name: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    seconds: float = SECONDS,
) -> Any:
    """Run `cells`, call `name` with plain arguments, and return its value as plain data."""
    request = {
        "cells": list(cells),
        "name": name,
        "args": [wire.to_plain(arg) for arg in args],
        "kwargs": {key: wire.to_plain(arg) for key, arg in kwargs.items()},
    }
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    variables = {**os.environ, "PYTHONHASHSEED": seed, QUIET: "1", "MPLBACKEND": "Agg"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"from {__name__} import main; main()"],
            input=json.dumps(request).encode(),
            env={**variables, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failed("", timed_out=True) from None
    try:
        reply = wire.loads(done.stdout)
    except wire.WireError:
        raise Failed("the Python process had ended") from None
    if "error" in reply:
        raise Failed(*reply["error"])
    return wire.from_plain(reply["value"])


def runnable(source: str) -> str:
    """Return a cell as Python; lines of IPython's own language are turned where IPython is."""
    try:
        compile(source, "cell", "exec")
    except SyntaxError:
        with contextlib.suppress(ImportError):
            from IPython.core.inputtransformer2 import TransformerManager

            return TransformerManager().transform_cell(source)
    return source


def main() -> None:
    """Answer one request: JSON in, JSON out."""
    request, out = json.load(sys.stdin.buffer), sys.stdout.buffer
    names: dict[str, Any] = {"__name__": "__main__"}
    nowhere = io.StringIO()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        for source in request["cells"]:
            with contextlib.suppress(Exception):  # the cells that fail fail in the notebook, too
                exec(compile(runnable(source), "cell", "exec"), names)
        try:
            args = [wire.from_plain(arg) for arg in request["args"]]
            kwargs = {key: wire.from_plain(arg) for key, arg in request["kwargs"].items()}
            reply = wire.dumps({"value": wire.to_plain(names[request["name"]](*args, **kwargs))})
        except Exception as error:
            reply = wire.dumps({"error": [type(error).__name__, str(error)[:300]]})
    out.write(reply)
