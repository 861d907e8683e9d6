"""What a regrade says and writes down, without marking anybody."""

import csv
from types import SimpleNamespace

from autograder.run import regrading
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


def test_the_log_says_what_was_recorded_and_nothing_of_what_failed(tmp_path, monkeypatch):
    recorded = [Outcome("asha", "scored"), Outcome("bo", "failed", reason="the disk is full")]
    monkeypatch.setattr(regrading.recording, "record", lambda course, name, outcomes: recorded)
    rules = []
    course = SimpleNamespace(
        folder=tmp_path,
        settings=SimpleNamespace(resubmissions="last"),
        job=lambda name: SimpleNamespace(rules="new"),
        store=lambda name: SimpleNamespace(set_rules=rules.append),
    )
    found = [Change("asha", "dot", 1.0, 3.0), Change("bo", "dot", 2.0, 3.0)]
    assert regrading.record(course, "vectors", found, [], "a mended key") == recorded
    with (tmp_path / "regrades.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    del row["when"]
    assert row == {
        "assignment": "vectors",
        "student": "asha",
        "question": "dot",
        "before": "1",
        "after": "3",
        "why": "a mended key",
    }
    assert rules == ["new"]
