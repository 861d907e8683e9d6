"""Practice in a notebook: the grader's verdict on an attempt, and silence in an examination."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.course import practising
from autograder.jail.elsewhere import QUIET
from autograder.marking.credit import Credit
from autograder.run.scoring import verdict_of
from convbook import practice

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "exercises" / "01-shapes-and-counts"
ENDLESS = "def ex22_saving(kernel_size, in_channels, out_channels):\n    while True: pass"


@pytest.fixture(autouse=True)
def practised(monkeypatch, tmp_path):
    """A learner's notebook: its folder is the current one, and its attempts are counted apart."""
    monkeypatch.delenv(QUIET)
    monkeypatch.setenv(practising.RECORD, str(tmp_path / "attempts.json"))
    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr(sys, "path", list(sys.path))


def said(capsys, question, **names):
    """What `check` prints in a notebook that holds `names`."""
    exec(f"from convbook.practice import check\ncheck({question!r})", names)
    return capsys.readouterr().out


def test_a_wrong_answer_is_told_its_mistake_by_the_grader_itself(capsys):
    text = said(capsys, "ex01", ex01_output_size=31)
    assert "ex01: 0 of 2 points (first attempt)." in text
    checker, _ = practising._find(practising._catalogue(FOLDER), "ex01")
    [message] = verdict_of(checker, practising.LocalStudent({"ex01_output_size": 31})).messages
    assert message.split(" See section")[0] in text
    assert "See section 4.4" in text


def test_a_right_answer_is_told_that_it_is_right(capsys):
    said(capsys, "ex01", ex01_output_size=31)
    assert said(capsys, "ex01", ex01_output_size=30) == "ex01: right, 2 of 2 points (attempt 2).\n"


def test_the_same_answer_again_is_no_new_attempt(capsys):
    function = "def ex22_saving(k, i, o):\n    return k"
    names = {}
    exec(function, names)
    assert "first attempt" in said(capsys, "ex22-saving", **names)
    exec("\n\n" + function, names)
    assert "first attempt" in said(capsys, "ex22-saving", **names)
    exec(function.replace("return k", "return o"), names)
    assert "attempt 2" in said(capsys, "ex22-saving", **names)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("ex01", {"ex01_output_size": ...}),
        ("ex13", {"ex13_parameters": {"fc6": None}, "ex13_total": ..., "ex13_largest": ...}),
    ],
)
def test_nothing_is_said_and_counted_while_there_is_no_answer(capsys, question, names):
    assert said(capsys, question, **names) == ""
    assert practising.attempts() == {}


def test_an_examination_says_nothing(capsys, monkeypatch):
    monkeypatch.setenv(QUIET, "1")
    assert said(capsys, "ex01", ex01_output_size=31) == ""
    assert practising.attempts() == {}


def test_below_an_answer_in_words_a_sample_appears_once_ones_own_stands_there(capsys, monkeypatch):
    practice.check("ex22-explain", written=False)
    assert capsys.readouterr().out == ""
    practice.check("ex22-explain", written=True)
    text = capsys.readouterr().out
    assert text.startswith("**A sample answer.** The depthwise step looks at the neighbours")
    assert "2. Pointwise: mixes the channels at each position" in text
    assert '   - would not do: "It makes the maps smaller."' in text
    assert "In a course, this one counts" not in text
    practice.check("ex09-explain", written=True)
    assert "In a course, this one counts" in capsys.readouterr().out
    monkeypatch.setenv(QUIET, "1")
    practice.check("ex22-explain", written=True)
    assert capsys.readouterr().out == ""


def test_nothing_is_said_where_no_checkers_are(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "ex01", ex01_output_size=31) == ""


def test_a_loop_that_never_ends_is_ended(capsys, monkeypatch):
    monkeypatch.setattr(practising, "SECONDS", 0.2)
    names = {}
    exec(ENDLESS, names)
    assert "did not finish within 0.2 seconds" in said(capsys, "ex22-saving", **names)


def test_a_question_that_is_not_there_is_named(capsys):
    assert "no question 'ex99'" in said(capsys, "ex99")


def test_credit_falls_where_a_course_wants_it(capsys, monkeypatch):
    catalogue = practising._catalogue(FOLDER)
    falling = Credit(free=1, percent_per_attempt=25, at_least_percent=50)
    monkeypatch.setattr(catalogue.beside("practice"), "CREDIT", falling)
    said(capsys, "ex01", ex01_output_size=31)
    text = said(capsys, "ex01", ex01_output_size=30)
    assert "right, 2 of 2 points (attempt 2). An attempt this late counts 75 %: 1.5." in text
    assert [falling.share(attempt) for attempt in (1, 2, 3, 4)] == [1, 0.75, 0.5, 0.5]
    assert Credit(percent_per_attempt=100).share(2) == 0
    for wrong in ({"free": 0}, {"percent_per_attempt": 101}, {"at_least_percent": -1}):
        with pytest.raises(ValueError, match="at least one attempt is free"):
            Credit(**wrong)


def test_a_record_that_is_damaged_or_cannot_be_written_stops_nobody(capsys, monkeypatch, tmp_path):
    practising.record().write_text("{")
    assert "first attempt" in said(capsys, "ex01", ex01_output_size=31)
    assert "attempt 2" in said(capsys, "ex01", ex01_output_size=30)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(practising.RECORD, str(tmp_path / "file" / "attempts.json"))
    assert "first attempt" in said(capsys, "ex01", ex01_output_size=31)


def test_a_message_of_a_widget_shows_it_at_the_case_that_it_names(monkeypatch):
    shown = []
    monkeypatch.setattr(practice, "_is_kernel", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    state = "input_size=8&kernel_size=3&stride=2&padding=0"
    practice._show(
        "Think of a row of 8 pixels. See section 4.4: "
        f"notebooks/04/04-04-stride-and-padding.html#OutputSizeCalculator?{state}"
    )
    link, folded = shown
    assert "../../notebooks/04/04-04-stride-and-padding.ipynb" in link.data
    assert folded.selected_index is None
    [widget] = folded.children
    assert (widget.input_size, widget.kernel_size, widget.stride) == (8, 3, 2)


def test_attempts_are_kept_by_course_and_question(capsys):
    said(capsys, "ex01", ex01_output_size=31)
    [(at, entry)] = json.loads(practising.record().read_text()).items()
    assert at == f"{ROOT.name}/ex01"
    assert entry["attempts"] == 1


def test_the_example_is_drawn_beside_an_answer_that_is_missing_wrong_or_fails():
    titles = ("the example", "yours")
    for yours in (lambda: None, lambda: [1, 3], lambda: 1 / 0, lambda: np.zeros((50, 50))):
        assert "svg" in practice._drawn([1, 2], yours, titles).data
