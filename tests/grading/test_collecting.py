"""A file finds its student and its hour: names of any script, archives of any platform, times."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from autograder.cli import main
from autograder.course import archives, collecting, handback, names, times
from autograder.course.course import Course
from questions import sample

from .delivered import OTHER, RIGHT, inner, notebook, zipped

NAME = sample.ASSIGNMENT
MOODLE = "assignsubmission_file_"
NOON = (2026, 9, 10, 12, 0, 0)
KOLKATA = ZoneInfo("Asia/Kolkata")

ROSTER = {
    "21CS001": {"id": "21CS001", "name": "Asha Rao", "email": "asha@example.edu"},
    "21CS002": {"id": "21CS002", "name": "小明 Wang", "email": ""},
    "21CS003": {"id": "21CS003", "name": "Jörg Bär", "email": ""},
    "21CS004": {"id": "21CS004", "name": "Łukasz Żółw", "email": ""},
    "21CS005": {"id": "21CS005", "name": "आशा राव", "email": ""},
    "21CS006": {"id": "21CS006", "name": "محمد علي", "email": ""},
    "21CS007": {"id": "21CS007", "name": "María José Carreño Quiñones", "email": ""},
    "21CS008": {"id": "21CS008", "name": "O'Brien, Seán", "email": ""},
    "CS/2021/009": {"id": "CS/2021/009", "name": "Νίκη Παπά", "email": ""},
}
#: What a platform calls somebody, and who that is; None: nobody, or not just one.
CALLED = {
    "Asha Rao": "21CS001",
    "raoasha": "21CS001",
    "RAO Asha": "21CS001",
    "小明 Wang": "21CS002",
    "Wang小明": "21CS002",
    "小红 Wang": None,
    "Wang": None,
    "Jo\u0308rg Ba\u0308r": "21CS003",  # decomposed, as macOS writes it
    "JÖRG BÄR": "21CS003",
    "Jürg Bür": None,
    "Jorg Bar": None,
    "Żółw Łukasz": "21CS004",
    "आशा राव": "21CS005",
    "राव आशा": "21CS005",
    "आश राव": None,
    "علي محمد": "21CS006",
    "Carreño Quiñones María José": "21CS007",
    "carrenoquinonesmariajose": None,
    "Seán O'Brien": "21CS008",
    "OBrien Seán": "21CS008",
    "CS_2021_009": "CS/2021/009",
    "παπα νικη": None,
    "ΠΑΠΆ ΝΊΚΗ": "CS/2021/009",
    "": None,
    "…": None,
}


def test_a_name_is_matched_only_where_it_is_equal():
    assert {who: names.match(who, ROSTER) for who in CALLED} == CALLED


def test_a_map_names_the_rest_and_a_wrong_id_is_told_with_its_line(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("name,id\nPlayer One,21CS001\n小红 Wang,cs/2021/009\n", encoding="utf-8-sig")
    found = names.read_map(path, ROSTER)
    assert found == {
        names.plain("Player One"): ("21CS001",),
        names.plain("小红 Wang"): ("CS/2021/009",),
    }
    path.write_text("Player One,21CS001\nPlayer Two,21CS999\n")
    with pytest.raises(ValueError, match=r"line 2.*21CS999"):
        names.read_map(path, ROSTER)


# --- times ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-09-30 18:28:59 UTC", "2026-09-30 18:28:59"),
        ("\ufeff2026-09-30 18:28:59 UTC\n", "2026-09-30 18:28:59"),
        ("2026-09-30 23:58:59 IST", "2026-09-30 18:28:59"),
        ("2026-09-30 20:28:59.123456 CEST", "2026-09-30 18:28:59.123456"),
        ("2026-09-30T23:58:59+05:30", "2026-09-30 18:28:59"),
        ("2026-09-30 13:28:59 -0500", "2026-09-30 18:28:59"),
        ("2026-09-30 18:28", "2026-09-30 18:28:00"),
    ],
)
def test_a_time_is_read_with_its_offset(text, utc):
    assert times.read(text, KOLKATA) == datetime.fromisoformat(utc)


@pytest.mark.parametrize("text", ["yesterday", "", "2026-13-01 10:00 UTC", "2026-09-30 10:00 XYZ"])
def test_a_time_that_is_not_known_is_told_and_never_guessed(text):
    with pytest.raises(times.UnknownTime, match=r"expected|offset"):
        times.read(text, KOLKATA)


def test_an_abbreviation_of_several_meanings_is_what_the_courses_zone_says_or_asked():
    with pytest.raises(times.UnknownTime, match="several meanings"):
        times.read("2026-09-30 23:58:59 IST", ZoneInfo("Europe/Berlin"))
    summer = times.read("2026-07-01 12:00:00 IST", ZoneInfo("Europe/Dublin"))
    assert summer == datetime(2026, 7, 1, 11)


# --- archives ---------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "roster.csv").write_text(
        "id,name,email\n21CS001,Asha Rao,\n21CS002,小明 Wang,\n21CS003,Ben Okafor,\n", "utf-8"
    )
    (folder / "course.toml").write_text(
        'time_zone = "Asia/Kolkata"\n[late]\npercent_per_day = 10\n'
        f'[due]\n"{NAME}" = 2026-09-30T23:59:00\n'
    )
    return Course(folder)


def _collect(course, source, **options):
    return collecting.collect(course, NAME, source, say=lambda _: None, **options)


def _taken(course, student="21CS001"):
    folder = course.submissions(NAME).get(student)
    return folder and (folder / f"{NAME}.ipynb").read_text()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", RIGHT),
        (f"Asha Rao_1_{MOODLE}{NAME}.ipynb", RIGHT),
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb.txt", RIGHT),
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb.json", RIGHT),
        (f"Asha Rao_1_{MOODLE}/{NAME}.IPYNB", RIGHT),
        (f"Asha Rao_1_{MOODLE}/work.zip", inner((f"work/{NAME}.ipynb", RIGHT, NOON))),
        (f"Asha Rao_1_{MOODLE}work.zip", inner((f"{NAME}.ipynb", RIGHT, NOON))),
        (f"raoasha_4711_90210_{NAME}-2.ipynb", RIGHT),
        ("raoasha_4711_90210_work.zip", inner((f"work/{NAME}.ipynb", RIGHT, NOON))),
        ("21CS001.zip", inner((f"{NAME}.ipynb", RIGHT, NOON))),
        (f"asha rao/{NAME}.ipynb", RIGHT),
        ("21CS001.ipynb", RIGHT),
    ],
)
def test_a_notebook_is_taken_from_every_layout(course, tmp_path, name, content):
    files_tell = collecting.Asked(trusts_files=True)
    _collect(course, zipped(tmp_path / "in.zip", (name, content, NOON)), asked=files_tell)
    assert _taken(course) == RIGHT


def test_every_file_that_is_not_used_is_named_with_the_reason(course, tmp_path):
    source = zipped(
        tmp_path / "in.zip",
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", RIGHT, NOON),
        (f"Asha Rao_1_{MOODLE}/scratch.ipynb", notebook("own"), NOON),
        (f"Asha Rao_1_{MOODLE}/02-receptive-fields.ipynb", OTHER, NOON),
        (f"Asha Rao_1_{MOODLE}/._{NAME}.ipynb", b"\0\5\x16\7Mac OS X", NOON),
        (f"小明 Wang_2_{MOODLE}/report.pdf", b"%PDF", NOON),
        (f"Ben Okafor_3_{MOODLE}/work.zip", b"<!DOCTYPE html><title>Log in</title>", NOON),
    )
    plan = _collect(course, source)
    assert _taken(course) == RIGHT
    told = "\n".join(plan.refused)
    for part in ("scratch.ipynb: has no cell of", "02-receptive-fields.ipynb: has no cell of"):
        assert part in told
    assert "report.pdf: not a notebook" in told
    assert "web page" in told
    assert "._" not in told
    assert plan.missing == ["21CS002", "21CS003"]


def test_a_broken_zip_is_told_and_stops_nothing(course, tmp_path):
    path = tmp_path / "cut.zip"
    path.write_bytes(
        zipped(tmp_path / "a.zip", (f"21CS001/{NAME}.ipynb", RIGHT, NOON)).read_bytes()[:50]
    )
    plan = _collect(course, path)
    assert plan.matched == {}
    assert "cut off" in plan.refused[0]


def test_zips_in_zips_end_somewhere(tmp_path):
    content = RIGHT.encode()
    for depth in range(archives.MAX_DEPTH + 3):
        content = inner((f"{depth}.zip" if depth else "x.ipynb", content, NOON))
    path = tmp_path / "deep.zip"
    path.write_bytes(content)
    found = archives.unpack(path, tmp_path / "out")
    assert "deep" in found.refused[0].why


def test_a_file_beside_another_of_the_same_person_is_chosen_by_its_cells(course, tmp_path):
    folder = tmp_path / "class" / "21CS001"
    for name, content in ((NAME, RIGHT), ("02-receptive-fields", OTHER), ("a", notebook())):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.ipynb").write_text(content)
    _collect(course, tmp_path / "class", asked=collecting.Asked(trusts_files=True))
    assert _taken(course) == RIGHT


def test_a_display_name_that_is_somebody_elses_id_takes_nothing_over(course, tmp_path):
    """Both call themselves 21CS001 to the roster's eyes; the instructor is asked."""
    source = zipped(
        tmp_path / "in.zip",
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", RIGHT, NOON),
        (f"21CS001_8_{MOODLE}/{NAME}.ipynb", notebook("ex01"), NOON),
    )
    plan = _collect(course, source)
    assert plan.matched == {}
    assert sum("several people of the platform" in text for text in plan.refused) == 2


def test_two_people_who_share_letters_stay_two(course, tmp_path):
    source = zipped(
        tmp_path / "in.zip",
        (f"小明 Wang_7_{MOODLE}/{NAME}.ipynb", RIGHT, NOON),
        (f"小红 Wang_8_{MOODLE}/{NAME}.ipynb", notebook("ex01"), (2026, 9, 10, 13, 0, 0)),
    )
    plan = _collect(course, source)
    assert list(plan.matched) == ["21CS002"]
    assert [found.who for found in plan.unknown] == ["小红 Wang"]
    assert _taken(course, "21CS002") == RIGHT


def _stamp(course, student="21CS001"):
    return course.handed_in(course.submissions(NAME)[student])


@pytest.mark.parametrize("machine", ["Asia/Kolkata", "UTC", "America/New_York"])
def test_times_in_a_zip_are_the_courses_on_every_machine(course, tmp_path, monkeypatch, machine):
    import time

    monkeypatch.setenv("TZ", machine)
    time.tzset()
    when = (2026, 9, 30, 23, 30, 0)
    _collect(
        course, zipped(tmp_path / "in.zip", (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", RIGHT, when))
    )
    assert _stamp(course) == datetime(2026, 9, 30, 18, 0)
    monkeypatch.undo()
    time.tzset()


def test_canvas_writes_the_time_of_the_download_so_its_own_mark_decides(course, tmp_path):
    morning_after = (2026, 10, 1, 9, 0, 0)
    source = zipped(
        tmp_path / "in.zip",
        (f"raoasha_1_11_{NAME}.ipynb", RIGHT, morning_after),
        (f"okaforben_LATE_3_13_{NAME}.ipynb", RIGHT, morning_after),
    )
    plan = _collect(course, source)
    assert course.seconds_late(NAME, "21CS001", course.submissions(NAME)["21CS001"]) == 0
    assert list(plan.matched) == ["21CS001"]
    assert "nothing says when" in plan.refused[0]
    table = tmp_path / "times.csv"
    table.write_text("name,time\nBen Okafor,2026-10-01 00:30:00 +05:30\n")
    _collect(course, source, asked=collecting.Asked.read(course, None, table))
    late = course.seconds_late(NAME, "21CS003", course.submissions(NAME)["21CS003"])
    assert late == 31 * 60


def test_the_same_file_downloaded_again_keeps_its_first_time(course, tmp_path):
    for day in (10, 20):
        entry = (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", RIGHT, (2026, 9, day, 12, 0, 0))
        _collect(course, zipped(tmp_path / f"{day}.zip", entry))
    assert _stamp(course) == datetime(2026, 9, 10, 6, 30)


def test_a_file_that_can_be_read_never_gives_way_to_one_that_cant(course, tmp_path):
    """Neither order of collecting loses it, whatever the times say; and it is told."""
    cut, entry = RIGHT[:200], f"Asha Rao_1_{MOODLE}/{NAME}.ipynb"
    broken = zipped(tmp_path / "broken.zip", (entry, cut, (2026, 9, 11, 12, 0, 0)))
    mended = zipped(tmp_path / "mended.zip", (entry, RIGHT, NOON))
    assert "can't be read" in "".join(_collect(course, broken).warnings)
    assert _taken(course) == cut
    assert "replaces a file that can't be read" in "".join(_collect(course, mended).warnings)
    assert (_taken(course), _stamp(course)) == (RIGHT, datetime(2026, 9, 10, 6, 30))
    plan = _collect(course, broken)
    assert (_taken(course), plan.unused, plan.missing) == (RIGHT, 1, ["21CS002", "21CS003"])
    assert "21CS001 handed in before can, and stays" in plan.refused[0]


def test_an_earlier_file_that_is_not_used_is_told(course, tmp_path):
    entry = f"Asha Rao_1_{MOODLE}/{NAME}.ipynb"
    _collect(course, zipped(tmp_path / "new.zip", (entry, RIGHT, NOON)))
    old = zipped(tmp_path / "old.zip", (entry, notebook("ex01"), (2026, 9, 9, 12, 0, 0)))
    plan = _collect(course, old)
    assert _taken(course) == RIGHT
    assert "before (2026-09-10 12:00 Asia/Kolkata), which stays" in plan.refused[0]


def test_what_was_not_used_ends_with_status_1_and_says_what_to_do(course, tmp_path, capsys):
    said = {}
    for who in ("Asha Rao", "Player One"):
        path = zipped(tmp_path / "in.zip", (f"{who}_1_{MOODLE}/{NAME}.ipynb", RIGHT, NOON))
        command = ["collect", NAME, str(path), "--course", str(course.folder)]
        said[who] = main([*command, "--dry-run"]), capsys.readouterr().out
        assert course.submissions(NAME) == {}
    status, told = said["Asha Rao"]
    assert (status, "Nothing was copied" in told) == (0, True)
    assert "Handed in to 01-shapes-and-counts: 1 student (times" in told
    status, told = said["Player One"]
    assert (status, "so this ends with status 1" in told) == (1, True)
    assert "left alone: 1 notebook. Say whose with --map FILE" in told
    assert f"  Player One: Player One_1_{MOODLE}/{NAME}.ipynb" in told


def test_pages_go_back_under_the_names_that_the_platform_gave(course, tmp_path):
    _collect(
        course,
        zipped(
            tmp_path / "in.zip",
            (f"Asha Rao_17_{MOODLE}/{NAME}.ipynb", RIGHT, NOON),
            (f"wang小明_4711_90210_{NAME}-2.ipynb", RIGHT, NOON),
        ),
    )
    mail = tmp_path / "mail"
    mail.mkdir()
    (mail / "21CS003.ipynb").write_text(RIGHT)
    (mail / "21CS001.ipynb").write_text(notebook("ex01"))  # once more, by other means
    _collect(course, mail, asked=collecting.Asked(trusts_files=True))
    pages = {f"21CS00{n}": tmp_path / f"{n}.html" for n in (1, 2, 3)}
    assert handback.entries(course, NAME, pages) == (
        {
            f"Participant_17_{MOODLE}/{NAME}.html": pages["21CS001"],
            f"wang小明_4711_90210_{NAME}-2.html": pages["21CS002"],
            f"21CS003/{NAME}.html": pages["21CS003"],
        },
        ["21CS003"],
    )


def test_an_entry_without_a_date_is_asked_about(course, tmp_path):
    entry = (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", RIGHT, (1980, 0, 0, 0, 0, 0))
    plan = _collect(course, zipped(tmp_path / "in.zip", entry))
    assert "--times" in plan.refused[0]


def test_the_exchange_of_a_course_in_its_own_zone(course, tmp_path):
    folder = tmp_path / "in" / f"21CS001+{NAME}+2026-09-30 23:30:00.123456 IST+cmFuZG9t"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(RIGHT)
    _collect(course, tmp_path / "in", any_owner=True)
    assert _stamp(course) == datetime(2026, 9, 30, 18, 0)
