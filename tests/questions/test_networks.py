"""A network handed in as data is rebuilt, counted and tried; nothing else can earn its points."""

from pathlib import Path

import numpy as np
import pytest
from grading.answers.networks import SMALL_WRONG
from grading.test_answers import verdict
from support import student_of
from the_course import catalogue

from autograder.handin import forms
from convbook import nn
from convbook.data import load
from questions import networks, trying

NAMES = ("layers", "weights")
IMAGE = (1, 8, 8)
rng = np.random.default_rng(3)


def read(layers, weights, shape=IMAGE):
    return networks.read_network(layers, weights, NAMES, shape)


def dense(units=10, **settings):
    return {"layer": "dense", "units": units, **settings}


def run(network, x):
    for layer in network.layers:
        x = layer(x)
    return x


def test_a_rebuilt_network_computes_what_the_original_computes():
    model = nn.Sequential(
        [
            nn.Conv2D(1, 4, 3, padding=1, bias=False),
            nn.BatchNorm2D(4),
            nn.ReLU(),
            nn.MaxPool2D(2),
            nn.Conv2D(4, 4, 3, stride=2, padding="same", groups=4),
            nn.AvgPool2D(2, 1),
            nn.Flatten(),
            nn.Dense(4, 10),
        ],
        seed=1,
    )
    x = rng.normal(size=(5, *IMAGE)).astype(np.float32)
    model.forward(x, training=True)  # so that the moving statistics move
    layers = [
        {"layer": "conv", "filters": 4, "kernel_size": 3, "padding": 1, "bias": False},
        {"layer": "batch_norm", "epsilon": 1e-3},
        {"layer": "relu"},
        {"layer": "max_pool"},
        {"layer": "depthwise_conv", "kernel_size": 3, "stride": 2, "padding": "same"},
        {"layer": "avg_pool", "pool_size": 2, "stride": 1},
        {"layer": "flatten"},
        dense(),
    ]
    weights = []
    for layer in model.layers:
        if layer.params:
            weights.append([*layer.params.values(), *layer.buffers.values()])
    weights[2][0] = weights[2][0][:, 0]  # one flat kernel a channel
    network = read(layers, weights)
    np.testing.assert_allclose(run(network, x), model.predict(x), rtol=1e-4, atol=1e-5)
    assert network.parameters == 36 + 16 + 40 + 50


@pytest.mark.parametrize(
    ("layers", "weights", "reason"),
    [
        ([], [], "expected a list of layers"),
        (["relu"], [], "no dictionary"),
        ([{"layer": "lookup"}], [], "expected one of 'conv'"),
        ([{"layer": "conv", "filters": 4}], [], "`kernel_size` is missing"),
        ([{"layer": "flatten"}, dense(activation="relu")], [[np.zeros((64, 10)), np.zeros(10)]],
         "no such setting"),
        ([dense()], [], "reads a row of numbers"),
        ([{"layer": "flatten"}, {"layer": "max_pool"}], [], "flattened before"),
        ([{"layer": "flatten"}, dense()], [[np.zeros((10, 64)), np.zeros(10)]], "the shape"),
        ([{"layer": "flatten"}, dense()], [[np.zeros((64, 10))]], "expected 2 arrays"),
        ([{"layer": "flatten"}, dense()], [], "no entry left"),
        ([{"layer": "flatten"}, dense(9)], [[np.zeros((64, 9)), np.zeros(9)]], "10 outputs"),
        ([{"layer": "flatten"}, dense()], [[np.full((64, 10), np.nan), np.zeros(10)]], "finite"),
        ([{"layer": "flatten"}, dense()], [[np.full((64, 10), 1e9), np.zeros(10)]], "overflows"),
        ([{"layer": "flatten"}, dense()], [[np.zeros((64, 10)), np.zeros(10)]] * 2, "2 entries"),
        ([{"layer": "conv", "filters": 4, "kernel_size": 9}], [], "larger than the padded input"),
        ([{"layer": "conv", "filters": 4000, "kernel_size": 8, "padding": "same"}], [],
         "too much to be run"),
        ([{"layer": "relu"}] * 61, [], "61 layers"),
        ([{"layer": "batch_norm"}], [[[1], [0], [0], [-1]]], "variance"),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused_with_a_reason(layers, weights, reason):
    with pytest.raises(forms.WrongForm, match=reason):
        read(layers, weights)


def test_a_tie_or_a_nan_is_no_answer():
    network = networks.Rebuilt((10,), [lambda x: np.zeros((len(x), 10))])
    images, labels = np.zeros((4, *IMAGE)), np.zeros(4, int)
    assert networks.accuracy(network, images, labels) == 0
    network.layers = [lambda x: np.full((len(x), 10), np.nan)]
    assert networks.accuracy(network, images, labels) == 0


def test_a_data_set_that_the_marker_lacks_is_said_and_raises_nothing(monkeypatch, tmp_path):
    def missing(name, **_):
        from convbook.data import DataNotFound

        raise DataNotFound(f"{name} is not here")

    trying.unseen_images.cache_clear()
    monkeypatch.setattr(trying, "load", missing)
    source = """
        ex18_dataset, ex18_layers, ex18_weights = "mnist", [{"layer": "flatten"}], []
    """
    said = catalogue.load("05-architectures")["ex18"].check(student_of(source))
    trying.unseen_images.cache_clear()
    assert said.points == 0
    assert "no mnist pictures" in said.messages[0]


SMALL = "added-small-network"
MESSAGES = [
    ("a perceptron", "no-convolution", "a kernel of at least 2×2"),
    ("a perceptron written as one convolution over the image", "no-convolution", "one position"),
    ("a perceptron behind a convolution that passes the image on", "no-convolution", "pass the"),
    ("random filters under a linear model", "linear-at-best", "no more than a linear model"),
    ("never saw a moved digit", "linear-at-best", "moved and turned"),
    ("no ReLU", "low-accuracy", "Full points start at"),
    ("labels shifted", "arrays-scrambled", "order of the layers"),
    ("too many parameters", "too-many-parameters", "Which layer holds most"),
    ("transposed weights", None, "expected the shape"),
    ("one layer's weights missing", None, "no entry left"),
]


@pytest.mark.parametrize(("answer", "slug", "text"), MESSAGES)
def test_a_network_that_is_not_wanted_is_told_why(answer, slug, text):
    said = verdict("05-architectures", SMALL, SMALL_WRONG[answer])
    assert said.misconception == slug
    assert text in " ".join(said.messages)


def test_what_slides_over_the_image_is_told_from_what_covers_it():
    covering = {"layer": "conv", "filters": 10, "kernel_size": 8}
    weights = [[np.ones((10, 1, 8, 8)), np.zeros(10)]]
    assert not read([covering, {"layer": "flatten"}], weights).sliding
    assert read([{**covering, "kernel_size": 7}, {"layer": "global_avg_pool"}],
                [[np.ones((10, 1, 7, 7)), np.zeros(10)]]).sliding  # fmt: skip


def test_cutting_kernels_down_leaves_the_network_as_it_was():
    layers = [{"layer": "conv", "filters": 10, "kernel_size": 3}, {"layer": "global_avg_pool"}]
    network = read(layers, [[rng.normal(size=(10, 1, 3, 3)), np.zeros(10)]])
    images, labels = trying.unseen_images("digits")
    before = networks.accuracy(network, images, labels)
    trying.convolves(network, images, labels, before)
    assert networks.accuracy(network, images, labels) == before


def test_images_that_networks_are_tried_on_are_in_no_data_set():
    images, labels = trying.unseen_images("digits")
    known = load("digits", quiet=True).x_test[..., 0] / np.float32(255)
    away = np.abs(images[:, 0] - np.tile(known, (5, 1, 1))).max(axis=(1, 2))
    assert away.min() > 0.1
    assert np.bincount(labels).min() >= 5 * 30


def mnist_network():
    """8,594 parameters: MNIST nine times, distorted after the first (Adam, cosine, seed 18)."""
    arrays = np.load(Path(__file__).parent / "mnist_network.npz")
    layers, weights = [], []
    for number, filters in enumerate((8, 16, 16, 16, 16)):
        layers += [
            {"layer": "conv", "filters": filters, "kernel_size": 3, "bias": False},
            {"layer": "batch_norm", "epsilon": 1e-3},
            {"layer": "relu"},
        ]
        weights += [[arrays[f"{number}-conv"]], list(arrays[f"{number}-norm"])]
        if number in (1, 3):
            layers.append({"layer": "max_pool"})
    weights.append([arrays["dense-weights"], arrays["dense-biases"]])
    return [*layers, {"layer": "global_avg_pool"}, dense()], weights


def test_the_mnist_network_stays_below_the_limit():
    assert read(*mnist_network(), (1, 28, 28)).parameters == 8594


@pytest.mark.data
def test_the_mnist_network_earns_full_points_on_real_mnist():
    layers, weights = mnist_network()
    student = student_of(ex18_dataset="mnist", ex18_layers=layers, ex18_weights=weights)
    said = catalogue.load("05-architectures")["ex18"].check(student)
    assert said.points == said.max_points, said.messages
    network = read(layers, weights, (1, 28, 28))
    assert networks.accuracy(network, *trying.unseen_images("mnist")) == pytest.approx(
        0.991, abs=0.002
    )
    data = load("mnist", quiet=True)
    own = data.x_test[..., 0][:, None] / np.float32(255)
    assert networks.accuracy(network, own, data.y_test) == pytest.approx(0.9944, abs=0.0005)
