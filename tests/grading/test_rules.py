"""One fingerprint decides who is marked again: all that decides a mark is in it, and nothing else.

The book's own files are changed in a copy of the repository; a small course's in its own folder.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_course
from claims import for_each

import autograder
import importclosure
from autograder.course.course import Course
from autograder.run import key

ALL = [
    *("01-shapes-and-counts", "02-receptive-fields", "03-pooling-and-invariance"),
    *("04-training-deep-networks", "05-architectures", "06-transfer-and-interpretation"),
    *("07-backward-pass", "08-multiple-choice", "09-mini-project"),
]
FORMULAS = set(ALL) - {"09-mini-project"}  # whose keys follow from convbook.shapes
NETWORKS = "05-architectures"  # whose networks are built and tried
DATA = {NETWORKS, "06-transfer-and-interpretation"}  # where students' code may load any data set
LIMIT = '[limits."04-training-deep-networks"]\nseconds = {}\n'

#: A file, what is put in another's place there, and whose marks that concerns.
EDITS = [
    ("convbook/shapes/sizes.py", "(kernel_size - 1) + 1", "(kernel_size - 1) + 2", FORMULAS),
    ("convbook/nn/conv.py", "(kh - 1) - 1) // down + 1", "(kh - 1) - 1) // down + 2", {NETWORKS}),
    ("convbook/data/digits.py", "seed: int = 0", "seed: int = 1", DATA),
    ("questions/vgg.py", "4096", "4095", {"01-shapes-and-counts", NETWORKS, "08-multiple-choice"}),
    ("questions/networks.py", "60_000_000", "60_000_001", {NETWORKS}),
    ("course/course.toml", LIMIT.format(60), LIMIT.format(90), {"04-training-deep-networks"}),
    ("autograder/marking/parts.py", "share: float = 0.5", "share: float = 0.4", set(ALL)),
    ("autograder/run/scoring.py", "[:500]", "[:501]", set(ALL)),
    ("autograder/jail/inside/inmate.py", "MAX_TEXT = 10_000", "MAX_TEXT = 9_999", set(ALL)),
    ("convbook/widgets/pooling_lab.py", "DIGIT = 6", "DIGIT = 5", set()),  # it is stubbed
    ("convbook/widgets/__init__.py", '"""', '"""More. ', set()),
    ("convbook/shapes/sizes.py", '"""', '"""Said in other words. ', set()),
    ("convbook/nn/conv.py", "\n\n\n", "\n\n# A comment.\n\n", set()),
    ("questions/vgg.py", '"""', '"""Said in other words. ', set()),
    ("autograder/marking/parts.py", "\n\n\n", "\n\n# A comment.\n\n", set()),
]

# Makes each edit in turn, and says what the rules of all assignments are then. What is read of a
# file that is as it was is kept; nothing that an edit changes is imported before it is read.
SCRIPT = """
import ast, functools, json, sys
from pathlib import Path
import importclosure
from autograder.course.definition import Definition
from autograder.course.jobs import job_of
from autograder.course.settings import Settings

read, names_in = importclosure.essence, importclosure.Sources._names_in
of_bytes = functools.cache(lambda path, content: read(path))
importclosure.essence = lambda path: of_bytes(path, Path(path).read_bytes())
tree_of = functools.cache(lambda path, content: ast.parse(content))
importclosure.Sources._tree = lambda self, path: tree_of(path, path.read_bytes())
names = {}

def names_of(self, tree, path=None):
    known = (tree, path, *self.packages)  # a file that is as it was has the same tree
    if known not in names:
        names[known] = names_in(self, tree, path)
    return names[known]

importclosure.Sources._names_in = names_of
course = Definition.read(Path.cwd())

def rules():
    settings = Settings.read(course.records_folder())
    return {n: job_of(course, settings, n, Path()).rules for n in wanted}

wanted, edits = json.load(sys.stdin)
found = [rules()]
for file, old, new in edits:
    text = Path(file).read_text("utf-8")
    assert old in text, f"{file} no longer says {old!r}"
    Path(file).write_text(text.replace(old, new, 1), "utf-8")
    found.append(rules())
    Path(file).write_text(text, "utf-8")
print(json.dumps(found))
"""


def changed(before, after) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.fixture(scope="module")
def concerned(tmp_path_factory, root) -> dict[tuple[str, ...], set[str]]:
    """The assignments whose rules each edit of the repository changes, by what it is."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("autograder", "convbook", "questions", "exercises", "solutions"):
        unwanted = shutil.ignore_patterns("__pycache__", "*.npz", "build")
        shutil.copytree(root / name, folder / name, ignore=unwanted)
    for name in ("autograder.toml", "importclosure.py"):
        shutil.copy(root / name, folder)
    (folder / "course").mkdir()
    (folder / "course" / "course.toml").write_text(LIMIT.format(60))
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        input=json.dumps([ALL, [edit[:3] for edit in EDITS]]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    before, *after = json.loads(run.stdout)
    assert sorted(before) == ALL
    return {edit[:3]: changed(before, rules) for edit, rules in zip(EDITS, after, strict=True)}


@for_each(("file", "old", "new", "wanted"), EDITS, ids=lambda file, old, *_: f"{file}: {old[:20]}")
def test_an_edit_marks_exactly_those_again_whom_it_concerns(concerned, file, old, new, wanted):
    assert concerned[file, old, new] == wanted


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


def test_a_file_beside_a_notebook_concerns_it_and_the_words_of_its_questions_do_not(tmp_path):
    course = Course(root=small_course.make(tmp_path))
    course.exercises("1-vectors")
    released = course.released("1-vectors")
    before = course.job("1-vectors").rules
    text = released.read_text("utf-8")
    assert text.count("How long is") == 1
    released.write_text(text.replace("How long is", "What is the length of"), "utf-8")
    assert course.job("1-vectors").rules == before
    (released.parent / "data").mkdir()
    (released.parent / "data" / "table.csv").write_text("1, 2")
    assert course.job("1-vectors").rules != before


def test_a_course_has_the_same_rules_wherever_it_lies(tmp_path):
    """Else a worker on another machine would be told that its copy is another course."""
    places = [small_course.make(tmp_path / name) for name in ("here", "there")]
    courses = [Course(root=place) for place in places]
    for course in courses:
        course.exercises("1-vectors")
    assert len({course.job("1-vectors").rules for course in courses}) == 1


def test_whether_wrong_choices_take_points_off_belongs_to_the_rules(tmp_path):
    course = Course(root=small_course.make(tmp_path))
    course.exercises("1-vectors")
    before = course.job("1-vectors").rules
    course.folder.mkdir(exist_ok=True)
    (course.folder / "course.toml").write_text("negative_marks = false\n")
    assert Course(root=tmp_path).job("1-vectors").rules != before


@pytest.mark.parametrize(
    "file", ["marking/parts.py", "handin/wire.py", "run/scoring.py", "jail/inside/inmate.py"]
)
def test_the_engine_concerns_a_course_whose_notebooks_load_nothing_of_it(
    tmp_path, monkeypatch, file
):
    course = Course(root=small_course.make(tmp_path))
    course.exercises("1-vectors")
    before, read = course.job("1-vectors").rules, importclosure.essence
    changed = Path(autograder.__file__).parent / file
    monkeypatch.setattr(importclosure, "essence", lambda at: read(at) + b"!" * (at == changed))
    monkeypatch.setattr(key, "_KNOWN", {})
    assert course.job("1-vectors").rules != before


@pytest.mark.parametrize("file", ["linalg/__init__.py", "linalg/table.csv"])
def test_what_only_students_code_uses_concerns_their_marks(tmp_path, file):
    course = Course(root=small_course.make(tmp_path))
    course.exercises("1-vectors")
    (tmp_path / "linalg" / "table.csv").write_text("1, 2")
    before = course.job("1-vectors").rules
    with (tmp_path / file).open("a") as opened:
        opened.write("\nMORE = 1\n")
    assert course.job("1-vectors").rules != before


def test_another_version_of_the_engine_concerns_all(tmp_path, monkeypatch):
    course = Course(root=small_course.make(tmp_path))
    course.exercises("1-vectors")
    before = course.job("1-vectors").rules
    monkeypatch.setattr(autograder, "__version__", "9.9.9")
    assert course.job("1-vectors").rules != before


def test_rules_are_remembered_until_a_file_is_written_that_they_may_follow_from(
    tmp_path, monkeypatch
):
    folder = small_course.make(tmp_path)
    course = Course(root=folder)
    course.exercises("1-vectors")
    course.store("1-vectors").folder.mkdir(parents=True)
    before = course.job("1-vectors").rules

    def worked_out_anew(*_):
        raise RuntimeError("worked out anew")

    monkeypatch.setattr(key, "_KNOWN", {})  # as in another process
    monkeypatch.setattr(key, "rules", worked_out_anew)
    assert course.job("1-vectors").rules == before
    for written in ("linalg_questions/helpers.py", "linalg/table.csv", "exercises/1-vectors/x.txt"):
        path = folder / written
        text = path.read_text() if path.exists() else None
        path.write_text(f"{text or ''}# more")
        with pytest.raises(RuntimeError, match="worked out anew"):
            course.job("1-vectors")
        path.unlink() if text is None else path.write_text(text)


def test_a_helper_of_a_question_concerns_those_that_use_it(tmp_path):
    folder = small_course.make(tmp_path)
    for name in Course(root=folder).assignments():
        Course(root=folder).exercises(name)
    names = Course(root=folder).assignments()
    before = {name: Course(root=folder).job(name).rules for name in names}
    helpers = folder / "linalg_questions" / "helpers.py"
    helpers.write_text(helpers.read_text().replace("entry**2", "entry**3"))
    after = {name: Course(root=folder).job(name).rules for name in names}
    assert changed(before, after) == {"1-vectors"}
