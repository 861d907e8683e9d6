"""Images moved and turned at random keep their shape, their range and their seed."""

import numpy as np
import pytest

from convbook.data.distortion import distort

IMAGES = np.random.default_rng(0).random((5, 9, 7))


def test_nothing_is_changed_by_no_distortion():
    same = distort(IMAGES, 1, shift=0, turn=0, zoom=0, slant=0)
    np.testing.assert_allclose(same, IMAGES, atol=1e-6)


def test_one_seed_makes_the_same_images_and_another_makes_others():
    first, again, other = (distort(IMAGES, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_every_image_is_changed_in_its_own_way_and_stays_in_range():
    one = np.repeat(IMAGES[:1], 4, axis=0)
    found = distort(one, 3)
    assert found.shape == one.shape
    assert found.min() >= 0
    assert found.max() <= 1
    assert np.abs(found[0] - found[1]).max() > 0.1


def test_a_shift_moves_what_the_image_shows_down_and_to_the_right():
    images = np.zeros((1, 15, 15))
    images[0, 7, 7] = 1
    down, right = np.random.default_rng(4).uniform(-3, 3, 2)
    found = distort(images, 4, shift=3, turn=0, zoom=0, slant=0)[0]
    rows, columns = np.mgrid[:15, :15]
    assert (found * rows).sum() / found.sum() == pytest.approx(7 + down, abs=1e-4)
    assert (found * columns).sum() / found.sum() == pytest.approx(7 + right, abs=1e-4)


def test_images_with_channels_are_refused_in_words():
    with pytest.raises(ValueError, match=r"shape \(N, H, W\)"):
        distort(np.zeros((2, 8, 8, 1)), 0)
