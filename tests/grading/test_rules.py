"""One fingerprint decides who is marked again: all that decides a mark is in it, and nothing else.

The book's own modules are changed in a copy of the repository; a small course's in its own folder.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_course

from autograder.course.course import Course

ALL = ["01-shapes-and-counts", "05-architectures", "08-multiple-choice"]


def rules_in(folder: Path, *assignments: str) -> dict[str, str]:
    """The rules of assignments as a process of its own sees them: no module is kept."""
    code = (
        "import sys; from pathlib import Path\n"
        "from autograder.course.definition import Definition\n"
        "from autograder.course.jobs import job_of\n"
        "from autograder.course.settings import Settings\n"
        "course = Definition.read(Path.cwd())\n"
        "for name in sys.argv[1:]:\n"
        "    print(name, job_of(course, Settings(), name, Path()).rules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *assignments],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return dict(line.split() for line in run.stdout.splitlines())


def changed(before, after) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.fixture(scope="module")
def copy(tmp_path_factory, root):
    """The repository's engine and book, to be changed."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("autograder", "convbook", "questions", "exercises", "solutions"):
        unwanted = shutil.ignore_patterns("__pycache__", "*.npz", "build")
        shutil.copytree(root / name, folder / name, ignore=unwanted)
    for name in ("autograder.toml", "importclosure.py"):
        shutil.copy(root / name, folder)
    return folder


@pytest.fixture(scope="module")
def before(copy):
    return rules_in(copy, *ALL)


def edit(path: Path, old: str, new: str):
    text = path.read_text()
    assert old in text, f"{path.name} no longer says {old!r}"
    path.write_text(text.replace(old, new, 1))


EDITS = [
    ("convbook/shapes/sizes.py", "(kernel_size - 1) + 1", "(kernel_size - 1) + 2", set(ALL)),
    ("convbook/nn/conv.py", "transpose(1, 2, 0, 3)", "transpose(1, 2, 3, 0)", {"05-architectures"}),
    ("questions/vgg.py", "4096", "4095", set(ALL)),
    ("questions/networks.py", "60_000_000", "60_000_001", {"05-architectures"}),
    ("autograder/marking/parts.py", "share: float = 0.5", "share: float = 0.4", set(ALL)),
    ("autograder/run/scoring.py", "[:500]", "[:501]", set(ALL)),
    ("autograder/__init__.py", '__version__ = "', '__version__ = "9.', set(ALL)),
    ("convbook/widgets/__init__.py", '"""', '"""More. ', set()),
]


@pytest.mark.parametrize(("file", "old", "new", "concerned"), EDITS, ids=[e[0] for e in EDITS])
def test_a_change_marks_exactly_those_again_whom_it_concerns(
    copy, before, file, old, new, concerned
):
    kept = (copy / file).read_text()
    edit(copy / file, old, new)
    after = rules_in(copy, *ALL)
    (copy / file).write_text(kept)
    assert changed(before, after) == concerned


def test_a_comment_or_a_docstring_marks_nobody_again(copy, before):
    files = ["convbook/shapes/sizes.py", "questions/vgg.py", "autograder/marking/parts.py"]
    for file in files:
        text = (copy / file).read_text()
        (copy / file).write_text(text.replace('"""', '"""Said in other words. ', 1) + "\n# more\n")
    assert rules_in(copy, *ALL) == before


def test_a_limit_of_the_course_concerns_its_assignment_alone(tmp_path):
    folder = small_course.make(tmp_path)
    made = Course(root=folder)
    for name in made.assignments():
        made.exercises(name)
    before = {name: made.job(name).rules for name in made.assignments()}
    assert made.job("1-vectors", seconds=60).rules != before["1-vectors"]
    (made.folder / "course.toml").write_text('[limits."1-vectors"]\nseconds = 60\n')
    after = Course(root=folder)
    assert changed(before, {n: after.job(n).rules for n in before}) == {"1-vectors"}
    assert after.job("1-vectors").rules == made.job("1-vectors", seconds=60).rules


def test_a_helper_of_a_question_concerns_those_that_use_it(tmp_path):
    folder = small_course.make(tmp_path)
    for name in Course(root=folder).assignments():
        Course(root=folder).exercises(name)
    names = Course(root=folder).assignments()
    before = {name: Course(root=folder).job(name).rules for name in names}
    edit(folder / "linalg_questions" / "helpers.py", "entry**2", "entry**3")
    after = {name: Course(root=folder).job(name).rules for name in names}
    assert changed(before, after) == {"1-vectors"}
