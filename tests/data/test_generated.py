"""Claims about the generated sets: seeded, honest, far from what a linear model can do."""

import numpy as np
import pytest
from scipy import ndimage

from convbook.data import leaves, load, numerals, signs, watermark

GENERATED = ("leaves", "signs", "numerals")


@pytest.mark.parametrize("name", GENERATED)
def test_same_seed_same_pictures(name):
    first, second = (load(name, train=24, test=12, seed=5, quiet=True) for _ in range(2))
    np.testing.assert_array_equal(first.x_train, second.x_train)
    other = load(name, train=24, test=12, seed=6, quiet=True)
    assert (first.x_train != other.x_train).any()


@pytest.mark.parametrize("name", GENERATED)
def test_train_and_test_share_no_picture(name):
    dataset = load(name, train=60, test=60, quiet=True)
    train = {image.tobytes() for image in dataset.x_train}
    assert len(train) == 60
    assert not train & {image.tobytes() for image in dataset.x_test}


@pytest.mark.parametrize("name", GENERATED)
def test_classes_are_balanced_and_pictures_use_the_range(name):
    dataset = load(name, train=240, test=24, quiet=True)
    counts = np.bincount(dataset.y_train, minlength=len(dataset.classes))
    assert counts.max() - counts.min() <= 1
    assert dataset.x_train.dtype == np.uint8
    assert dataset.x_train.max() > 220
    assert dataset.x_train.min() < 30


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("count", [0, -3, 2.5])
def test_counts_must_be_whole_and_positive(name, count):
    with pytest.raises(ValueError, match="whole number of at least 1"):
        load(name, train=count, quiet=True)


def test_lesions_cover_less_than_a_tenth_of_the_picture():
    dataset = load("leaves", train=1, test=360, quiet=True)
    masks, labels = dataset.extra["masks_test"], dataset.y_test
    assert not masks[labels == 0].any()
    assert masks[labels > 0].mean() < 0.10
    for disease in range(1, len(leaves.CLASSES)):
        share = masks[labels == disease].any(axis=(1, 2)).mean()
        assert share > 0.95, leaves.CLASSES[disease]


def test_masks_mark_the_brown_of_leaf_spots():
    labels = np.full(40, leaves.CLASSES.index("leaf spot"))
    pictures, masks = leaves.generate(labels, np.random.default_rng(3), 64)
    around = ndimage.binary_dilation(masks, iterations=4, axes=(1, 2)) & ~masks
    redness = pictures[..., 0].astype(float) - pictures[..., 1]
    assert redness[masks].mean() > redness[around].mean() + 20


def test_at_least_ten_signs_and_five_diseases():
    assert len(signs.CLASSES) >= 10
    assert len(leaves.CLASSES) - 1 >= 5
    assert "".join(numerals.CLASSES) == "०१२३४५६७८९"


def test_left_and_right_curve_mirror_each_other():
    x, y = np.meshgrid(np.linspace(-1, 1, 33), np.linspace(-1, 1, 33))
    left = list(signs.SIGNS["left-hand curve"](x, y))
    right = list(signs.SIGNS["right-hand curve"](x, y))
    for (_, a), (_, b) in zip(left, right, strict=True):
        np.testing.assert_allclose(a, b[:, ::-1], atol=1e-9)


def test_pen_passes_through_every_point_of_a_numeral():
    way = numerals.WAYS[4][0]
    path = numerals._path(way)
    (stroke,) = numerals._strokes(way)
    gap = np.hypot(*(path[:, None] - stroke[None]).transpose(2, 0, 1)).min(axis=0)
    assert len(path) == numerals.POINTS
    assert gap.max() < 0.05


def test_stamp_marks_a_corner_and_says_where():
    pictures = np.full((20, 64, 64, 3), 90, np.uint8)
    marked, masks = watermark.stamp(pictures, np.random.default_rng(0))
    changed = (marked != pictures).any(axis=-1)
    assert (changed & ~masks).sum() == 0
    assert (changed.sum(axis=(1, 2)) == watermark.MARK.sum()).all()
    assert not masks[:, 20:44, 20:44].any()
    assert (pictures == 90).all()


def test_stamp_refuses_pictures_that_are_too_small():
    with pytest.raises(ValueError, match="too small"):
        watermark.stamp(np.zeros((1, 16, 16, 3), np.uint8), np.random.default_rng(0))
