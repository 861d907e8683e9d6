"""Claims about the networks: their counts, their shapes, and that they give logits."""

import subprocess
import sys

import numpy as np
import pytest

from convbook import models, shapes

pytestmark = pytest.mark.keras

COUNTS = {
    # name: (build, parameters, trainable ones)
    "LeNet-5, usual": (lambda: models.lenet5(), 61_706, 61_706),
    "LeNet-5, paper": (lambda: models.lenet5("paper"), 60_840, 60_000),
    "GoogLeNet": (lambda: models.googlenet(), 6_998_552, 6_998_552),
    "ResNet-20": (lambda: models.resnet(20), 274_042, 272_474),
    "section 11.1": (lambda: models.chapter_cifar10_net(), 325_418, 324_010),
    "pocket, augmented": (lambda: models.augmented_pocket_net(), 284_666, 283_418),
    "traffic signs": (lambda: models.traffic_sign_net(), 230_859, 229_195),
    "Devanagari": (lambda: models.devanagari_net(), 1_268_750, 1_268_750),
    "crop disease": (lambda: models.crop_disease_net()[0], 2_596_710, 338_214),
    "MobileNetV2": (lambda: models.mobilenet_v2(), 3_538_984, 3_504_872),
    "EfficientNet-B0": (lambda: models.efficientnet(0), 5_330_571, 5_288_548),
    "ResNet-50": (lambda: models.resnet50(), 25_636_712, 25_583_592),
}


@pytest.fixture(scope="module", autouse=True)
def forget_models():
    yield
    import keras

    keras.backend.clear_session()


@pytest.mark.parametrize("name", COUNTS)
def test_parameters_are_as_published(name):
    build, parameters, trainable = COUNTS[name]
    model = build()
    assert model.built
    assert model.count_params() == parameters
    assert models.trainable_parameters(model) == trainable


def test_a_network_is_built_without_a_word_on_standard_error():
    """On a page it would stand in a red box, between the reader and the result."""
    program = "from convbook import models; models.lenet5()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_big_classics_count_without_being_allocated():
    """AlexNet and VGG-16 hold 138 million numbers: their layers' shapes are enough."""
    from keras import StatelessScope

    with StatelessScope():
        assert _count(models.alexnet()) == 60_965_224
        assert _count(models.alexnet(grouped=False)) == 62_378_344
        assert _count(models.vgg16()) == 138_357_544


def _count(model):
    return sum(int(np.prod(w.shape)) for w in model.weights)


def test_partly_connected_layer_has_the_papers_1516_parameters():
    net = models.lenet5("paper")
    c3 = [layer for layer in net.layers if layer.name.startswith("c3_")]
    assert sum(layer.count_params() for layer in c3) == 1_516


def test_transfer_trains_its_head_and_then_twenty_layers_more():
    import keras

    base = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(224, 224, 3))
    net = models.transfer_net(base, 5)
    assert net.count_params() == 24_114_565
    assert models.trainable_parameters(net) == 526_341
    models.unfreeze_last(base, 20, batch_norm=True)
    assert models.trainable_parameters(net) == 9_457_669
    norms = [n for n in base.layers[-20:] if isinstance(n, keras.layers.BatchNormalization)]
    models.unfreeze_last(base, 20)
    frozen = sum(2 * int(norm.gamma.shape[0]) for norm in norms)
    assert models.trainable_parameters(net) == 9_457_669 - frozen


def _base(layers):
    import keras

    return keras.Sequential([keras.Input((8, 8, 3)), *layers])


def _one(kind):
    """A base whose batch norm stands on its own, in a nested model, or in one inside that."""
    import keras

    L = keras.layers
    plain = [L.Conv2D(4, 3, padding="same"), L.BatchNormalization(name="norm"), L.ReLU()]
    if kind == "on its own":
        return _base(plain)
    inner = _base(plain)
    if kind == "functional around Sequential":
        image = keras.Input((8, 8, 3))
        return keras.Model(image, inner(image))
    return _base([inner]) if kind == "nested" else _base([_base([inner]), L.ReLU()])


@pytest.mark.parametrize("kind", ["on its own", "nested", "twice", "functional around Sequential"])
def test_fine_tuning_leaves_the_statistics_of_the_base_alone(kind):
    import keras

    keras.utils.set_random_seed(1)  # with some weights no unit of the small head is active
    base = _one(kind)
    net = models.transfer_net(base, 2, hidden=4)
    models.unfreeze_last(base, len(list(_flat(base))))
    norm = next(n for n in _flat(base) if n.name == "norm")
    kernel = next(n for n in _flat(base) if isinstance(n, keras.layers.Conv2D)).kernel
    before = norm.get_weights(), kernel.numpy()
    net.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x = np.random.default_rng(0).random((8, 8, 8, 3), dtype=np.float32)
    net.fit(x, np.arange(8) % 2, verbose=0)
    for old, new in zip(before[0], norm.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert np.abs(kernel.numpy() - before[1]).max() > 0, "the convolution was to learn"
    models.unfreeze_last(base, len(list(_flat(base))), batch_norm=True)
    net.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    net.fit(x, np.arange(8) % 2, verbose=0)
    moved = np.abs(norm.get_weights()[2] - before[0][2]).max()
    assert moved > 0, "a batch norm that may learn moves its mean, as the docstring says"


def _flat(model):
    for layer in model.layers:
        yield from _flat(layer) if hasattr(layer, "layers") else [layer]


def test_layers_to_release_are_counted_through_nested_models():
    base = _one("twice")
    leaves = list(_flat(base))
    for count in range(len(leaves) + 1):
        models.unfreeze_last(base, count, batch_norm=True)
        assert [leaf.trainable for leaf in leaves] == [
            number >= len(leaves) - count for number in range(len(leaves))
        ]
    with pytest.raises(ValueError, match=f"between 0 and {len(leaves)}"):
        models.unfreeze_last(base, len(leaves) + 1)


def test_transfer_refuses_a_base_that_ends_in_a_vector():
    with pytest.raises(ValueError, match="include_top=False"):
        models.transfer_net(models.conv_net(3, (16, 16, 3)), 2)


def test_plain_twin_lacks_only_the_shortcuts():
    residual, plain = models.resnet(20), models.plain_net(20)
    projections = 16 * 32 + 32 * 64 + 4 * (32 + 64)
    assert residual.count_params() - plain.count_params() == projections
    with pytest.raises(ValueError, match="6n \\+ 2"):
        models.resnet(21)


def test_pocket_net_stays_in_its_budget():
    net = models.pocket_net()
    assert net.count_params() <= 300_000
    assert multiply_accumulates(net) <= 35_000_000


def multiply_accumulates(net):
    total = 0
    for layer in net.layers:
        if type(layer).__name__ == "Conv2D":
            height, width, filters = layer.output.shape[1:]
            inputs = layer.input.shape[-1]
            total += shapes.conv2d_macs(inputs, filters, layer.kernel_size, height, width)
        elif type(layer).__name__ == "Dense":
            total += shapes.dense_macs(layer.input.shape[-1], layer.units)
    return total


def test_l2_changes_training_and_not_the_function():
    import keras

    keras.utils.set_random_seed(0)
    plain = models.pocket_net()
    decayed = models.pocket_net(l2=1e-3)
    decayed.set_weights(plain.get_weights())
    x = np.random.default_rng(0).random((2, 32, 32, 3), dtype=np.float32)
    np.testing.assert_allclose(plain(x), decayed(x), atol=1e-5)
    assert not plain.losses
    assert decayed.losses


def test_models_give_logits_and_softmax_is_added_on_request():
    net = models.conv_net(5, (16, 16, 1))
    x = np.random.default_rng(1).random((3, 16, 16, 1), dtype=np.float32)
    p = np.asarray(models.with_softmax(net)(x))
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)
    logits = np.asarray(net(x))
    np.testing.assert_allclose(np.log(p) - logits, (np.log(p) - logits)[:, :1] + 0 * p, atol=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: models.lenet5("modern"), "'usual' and 'paper'"),
        (lambda: models.efficientnet(9), "numbered 0 to 7"),
        (lambda: models.conv_net(3, (16, 16, 1), pools=9), "between 0 and 4"),
        (lambda: models.nothing, "convbook.models has no 'nothing'"),
    ],
)
def test_impossible_settings_say_what_is_possible(call, message):
    with pytest.raises((ValueError, AttributeError), match=message):
        call()
