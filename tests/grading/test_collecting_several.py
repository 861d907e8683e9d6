"""Several notebooks of one student, and one notebook of several: which counts, and who is told."""

import pytest

from autograder.course import collecting, handback, platforms, report, together, work

from .delivered import MOODLE, NAME, NOON, collect, make, notebook, taken, zipped
from .oddities.notebooks import notebook as right
from .oddities.notebooks import text

FULL = notebook("ex01", "ex02", **{"ex01-answer": "a = 5", "ex02-answer": "b = 1"})
HALF = notebook("ex01", "ex02", **{"ex01-answer": "a = 5", "ex02-answer": ""})
LATER, MUCH_LATER = (2026, 9, 10, 12, 0, 30), (2026, 9, 10, 12, 5, 0)


@pytest.fixture
def course(tmp_path):
    return make(tmp_path / "course")


def told(course, plan):
    return collecting.describe(course, plan)


@pytest.mark.parametrize(
    ("name", "is_own"),
    [
        (f"{NAME}.ipynb", True),
        (f"{NAME} (1).ipynb", True),
        (f"{NAME}-1.ipynb.txt", True),
        (f"{NAME} - Copy.IPYNB", True),
        (f"Copy of {NAME}.ipynb", True),
        (f"{NAME.upper()}.ipynb", True),
        (f"raoasha_4711_90210_{NAME}-2.ipynb", True),
        (f"raoasha_LATE_4711_90210_{NAME}.ipynb", True),
        (f"Asha Rao_1_{MOODLE}{NAME}.ipynb", True),
        (f"gradebook_CS101_Ex_21CS001_attempt_2026-09-30-23-58-12_{NAME}.ipynb", True),
        ("draft.ipynb", False),
        (f"{NAME}-draft.ipynb", False),
        (f"old_{NAME}.ipynb", False),
        (f"raoasha_4711_90210_old {NAME}.ipynb", False),
    ],
)
def test_the_assignments_own_name_is_known_with_what_systems_add(name, is_own):
    assert platforms.is_called(name, NAME) is is_own


def test_an_assignment_may_end_in_a_number_itself():
    assert platforms.is_called("lab-1 (1).ipynb", "lab-1")
    assert not platforms.is_called("lab-2.ipynb", "lab-1")


@pytest.mark.parametrize("other", ["draft", "zz", "Untitled", f"{NAME}-draft", "a"])
@pytest.mark.parametrize("own", [f"{NAME}", f"{NAME} (1)", f"{NAME}-1"])
def test_of_files_of_one_time_the_one_with_the_assignments_name_counts(
    course, tmp_path, own, other
):
    """Though the other one is answered as far, and whatever the alphabet says."""
    entries = [(f"raoasha_1_2_{own}", FULL), (f"raoasha_1_3_{other}", FULL.replace("5", "6"))]
    source = zipped(tmp_path / "in.zip", *((f"{n}.ipynb", c, NOON) for n, c in entries))
    plan = collect(course, source)
    assert taken(course) == FULL
    [left] = plan.refused
    assert left.startswith(f"raoasha_1_3_{other}.ipynb: ")
    assert f"raoasha_1_2_{own}.ipynb" in left
    assert "name" in left


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a"), (f"{NAME}", f"{NAME} (1)")])
def test_of_files_of_one_time_and_one_kind_of_name_the_fuller_counts(course, tmp_path, names):
    entries = zip(names, (FULL, HALF), strict=True)
    source = zipped(
        tmp_path / "in.zip", *((f"Asha Rao_1_{MOODLE}/{n}.ipynb", c, NOON) for n, c in entries)
    )
    plan = collect(course, source)
    assert taken(course) == FULL
    assert f"/{names[0]}.ipynb, in which more is answered" in plan.refused[0]


def test_among_equals_the_choice_is_stable_and_told(course, tmp_path):
    entries = [(f"Asha Rao_1_{MOODLE}/{n}.ipynb", FULL, NOON) for n in ("b", "a")]
    plan = collect(course, zipped(tmp_path / "in.zip", *entries))
    assert [found.path.name for found in plan.matched["21CS001"]] == ["b.ipynb"]
    assert "/a.ipynb: was handed in with" in plan.refused[0]


@pytest.mark.parametrize("layout", ["raoasha_1_{0}_{1}", f"Asha Rao_1_{MOODLE}/{{1}}"])
def test_seconds_of_a_download_or_an_upload_make_no_file_the_latest(course, tmp_path, layout):
    """A platform dates a student's files one after the other."""
    files = ((1, NAME, FULL, NOON), (2, "draft", HALF, LATER))
    entries = [(f"{layout.format(n, name)}.ipynb", content, at) for n, name, content, at in files]
    plan = collect(course, zipped(tmp_path / "in.zip", *entries))
    assert taken(course) == FULL
    assert "draft" in plan.refused[0]


def test_files_of_one_canvas_zip_are_one_hand_in_however_long_it_was_written(course, tmp_path):
    hours_later = (2026, 9, 10, 15, 0, 0)
    entries = [
        (f"raoasha_1_2_{NAME}.ipynb", FULL, NOON),
        ("raoasha_1_3_draft.ipynb", HALF, hours_later),
    ]
    collect(course, zipped(tmp_path / "in.zip", *entries))
    assert taken(course) == FULL


def test_of_the_same_name_and_answers_the_later_one_counts(course, tmp_path):
    entries = [
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", FULL.replace("5", "6"), LATER),
        (f"Asha Rao_1_{MOODLE}/{NAME}-2.ipynb", FULL, NOON),
    ]
    collect(course, zipped(tmp_path / "in.zip", *entries))
    assert taken(course) == FULL.replace("5", "6")


def test_of_attempts_of_one_time_the_best_one_is_not_lost(tmp_path):
    course = make(tmp_path / "course", more='resubmissions = "best"\n')
    entries = [(f"Asha Rao_1_{MOODLE}/{n}.ipynb", c, NOON) for n, c in ((NAME, FULL), ("z", HALF))]
    collect(course, zipped(tmp_path / "in.zip", *entries))
    [attempt] = course.attempts(NAME)["21CS001"]
    assert (attempt / f"{NAME}.ipynb").read_text() == FULL == taken(course)


def test_the_latest_counts_and_all_are_named(course, tmp_path):
    entries = [
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", HALF, NOON),
        (f"Asha Rao_1_{MOODLE}/{NAME}-2.ipynb", FULL, MUCH_LATER),
    ]
    plan = collect(course, zipped(tmp_path / "in.zip", *entries))
    assert (taken(course), plan.unused) == (FULL, 0)
    said = told(course, plan)
    assert f"21CS001: 2 notebooks; the latest counts: Asha Rao_1_{MOODLE}/{NAME}-2.ipynb" in said
    assert f"not: Asha Rao_1_{MOODLE}/{NAME}.ipynb" in said


# --- two people of one name -------------------------------------------------------------------

NAMESAKES = {"007": "Jack Ng", "008": "Jack Ng", "009": "Kim Min-jun"}


def jacks(tmp_path, *layout):
    """Two people called Jack Ng hand in, on a platform that tells them apart."""
    contents = (FULL, HALF)
    return zipped(
        tmp_path / "in.zip", *((n, c, NOON) for n, c in zip(layout, contents, strict=True))
    )


def mapped(course, tmp_path, *rows):
    table = tmp_path / "map.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    return collecting.Asked.read(course, table, None)


MOODLES = (f"Jack Ng_17_{MOODLE}/{NAME}.ipynb", f"Jack Ng_18_{MOODLE}/{NAME}.ipynb")
CANVASES = (f"ngjack_17_90_{NAME}.ipynb", f"ngjack_18_91_{NAME}.ipynb")
FOLDERS = (f"A/Jack Ng/{NAME}.ipynb", f"B/Jack Ng/{NAME}.ipynb")


@pytest.mark.parametrize(
    ("layout", "keys"),
    [
        (MOODLES, ("17", "18")),
        (MOODLES, ("Jack Ng_17", "Jack Ng_18")),
        (MOODLES, (f"Jack Ng_17_{MOODLE}", f"Jack Ng_18_{MOODLE}/")),
        (MOODLES, MOODLES),
        (CANVASES, ("ngjack_17", "18")),
        (CANVASES, CANVASES),
        (FOLDERS, FOLDERS),
        (FOLDERS, ("A/Jack Ng", "B/Jack Ng")),
    ],
)
def test_two_of_one_name_are_told_apart_by_number_or_path(tmp_path, layout, keys):
    course = make(tmp_path / "course", NAMESAKES)
    (course.folder / "course.toml").write_text("")
    course = type(course)(course.folder)
    asked = mapped(course, tmp_path, f"{keys[0]},007", f"{keys[1]},008")
    plan = collect(course, jacks(tmp_path, *layout), asked=asked)
    assert (plan.unknown, plan.refused) == ([], [])
    assert (taken(course, "007"), taken(course, "008")) == (FULL, HALF)


@pytest.mark.parametrize("layout", [MOODLES, CANVASES])
def test_the_message_says_what_to_write_and_that_works(tmp_path, layout):
    """Whatever stands in quotation marks goes into the file as it is."""
    course = make(tmp_path / "course", NAMESAKES)
    (course.folder / "course.toml").write_text("")
    course, source = type(course)(course.folder), jacks(tmp_path, *layout)
    plan = collect(course, source)
    assert (plan.matched, len(plan.unknown)) == ({}, 2)
    lines = [line for line in told(course, plan).splitlines() if "did you mean" in line]
    assert all("did you mean 007 or 008?" in line for line in lines)
    quoted = [line.split('"')[1::2] for line in lines]
    plan = collect(course, source, asked=mapped(course, tmp_path, quoted[0][0], quoted[1][1]))
    assert (taken(course, "007"), taken(course, "008")) == (FULL, HALF)
    assert plan.unused == 0


def test_without_a_number_the_path_is_what_to_write(tmp_path):
    course = make(tmp_path / "course", NAMESAKES)
    source = jacks(tmp_path, f"Jack Ng/{NAME}.ipynb", f"Kim Min-jun/{NAME}.ipynb")
    files_tell = {"trusts_files": True}
    plan = collect(course, source, asked=collecting.Asked(**files_tell))
    row = f"Jack Ng/{NAME}.ipynb,008"
    assert f'did you mean 007 or 008? Write "Jack Ng/{NAME}.ipynb,007" or "{row}"' in told(
        course, plan
    )
    meant = mapped(course, tmp_path, row).meant
    collect(course, source, asked=collecting.Asked(meant, **files_tell))
    assert taken(course, "008") == FULL


def test_unknown_people_of_one_name_have_keys_of_their_own(course, tmp_path):
    layout = (f"Player_1_{MOODLE}/{NAME}.ipynb", f"Player_2_{MOODLE}/{NAME}.ipynb")
    said = told(course, collect(course, jacks(tmp_path, *layout)))
    assert "  Player_1: Player_1_" in said
    assert "  Player_2: Player_2_" in said


def test_who_calls_himself_by_anothers_id_is_left_out_once_the_instructor_says(course, tmp_path):
    layout = (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", f"21CS001_8_{MOODLE}/{NAME}.ipynb")
    source = jacks(tmp_path, *layout)
    plan = collect(course, source)
    assert 'in a file for --map ("21CS001_8,21CS001" or "Asha Rao_1,21CS001")' in plan.refused[0]
    plan = collect(course, source, asked=mapped(course, tmp_path, "Asha Rao_1,21CS001"))
    assert taken(course) == FULL
    assert plan.refused[0].startswith(f"21CS001_8_{MOODLE}/{NAME}.ipynb: --map says who 21CS001 is")
    collect(
        course, source, asked=mapped(course, tmp_path, "Asha Rao_1,21CS001", "21CS001_8,21CS003")
    )
    assert taken(course, "21CS003") == HALF


def test_what_a_student_calls_a_folder_is_no_key_of_the_instructors(tmp_path):
    course = make(tmp_path / "course", NAMESAKES)
    asked = mapped(course, tmp_path, "Jack Ng_17,007", "17,007")
    mine = f"Kim Min-jun_5_{MOODLE}/Jack Ng_17_{MOODLE}/{NAME}.ipynb"
    collect(course, zipped(tmp_path / "in.zip", (mine, FULL, NOON)), asked=asked)
    assert list(course.submissions(NAME)) == ["009"]


# --- one notebook of two people ---------------------------------------------------------------


def pair(tmp_path, name="Jack Ng & Kim Min-jun"):
    entries = [
        (f"{name}_17_{MOODLE}/{NAME}.ipynb", FULL, NOON),
        (f"Asha Rao_3_{MOODLE}/{NAME}.ipynb", HALF, NOON),
    ]
    return zipped(tmp_path / "in.zip", *entries)


@pytest.mark.parametrize("key", ["Jack Ng & Kim Min-jun", "17"])
def test_what_two_handed_in_together_is_of_both(tmp_path, key):
    course = make(tmp_path / "course", {"007": "Jack Ng", "009": "Kim Min-jun", "1": "Asha Rao"})
    asked = mapped(course, tmp_path, f"{key},007 & 009")
    plan = collect(course, pair(tmp_path), asked=asked)
    assert plan.unused == 0
    assert [taken(course, s) for s in ("007", "009", "1")] == [FULL, FULL, HALF]
    assert "007 & 009 handed in together" in told(course, plan)
    assert together.pairs(course, NAME) == {frozenset({"007", "009"})}
    pages = {student: tmp_path / f"{student}.html" for student in ("007", "009")}
    names, others = handback.entries(course, NAME, pages)
    assert names == {
        f"Participant_17_{MOODLE}/{NAME}.html": pages["007"],
        f"009/{NAME}.html": pages["009"],
    }
    assert others == ["009"]


def alike(course, *students) -> set[frozenset[str]]:
    works = work.read(course, NAME, students)
    return {frozenset((p.one, p.other)) for p in report.similar(course, NAME, works)}


def test_a_pair_is_not_accused_of_copying_and_others_are(tmp_path):
    course = make(tmp_path / "course", {"007": "Jack Ng", "009": "Kim Min-jun", "1": "Asha Rao"})
    same = text(right())
    entries = [
        (f"Both_17_{MOODLE}/{NAME}.ipynb", same, NOON),
        (f"Asha Rao_3_{MOODLE}/{NAME}.ipynb", same, NOON),
    ]
    asked = mapped(course, tmp_path, "Both,007 & 009")
    collect(course, zipped(tmp_path / "in.zip", *entries), asked=asked)
    assert alike(course, "007", "009") == set()
    assert alike(course, "007", "1") == {frozenset({"007", "1"})}


def test_who_hands_in_alone_later_is_no_pair_any_more(tmp_path):
    course = make(tmp_path / "course", {"007": "Jack Ng", "009": "Kim Min-jun", "1": "Asha Rao"})
    collect(course, pair(tmp_path), asked=mapped(course, tmp_path, "17,007 & 009"))
    alone = (f"Kim Min-jun_18_{MOODLE}/{NAME}.ipynb", HALF, LATER)
    collect(course, zipped(tmp_path / "later.zip", alone))
    assert (taken(course, "007"), taken(course, "009")) == (FULL, HALF)
    assert together.pairs(course, NAME) == set()


def test_a_pair_with_numbers_of_their_own_is_told(tmp_path):
    course = make(
        tmp_path / "course", {"007": "Jack Ng", "009": "Kim Min-jun"}, "variants = true\n"
    )
    plan = collect(course, pair(tmp_path), asked=mapped(course, tmp_path, "17,007 & 009"))
    assert any("numbers of their own" in text for text in plan.warnings)


@pytest.mark.parametrize("row", ["17,007 & 010", "17,007 & ", "17,&"])
def test_an_id_of_a_pair_that_nobody_has_is_told(tmp_path, row):
    course = make(tmp_path / "course", {"007": "Jack Ng", "009": "Kim Min-jun"})
    with pytest.raises(ValueError, match="several ids with & between them"):
        mapped(course, tmp_path, row)


def test_two_lines_for_one_name_say_how_a_pair_is_written(tmp_path):
    course = make(tmp_path / "course", {"007": "Jack Ng", "009": "Kim Min-jun"})
    with pytest.raises(ValueError, match=r"line 2.*handed in together, write 007 & 009"):
        mapped(course, tmp_path, "Jack & Kim,007", "Jack & Kim,009")


def test_a_time_of_a_name_that_two_have_says_whom_it_may_be_of(tmp_path):
    course = make(tmp_path / "course", NAMESAKES)
    table = tmp_path / "times.csv"
    table.write_text("Jack Ng,2026-09-30 20:00\n")
    with pytest.raises(ValueError, match="'Jack Ng' may be 007 or 008; write the id"):
        collecting.Asked.read(course, None, table)
