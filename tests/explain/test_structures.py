"""Nested models, several heads, missing axes, no images: the right map, or a sentence."""

import gc
import weakref

import numpy as np
import pytest

from convbook import explain
from convbook.explain import graph

pytestmark = pytest.mark.keras
keras = pytest.importorskip("keras")
L = keras.layers
IMAGES = np.random.default_rng(0).random((2, 12, 12, 3), dtype=np.float32)


def trunk(name, channels=3):
    return keras.Sequential(
        [keras.Input((12, 12, channels)), L.Conv2D(4, 3, name="conv"), L.ReLU(name="relu")],
        name=name,
    )


@pytest.fixture(scope="module")
def two_trunks():
    """Two nested models whose layers have the same names."""
    keras.utils.set_random_seed(0)
    image = keras.Input((12, 12, 3))
    left, right = trunk("left")(image), trunk("right")(image)
    pooled = L.GlobalAveragePooling2D(name="pooled")(L.Concatenate(name="both")([left, right]))
    return keras.Model(image, L.Dense(3, name="logits")(pooled), name="siamese")


@pytest.fixture(scope="module")
def two_heads():
    keras.utils.set_random_seed(0)
    image = keras.Input((12, 12, 3))
    h = L.Conv2D(4, 3, name="shared")(image)
    aside = L.GlobalAveragePooling2D()(L.Conv2D(2, 3, name="only_b")(h))
    a, b = L.Dense(3, name="a")(L.GlobalAveragePooling2D()(h)), L.Dense(2, name="b")(aside)
    return image, a, b


def test_one_name_in_two_nested_models_needs_its_path(two_trunks):
    with pytest.raises(ValueError, match=r"2 layers .* called 'relu': left/relu, right/relu"):
        explain.grad_cam(two_trunks, IMAGES, "relu")
    maps = [explain.grad_cam(two_trunks, IMAGES, f"{side}/relu") for side in ("left", "right")]
    assert np.abs(maps[0] - maps[1]).max() > 0.1
    layer = two_trunks.get_layer("left").get_layer("relu")
    np.testing.assert_array_equal(explain.grad_cam(two_trunks, IMAGES, layer), maps[0])
    np.testing.assert_array_equal(explain.grad_cam(two_trunks, IMAGES, "left"), maps[0])


def test_every_layer_that_is_offered_gives_a_map(two_trunks, two_heads):
    image, a, b = two_heads
    nested = keras.Sequential(
        [keras.Input((12, 12, 3)), L.Rescaling(2.0), L.RandomFlip(), two_trunks, L.Softmax()]
    )
    fully = keras.Sequential([keras.Input((None, None, 3)), trunk("any", 3)])
    fully.add(L.GlobalAveragePooling2D())
    flattening = keras.Sequential([keras.Input((12, 12, 3)), L.Conv2D(4, 12), L.Flatten()])
    for model in (two_trunks, nested, fully, keras.Model(image, a)):
        names = explain.feature_layers(model)
        assert names
        assert len(set(names)) == len(names)
        for name in names:
            assert explain.grad_cam(model, IMAGES, name).shape[0] == 2, name
    assert "only_b" not in explain.feature_layers(keras.Model(image, [a, b]), output="a")
    assert explain.feature_layers(flattening) == [], "one position is no map"


def test_a_head_is_chosen_by_name_or_number_and_only_where_there_are_several(two_heads):
    image, a, b = two_heads
    wanted = explain.grad_cam(keras.Model(image, a), IMAGES, "shared")
    heads = {
        "list": (keras.Model(image, [a, b]), "a", 0),
        "dictionary": (keras.Model(image, {"first": a, "second": b}), "first", 0),
    }
    for model, name, number in heads.values():
        for output in (name, number, np.int64(number)):
            got = explain.grad_cam(model, IMAGES, "shared", output=output)
            np.testing.assert_allclose(got, wanted, atol=1e-6)
        with pytest.raises(ValueError, match="2 outputs; choose one: output="):
            explain.grad_cam(model, IMAGES)
        with pytest.raises(ValueError, match="no output 'nose'"):
            explain.logits(model, IMAGES, output="nose")
    with pytest.raises(ValueError, match=r"outputs of .* are nested \(both hold several\)"):
        explain.grad_cam(keras.Model(image, {"both": [a, b]}), IMAGES)
    with pytest.raises(ValueError, match="no output 'nose'"):
        explain.logits(
            keras.Sequential([keras.Input((12, 12, 3)), L.Flatten()]), IMAGES, output="nose"
        )
    for only in ([a], {"first": a}):
        got = explain.grad_cam(keras.Model(image, only), IMAGES, "shared")
        np.testing.assert_allclose(got, wanted, atol=1e-6)


def test_two_inputs_and_a_model_without_a_graph_are_refused_in_words(two_heads):
    image, a, _ = two_heads
    other = keras.Input((4,), name="age")
    model = keras.Model([image, other], L.Dense(3)(L.Concatenate()([a, other])))
    with pytest.raises(ValueError, match=r"2 inputs .*age.*one image input"):
        explain.grad_cam(model, [IMAGES, np.zeros((2, 4))])

    class Subclassed(keras.Model):
        def call(self, inputs):
            return inputs

    for ask in (explain.grad_cam, explain.logits):
        with pytest.raises(ValueError, match="no graph to follow: expected a functional"):
            ask(Subclassed(name="mine"), IMAGES)


def test_an_image_input_by_name_is_as_good_as_a_plain_one():
    inputs = {"image": keras.Input((12, 12, 3), name="image")}
    keras.utils.set_random_seed(0)
    pooled = L.GlobalAveragePooling2D()(L.Conv2D(4, 3)(inputs["image"]))
    model = keras.Model(inputs, L.Dense(2)(pooled))
    assert explain.grad_cam(model, IMAGES).shape == (2, 10, 10)


@pytest.mark.parametrize(
    ("channels", "shape", "advice"),
    [
        (1, (5, 12, 12), r"axis of the channels is missing: images\[..., None\]"),
        (3, (12, 12, 3), r"axis of the batch is missing: images\[None\]"),
        (1, (12, 12), r"batch and of the channels are missing: images\[None, ..., None\]"),
        (1, (12, 12, 1), r"axis of the batch is missing: images\[None\]"),
    ],
)
def test_the_advice_for_a_missing_axis_works(channels, shape, advice):
    model = keras.Sequential([trunk("any", channels), L.GlobalAveragePooling2D()])
    images = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match=advice) as told:
        explain.grad_cam(model, images)
    repaired = eval(str(told.value).split(": ")[-1], {"images": images})
    assert explain.grad_cam(model, repaired).ndim == 3


@pytest.mark.parametrize("shape", [(1, 5, 12, 12), (2, 3, 12, 12), (2, 11, 12, 3)])
def test_no_axis_is_advised_where_none_would_help(shape):
    with pytest.raises(ValueError, match="expects") as told:
        explain.grad_cam(trunk("any"), np.zeros(shape))
    assert "missing" not in str(told.value)


def test_no_images_give_no_maps(two_trunks):
    none = IMAGES[:0]
    assert explain.grad_cam(two_trunks, none).shape[0] == 0
    assert explain.hires_cam(two_trunks, none).shape[0] == 0
    assert explain.finer_grad_cam(two_trunks, none).shape == (0, 12, 12)
    assert explain.logits(two_trunks, none).shape == (0, 3)
    assert explain.occlusion(two_trunks, none, size=4).shape == (0, 3, 3)
    assert explain.peaks(np.zeros((0, 4, 4)), (8, 8)).shape == (0, 2)
    with pytest.raises(ValueError, match="no images"):
        explain.calibration(np.zeros((0, 3)), np.zeros(0, int))


def test_a_frozen_network_has_a_map_too(two_trunks):
    wanted = explain.grad_cam(two_trunks, IMAGES)
    two_trunks.trainable = False
    np.testing.assert_array_equal(explain.grad_cam(two_trunks, IMAGES), wanted)
    two_trunks.trainable = True


def test_asking_changes_nothing_in_the_model(two_trunks):
    before = [np.array(w) for w in two_trunks.get_weights()]
    nodes = [len(layer._inbound_nodes) for layer in two_trunks.layers]
    explain.grad_cam(two_trunks, IMAGES)
    explain.feature_layers(two_trunks)
    assert [len(layer._inbound_nodes) for layer in two_trunks.layers] == nodes
    for old, new in zip(before, two_trunks.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_no_activation_waits_for_the_garbage_collector(two_trunks):
    """Explaining a few hundred images in parts would otherwise need gigabytes."""
    gc.collect()
    gc.disable()
    try:
        output, calls = graph.run(two_trunks, keras.ops.convert_to_tensor(IMAGES))
        kept = [weakref.ref(call) for call in calls]
        assert len(kept) >= 5
        del output, calls
        assert [ref() for ref in kept if ref() is not None] == []
    finally:
        gc.enable()


def test_grad_cam_and_hires_cam_agree_before_average_pooling_and_differ_earlier():
    keras.utils.set_random_seed(5)
    inputs = keras.Input((12, 12, 3))
    x = L.Conv2D(4, 3, activation="relu", name="early")(inputs)
    x = L.Conv2D(4, 3, activation="relu", name="late")(x)
    model = keras.Model(inputs, L.Dense(2)(L.GlobalAveragePooling2D()(x)))
    both = (explain.grad_cam, explain.hires_cam)
    late = [look(model, IMAGES, "late", class_index=1) for look in both]
    np.testing.assert_allclose(late[0], late[1], atol=1e-5)
    early = [look(model, IMAGES, "early", class_index=1) for look in both]
    assert np.abs(early[0] - early[1]).max() > 0.05


def test_occlusion_finds_what_one_pixel_decides():
    kernel = np.zeros((36, 1), np.float32)
    kernel[2 * 6 + 4] = 3.0  # the pixel in row 2, column 4
    model = keras.Sequential([keras.Input((6, 6, 1)), L.Flatten(), L.Dense(1, use_bias=False)])
    model.layers[-1].set_weights([kernel])
    falls = explain.occlusion(model, np.ones((1, 6, 6, 1)), size=2)
    expected = np.zeros((1, 3, 3))
    expected[0, 1, 2] = 3.0
    np.testing.assert_allclose(falls, expected, atol=1e-6)
    against = explain.occlusion(model, np.ones((1, 6, 6, 1)), class_index=0, size=2)
    np.testing.assert_allclose(against, -expected, atol=1e-6)
    with pytest.raises(ValueError, match="expected a square of 1 to 6"):
        explain.occlusion(model, np.ones((1, 6, 6, 1)), size=7)
