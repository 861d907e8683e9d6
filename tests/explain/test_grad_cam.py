"""Claims about Grad-CAM: right on a case by hand, on every kind of model, and never NaN."""

import numpy as np
import pytest

from convbook import explain

pytestmark = pytest.mark.keras
RNG = np.random.default_rng(7)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def functional(keras):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((12, 12, 3))
    x = keras.layers.Conv2D(5, 3, activation="relu", name="first")(inputs)
    x = keras.layers.Conv2D(4, 3, activation="relu", name="second")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(3, name="logits")(x))


@pytest.fixture(scope="module")
def images():
    return RNG.random((4, 12, 12, 3), dtype=np.float32)


def by_hand(model, images, index):
    """With global average pooling and one dense layer the weights are the dense layer's over Z."""
    x = np.asarray(model.layers[1](images))
    maps = np.asarray(model.layers[2](x))
    weights = model.get_layer("logits").get_weights()[0][:, index].T / maps[0, ..., 0].size
    raw = np.maximum((maps * weights[:, None, None, :]).sum(-1), 0)
    return raw / (raw.max(axis=(1, 2), keepdims=True) + explain.TINY)


def test_map_of_the_last_layer_is_the_dense_weights_over_z(functional, images):
    index = explain.logits(functional, images).argmax(axis=1)
    got = explain.grad_cam(functional, images)
    np.testing.assert_allclose(got, by_hand(functional, images, index), atol=1e-5)


def test_one_class_for_all_and_one_for_each(functional, images):
    same = explain.grad_cam(functional, images, class_index=2)
    each = explain.grad_cam(functional, images, class_index=[2, 2, 2, 2])
    np.testing.assert_array_equal(same, each)
    np.testing.assert_allclose(same, by_hand(functional, images, np.full(4, 2)), atol=1e-5)


def test_sequential_nested_and_softmax_models_give_the_same_map(keras, functional, images):
    wanted = explain.grad_cam(functional, images, "second")
    sequential = keras.Sequential([keras.Input((12, 12, 3)), *functional.layers[1:]])
    np.testing.assert_allclose(explain.grad_cam(sequential, images, "second"), wanted, atol=1e-5)
    inputs = keras.Input((12, 12, 3))
    nested = keras.Model(inputs, functional(inputs))
    np.testing.assert_allclose(explain.grad_cam(nested, images, "second"), wanted, atol=1e-5)
    twice = keras.Sequential([keras.Input((12, 12, 3)), nested, keras.layers.Softmax()])
    np.testing.assert_allclose(explain.grad_cam(twice, images, "second"), wanted, atol=1e-5)


def test_saturated_softmax_still_has_a_map(keras, images):
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([abs(kernel) * [1e4, 1, 1], bias])
    assert np.asarray(model(images))[:, 0].min() == 1.0
    assert explain.grad_cam(model, images).max() > 0.99
    assert np.asarray(model(images))[:, 0].min() == 1.0, "the model must be left as it was"


def test_any_convolutional_layer_can_be_asked(functional, images):
    assert explain.grad_cam(functional, images, "first").shape == (4, 10, 10)
    layer = functional.get_layer("first")
    assert explain.grad_cam(functional, images, layer).shape == (4, 10, 10)
    assert explain.feature_layers(functional)[-2:] == ["first", "second"]


def test_dead_map_is_zero_and_not_nan(keras, images):
    model = keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            keras.layers.Conv2D(2, 3, activation="relu", bias_initializer="ones"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(2),
        ]
    )
    model.layers[0].set_weights([np.zeros((3, 3, 3, 2)), np.full(2, -1.0)])
    heat = explain.grad_cam(model, images)
    assert (heat == 0).all()
    assert not np.signbit(heat).any()
    model.layers[0].set_weights([np.zeros((3, 3, 3, 2)), np.ones(2)])
    model.layers[-1].set_weights([np.full((2, 2), -1.0), np.zeros(2)])
    assert (explain.grad_cam(model, images) == 0).all()


def test_map_does_not_change_with_the_scale_of_the_logits(functional, images):
    before = explain.grad_cam(functional, images, class_index=1)
    dense = functional.get_layer("logits")
    kernel, bias = dense.get_weights()
    dense.set_weights([kernel * 7, bias])
    after = explain.grad_cam(functional, images, class_index=1)
    dense.set_weights([kernel, bias])
    np.testing.assert_allclose(after, before, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"images": np.zeros((12, 12, 3))}, r"images\[None\]"),
        ({"images": np.zeros((1, 3, 12, 12))}, r"expects \(None, 12, 12, 3\)"),
        ({"layer": "conv5_block3_out"}, "no layer 'conv5_block3_out'.*first, second"),
        ({"layer": "logits"}, "no feature maps"),
        ({"class_index": 3}, "outside 0 to 2"),
        ({"class_index": "rust"}, "expected a whole number, or one for each of 4 images"),
        ({"class_index": 1.7}, "expected a whole number"),
        ({"class_index": [0, 1, 2]}, "expected a whole number, or one for each of 4 images"),
        ({"images": np.zeros((1, 3, 12, 12))}, r"first here: np.moveaxis\(images, 1, -1\)"),
        ({"images": np.full((1, 12, 12, 3), np.nan)}, "432 numbers that are NaN"),
        ({"output": "nose"}, "no output 'nose'"),
    ],
)
def test_mistakes_are_explained(functional, images, arguments, message):
    arguments = {"images": images} | arguments
    with pytest.raises(ValueError, match=message):
        explain.grad_cam(functional, **arguments)


def test_peak_lands_on_the_brightest_place():
    maps = np.zeros((1, 4, 4), np.float32)
    maps[0, 1, 2] = 1
    ((row, column),) = explain.peaks(maps, (32, 32))
    assert 8 <= row < 16
    assert 16 <= column < 24


def test_enlarging_a_constant_keeps_it_and_stays_between_the_values():
    maps = RNG.random((3, 5, 4), dtype=np.float32)
    large = explain.upsample(maps, (23, 31))
    assert large.shape == (3, 23, 31)
    assert large.min() >= maps.min() - 1e-6
    assert large.max() <= maps.max() + 1e-6
    np.testing.assert_allclose(explain.upsample(np.full((1, 3, 3), 0.4), (9, 9)), 0.4, atol=1e-6)


def test_the_finer_map_of_a_mirrored_picture_is_mirrored(functional, images):
    chosen = [0, 1, 2, 0]
    finer = explain.finer_grad_cam(functional, images, class_index=chosen)
    assert finer.shape == (4, 12, 12)
    mirrored = explain.finer_grad_cam(functional, images[:, :, ::-1], class_index=chosen)
    np.testing.assert_allclose(mirrored, finer[:, :, ::-1], atol=1e-5)


def test_the_finer_map_finds_a_spot_that_is_smaller_than_a_cell(keras):
    """One convolution of 4 × 4 ones with stride 4 knows only in which cell a bright pixel lies."""
    inputs = keras.Input((24, 24, 1))
    x = keras.layers.Conv2D(1, 4, 4, kernel_initializer="ones", name="cells")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(x))
    pictures = np.zeros((2, 24, 24, 1), np.float32)
    pictures[0, 8, 8], pictures[1, 11, 11] = 1, 1  # opposite corners of one cell
    plain = explain.peaks(explain.grad_cam(model, pictures), (24, 24))
    np.testing.assert_array_equal(*plain)
    first, second = explain.peaks(explain.finer_grad_cam(model, pictures, shift=2), (24, 24))
    assert (first < second).all()


def test_the_finer_map_of_nothing_is_zero_and_a_wrong_shift_is_refused(keras, functional, images):
    nothing = explain.finer_grad_cam(functional, np.zeros_like(images), class_index=0)
    np.testing.assert_array_equal(nothing, 0)
    with pytest.raises(ValueError, match="expected 1 to 11 pixels"):
        explain.finer_grad_cam(functional, images, shift=12)


def test_pointing_game_counts_hits_and_refuses_empty_masks():
    maps = np.zeros((2, 4, 4), np.float32)
    maps[:, 0, 0] = 1
    masks = np.zeros((2, 16, 16), bool)
    masks[0, :6, :6] = True
    masks[1, 10:, 10:] = True
    assert explain.pointing_game(maps, masks).tolist() == [True, False]
    # The second peak, at (0, 0), is 10·√2 ≈ 14.1 pixels from its mask.
    assert explain.pointing_game(maps, masks, tolerance=14).tolist() == [True, False]
    assert explain.pointing_game(maps, masks, tolerance=15).tolist() == [True, True]
    assert explain.pointing_baselines(masks)["centre"] == 0.0
    assert explain.pointing_baselines(masks, tolerance=3)["centre"] == 0.5
    assert explain.pointing_baselines(masks)["random point"] == pytest.approx(36 / 256)
    with pytest.raises(ValueError, match="nothing to point at"):
        explain.pointing_game(maps, np.zeros((2, 16, 16), bool))


def test_overlay_is_a_picture_and_says_when_given_a_batch():
    image = RNG.integers(0, 256, (32, 32, 3), dtype=np.uint8)
    out = explain.overlay(image, np.eye(8))
    assert out.shape == image.shape
    assert out.dtype == np.uint8
    assert explain.overlay(image[..., :1], np.eye(8)).shape == (32, 32, 3)
    with pytest.raises(ValueError, match=r"take \[i\] of a batch"):
        explain.overlay(image[None], np.eye(8))


def test_calibration_of_a_network_that_is_always_sure_and_half_right():
    logits = np.tile([[50.0, 0.0]], (10, 1))
    labels = np.arange(10) % 2
    assert explain.calibration(logits, labels)["expected_calibration_error"] == pytest.approx(0.5)
    even = np.zeros((10, 2))
    assert explain.calibration(even, labels)["expected_calibration_error"] == pytest.approx(0.0)
