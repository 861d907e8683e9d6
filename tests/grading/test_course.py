"""Rosters, collecting, deadlines and what lateness costs."""

import csv
import json
import os
import zipfile
from datetime import UTC, datetime

import nbformat
import pytest

from autograder.course import collecting, exchange, lateness, names, records, report, sources
from autograder.course.course import Course
from autograder.course.export import safe
from autograder.course.records import Mark, Record
from autograder.course.settings import Late, Settings, SettingsError
from autograder.notebooks.cells import read_own
from autograder.run import pipeline
from questions import sample

ROSTER = {
    "21CS001": {"id": "21CS001", "name": "Asha Rao", "email": "asha@example.edu"},
    "21CS002": {"id": "21CS002", "name": "Ben Okafor", "email": "ben@example.edu"},
    "21CS003": {"id": "21CS003", "name": "Ben Okafor", "email": "ben.o@example.edu"},
}
NOTEBOOK = json.dumps({"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
NAME = sample.ASSIGNMENT


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    with (folder / "roster.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "name", "email"])
        writer.writeheader()
        writer.writerows(ROSTER.values())
    return Course(folder)


@pytest.mark.parametrize(
    ("who", "student"),
    [
        ("21CS001", "21CS001"),
        ("21cs001", "21CS001"),
        ("Asha Rao", "21CS001"),
        ("raoasha", "21CS001"),
        ("asha@example.edu", "21CS001"),
        ("21CS01", None),
        ("21CS004", None),
        ("Rao", None),
        ("Ben Okafor", None),
        ("ben@example.edu", "21CS002"),
        ("", None),
        ("../..", None),
    ],
)
def test_only_who_is_in_the_roster_is_found(who, student):
    assert names.match(who, ROSTER) == student


def _zip(path, files):
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return path


def test_a_moodle_zip_is_listed_and_taken_over(course, tmp_path):
    archive = _zip(
        tmp_path / "moodle.zip",
        {
            f"Asha Rao_123_assignsubmission_file_/{NAME} (1).ipynb": NOTEBOOK,
            f"21CS0002_124_assignsubmission_file_/{NAME}.ipynb": NOTEBOOK,
            "../../escape.ipynb": NOTEBOOK,
            "readme.txt": "x",
        },
    )
    said = []
    plan = collecting.collect(course, NAME, archive, say=said.append)
    assert list(plan.matched) == ["21CS001"]
    assert [found.guesses for found in plan.unknown] == [("21CS002",)]
    assert set(plan.missing) == {"21CS002", "21CS003"}
    assert len(plan.refused) == 2
    assert "did you mean 21CS002?" in said[0]
    assert [f.student for f in plan.renamed] == []
    assert list(course.submissions(NAME)) == ["21CS001"]
    assert (course.submissions(NAME)["21CS001"] / f"{NAME}.ipynb").exists()
    assert not (tmp_path.parent / "escape.ipynb").exists()


def test_a_canvas_zip_is_taken_over_and_renaming_is_told(course, tmp_path):
    archive = _zip(
        tmp_path / "canvas.zip",
        {"raoasha_LATE_11_22_homework.ipynb": NOTEBOOK, f"nobody_12_23_{NAME}.ipynb": NOTEBOOK},
    )
    plan = collecting.collect(course, NAME, archive, say=lambda _: None)
    assert list(plan.matched) == ["21CS001"]
    assert [found.student for found in plan.renamed] == ["21CS001"]
    assert list(course.submissions(NAME)) == ["21CS001"]


def test_of_several_the_latest_counts_and_an_older_one_never_replaces_it(course, tmp_path):
    folder = tmp_path / "mail"
    for number, content in enumerate(["old", "new"]):
        path = folder / "21CS001" / f"{number}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (1_700_000_000 + number,) * 2)
    collecting.collect(course, NAME, folder, say=lambda _: None)
    kept = course.submissions(NAME)["21CS001"] / f"{NAME}.ipynb"
    assert kept.read_text() == "new"
    (folder / "21CS001" / "1.ipynb").unlink()
    collecting.collect(course, NAME, folder, say=lambda _: None)
    assert kept.read_text() == "new"


def test_a_dry_run_copies_nothing(course, tmp_path):
    archive = _zip(tmp_path / "a.zip", {f"21CS001/{NAME}.ipynb": NOTEBOOK})
    plan = collecting.collect(course, NAME, archive, dry_run=True, say=lambda _: None)
    assert list(plan.matched) == ["21CS001"]
    assert course.submissions(NAME) == {}


def test_links_in_a_zip_are_refused(course, tmp_path):
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        entry = zipfile.ZipInfo(f"21CS001/{NAME}.ipynb")
        entry.external_attr = 0o120777 << 16
        bundle.writestr(entry, "/etc/passwd")
    plan = collecting.collect(course, NAME, archive, say=lambda _: None)
    assert plan.matched == {}
    assert len(plan.refused) == 1


def test_without_a_roster_nothing_is_collected(tmp_path):
    archive = _zip(tmp_path / "a.zip", {f"x/{NAME}.ipynb": NOTEBOOK})
    with pytest.raises(ValueError, match=r"roster\.csv"):
        collecting.collect(Course(tmp_path / "bare"), NAME, archive)


def _handed_in_to_exchange(folder, who, when, content, assignment=NAME):
    path = folder / f"{who}+{assignment}+{when} UTC+cmFuZG9t" / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    (path.parent / "timestamp.txt").write_text(f"{when} UTC")


def test_the_exchange_is_collected_by_what_its_folders_are_called(course, tmp_path):
    inbound = tmp_path / "exchange" / "convbook" / "inbound"
    _handed_in_to_exchange(inbound, "21CS001", "2026-09-10 18:20:00.123456", "new")
    _handed_in_to_exchange(inbound, "21CS001", "2026-09-09 10:00:00.000000", "old")
    _handed_in_to_exchange(inbound, "21CS009", "2026-09-09 10:00:00.000000", "who?")
    _handed_in_to_exchange(inbound, "21CS002", "2026-09-09 10:00:00.000000", "x", "02-other")
    _handed_in_to_exchange(inbound, "21CS003", "some day", "x")
    course.config.Exchange.root = str(tmp_path / "exchange")
    assert sources.inbound(course) == inbound
    plan = collecting.collect(course, NAME, any_owner=True, say=lambda _: None)
    assert list(plan.matched) == ["21CS001"]
    assert [found.who for found in plan.unknown] == ["21CS009"]
    assert plan.missing == ["21CS002", "21CS003"]
    assert ["date" in text for text in plan.refused] == [True]
    folder = course.submissions(NAME)["21CS001"]
    assert (folder / f"{NAME}.ipynb").read_text() == "new"
    assert (folder / "timestamp.txt").read_text() == "2026-09-10 18:20:00.123456 UTC\n"


def test_a_folder_of_the_exchange_counts_only_if_it_belongs_to_its_student(
    course, tmp_path, monkeypatch
):
    """Everybody may write there, also under the name of somebody else."""
    for who in ("21CS001", "21CS002"):
        _handed_in_to_exchange(tmp_path / "inbound", who, "2026-09-10 18:20:00.0", who)
    monkeypatch.setattr(exchange, "names_of", lambda _: {"21CS001"})
    plan = collecting.collect(course, NAME, tmp_path / "inbound", say=lambda _: None)
    assert list(plan.matched) == ["21CS001"]
    assert ["belongs to 21CS001" in text for text in plan.refused] == [True]


@pytest.mark.jail
def test_where_the_best_counts_an_earlier_and_better_attempt_is_marked(tmp_path):
    """The later one has all points, of which lateness takes half; the earlier one has 30 of 31."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "roster.csv").write_text("id,name,email\n21CS001,Asha Rao,\n21CS002,Ben Okafor,\n")
    (folder / "course.toml").write_text(
        'resubmissions = "best"\n[late]\npercent_per_day = 50\n'
        f'[due]\n"{NAME}" = 2026-09-10T12:00:00\n'
    )
    course = Course(folder)
    members = {member.name: member for member in sample.MEMBERS}
    source = nbformat.read(course.source(NAME), as_version=4)
    released = read_own(course.released(NAME))
    due = datetime(2026, 9, 10, 12, tzinfo=UTC).timestamp()
    handed_in = {
        ("21CS001", "early"): ("mistake-no-bias", due - 3600),
        ("21CS001", "late"): ("right-as-taught", due + 3600),
        ("21CS002", "first"): ("blank", due - 7200),
        ("21CS002", "second"): ("right-as-taught", due - 3600),
    }
    for (student, name), (member, when) in handed_in.items():
        path = tmp_path / "mail" / student / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(sample.notebook_of(members[member], source, released)))
        os.utime(path, (when, when))
    files_tell = collecting.Asked(trusts_files=True)
    collecting.collect(course, NAME, tmp_path / "mail", asked=files_tell, say=lambda _: None)
    assert {len(paths) for paths in course.attempts(NAME).values()} == {2}
    outcomes = pipeline.grade(course, NAME, workers=1)
    assert {outcome.state for outcome in outcomes} == {"scored"}
    found = {record.student: record for record in records.read(course, NAME)}
    assert (found["21CS001"].raw, found["21CS001"].final) == (30, 30)
    assert (found["21CS002"].raw, found["21CS002"].final) == (31, 31)


# --- deadlines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "percent"), [(0, 0), (0.2, 0), (0.3, 10), (24, 10), (24.1, 20), (200, 50)]
)
def test_lateness_costs_a_share_per_begun_day_after_the_grace(hours, percent):
    late = Late(grace_minutes=15, percent_per_day=10, at_most_percent=50)
    assert late.percent(hours * 3600) == percent


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, ""),
        (40, "1 min (within the grace)"),
        (15 * 60, "15 min (within the grace)"),
        (15 * 60 + 1, "16 min (1 day begun)"),
        (21 * 60, "21 min (1 day begun)"),
        (86_400, "24 h (1 day begun)"),
        (86_401, "24 h 1 min (2 days begun)"),
        (25 * 3600, "25 h (2 days begun)"),
        (3 * 86_400 + 4 * 3600 + 12 * 60, "3 days 4 h 12 min (4 days begun)"),
    ],
)
def test_lateness_is_told_in_the_begun_days_that_decide_and_the_time(seconds, told):
    late = Late(grace_minutes=15, percent_per_day=10, at_most_percent=50)
    assert lateness.told(late, seconds) == told
    if told:
        assert f"({late.days(seconds)} day" in told or late.percent(seconds) == 0


def test_where_lateness_costs_nothing_only_the_time_is_told():
    assert lateness.told(Late(), 25 * 3600) == "25 h"


def _settings(tmp_path, text):
    (tmp_path / "course.toml").write_text(text)
    return Settings.read(tmp_path)


def test_dates_are_in_the_zone_of_the_course(tmp_path):
    settings = _settings(tmp_path, 'time_zone = "Asia/Kolkata"\n[due]\na = 2026-09-30T23:59:00\n')
    assert settings.due_utc("a") == datetime(2026, 9, 30, 18, 29)
    assert settings.local(datetime(2026, 9, 30, 18, 29)) == "2026-09-30 23:59 Asia/Kolkata"
    (tmp_path / "extensions.csv").write_text("student,assignment,due\ns,a,2026-10-02T23:59:00\n")
    assert settings.extensions("a") == {"s": datetime(2026, 10, 2, 18, 29)}
    assert settings.extensions("b") == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('time_zone = "Mars/Olympus"', "Asia/Kolkata"),
        ('resubmissions = "all"', "latest"),
        ('[due]\na = "tomorrow"', "without quotes"),
        ("nonsense", "course.toml"),
        ("unknown = 1", "unknown"),
        ("[late]\nfree = 1", "free"),
    ],
)
def test_a_wrong_setting_says_what_is_expected(tmp_path, text, why):
    with pytest.raises(SettingsError, match=why):
        _settings(tmp_path, text)


def test_the_penalty_is_taken_from_all_points_also_those_given_by_hand():
    marks = {"a": Mark(4, None, 0, 5, False), "b": Mark(None, 3, 0, 5, False)}
    record = Record("s", "", marks, None, 0, percent_off=20)
    assert (record.raw, record.penalty, record.final) == (7, pytest.approx(1.4), pytest.approx(5.6))


# --- report and export --------------------------------------------------------------------------


def _record(student, *points):
    marks = {f"q{at}": Mark(p, None, 0, 2, False) for at, p in enumerate(points)}
    return Record(student, "", marks, None, 0, 0)


def test_difficulty_and_discrimination_are_those_of_the_definition():
    found = [_record("a", 2, 2, 0), _record("b", 2, 2, 2), _record("c", 0, 0, 2)]
    first, _, last = report.items(found)
    assert first.difficulty == pytest.approx(2 / 3)
    # q0 is (2, 2, 0), the rest is (2, 4, 2): their correlation is 1/2.
    assert first.discrimination == pytest.approx(0.5)
    assert last.discrimination == pytest.approx(-0.5)
    assert (first.full, first.none) == (2, 1)


def test_a_spreadsheet_never_takes_a_name_for_a_formula():
    assert safe("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert safe("-1.5") == "-1.5"
    assert safe("Asha") == "Asha"


def test_the_extensions_that_the_page_shows_are_read_and_say_until_when(root, tmp_path):
    page = (root / "book" / "instructors" / "grading.md").read_text("utf-8")
    [example] = [block for block in page.split("```") if block.startswith("text\nstudent,")]
    settings = _settings(tmp_path, 'time_zone = "Asia/Kolkata"\n')
    (tmp_path / "extensions.csv").write_text(example.removeprefix("text\n"), "utf-8")
    assert settings.extensions(NAME) == {
        "21CS001": datetime(2026, 10, 2, 18, 29),
        "21CS002": datetime(2026, 10, 5, 6, 30),
    }
