"""What no layer could have is refused when the layer is made, and by name."""

import math

import numpy as np
import pytest

from convbook.nn import (
    SGD,
    Adam,
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
    check_gradients,
    numerical_gradient,
)

NOT_A_SIZE = [0, -1, 2.0, "3", None, True, (1, 2, 3), (2,), (2, 0), (1, 1.5)]
NOT_A_PADDING = [
    -1,
    1.0,
    "full",
    None,
    (1, 2),
    ((1, 1), 2),
    ((1, 1), (1, -1)),
    ((1,), (1, 1)),
    (1,),
]
NOT_A_COUNT = [0, -3, 1.0, "4", None, True, (2, 2)]

IMPOSSIBLE = [
    *(("in_channels", lambda v: Conv2D(v, 4, 3), v) for v in NOT_A_COUNT),
    *(("out_channels", lambda v: Conv2D(4, v, 3), v) for v in NOT_A_COUNT),
    *(("kernel_size", lambda v: Conv2D(4, 4, v), v) for v in NOT_A_SIZE),
    *(("stride", lambda v: Conv2D(4, 4, 3, stride=v), v) for v in NOT_A_SIZE),
    *(("dilation", lambda v: Conv2D(4, 4, 3, dilation=v), v) for v in NOT_A_SIZE),
    *(("padding", lambda v: Conv2D(4, 4, 3, padding=v), v) for v in NOT_A_PADDING),
    *(("groups", lambda v: Conv2D(4, 4, 3, groups=v), v) for v in [*NOT_A_COUNT, 3]),
    *(("bias", lambda v: Conv2D(4, 4, 3, bias=v), v) for v in ["no", 2, None]),
    *(("init", lambda v: Conv2D(4, 4, 3, init=v), v) for v in ["zeros", None, 1, ["he"]]),
    *(("inputs", lambda v: Dense(v, 4), v) for v in NOT_A_COUNT),
    *(("units", lambda v: Dense(4, v), v) for v in NOT_A_COUNT),
    *(("init", lambda v: Dense(4, 4, init=v), v) for v in ["zeros", None]),
    *(("channels", lambda v: BatchNorm2D(v), v) for v in NOT_A_COUNT),
    *(("momentum", lambda v: BatchNorm2D(3, momentum=v), v) for v in [-0.1, 1.1, math.nan, "0.9"]),
    *(("epsilon", lambda v: BatchNorm2D(3, epsilon=v), v) for v in [-1e-3, math.nan, None]),
    *(("rate", lambda v: Dropout(v), v) for v in [-0.1, 1, 50, math.nan, "0.5", None]),
    *(("learning_rate", lambda v: Adam(v), v) for v in [0, -1e-3, math.inf, "1e-3"]),
    *(("beta1", lambda v: Adam(beta1=v), v) for v in [-0.1, 1, math.nan]),
    *(("beta2", lambda v: Adam(beta2=v), v) for v in [-0.1, 1, math.nan]),
    *(("epsilon", lambda v: Adam(epsilon=v), v) for v in [-1e-8, math.nan]),
    *(("learning_rate", lambda v: SGD(v), v) for v in [0, -1e-3, math.nan]),
    *(("momentum", lambda v: SGD(momentum=v), v) for v in [-0.1, 1, math.nan]),
]
for pooling in (MaxPool2D, AvgPool2D):
    IMPOSSIBLE += [("pool_size", pooling, value) for value in NOT_A_SIZE]
    IMPOSSIBLE += [
        ("stride", lambda v, pooling=pooling: pooling(2, v), value)
        for value in NOT_A_SIZE
        if value is not None
    ]
    IMPOSSIBLE += [
        ("padding", lambda v, pooling=pooling: pooling(3, padding=v), value)
        for value in [*NOT_A_PADDING, 3, ((0, 0), (0, 3))]
    ]


def refusal(make, value):
    """What the layer said to ``value``; nothing, if it took it."""
    try:
        make(value)
    except ValueError as error:
        return str(error)
    return ""


def test_no_layer_is_made_with_an_impossible_argument():
    said = [(name, value, refusal(make, value)) for name, make, value in IMPOSSIBLE]
    assert [row for row in said if row[0] not in row[2]] == []


FITTING = {
    Conv2D(2, 4, 3, 2, 1, seed=0): (2, 6, 7),
    MaxPool2D(2): (2, 6, 7),
    AvgPool2D(3, 1, "same"): (2, 6, 7),
    GlobalAvgPool2D(): (2, 6, 7),
    BatchNorm2D(2): (2, 6, 7),
    Dense(12, 4, seed=0): (12,),
    Flatten(): (2, 3, 4),
    ReLU(): (5, 2),
    Dropout(): (3,),
    Residual(Conv2D(2, 2, 3, padding=1, seed=0)): (2, 6, 7),
    Sequential([Conv2D(2, 4, 3, seed=0), Flatten(), Dense(80, 3, seed=0)]): (2, 6, 7),
}
SHAPES = [(2, 6, 7), (3, 6, 7), (1, 6, 7), (2, 1, 1), (2, 6), (12,), (13,), (2, 3, 4, 1), (2, 0, 7)]


def test_forward_and_output_shape_refuse_and_accept_the_same_inputs():
    for layer, fitting in FITTING.items():
        assert layer.output_shape(fitting) == layer.forward(np.zeros((2, *fitting))).shape[1:]
        for shape in SHAPES:
            answers = []
            for ask in (
                layer.output_shape,
                lambda s, layer=layer: layer(np.ones((2, *s))).shape[1:],
            ):
                try:
                    answers.append(ask(shape))
                except ValueError:
                    answers.append("refused")
            assert answers[0] == answers[1], f"{layer.name} on {shape}: {answers}"


def test_what_is_not_a_number_is_refused_by_every_layer():
    for layer, shape in FITTING.items():
        for kind in (complex, str, object):
            with pytest.raises(ValueError, match="expects numbers; got an array of"):
                layer.forward(np.zeros((2, *shape)).astype(kind))


def test_a_mask_must_have_the_shape_of_the_batch():
    with pytest.raises(ValueError, match=r"mask .*\(4,\).*\(2, 4\)"):
        Dropout().forward(np.ones((2, 4)), training=True, mask=np.ones(4, bool))


def test_only_float32_and_float64_are_computed_in():
    for dtype in ("int32", "float16", complex):
        with pytest.raises(ValueError, match="float32 or float64"):
            Dense(2, 2, seed=0).astype(dtype)


def test_the_training_loop_checks_its_arguments():
    network = Sequential([Flatten(), Dense(4, 2, seed=0)])
    x, y = np.zeros((6, 1, 2, 2)), np.zeros(6, int)
    for settings in ({"epochs": 0}, {"epochs": 1.5}, {"batch_size": 0}, {"batch_size": -2}):
        with pytest.raises(ValueError, match=next(iter(settings))):
            network.fit(x, y, progress=False, **settings)
    with pytest.raises(ValueError, match="validation"):
        network.fit(x, y, progress=False, validation=x)
    with pytest.raises(ValueError, match=r"labels.*\(6, 1\)"):
        network.fit(x, y[:, None], progress=False)
    with pytest.raises(ValueError, match="batch_size"):
        network.predict(x, batch_size=0)
    for labels in (y[:5], y[:, None], y + 0.5):
        with pytest.raises(ValueError, match="labels"):
            network.accuracy(x, labels)


def test_a_gradient_that_is_not_a_number_fails_the_check():
    class Broken(ReLU):
        def backward(self, grad):
            return super().backward(grad) * np.nan

    with pytest.raises(AssertionError, match="Broken: the gradient of 'x'"):
        check_gradients(Broken(), np.ones((2, 3)))


def test_a_numerical_gradient_needs_a_step():
    with pytest.raises(ValueError, match="step"):
        numerical_gradient(lambda: 0.0, np.zeros(2), step=0)
