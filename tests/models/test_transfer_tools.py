"""Claims about what the transfer page and the contact sheets do."""

import numpy as np
import pytest

from convbook.data.sheet import contact_sheet
from convbook.models import transfer


def test_few_per_class_takes_as_many_of_each_and_says_when_it_cannot():
    labels = np.repeat([0, 1, 2], [5, 9, 20])
    chosen = transfer.few_per_class(labels, 5)
    assert np.bincount(labels[chosen]).tolist() == [5, 5, 5]
    assert len(set(chosen)) == 15
    with pytest.raises(ValueError, match="class 0 has 5 pictures; 6 are asked for"):
        transfer.few_per_class(labels, 6)


def test_contact_sheet_has_a_row_for_every_class():
    images = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 1), np.uint8)
    sheet = contact_sheet(images, np.array([0, 1, 0, 1, 0]), columns=3)
    assert sheet.shape == (4, 6, 3)
    assert sheet[0, ::2, 0].tolist() == [0, 2, 4]
    assert sheet[2, ::2, 0].tolist() == [1, 3, 255]
    with pytest.raises(ValueError, match=r"\(N, H, W, C\)"):
        contact_sheet(images[0], [0])


def test_the_test_images_measure_once_and_take_no_part_in_training(monkeypatch):
    seen = []
    monkeypatch.setattr(transfer, "train", lambda model, recipe, data, report: seen.extend(data))
    monkeypatch.setattr(transfer, "score", lambda model, x, y: {"accuracy": (x, y)})
    assert transfer.trained("net", "x", "y", "x test", "y test", epochs=1, rate=0.1) == (
        "x test",
        "y test",
    )
    assert seen == ["x", "y"]
