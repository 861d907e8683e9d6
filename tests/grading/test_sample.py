"""The sample class gets exactly the points it deserves, by whichever way it is marked."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import pytest
from claims import for_each

from autograder.course import report, tables
from autograder.course.course import Course
from autograder.notebooks.feedback import Page
from autograder.run import pipeline
from questions import sample

from .conftest import gradebook_of

pytestmark = pytest.mark.jail
MEMBERS = {member.name: member for member in sample.MEMBERS}


def test_the_points_are_those_of_the_notebook(sample_course):
    questions = sample_course.questions(sample.ASSIGNMENT)
    assert {name: question.points for name, question in questions.items()} == sample.POINTS


@for_each("name", MEMBERS)
def test_every_member_earns_what_it_deserves(sample_course, name):
    grades = gradebook_of(sample_course, sample.ASSIGNMENT)[name]
    earned = {question: grades[question][0] for question in sample.POINTS}
    assert earned == MEMBERS[name].expected


def test_no_submission_stops_another(sample_course):
    assert {outcome.student: outcome.state for outcome in sample_course.outcomes} == dict.fromkeys(
        MEMBERS, "scored"
    )


def test_the_class_table_shows_everybody_with_their_sum(sample_course):
    table = tables.class_table(sample_course, sample.ASSIGNMENT, sample_course.outcomes)
    for member in sample.MEMBERS:
        [row] = [line for line in table.splitlines() if line.startswith(member.name + " ")]
        assert row.split()[-1] == f"{sum(member.expected.values()):g}"


def test_marking_again_marks_nothing(sample_course):
    again = pipeline.grade(sample_course, sample.ASSIGNMENT, workers=2)
    assert {outcome.state for outcome in again} == {"unchanged"}


def test_the_report_leads_to_the_widget_that_answers_a_mistake(sample_course, monkeypatch):
    monkeypatch.setitem(sample_course.config.FeedbackExporter, "book_url", "https://b.example/x")
    page = report.write(sample_course, sample.ASSIGNMENT).read_text("utf-8")
    assert "<td>2. Sizes, parameters, operations</td>" in page
    [row] = re.findall(r"<tr>(?:(?!</tr>).)*ceil-for-floor.*?</tr>", page, re.DOTALL)
    assert "<code>ex01_output_size</code>" in row
    [link] = re.findall(r'<a href="([^"]+)">section 4.4, OutputSizeCalculator</a>', row)
    assert link.startswith("https://b.example/x/notebooks/04/04-04-")


# --- cheats -----------------------------------------------------------------------------------

UNGUARDED = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import numpy as np")
shell.run_cell({code!r})
outcome = shell.run_cell({test!r})
raise SystemExit(0 if outcome is None or outcome.success else 1)
"""
# What the test cell of such an exercise usually looks like: one of these.
TEST_CELLS = (
    "from numpy.testing import assert_allclose\nassert_allclose(ex01_output_size, 30)",
    "assert ex01_output_size == 30",
)


def _passes_unguarded(code):
    programs = [UNGUARDED.format(code=textwrap.dedent(code), test=test) for test in TEST_CELLS]
    commands = ([sys.executable, "-c", program] for program in programs)
    return any(subprocess.run(c, capture_output=True).returncode == 0 for c in commands)


def test_the_unguarded_test_cell_tells_right_from_wrong():
    assert _passes_unguarded("ex01_output_size = 30")
    assert not _passes_unguarded("ex01_output_size = 31")


@pytest.mark.parametrize("name", [m.name for m in sample.MEMBERS if m.gains and not m.damage])
def test_every_cheat_gains_where_tests_run_in_its_own_process(name):
    assert _passes_unguarded(MEMBERS[name].answers["ex01"])


# --- feedback ---------------------------------------------------------------------------------

ALIVE = re.compile(r"(?i)<script|<svg|<iframe|<img|javascript:|\son\w+\s*=|@import|url\(")


@pytest.fixture(scope="module")
def pages(sample_course):
    names = ["right-as-taught", "mistake-no-bias", "blank", "exits", "cheat-always-equal"]
    return {
        name: sample_course.write_feedback(sample.ASSIGNMENT, name).read_text() for name in names
    }


def test_feedback_has_nothing_alive_in_it(pages):
    for page in pages.values():
        assert not ALIVE.search(page)


def test_feedback_names_the_mistake_and_not_the_key(pages):
    page = pages["mistake-no-bias"]
    assert "is there something else that every filter has?" in page
    assert "73856" not in page.replace(",", "")
    assert "1 of 2" in page


def test_feedback_has_no_key_no_mark_scheme_and_no_traceback(sample_course, pages):
    source = nbformat.read(sample_course.source(sample.ASSIGNMENT), as_version=4)
    model_answers = [
        cell.source.splitlines()[1]
        for cell in source.cells
        if cell.cell_type == "markdown" and "### BEGIN SOLUTION" in cell.source
    ]
    schemes = [cell.source for cell in source.cells if "=== BEGIN MARK SCHEME" in cell.source]
    criteria = [line for s in schemes for line in s.splitlines() if line.startswith("- [")]
    assert model_answers
    assert criteria
    for page in (pages["blank"], pages["exits"], pages["cheat-always-equal"]):
        assert "Traceback" not in page
        assert "autograder" not in page
        for text in [*model_answers, *(line.split("] ", 1)[1][:40] for line in criteria)]:
            assert text not in page
        for key in ("73856", "138357544", "231211008"):
            assert key not in page


def test_feedback_escapes_what_a_student_wrote(sample_course):
    notebook = nbformat.v4.new_notebook()
    hostile = "<script>alert(1)</script><svg onload=x>"
    title = nbformat.v4.new_markdown_cell("## Write `median(<svg>)` <svg onload=y>")
    title.metadata["nbgrader"] = {"grade_id": "q-statement", "locked": True}
    answer = nbformat.v4.new_markdown_cell(hostile)
    answer.metadata["nbgrader"] = {
        "grade": True,
        "solution": True,
        "locked": False,
        "grade_id": "q",
        "points": 1,
        "score": 0,
    }
    notebook.cells = [title, answer]
    about = {"assignment": "a", "score": 0, "max_score": 1, "late_penalty": 1}
    about |= {"who": hostile, "late": hostile}
    assert Page(notebook, about).questions[0].answers == [hostile]
    from jinja2 import Environment, PackageLoader

    from autograder.notebooks.feedback import ticks

    environment = Environment(loader=PackageLoader("autograder.notebooks"), autoescape=True)
    environment.filters["ticks"] = ticks
    html = environment.get_template("feedback.html.j2").render(page=Page(notebook, about))
    assert "<svg" not in html
    assert "<script" not in html
    assert html.count("&lt;svg onload=x&gt;") == 3, "the answer, whose it is, and how late"
    assert "<h2>Write <code>median(&lt;svg&gt;)</code> &lt;svg onload=y&gt;</h2>" in html
    assert ticks("`<b>` & `x`") == "<code>&lt;b&gt;</code> &amp; <code>x</code>"
    assert ticks("one *and* two") == "one <em>and</em> two"
    assert ticks("`f(*a, *b)` is 2*3*4, a * b * c") == "<code>f(*a, *b)</code> is 2*3*4, a * b * c"


@pytest.mark.parametrize(
    ("beside_code", "beside_marks", "shown"),
    [
        ("The first copy was right.", None, "The first copy was right."),
        ("No response.", "Half a point for the idea.", "Half a point for the idea."),
        ("Nearly.", "See me.", "Nearly. See me."),
        (None, None, ""),
    ],
)
def test_what_a_person_writes_beside_code_is_on_the_page(beside_code, beside_marks, shown):
    """Formgrader has a box beside the code, and one beside the cell with the points."""
    code, judged = nbformat.v4.new_code_cell("x = 1"), nbformat.v4.new_code_cell("hand_in(x)")
    code.metadata["nbgrader"] = {"solution": True, "grade_id": "q-answer", "comment": beside_code}
    judged.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": "q",
        "points": 2,
        "score": 1,
        "comment": beside_marks,
    }
    notebook = nbformat.v4.new_notebook(cells=[code, judged])
    page = Page(notebook, {"assignment": "a", "score": 1, "max_score": 2})
    assert [part.comment for part in page.questions] == [shown]


# --- nbgrader's own ways ------------------------------------------------------------------------


def _everything(course, names):
    """All that nbgrader's tables hold of these students, and the autograded files."""
    with course.gradebook() as gradebook:
        rows = {
            name: {
                "submission": (submission.timestamp, submission.extension, submission.duedate),
                "person": (submission.student.first_name, submission.student.email),
                "penalty": notebook.late_submission_penalty,
                "score": (notebook.score, notebook.max_score, notebook.needs_manual_grade),
                "grades": {
                    g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade)
                    for g in notebook.grades
                },
                "comments": {c.name: (c.auto_comment, c.comment) for c in notebook.comments},
            }
            for name in names
            for submission in [gradebook.find_submission(sample.ASSIGNMENT, name)]
            for notebook in submission.notebooks
        }
    folder = Path(course.coursedir.autograded_directory)
    files = {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for name in names
        for path in (folder / name).rglob("*")
        if path.is_file()
    }
    return rows, files


def test_stock_nbgrader_autograde_gives_the_same_gradebook(sample_course, tmp_path, root):
    """A class with a wrecked notebook in the middle, through `nbgrader autograde` itself."""
    names = ["cheat-input-transformer", "grade-cell-twice", "mistake-no-bias", "right-as-array"]
    folder = tmp_path / "course"
    for name in names:
        shutil.copytree(
            f"{sample_course.coursedir.submitted_directory}/{name}", folder / "submitted" / name
        )
    wreck = folder / "submitted" / "hopeless" / sample.ASSIGNMENT
    wreck.mkdir(parents=True)
    (wreck / f"{sample.ASSIGNMENT}.ipynb").write_bytes(b"\xff{not json")
    course = Course(folder)
    course.register(sample.ASSIGNMENT)
    command = [sys.executable, "-m", "nbgrader", "autograde", sample.ASSIGNMENT]
    done = subprocess.run(
        command, cwd=root, env=course.environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    stock, ours = (gradebook_of(c, sample.ASSIGNMENT) for c in (course, sample_course))
    assert {name: stock[name] for name in names} == {name: ours[name] for name in names}
    rows, files = _everything(course, [*names, "hopeless"])
    assert {grade[0] for grade in stock["hopeless"].values()} <= {0, None}

    # The command line's own writer leaves the same behind: every row and every file.
    (course.folder / "gradebook.db").unlink()
    shutil.rmtree(course.folder / "autograded")
    shutil.rmtree(course.folder / "results")
    pipeline.grade(course, sample.ASSIGNMENT, workers=1)
    assert _everything(course, [*names, "hopeless"]) == (rows, files)
