"""Answers marked by the items of a rubric: alike ones at once, again when it changes, by peers."""

import csv
import json
import shutil

import pytest
from the_course import DEFINITION

from autograder.course import in_words, likeness, rubrics, spreadsheets
from autograder.course.course import Course
from autograder.marking.rubric import Rubric
from autograder.notebooks.cells import read_own
from autograder.run import pipeline
from questions import sample

NAME, QUESTION = sample.ASSIGNMENT, "ex09-explain"
SAME = "It mixes the channels of each pixel with the same weights at all pixels."
TEXTS = {
    "s1": SAME,
    "s2": SAME.upper() + " ",
    "s3": SAME.replace("It mixes", "It does not mix"),
    "s4": "Height and width stay; a bottleneck makes the next convolution cheap.",
}


def test_alike_answers_are_put_together_and_an_opposite_is_not():
    found = likeness.groups(list(TEXTS), TEXTS.get)
    assert sorted(map(sorted, found)) == [["s1", "s2"], ["s3"], ["s4"]]
    numbers = ["It saves 28 % of the weights.", "It saves 72 % of the weights."]
    assert len(likeness.groups(numbers, str)) == 2


def test_a_scheme_is_read_with_its_borderline_answers():
    scheme = (
        "- [1 point] Same field.\n  - accept, barely: yes\n  - reject, barely: no\n- [0.5 points] B"
    )
    rubric = Rubric.parse("q", scheme)
    assert [(i.points, i.accept, i.reject) for i in rubric.items] == [
        (1, "yes", "no"),
        (0.5, "", ""),
    ]
    assert rubric.worth(rubric.read("1½ 2")) == 1
    assert [rubric.read(none) for none in ("0", "-", "–", "none")] == [()] * 4
    for wrong in ("3", "1 1", "one", "1½½"):
        with pytest.raises(ValueError, match="numbers from 1 to 2"):
            rubric.read(wrong)
    with pytest.raises(ValueError, match="begins"):
        Rubric.parse("q", "be kind")


def test_three_hundred_students_and_five_texts_are_25_hours():
    assert in_words.hours(5, 300) == 25


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Four students who have answered one question in words; the rest is blank."""
    course = Course(tmp_path_factory.mktemp("rubrics"))
    released = read_own(course.released(NAME))
    for student, text in TEXTS.items():
        notebook = json.loads(json.dumps(released))
        next(c for c in notebook["cells"] if c["id"] == QUESTION)["source"] = text
        path = course.folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    assert {o.state for o in pipeline.grade(course, NAME, workers=1)} == {"scored"}
    return course.folder


@pytest.fixture
def course(graded, tmp_path):
    """A copy of that course for one test."""
    shutil.copytree(graded, tmp_path / "course")
    return Course(tmp_path / "course")


def fill(path, items, encoding="utf-8-sig", separator=","):
    """Write into a table what `items` gives for each row; how one's spreadsheet program saves."""
    rows = [row.cells for row in spreadsheets.table(path, ["items"])]
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows({**row, "items": items(row)} for row in rows)
    return rows


def points(course):
    with course.gradebook() as gradebook:
        return {
            s.student.id: grade.manual_score
            for s in gradebook.assignment_submissions(NAME)
            for grade in s.notebooks[0].grades
            if grade.name == QUESTION
        }


@pytest.mark.jail
def test_one_decision_marks_a_group_and_a_single_answer_can_be_taken_out_of_it(course):
    table, answers, groups = rubrics.group(course, NAME)
    assert (answers, groups) == (4, 3)
    assert not any(student in table.read_text("utf-8-sig") for student in TEXTS)
    fill(table, lambda row: "1 2" if row["answers"] == "2" else "", "utf-16", "\t")
    assert rubrics.take_in_groups(course, NAME).recorded == 2
    assert points(course) == {"s1": 2, "s2": 2, "s3": None, "s4": None}

    codes = {a.student: a.code for a in rubrics.written(course, NAME)}
    members = table.with_name(rubrics.MEMBERS)
    fill(members, lambda row: "1½" if row["answer"] == codes["s2"] else "", "cp1252", ";")
    rubrics.take_in_groups(course, NAME)
    assert points(course) == {"s1": 2, "s2": 0.5, "s3": None, "s4": None}

    fill(members, lambda row: "")
    fill(table, lambda row: "4")
    with pytest.raises(ValueError, match=f"{QUESTION}.*numbers from 1 to 3"):
        rubrics.take_in_groups(course, NAME)
    with pytest.raises(ValueError, match="already"):
        rubrics.group(course, NAME)


@pytest.mark.jail
def test_a_changed_item_marks_every_answer_again_that_has_it(course, monkeypatch):
    table, *_ = rubrics.group(course, NAME)
    fill(table, lambda row: {"2": "1 2"}.get(row["answers"], "2 3½"))
    rubrics.take_in_groups(course, NAME)
    assert points(course) == {"s1": 2, "s2": 2, "s3": 1.5, "s4": 1.5}
    assert rubrics.remark(course, NAME, record=False) == []

    source = json.loads(course.source(NAME).read_text("utf-8"))
    task = next(c for c in source["cells"] if marks_of(c) == f"{QUESTION}-task")
    task["source"] = "".join(task["source"]).replace("[1 point] It is", "[0.5 points] It is")
    changed = course.folder / "changed.ipynb"
    changed.write_text(json.dumps(source))
    monkeypatch.setattr(course, "source", lambda _: changed)
    found = rubrics.remark(course, NAME, record=False)
    assert [(c.student, c.before, c.after) for c in found] == [("s1", 2, 1.5), ("s2", 2, 1.5)]
    assert points(course)["s1"] == 2, "nothing is written before it is asked for"
    rubrics.remark(course, NAME, record=True)
    assert points(course) == {"s1": 1.5, "s2": 1.5, "s3": 1.5, "s4": 1.5}


def marks_of(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


@pytest.mark.jail
def test_fellow_students_mark_others_and_the_median_counts_where_they_agree(course):
    tables = rubrics.to_peers(course, NAME, 3)
    assert [path.stem for path in tables] == list(TEXTS)
    codes = {a.code: a.student for a in rubrics.written(course, NAME)}
    items = {"s1": "1 2", "s2": "1 2½", "s3": "1", "s4": "1 2 3"}
    for path in tables:
        rows = fill(path, lambda row: items[codes[row["answer"]]])
        assert path.stem not in {codes[row["answer"]] for row in rows}, "nobody marks their own"
        assert len(rows) == 3
    harsh = items | {"s4": "0"}
    fill(tables[0], lambda row: harsh[codes[row["answer"]]])
    settled = rubrics.take_in_peers(course, NAME)
    assert settled.recorded == 3
    assert [(who, why) for who, _, why in settled.left] == [("s4", "they differ: 0, 3, 3")]
    assert points(course) == {"s1": 2, "s2": 1.5, "s3": 1, "s4": None}
    with pytest.raises(ValueError, match="more students than that"):
        rubrics.to_peers(course, NAME, 9)


def test_every_item_of_the_book_has_a_borderline_answer_on_either_side():
    for assignment in DEFINITION.assignments():
        for question, rubric in rubrics.rubrics(DEFINITION, assignment).items():
            for item in rubric.items:
                assert item.accept, (question, item.number)
                assert item.reject, (question, item.number)
                assert item.accept != item.reject
