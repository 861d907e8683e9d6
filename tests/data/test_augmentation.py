"""Augmentation by hand-worked pictures, and against libraries that do the same."""

import numpy as np
import pytest

from convbook.data.augmentation import (
    augment,
    brightness_of,
    change_contrast,
    change_saturation,
    share_in_frame,
    to_bytes,
    turn_hue,
)

LETTER = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1]], float)[..., None]


def picture(height=6, width=9, channels=3):
    return np.random.default_rng(1).random((height, width, channels))


def test_without_a_change_nothing_changes():
    np.testing.assert_allclose(augment(picture()), picture(), atol=1e-12)


def test_flips_and_half_turns_are_numpys():
    flipped = augment(LETTER, flip_horizontal=True)
    np.testing.assert_allclose(flipped, LETTER[:, ::-1], atol=1e-12)
    np.testing.assert_allclose(augment(LETTER, flip_vertical=True), LETTER[::-1], atol=1e-12)
    both = augment(picture(), flip_horizontal=True, flip_vertical=True)
    np.testing.assert_allclose(both, augment(picture(), angle=180), atol=1e-9)


def test_a_quarter_turn_is_anticlockwise():
    np.testing.assert_allclose(augment(LETTER, angle=90), np.rot90(LETTER), atol=1e-12)


@pytest.mark.parametrize("angle", [15, -40, 54])
def test_rotation_is_scikit_images(angle):
    from skimage import transform

    square = picture(24, 24)
    theirs = transform.rotate(square, angle, order=1, mode="symmetric")
    np.testing.assert_allclose(augment(square, angle=angle), theirs, atol=1e-6)


def test_a_crop_of_half_in_the_corner_shows_that_corner():
    blocks = np.kron(np.array([[0.1, 0.2], [0.3, 0.4]]), np.ones((8, 8)))[..., None]
    corner = augment(blocks, crop=0.5, crop_top=1, crop_left=0)
    np.testing.assert_allclose(corner[1:, :-1], 0.3, atol=1e-12)


def test_zooming_in_by_two_is_cropping_the_middle_half():
    np.testing.assert_allclose(augment(picture(), zoom=2), augment(picture(), crop=0.5), atol=1e-12)


def test_colours_by_hand():
    red = np.array([[[1.0, 0.0, 0.0]]])
    assert brightness_of(red)[0, 0] == pytest.approx(0.299)
    np.testing.assert_allclose(change_saturation(red, 0), np.full((1, 1, 3), 0.299))
    two = np.array([[[0.2], [0.6]]])
    np.testing.assert_allclose(change_contrast(two, 0.5), [[[0.3], [0.5]]])
    np.testing.assert_allclose(change_contrast(two, 0), [[[0.4], [0.4]]])
    np.testing.assert_allclose(augment(two, brightness=0.5), [[[0.7], [1.0]]])


def test_hue_keeps_brightness_and_goes_from_red_over_yellow_to_green():
    dull = 0.4 + 0.1 * (picture() - 0.5)
    np.testing.assert_allclose(brightness_of(turn_hue(dull, 70)), brightness_of(dull), atol=1e-6)
    np.testing.assert_allclose(turn_hue(turn_hue(dull, 50), -50), dull, atol=1e-9)
    red = np.array([[[0.6, 0.3, 0.3]]])
    assert turn_hue(red, 120).argmax() == 1
    r, g, b = turn_hue(red, 60)[0, 0]
    assert min(r, g) > b


def test_what_is_in_the_frame_is_counted_on_the_picture():
    box, size = (0.0, 0.0, 1.0, 1.0), (50, 80)
    assert share_in_frame(box, size) == 1
    assert share_in_frame(box, size, crop=0.5) == pytest.approx(0.25, abs=0.03)
    assert share_in_frame((0, 0, 0.4, 0.4), size, crop=0.5, crop_top=1, crop_left=1) == 0
    assert share_in_frame(box, size, flip_horizontal=True, zoom=0.5) == 1


def test_bytes_are_rounded():
    assert to_bytes([0, 0.5, 1]).tolist() == [0, 128, 255]


@pytest.mark.parametrize("bad", [np.zeros((3, 3)), np.zeros((3, 3, 2)), np.full((2, 2, 3), 255.0)])
def test_what_is_no_picture_is_refused_in_words(bad):
    with pytest.raises(ValueError, match=r"a picture must be|numbers must lie"):
        augment(bad)
