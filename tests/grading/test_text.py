"""Names of people and files are text everywhere: for Formgrader's pages and for a terminal."""

import zipfile

import pytest

from autograder.course import collecting
from autograder.course.course import Course
from autograder.course.text import printable, unmarked

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
