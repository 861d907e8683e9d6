"""A course that an earlier version marked goes on with this one, and nothing of it is lost."""

import csv
import sqlite3
import zipfile
from pathlib import Path

import pytest
from the_course import counting

from autograder import cli
from autograder.course import export
from autograder.course.course import Course
from autograder.course.definition import Definition, DefinitionError
from autograder.run import regrading

from .conftest import gradebook_of

pytestmark = pytest.mark.jail
COURSES = Path(__file__).parent / "courses"
ASSIGNMENT = "01-shapes-and-counts"
#: The statements of this question stand in another order since, so letters given before are wrong.
REORDERED = {(student, "ex25-reasons", 2, 0) for student in ("asha", "ben", "chen")}
BY_HAND = {("asha", "ex02"): (1, 1.5, False), ("ben", "ex09-explain"): (None, 2, False)}


def unpacked(version: str, folder: Path) -> Path:
    with zipfile.ZipFile(COURSES / f"{version}.zip") as bundle:
        bundle.extractall(folder)
    return folder


@pytest.fixture(params=["0.1.0"])
def folder(request, tmp_path) -> Path:
    """A running course of an earlier version, where every answer in words goes on counting."""
    book = counting(tmp_path / "book", None, ASSIGNMENT)
    return unpacked(request.param, book.root / "course")


def rows_of(folder: Path) -> list:
    """What the gradebook holds of marks, comments and lateness, read without any of our code."""
    with sqlite3.connect(folder / "gradebook.db") as database:
        return [
            database.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            for table in ("grade", "comment", "submitted_assignment", "submitted_notebook")
        ]


def changed_marks(before: list, after: list) -> int:
    """How many rows of the table of marks, which is the first, are not as they were."""
    return sum(one != other for one, other in zip(before[0], after[0], strict=True))


def run(folder: Path, *command: str) -> int:
    return cli.main([*command, "--course", str(folder)])


def test_settings_roster_dates_and_marks_are_read_as_they_were(folder):
    course = Course(folder)
    assert course.settings.time_zone == "Asia/Kolkata"
    assert course.settings.late.percent_per_day == 10
    assert course.settings.roster()["ben"]["name"] == "Ben Okri"
    assert "ben" in course.settings.extensions(ASSIGNMENT)
    assert course.store(ASSIGNMENT).latest("asha").points == 30
    marks = gradebook_of(course, ASSIGNMENT)
    assert {key: marks[key[0]][key[1]] for key in BY_HAND} == BY_HAND
    exported = export.write(course, ASSIGNMENT, "csv").read_text("utf-8-sig").splitlines()
    [row] = [row for row in csv.DictReader(exported) if "chen" in row.values()]
    assert "27.9" in row.values()  # 31 less a tenth


@pytest.mark.parametrize("command", [["grade"], ["regrade", "--why", "0.2.0"]], ids=["grade", "re"])
def test_that_fewer_answers_in_words_count_now_is_told_before_anything_changes(
    command, tmp_path, capsys
):
    running = unpacked("0.1.0", tmp_path / "course")
    with Course(running).gradebook() as gradebook:
        gradebook.find_grade("ex22-explain", ASSIGNMENT, ASSIGNMENT, "chen").manual_score = 3
        gradebook.db.commit()
    before = rows_of(running)
    assert run(running, command[0], ASSIGNMENT, *command[1:]) == 2
    said = capsys.readouterr().err
    assert "ex22-explain (3 points), ex25-explain (3 points) counted when marking began" in said
    assert "(marks that a person gave for them: 1)" in said
    assert 'written = ["ex04-explain", "ex07-explain", "ex09-explain", "ex15-explain", ' in said
    assert f"python -m autograder exercises {ASSIGNMENT}" in said
    assert rows_of(running) == before


def test_the_commands_of_0_1_0_are_there():
    first = ("doctor", "collect", "grade", "check", "exercises", "handout")
    for command in (*first, "regrade", "share", "feedback", "report", "export"):
        assert cli.main([command, "--help"]) == 0


def test_whom_today_s_rules_would_mark_anew_is_said_and_asked_for(folder, capsys, monkeypatch):
    before = rows_of(folder)
    assert run(folder, "grade", ASSIGNMENT, "--workers", "1") == 0
    said = capsys.readouterr()
    assert "3 of 3 submissions were recorded under other rules" in said.err
    assert f"regrade {ASSIGNMENT} --why REASON" in said.err
    assert "with --again they are marked again" in said.err
    assert said.out.count("marked under earlier rules") == 3
    assert rows_of(folder) == before

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda prompt: False)
    assert run(folder, "grade", ASSIGNMENT, "--workers", "1") == 0
    assert rows_of(folder) == before
    monkeypatch.setattr("click.confirm", lambda prompt: True)
    assert run(folder, "grade", ASSIGNMENT, "--workers", "1") == 0
    assert changed_marks(before, rows_of(folder)) == len(REORDERED)

    capsys.readouterr()
    monkeypatch.setattr("click.confirm", lambda prompt: pytest.fail("asked again"))
    assert run(folder, "grade", ASSIGNMENT, "--workers", "1") == 0
    assert capsys.readouterr().out.count("unchanged") == 3


def test_who_hands_in_anew_is_marked_without_a_question(folder, capsys):
    place = Path("submitted", "asha", ASSIGNMENT, f"{ASSIGNMENT}.ipynb")
    text = (folder / place).read_text("utf8")
    (folder / place).write_text(text.replace("128 * 3 * 3 * 64", "128 * (3 * 3 * 64 + 1)"), "utf8")
    assert run(folder, "grade", ASSIGNMENT, "--workers", "1") == 0
    assert "2 of 3 submissions were recorded under other rules" in capsys.readouterr().err
    marks = gradebook_of(Course(folder), ASSIGNMENT)
    assert marks["asha"]["ex02"] == (2, 1.5, True)  # a person's mark stays, and is to be looked at
    assert marks["ben"]["ex09-explain"] == BY_HAND["ben", "ex09-explain"]


def test_a_regrade_shows_what_the_new_version_changes_and_goes_on_with_the_log(folder, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "rao")
    course = Course(folder)
    course.register(ASSIGNMENT)
    assert sorted(regrading.under_other_rules(course, ASSIGNMENT)) == ["asha", "ben", "chen"]
    found, outcomes = regrading.changes(course, ASSIGNMENT, workers=1)
    assert {(one.student, one.question, one.before, one.after) for one in found} == REORDERED
    regrading.record(course, ASSIGNMENT, found, outcomes, "version 0.2.0")
    assert regrading.under_other_rules(course, ASSIGNMENT) == []
    log = list(csv.DictReader((folder / "regrades.csv").open()))
    said = {(row["why"], row["by"]) for row in log}
    assert said == {("ex21 took no floats", ""), ("version 0.2.0", "rao")}


def test_feedback_and_report_are_written_from_what_an_earlier_version_marked(folder):
    course = Course(folder)
    page = course.write_feedback(ASSIGNMENT, "asha").read_text("utf8")
    assert "is there something else that every filter has?" in page
    assert run(folder, "report", ASSIGNMENT) == 0


def test_records_in_the_folder_of_0_1_0_are_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_COURSE", raising=False)
    (tmp_path / "autograder.toml").write_text("")
    old = tmp_path / "autograder" / "course"
    (old / "submitted").mkdir(parents=True)
    (old / "gradebook.db").write_text("")
    (old / "course.py").write_text("")  # code, which stays
    with pytest.raises(
        DefinitionError, match=r"mv .*/autograder/course/{gradebook\.db,submitted} "
    ):
        Definition.read(tmp_path).records_folder()
    assert Definition.read(tmp_path).records_folder(old) == old
    (tmp_path / "course").mkdir()
    for name in ("gradebook.db", "submitted"):
        (old / name).rename(tmp_path / "course" / name)
    assert Definition.read(tmp_path).records_folder() == tmp_path / "course"
