"""The class table, the report and a student's page say one thing of one student."""

import re

import pytest

from autograder.cli import main
from autograder.course import export, records, report, tables
from autograder.course.course import Course
from autograder.notebooks.gradebook import give_mark, transaction
from autograder.run.job import Outcome

from .oddities.notebooks import ASSIGNMENT, notebook, text

pytestmark = pytest.mark.jail
LATE = f"""\
time_zone = "Asia/Kolkata"
[late]
grace_minutes = 15
percent_per_day = 10
at_most_percent = 50
[due]
"{ASSIGNMENT}" = 2026-09-10T17:09:00
"""
ROSTER = "id,name\nasha,Asha Rao\nben,Ben Okafor\ncut,Zoë Søren\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three students, 21 minutes late; of one whose file is cut off, a person has marked words."""
    folder = tmp_path_factory.mktemp("views") / "course"
    folder.mkdir()
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "course.toml").write_text(LATE)
    whole = text(notebook())
    for student in ("asha", "ben", "cut"):
        place = folder / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        (place / f"{ASSIGNMENT}.ipynb").write_text(whole[:5000] if student == "cut" else whole)
        when = "11:30" if student == "ben" else "12:00"
        (place / "timestamp.txt").write_text(f"2026-09-10 {when}:00 UTC")
    assert main(["grade", ASSIGNMENT, "--course", str(folder), "--workers", "1"]) == 1
    made = Course(folder)
    with transaction(made) as gradebook:
        give_mark(gradebook, ASSIGNMENT, "cut", "ex09-explain", 2, "")
        give_mark(gradebook, ASSIGNMENT, "ben", "ex02", 1.5, "")
    return made


@pytest.fixture(scope="module")
def rows(course):
    """The class table's rows, by id, each cut at its columns."""
    outcomes = [Outcome(s, "unchanged", unread="cut off" * (s == "cut")) for s in ROWS]
    lines = tables.class_table(course, ASSIGNMENT, outcomes).splitlines()
    return {(cells := re.split(r"  +", line))[0]: cells for line in lines}


ROWS = ("asha", "ben", "cut")


@pytest.fixture(scope="module")
def page(course):
    return report.write(course, ASSIGNMENT).read_text("utf-8")


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


# --- names ---------------------------------------------------------------------------------------


def test_names_stand_beside_ids_where_the_roster_has_them(rows, page):
    assert [rows[student][1] for student in ROWS] == ["Asha Rao", "Ben Okafor", "Zoë Søren"]
    assert "<td>asha</td><td>Asha Rao</td>" in page
    assert "cut (Zoë Søren)" in page


def test_an_anonymous_report_has_neither_names_nor_ids(course):
    anonymous = _words(report.write(course, ASSIGNMENT, anonymous=True).read_text("utf-8"))
    assert "student 1" in anonymous
    assert re.findall(r"\b(?:asha|ben|cut|Rao|Okafor|Zoë|Søren)\b", anonymous) == []


def test_without_a_roster_there_is_no_column_of_names(sample_course):
    table = tables.class_table(sample_course, ASSIGNMENT, sample_course.outcomes)
    assert table.split()[:2] == ["student", "ex01"]
    assert "<th>name</th>" not in report.write(sample_course, ASSIGNMENT).read_text("utf-8")


# --- lateness, and what a person gave ------------------------------------------------------------


def test_lateness_stands_in_the_table_and_in_the_report(rows, page):
    assert rows["asha"][-1] == "unchanged, late by 21 min (1 day begun): −10 %"
    assert "late" not in rows["ben"][-1]
    assert "<td>21 min (1 day begun)</td>" in page


def test_what_a_person_gave_stands_in_the_table_and_in_the_report(rows, page):
    assert rows["ben"][-1] == "unchanged, by hand: ex02"
    head = rows["student"]
    assert rows["ben"][head.index("ex02")] == "1.5"
    assert rows["ben"][head.index("sum")] == "30.5"
    assert "by hand: ex02" in page


def test_a_table_counts_what_only_a_person_marks_where_that_is_marked(rows, sample_course):
    head = rows["student"]
    column = head.index("written")
    assert [rows[student][column] for student in ("asha", "cut")] == ["0", "2"]  # untouched: 0
    assert rows["(of)"][-2:] == ["3", "34"]
    table = tables.class_table(sample_course, ASSIGNMENT, sample_course.outcomes)
    assert "written" not in table, "nobody has marked words there yet"


def test_a_page_says_how_late_by_which_rule_and_when_it_was_due(course):
    words = _words(course.write_feedback(ASSIGNMENT, "asha").read_text("utf-8"))
    assert "taken off for lateness)" in words
    assert (
        "You handed in 21 min (1 day begun) after your due time, 2026-09-10 17:09 Asia/Kolkata. "
        "Each day begun takes 10 % off the points, at most 50 %; nothing where it is no more than "
        "15 minutes. Here it is 10 %."
    ) in words
    words = _words(course.write_feedback(ASSIGNMENT, "ben").read_text("utf-8"))
    assert "due time" not in words


def test_a_page_says_whose_it_is_and_nothing_of_it_is_markup(course):
    page = course.write_feedback(ASSIGNMENT, "cut").read_text("utf-8")
    assert "<p>Zoë Søren (cut)</p>" in page
    with transaction(course) as gradebook:
        gradebook.find_student("cut").last_name = "<b>&amp;"
    page = course.write_feedback(ASSIGNMENT, "cut").read_text("utf-8")
    assert "<p>Zoë &lt;b&gt;&amp;amp; (cut)</p>" in page
    with transaction(course) as gradebook:
        gradebook.find_student("cut").last_name = "Søren"


def test_nbgraders_own_command_writes_the_same_page(course):
    ours = course.write_feedback(ASSIGNMENT, "asha").read_text("utf-8")
    outcome = course.api.generate_feedback(ASSIGNMENT, "asha", force=True)
    assert outcome["success"], outcome
    page = course.folder / "feedback" / "asha" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert "Asha Rao (asha)" in ours
    assert page.read_text("utf-8") == ours


# --- a file that can't be read, of which a person has marked some ---------------------------------


def test_table_report_and_export_agree_on_what_is_marked_so_far(course, rows, page):
    [record] = [r for r in records.read(course, ASSIGNMENT) if r.student == "cut"]
    assert record.raw == 2
    assert rows["cut"][rows["student"].index("sum")] == "2"
    assert "can't be read, 12 to mark by hand" in rows["cut"][-1]
    assert "cut (Zoë Søren): 2 points so far" in page
    assert "checkers of these answers failed" not in page


def test_the_students_page_says_what_is_marked_and_what_waits(course):
    words = _words(course.write_feedback(ASSIGNMENT, "cut").read_text("utf-8"))
    assert "2 of 34 points so far" in words
    assert "a person has marked 1 of your answers" in words
    assert "The others have no mark yet; that is not a 0" in words
    assert "You have no mark yet" not in words
    assert words.count("Hand it in again") == 1
    assert "Write your answer here" not in words
    assert "No response" not in words


def test_a_table_for_the_platform_says_how_late(course):
    """The last one here: an export also writes what lateness costs into the gradebook."""
    table = export.write(course, ASSIGNMENT, "moodle").read_text("utf-8-sig")
    assert "21 min (1 day begun) late: 10 % taken off for lateness" in table
