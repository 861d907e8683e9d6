"""LeNet-5: as the paper has it, and as it is usually remade.

LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
Proceedings of the IEEE 86(11), 1998, section II.B.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers, ops

# Table I of the paper: which of the six maps of S2 each of the sixteen maps of C3 looks at.
C3_INPUTS = (
    *((i % 6, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *(tuple(sorted((i + k) % 6 for k in range(4))) for i in range(6)),
    *(tuple(sorted(((i + k) % 6) for k in (0, 1, 3, 4))) for i in range(3)),
    tuple(range(6)),
)


def lenet5(form="usual", num_classes=10):
    """LeNet-5. ``form="usual"``: 28×28×1 in, 61,706 parameters. ``form="paper"``: 32×32×1 in,
    60,000 trainable parameters (trainable subsampling, partly connected C3, fixed output codes).
    """
    if form == "usual":
        return _usual(num_classes)
    if form == "paper":
        return _paper(num_classes)
    raise ValueError(f"form {form!r} is unknown; there are 'usual' and 'paper'")


def _usual(num_classes):
    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(inputs)
    x = layers.AveragePooling2D(2, name="s2")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="c3")(x)
    x = layers.AveragePooling2D(2, name="s4")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="tanh", name="c5")(x)
    x = layers.Dense(84, activation="tanh", name="f6")(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="lenet5")


def scaled_tanh(x):
    """The paper's squashing function, 1.7159·tanh(2x/3)."""
    return 1.7159 * ops.tanh(x * (2 / 3))


def subsampling(x, name):
    """The sum over 2×2 pixels times one trainable coefficient a map, plus one trainable bias.

    Four times the mean is that sum; a 1×1 depthwise convolution multiplies each map by a number of
    its own and adds another.
    """
    summed = 4 * layers.AveragePooling2D(2)(x)
    return layers.DepthwiseConv2D(1, depthwise_initializer="ones", name=name)(summed)


def code_distance(x, units):
    """Minus the squared distance to a fixed code of ±1 for each class, so the largest wins.

    The paper's codes are 7×12 pictures of the characters; here they are drawn at random once.
    |x − c|² = |x|² − 2 x·c + |c|², and |c|² is the length of the code.
    """
    length = x.shape[-1]
    codes = layers.Dense(units, use_bias=False, trainable=False, name="codes")
    products = codes(x)
    codes.set_weights([np.random.default_rng(1998).choice([-1.0, 1.0], (length, units))])
    return 2 * products - (ops.sum(ops.square(x), axis=-1, keepdims=True) + length)


def _paper(num_classes):
    inputs = keras.Input((32, 32, 1))
    x = scaled_tanh(layers.Conv2D(6, 5, name="c1")(inputs))
    x = scaled_tanh(subsampling(x, "s2"))
    maps = [
        layers.Conv2D(1, 5, name=f"c3_{number}")(ops.take(x, list(chosen), axis=-1))
        for number, chosen in enumerate(C3_INPUTS)
    ]
    x = scaled_tanh(layers.Concatenate(name="c3")(maps))
    x = scaled_tanh(subsampling(x, "s4"))
    x = scaled_tanh(layers.Conv2D(120, 5, name="c5")(x))
    x = scaled_tanh(layers.Dense(84, name="f6")(layers.Flatten()(x)))
    return keras.Model(inputs, code_distance(x, num_classes), name="lenet5_paper")
