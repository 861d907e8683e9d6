"""The self-check scores a learner's own notebook with the grader's checkers, and is no grade."""

import re

import nbformat
import pytest
from support import ROOT
from the_course import DEFINITION, job

from autograder.cli.check import in_a_process_of_its_own
from autograder.marking import Verdict
from autograder.run import scoring, selfcheck

NAME = "08-multiple-choice"
SPLIT_BY_HASH = """
def ex23_split(photographers, test_fraction=0.25, seed=0):
    people, test = list(set(photographers)), []
    for person in people[:-1]:
        test += [i for i, who in enumerate(photographers) if who == person]
        if len(test) >= test_fraction * len(photographers):
            break
    return [i for i in range(len(photographers)) if i not in test], test
"""
HASTE = 0.5  # seconds, in the place of the grader's five
#: Right answers to the first notebook in IPython's language, and two that don't run in it either.
IN_IPYTHON = {
    "ex01": "%matplotlib inline\n?np.zeros\nnp.zeros??\n%time ex01_output_size = (64 - 5) // 2 + 1",
    "ex02": "!echo one \\\n  two\nex02_parameters = 73_856\nex02_parameters",
    "ex03": "files = !ls\nside = 56 if isinstance(files, list) and _ == 73_856 else 0\n"
    "ex03_after_convolution, ex03_after_pooling = (2 * side, 2 * side, 64), (side, side, 64)",
    "ex09_count": "ex09_weights = get_ipython().ev('1 * 1 * 512 * 64')\n"
    "ex09_parameters = ex09_weights + 64",
    "ex21": "here = %pwd\nimport asyncio\nawait asyncio.sleep(0)\n"
    "ex21_macs = await asyncio.sleep(0, 3 * 3 * 256 * 512 * 14 * 14 if here else 0)\n"
    "ex21_flops = 2 * ex21_macs",
    "ex22_count": "from multiprocessing import Pool\ndef product(pair):\n"
    "    return pair[0] * pair[1]\nwith Pool(2) as pool:\n"
    "    products = pool.map(product, [(1152, 256), (9, 128), (128, 256)])\n"
    "ex22_standard, ex22_separable = products[0], products[1] + products[2]\n"
    "ex22_ratio = ex22_standard / ex22_separable",
    "ex22_saving": "%%time\ndef ex22_saving(k, c, n):\n"
    "    return k * k * c * n / (k * k * c + c * n)",
    "ex25_symmetric": "took = %timeit -o -n 1 -r 1 1 + 1\ndef ex25_symmetric(k, dilation=1):\n"
    "    return dilation * (k - 1) // 2 if took.best >= 0 else 0",
    "ex25_reasons": "%nosuchmagic\nex25_reasons = 'bce'",
    "ex09_pointwise": "def ex09_pointwise(x, weights):\n    return weights @",
}


def notebook_with(tmp_path, assignment=NAME, **answers):
    """A students' notebook with some of its answers given; a name may get any source."""
    path = ROOT / "exercises" / assignment / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("-answer")
        name = name.replace("-", "_")
        if name in answers and cell.cell_type == "code" and not cell.metadata.nbgrader.grade:
            cell.source = answers[name]
    path = tmp_path / "my own name.ipynb"
    nbformat.write(notebook, path)
    return path


def test_points_advice_and_failed_cells_are_reported(tmp_path):
    answers = {"mcq03": 'mcq03 = "c"', "mcq04": 'mcq04 = "a"', "mcq05": "mcq05 = 1 / 0"}
    report = selfcheck.check(
        notebook_with(tmp_path, **answers), DEFINITION.catalogue, DEFINITION.library
    )
    assert report.assignment == NAME
    assert report.points == pytest.approx(2 / 3)  # a wrong choice takes a third off
    assert report.max_points == 10
    assert report.verdicts["mcq03"].points == pytest.approx(2 / 3)
    assert "AlexNet" in report.verdicts["mcq04"].messages[0]
    assert "not defined" in report.verdicts["mcq05"].messages[0]
    assert "ZeroDivisionError" in report.failures[0]
    text = report.text()
    assert selfcheck.NO_GRADE in text
    assert "0.67 of 10 points" in text


def test_an_address_stays_whole_in_the_report():
    address = "notebooks/04/04-04-stride-and-padding.html#OutputSizeCalculator?input_size=64"
    for before in ("See " * count for count in range(12)):
        verdict = Verdict(0, 1, (f"{before}{address}",))
        assert address in selfcheck.Report(NAME, {"ex01": verdict}, ()).text()


def test_jupyters_own_language_does_no_harm(tmp_path):
    path = notebook_with(tmp_path, mcq03='%time mcq03 = "c"')
    assert selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library).points == 1


def test_a_notebook_that_is_no_exercise_is_said_to_be_none(tmp_path):
    path = tmp_path / "other.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(ValueError, match="not one of the exercise notebooks"):
        selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library)


@pytest.fixture
def hasty(monkeypatch):
    """A grader of little patience."""
    monkeypatch.setattr(DEFINITION.catalogue.module_of(NAME), "SECONDS", HASTE, raising=False)


def test_a_cell_that_never_ends_costs_itself_only(tmp_path, hasty):
    path = notebook_with(tmp_path, mcq03='mcq03 = "c"', mcq05="while True: pass")
    report = selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library)
    assert report.points == 1
    assert any("did not finish within 0.5 seconds" in failure for failure in report.failures)


def test_a_call_that_never_ends_costs_its_question_only(tmp_path, monkeypatch):
    name = "09-mini-project"
    monkeypatch.setattr(DEFINITION.catalogue.module_of(name), "SECONDS", HASTE, raising=False)
    endless = "def project_confusion(truth, predicted, classes):\n    while True: pass"
    recalls = (
        "def project_recalls(counts):\n"
        "    return np.diag(counts) / np.maximum(counts.sum(axis=1), 1)"
    )
    path = notebook_with(tmp_path, name, project_confusion=endless, project_recall=recalls)
    verdicts = selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library).verdicts
    assert "did not finish" in verdicts["project-confusion"].messages[0]
    assert verdicts["project-recall"].points == 2


def test_what_can_not_be_interrupted_is_ended_with_its_process(tmp_path, capfd):
    path = notebook_with(tmp_path, mcq03="import time; time.sleep(10**6)")
    assert in_a_process_of_its_own(path, ROOT, seconds=HASTE) == 1
    assert "was not through within 0.5 seconds" in capfd.readouterr().err


def test_the_command_prints_the_report_of_that_process(tmp_path, capfd):
    path = notebook_with(tmp_path, mcq03='mcq03 = "c"')
    assert in_a_process_of_its_own(path, ROOT, seconds=600) == 0
    assert "1 of 10 points" in capfd.readouterr().out


@pytest.mark.jail
def test_a_check_says_what_the_grader_says(tmp_path):
    """Also of what works in a clone and not in the jail, and of what differs between processes."""
    name = "06-transfer-and-interpretation"
    answers = {
        "ex12": "from convbook import shapes\nex12_head_trainable, ex12_total = 1, 2",
        "ex23": "ex23_trainable, ex23_total = 10 * 2049, 23_587_712 + 10 * 2049",
        "ex23_preprocess": "import pandas\ndef ex23_preprocess(images): return images",
        "ex23_split": SPLIT_BY_HASH,
        "ex15_true": "ex15_true = 'acd'",
    }
    path = notebook_with(tmp_path, name, **answers)
    checked = selfcheck.check(path, DEFINITION.catalogue, DEFINITION.library).verdicts
    with job(name).jail() as jail:
        notebook = nbformat.read(path, as_version=4)
        graded = scoring.score(notebook, DEFINITION.catalogue.load(name), jail).verdicts
    assert {q: v.points for q, v in checked.items()} == {q: v.points for q, v in graded.items()}
    assert graded["ex23"].points == 2
    assert graded["ex23-split"].points == 2.5, "all but the same result in another process"
    assert graded["ex12"].points == 0


@pytest.mark.jail
def test_a_check_says_what_the_grader_says_of_cells_in_ipythons_language(tmp_path, capfd):
    name = "01-shapes-and-counts"
    path = notebook_with(tmp_path, name, **IN_IPYTHON)
    assert in_a_process_of_its_own(path, ROOT, seconds=600) == 0
    lines = re.findall(r"(?m)^  ([\w-]+) +([\d.]+) of [\d.]+$", capfd.readouterr().out)
    with job(name, seconds=20).jail() as jail:  # IPython and a pool take their time to load
        notebook = nbformat.read(path, as_version=4)
        graded = scoring.score(notebook, DEFINITION.catalogue.load(name), jail).verdicts
    points = {question: verdict.points for question, verdict in graded.items()}
    assert {question: float(said) for question, said in lines} == points
    full = {q for q, v in graded.items() if v.points == v.max_points}
    answered = {question.replace("_", "-") for question in IN_IPYTHON}
    assert full == answered - {"ex25-reasons", "ex09-pointwise"}
