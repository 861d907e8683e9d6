"""Damaged and forged files: grade cells, metadata, formats, encodings, names, links, extra files.

Some are attacks, some accidents; a grader must survive both, and mark for the honest answers what
can still be read. Under the unguarded grader they end the batch, or pay.
"""

import copy
import json
import os
import socket
from pathlib import Path

from .record import attack

ANSWER = "ex01_output_size = 31"


def grade_cells(notebook: dict) -> list[dict]:
    """The cells that a machine marks."""
    graders = [(c, c["metadata"].get("nbgrader", {})) for c in notebook["cells"]]
    return [c for c, g in graders if c["cell_type"] == "code" and g.get("grade")]


def each_cell(change):
    """Apply `change` to every cell."""

    def apply(notebook: dict) -> dict:
        for cell in notebook["cells"]:
            change(cell)
        return notebook

    return apply


def each_grade_cell(change):
    def apply(notebook: dict) -> dict:
        for cell in grade_cells(notebook):
            change(cell)
        return notebook

    return apply


def damaged(name: str, change, harm: str = "batch", **fields) -> None:
    """One damaged notebook; `change` gets it as a dictionary and returns what is written."""
    attack(
        name,
        fields.pop("family", "damaged notebook"),
        harm,
        fields.pop("code", ANSWER),
        notebook=change,
        **fields,
    )


def beside(name: str, lay, harm: str, **fields) -> None:
    """Extra files; `lay` gets the folder of the submission and the course's folder."""
    attack(
        name,
        fields.pop("family", "files beside the notebook"),
        harm,
        fields.pop("code", ANSWER),
        files=lay,
        **fields,
    )


# --- grade cells ----------------------------------------------------------------------------


def duplicated(notebook: dict) -> dict:
    notebook["cells"] += copy.deepcopy(grade_cells(notebook))
    return notebook


def deleted(notebook: dict) -> dict:
    gone = {id(c) for c in grade_cells(notebook)}
    notebook["cells"] = [c for c in notebook["cells"] if id(c) not in gone]
    return notebook


def reordered(notebook: dict) -> dict:
    cells = grade_cells(notebook)
    rest = [c for c in notebook["cells"] if not any(c is g for g in cells)]
    notebook["cells"] = rest + cells[::-1]
    return notebook


def retyped(notebook: dict) -> dict:
    for cell in grade_cells(notebook):
        cell["cell_type"] = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    return notebook


def points_of_a_thousand(cell: dict) -> None:
    cell["metadata"]["nbgrader"]["points"] = 1000


def source_pays(cell: dict) -> None:
    cell["source"] = "1000"
    cell["outputs"] = [
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {"text/plain": "1000"},
        }
    ]


def renamed_ids(notebook: dict) -> dict:
    for cell in grade_cells(notebook):
        cell["metadata"]["nbgrader"]["grade_id"] += "-mine"
    return notebook


def swapped_ids(notebook: dict) -> dict:
    """The easiest question's identity on every grade cell."""
    for cell in grade_cells(notebook):
        cell["metadata"]["nbgrader"]["grade_id"] = "ex02"
    return notebook


def added_cell(notebook: dict) -> dict:
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "bonus",
            "execution_count": 1,
            "source": "1000",
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": "1000"},
                }
            ],
            "metadata": {
                "nbgrader": {
                    "grade": True,
                    "grade_id": "bonus",
                    "locked": False,
                    "points": 1000,
                    "schema_version": 3,
                    "solution": False,
                    "task": False,
                }
            },
        }
    )
    return notebook


def as_solution_cells(cell: dict) -> None:
    cell["metadata"]["nbgrader"].update(solution=True, locked=False, task=False)


def as_task_cells(cell: dict) -> None:
    cell["metadata"]["nbgrader"].update(solution=False, grade=False, task=True, points=500)


damaged("grade cells twice", duplicated)
damaged("grade cells deleted", deleted)
damaged("grade cells in another order", reordered)
damaged("grade cells turned into text", retyped)
damaged(
    "a thousand points in the metadata",
    each_grade_cell(points_of_a_thousand),
    "points",
    family="forged points",
)
damaged(
    "grade cells that say a thousand",
    each_grade_cell(source_pays),
    "points",
    family="forged points",
)
damaged("grade cells with other names", renamed_ids)
damaged("every grade cell is the easiest one", swapped_ids, family="forged points")
damaged("grade cell of one's own", added_cell, "points", family="forged points")
damaged(
    "grade cells marked as solutions", each_grade_cell(as_solution_cells), family="forged points"
)
damaged("grade cells marked as tasks", each_grade_cell(as_task_cells), family="forged points")

# --- metadata and structure -----------------------------------------------------------------


def without(key: str):
    def change(notebook: dict) -> dict:
        notebook.pop(key, None)
        return notebook

    return change


def with_value(key: str, value):
    def change(notebook: dict) -> dict:
        notebook[key] = value
        return notebook

    return change


def broken_metadata(cell: dict) -> None:
    grader = cell["metadata"].get("nbgrader")
    if grader:
        grader.update(
            points="many", schema_version="three", grade_id=["a"], checksum=5, cell_type=None
        )


def no_metadata(cell: dict) -> None:
    cell.pop("metadata", None)


def null_metadata(cell: dict) -> None:
    cell["metadata"] = None


def old_schema(cell: dict) -> None:
    if "nbgrader" in cell["metadata"]:
        cell["metadata"]["nbgrader"]["schema_version"] = 1


def future_schema(cell: dict) -> None:
    if "nbgrader" in cell["metadata"]:
        cell["metadata"]["nbgrader"]["schema_version"] = 99


def list_metadata(cell: dict) -> None:
    cell["metadata"] = ["nbgrader"]


def source_as_numbers(cell: dict) -> None:
    cell["source"] = [1, None, {"a": 2}]


def outputs_as_text(cell: dict) -> None:
    cell["outputs"] = "ready"
    cell["execution_count"] = "seven"


def without_types(cell: dict) -> None:
    cell.pop("cell_type", None)


def odd_types(cell: dict) -> None:
    cell["cell_type"] = "spreadsheet"


def same_cell_ids(cell: dict) -> None:
    cell["id"] = "same"


damaged("nbgrader's metadata broken", each_cell(broken_metadata), keeps="at most")
damaged("no metadata in the cells", each_cell(no_metadata), keeps="at most")
damaged("null as metadata", each_cell(null_metadata), keeps="at most")
damaged("a list as metadata", each_cell(list_metadata), keeps="at most")
damaged("metadata of an old schema", each_cell(old_schema), keeps="at most")
damaged("metadata of a future schema", each_cell(future_schema), keeps="at most")
damaged("sources that are no text", each_cell(source_as_numbers), keeps="at most")
damaged("outputs that are no list", each_cell(outputs_as_text), keeps="at most")
damaged("cells without a type", each_cell(without_types), keeps="at most")
damaged("cells of an unknown type", each_cell(odd_types), keeps="at most")
damaged("every cell with the same id", each_cell(same_cell_ids))
damaged("no cells", without("cells"), keeps="at most")
damaged("null as cells", with_value("cells", None), keeps="at most")
damaged("a dictionary as cells", with_value("cells", {"0": {}}), keeps="at most")
damaged(
    "null among the cells", lambda nb: nb["cells"].extend([None, 3, "x", []]) or nb, keeps="at most"
)
damaged("no notebook metadata", without("metadata"))
damaged("null as notebook metadata", with_value("metadata", None), keeps="at most")
damaged(
    "unknown kernel",
    with_value(
        "metadata",
        {"kernelspec": {"name": "../../../bin/sh", "display_name": "x", "language": "sh"}},
    ),
)
damaged(
    "kernel named by a number",
    with_value("metadata", {"kernelspec": 7, "language_info": [], "widgets": "x"}),
)
damaged("format 99", with_value("nbformat", 99), keeps="at most")
damaged("format as text", with_value("nbformat", "four"), keeps="at most")
damaged("minor format of a billion", with_value("nbformat_minor", 10**9), keeps="at most")
damaged("no format", without("nbformat"), keeps="at most")


def third_format(notebook: dict) -> dict:
    cells = []
    for cell in notebook["cells"]:
        cell = dict(cell)
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
            cell["language"] = "python"
            cell["prompt_number"] = cell.pop("execution_count", None)
            cell.pop("id", None)
        cells.append(cell)
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": "old"},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


damaged("notebook of format 3", third_format, family="old format", keeps="at most")

# --- bytes ----------------------------------------------------------------------------------


def text(notebook: dict) -> bytes:
    return json.dumps(notebook).encode()


def nested(depth: int):
    def change(notebook: dict) -> bytes:
        whole = json.dumps(notebook)
        return (whole[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}").encode()

    return change


def empty_lists(notebook: dict) -> bytes:
    """Less than fifty megabytes of file that want more than a gigabyte of memory."""
    notebook["metadata"]["lists"] = "here"
    return text(notebook).replace(b'"here"', b"[" + b"[]," * 16_300_000 + b"0]")


def hundred_megabytes(notebook: dict) -> bytes:
    notebook["metadata"]["padding"] = "x" * (100 << 20)
    return text(notebook)


def many_cells(notebook: dict) -> bytes:
    notebook["cells"] += [
        {"cell_type": "markdown", "id": f"m{n}", "metadata": {}, "source": ""}
        for n in range(100_000)
    ]
    return text(notebook)


damaged(
    "not JSON",
    lambda nb: b"this is a photograph of my notebook",
    family="not JSON",
    keeps="at most",
)
damaged(
    "half a file", lambda nb: text(nb)[: len(text(nb)) // 2], family="not JSON", keeps="at most"
)
damaged("empty file", lambda nb: b"", family="not JSON", keeps="at most")
damaged("a list for a notebook", lambda nb: b"[1, 2, 3]", family="not JSON", keeps="at most")
damaged("a number for a notebook", lambda nb: b"7", family="not JSON", keeps="at most")
damaged("null for a notebook", lambda nb: b"null", family="not JSON", keeps="at most")
damaged("not UTF-8", lambda nb: b"\xff\xfe\xfa" + text(nb), family="not UTF-8", keeps="at most")
damaged("UTF-16", lambda nb: json.dumps(nb).encode("utf-16"), family="not UTF-8", keeps="at most")
damaged(
    "Latin-1 letters",
    lambda nb: text(nb).replace(b'"nbformat"', b'"Stra\xdfe": 1, "nbformat"', 1),
    family="not UTF-8",
    keeps="at most",
)
damaged(
    "byte order mark", lambda nb: b"\xef\xbb\xbf" + text(nb), family="not UTF-8", keeps="at most"
)
damaged(
    "lone surrogates in the text",
    lambda nb: text(nb).replace(b"ex01_output_size = 31", b"ex01_output_size = '\\ud800'"),
    family="unicode",
    keeps="at most",
)
damaged(
    "zero bytes in the source",
    lambda nb: text(nb).replace(b"ex01_output_size = 31", b"ex01_output_size = 31\\u0000"),
    family="unicode",
    keeps="at most",
)
damaged("a hundred thousand brackets", nested(100_000), family="not JSON", keeps="at most")
damaged(
    "NaN and Infinity in the file", with_value("odd", [float("nan"), float("inf")]), keeps="at most"
)
damaged(
    "number of a million digits",
    lambda nb: text(nb)[:-1] + b', "n": ' + b"9" * 1_000_000 + b"}",
    family="not JSON",
    keeps="at most",
)
damaged(
    "the same key twice",
    lambda nb: text(nb)[:-1] + b', "cells": [], "nbformat": 4}',
    family="not JSON",
    keeps="at most",
)
damaged("hundred megabytes", hundred_megabytes, family="huge", keeps="at most")
damaged("hundred thousand cells", many_cells, family="huge", keeps="at most")
damaged("millions of empty lists", empty_lists, family="huge", keeps="at most")

# --- names, links, things that are no files -------------------------------------------------

NAME = "01-shapes-and-counts.ipynb"


def link_to(*parts: str):
    def lay(folder: Path, course: Path) -> None:
        (folder / NAME).unlink(missing_ok=True)
        os.symlink(course.joinpath(*parts) if parts[0] != "/" else Path(*parts), folder / NAME)

    return lay


def is_folder(folder: Path, course: Path) -> None:
    (folder / NAME).unlink()
    (folder / NAME).mkdir()


def is_pipe(folder: Path, course: Path) -> None:
    (folder / NAME).unlink()
    os.mkfifo(folder / NAME)


def is_socket(folder: Path, course: Path) -> None:
    (folder / NAME).unlink()
    here = os.getcwd()
    os.chdir(folder)  # the path of a socket has little room
    try:
        socket.socket(socket.AF_UNIX).bind(NAME)
    finally:
        os.chdir(here)


def is_missing(folder: Path, course: Path) -> None:
    (folder / NAME).unlink()


def second_name(name: str):
    def lay(folder: Path, course: Path) -> None:
        (folder / NAME).rename(folder / name)

    return lay


def odd_names(folder: Path, course: Path) -> None:
    for name in (
        "-rf",
        "$(touch owned)",
        "a;touch owned",
        "name\nwith a line",
        "%2e%2e",
        "é\u202e.ipynb",
        "*.ipynb",
        "[x].ipynb",
        "con.ipynb",
        "x" * 240,
        "' or 1=1 --",
    ):
        (folder / name).write_text("x")
    (folder / b"\xff\xfe.ipynb".decode("utf-8", "surrogateescape")).write_text("x")
    (folder / "deep").mkdir()
    (folder / "deep" / NAME).write_bytes((folder / NAME).read_bytes())


def unreadable(folder: Path, course: Path) -> None:
    (folder / NAME).chmod(0)


def loop_of_links(folder: Path, course: Path) -> None:
    os.symlink(".", folder / "loop")
    os.symlink("b", folder / "a")
    os.symlink("a", folder / "b")
    os.symlink(course, folder / "course")
    os.symlink("/", folder / "root")


beside(
    "notebook is a link to the solutions",
    link_to("solutions", "01-shapes-and-counts", NAME),
    "secret",
    family="symbolic links",
    keeps="at most",
    honest=(),
)
beside(
    "notebook is a link to another student's",
    link_to("submitted", "alice", "01-shapes-and-counts", NAME),
    "secret",
    family="symbolic links",
    keeps="at most",
    honest=(),
)
beside(
    "notebook is a link to endless zeros",
    link_to("/", "dev", "zero"),
    "batch",
    family="symbolic links",
    keeps="at most",
    honest=(),
)
beside(
    "notebook is a link to nowhere",
    link_to("nowhere"),
    "batch",
    family="symbolic links",
    keeps="at most",
    honest=(),
)
beside("notebook is a folder", is_folder, "batch", family="no file", keeps="at most", honest=())
beside("notebook is a pipe", is_pipe, "batch", family="no file", keeps="at most", honest=())
beside("notebook is a socket", is_socket, "batch", family="no file", keeps="at most", honest=())
beside("notebook is missing", is_missing, "batch", family="no file", keeps="at most", honest=())
beside(
    "notebook with a copy's name",
    second_name("01-shapes-and-counts (1).ipynb"),
    "batch",
    family="renamed",
)
beside(
    "notebook with another name",
    second_name("homework.ipynb"),
    "batch",
    family="renamed",
    keeps="at most",
)
beside(
    "notebook with another ending",
    second_name("01-shapes-and-counts.ipynb.txt"),
    "batch",
    family="renamed",
    keeps="at most",
)
beside("odd names beside the notebook", odd_names, "batch", family="path tricks", keeps="all")
beside("notebook that nobody may read", unreadable, "batch", family="no file", keeps="at most")
beside(
    "links in circles and to the root", loop_of_links, "batch", family="symbolic links", keeps="all"
)

# --- modules and settings beside the notebook -----------------------------------------------

FALSE_NUMPY = """
class _Any:
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __eq__(self, other): return True
    def __bool__(self): return True
    __hash__ = None
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Any()
"""


def files(**texts: str):
    def lay(folder: Path, course: Path) -> None:
        for name, content in texts.items():
            path = folder / name.replace("__slash__", "/").replace("__dot__", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    return lay


GAIN = "ex01_output_size, ex02_parameters = 31, 0"

beside(
    "numpy.py beside the notebook",
    files(numpy__dot__py=FALSE_NUMPY),
    "points",
    code=GAIN,
    honest=("ex09-count",),
    family="module beside the notebook",
    keeps="at most",
)
beside(
    "folder numpy beside the notebook",
    files(numpy__slash____init____dot__py=FALSE_NUMPY),
    "points",
    code=GAIN,
    honest=("ex09-count",),
    family="module beside the notebook",
    keeps="at most",
)
beside(
    "json.py and struct.py beside the notebook",
    files(
        json__dot__py="def dumps(*a, **k): return '{\"points\": 1000}'\nloads = load = dump = dumps\n",
        struct__dot__py="def pack(*a): return b''\n",
        os__dot__py="raise SystemExit\n",
        numpy__dot__py=FALSE_NUMPY,
    ),
    "points",
    code=GAIN,
    honest=("ex09-count",),
    family="module beside the notebook",
    keeps="at most",
)
beside(
    "convbook and autograder beside the notebook",
    files(
        convbook__slash____init____dot__py="",
        convbook__slash__practice__dot__py="def hand_in(*a, **k): return 1000\n",
        autograder__slash____init____dot__py="raise SystemExit\n",
        numpy__dot__py=FALSE_NUMPY,
    ),
    "points",
    code=GAIN,
    honest=("ex09-count",),
    family="module beside the notebook",
    keeps="at most",
)
beside(
    "start-up files beside the notebook",
    files(
        sitecustomize__dot__py="raise SystemExit(0)\n",
        usercustomize__dot__py="raise SystemExit(0)\n",
        ipython_config__dot__py="c.InteractiveShell.ast_node_interactivity = 'none'\nraise SystemExit\n",
        nbgrader_config__dot__py="raise SystemExit\n",
        conftest__dot__py="raise SystemExit\n",
        numpy__dot__py=FALSE_NUMPY,
    ),
    "points",
    code=GAIN,
    honest=("ex09-count",),
    family="module beside the notebook",
    keeps="at most",
)
beside(
    "time stamp of nonsense",
    files(
        timestamp__dot__txt="yesterday, I think\x00\ud83d\ude00".encode(
            "utf-16", "surrogatepass"
        ).decode("utf-16")
    ),
    "batch",
    family="files beside the notebook",
)
beside(
    "gradebook beside the notebook",
    files(
        gradebook__dot__db="not a data base", feedback__dot__html="<script>window.owned=1</script>"
    ),
    "batch",
    family="files beside the notebook",
)


def heavy_company(folder: Path, course: Path) -> None:
    """Two thousand extra files and one that is long only on paper."""
    for number in range(2000):
        (folder / f"extra{number}.txt").write_text("x")
    with open(folder / "long.bin", "wb") as file:
        file.truncate(8 << 30)


beside("heavy company", heavy_company, "batch", family="files beside the notebook")
