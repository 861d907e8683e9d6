"""A mark depends on no table's encoding, no folder's name, and not on when a rule was changed."""

import csv
import json
import os
import shutil
import sqlite3
from datetime import datetime

import pytest

from autograder.cli import main
from autograder.course import export, lateness, records, roster, sharing, spreadsheets
from autograder.course.course import Course
from autograder.run import pipeline, regrading
from autograder.run.ids import folder_of

from .oddities import notebooks
from .oddities.notebooks import ASSIGNMENT, notebook, text

pytestmark = pytest.mark.jail


def make(folder, ids=("asha",), toml="", **handed_in):
    """A course in which each of `ids` has handed in what is right, at noon on 10 September."""
    folder.mkdir(parents=True)
    (folder / "roster.csv").write_text("id,name\n" + "".join(f'"{i}",N {i}\n' for i in ids))
    (folder / "course.toml").write_text(toml)
    for student in ids:
        place = folder / "submitted" / folder_of(student) / ASSIGNMENT
        place.mkdir(parents=True)
        (place / f"{ASSIGNMENT}.ipynb").write_text(handed_in.get(student) or text(notebook()))
        (place / "timestamp.txt").write_text("2026-09-10 12:00:00 UTC")
    return Course(folder)


def finals(course):
    with export.write(course, ASSIGNMENT, "csv").open(encoding="utf-8-sig") as file:
        return {row["student"]: row["final"] for row in csv.DictReader(file)}


# --- tables ---------------------------------------------------------------------------------------

ROWS = [["id", "name", "email"], ["21CS001", "José Álvarez", "j@example.edu"], ["21CS002", "Ö", ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_roster_is_read_however_it_was_saved(tmp_path, encoding, separator):
    lines = "\r\n".join(separator.join(row) for row in ROWS)
    path = tmp_path / "roster.csv"
    path.write_bytes((lines + "\r\n" + separator * 2 + "\r\n\r\n").encode(encoding))
    found = roster.read(path)
    assert [(row["id"], row["name"]) for row in found.values()] == [tuple(r[:2]) for r in ROWS[1:]]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("roster.csv", "id,name\na,A\na,B\n", r"line 3: 'a' stands in line 2 already"),
        ("roster.csv", "id,name\n,Asha\n", r"line 2: has no id \(Asha\)"),
        ("roster.csv", "number,name\na,A\n", r"line 1: has no column id; it has number, name"),
        ("roster.csv", "id,name\na,Rao, Asha\n", r"line 2: has 3 cells.*quotation marks"),
        ("roster.csv", 'id,name\na,"Asha\n', r"line 2: a quotation mark isn't closed"),
        ("roster.csv", "PK\3\4", "is a workbook; save it as CSV"),
        (
            "extensions.csv",
            "student,assignment,due\nx,a,2026-10-02T10:00\n",
            r"line 2: nobody.*'x'",
        ),
        ("extensions.csv", "student,assignment,due\na,a,tomorrow\n", r"line 2: 'tomorrow' is no"),
        ("extensions.csv", "student,assignment,due\na,a,2026-10-02\n", "is no date with a time"),
    ],
)
def test_a_mistake_in_a_table_is_one_sentence_with_its_line(tmp_path, name, content, told):
    (tmp_path / "roster.csv").write_text("id,name\na,A\n")
    (tmp_path / name).write_text(content)
    settings = Course(tmp_path).settings
    with pytest.raises(spreadsheets.TableError, match=told) as caught:
        settings.extensions("a")
    assert str(tmp_path / name) in str(caught.value)


def test_numbers_have_a_point_or_a_comma():
    read = {"2,5": 2.5, "2.5": 2.5, " 3 ": 3, "-1": -1, "2,5,1": None, "two": None, "": None}
    assert {text: spreadsheets.number(text) for text in read} == read


# --- ids and folders ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["q?x", "a%20b", "c#d [1] {2}"])
def test_any_id_and_any_folder_get_marks_pages_and_rows(tmp_path, name):
    ids = ["CS/2021/001", "a[1]", "b*", "what?", "zoe", "..", "50 %"]
    course = make(tmp_path / name / "course", ids)
    outcomes = pipeline.grade(course, ASSIGNMENT, workers=2)
    assert {outcome.state for outcome in outcomes} == {"scored"}
    pages, failed = course.write_all_feedback(ASSIGNMENT, [o.student for o in outcomes])
    assert (len(pages), failed) == (len(ids), {})
    assert finals(course) == dict.fromkeys(ids, "31")
    assert [path.name for path in (tmp_path / name).iterdir()] == ["course"]


def test_whatever_is_said_of_a_student_has_the_id_as_it_is_written(tmp_path, capsys):
    """Where a folder is called otherwise, as none can have a slash in its name."""
    _, damaged, missing = ids = [f"CS/2021/00{number}" for number in (1, 2, 3)]
    course = make(tmp_path / "course", ids, **{damaged: text(notebook())[:5000]})
    shutil.rmtree(course.folder / "submitted" / folder_of(missing))
    for name in ("CS_2021_001/mine", "CS_2021_001/again", "CS_2021_03/x"):
        path = tmp_path / "source" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(notebook()))
    said = {}
    for command in (
        ["collect", ASSIGNMENT, str(tmp_path / "source")],
        *(["grade", ASSIGNMENT], ["grade", ASSIGNMENT, "--student", "CS/2021/01"]),
        *([command, ASSIGNMENT] for command in ("feedback", "report", "export")),
    ):
        main([*command, "--course", str(course.folder)])
        printed = capsys.readouterr()
        said[" ".join(command)] = printed.out + printed.err
    [page] = (course.folder / "reports").glob("*.html")
    said["the report's page"] = page.read_text("utf-8")
    assert [what for what, words in said.items() if "~2F" in words] == []
    assert [id for id in ids if id not in "".join(said.values())] == []


def test_a_page_that_fails_stops_no_other(tmp_path, capsys):
    course = make(tmp_path / "course", ["asha", "ben"])
    pipeline.grade(course, ASSIGNMENT, workers=1)
    course.autograded(ASSIGNMENT, "asha").chmod(0o644)
    course.autograded(ASSIGNMENT, "asha").write_text("{")
    assert main(["feedback", ASSIGNMENT, "--course", str(course.folder)]) == 1
    said = capsys.readouterr()
    assert "1 page in" in said.out
    assert "No page for asha" in said.err


# --- what can't be read ---------------------------------------------------------------------------


def test_what_cant_be_read_is_open_listed_and_told(tmp_path, capsys):
    course = make(tmp_path / "course", ["asha", "cut"], cut=text(notebook())[:5000])
    folder = str(course.folder)
    assert main(["grade", ASSIGNMENT, "--course", folder]) == 1
    said = capsys.readouterr()
    assert "cut's notebook could not be read" in said.err
    assert finals(course) == {"asha": "31", "cut": ""}
    main(["feedback", ASSIGNMENT, "--course", folder])
    page = course.folder / "feedback" / "cut" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    page = page.read_text("utf-8")
    assert page.count("could not be read") == page.count("Hand it in again") == 1
    assert [
        words for words in ("was missing", "of 34 points", "to be marked") if words in page
    ] == []
    capsys.readouterr()
    assert main(["export", ASSIGNMENT, "--course", folder]) == 0
    assert "cut has handed in what could not be read" in capsys.readouterr().err
    assert "cut,,,the notebook could not be read: hand it in again" in export.write(
        course, ASSIGNMENT, "moodle"
    ).read_text("utf-8-sig")
    main(["report", ASSIGNMENT, "--course", folder])
    report = (course.folder / "reports" / f"{ASSIGNMENT}.html").read_text("utf-8")
    assert "could not be read; ask for them again. They have no mark" in report
    assert "cut (N cut): it is damaged" in report
    assert "2 students · mean 31.0 and median 31.0 of" in report
    assert "1 notebook without any mark" in report
    assert "checkers of these answers failed" not in report
    path = course.submissions(ASSIGNMENT)["cut"] / f"{ASSIGNMENT}.ipynb"
    path.write_text(text(notebook()))
    main(["feedback", ASSIGNMENT, "--course", folder])
    assert "Handed in anew since, so `grade` first: cut" in capsys.readouterr().err
    waiting = {answer.student for answer in sharing.waiting(course, ASSIGNMENT)}
    assert "cut" not in waiting, "nobody is asked to mark the blanks of a file that can't be read"


def written(change):
    """A right notebook whose answers in words are somewhere else."""
    nb = notebook()
    names = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in nb["cells"]]
    at = names.index("ex09-explain")
    new = {"cell_type": "markdown", "metadata": {}, "id": "new", "source": notebooks.WORDS}
    change(nb["cells"], at, new)
    return text(nb)


def _code(cells, at, new):
    new |= {"cell_type": "code", "outputs": [], "execution_count": None}
    cells.insert(at + 1, new)


ELSEWHERE = {
    "below": lambda cells, at, new: cells.insert(at + 1, new),
    "above": lambda cells, at, new: cells.insert(at, new),
    "instead": lambda cells, at, new: cells.__setitem__(at, new),
    "at the end": lambda cells, at, new: cells.append(new),
    "as code": _code,
    "split": lambda cells, at, new: cells.__setitem__(
        slice(at, at + 1), [new, {**new, "id": "n2"}]
    ),
}


def test_words_are_found_by_their_place_and_wait_for_a_person(tmp_path):
    names = {name.replace(" ", "-"): written(change) for name, change in ELSEWHERE.items()}
    course = make(tmp_path / "course", list(names), **names)
    pipeline.grade(course, ASSIGNMENT, workers=2)
    for student in names:
        cells = json.loads(course.autograded(ASSIGNMENT, student).read_text())["cells"]
        [answer] = [
            c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == "ex09-explain"
        ]
        assert notebooks.WORDS in "".join(answer["source"]), student
    found = {
        r.student: (r.raw, r.marks["ex09-explain"].is_open)
        for r in records.read(course, ASSIGNMENT)
    }
    assert found == dict.fromkeys(names, (31, True))


# --- rules that change ----------------------------------------------------------------------------

LATE = """\
[late]
percent_per_day = {}
[due]
"01-shapes-and-counts" = 2026-09-09T12:00:00
"""


def test_extensions_and_rules_apply_to_what_is_marked_and_are_shown(tmp_path, capsys):
    course = make(tmp_path / "course", ["asha", "ben"], LATE.format(10))
    folder = str(course.folder)
    main(["grade", ASSIGNMENT, "--course", folder])
    assert finals(course) == {"asha": "27.9", "ben": "27.9"}
    (course.folder / "extensions.csv").write_text(
        f"student;assignment;due\nasha;{ASSIGNMENT};2026-09-12 12:00\n", "utf-16"
    )
    capsys.readouterr()
    main(["grade", ASSIGNMENT, "--course", folder])
    assert "asha: 10 % → 0 % taken off" in capsys.readouterr().err
    assert finals(Course(course.folder)) == {"asha": "31", "ben": "27.9"}
    (course.folder / "course.toml").write_text(LATE.format(20))
    course = Course(course.folder)
    assert [str(c) for c in lateness.changes(course, ASSIGNMENT)] == [
        "ben: 10 % → 20 % taken off for lateness"
    ]
    assert finals(course) == {"asha": "31", "ben": "24.8"}
    assert lateness.changes(course, ASSIGNMENT) == []


def test_best_and_regrade_agree_and_another_attempt_is_logged(tmp_path):
    """An extension makes the late attempt, which is better, the best one."""
    course = make(tmp_path / "course", ["asha"], 'resubmissions = "best"\n' + LATE.format(50))
    worse = text(notebook(**{"ex01-answer": "ex01_output_size = 1"}))
    attempts = {datetime(2026, 9, 9, 11): worse, datetime(2026, 9, 10, 12): text(notebook())}
    for when, content in attempts.items():
        place = course.attempt(ASSIGNMENT, "asha", when)
        place.mkdir(parents=True)
        (place / f"{ASSIGNMENT}.ipynb").write_text(content)
        (place / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC")
    pipeline.grade(course, ASSIGNMENT, workers=1)
    assert finals(course) == {"asha": "29"}
    (course.folder / "extensions.csv").write_text(
        f"student,assignment,due\nasha,{ASSIGNMENT},2026-09-12 12:00\n"
    )
    course = Course(course.folder)
    found, outcomes = regrading.changes(course, ASSIGNMENT, workers=1)
    assert [(c.question, c.before, c.after) for c in found] == [("ex01", 0, 2)]
    regrading.record(course, ASSIGNMENT, found, outcomes, "an extension")
    log = (course.folder / "regrades.csv").read_text("utf-8")
    assert "asha,attempt,2026-09-09 11:00:00 UTC,2026-09-10 12:00:00 UTC,an extension" in log
    assert finals(course) == {"asha": "31"}
    pipeline.grade(course, ASSIGNMENT, workers=1)
    assert finals(course) == {"asha": "31"}
    assert (course.folder / "regrades.csv").read_text("utf-8") == log


# --- what the machine can't do --------------------------------------------------------------------


def test_a_gradebook_in_use_is_a_sentence_and_nothing_is_lost(tmp_path, capsys, monkeypatch):
    course = make(tmp_path / "course")
    pipeline.grade(course, ASSIGNMENT, workers=1)
    connect = sqlite3.connect

    def impatient(*args, **options):
        return connect(*args, **{**options, "timeout": 0.01})

    monkeypatch.setattr(
        "sqlalchemy.dialects.sqlite.pysqlite.SQLiteDialect_pysqlite.connect",
        lambda self, *args, **options: impatient(*args, **options),
    )
    with connect(course.folder / "gradebook.db") as other:
        other.execute("BEGIN EXCLUSIVE")
        assert main(["export", ASSIGNMENT, "--course", str(course.folder)]) == 2
        other.rollback()
    said = capsys.readouterr().err
    assert "the gradebook is in use by another program" in said
    assert "Traceback" not in said
    assert main(["export", ASSIGNMENT, "--course", str(course.folder)]) == 0


def test_a_full_disk_is_a_sentence(tmp_path, capsys):
    course = make(tmp_path / "course")
    pipeline.grade(course, ASSIGNMENT, workers=1)
    assert main(["export", ASSIGNMENT, "--course", str(course.folder), "--to", "/dev/full"]) == 2
    assert "the disk is full. Mend that" in capsys.readouterr().err


def test_a_mistyped_student_is_asked_about(tmp_path, capsys):
    course = make(tmp_path / "course", ["21CS001"])
    arguments = ["grade", ASSIGNMENT, "--course", str(course.folder), "--student", "21CS01"]
    assert main(arguments) == 2
    assert "did you mean 21CS001?" in capsys.readouterr().err


def test_a_table_goes_out_with_a_mark_that_excel_reads(tmp_path):
    course = make(tmp_path / "course", ["José"])
    pipeline.grade(course, ASSIGNMENT, workers=1)
    for kind in export.KINDS:
        assert export.write(course, ASSIGNMENT, kind).read_bytes().startswith("\ufeff".encode())
    assert os.fspath(export.write(course, ASSIGNMENT, "moodle")).endswith("-moodle.csv")
