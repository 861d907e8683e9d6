"""Claims about what the projects and the transfer page share."""

import numpy as np
import pytest

from convbook.data.sheet import contact_sheet
from convbook.models import project, transfer


def test_few_per_class_takes_as_many_of_each_and_says_when_it_cannot():
    labels = np.repeat([0, 1, 2], [5, 9, 20])
    chosen = transfer.few_per_class(labels, 5)
    assert np.bincount(labels[chosen]).tolist() == [5, 5, 5]
    assert len(set(chosen)) == 15
    with pytest.raises(ValueError, match="class 0 has 5 pictures; 6 are asked for"):
        transfer.few_per_class(labels, 6)


def test_report_counts_recall_and_precision_by_hand():
    logits = np.array([[2, 0], [2, 0], [0, 2], [2, 0]], float)
    report = project.report(logits, np.array([0, 0, 1, 1]), ("a", "b"))
    assert report["confusion"].tolist() == [[2, 0], [1, 1]]
    assert report["accuracy"] == 0.75
    assert report["recall"].tolist() == [1.0, 0.5]
    assert report["precision"] == pytest.approx([2 / 3, 1.0])


def test_surest_errors_are_errors_and_come_in_order():
    logits = np.array([[9, 0], [3, 0], [0, 5], [6, 0]], float)
    assert project.surest_errors(logits, np.array([1, 1, 1, 0]), 5).tolist() == [0, 1]


def test_contact_sheet_has_a_row_for_every_class():
    images = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 1), np.uint8)
    sheet = contact_sheet(images, np.array([0, 1, 0, 1, 0]), columns=3)
    assert sheet.shape == (4, 6, 3)
    assert sheet[0, ::2, 0].tolist() == [0, 2, 4]
    assert sheet[2, ::2, 0].tolist() == [1, 3, 255]
    with pytest.raises(ValueError, match=r"\(N, H, W, C\)"):
        contact_sheet(images[0], [0])
