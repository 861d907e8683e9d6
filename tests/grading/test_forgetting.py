"""A student who leaves is forgotten: nothing of them is left below the course's folder."""

import csv
import sqlite3

import pytest

from autograder.cli import main
from autograder.course import collecting, export, records, rubrics
from autograder.run import log, pipeline
from autograder.run.ids import folder_of, id_of

from .delivered import MOODLE, NAME, NOON, collect, make, zipped
from .oddities.notebooks import notebook, text

pytestmark = pytest.mark.jail
PEOPLE = {"CS/21/7": "Zoë Quill", "21CS002": "Ben Okafor", "CS/21/77": "Chen Li"}
WORDS = {
    "CS/21/7": "Quillish channels are weighed at each pixel alone.",
    "21CS002": "It mixes channels at one position.",
    "CS/21/77": "A layer that mixes channels only.",
}


@pytest.fixture
def course(tmp_path):
    """A class that was collected, marked in every way, handed back, exported and reported."""
    course = make(tmp_path / "course", PEOPLE, 'resubmissions = "best"\n')
    entries = [
        (f"{name}_{at}_{MOODLE}/{NAME}.ipynb", text(written(WORDS[id])), NOON)
        for at, (id, name) in enumerate(PEOPLE.items())
    ]
    collect(course, zipped(tmp_path / "in.zip", *entries))
    (course.folder / "extensions.csv").write_text(
        f'student;assignment;due\r\n"CS/21/7";{NAME};2026-10-02 12:00\r\n'
        f"21CS002;{NAME};2026-10-03 12:00\r\n",
        "utf-16",
    )
    course = type(course)(course.folder)
    pipeline.grade(course, NAME, workers=1)
    course.write_all_feedback(NAME, map(folder_of, PEOPLE))
    rubrics.group(course, NAME)
    log.write(course.folder, NAME, [(folder_of(s), "ex01", "0", "2") for s in PEOPLE], "a slip")
    for command in (["report"], ["export"], ["export", "--format", "moodle"]):
        main([*command, NAME, "--course", str(course.folder)])
    return course


def written(words):
    nb = notebook()
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "ex09-explain":
            cell["source"] = words
    return nb


def everything(folder):
    """The name and the bytes of every file, and what the database holds."""
    for path in folder.rglob("*"):
        yield path, str(path.relative_to(folder)).encode()
        if path.is_file():
            yield path, path.read_bytes()
    with sqlite3.connect(folder / "gradebook.db") as database:
        yield folder / "gradebook.db", "\n".join(database.iterdump()).encode()


ABOUT = ("CS/21/7", "CS~2F21~2F7", b"CS/21/7".hex(), "Quill", "cs/21/7@example.edu")


def standing(course):
    """The files in which something of the first student stands, but not of who is called alike."""
    alike = ("CS/21/77", "CS~2F21~2F77", b"CS/21/77".hex(), "cs/21/77@example.edu")
    found = set()
    for path, content in everything(course.folder):
        for word in alike:
            content = content.replace(word.encode(), b"").replace(word.encode("utf-16-le"), b"")
        words = [w.encode(e) for w in ABOUT for e in ("utf-8", "utf-16-le")]
        if any(word in content for word in words):
            found.add(str(path.relative_to(course.folder)))
    return found


def test_nothing_is_removed_before_it_is_said_and_agreed_to(course, capsys):
    before = {path: path.read_bytes() for path in course.folder.rglob("*") if path.is_file()}
    assert main(["forget", "CS/21/7", "--course", str(course.folder)]) == 0
    said = capsys.readouterr().out
    after = {path: path.read_bytes() for path in course.folder.rglob("*") if path.is_file()}
    assert after == before
    for part in (
        *("submitted/CS~2F21~2F7", "attempts/CS~2F21~2F7", "autograded/CS~2F21~2F7"),
        *("feedback/CS~2F21~2F7", "gradebook.db: name, marks and comments of 1 submission"),
        *("roster.csv: 1 line", "extensions.csv: 1 line", "regrades.csv: 1 line"),
        *("members.csv: 1 row", f"exports/{NAME}-csv.csv", f"reports/{NAME}.html", "hand-back"),
        *("Nothing was removed. With --yes", "archives that you downloaded", "inbound"),
    ):
        assert part in said
    assert "21CS002" not in said.replace(str(course.folder), "")


def test_nothing_of_a_forgotten_student_is_found_anywhere(course, capsys):
    assert len(standing(course)) > 10
    others = {r.student: r.raw for r in records.read(course, NAME)}
    assert main(["forget", "CS/21/7", "--course", str(course.folder), "--yes"]) == 0
    assert "Removed." in capsys.readouterr().out
    assert standing(course) == set()
    course = type(course)(course.folder)
    del others["CS~2F21~2F7"]
    assert {r.student: r.raw for r in records.read(course, NAME)} == others
    assert list(course.settings.roster()) == ["21CS002", "CS~2F21~2F77"]
    assert list(course.settings.extensions(NAME)) == ["21CS002"]
    groups = course.folder / "marking" / NAME / "groups.csv"
    assert len(groups.read_text().splitlines()) == 4, "a group keeps its row, without the text"
    with export.write(course, NAME, "csv").open(encoding="utf-8-sig") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["21CS002", "CS/21/77"]
    assert {o.state for o in pipeline.grade(course, NAME, workers=1)} == {"unchanged"}
    assert main(["forget", "CS/21/7", "--course", str(course.folder), "--yes"]) == 2
    assert "nothing is kept of 'CS/21/7'" in capsys.readouterr().err


def test_rows_of_others_who_wrote_the_same_stay(course):
    """Nobody loses a row of a marker's table for an answer that is word for word another's."""
    same = "Nobody knows."
    for student in ("CS~2F21~2F7", "CS~2F21~2F77"):
        path = course.autograded(NAME, student)
        path.chmod(0o644)
        path.write_text(path.read_text().replace(WORDS[id_of(student)], same))
    folder = course.folder / "marking" / NAME
    for path in folder.iterdir():
        path.unlink()
    rubrics.group(course, NAME)
    before = [line for line in (folder / "members.csv").read_text().splitlines() if same in line]
    main(["forget", "CS/21/7", "--course", str(course.folder), "--yes"])
    after = [line for line in (folder / "members.csv").read_text().splitlines() if same in line]
    assert (len(before), len(after)) == (2, 1)
    assert same in (folder / "groups.csv").read_text(), "it is also what another wrote"
    assert rubrics.take_in_groups(course, NAME).recorded == 0


def test_a_course_without_a_gradebook_gets_none(tmp_path, capsys):
    course = make(tmp_path / "course", PEOPLE)
    assert main(["forget", "21CS002", "--course", str(course.folder), "--yes"]) == 0
    assert not (course.folder / "gradebook.db").exists()
    assert list(course.settings.roster()) == ["CS~2F21~2F7", "CS~2F21~2F77"]


def test_where_the_id_still_stands_is_told(course, capsys):
    (course.folder / "notes.txt").write_text("ask CS/21/7 about the exam; CS/21/77 is fine")
    assert main(["forget", "CS/21/7", "--course", str(course.folder), "--yes"]) == 1
    said = capsys.readouterr().out
    assert "still stands in these files" in said
    assert said.rstrip().endswith("notes.txt")


def test_a_mistyped_student_is_asked_about_and_none_is_removed(course, capsys):
    assert main(["forget", "21CS02", "--course", str(course.folder), "--yes"]) == 2
    assert "did you mean 21CS002?" in capsys.readouterr().err
    assert len(records.read(course, NAME)) == 3


def test_who_handed_in_with_the_forgotten_one_keeps_it(tmp_path, capsys):
    course = make(tmp_path / "course", PEOPLE)
    table = tmp_path / "map.csv"
    table.write_text("Both,CS/21/7 & 21CS002\n")
    entries = [
        (f"Both_1_{MOODLE}/{NAME}.ipynb", text(notebook()), NOON),
        (f"Chen Li_2_{MOODLE}/{NAME}.ipynb", text(notebook()), NOON),
    ]
    asked = collecting.Asked.read(course, table, None)
    collect(course, zipped(tmp_path / "in.zip", *entries), asked=asked)
    pipeline.grade(course, NAME, workers=1)
    assert main(["forget", "CS/21/7", "--course", str(course.folder), "--yes"]) == 0
    assert "What 21CS002 handed in together with them stays" in capsys.readouterr().out
    assert list(course.submissions(NAME)) == ["21CS002", "CS~2F21~2F77"]
    assert standing(course) == set()
