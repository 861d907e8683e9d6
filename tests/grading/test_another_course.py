"""A course that has never heard of this book, made from nothing with the engine alone.

The page `book/instructors/your-own-course.md` tells the same in words.
"""

import csv
import functools
import json
import os
import re
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
import small_course

from autograder import marking
from autograder.handin import checking, forms, hand_in

OURS = ("__editable__", "convbook", "autograder", "jailed_autograder", "importclosure")


class Engine:
    """A Python in a folder of its own, with the engine as pip installs it, and no book."""

    def __init__(self, folder: Path, root: Path):
        self.folder = folder
        source = folder / "source"
        unwanted = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
        shutil.copytree(root / "autograder", source / "autograder", ignore=unwanted)
        shutil.copy(root / "importclosure.py", source)
        self._pip("wheel", "--no-build-isolation", "--wheel-dir", folder, source / "autograder")
        (self.wheel,) = folder.glob("*.whl")
        venv.EnvBuilder(symlinks=True).create(folder / "env")
        self.python = folder / "env" / "bin" / "python"
        (packages,) = (folder / "env" / "lib").glob("*/site-packages")
        # What the engine requires is lent by the environment that runs the tests.
        for lender in map(Path, site.getsitepackages()):
            for path in lender.iterdir():
                if not path.name.startswith(OURS) and not (packages / path.name).exists():
                    (packages / path.name).symlink_to(path)
        self._pip("install", "--target", packages, self.wheel)

    def _pip(self, command, *arguments):
        pip = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]
        pip += ["--no-deps", "--no-index", *map(str, arguments)]
        done = subprocess.run(pip, check=False, capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == 0, done.stderr

    def run(self, *arguments, cwd: Path, code: int = 0) -> str:
        """Run Python; return what it printed."""
        done = subprocess.run(
            [self.python, *arguments],
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def engine(python_home, root):
    return Engine(python_home, root)


def test_the_wheel_holds_no_question_and_no_word_of_the_book(engine):
    with zipfile.ZipFile(engine.wheel) as wheel:
        names = wheel.namelist()
        assert not [name for name in names if "question" in name and "marking/question" not in name]
        assert not [name for name in names if b"convbook" in wheel.read(name)]


def test_the_students_side_loads_numpy_and_nothing_else(engine, tmp_path):
    code = "import sys, autograder.handin; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = set(engine.run("-c", code, cwd=tmp_path).split())
    assert "numpy" in loaded
    site_packages = {"nbformat", "nbgrader", "IPython", "jsonschema", "traitlets", "convbook"}
    assert not site_packages & loaded


ANSWERS = {
    "asha": {
        "length": "vector_length = 5",
        "dot": "def dot(a, b):\n    return a[0]*b[0]+a[1]*b[1]",
    },
    "ben": {"length": "vector_length = 25"},
    "chen": {"length": "vector_length = scaled([5], 1)[0]"},
    "dina": {"length": "vector_length = 1 / 0", "dot": "def dot(a, b):\n    return sum(a)"},
    "emil": {
        "length": "vector_length = (3**2 + 4**2) ** 0.5",
        "dot": "import numpy as np\ndot = lambda a, b: float(np.dot(a, b))",
    },
}
MARKS = {"asha": (2, 0), "ben": (0, 0), "chen": (2, 0), "dina": (0, 0), "emil": (2, 3)}


def marks(course: Path) -> dict[str, tuple[float, float]]:
    with (course / "course/exports/1-vectors-csv.csv").open(encoding="utf-8-sig") as file:
        return {r["student"]: (float(r["length"]), float(r["dot"])) for r in csv.DictReader(file)}


@pytest.mark.jail
def test_a_course_from_nothing_is_made_graded_mended_and_exported(engine, tmp_path):
    course = small_course.make(tmp_path / "linear-algebra")
    helpers = course / "linalg_questions" / "helpers.py"
    right = helpers.read_text()
    helpers.write_text(right.replace("entry**2", "entry**3"))  # to be found out and mended

    def autograder(*arguments, code=0):
        return engine.run("-m", "autograder", *arguments, cwd=course, code=code)

    assert engine.run("-c", "import autograder; print(autograder.__file__)", cwd=course)
    engine.run("-c", "import convbook", cwd=course, code=1)

    autograder("exercises")
    released = json.loads((course / "exercises/1-vectors/1-vectors.ipynb").read_text())
    assert "sum(" not in json.dumps(released), "a solution is handed out"
    for student, answers in ANSWERS.items():
        small_course.hand_in(course, student, **answers)

    assert "dina" in autograder("grade", "1-vectors")
    autograder("export", "1-vectors")
    before = marks(course)
    assert before == {s: (0, dot) for s, (_, dot) in MARKS.items()}, "the key was wrong"

    helpers.write_text(right + "\n# mended\n")
    told = autograder("regrade", "1-vectors", "--why", "cubes are no squares", "--yes")
    assert "The points of 3 students change" in told
    autograder("export", "1-vectors")
    assert marks(course) == MARKS
    assert "cubes are no squares" in (course / "course" / "regrades.csv").read_text()

    helpers.write_text(right + "\n# said in other words\n")
    assert autograder("grade", "1-vectors").count("unchanged") == len(ANSWERS)

    told = autograder("check", str(course / "course/submitted/ben/1-vectors/1-vectors.ipynb"))
    assert "this is the length squared" in told
    told = autograder("feedback", "1-vectors")
    page = (course / "course/feedback/emil/1-vectors/1-vectors.html").read_text()
    assert "5 of 5" in page or "5 / 5" in page or ">5<" in page


@pytest.mark.skipif(os.name == "nt", reason="the grader needs Linux")
def test_outside_of_a_course_it_says_how_to_make_one(engine, tmp_path):
    done = subprocess.run(
        [engine.python, "-m", "autograder", "report", "1-vectors"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "belongs to no course" in done.stderr
    assert "an empty one will do" in done.stderr


def test_the_page_for_instructors_shows_this_course(root):
    page = (root / "book/instructors/your-own-course.md").read_text()
    for text in (
        small_course.DEFINITION,
        small_course.LIBRARY,
        small_course.VECTORS,
        small_course.HELPERS,
    ):
        assert text.strip() in page
    for cell in small_course.NOTEBOOKS["1-vectors"].cells:
        if cell.cell_type == "code" and "BEGIN SOLUTION" not in cell.source:
            assert all(line in page for line in cell.source.splitlines())


@pytest.fixture(scope="module")
def page(root):
    return (root / "book/instructors/your-own-course.md").read_text()


def part_of(source):
    """A part as the page declares it."""
    known = {name: getattr(marking, name) for name in marking.__all__}
    return eval(source, known | {"forms": forms, "np": np, "functools": functools})


def points(part, answer):
    student = marking.LocalStudent({part.name: answer})
    return marking.question("q")(lambda: [part]).check(student).points


@pytest.fixture(scope="module")
def examples(page):
    """The number and the function whose declarations stand below *Parts of a question*."""
    return [
        part_of(code)
        for code in re.findall(r"```python\n((?:Number|Function)\(.*?)```", page, re.S)
    ]


@pytest.mark.parametrize(
    ("answer", "worth"), [(4.57, 2), ("4.57", 2), (4.5, 0), (5.33, 1), (16 / 3, 1), (-4.57, 0)]
)
def test_the_pages_number_has_a_tolerance_and_a_mistake_with_a_share(examples, answer, worth):
    assert points(examples[0], answer) == worth


def test_a_number_that_says_nothing_else_is_whole_and_has_no_tolerance():
    part = functools.partial(marking.Number, name="mean", key=32 / 7, otherwise="")
    assert points(part(), 32 / 7) == 0
    assert points(part(read=forms.number), 4.57) == 0
    assert points(part(read=forms.number), 32 / 7) == 1


def sorting(x):
    x.sort(reverse=True)
    return sum(x) / len(x)


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        (lambda x: sum(x) / len(x), 3),
        (lambda x: round(sum(x) / len(x), 2), 3),  # 5 and 2.5 need no more decimals
        (lambda x: sum(x) / len(x) if len(x) > 1 else 0, 2),
        (lambda x: sum(x) / (len(x) - 1), 0),
        (sorting, 2.5),
    ],
)
def test_the_pages_function_earns_by_groups_and_loses_half_a_point_for_care(
    examples, answer, worth
):
    assert points(examples[1], answer) == worth


def test_a_function_may_round_to_four_decimals_and_to_two_where_atol_says_so():
    third = functools.partial(
        marking.Function,
        name="third",
        cases=[marking.Case((1,))],
        reference=lambda x: x / 3,
        groups={"": 1},
        otherwise="",
    )
    assert points(third(), lambda x: round(x / 3, 4)) == 1
    assert points(third(), lambda x: round(x / 3, 2)) == 0
    assert points(third(atol=0.005), lambda x: round(x / 3, 2)) == 1


RIGHT = {
    "size": (2, 3),
    "which": "mean",
    "pick": "b",
    "true": ["a", "c"],
    "odd": {"p": True, "q": False, "r": True},
    "product": [[1, 2], [3, 4]],
}


def test_the_parts_in_the_pages_table_give_full_points_for_what_is_right(page):
    parts = [part_of(code) for code in re.findall(r"`((?!Number)[A-Z]\w+\(.*?\))`", page)]
    assert {part.name: points(part, RIGHT[part.name]) for part in parts} == {
        part.name: part.points for part in parts
    }
    assert {part.name for part in parts} == RIGHT.keys()


FITTING = {
    "whole number": 3,
    "number": 4.57,
    "percent": "12.5 %",
    "function": len,
    "function of 2 arguments": lambda a, b: a,
    "shape": (2, 3, 4),
    "tuple of 2 whole numbers": (2, 3),
    "text": "mean",
    "one of a, b": "b",
    "letters": "ac",
    "dictionary": RIGHT["odd"],
    "array": [[1, 2]],
    "array of shape (2, 2)": RIGHT["product"],
    "list of 4 numbers": [1, 2, 3, 4],
    "class": type("Model", (), {"fit": len, "predict": len}),
    "true or false": True,
    "letters in order": "cab",
    "list": [1],
    "list of 5 words": ["a", "b", "c", "d", "e"],
}


def test_the_page_lists_the_forms_that_hand_in_knows(page, capsys):
    rows = page.partition("| form | part |")[2].partition("\n\n")[0].splitlines()
    forms_there = {form for row in rows for form in re.findall(r'`"([^`]+)"`', row.split(" | ")[0])}
    assert forms_there == FITTING.keys()
    assert forms_there >= checking._SIMPLE.keys()
    about = {
        "text": {"choices": ("mean", "median")},
        "letters": {"choices": "abc"},
        "letters in order": {"choices": "abc"},
        "dictionary": {"keys": "pqr", "entries": "true or false"},
        "class": {"methods": ("fit", "predict")},
    }
    for form, answer in FITTING.items():
        hand_in("q", answer, form, **about.get(form, {}))
    assert capsys.readouterr().out.count("has the right form") == len(FITTING)
