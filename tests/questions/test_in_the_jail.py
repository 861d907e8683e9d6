"""The solutions earn every point in the jail, too, where what would answer them is hidden."""

import nbformat
import pytest
from support import ROOT
from the_course import catalogue, job

from autograder.jail.asking import Sitting
from autograder.run import scoring

pytestmark = pytest.mark.jail
ASSIGNMENTS = catalogue.assignments()


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_instructors_solution_earns_every_point_in_the_jail(name):
    notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    with job(name).jail() as jail:
        result = scoring.score(notebook, catalogue.load(name), jail)
    failed = {at: run for at, run in result.runs.items() if run.error}
    assert not failed
    for question, verdict in result.verdicts.items():
        assert verdict.points == verdict.max_points, (question, verdict)


@pytest.mark.parametrize("name", [n for n in ASSIGNMENTS if n != "05-architectures"])
def test_what_would_answer_a_question_is_hidden_and_a_widget_still_shows(name):
    hidden = catalogue.module_of(name).HIDES
    widget = "from convbook.widgets import OutputSizeCalculator\nw = OutputSizeCalculator(stride=2)"
    trial = (  # a hidden call's own error tells nothing, so the function says what it met
        "def refusal(name):\n    try:\n        __import__(name)\n"
        "    except ImportError as error:\n        return str(error)\n    return ''"
    )
    number = "answer = getattr(w, 'output_size', None)\nstate = w.stride"
    with (
        job(name).jail() as jail,
        Sitting(jail, [widget, trial, number]) as sitting,
        sitting.question() as student,
    ):
        assert not [run.error for run in sitting.runs if run.error]
        assert student.get("answer") is None
        assert student.get("state") == 2
        assert student.call("refusal", "convbook.practice") == ""
        for module in (*hidden, "convbook.items"):
            assert "answers this exercise" in student.call("refusal", module)
