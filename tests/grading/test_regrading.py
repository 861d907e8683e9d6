"""What a regrade says and writes down, without marking anybody."""

import csv
import getpass
from types import SimpleNamespace

import pytest

from autograder.run import log, regrading
from autograder.run.job import Outcome
from autograder.run.regrading import Change


def test_changes_are_told_by_name_with_what_is_open():
    found = [Change("asha", "dot", None, 3.0), Change("bo", "dot", 2.5, None)]
    assert regrading.describe(found).splitlines() == [
        "The points of 2 students change:",
        "  asha  dot: open → 3",
        "  bo  dot: 2.5 → open",
    ]
    assert regrading.describe([]) == "Nothing changes."


def _course(folder, rules):
    return SimpleNamespace(
        folder=folder,
        settings=SimpleNamespace(resubmissions="last"),
        job=lambda name: SimpleNamespace(rules="new"),
        store=lambda name: SimpleNamespace(set_rules=rules.append),
    )


@pytest.fixture(autouse=True)
def no_hub(monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)


def _log(folder):
    """The log's rows, without times and names; every row has what the head names and no more."""
    rows = _rows(folder / "regrades.csv")
    assert all(row.pop("when").endswith("UTC") and None not in row for row in rows)
    assert {row.pop("by") for row in rows} == {getpass.getuser()}
    return rows


def test_the_log_says_what_was_recorded_and_nothing_of_what_failed(tmp_path, monkeypatch):
    recorded = [Outcome("asha", "scored"), Outcome("bo", "failed", reason="the disk is full")]
    monkeypatch.setattr(regrading.recording, "record", lambda course, name, outcomes: recorded)
    rules = []
    course = _course(tmp_path, rules)
    found = [Change("asha", "dot", 1.0, 3.0), Change("bo", "dot", 2.0, 3.0)]
    assert regrading.record(course, "vectors", found, [], "a mended key") == recorded
    assert _log(tmp_path) == [
        {
            "assignment": "vectors",
            "student": "asha",
            "question": "dot",
            "before": "1",
            "after": "3",
            "why": "a mended key",
        }
    ]
    assert rules == ["new"]


def test_a_regrade_that_changes_no_mark_is_logged_with_its_reason(tmp_path, monkeypatch):
    outcomes = [Outcome("asha", "scored"), Outcome("bo", "failed", reason="the disk is full")]
    monkeypatch.setattr(regrading.recording, "record", lambda course, name, outcomes: outcomes)
    course, same = _course(tmp_path, []), {"assignment": "vectors", "student": "", "before": ""}
    same |= {"question": "regrade", "after": "0 marks changed"}
    regrading.record(course, "vectors", [], outcomes, "clearer words")
    assert _log(tmp_path) == [{**same, "why": "clearer words"}]

    unrecorded = [Change("bo", "dot", 2.0, 3.0)]
    regrading.record(course, "vectors", unrecorded, outcomes, "a mended key")
    assert _log(tmp_path) == [
        {**same, "why": "clearer words"},
        {**same, "why": "a mended key"},
    ]


OLD = "when,assignment,student,question,before,after,why\r\n2026-09-10 UTC,vectors,asha,dot,1,2,"


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["as written", "as `forget` leaves it"])
def test_an_older_log_gets_the_column_and_keeps_its_rows_and_its_mode(tmp_path, mark):
    path = tmp_path / "regrades.csv"
    path.write_bytes((mark + OLD + '"häuf\nig"\r\n').encode())
    path.chmod(0o664)
    log.write(tmp_path, "vectors", [("bo", "dot", "2", "3")], "a mended key")
    earlier, later = _rows(path)
    assert (earlier["why"], earlier["by"]) == ("häuf\nig", "")
    assert (later["why"], later["by"]) == ("a mended key", getpass.getuser())
    assert path.stat().st_mode & 0o777 == 0o664


def test_a_log_saved_in_a_way_of_its_own_goes_on_as_it_is(tmp_path):
    before = (OLD + "häufig\r\n").encode("cp1252")
    (tmp_path / "regrades.csv").write_bytes(before)
    log.write(tmp_path, "vectors", [("bo", "dot", "2", "3")], "a mended key")
    after = (tmp_path / "regrades.csv").read_bytes()
    assert after.startswith(before)
    assert b"vectors,bo,dot,2,3,a mended key" in after[len(before) :]


def _rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
