"""A term as it happens: late work, extensions, resubmissions, a wrong key mended after marking.

In the first assignment, each student has numbers of their own. The marks of ten students are worked
out by hand in `EXPECTED`.
"""

import csv
import json
import os
import shutil
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import nbformat
import pytest
from the_course import catalogue

from autograder.course import collecting, export
from autograder.course.course import Course
from autograder.marking import Mistake
from autograder.marking.catalogue import Catalogue
from autograder.marking.question import variants_of
from autograder.marking.variants import VariantSeed
from autograder.notebooks.cells import read_own
from autograder.run import key, pipeline, regrading
from questions import sample

from .own_numbers import SOLVED

pytestmark = pytest.mark.jail

SHAPES, FIELDS, CHOICES = "01-shapes-and-counts", "02-receptive-fields", "08-multiple-choice"
DUE = {SHAPES: "2026-09-10T23:59:00", FIELDS: "2026-09-20T23:59:00", CHOICES: "2026-09-30T23:59:00"}
VARIANTS = variants_of(catalogue.load(SHAPES))
ZONE = ZoneInfo("Asia/Kolkata")
ON_TIME, DAY = -3600, 86_400
STUDENTS = [f"s{number:02}" for number in range(1, 61)]
BUSY = STUDENTS[:16]  # the others hand nothing in
WRITTEN = "It mixes the channels of one pixel and looks at no neighbour."
RIGHT, BLANK = sample.Member("right"), sample.Member("blank", right=False, damage="untouched")
NO_BIAS = next(m for m in sample.MEMBERS if m.name == "mistake-no-bias")
MACS = next(m for m in sample.MEMBERS if m.name == "mistake-macs-are-flops")

# What is handed in for the first assignment: (who, seconds after the due date), oldest first.
HANDED_IN = {
    "s02": [(NO_BIAS, ON_TIME)],
    "s03": [(RIGHT, 600)],
    "s04": [(RIGHT, 7200)],
    "s05": [(RIGHT, 30 * 3600)],
    "s06": [(RIGHT, 2 * DAY)],
    "s07": [(RIGHT, 2 * DAY - 3600)],
    "s08": [(BLANK, 4 * ON_TIME), (RIGHT, ON_TIME)],
    "s09": [(RIGHT, 20 * DAY)],
    "s11": [(MACS, ON_TIME)],
}
EXTENSIONS = {"s06": "2026-09-13T23:59:00", "s07": "2026-09-11T23:59:00"}
BY_HAND = {"s01": {"ex09-explain": 2.5}, "s11": {"ex09-explain": 2}}

# Of 31 + 3 points. Nobody but s01 and s11 wrote anything that a person could mark.
EXPECTED = {
    "s01": 33.5,  # 31 + 2.5
    "s02": 30,  # the bias forgotten once
    "s03": 31,  # ten minutes late are within the grace of fifteen
    "s04": 27.9,  # one begun day: 10 % of 31
    "s05": 24.8,  # two begun days: 20 %
    "s06": 31,  # within the extension
    "s07": 27.9,  # 23 hours after the extended date: 10 %
    "s08": 31,  # the second of two counts
    "s09": 15.5,  # never more than 50 %
    "s11": 33,  # 30, and one more by the mended key, and 2 by hand
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("term")
    with (folder / "roster.csv").open("w", newline="") as file:
        rows = [{"id": s, "name": f"Student {s}", "email": f"{s}@example.edu"} for s in STUDENTS]
        writer = csv.DictWriter(file, ["id", "name", "email"])
        writer.writeheader()
        writer.writerows(rows)
    due = "\n".join(f'"{name}" = {date}' for name, date in DUE.items())
    (folder / "course.toml").write_text(
        'time_zone = "Asia/Kolkata"\nvariants = true\n'
        "[late]\ngrace_minutes = 15\npercent_per_day = 10\n"
        f"at_most_percent = 50\n[due]\n{due}\n"
    )
    (folder / "variants.secret").write_text("the term")
    lines = [f"{student},{SHAPES},{date}" for student, date in EXTENSIONS.items()]
    (folder / "extensions.csv").write_text("\n".join(["student,assignment,due", *lines]))
    return Course(folder)


def _own(student) -> dict[str, dict[str, float]]:
    """The right answers to what this student was asked, by question."""
    return {
        question: SOLVED[question](*variant.drawn(VariantSeed("the term", student)))
        for question, variant in VARIANTS.items()
    }


def _with_own_numbers(member, student):
    """The member as if it had been handed this student's own notebook."""
    if member.damage:
        return member
    own = _own(student)
    if member is NO_BIAS:
        channels, filters, kernel = VARIANTS["ex02"].drawn(VariantSeed("the term", student))
        own["ex02"]["ex02_parameters"] = channels * filters * kernel**2
    if member is MACS:
        own["ex21"]["ex21_flops"] = own["ex21"]["ex21_macs"]
    answers = {
        question: "\n".join(f"{name} = {value!r}" for name, value in values.items())
        for question, values in own.items()
    }
    return replace(member, answers=answers)


def _write(course, assignment, member, path, seconds):
    if assignment == SHAPES:
        member = _with_own_numbers(member, path.parent.name)
    source = nbformat.read(course.source(assignment), as_version=4)
    released = read_own(course.released(assignment))
    notebook = json.loads(json.dumps(sample.notebook_of(member, source, released)))
    for cell in notebook["cells"]:
        if cell.get("id") == "ex09-explain" and path.parent.name in BY_HAND:
            cell["source"] = WRITTEN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))
    when = datetime.fromisoformat(DUE[assignment]).replace(tzinfo=ZONE).timestamp() + seconds
    os.utime(path, (when, when))


def _collect_and_grade(course, assignment, handed_in, mail):
    for student in BUSY:
        for number, (member, seconds) in enumerate(handed_in.get(student, [(RIGHT, ON_TIME)])):
            _write(course, assignment, member, mail / student / f"{number}.ipynb", seconds)
    files_tell = collecting.Asked(trusts_files=True)
    plan = collecting.collect(course, assignment, mail, asked=files_tell, say=lambda _: None)
    assert sorted(plan.matched) == BUSY
    assert len(plan.missing) == len(STUDENTS) - len(BUSY)
    outcomes = pipeline.grade(course, assignment, workers=2)
    assert {outcome.state for outcome in outcomes} == {"scored"}


def _mark_by_hand(course):
    with course.gradebook() as gradebook:
        for student, marks in BY_HAND.items():
            for name, points in marks.items():
                grade = gradebook.find_grade(name, SHAPES, SHAPES, student)
                assert grade.needs_manual_grade
                grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def _final(course, assignment) -> dict[str, float]:
    with export.write(course, assignment, "csv").open(encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        return {row["student"]: float(row["final"]) for row in rows if row["final"]}


def _mend_the_key(monkeypatch):
    """From now on, the checker of exercise 21 takes multiply-accumulates for FLOPs."""
    checkers = catalogue.load(SHAPES)
    old = checkers["ex21"]

    def mended(channels, filters, side):
        macs, flops = old.build(channels, filters, side)
        also = Mistake("macs-for-flops", macs.key, "this counts, too.", share=1)
        return [macs, replace(flops, mistakes=[also])]

    patched = {**checkers, "ex21": replace(old, build=mended)}
    monkeypatch.setattr(Catalogue, "load", lambda *_: patched)
    monkeypatch.setattr(key, "remembered_rules", lambda *_: "mended")


def test_the_term_ends_with_the_marks_worked_out_by_hand(course, tmp_path, monkeypatch):
    _collect_and_grade(course, SHAPES, HANDED_IN, tmp_path / "shapes")
    _mark_by_hand(course)
    before = _final(course, SHAPES)
    assert before["s11"] == pytest.approx(32)

    with monkeypatch.context() as patch:
        _mend_the_key(patch)
        changes, outcomes = regrading.changes(course, SHAPES, workers=1)
        assert [(c.student, c.question, c.before, c.after) for c in changes] == [
            ("s11", "ex21", 2, 3)
        ]
        assert _final(course, SHAPES) == before  # nothing is recorded before it is agreed to
        regrading.record(course, SHAPES, changes, outcomes, "the question was ambiguous")
    log = (course.folder / "regrades.csv").read_text()
    assert "s11,ex21,2,3,the question was ambiguous," in log

    final = _final(course, SHAPES)
    assert {student: final[student] for student in EXPECTED} == pytest.approx(EXPECTED)
    assert "s10" in final
    assert "s17" not in final
    with course.gradebook() as gradebook:
        for student, marks in BY_HAND.items():
            for name in marks:
                grade = gradebook.find_grade(name, SHAPES, SHAPES, student)
                assert not grade.needs_manual_grade  # the answers are the same, so the marks stay


@pytest.mark.parametrize("assignment", [FIELDS, CHOICES])
def test_the_other_assignments_follow_the_same_rules(course, tmp_path, assignment):
    total = sum(question.points for question in course.questions(assignment).values())
    late = {"s04": [(RIGHT, 3600)]}
    _collect_and_grade(course, assignment, late, tmp_path / "mail")
    final = _final(course, assignment)
    expected = {student: total * (0.9 if student == "s04" else 1) for student in BUSY}
    assert final == pytest.approx(expected)
    shutil.rmtree(tmp_path / "mail")
