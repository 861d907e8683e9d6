"""A download that somebody unpacked: its files' times are unsure, and nobody is late by them."""

from datetime import datetime

import pytest

from autograder.course import archives, collecting

from .delivered import (
    MOODLE,
    NAME,
    RIGHT,
    clock_of,
    collect,
    inner,
    make,
    stamp,
    taken,
    unpacked,
    zipped,
)

ON_TIME, LATE = (2026, 9, 30, 23, 30, 0), (2026, 10, 1, 9, 0, 0)


@pytest.fixture
def course(tmp_path):
    return make(tmp_path / "course")


def entry(who, when, number=1):
    return f"{who}_{number}_{MOODLE}/{NAME}.ipynb", RIGHT, when


@pytest.mark.parametrize("machine", ["Asia/Kolkata", "UTC", "America/New_York"])
def test_times_of_an_unpacked_download_are_the_courses_on_every_machine(
    course, tmp_path, monkeypatch, machine
):
    with clock_of(monkeypatch, machine):
        folder = unpacked(tmp_path / "in", entry("Asha Rao", ON_TIME))
        plan = collect(course, folder)
    assert stamp(course) == datetime(2026, 9, 30, 18, 0)
    [told] = [text for text in plan.warnings if "unpacked" in text]
    assert "give the zip itself" in told
    assert "--times" in told


def test_nobody_is_late_by_the_time_of_an_unpacked_file(course, tmp_path):
    """Who is in time by it is; who would be late by it is asked about, and loses no point."""
    early, late = entry("Asha Rao", ON_TIME), entry("Ben Okafor", LATE, 3)
    folder = unpacked(tmp_path / "in", early, late)
    plan = collect(course, folder)
    assert list(plan.matched) == ["21CS001"]
    [told] = plan.refused
    assert f"Ben Okafor_3_{MOODLE}/{NAME}.ipynb: late (2026-10-01 09:00 Asia/Kolkata)" in told
    assert "--times files" in told
    collect(course, folder, asked=collecting.Asked(trusts_files=True))
    assert stamp(course, "21CS003") == datetime(2026, 10, 1, 3, 30)


def test_an_extension_or_the_grace_decides_whether_an_unpacked_file_is_late(course, tmp_path):
    (course.folder / "extensions.csv").write_text(
        f"student,assignment,due\n21CS003,{NAME},2026-10-02T23:59\n"
    )
    early, late = entry("Asha Rao", ON_TIME), entry("Ben Okafor", LATE, 3)
    plan = collect(course, unpacked(tmp_path / "in", early, late))
    assert (list(plan.matched), plan.refused) == (["21CS001", "21CS003"], [])


@pytest.mark.parametrize("row", ["*", "Ben Okafor"])
def test_a_told_time_counts_before_that_of_an_unpacked_file(course, tmp_path, row):
    table = tmp_path / "times.csv"
    table.write_text(f"{row},2026-09-30 20:00\n")
    early, late = entry("Asha Rao", ON_TIME), entry("Ben Okafor", LATE, 3)
    collect(
        course,
        unpacked(tmp_path / "in", early, late),
        asked=collecting.Asked.read(course, None, table),
    )
    assert stamp(course, "21CS003") == datetime(2026, 9, 30, 14, 30)


def test_files_that_were_copied_have_no_time_of_hand_in(course, tmp_path):
    """All within a moment: a copy, or a checkout; these times are nobody's hand-in."""
    when = [(2026, 9, 20, 9, 0, second) for second in (0, 2, 4)]
    folder = unpacked(
        tmp_path / "in", entry("Asha Rao", when[0]), entry("小明 Wang", when[1], 2),
        entry("Ben Okafor", when[2], 3),
    )  # fmt: skip
    plan = collect(course, folder)
    assert plan.matched == {}
    assert sum("nothing says when" in text for text in plan.refused) == 3
    assert any("within a minute" in text for text in plan.warnings)


def test_where_lateness_costs_nothing_an_unpacked_download_is_taken_as_it_is(course, tmp_path):
    (course.folder / "course.toml").write_text('time_zone = "Asia/Kolkata"\n')
    course = type(course)(course.folder)
    early, late = entry("Asha Rao", ON_TIME), entry("Ben Okafor", LATE, 3)
    plan = collect(course, unpacked(tmp_path / "in", early, late))
    assert (list(plan.matched), plan.unused) == (["21CS001", "21CS003"], 0)
    assert taken(course, "21CS003") == RIGHT


# --- zips inside a folder ---------------------------------------------------------------------


def zip_of(who, when, content=RIGHT, number=1, within=f"work/{NAME}.ipynb"):
    return f"{who}_{number}_{MOODLE}/work.zip", inner((within, content, when)), when


def test_a_zip_inside_an_unpacked_download_is_read_as_inside_the_zip(course, tmp_path):
    entries = [zip_of("Asha Rao", ON_TIME), zip_of("Ben Okafor", LATE, number=3)]
    plans = {
        write: collect(course, write(tmp_path / write.__name__, *entries), dry_run=True)
        for write in (zipped, unpacked)
    }
    assert list(plans[zipped].matched) == ["21CS001", "21CS003"]
    assert list(plans[unpacked].matched) == ["21CS001"]
    [one] = plans[unpacked].matched["21CS001"]
    assert one.handed_in == datetime(2026, 9, 30, 18, 0)
    assert one.origin == plans[zipped].matched["21CS001"][0].origin
    [late] = plans[unpacked].refused
    assert "late (2026-10-01 09:00" in late


@pytest.mark.parametrize("name", ["21CS001/work.zip", "21CS001.zip", "Asha Rao/w.ZIP"])
def test_a_zip_inside_any_folder_is_read(course, tmp_path, name):
    folder = unpacked(
        tmp_path / "in",
        (name, inner((f"{NAME}.ipynb", RIGHT, ON_TIME)), ON_TIME),
        ("21CS003/note.txt", b"x", ON_TIME),
    )
    plan = collect(course, folder, asked=collecting.Asked(trusts_files=True))
    assert taken(course) == RIGHT
    assert plan.refused == ["21CS003/note.txt: not a notebook"]
    assert sorted(path.name for path in folder.rglob("*.ipynb")) == [], "nothing is unpacked there"


def test_a_whole_download_inside_a_folder_has_its_own_times(course, tmp_path):
    """The zip's own time is that of the download, so the times inside count, and are sure."""
    download = inner(entry("Asha Rao", ON_TIME), entry("Ben Okafor", LATE, 3))
    folder = unpacked(tmp_path / "in", ("submissions.zip", download, (2026, 10, 9, 9, 0, 0)))
    plan = collect(course, folder)
    assert plan.warnings == []
    assert stamp(course) == datetime(2026, 9, 30, 18, 0)
    assert stamp(course, "21CS003") == datetime(2026, 10, 1, 3, 30)


def test_zips_inside_a_folder_have_the_limits_of_those_inside_a_zip(course, tmp_path, monkeypatch):
    deep = inner((f"{NAME}.ipynb", RIGHT, ON_TIME))
    for depth in range(archives.MAX_DEPTH + 2):
        deep = inner((f"{depth}.zip", deep, ON_TIME))
    folder = unpacked(tmp_path / "in", ("21CS001/a.zip", deep, ON_TIME))
    (folder / "21CS003").mkdir()
    (folder / "21CS003" / "link.zip").symlink_to(folder / "21CS001" / "a.zip")
    told = "\n".join(collect(course, folder).refused)
    assert "more than 3 deep" in told
    assert "21CS003/link.zip: a link" in told
    monkeypatch.setattr(archives, "MAX_TOTAL", 10)
    told = "\n".join(collect(course, folder).refused)
    assert "21CS001/a.zip: the archive is too large" in told
