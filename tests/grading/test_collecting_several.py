"""Several notebooks of one student, and one notebook of several: which counts, and who is told."""

import pytest

from autograder.course import collecting, platforms

from .delivered import MOODLE, NAME, NOON, collect, make, notebook, taken, zipped

FULL = notebook("ex01", "ex02", **{"ex01-answer": "a = 5", "ex02-answer": "b = 1"})
HALF = notebook("ex01", "ex02", **{"ex01-answer": "a = 5", "ex02-answer": ""})
LATER = (2026, 9, 10, 12, 0, 30)


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
    assert "/a.ipynb: was handed in at the same time as" in plan.refused[0]


def test_of_attempts_of_one_time_the_best_one_is_not_lost(tmp_path):
    course = make(tmp_path / "course", more='resubmissions = "best"\n')
    entries = [(f"Asha Rao_1_{MOODLE}/{n}.ipynb", c, NOON) for n, c in ((NAME, FULL), ("z", HALF))]
    collect(course, zipped(tmp_path / "in.zip", *entries))
    [attempt] = course.attempts(NAME)["21CS001"]
    assert (attempt / f"{NAME}.ipynb").read_text() == FULL == taken(course)


def test_the_latest_counts_and_all_are_named(course, tmp_path):
    entries = [
        (f"Asha Rao_1_{MOODLE}/{NAME}.ipynb", HALF, NOON),
        (f"Asha Rao_1_{MOODLE}/{NAME}-2.ipynb", FULL, LATER),
    ]
    plan = collect(course, zipped(tmp_path / "in.zip", *entries))
    assert (taken(course), plan.unused) == (FULL, 0)
    said = told(course, plan)
    assert f"21CS001: 2 notebooks; the latest counts: Asha Rao_1_{MOODLE}/{NAME}-2.ipynb" in said
    assert f"not: Asha Rao_1_{MOODLE}/{NAME}.ipynb" in said
