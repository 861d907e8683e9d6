"""A real exchange of nbgrader's: an instructor and two students, each an ordinary user of this
machine. Who plants, swaps or blocks files there gains nothing, reads nothing and stops nobody.
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import stat
import tempfile
import traceback
from pathlib import Path

import pytest
from nbgrader.apps import CollectApp
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeFetchFeedback, ExchangeSubmit
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from autograder.course import collecting, hub
from autograder.course.course import Course
from autograder.notebooks import submission

NAME, COURSE = "1-vectors", "linear-algebra"
CONFIGURED = """\
from autograder.course.configuration import configure

c = get_config()
configure(c, __file__)
"""
STOCK = CONFIGURED + 'c.ExchangeFactory.collect = "nbgrader.exchange.default.ExchangeCollect"\n'
USERS = {"teacher": 29991, "asha": 29992, "ben": 29993}
NAMES = {uid: name for name, uid in USERS.items()}
LATER = "2026-09-11 10:00:00.000000 UTC"

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="making users takes root")


def as_user(name, function, *arguments, **options):
    """Call a function in a process of a user's own; return what it returns, as JSON carries it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(USERS[name])
            os.setuid(USERS[name])
            answer = {"value": function(*arguments, **options)}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}\n{traceback.format_exc()}"}
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = json.loads(pipe.read())
    os.waitpid(pid, 0)
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["value"]


def notebook(text):
    marks = {"grade_id": "length", "grade": True, "points": 2, "solution": False, "locked": True}
    cell = {"cell_type": "code", "source": text, "metadata": {"nbgrader": marks}, "id": "length"}
    cell |= {"outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


class Hub:
    """Folders of an exchange as a hub's administrator makes them, and a course of the teacher's."""

    def __init__(self, root: Path):
        self.root = root
        self.exchange = root / "exchange"
        self.inbound = self.exchange / COURSE / "inbound"
        teacher = USERS["teacher"]
        self._folder(self.exchange, 0, 0o1777)
        self._folder(self.exchange / COURSE, teacher, 0o755)
        self._folder(self.inbound, teacher, 0o733)
        for name, uid in USERS.items():
            self._folder(root / name, uid, 0o700)
        home = root / "teacher"
        (home / "autograder.toml").write_text(f'name = "{COURSE}"\nexchange = "{self.exchange}"\n')
        (home / "exercises" / NAME).mkdir(parents=True)
        (home / "exercises" / NAME / f"{NAME}.ipynb").write_text(notebook("hand_in()"))
        (home / "course").mkdir()
        (home / "course" / "roster.csv").write_text("id,name,email\nasha,Asha,\nben,Ben,\n")
        for path in (home, *home.rglob("*")):
            os.chown(path, teacher, teacher)

    @staticmethod
    def _folder(path, owner, mode):
        path.mkdir()
        os.chown(path, owner, owner)
        path.chmod(mode)

    def _of(self, name):
        settings = Config(Exchange={"root": str(self.exchange), "cache": f"{self.root}/{name}/c"})
        settings.Exchange.assignment_dir = f"{self.root}/{name}"
        about = {"course_id": COURSE, "student_id": name, "assignment_id": NAME}
        return {
            "coursedir": CourseDirectory(root=f"{self.root}/{name}", **about),
            "config": settings,
        }

    def submit(self, name, text="x = 1"):
        """Hand in with nbgrader itself; return what is in the exchange now."""
        folder = self.root / name / NAME
        folder.mkdir(exist_ok=True)
        (folder / f"{NAME}.ipynb").write_text(notebook(text))
        os.chdir(self.root / name)
        student = ExchangeSubmit(**self._of(name))
        student.authenticator = Authenticator()
        student.init_release = student.check_filename_diff = lambda: None
        student.start()
        return student.assignment_filename

    def fetch_feedback(self, name):
        """Fetch feedback with nbgrader itself; return the pages."""
        os.chdir(self.root / name)
        ExchangeFetchFeedback(**self._of(name)).start()
        found = sorted((self.root / name / NAME / "feedback").glob("*/*.html"))
        return [path.read_text() for path in found]

    def course(self):
        return Course(self.root / "teacher" / "course", self.root / "teacher")

    def collect(self):
        """Collect as the teacher; return who is in, what is refused, and what was taken."""
        os.chdir(self.root / "teacher")
        course = self.course()
        plan = collecting.collect(course, NAME, say=lambda _: None)
        folders = course.submissions(NAME).items()
        taken = {who: (path / f"{NAME}.ipynb").read_text() for who, path in folders}
        return {"refused": plan.refused, "taken": taken, "warnings": plan.warnings}


@pytest.fixture
def shared(monkeypatch):
    known = pwd.getpwuid

    def getpwuid(uid):
        about = (NAMES.get(uid), "x", uid, uid, "", "/", "/bin/sh")
        return pwd.struct_passwd(about) if uid in NAMES else known(uid)

    monkeypatch.setattr(pwd, "getpwuid", getpwuid)
    here = os.getcwd()
    root = Path(tempfile.mkdtemp(prefix="exchange-"))
    root.chmod(0o755)
    try:
        made = Hub(root)
        # What is imported when it is needed has to be there before: users may not read it here.
        collecting.collect(made.course(), NAME, made.inbound, dry_run=True, say=lambda _: None)
        yield made
    finally:
        os.chdir(here)
        shutil.rmtree(root, ignore_errors=True)


def plant(hub_, name, content, file=f"{NAME}.ipynb", secret="s" * 20):
    """Put a folder of any name into the exchange, as whoever calls this."""
    folder = hub_.inbound / name
    folder.mkdir()
    (folder / file).write_text(content)
    (folder / "submission_secret.txt").write_text(secret)


def test_what_ben_plants_in_ashas_name_is_not_hers(shared):
    as_user("asha", shared.submit, "asha", "mine = 1")
    for name in (f"asha+{NAME}+{LATER}+YWFhYWFhYWFh", f"asha+{NAME}+{LATER}"):
        as_user("ben", plant, shared, name, notebook("his = 0"))
    for name in ("asha", "asha.d"):
        as_user("ben", plant, shared, name, notebook("his = 0"), "asha.ipynb")
    found = as_user("teacher", shared.collect)
    assert list(found["taken"]) == ["asha"]
    assert "mine = 1" in found["taken"]["asha"]
    assert [("belongs to ben" in line) for line in found["refused"]] == [True, True]


def _odd_files(shared):
    """Everything that Ben can put where a notebook should be; his own is among it."""
    stamps = (f"ben+{NAME}+2026-09-0{day} 10:00:00.0 UTC+eHh4eHh4eHh4" for day in range(1, 8))
    made = {}
    for name, kind in zip(
        stamps, ("own", "link", "pipe", "folder", "sparse", "locked", "link out"), strict=True
    ):
        folder, path = shared.inbound / name, shared.inbound / name / f"{NAME}.ipynb"
        made[kind] = path
        if kind == "link out":
            folder.symlink_to(shared.root / "asha")
            continue
        folder.mkdir()
        if kind == "own":
            path.write_text(notebook("own = 1"))
        elif kind == "link":
            path.symlink_to(shared.root / "teacher" / "course" / "roster.csv")
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "sparse":
            with path.open("wb") as file:
                file.truncate(submission.MAX_FILE + 1)
        else:
            path.write_text(notebook("locked = 1"))
            path.chmod(0)
    return sorted(made)


def test_files_that_are_none_are_told_and_stop_nobody(shared):
    as_user("asha", shared.submit, "asha", "mine = 1")
    assert len(as_user("ben", _odd_files, shared)) == 7
    found = as_user("teacher", shared.collect)
    assert {who: "own = 1" in text for who, text in found["taken"].items()} == {
        "asha": False,
        "ben": True,
    }
    told = "\n".join(found["refused"])
    for reason in ("Too many levels", "no ordinary file", "Permission denied", "MB are taken"):
        assert reason in told, found["refused"]


def _swap(path, secret):
    """Let a name stand by turns for an own file and for somebody else's, until one is killed."""
    own = path.with_name("own")
    own.write_text(notebook("own = 1"))
    other = path.with_name("other")
    while True:
        for target in (own, secret):
            with contextlib.suppress(FileExistsError):
                os.symlink(target, other) if target is secret else os.link(own, other)
            os.replace(other, path)


def test_a_file_that_is_swapped_while_it_is_read_is_never_somebody_elses(shared):
    """Checked by name and read by name again, the other's file came back in one of ten."""
    secret = shared.root / "teacher" / "course" / "secret.ipynb"
    secret.write_text(notebook("secret = 1"))
    os.chown(secret, USERS["teacher"], USERS["teacher"])
    as_user("ben", plant, shared, f"ben+{NAME}+{LATER}+YWFhYWFhYWFh", notebook("own = 1"))
    path = shared.inbound / f"ben+{NAME}+{LATER}+YWFhYWFhYWFh" / f"{NAME}.ipynb"
    swapping = os.fork()
    if swapping == 0:
        os.setgid(USERS["ben"])
        os.setuid(USERS["ben"])
        with contextlib.suppress(BaseException):
            _swap(path, secret)
        os._exit(0)
    try:
        for _ in range(20):
            found = as_user("teacher", shared.collect)
            assert "secret = 1" not in json.dumps(found["taken"])
    finally:
        os.kill(swapping, signal.SIGKILL)
        os.waitpid(swapping, 0)


def test_nobody_moves_the_course_lists_what_came_in_or_reads_a_neighbours(shared):
    name = as_user("asha", shared.submit, "asha")
    with pytest.raises(RuntimeError, match=r"^PermissionError"):
        as_user("ben", os.rename, shared.exchange / COURSE, shared.root / "ben" / "gone")
    with pytest.raises(RuntimeError, match=r"^PermissionError"):
        as_user("ben", os.listdir, str(shared.inbound))
    assert stat.S_ISDIR((shared.inbound / name).stat().st_mode)
    assert as_user("teacher", shared.collect)["warnings"] == []
    shared.exchange.chmod(0o777)
    [warning] = as_user("teacher", shared.collect)["warnings"]
    assert f"chmod 1777 {shared.exchange}" in warning


def nbgrader_collect(shared, configuration):
    """Give `nbgrader collect` as the teacher; return what our own tools then find."""
    home = shared.root / "teacher"
    os.environ["HOME"] = str(home)
    os.chdir(home)
    (home / "nbgrader_config.py").write_text(configuration)
    CollectApp.launch_instance([NAME])
    course = shared.course()
    found = collecting.collect(course, NAME, dry_run=True, say=lambda _: None)
    folders = course.submissions(NAME).items()
    texts = {who: (path / f"{NAME}.ipynb").read_text() for who, path in folders}
    times = {who: f"{course.handed_in(path):%Y-%m-%d %H:%M:%S}" for who, path in folders}
    return {"texts": texts, "times": times, "missing": found.missing}


@pytest.mark.parametrize("configuration", [CONFIGURED, STOCK], ids=["ours", "nbgrader's"])
def test_after_nbgraders_own_collect_our_tools_find_the_right_students(shared, configuration):
    gradebook = shared.root / "teacher" / "course" / "gradebook.db"
    shared.course().gradebook().close()
    os.chown(gradebook, USERS["teacher"], USERS["teacher"])
    handed_in = as_user("asha", shared.submit, "asha", "mine = 1")
    found = as_user("teacher", nbgrader_collect, shared, configuration)
    assert list(found["texts"]) == ["asha"]
    assert "mine = 1" in found["texts"]["asha"]
    assert found["times"]["asha"] in handed_in
    assert found["missing"] == ["ben"]


def _release(shared):
    os.chdir(shared.root / "teacher")
    course = shared.course()
    for student in course.submissions(NAME):
        page = Path(course.coursedir.feedback_directory, student, NAME, f"{NAME}.html")
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"for {student}")
    course.coursedir.assignment_id = NAME
    hub.ReleaseFeedback(coursedir=course.coursedir, config=course.config).start()


def test_feedback_is_released_after_our_own_collect_and_read_by_its_student(shared):
    """Ben's secret is no secret, and stops nobody; a hand-in of the same again is answered."""
    as_user("asha", shared.submit, "asha", "mine = 1")
    as_user("ben", plant, shared, f"ben+{NAME}+{LATER}+YWFhYWFhYWFh", notebook("b"), secret="")
    first = as_user("teacher", shared.collect)
    as_user("teacher", _release, shared)
    assert as_user("asha", shared.fetch_feedback, "asha") == ["for asha"]
    assert any("nothing that nbgrader wrote" in line for line in first["refused"])
    as_user("asha", shared.submit, "asha", "mine = 1")
    stamp = shared.root / "teacher/course/submitted/asha" / NAME / "timestamp.txt"
    before = stamp.read_text()
    as_user("teacher", shared.collect)
    as_user("teacher", _release, shared)
    assert as_user("asha", shared.fetch_feedback, "asha") == ["for asha"] * 2
    assert stamp.read_text() == before
    page = notebook_hash(secret="s" * 20, notebook_id=NAME)
    assert not (shared.exchange / COURSE / "feedback" / f"{page}.html").exists()
    with pytest.raises(RuntimeError, match=r"^PermissionError"):
        as_user("ben", os.listdir, str(shared.exchange / COURSE / "feedback"))


def test_numbers_of_ones_own_are_not_handed_to_all(tmp_path, monkeypatch):
    course = Course(tmp_path / "course")
    course.folder.mkdir(exist_ok=True)
    (course.folder / "course.toml").write_text("variants = true\n")
    course.coursedir.assignment_id = "01-shapes-and-counts"
    release = hub.ReleaseToAll(coursedir=course.coursedir, config=course.config)
    with pytest.raises(ExchangeError, match=r"numbers of their own.*handout"):
        release.init_src()
