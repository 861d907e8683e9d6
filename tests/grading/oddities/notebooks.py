"""Notebooks of one assignment: forty forms of an answer, twenty-five kinds of damage.

Points are those that the exercises print. A form or a damage says by hand what it costs.
"""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
ASSIGNMENT = "01-shapes-and-counts"
FULL = 31
WORDS = "A pointwise convolution mixes the channels at one place and leaves height and width alone."
WRITTEN = ("ex09-explain",)


def _load(folder: str) -> dict:
    return json.loads((ROOT / folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text("utf-8"))


def _name(cell: dict) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def _solutions() -> dict[str, str]:
    region = re.compile(r"### BEGIN SOLUTION\n(.*?)\n\s*### END SOLUTION", re.DOTALL)
    found = {}
    for cell in _load("solutions")["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code" and region.search(text):
            before = text[: text.index("### BEGIN SOLUTION")].rstrip(" ")
            # A dictionary to be filled in stays in front of what fills it.
            kept = before if before.startswith(("def ", "ex13_parameters = {")) else ""
            found[_name(cell)] = (kept + region.search(text)[1]).rstrip()
    return found


RELEASED, SOLUTIONS = _load("exercises"), _solutions()


def notebook(**answers: str) -> dict:
    """The student's notebook with every machine-marked answer right but those given here."""
    made = copy.deepcopy(RELEASED)
    for cell in made["cells"]:
        name = _name(cell)
        if name in SOLUTIONS or name in answers:
            cell["source"] = answers.get(name, SOLUTIONS.get(name, ""))
    return made


# --- Forms of an answer: the cells that differ, and what the difference costs ---

EX01 = "ex01_output_size = "
EX02 = "ex02_parameters = "
EX03 = "ex03_after_convolution = {}\nex03_after_pooling = {}"
EX21 = "ex21_macs = {}\nex21_flops = {}"
EX22 = "ex22_standard = 294912\nex22_separable = 33920\nex22_ratio = {}"
REASONS = "ex25_reasons = "
POOL = """\
from multiprocessing import Pool

def squared(x):
    return x * x

with Pool(2) as pool:
    ex01_output_size = sum(pool.map(squared, [5, 2, 1]))"""

FORMS: list[tuple[dict[str, str], float]] = [
    ({}, 0),
    ({"ex01-answer": EX01 + "30"}, 0),
    ({"ex01-answer": EX01 + "30.0"}, 0),
    ({"ex01-answer": EX01 + '"30"'}, 0),
    ({"ex01-answer": EX01 + "np.int32(30)"}, 0),
    ({"ex01-answer": EX01 + "np.array(30)"}, 0),
    ({"ex01-answer": "from fractions import Fraction\n" + EX01 + "Fraction(60, 2)"}, 0),
    ({"ex01-answer": "from decimal import Decimal\n" + EX01 + "Decimal('30')"}, 0),
    ({"ex01-answer": EX01 + "31"}, 2),
    ({"ex01-answer": EX01 + "..."}, 2),
    ({"ex01-answer": EX01 + "30 +"}, 2),
    ({"ex01-answer": "%time " + EX01 + "30"}, 0),
    ({"ex01-answer": "%%time\n" + EX01 + "30"}, 0),
    ({"ex01-answer": "?np.zeros\n" + EX01 + "30"}, 0),
    ({"ex01-answer": "np.zeros??\n" + EX01 + "30"}, 0),
    ({"ex01-answer": "here = %pwd\n" + EX01 + "30"}, 0),
    ({"ex01-answer": "files = !ls\n" + EX01 + "30"}, 0),
    ({"ex01-answer": "!echo one \\\n  two\n" + EX01 + "30"}, 0),
    ({"ex01-answer": EX01 + "30\nget_ipython().run_line_magic('matplotlib', 'inline')"}, 0),
    ({"ex01-answer": "import asyncio\nawait asyncio.sleep(0)\n" + EX01 + "30"}, 0),
    ({"ex01-answer": "took = %timeit -o -n 1 -r 1 1 + 1\n" + EX01 + "30"}, 0),
    ({"ex01-answer": EX01 + "(90\n% 60)"}, 0),
    ({"ex01-answer": "%pip install numpy\n" + EX01 + "30"}, 0),
    ({"ex01-answer": POOL}, 0),
    ({"ex02-answer": EX02 + '"73,856"'}, 0),
    ({"ex02-answer": EX02 + "73_856"}, 0),
    ({"ex02-answer": EX02 + '"73 856"'}, 0),
    ({"ex02-answer": EX02 + "7.3856e4"}, 0),
    ({"ex02-answer": EX02 + "1 / 0"}, 2),
    ({"ex03-answer": EX03.format("[112, 112, 64]", "[56, 56, 64]")}, 0),
    ({"ex03-answer": EX03.format('"112×112×64"', '"56x56x64"')}, 0),
    ({"ex03-answer": EX03.format("np.array([112, 112, 64])", "np.array([56., 56., 64.])")}, 0),
    ({"ex03-answer": EX03.format('"(112, 112, 64)"', "np.zeros((56, 56, 64)).shape")}, 0),
    ({"ex21-answer": EX21.format('"23,12,11,008"', '"462,422,016"')}, 0),
    ({"ex21-answer": EX21.format("231211008.0", "np.int64(462422016)")}, 0),
    ({"ex22-count-answer": EX22.format('"8,69"')}, 0),
    ({"ex22-count-answer": EX22.format("8.69")}, 0),
    ({"ex25-reasons-answer": REASONS + '{"b", "c", "e"}'}, 0),
    ({"ex25-reasons-answer": REASONS + '"B, C, E"'}, 0),
    ({"ex25-reasons-answer": REASONS + '("e", "c", "b")'}, 0),
]


# --- Damage: how the bytes come to lie on disk, whether they can be marked, what it costs ---


@dataclass(frozen=True)
class Damage:
    """`marked` is false where no program can mark it; `open` counts answers left for a person."""

    name: str
    spoil: Callable[[dict], bytes]
    marked: bool = True
    costs: float = 0
    open: int = 0


def text(nb: dict, **how) -> str:
    return json.dumps(nb, ensure_ascii=False, **{"indent": 1, **how})


def _cells(nb: dict, change: Callable[[dict], object]) -> bytes:
    for cell in nb["cells"]:
        change(cell)
    return text(nb).encode()


def _words(nb: dict) -> None:
    for cell in nb["cells"]:
        if _name(cell) in WRITTEN:
            cell["source"] = WORDS


def _strip(nb: dict) -> bytes:
    _words(nb)
    for cell in nb["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    nb["nbformat_minor"] = 4
    return text(nb).encode()


def _words_below(nb: dict) -> bytes:
    cells = []
    for cell in nb["cells"]:
        cells.append(cell)
        if _name(cell) in WRITTEN:
            new = {"cell_type": "markdown", "metadata": {}, "source": WORDS}
            cells.append(new | {"id": f"new-{len(cells)}"})
    return text(nb | {"cells": cells}).encode()


def _words_in_code(nb: dict) -> bytes:
    _words(nb)
    for cell in nb["cells"]:
        if _name(cell) in WRITTEN:
            cell.update(cell_type="code", outputs=[], execution_count=None, source=f'"""{WORDS}"""')
    return text(nb).encode()


def _twice(nb: dict) -> bytes:
    place = [_name(c) for c in nb["cells"]].index("ex01")
    nb["cells"].insert(place, copy.deepcopy(nb["cells"][place]) | {"id": "again"})
    return text(nb).encode()


def _without(*names: str) -> Callable[[dict], bytes]:
    def spoil(nb: dict) -> bytes:
        return text(nb | {"cells": [c for c in nb["cells"] if _name(c) not in names]}).encode()

    return spoil


def _append(source: str) -> Callable[[dict], bytes]:
    def spoil(nb: dict) -> bytes:
        nb["cells"].append(
            {"cell_type": "code", "id": "more", "metadata": {}, "outputs": [], "source": source}
            | {"execution_count": None}
        )
        return text(nb).encode()

    return spoil


def _outputs(megabytes: int) -> Callable[[dict], bytes]:
    def spoil(nb: dict) -> bytes:
        wall = {"output_type": "stream", "name": "stdout", "text": "x" * (megabytes * 2**20)}
        for cell in nb["cells"]:
            if _name(cell) == "ex02-answer":
                cell["outputs"] = [wall]
        return text(nb).encode()

    return spoil


def _conflict(nb: dict) -> bytes:
    lines = text(nb).splitlines()
    half = len(lines) // 2
    mine, theirs = ["<<<<<<< HEAD", lines[half]], ["=======", lines[half], ">>>>>>> origin/main"]
    return "\n".join(lines[:half] + mine + theirs + lines[half + 1 :]).encode()


def _version_3(nb: dict) -> bytes:
    cells = []
    for cell in nb["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            old |= {"input": source, "outputs": [], "language": "python", "collapsed": False}
        else:
            old |= {"source": source}
        cells.append(old)
    sheet = {"cells": cells, "metadata": {}}
    return text(
        {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]}
    ).encode()


def _only_exported(nb: dict) -> bytes:
    code = ["".join(c["source"]) for c in nb["cells"] if c["cell_type"] == "code"]
    return "\n\n".join(code).encode()


def _unknown_bytes(nb: dict) -> bytes:
    for cell in nb["cells"]:
        if _name(cell) == "ex02-answer":
            cell["source"] = "# café\n" + "".join(cell["source"])
    return text(nb).encode("latin-1", "replace")


DAMAGES = (
    Damage("nothing in the file", lambda nb: b"", marked=False),
    Damage("cut in the middle", lambda nb: text(nb).encode()[: len(text(nb)) // 2], marked=False),
    Damage("a merge conflict", _conflict, marked=False),
    Damage("a page to log in", lambda nb: b"<!DOCTYPE html><title>Log in</title>", marked=False),
    Damage("a PDF", lambda nb: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", marked=False),
    Damage("exported as a script", _only_exported, marked=False),
    Damage("JSON of something else", lambda nb: b'{"kernel": [1, 2, 3]}', marked=False),
    Damage("a list", lambda nb: b"[1, 2]", marked=False),
    Damage("UTF-16", lambda nb: text(nb).encode("utf-16")),
    Damage("a byte order mark", lambda nb: b"\xef\xbb\xbf" + text(nb).encode()),
    Damage("ends of lines of Windows", lambda nb: text(nb).replace("\n", "\r\n").encode()),
    Damage("one byte of another encoding", _unknown_bytes),
    Damage("version 3 of the format", _version_3),
    Damage("no ids of cells", lambda nb: _cells(nb, lambda c: c.pop("id", None))),
    Damage("no metadata", _strip, open=1),
    Damage("words in a new cell below", _words_below, open=1),
    Damage("words in a code cell", _words_in_code, open=1),
    Damage("a marked cell twice", _twice),
    Damage("marked cells deleted", _without("ex02", "ex03", "ex21")),
    Damage("an answer's cell deleted", _without("ex25-symmetric-answer"), costs=1),
    Damage("an endless loop at the end", _append("while True:\n    pass")),
    Damage("the process ends itself", _append("import os\nos._exit(0)")),
    Damage("80 MB of output", _outputs(80)),
    Damage(
        "not a number among the numbers",
        lambda nb: _cells(nb, lambda c: c["metadata"].update(weight=float("nan"))),
    ),
    Damage("exported with spaces before it", lambda nb: b"\n\n  " + text(nb).encode() + b"\n\n"),
)
