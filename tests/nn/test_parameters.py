"""Parameters: drawn apart, set without loss, trained wherever they stand, saved under one name."""

import numpy as np
import pytest
from small import small_network

from convbook.nn import (
    SGD,
    Adam,
    BatchNorm2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    ReLU,
    Residual,
    Sequential,
    SoftmaxCrossEntropy,
)


def same(one, other):
    return all(np.array_equal(one.params[name], other.params[name]) for name in one.params)


# --- seeds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda **s: Dense(4, 4, **s), lambda **s: Conv2D(2, 3, 3, **s)])
def test_two_layers_start_apart_unless_they_are_given_one_seed(make):
    assert not same(make(), make())
    assert not same(make(seed=1), make(seed=2))
    assert same(make(seed=1), make(seed=1))


def test_two_dropouts_draw_masks_of_their_own():
    x = np.ones((4, 50))
    layers = [Dropout(), Dropout()], [Dropout(seed=5), Dropout(seed=5)]
    apart, alike = ([layer.forward(x, training=True) for layer in both] for both in layers)
    assert not np.array_equal(*apart)
    np.testing.assert_array_equal(*alike)
    both = Sequential([Dropout(), Dropout()], seed=0)
    both.forward(x, training=True)
    assert not np.array_equal(both.layers[0].mask, both.layers[1].mask)


def test_the_seed_of_a_network_fixes_all_of_its_layers():
    assert same(small_network(1), small_network(1))
    assert not same(small_network(1), small_network(2))
    twins = Sequential([Dense(4, 4), Dense(4, 4)], seed=7)
    assert not same(*twins.layers)
    x = np.ones((2, 1, 8, 8))
    masks = []
    for _ in range(2):
        network = small_network(1)
        network.forward(x, training=True)
        masks.append(network.layers[3].mask)
    np.testing.assert_array_equal(*masks)


def test_a_network_without_a_seed_keeps_what_its_layers_hold():
    layer = Dense(4, 2, seed=1)
    assert same(Sequential([layer]).layers[0], Dense(4, 2, seed=1))


# --- nothing is lost in silence ------------------------------------------------------------------


def test_a_parameter_set_through_the_network_reaches_its_layer():
    network = small_network()
    weight = np.full((4, 1, 3, 3), 0.5)
    network.params["0-conv2d.weight"] = weight
    assert (network.layers[0].params["weight"] == 0.5).all()
    assert network.layers[0].params["weight"].dtype == np.float32
    weight[:] = 7  # the network has numbers of its own
    assert (network.params["0-conv2d.weight"] == 0.5).all()
    network.buffers["1-batchnorm2d.moving_mean"] = np.ones(4)
    assert network.layers[1].buffers["moving_mean"].tolist() == [1] * 4
    nested = Sequential([Residual(Sequential([Dense(4, 4, seed=0)]))])
    nested.params["0-residual.body.0-dense.bias"] = np.ones(4)
    assert nested.layers[0].body.layers[0].params["bias"].tolist() == [1] * 4


def test_a_parameter_that_does_not_exist_or_fit_is_refused():
    network = small_network()
    own = network.layers[0].params
    missing = ["0-conv2d.wieght", "9-dense.weight", "weight"]
    for arrays, name in [(own, "wieght"), *((network.params, name) for name in missing)]:
        with pytest.raises(KeyError, match=r"its (arrays|layers) are"):
            arrays[name] = np.zeros(4)
        assert name not in arrays
        assert arrays.get(name) is None
    with pytest.raises(ValueError, match=r"Conv2D's 'bias' has shape \(4,\); got shape \(5,\)"):
        network.params["0-conv2d.bias"] = np.zeros(5)
    with pytest.raises(TypeError, match="cannot be deleted"):
        del network.params["0-conv2d.bias"]
    with pytest.raises(TypeError, match="cannot be deleted"):
        del network.layers[0].params["bias"]


def test_an_appended_layer_is_trained_saved_and_counted(tmp_path):
    network = Sequential([Flatten(), Dense(16, 8, seed=0), ReLU()])
    network.layers.append(Dense(8, 2, seed=1))
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 1, 4, 4)), rng.integers(0, 2, 40)
    before = {name: array.copy() for name, array in network.params.items()}
    network.fit(x, y, progress=False)
    assert "3-dense.weight" in before
    for name, array in network.params.items():
        assert not np.array_equal(array, before[name]), name
    assert network.parameter_count == 16 * 8 + 8 + 8 * 2 + 2
    assert network.output_shape((1, 4, 4)) == (2,)
    network.save(tmp_path / "network.npz")
    del network.layers[-1]
    with pytest.raises(ValueError, match=r"3-dense\.\w+ is .* in the file and nothing here"):
        network.load(tmp_path / "network.npz")


def test_a_replaced_body_or_shortcut_is_trained():
    block = Residual(Dense(3, 3, seed=0))
    block.body, block.shortcut = Dense(3, 2, seed=1), Dense(3, 2, seed=2)
    assert set(block.params) == {
        "body.weight", "body.bias", "shortcut.weight", "shortcut.bias"
    }  # fmt: skip
    block.backward(np.ones_like(block.forward(np.ones((1, 3)))))
    assert block.grads.keys() == block.params.keys()


def test_one_layer_in_two_places_is_refused():
    layer = Dense(4, 4, seed=0)
    for make in (
        lambda: Sequential([layer, ReLU(), layer]),
        lambda: Sequential([layer, Sequential([layer])]),
        lambda: Residual(Sequential([layer]), layer),
    ):
        with pytest.raises(ValueError, match="Dense stands in two places"):
            make()


def test_what_is_not_a_layer_is_refused():
    for thing in (Dense, np.maximum, None):
        with pytest.raises(ValueError, match="expected a layer"):
            Sequential([thing])
    with pytest.raises(ValueError, match="expected a layer"):
        Residual(lambda x: x)


def test_an_optimiser_keeps_its_memory_for_one_network():
    for optimizer in (SGD(), Adam()):
        optimizer.step({"w": np.ones(4)}, {"w": np.ones(4)})
        with pytest.raises(ValueError, match=r"make a new optimiser"):
            optimizer.step({"w": np.ones(1)}, {"w": np.ones(1)})


def test_backward_twice_does_not_add_up():
    layer = Dense(3, 2, seed=0)
    out = layer.forward(np.ones((2, 3)))
    layer.backward(np.ones_like(out))
    once = layer.grads["weight"].copy()
    layer.backward(np.ones_like(out))
    np.testing.assert_array_equal(layer.grads["weight"], once)


# --- saving and loading --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["w.npz", "w.bin", "weights", "a.b"])
def test_what_was_saved_is_loaded_under_the_same_name(tmp_path, name):
    for path in (tmp_path / name, str(tmp_path / name)):
        network = small_network()
        network.save(path)
        assert [p.name for p in tmp_path.iterdir()] == [name]
        assert same(small_network(seed=99).load(path), network)


def test_loading_what_does_not_fit_says_what_differs(tmp_path):
    small_network().save(tmp_path / "network.npz")
    with pytest.raises(ValueError, match=r"5-dense.*? in the file and nothing here"):
        Sequential([Conv2D(1, 4, 3), BatchNorm2D(4)]).load(tmp_path / "network.npz")
    (tmp_path / "text.npz").write_text("not an archive")
    (tmp_path / "empty.npz").write_text("")
    np.save(tmp_path / "one.npy", np.ones(3))
    for name in ("text.npz", "empty.npz", "one.npy"):
        with pytest.raises(ValueError, match=rf"{name} is not a file that save wrote"):
            small_network().load(tmp_path / name)


# --- what a training reports ---------------------------------------------------------------------


class Recorder(SGD):
    """SGD at a rate that moves nothing, and a list of the factors that a schedule gave it."""

    def __init__(self):
        super().__init__(learning_rate=1e-30, momentum=0)
        self.scales = []

    def step(self, params, grads, scale=1.0):
        self.scales.append(scale)
        super().step(params, grads, scale)


def test_the_history_is_what_the_network_scores():
    """A network that does not move scores the same in every epoch, whatever the batches."""
    network = Sequential([Flatten(), Dense(16, 3, seed=0)])
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((50, 1, 4, 4)), rng.integers(0, 3, 50)
    history = network.fit(
        x,
        y,
        epochs=2,
        batch_size=16,
        optimizer=Recorder(),
        progress=False,
        validation=(x[:9], y[:9]),
    )
    logits = network.predict(x)
    right = (logits.argmax(axis=1) == y).mean()
    assert 0 < right < 1
    assert history.accuracy == pytest.approx([right] * 2)
    assert network.accuracy(x, y) == pytest.approx(right)
    assert history.loss == pytest.approx([SoftmaxCrossEntropy().forward(logits, y)] * 2, rel=1e-6)
    assert history.val_accuracy == [network.accuracy(x[:9], y[:9])] * 2


def test_a_schedule_starts_at_0_and_stops_one_step_before_1():
    seen = []
    network, optimizer = Sequential([Flatten(), Dense(4, 2, seed=0)]), Recorder()
    network.fit(
        np.zeros((10, 1, 2, 2)), np.zeros(10, int), epochs=2, batch_size=4, optimizer=optimizer,
        schedule=lambda done: seen.append(done) or 1 - done, progress=False,
    )  # fmt: skip
    assert seen == pytest.approx([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6])
    assert optimizer.scales == pytest.approx([1 - done for done in seen])


def test_every_image_is_seen_once_an_epoch_in_an_order_of_its_own():
    class Watched(Flatten):
        seen = []  # noqa: RUF012

        def forward(self, x, training=False):
            if training:
                self.seen.append(np.asarray(x).ravel().tolist())
            return super().forward(x, training)

    network = Sequential([Watched(), Dense(1, 2, seed=0)])
    network.fit(
        np.arange(10.0).reshape(10, 1), np.zeros(10, int), epochs=2, batch_size=4, progress=False
    )
    sizes = [len(batch) for batch in Watched.seen]
    assert sizes == [4, 3, 3, 4, 3, 3]
    first, second = np.concatenate(Watched.seen[:3]), np.concatenate(Watched.seen[3:])
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.tolist() != second.tolist()
