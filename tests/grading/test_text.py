"""Names of people and files are text everywhere: for Formgrader's pages and for a terminal."""

import csv
import zipfile

import pytest

from autograder.course import collecting
from autograder.course.course import Course
from autograder.course.text import printable, unmarked
from autograder.run import log
from autograder.run.ids import folder_of, id_of

NAME = "01-shapes-and-counts"
HOSTILE = '<script>alert("x")</script> <img/src=x onerror=alert(1)>\x1b[2J'


def course_of(folder, name):
    folder.mkdir()
    quoted = name.replace('"', '""')
    (folder / "roster.csv").write_text(f'id,name,email\nasha,"{quoted}","{quoted}"\n')
    return Course(folder)


def test_a_name_in_the_gradebook_begins_no_markup(tmp_path):
    course = course_of(tmp_path / "course", HOSTILE)
    person = course.person("asha", course.settings.roster())
    assert all(person.values())
    assert not set('<>"&\x1b') & set("".join(person.values()))


@pytest.mark.parametrize(
    "name", ["Łukasz Żak", "नरेंद्र शर्मा", "小明", "O'Brien", "ക്‍ഷ", "علی", "José García Márquez"]
)
def test_a_name_of_any_script_stays_as_it_is(tmp_path, name):
    assert printable(name) == unmarked(name) == name


def test_a_listing_gives_the_terminal_no_order(tmp_path):
    course = course_of(tmp_path / "course", "Asha Rao")
    archive = tmp_path / "hand-in.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("\x1b]0;owned\x07\x1b[2J_1_assignsubmission_file_/x.ipynb", "{}")
    said = []
    collecting.collect(course, NAME, archive, dry_run=True, say=said.append)
    assert said
    assert not set("\x1b\x07") & set("".join(said))


@pytest.mark.parametrize(
    ("student", "folder"),
    [
        *(("CS/2021/001", "CS~2F2021~2F001"), (r"CS\1", "CS~5C1"), ("a\0b", "a~00b")),
        *((".", "~2E"), ("..", "~2E~2E"), (".asha", "~2Easha"), ("asha.", "asha~2E")),
        *(("asha ", "asha~20"), ("~2F", "~7E2F"), ("~x", "~x"), ("a.b c", "a.b c"), ("ž", "ž")),
    ],
)
def test_an_id_has_one_folder_and_a_folder_one_id(student, folder):
    assert folder_of(student) == folder
    assert id_of(folder) == student


def test_the_log_of_what_was_marked_again_goes_on_and_calls_students_by_their_ids(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("JUPYTERHUB_USER", "rao")
    for before, after in (("1", "2"), ("2", "open")):
        log.write(tmp_path, NAME, [("CS~2F1", "ex01", before, after)], "a mended key")
    with (tmp_path / "regrades.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(row.pop("when").endswith("UTC") for row in rows)
    same = {"assignment": NAME, "student": "CS/1", "question": "ex01", "why": "a mended key"}
    same["by"] = "rao"
    assert rows == [
        {**same, "before": "1", "after": "2"},
        {**same, "before": "2", "after": "open"},
    ]
