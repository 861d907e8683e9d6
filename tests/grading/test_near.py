"""A name that is missing, and the one that stands in the notebook in its place."""

import nbformat.v4
import pytest

from autograder.jail import near
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail
from autograder.jail.near import Near
from autograder.jail.profile import Profile
from autograder.jail.student import LocalStudent, NotDefined
from autograder.marking import Number, question
from autograder.run import scoring

CAPITALS = "Python tells capital from small letters"
ASKED = "Did its cell run without an error?"


@pytest.mark.parametrize(
    ("name", "cell", "told"),
    [
        ("median", "def Median(values): return 1", f"`Median`, which is another name: {CAPITALS}"),
        ("sample_variance", "Sample_Variance = 2", CAPITALS),
        ("sample_variance", "samplevariance = 2", "`samplevariance`, which is another name: under"),
        ("sample_variance", "class SampleVariance: pass", "underscores and capital letters count"),
        (
            "median",
            "if True:\n    medain = 2",
            "`medain`, which is another name. Is one of the two",
        ),
        ("median", "for medians in []: pass", "`medians`"),
    ],
)
def test_a_name_that_is_nearly_there_is_said(name, cell, told):
    assert told in Near([cell]).told(name)


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("median", "def f():\n    Median = 1"),
        ("median", "[Median for Median in []]"),
        ("median", "import Median"),
        ("median", "print(Median)"),
        ("median", "median = 1 / 0\nMedian = 1"),
        ("median", "mean = 1"),
        ("weights_1", "weights_2 = 1"),
        ("row", "raw = 1"),
        ("median", "Median = = 1"),
        ("median", "'Median = 1'"),
        ("median", "globals()['Median <b>'] = 1"),
        ("median", "Median = 1 #" + "x" * 120_000),
        ("median", "Median = " + "(" * 5000),
        ("median", "Median = " + "-" * 40_000 + "1"),
        ("median", "\0Median = 1"),
        ("median", "_" * 60 + "median = 1"),
    ],
    ids=range(16),
)
def test_what_is_no_name_of_the_notebook_or_not_near_is_not_said(name, cell):
    assert Near([cell]).told(name) == ""


def test_what_was_given_or_belongs_to_another_question_is_nobodys_slip():
    own = ["sum_a = 1", "Data = 2", "Median = 3"]
    assert "`sum_a`" in Near(own).told("sum_b")
    near = Near(own, ["hand_in('q', sum_a, sum_b)", "Data = [1, 2]"])
    assert (near.told("sum_b"), near.told("data")) == ("", "")
    assert "`Median`" in near.told("median")


def test_practice_says_the_same_where_it_knows_the_cells():
    for cells, told in ((["Median = 3"], CAPITALS), (None, ASKED)):
        with pytest.raises(NotDefined) as error:
            LocalStudent({"Median": 3}, cells).get("median")
        assert told in str(error.value)


@pytest.fixture(scope="module")
def jail():
    with Jail(Profile(seconds=2, wall_seconds=30)) as made:
        yield made


@pytest.mark.jail
def test_what_a_process_defines_without_writing_it_is_not_said(jail):
    """What runs may call a thing as it likes: only what stands in the notebook's source counts."""
    for cell, told in (("Median = 3", CAPITALS), ("globals()['Median'] = 3", ASKED)):
        missing = pytest.raises(NotDefined)
        with Sitting(jail, [cell]) as sitting, sitting.question() as student, missing as error:
            student.get("median")
        assert told in str(error.value)


@question("q")
def centre():
    return [Number(name="median", key=3, points=2, otherwise="no")]


@pytest.mark.jail
@pytest.mark.parametrize(
    ("source", "given", "told"),
    [
        ("Median = 3", "", CAPITALS),
        ("mean = 3", "", ASKED),
        ("Median = 3", "Median", ASKED),
    ],
)
def test_the_message_of_a_question_changes_and_its_points_do_not(jail, source, given, told):
    answer = nbformat.v4.new_code_cell(source)
    answer.metadata["nbgrader"] = {"grade_id": "a", "solution": True, "grade": False}
    judged = nbformat.v4.new_code_cell(f"hand_in('q', median)\n{given}")
    judged.metadata["nbgrader"] = {"grade_id": "q", "grade": True, "locked": True, "points": 2}
    notebook = nbformat.v4.new_notebook(cells=[answer, judged])
    verdict = scoring.score(notebook, {"q": centre}, jail).verdicts["q"]
    assert (verdict.points, verdict.misconception, verdict.fault) == (0, None, "")
    assert len(verdict.messages) == 1
    assert told in verdict.messages[0]


def test_a_notebook_is_parsed_once_and_no_more_of_it_than_a_student_writes(monkeypatch):
    parsed, parse = [], near.ast.parse
    monkeypatch.setattr(near.ast, "parse", lambda source: (parsed.append(source), parse(source))[1])
    mine = near.Near(["Median = 1\n" * 1_000] * 50)
    assert all("`Median`" in mine.told("median") for _ in range(50))
    assert 0 < sum(map(len, parsed)) <= near.MOST_SOURCE
