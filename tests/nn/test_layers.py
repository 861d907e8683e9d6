"""The other layers: gradients against small steps, and what each one promises."""

import numpy as np
import pytest
from claims import for_each

from convbook.nn import (
    AvgPool2D,
    BatchNorm2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2D,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    SoftmaxCrossEntropy,
    check_gradients,
    numerical_gradient,
    relative_error,
    softmax,
)

RNG = np.random.default_rng(18)


def body():
    return Sequential([Conv2D(2, 4, 3, 2, 1), BatchNorm2D(4), ReLU(), Conv2D(4, 4, 3, padding=1)])


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (MaxPool2D(2), (2, 3, 5, 6)),
        (MaxPool2D(3, 2, 1), (2, 3, 5, 7)),
        (MaxPool2D((2, 3), (1, 2), "same"), (2, 2, 4, 6)),
        (AvgPool2D(2), (2, 3, 5, 6)),
        (AvgPool2D(3, 2, "same"), (2, 2, 6, 5)),
        (AvgPool2D((3, 2), (1, 3), ((1, 0), (0, 1))), (1, 2, 4, 8)),
        (GlobalAvgPool2D(), (2, 3, 4, 5)),
        (ReLU(), (2, 3, 4)),
        (Flatten(), (2, 3, 2, 4)),
        (Dense(5, 4), (3, 5)),
        (Residual(Conv2D(2, 2, 3, padding=1)), (2, 2, 4, 5)),
        (Sequential([Conv2D(1, 2, 3), ReLU(), MaxPool2D(2), Flatten(), Dense(8, 3)]), (2, 1, 6, 6)),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_gradients_agree_with_small_steps(layer, shape):
    x = RNG.permutation(np.arange(np.prod(shape))).reshape(shape) / np.prod(shape) - 0.4321
    assert max(check_gradients(layer, x).values()) <= 1e-6
    assert layer.output_shape(shape[1:]) == layer.forward(x).shape[1:]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("layer", "channels"),
    [(BatchNorm2D(2), 2), (Residual(body(), Conv2D(2, 4, 1, 2)), 2)],
    ids=["BatchNorm2D", "Residual with projection"],
)
def test_gradients_through_batch_statistics(layer, channels, training):
    check_gradients(layer, RNG.standard_normal((3, channels, 5, 4)), training=training)


def test_dropout_given_its_mask():
    layer, x = Dropout(0.25), RNG.standard_normal((4, 6))
    mask = RNG.random(x.shape) > 0.25
    np.testing.assert_allclose(layer.forward(x, training=True, mask=mask), x * mask / 0.75)
    check_gradients(layer, x, training=True, mask=mask)


def test_dropout_keeps_the_expected_value_and_is_silent_in_inference():
    layer, ones = Dropout(0.4, seed=1), np.ones((200, 200), "float32")
    assert abs(layer.forward(ones, training=True).mean() - 1) < 0.02
    assert layer.mask.mean() == pytest.approx(0.6, abs=0.01)
    np.testing.assert_array_equal(layer.forward(ones), ones)
    with pytest.raises(ValueError, match=r"rate must be .* got 1"):
        Dropout(1)


def test_max_pooling_by_hand_and_its_gradient_goes_to_the_first_winner():
    x = np.array([[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 6]], "float32")[None, None]
    layer = MaxPool2D(2)
    np.testing.assert_array_equal(layer.forward(x)[0, 0], [[3, 4], [5, 6]])
    grad = layer.backward(np.ones((1, 1, 2, 2)))[0, 0]
    np.testing.assert_array_equal(np.argwhere(grad), [[0, 1], [0, 3], [2, 0], [2, 3]])


def test_average_pooling_does_not_count_padding():
    out = AvgPool2D(3, 1, 1).forward(np.ones((1, 1, 4, 4)))
    np.testing.assert_array_equal(out, np.ones((1, 1, 4, 4)))


def test_padding_never_wins_a_max_pooling():
    assert (MaxPool2D(3, 1, 1).forward(np.full((1, 1, 4, 4), -5.0)) == -5).all()


def test_batch_norm_has_mean_0_and_spread_1_per_channel_and_remembers():
    layer = BatchNorm2D(3, momentum=0.8, epsilon=0)
    x = (RNG.standard_normal((8, 3, 6, 5)) * [[[1.0]], [[5.0]], [[0.1]]] + 7).astype("float32")
    out = layer.forward(x, training=True)
    np.testing.assert_allclose(out.mean(axis=(0, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(out.std(axis=(0, 2, 3)), 1, atol=1e-3)
    np.testing.assert_allclose(layer.buffers["moving_mean"], x.mean(axis=(0, 2, 3)) / 5, rtol=1e-4)
    for _ in range(60):
        layer.forward(x, training=True)
    np.testing.assert_allclose(layer.forward(x), out, atol=1e-2)


def test_checking_gradients_leaves_the_moving_statistics_alone():
    layer = BatchNorm2D(2)
    before = layer.buffers["moving_mean"].copy()
    check_gradients(layer, RNG.standard_normal((2, 2, 3, 3)), training=True)
    np.testing.assert_array_equal(layer.buffers["moving_mean"], before)


def test_a_wrong_backward_is_caught():
    class Wrong(ReLU):
        def backward(self, grad):
            return super().backward(grad) * 1.001

    with pytest.raises(AssertionError, match="Wrong: the gradient of 'x'"):
        check_gradients(Wrong(), RNG.standard_normal((2, 3)))


def test_softmax_and_cross_entropy():
    logits, labels = RNG.standard_normal((5, 4)) * 3, np.array([0, 3, 1, 1, 2])
    np.testing.assert_allclose(softmax(logits).sum(axis=1), 1)
    np.testing.assert_allclose(softmax(logits + 1000), softmax(logits))
    loss = SoftmaxCrossEntropy()
    expected = -np.log(softmax(logits)[np.arange(5), labels]).mean()
    assert loss.forward(logits, labels) == pytest.approx(expected)
    numerical = numerical_gradient(lambda: SoftmaxCrossEntropy().forward(logits, labels), logits)
    assert relative_error(loss.backward(), numerical) < 1e-6
    assert loss.forward(np.array([[1000.0, -1000.0]]), np.array([1])) == pytest.approx(2000)


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (np.zeros((2, 3)), np.array([0, 3]), "labels must be in 0 … 2"),
        (np.zeros((2, 3)), np.array([[0], [1]]), "N whole-number labels"),
        (np.zeros((2, 3)), np.array([0.0, 1.0]), "N whole-number labels"),
    ],
)
def test_wrong_labels_are_refused(logits, labels, message):
    with pytest.raises(ValueError, match=message):
        SoftmaxCrossEntropy().forward(logits, labels)


@pytest.mark.parametrize(
    "layer",
    [MaxPool2D(), AvgPool2D(), GlobalAvgPool2D(), BatchNorm2D(1), ReLU(), Dropout(), Flatten(),
     Dense(2, 2)],
    ids=lambda layer: layer.name,
)  # fmt: skip
def test_backward_before_forward_says_so(layer):
    with pytest.raises(RuntimeError, match=rf"{layer.name}.backward was called before forward"):
        layer.backward(np.ones((1, 2)))
    with pytest.raises(RuntimeError, match="call forward first"):
        SoftmaxCrossEntropy().backward()


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="layer 1-dense: Dense expects 10 inputs"):
        Sequential([Flatten(), Dense(10, 2)], input_shape=(1, 4, 4))
    with pytest.raises(ValueError, match=r"put Flatten\(\)"):
        Dense(16, 2).output_shape((1, 4, 4))
    with pytest.raises(ValueError, match="give it a shortcut"):
        Residual(Conv2D(1, 2, 3, padding=1)).output_shape((1, 4, 4))
    with pytest.raises(ValueError, match="give it a shortcut"):
        Residual(Conv2D(1, 2, 3)).forward(np.zeros((1, 1, 5, 5)))
    with pytest.raises(ValueError, match="pool_size"):
        MaxPool2D(3).forward(np.zeros((1, 1, 2, 2)))
    with pytest.raises(ValueError, match="float64"):
        numerical_gradient(lambda: 0.0, np.zeros(2, "float32"))


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(2, 4, 3, padding=1),
        Conv2D(2, 4, 1),
        Conv2D(2, 4, 3, 2, groups=2, dilation=2),
        MaxPool2D(2),
        AvgPool2D(3, 2, 1),
        GlobalAvgPool2D(),
        BatchNorm2D(2),
        Flatten(),
        ReLU(),
        body(),
    ],
    ids=lambda layer: layer.name,
)
def test_no_images_give_no_outputs_and_no_gradients(layer):
    none = np.zeros((0, 2, 9, 9))
    out = layer.forward(none)
    assert out.shape == (0, *layer.output_shape((2, 9, 9)))
    assert layer.backward(np.zeros_like(out)).shape == none.shape


def test_a_mask_that_takes_no_image_gives_no_predictions():
    from convbook.models.in_numpy import as_batch, digits_network

    assert digits_network().predict(np.zeros((0, 1, 8, 8))).shape == (0, 10)
    assert as_batch(np.zeros((0, 8, 8, 1), np.uint8)).shape == (0, 1, 8, 8)


@pytest.mark.parametrize("shape", [(5, 12, 12), (12, 12), (1, 12, 12)])
def test_the_advice_for_grey_images_without_a_channel_axis_works(shape):
    x, layer = np.zeros(shape), Conv2D(1, 2, 3)
    with pytest.raises(ValueError, match="x\\[") as told:
        layer.forward(x)
    repaired = eval(str(told.value).split(": ")[-1], {"x": x})
    assert layer.forward(repaired).shape[1] == 2


@for_each("layer", [MaxPool2D(), AvgPool2D(), GlobalAvgPool2D(), ReLU(), Flatten()])
def test_layers_without_parameters_keep_the_number_type(layer):
    for dtype in ("float32", "float64"):
        x = np.random.default_rng(2).standard_normal((2, 3, 4, 6)).astype(dtype)
        out = layer.forward(x, training=True)
        assert out.dtype == layer.backward(np.ones_like(out)).dtype == dtype


@for_each("kind", [MaxPool2D, AvgPool2D])
def test_pooling_halves_by_default_and_names_the_argument_that_is_wrong(kind):
    assert kind().forward(np.ones((1, 1, 4, 6))).shape == (1, 1, 2, 3)
    for name, settings in {"pool_size": {"pool_size": 0}, "stride": {"stride": 0}}.items():
        with pytest.raises(ValueError, match=rf"^{name}\b"):
            kind(**settings)
