"""What the jail shows of the machine: what Python needs, and nothing of a course wherever it is."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from the_course import DEFINITION, job

from autograder.course.course import Course
from autograder.jail import doctor, elf, proof, view
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail, NoIsolation
from autograder.jail.profile import Profile
from autograder.run import pipeline, selfcheck

pytestmark = pytest.mark.jail

# A program that starts a jail and prints which of its arguments are there, seen from inside.
SEEN = """
import sys
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
cell = f"import os\\nseen = [p for p in {sys.argv[1:]!r} if os.path.exists(p)]"
with Jail(Profile(seconds=10)) as jail, Sitting(jail, [cell]) as sitting:
    with sitting.question() as student:
        print(student.get("seen"))
"""


def run_where(root, *options, program=SEEN, arguments=(), python=sys.executable, cwd=None):
    """Run a program on this machine with other mounts; return what it printed."""
    command = ["bwrap", "--dev-bind", "/", "/", *options]
    done = subprocess.run(
        [*command, python, "-c", program, *map(str, arguments)],
        cwd=cwd or root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_neighbours_submission_in_nbgraders_exchange_is_not_there(root, tmp_path):
    inbound = "/usr/local/share/nbgrader/exchange/convbook/inbound/asha+01+now+x"
    file = f"{inbound}/01-shapes-and-counts.ipynb"
    (tmp_path / "asha.ipynb").write_text("{}")
    options = ["--tmpfs", "/usr/local/share", "--dir", inbound]
    options += ["--ro-bind", tmp_path / "asha.ipynb", file]
    assert run_where(root, *options, arguments=[file, "/usr/local/share/nbgrader"]) == "[]"


@pytest.mark.parametrize("home", ["/usr/src/app", "/usr/local/src/app", "/opt/app", "/home/p/app"])
def test_a_repository_is_not_there_wherever_it_lies(root, home):
    options = ["--tmpfs", str(Path(home).parent), "--ro-bind", root, home, "--chdir", home]
    arguments = [home, "/usr/src", "/usr/local", "/home", "/opt"]
    seen = run_where(root, *options, arguments=arguments)
    assert seen == "[]"


def test_no_system_tree_is_shown():
    shown = view.view_for(("numpy", "matplotlib"))
    trees = {"/", "/usr", "/usr/lib", "/usr/share", "/usr/local", "/lib", "/etc", "/usr/bin"}
    assert not trees & {*shown.mounts, *shown.mounts.values()}
    ours = {"autograder", "convbook", "questions", "solutions", "exercises"}
    assert not [path for path in shown.mounts if Path(path).name in ours]


def test_a_distributions_own_python_works_as_well(root, python_home):
    """Debian's Python keeps its library below /usr/lib, among everything else's."""
    system = Path("/usr/bin/python3")
    if not system.exists() or view.site_folders()[0].split("/")[-2] not in system.resolve().name:
        pytest.skip("the system has no Python of this version")
    packages = python_home / "lib" / system.resolve().name / "site-packages"
    packages.parent.mkdir(parents=True)
    packages.symlink_to(view.site_folders()[0])
    (python_home / "bin").mkdir()
    (python_home / "bin" / "python3").symlink_to(system)
    (python_home / "pyvenv.cfg").write_text(f"home = {system.parent}\n")
    wanted = ["/usr/lib/python3/dist-packages/apt", "/usr/share/doc", "/usr/lib/systemd"]
    python = str(python_home / "bin" / "python3")
    assert run_where(root, arguments=wanted, python=python) == "[]"


def test_the_standard_library_and_admitted_packages_work_and_no_others():
    cells = [
        "import ssl, sqlite3, ctypes, lzma, bz2, decimal, curses, readline, uuid, zoneinfo\n"
        "zone = str(zoneinfo.ZoneInfo('Asia/Kolkata'))",
        "import locale\nlocale.setlocale(locale.LC_ALL, '')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('x.png')",
        "import scipy",
        "import sympy",
        "import nbgrader",
    ]
    with Jail(Profile(seconds=30)) as jail, Sitting(jail, cells) as sitting:
        assert [run.error for run in sitting.runs[:3]] == [None] * 3
        assert all("ModuleNotFoundError" in run.error for run in sitting.runs[3:])


def test_libraries_are_those_that_the_loader_would_take():
    """Compared with the loader's own words, for Python itself and NumPy."""
    import numpy

    folder = Path(numpy.__file__).parent
    files = [Path(sys.executable).resolve(), *folder.glob("_core/*multiarray_umath*.so")]
    told = subprocess.run(["ldd", *files], capture_output=True, text=True, check=True).stdout
    paths = [part for part in told.split() if part.startswith("/") and not part.endswith(":")]
    found = {Path(path).resolve() for path in elf.libraries(files)}
    assert {Path(path).resolve() for path in paths} <= found


@pytest.mark.parametrize(
    ("cell", "refusal"),
    [
        ("import scipy.signal", "scipy.signal can't be imported in this exercise"),
        ("def late():\n    from skimage import util\nlate()", "may import numpy"),
        ("from convbook import nn", "convbook.nn answers this exercise"),
        ("import numpy.linalg, json\nfrom convbook.practice import hand_in", None),
    ],
)
def test_a_self_check_takes_no_import_that_the_grader_refuses(root, tmp_path, cell, refusal):
    name = "07-backward-pass"
    notebook = nbformat.read(root / "exercises" / name / f"{name}.ipynb", as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(cell))
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    told = selfcheck.check(
        tmp_path / f"{name}.ipynb", DEFINITION.catalogue, DEFINITION.library
    ).failures
    first = [text for text in told if text.startswith("code cell 1:")]
    assert bool(first) == (refusal is not None)
    assert refusal is None or refusal in first[0]


def test_an_import_that_was_interrupted_does_not_go_on_in_the_next_cell():
    """What isn't admitted isn't there, in whatever instalments."""
    cells = ["import tensorflow", "import tensorflow", "from skimage.util import view_as_windows"]
    with Jail(Profile(seconds=5, admits=("numpy",))) as jail, Sitting(jail, cells) as sitting:
        assert all("may import numpy" in run.error for run in sitting.runs)


@pytest.mark.parametrize(
    ("assignment", "there", "not_there"),
    [
        (
            "07-backward-pass",
            {"numpy", "IPython"},
            {"scipy", "sympy", "skimage", "PIL", "tensorflow"},
        ),
        ("03-pooling-and-invariance", {"numpy"}, {"scipy", "skimage", "PIL", "tensorflow"}),
        ("01-shapes-and-counts", {"numpy", "matplotlib"}, {"scipy", "sympy", "tensorflow"}),
        ("10-keras", {"numpy", "sklearn"}, {"tensorflow", "keras"}),
        ("05-architectures", {"keras", "tensorflow", "sklearn"}, {"nbgrader", "dask", "pytest"}),
    ],
)
def test_each_notebook_has_the_packages_that_it_admits(assignment, there, not_there):
    names = view.importable(job(assignment).profile.packages)
    assert there <= names
    assert not not_there & names


# --- the proof ----------------------------------------------------------------------------------


def jail_that_shows(*paths):
    jail = Jail(Profile(seconds=10))
    mounts = {**jail.view.mounts, **{str(path): str(path) for path in paths}}
    jail.view = replace(jail.view, mounts=mounts)
    return jail


def test_a_course_below_something_shown_is_found_before_a_batch(tmp_path):
    inner = tmp_path / "package" / "course"
    inner.mkdir(parents=True)
    (inner / "gradebook.db").write_text("marks")
    tmp = Path("/var/tmp") / f"jail-proof-{tmp_path.name}"
    tmp.symlink_to(tmp_path)
    try:
        with jail_that_shows(tmp / "package") as jail:
            proof.prove(jail, (str(tmp_path / "elsewhere"),))
            with pytest.raises(NoIsolation, match="course"):
                proof.prove(jail, (str(tmp / "package" / "course"),))
    finally:
        tmp.unlink()


def test_the_course_the_book_and_every_exchange_are_looked_for(tmp_path, root):
    course = Course(tmp_path / "course")
    course.config.Exchange.root = str(tmp_path / "exchange")
    places = course.private_places()
    wanted = [root, root / "solutions", root / "questions", root / "autograder", course.folder]
    wanted += [tmp_path / "exchange", "/usr/local/share/nbgrader/exchange"]
    assert {str(path) for path in wanted} <= set(places)
    assert str(course.folder / "gradebook.db") in places


def test_grade_refuses_what_the_doctor_refuses(empty_course, monkeypatch):
    bad = doctor.Finding("can't read a secret file of yours", False)
    monkeypatch.setattr(doctor, "try_escapes", lambda kind: [bad])
    doctor.require.cache_clear()
    try:
        with pytest.raises(NoIsolation, match="read a secret file of yours"):
            pipeline.grade(empty_course, "01-shapes-and-counts")
        assert pipeline.grade(empty_course, "01-shapes-and-counts", isolation="process") == []
    finally:
        doctor.require.cache_clear()
