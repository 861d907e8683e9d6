"""Claims about the networks that come with the book: small, as good as their cards say."""

import json

import numpy as np
import pytest

from convbook import explain
from convbook.models import pretrained

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("name", ["pocket-net-cifar10", "leaf-net"])
def test_card_says_how_the_network_was_made(name):
    card = pretrained.card(name)
    assert {"data", "split", "recipe", "hardware", "epochs", "test", "confusion"} <= set(card)
    assert {"seed", "epochs", "flip", "shift"} <= set(card["recipe"])
    confusion = np.array(card["confusion"])
    test = card["test"]
    assert confusion.sum() == test["pictures"]
    assert confusion.sum() - np.trace(confusion) == test["errors"]
    assert test["accuracy"] == pytest.approx(1 - test["errors"] / test["pictures"], abs=1e-4)


def test_pocket_net_reaches_ninety_percent_and_fits_in_700_kb():
    assert pretrained.card("pocket-net-cifar10")["test"]["accuracy"] >= 0.90
    path = pretrained.WEIGHTS / "pocket-net-cifar10.npz"
    assert path.stat().st_size <= 700_000
    with np.load(path) as archive:
        assert {archive[key].dtype for key in archive.files} == {np.dtype(np.float16)}


def test_kernels_with_their_scale_and_bias_compute_what_the_network_computes():
    """Batch norm goes into the convolution: checked on the stem, for any picture."""
    net = pretrained.load("pocket-net-cifar10")
    kernel, scale, bias = pretrained.folded("pocket-net-cifar10")["stem"]
    image = np.random.default_rng(0).random((1, 32, 32, 3), dtype=np.float32)
    import keras

    stem = keras.Model(net.inputs, net.get_layer("stem_bn").output)
    padded = np.pad(4 * image[0] - 2, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    by_hand = scale * np.einsum("yxchw,hwco->yxo", windows, kernel) + bias
    np.testing.assert_allclose(np.asarray(stem(image))[0], by_hand, atol=1e-3)


def test_grad_cam_of_the_leaf_net_points_at_lesions():
    from convbook.data import load
    from convbook.models.training import unit

    unseen = load("leaves", train=1, test=640, seed=500, quiet=True)
    masks = unseen.extra["masks_test"]
    sick = np.flatnonzero(masks.any(axis=(1, 2)))[:500]
    net = pretrained.load("leaf-net")
    plain, finer = (
        np.concatenate(
            [
                look(net, unit(unseen.x_test[i]), "relu3", class_index=unseen.y_test[i])
                for i in np.array_split(sick, 5)
            ]
        )
        for look in (explain.grad_cam, explain.finer_grad_cam)
    )
    assert explain.pointing_game(plain, masks[sick]).mean() >= 0.85
    # Two pixels are half a cell of the 16×16 map: one map cannot say more exactly.
    assert explain.pointing_game(plain, masks[sick], tolerance=2).mean() >= 0.95
    assert explain.pointing_game(finer, masks[sick]).mean() >= 0.90
    assert max(explain.pointing_baselines(masks[sick], tolerance=2).values()) < 0.4


def test_an_unknown_network_lists_the_known_ones():
    with pytest.raises(ValueError, match="leaf-net, pocket-net-cifar10"):
        pretrained.load("vgg")


def test_every_record_says_on_what_it_was_trained_and_what_it_scored(root):
    for path in (root / "runs").glob("*.json"):
        record = json.loads(path.read_text())
        assert {"data", "recipe", "parameters", "epochs", "test"} <= set(record), path.name
        assert 0 < record["test"]["accuracy"] <= 1


@pytest.mark.data
def test_pocket_net_scores_what_its_card_says():
    assert pretrained.main(["pocket-net-cifar10"]) == 0
