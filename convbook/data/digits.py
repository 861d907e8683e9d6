"""Handwritten digits, 8×8 grey, 1,797 of them: they come with scikit-learn."""

from __future__ import annotations

import numpy as np

from convbook.data._dataset import Dataset


def load(test: int = 360, seed: int = 0) -> Dataset:
    """Split the digits once, the same share of every class on both sides.

    The 17 grey levels 0 to 16 become 0 to 255. Who wrote which digit is not recorded, so one
    writer's digits are on both sides: a score here says nothing about new writers.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x = np.round(digits.images * (255 / 16)).astype(np.uint8)[..., None]
    y = digits.target.astype(np.int64)
    x_train, x_test, y_train, y_test = train_test_split(
        x, y, test_size=test, random_state=seed, stratify=y
    )
    provenance = (
        "UCI optical digits as they come with scikit-learn; "
        f"{len(x_train):,} to train on and {len(x_test):,} to test on, split with seed {seed}"
    )
    return Dataset(x_train, y_train, x_test, y_test, tuple("0123456789"), provenance)
