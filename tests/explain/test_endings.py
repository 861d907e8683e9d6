"""A map doesn't depend on how a network's softmax or sigmoid is written, or whether it has one."""

import numpy as np
import pytest

from convbook import explain
from convbook.explain import graph

pytestmark = pytest.mark.keras
keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")
L = keras.layers
IMAGES = np.random.default_rng(0).normal(size=(2, 12, 12, 3)).astype(np.float32)


def network(ending, units=3, size=400.0):
    """A convolution, average pooling, and ``ending(dense)``; weights large enough to be sure."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((12, 12, 3))
    pooled = L.GlobalAveragePooling2D()(L.Conv2D(8, 3, activation="relu", name="conv")(inputs))

    def dense(activation=None):
        start = keras.initializers.RandomNormal(0, size, seed=1)
        return L.Dense(units, activation=activation, kernel_initializer=start)(pooled)

    return keras.Model(inputs, ending(dense))


SOFTMAXES = {
    "the string": lambda dense: dense("softmax"),
    "tf.nn.softmax": lambda dense: dense(tf.nn.softmax),
    "keras.ops.softmax": lambda dense: dense(keras.ops.softmax),
    "a lambda": lambda dense: dense(lambda z: keras.ops.softmax(z)),
    "a temperature": lambda dense: dense(lambda z: keras.ops.softmax(z / 0.5)),
    "log_softmax": lambda dense: dense("log_softmax"),
    "an operation after Dense": lambda dense: keras.ops.softmax(dense()),
    "a Lambda layer": lambda dense: L.Lambda(lambda z: keras.ops.softmax(z))(dense()),
    "Activation": lambda dense: L.Activation("softmax")(dense()),
    "softmax, then its dtype": lambda dense: L.Activation("linear", dtype="float64")(
        dense("softmax")
    ),
    "a model that is only a softmax": lambda dense: keras.Sequential(
        [keras.Input((3,)), L.Softmax()]
    )(dense()),
    "exponentials by hand": lambda dense: L.Lambda(
        lambda z: (
            keras.ops.exp(z - keras.ops.max(z, -1, keepdims=True))
            / keras.ops.sum(
                keras.ops.exp(z - keras.ops.max(z, -1, keepdims=True)), -1, keepdims=True
            )
        )
    )(dense()),
    "sigmoid for each class": lambda dense: dense("sigmoid"),
    "two of them": lambda dense: L.Softmax()(dense("softmax")),
    "dropout behind it": lambda dense: L.Dropout(0.5)(dense("softmax")),
    "Activation behind it": lambda dense: L.Activation("linear")(dense("softmax")),
}


@pytest.mark.parametrize("name", SOFTMAXES)
def test_a_softmax_by_any_name_gives_the_map_of_its_logits(name):
    plain, ending = network(lambda dense: dense()), network(SOFTMAXES[name])
    wanted = explain.grad_cam(plain, IMAGES, class_index=[0, 1])
    assert wanted.max() > 0.9
    np.testing.assert_allclose(
        explain.grad_cam(ending, IMAGES, class_index=[0, 1]), wanted, atol=1e-4
    )
    np.testing.assert_allclose(
        explain.logits(ending, IMAGES), explain.logits(plain, IMAGES), rtol=1e-4
    )


@pytest.mark.parametrize("activation", [None, "relu", lambda z: 2 * z, "softplus"])
def test_an_ending_that_makes_no_probabilities_is_left_alone(activation):
    model = network(lambda dense: dense(activation), size=1.0)
    np.testing.assert_allclose(explain.logits(model, IMAGES), model(IMAGES), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "ending",
    [
        lambda dense: L.Average()([dense("softmax"), dense("softmax")]),
        lambda dense: L.Lambda(lambda p: p / keras.ops.sum(p, -1, keepdims=True))(
            dense("exponential")
        ),
        lambda dense: keras.ops.flip(dense("softmax"), axis=-1),
        lambda dense: 100 * dense("softmax"),
        lambda dense: 1 - dense("sigmoid"),
        lambda dense: keras.ops.log(keras.ops.softmax(dense())),
    ],
    ids=[
        *("an average of two", "exponentials normalised", "classes in reverse"),
        *("in per cent", "the other class", "a logarithm as an operation"),
    ],
)
def test_probabilities_whose_logits_cannot_be_found_are_refused_in_words(ending):
    model = network(ending, size=1.0)
    for ask in (explain.grad_cam, explain.logits):
        with pytest.raises(ValueError, match=r"made of probabilities.*ends in logits"):
            ask(model, IMAGES)


@pytest.mark.parametrize("activation", [None, "sigmoid", tf.nn.sigmoid, "tanh", "hard_sigmoid"])
def test_one_output_unit_has_two_classes_and_each_its_map(activation):
    plain, model = (network(lambda dense, a=a: dense(a), units=1) for a in (None, activation))
    logits = explain.logits(model, IMAGES)
    np.testing.assert_allclose(logits, plain(IMAGES), rtol=1e-4)
    both = [explain.grad_cam(model, IMAGES, class_index=k) for k in (0, 1)]
    assert all(maps.max() > 0.9 for maps in both)
    assert not ((both[0] > 0) & (both[1] > 0)).any(), "what speaks for one speaks against the other"
    chosen = (logits[:, 0] > 0).astype(int)
    np.testing.assert_array_equal(
        explain.grad_cam(model, IMAGES), np.stack(both, axis=1)[np.arange(2), chosen]
    )
    np.testing.assert_allclose(
        explain.finer_grad_cam(model, IMAGES),
        explain.finer_grad_cam(model, IMAGES, class_index=chosen),
        atol=1e-6,
    )
    with pytest.raises(ValueError, match="outside 0 to 1"):
        explain.grad_cam(model, IMAGES, class_index=2)


def test_what_makes_probabilities_is_known_by_what_it_does():
    softmax = keras.activations.softmax
    assert graph.ends_in_probabilities(softmax, 4)
    assert not graph.ends_in_probabilities(None, 4)
    assert not graph.ends_in_probabilities(keras.activations.linear, 4)
    assert graph.ends_in_probabilities(keras.activations.linear, 4, or_identity=True)
    assert not graph.ends_in_probabilities(lambda z: softmax(-z), 4), "turns the order round"
    assert not graph.ends_in_probabilities(lambda z: keras.ops.reshape(z, (2, 2)), 4)
    assert not graph.ends_in_probabilities(lambda z: 0 * z, 4), "has forgotten the logits"
