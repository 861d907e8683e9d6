"""What a student has holds no key, and the exercises run there: outside the repository, offline."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum
from students import Environment
from support import ROOT
from the_course import catalogue

HERE = Path(__file__).parent
ASSIGNMENTS = catalogue.assignments()
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.S)
SCHEME = re.compile(r"=== BEGIN MARK SCHEME ===\n(.*?)=== END MARK SCHEME ===", re.S)
ANSWER = re.compile(r"(ex|mcq|added|project|challenge)\w* = ")
# A shorter line of a function (`return total`, `counts = []`) stands in every other program.
COMMON = 26


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def report(environment):
    """What `student_environment.py` finds out there."""
    return found_in(environment)


def found_in(environment):
    """Run the script as a learner's Python, with nothing set that could lead to the repository."""
    ours = ("PYTHON", "CONVBOOK", "AUTOGRADER")
    settings = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    settings["HOME"] = str(environment.folder)
    script = shutil.copy(HERE / "student_environment.py", environment.folder)
    command, folder = [environment.python, script, environment.exercises], environment.folder
    run = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_library_is_the_installed_one_and_the_grader_is_not_there(environment, report):
    assert Path(report["convbook"]).is_relative_to(environment.packages)
    assert report["importable"] == []


def test_every_notebook_runs_there_untouched_and_without_tensorflow(report):
    assert report["errors"] == dict.fromkeys(ASSIGNMENTS)


def test_who_is_examined_hears_nothing_from_a_check(report):
    assert report["checked"] == ""


def test_with_the_practice_wheel_a_check_speaks(tmp_path_factory):
    """The wheel of checkers that a practising learner installs beside the library."""
    practising = Environment(tmp_path_factory.mktemp("practising"), practice=True)
    for name in ASSIGNMENTS[1:]:  # they run in the environment above
        shutil.rmtree(practising.exercises / name)
    report = found_in(practising)
    assert Path(report["convbook"]).is_relative_to(practising.packages)
    assert "ex01: 0 of 2 points (first attempt)." in report["checked"]
    assert "solutions" not in report["importable"]
    assert report["errors"] == {ASSIGNMENTS[0]: None}


def test_students_get_notebooks_and_the_library_and_no_other_file(environment):
    given = [path.relative_to(environment.exercises) for path in environment.exercises.rglob("*.*")]
    assert sorted(map(str, given)) == [f"{name}/{name}.ipynb" for name in ASSIGNMENTS]
    tops = {path.relative_to(environment.packages).parts[0] for path in environment.installed()}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"autograder", "convbook", "importclosure.py"}
    grader = {path.relative_to(environment.packages).parts for path in environment.installed()}
    inside = {parts[1] for parts in grader if parts[0] == "autograder" and len(parts) > 2}
    assert inside == {"handin"}


def secrets(assignment: str) -> set[str]:
    """The lines of an assignment's solutions and mark schemes that students must not find.

    Left out are lines that say nothing by themselves: imports, short ones that give no answer its
    value, and those that stand in what is given to students, too.
    """
    path = ROOT / "solutions" / assignment / f"{assignment}.ipynb"
    hidden, given = set(), set()
    for cell in nbformat.read(path, as_version=4).cells:
        for region in SOLUTION.findall(cell.source) + SCHEME.findall(cell.source):
            hidden |= lines_of(region)
        given |= lines_of(SCHEME.sub("", SOLUTION.sub("", cell.source)))
    return {line for line in hidden - given if len(line) >= COMMON or ANSWER.match(line)}


def lines_of(text: str) -> set[str]:
    lines = {line.strip() for line in text.splitlines()}
    return {line for line in lines if not line.startswith(("import ", "from "))}


def strings(thing) -> list[str]:
    """Every string in a JSON document, metadata and keys included."""
    if isinstance(thing, dict):
        return [s for pair in thing.items() for part in pair for s in strings(part)]
    if isinstance(thing, list):
        return [s for part in thing for s in strings(part)]
    return [thing] if isinstance(thing, str) else []


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_line_of_a_solution_or_a_mark_scheme_is_there(environment, name):
    """Modules that answer a question may be read, but are hidden where answers are marked."""
    hidden = secrets(name)
    assert hidden, "there is something to hide"
    away = [module.replace(".", "/") for module in getattr(catalogue.module_of(name), "HIDES", ())]
    texts = {}
    for path in [*environment.exercises.glob("*/*.ipynb"), *environment.installed()]:
        if any(f"/{module}" in path.as_posix() for module in away):
            continue
        if path.suffix == ".ipynb":
            text = "\n".join(strings(json.loads(path.read_text("utf8"))))
        else:
            text = path.read_bytes().decode("utf8", "ignore")
        texts[path.name] = lines_of(text)
    assert not {(line, file) for file, lines in texts.items() for line in hidden & lines}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_metadata_tell_nothing_of_the_solutions(environment, name):
    """No outputs, nothing but what nbgrader and the book need, no checksum of a key."""
    notebook = nbformat.read(environment.exercises / name / f"{name}.ipynb", as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader", "convbook", "deletable", "editable", "tags"}
        facts = {"question", "minutes", "objectives", "section", "written"}
        assert set(cell.metadata.get("convbook", {})) <= facts
        assert not cell.get("attachments")
        if cell.cell_type == "code":
            assert cell.outputs == []
        marks = cell.metadata.get("nbgrader", {})
        if "checksum" in marks:
            assert marks["checksum"] == compute_checksum(cell), "of the cell as it is handed out"
