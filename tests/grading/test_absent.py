"""Who handed in nothing usable stays in sight: in the plan, the class table and every export."""

import csv

import pytest

from autograder.cli import main
from autograder.course import absent, collecting, export

from .delivered import MOODLE, NAME, NOON, RIGHT, collect, make, unpacked, zipped
from .oddities.notebooks import notebook, text

PEOPLE = {
    "21CS001": "Asha Rao",
    "21CS002": "小明 Wang",
    "21CS003": "Ben Okafor",
    "CS/4": "Dev Rao",
    "21CS005": "Eve Ito",
}


@pytest.fixture
def course(tmp_path):
    return make(tmp_path / "course", PEOPLE)


def entries(who="Asha Rao", content=RIGHT):
    return [
        (f"{who}_1_{MOODLE}/{NAME}.ipynb", content, NOON),
        (f"小明 Wang_2_{MOODLE}/report.docx", b"PK", NOON),
        (f"小明 Wang_2_{MOODLE}/answers.py", b"a = 1", NOON),
        (f"Ben Okafor_3_{MOODLE}/work.zip", b"<!DOCTYPE html><title>Log in</title>", NOON),
    ]


USELESS = {
    "21CS002": "report.docx: not a notebook; answers.py: not a notebook",
    "21CS003": "work.zip: not a zip that can be read (it is a web page",
}


@pytest.mark.parametrize("as_it_comes", [zipped, unpacked])
def test_the_plan_says_who_handed_in_nothing_usable_and_who_nothing(course, tmp_path, as_it_comes):
    plan = collect(course, as_it_comes(tmp_path / "in", *entries()))
    said = collecting.describe(course, plan)
    assert "Nothing usable handed in by 2 students, see above:\n  21CS002, 21CS003" in said
    assert "Nothing handed in by 2 students:\n  CS/4, 21CS005" in said
    found = {a.student: a.why for a in absent.without_mark(course, NAME, ["21CS001"])}
    assert found["21CS002"] in (USELESS["21CS002"], "; ".join(USELESS["21CS002"].split("; ")[::-1]))
    assert found["21CS003"].startswith(USELESS["21CS003"])
    assert {s: why for s, why in found.items() if s not in USELESS} == {"CS~2F4": "", "21CS005": ""}


def test_a_notebook_that_was_not_taken_is_no_notebook_of_nobody(course, tmp_path):
    late = (f"Ben Okafor_3_{MOODLE}/{NAME}.ipynb", RIGHT, (2026, 10, 3, 9, 0, 0))
    collect(course, unpacked(tmp_path / "in", entries()[0], late))
    found = {a.student: a.why for a in absent.without_mark(course, NAME, ["21CS001"])}
    assert found["21CS003"].startswith(f"{NAME}.ipynb: late")


def test_who_hands_in_after_all_is_no_longer_named(course, tmp_path):
    collect(course, zipped(tmp_path / "one.zip", *entries()))
    collect(course, zipped(tmp_path / "two.zip", *entries("Ben Okafor")[:1]))
    found = {a.student for a in absent.without_mark(course, NAME, [])}
    assert found == {"21CS002", "CS~2F4", "21CS005"}


@pytest.mark.jail
def test_every_table_has_a_row_of_everybody(course, tmp_path, capsys):
    collect(course, zipped(tmp_path / "in.zip", *entries(content=text(notebook()))))
    empty = course.folder / "submitted" / "21CS005" / NAME
    empty.mkdir(parents=True)
    (empty / "report.pdf").write_bytes(b"%PDF")
    folder = str(course.folder)
    main(["grade", NAME, "--course", folder])
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert "nothing usable handed in (report.docx, answers.py)" in lines["21CS002"]
    assert lines["CS/4"].endswith("nothing handed in")
    assert "no notebook" in lines["21CS005"]
    main(["grade", NAME, "--course", folder, "--student", "21CS001"])
    assert "CS/4" not in capsys.readouterr().out, "only who was asked for"
    main(["export", NAME, "--course", folder])
    said = capsys.readouterr().err
    assert "CS/4 has handed in nothing, and an empty cell here." in said
    assert "21CS002 has handed in nothing usable (report.docx: not a notebook; answers.py" in said
    assert "21CS005 has handed in nothing usable (report.pdf: not a notebook)" in said
    assert "not been marked" not in said
    main(["report", NAME, "--course", folder])
    page = (course.folder / "reports" / f"{NAME}.html").read_text("utf-8")
    assert "1 student of 5" in page
    assert "report.docx: not a notebook; answers.py" in page
    assert "nothing handed in: CS/4" in page
    notes = {
        "21CS002": "nothing usable handed in (report.docx, answers.py)",
        "21CS003": "nothing usable handed in (work.zip)",
        "CS/4": "nothing handed in",
        "21CS005": "nothing usable handed in (report.pdf)",
    }
    rows = _rows(export.write(course, NAME, "csv"), "student")
    assert {s: (r["points"], r["final"], r["note"]) for s, r in rows.items() if s in notes} == {
        s: ("", "", note) for s, note in notes.items()
    }
    assert (rows["21CS001"]["final"], len(rows)) == ("31", 5)
    rows = _rows(export.write(course, NAME, "moodle"), "ID number")
    assert {s: (r[NAME], r["Feedback comments"]) for s, r in rows.items() if s in notes} == {
        s: ("", note) for s, note in notes.items()
    }
    rows = _rows(export.write(course, NAME, "canvas"), "SIS User ID")
    assert [rows[s][NAME] for s in notes] == [""] * 4
    assert rows["CS/4"]["Student"] == "Dev Rao"


def _rows(path, key):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}
