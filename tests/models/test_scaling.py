"""Images are scaled once: what is in [0, 1] stays, what is on another scale is refused."""

import numpy as np
import pytest

from convbook import explain
from convbook.models.in_numpy import as_batch
from convbook.models.training import unit

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_whole_numbers_are_divided_by_255(dtype):
    np.testing.assert_array_equal(unit(IMAGES.astype(dtype)), IMAGES / np.float32(255))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_what_is_scaled_already_is_not_scaled_again(dtype):
    scaled = (IMAGES / 255).astype(dtype)
    np.testing.assert_allclose(unit(scaled), scaled)
    np.testing.assert_array_equal(unit(unit(IMAGES)), unit(IMAGES))
    np.testing.assert_allclose(as_batch(scaled), as_batch(IMAGES), atol=1e-3)


def test_black_images_masks_and_no_images_are_no_trouble():
    assert unit(np.zeros((2, 4, 4, 1), np.uint8)).max() == 0
    assert unit(np.ones((2, 4, 4, 1), bool)).max() == 1
    assert unit(IMAGES[:0]).shape == (0, 8, 8, 3)


def test_rounding_is_no_other_scale():
    unit(np.array([[-1e-7, 1 + 1e-6]]))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_scaled_images_that_were_rounded_to_whole_numbers_are_named(dtype):
    with pytest.raises(ValueError, match=r"hold 0 and 1 alone.*as bool"):
        unit((IMAGES / 255).round().astype(dtype))
    with pytest.raises(ValueError, match="expected an array of numbers"):
        unit(IMAGES.astype(str))


@pytest.mark.parametrize(
    "wrong",
    [IMAGES.astype(np.float32), IMAGES / 127.5 - 1, IMAGES.astype(int) - 128, IMAGES * np.nan],
    ids=["floats to 255", "floats from -1", "whole numbers below 0", "NaN"],
)
def test_another_scale_is_named(wrong):
    for scale in (unit, as_batch):
        with pytest.raises(ValueError, match="expected whole numbers from 0 to 255, or floats"):
            scale(wrong)


def test_an_overlay_shows_the_same_image_on_either_scale():
    heat = np.eye(4)
    once, again = (explain.overlay(image, heat) for image in (IMAGES[0], IMAGES[0] / 255))
    assert np.abs(once.astype(int) - again).max() <= 1
    with pytest.raises(ValueError, match="as it was before it was scaled for the network"):
        explain.overlay(IMAGES[0] / 127.5 - 1, heat)


@pytest.mark.keras
def test_accuracy_and_features_are_the_same_on_either_scale():
    from convbook.models import pretrained, transfer
    from convbook.models.training import predict_logits, score

    net = pretrained.load("pocket-net-cifar10")
    images = RNG.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    np.testing.assert_allclose(
        predict_logits(net, images), predict_logits(net, images / 255), atol=1e-4
    )
    np.testing.assert_allclose(
        transfer.features(net, images), transfer.features(net, images / 255), atol=1e-4
    )
    assert predict_logits(net, images[:0]).shape == (0, 10)
    assert transfer.features(net, images[:0]).shape == (0, 64)
    with pytest.raises(ValueError, match="no images"):
        score(net, images[:0], [])
