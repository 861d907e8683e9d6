"""Every layer against Keras, forward and backward, on random settings that Keras accepts.

Everything that imports TensorFlow is in this file, so that one process pays for it once.
"""

import numpy as np
import pytest

from convbook.nn import (
    AvgPool2D,
    BatchNorm2D,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    MaxPool2D,
    SoftmaxCrossEntropy,
    relative_error,
)

pytestmark = pytest.mark.keras
TOLERANCE = {"float64": 1e-9, "float32": 1e-4}


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def channels_last(x):
    return np.moveaxis(x, 1, -1)


def agree(tf, layer, twin, x, weights=(), **call):
    """Forward and backward of ``layer`` against the Keras layer ``twin``; ``weights`` by name."""
    x = x.astype(layer_type(layer, twin))
    variable = tf.Variable(channels_last(x) if x.ndim == 4 else x)
    with tf.GradientTape() as tape:
        expected = twin(variable, **call)
        grad = np.random.default_rng(1).standard_normal(expected.shape).astype(x.dtype)
        loss = tf.reduce_sum(expected * grad)
    found = layer.forward(x, **call)
    image = found.ndim == 4
    tolerance = TOLERANCE[str(x.dtype)]
    expected = np.moveaxis(expected.numpy(), -1, 1) if image else expected.numpy()
    assert relative_error(found, expected) <= tolerance
    sources = [variable, *(w.value for w in twin.trainable_variables)]
    first, *others = tape.gradient(loss, sources)
    grad_x = layer.backward(np.moveaxis(grad, -1, 1) if image else grad)
    first = np.moveaxis(first.numpy(), -1, 1) if x.ndim == 4 else first.numpy()
    assert relative_error(grad_x, first) <= tolerance
    for name, other in zip(weights, others, strict=True):
        other = other.numpy()
        reshaped = from_keras(other, layer) if name == "weight" and image else other
        assert relative_error(layer.grads[name], reshaped) <= tolerance


def layer_type(layer, twin):
    return next(iter(layer.params.values())).dtype if layer.params else twin.compute_dtype


def from_keras(kernel, layer):
    """(kh, kw, C, K), or (kh, kw, C, multiplier) for depthwise, to (K, C / groups, kh, kw)."""
    if kernel.shape[2] * layer.groups == layer.in_channels:
        return kernel.transpose(3, 2, 0, 1)
    return kernel.reshape(*kernel.shape[:2], 1, -1).transpose(3, 2, 0, 1)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_conv2d(keras, tf, dtype):
    rng = np.random.default_rng(0)
    for trial in range(16):
        kernel = tuple(rng.integers(1, 5, 2).tolist())
        # Keras refuses a stride together with a dilation.
        steps = int(rng.integers(1, 4))
        stride, dilation = (steps, 1) if trial % 2 else (1, steps)
        groups = int(rng.integers(1, 4))
        channels, filters = (groups * int(n) for n in rng.integers(1, 4, 2))
        padding = ("valid", "same")[trial // 2 % 2]
        x = rng.standard_normal((2, channels, *rng.integers(12, 16, 2)))
        layer = Conv2D(
            channels, filters, kernel, stride, padding, dilation=dilation, groups=groups, seed=trial
        ).astype(dtype)
        layer.params["bias"] += rng.standard_normal(filters).astype(dtype)
        twin = keras.layers.Conv2D(
            filters, kernel, strides=stride, padding=padding, dilation_rate=dilation,
            groups=groups, dtype=dtype,
        )  # fmt: skip
        twin.build((None, *x.shape[2:], channels))
        twin.set_weights([layer.params["weight"].transpose(2, 3, 1, 0), layer.params["bias"]])
        agree(tf, layer, twin, x, ("weight", "bias"))


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_depthwise_is_conv2d_with_a_group_for_each_channel(keras, tf, padding):
    rng = np.random.default_rng(0)
    layer = Conv2D(3, 6, 3, 2, padding, groups=3, bias=False).astype("float64")
    twin = keras.layers.DepthwiseConv2D(
        3, strides=2, padding=padding, depth_multiplier=2, use_bias=False, dtype="float64"
    )
    twin.build((None, 9, 8, 3))
    kernel = layer.params["weight"][:, 0].reshape(3, 2, 3, 3).transpose(2, 3, 0, 1)
    twin.set_weights([kernel])
    agree(tf, layer, twin, rng.standard_normal((2, 3, 9, 8)), ("weight",))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), ((2, 3), (1, 2)), (3, 1)])
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_pooling(keras, tf, kind, size, stride, padding, dtype):
    ours = {"Max": MaxPool2D, "Average": AvgPool2D}[kind](size, stride, padding)
    theirs = getattr(keras.layers, f"{kind}Pooling2D")(size, stride, padding, dtype=dtype)
    agree(tf, ours, theirs, np.random.default_rng(0).standard_normal((2, 3, 7, 8)))


def test_global_average_pooling(keras, tf):
    x = np.random.default_rng(0).standard_normal((2, 3, 7, 8))
    agree(tf, GlobalAvgPool2D(), keras.layers.GlobalAveragePooling2D(dtype="float64"), x)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_batch_norm_and_its_moving_statistics(keras, tf, dtype, training):
    rng = np.random.default_rng(0)
    layer = BatchNorm2D(3, momentum=0.8, epsilon=1e-3).astype(dtype)
    twin = keras.layers.BatchNormalization(momentum=0.8, epsilon=1e-3, dtype=dtype)
    twin.build((None, 5, 6, 3))
    layer.params["gamma"][:], layer.params["beta"][:] = rng.standard_normal((2, 3))
    twin.set_weights([*layer.params.values(), *layer.buffers.values()])
    x = rng.standard_normal((4, 3, 5, 6)) * 3 + 1
    agree(tf, layer, twin, x, ("gamma", "beta"), training=training)
    for moving, theirs in zip(layer.buffers.values(), twin.get_weights()[2:], strict=True):
        np.testing.assert_allclose(moving, theirs, rtol=1e-5)


def test_dense(keras, tf):
    layer = Dense(7, 4).astype("float64")
    twin = keras.layers.Dense(4, dtype="float64")
    twin.build((None, 7))
    twin.set_weights(list(layer.params.values()))
    agree(tf, layer, twin, np.random.default_rng(0).standard_normal((5, 7)), ("weight", "bias"))


def test_softmax_cross_entropy(keras, tf):
    rng = np.random.default_rng(0)
    logits, labels = rng.standard_normal((6, 5)) * 4, rng.integers(0, 5, 6)
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        theirs = keras.losses.sparse_categorical_crossentropy(labels, variable, from_logits=True)
        theirs = tf.reduce_mean(theirs)
    loss = SoftmaxCrossEntropy()
    assert loss.forward(logits, labels) == pytest.approx(float(theirs), rel=1e-6)
    assert relative_error(loss.backward(), tape.gradient(theirs, variable).numpy()) <= 1e-6
