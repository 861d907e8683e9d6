"""Optimisers, the training loop, saving and loading."""

import numpy as np
import pytest
from small import small_network

from convbook.data import load
from convbook.models.in_numpy import (
    TRAININGS,
    as_batch,
    digits_network,
    load_mnist_network,
    mnist_network,
    shuffle_pixels,
)
from convbook.models.trainings import recorded
from convbook.nn import (
    SGD,
    Adam,
    Conv2D,
    Dense,
    ReLU,
    Sequential,
    SoftmaxCrossEntropy,
    cosine,
    softmax,
)


@pytest.fixture(scope="module")
def digits():
    data = load("digits", quiet=True)
    return as_batch(data.x_train), data.y_train, as_batch(data.x_test), data.y_test


def test_digits_reach_98_percent(digits):
    x, y, x_test, y_test = digits
    network = digits_network()
    history = network.fit(
        x, y, epochs=20, batch_size=32, optimizer=Adam(8e-3), schedule=cosine, seed=18,
        validation=(x_test, y_test), progress=False,
    )  # fmt: skip
    assert network.accuracy(x_test, y_test) >= 0.98
    assert history.loss[-1] < 0.1 * history.loss[0]
    assert history.val_accuracy[-1] == network.accuracy(x_test, y_test)


def test_the_same_seeds_give_the_same_network(digits):
    x, y = digits[0][:200], digits[1][:200]
    trained = []
    for _ in range(2):
        network = small_network()
        network.fit(x, y, epochs=2, seed=1, progress=False)
        trained.append(network.predict(x))
    np.testing.assert_array_equal(*trained)
    other = small_network()
    other.fit(x, y, epochs=2, seed=2, progress=False)
    assert not np.array_equal(trained[0], other.predict(x))


def test_saved_and_loaded_networks_answer_alike(tmp_path, digits):
    x, y = digits[0][:100], digits[1][:100]
    network = small_network()
    network.fit(x, y, epochs=1, progress=False)
    network.save(tmp_path / "network.npz")
    fresh = small_network(seed=99).load(tmp_path / "network.npz")
    np.testing.assert_array_equal(fresh.predict(x), network.predict(x))


def test_softmax_and_its_loss_are_those_of_each_row_alone():
    """A row of large logits takes nothing from the row beside it."""
    logits = np.array([[0.0, 1.0], [1000.0, 1001.0]])
    small, large = softmax(logits)
    np.testing.assert_allclose(small, large)
    loss = SoftmaxCrossEntropy()
    alone = loss.forward(logits[:1], np.array([1]))
    assert loss.forward(logits, np.array([1, 1], np.uint8)) == pytest.approx(alone)
    maps = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_allclose(softmax(maps)[1, 2], softmax(maps[1, 2]))


def test_the_defaults_of_sgd_are_those_that_it_names():
    optimiser = SGD()
    assert (optimiser.learning_rate, optimiser.momentum) == (0.01, 0.9)


def test_sgd_by_hand():
    params, optimizer = {"w": np.array([1.0])}, SGD(0.1, momentum=0.8)
    optimizer.step(params, {"w": np.array([2.0])})
    assert params["w"] == pytest.approx(0.8)  # v = −0.2
    optimizer.step(params, {"w": np.array([2.0])}, scale=0.5)
    assert params["w"] == pytest.approx(0.54)  # v = −0.16 − 0.1


def test_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    for size in (1e-3, 1.0, 1e3):
        params = {"w": np.array([1.0])}
        Adam(0.01).step(params, {"w": np.array([size])})
        assert params["w"] == pytest.approx(0.99, abs=1e-6)


def test_summary_counts_what_the_layers_hold():
    text = mnist_network().summary()
    assert "7,438" in text
    assert "(20, 8, 8)" in text
    with pytest.raises(ValueError, match="summary needs the shape"):
        Sequential([ReLU()]).summary()


def test_fit_refuses_labels_that_do_not_match():
    with pytest.raises(
        ValueError, match=r"as many labels as images.*4 images and labels of shape \(3,\)"
    ):
        small_network().fit(np.zeros((4, 1, 8, 8)), np.zeros(3, int))


def test_initial_spread_is_hes_and_glorots():
    he, glorot = Conv2D(64, 128, 3), Dense(400, 600)
    assert he.params["weight"].std() == pytest.approx(np.sqrt(2 / (64 * 9)), rel=0.02)
    assert glorot.params["weight"].std() == pytest.approx(np.sqrt(2 / 1000), rel=0.02)


def test_shuffling_is_one_permutation_for_all_images():
    images = np.arange(2 * 16).reshape(2, 1, 4, 4)
    shuffled = shuffle_pixels(images)
    np.testing.assert_array_equal(shuffled[1], shuffled[0] + 16)
    assert sorted(shuffled[0].ravel()) == list(range(16))
    assert not np.array_equal(shuffled, images)


def test_every_training_has_its_record():
    for name, (build, shuffled, epochs, images) in TRAININGS.items():
        record = recorded(name)
        assert record["parameters"] == build().parameter_count
        assert (record["pixels"] != "in order") == shuffled
        assert (record["epochs"], record["train_images"]) == (epochs, images)


def test_the_recorded_network_is_small_good_and_quick():
    record = recorded("numpy-mnist")
    assert record["parameters"] < 10_000
    assert record["test"]["accuracy"] >= 0.99
    assert record["cpu_seconds"] <= 90


@pytest.mark.data
def test_the_weights_that_come_with_the_book_score_what_is_recorded():
    data = load("mnist", quiet=True)
    network = load_mnist_network()
    right = network.predict(as_batch(data.x_test)).argmax(axis=1) == data.y_test
    assert right.sum() == len(right) - recorded("numpy-mnist")["test"]["errors"]
