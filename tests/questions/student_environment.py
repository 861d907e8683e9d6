"""Runs in the students' environment: says what can be imported there and runs the notebooks.

Prints one JSON object: where `convbook` comes from, which modules of `WANTED` could be imported,
what `check` says, and for each notebook the error of its first cell that failed, or null.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

WANTED = (
    "autograder.marking",
    "autograder.jail",
    "questions",
    "solutions",
    "tests",
    "tensorflow",
    "keras",
)


class Absent:
    """Stands first among the finders: these packages can't be found, as if not installed."""

    names = ("tensorflow", "keras", "torch", "jax")

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.split(".")[0] in cls.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def importable(name: str) -> bool:
    try:
        __import__(name)
    except ImportError:
        return False
    return True


def error_in(path: Path) -> str | None:
    namespace = {"__name__": "__main__"}
    cells = json.loads(path.read_text("utf8"))["cells"]
    with contextlib.chdir(path.parent):
        for number, cell in enumerate(cells):
            if cell["cell_type"] == "code":
                try:
                    code = compile("".join(cell["source"]), f"cell {number}", "exec")
                    with contextlib.redirect_stdout(io.StringIO()):
                        exec(code, namespace)
                except Exception as error:
                    return f"cell {number}: {type(error).__name__}: {error}"
    return None


def checked(folder: Path) -> str:
    """What `check` says of a wrong answer to the first exercise."""
    names, heard = {"ex01_output_size": 31}, io.StringIO()
    with contextlib.chdir(folder / "01-shapes-and-counts"), contextlib.redirect_stdout(heard):
        exec("from convbook.practice import check\ncheck('ex01')", names)
    return heard.getvalue()


def main(folder: Path) -> dict:
    os.environ["MPLBACKEND"] = "Agg"
    sys.meta_path.insert(0, Absent)
    import convbook

    return {
        "convbook": convbook.__file__,
        "importable": [name for name in WANTED if importable(name)],
        "checked": checked(folder),
        "errors": {path.stem: error_in(path) for path in sorted(folder.glob("*/*.ipynb"))},
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
