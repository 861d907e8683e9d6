"""Answers in words: shared out by question, a sample marked twice, and taken in again."""

import csv
import json
from collections import Counter

import pytest
from the_course import counting

from autograder.course import rubrics, sharing, spreadsheets
from autograder.course.course import Course
from autograder.course.sharing import Answer
from autograder.notebooks.cells import read_own
from autograder.run import pipeline
from questions import sample

NAME = sample.ASSIGNMENT
WRITTEN = ["ex09-explain", "ex22-explain", "ex25-explain"]


def _answers(questions, students):
    return [
        Answer(f"s{number:02}", question, f"text {number}", 3)
        for question in questions
        for number in range(students)
    ]


def test_a_question_goes_to_one_marker_and_a_sample_to_a_second_one():
    answers = _answers(WRITTEN, 20)
    shares = sharing.assign(answers, ["asha", "ben", "chen"], percent=10)
    assert sharing.assign(answers, ["asha", "ben", "chen"], percent=10) == shares
    times = Counter(answer for own in shares.values() for answer in own)
    assert set(times) == set(answers)
    for question in WRITTEN:
        twice = [a for a, count in times.items() if a.question == question and count == 2]
        assert len(twice) == 2
        share = [sum(a.question == question for a in own) for own in shares.values()]
        assert sorted(share) == [0, 2, 20]
    assert not any(Counter(own)[a] > 1 for own in shares.values() for a in own)


def test_the_sample_is_never_empty_and_may_be_left_out():
    shares = sharing.assign(_answers(["q"], 3), ["asha", "ben"], percent=1)
    assert sum(map(len, shares.values())) == 4
    shares = sharing.assign(_answers(["q"], 3), ["asha"], percent=10)
    assert len(shares["asha"]) == 3  # one marker alone can't mark anything twice


def test_one_question_is_split_among_several_markers():
    shares = sharing.assign(_answers(["q"], 12), ["asha", "ben", "chen"], percent=0)
    assert [len(own) for own in shares.values()] == [4, 4, 4]


@pytest.mark.parametrize(("markers", "percent"), [([], 0), (["a", "a"], 0)])
def test_markers_that_can_not_be_are_refused(markers, percent):
    with pytest.raises(ValueError, match="marker"):
        sharing.assign(_answers(["q"], 3), markers, percent)


# --- a course ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Four students who have written something into every written answer."""
    book = counting(tmp_path_factory.mktemp("sharing") / "book", None, NAME)
    course = Course(book.root / "course")
    released = read_own(course.released(NAME))
    for student in ("s1", "s2", "s3", "s4"):
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            if cell["id"] in WRITTEN:
                cell["source"] = f"=1+1, says {student}"
        path = course.folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))
    assert {o.state for o in pipeline.grade(course, NAME, workers=1)} == {"scored"}
    return course


def _fill(path, points, encoding="utf-8-sig", separator=","):
    """Write into a table what `points` gives for each row; how one's spreadsheet program saves."""
    rows = [row.cells for row in spreadsheets.table(path, sharing.COLUMNS)]
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, sharing.COLUMNS, delimiter=separator)
        writer.writeheader()
        writer.writerows({**row, "points": points(row), "comment": "Well seen."} for row in rows)
    return rows


@pytest.mark.jail
def test_tables_are_written_filled_and_taken_in(course):
    asha, ben = sharing.share_out(course, NAME, ["asha", "ben"], percent=50)
    text = asha.read_text(encoding="utf-8-sig")
    assert "'=1+1" in text  # no formula for a spreadsheet
    schemes = (asha.parent / "schemes.md").read_text()
    assert [name for name in WRITTEN if f"# {name}" in schemes] == WRITTEN
    with pytest.raises(ValueError, match="already"):
        sharing.share_out(course, NAME, ["chen"])
    with pytest.raises(ValueError, match=r"tables already: asha\.csv, ben\.csv"):
        rubrics.group(course, NAME)
    with asha.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    with ben.open(encoding="utf-8-sig") as file:
        both = {row["answer"] for row in rows} & {row["answer"] for row in csv.DictReader(file)}
    assert len(both) == 6
    apart = min(both)

    _fill(ben, lambda row: "4")
    with pytest.raises(ValueError, match=r"ben\.csv, line 2: points are '4'; .* 0 to 3"):
        sharing.take_in(course, NAME)
    _fill(asha, lambda row: "2,5", "utf-16", ";")
    _fill(ben, lambda row: "1" if row["answer"] == apart else "2.5", "cp1252", "\t")
    marked = sharing.take_in(course, NAME)
    assert marked.recorded == 11
    assert sum(each.answers for each in marked.agreement) == 6
    assert sum(each.same for each in marked.agreement) == 5
    assert sum(each.mean_difference * each.answers for each in marked.agreement) == 1.5
    [(student, question, points)] = marked.differing
    assert points == {"asha": 2.5, "ben": 1}
    assert f"{student}  {question}: asha 2.5, ben 1" in sharing.describe(marked)

    with course.gradebook() as gradebook:
        for name in WRITTEN:
            for who in ("s1", "s2", "s3", "s4"):
                grade = gradebook.find_grade(name, NAME, NAME, who)
                left_open = (who, name) == (student, question)
                assert grade.needs_manual_grade == left_open
                assert grade.manual_score == (None if left_open else 2.5)
        comment = gradebook.find_comment("ex09-explain", NAME, NAME, "s1").comment
        assert comment is None or "Well seen." in comment
    assert [a.question for a in sharing.waiting(course, NAME)] == [question]
