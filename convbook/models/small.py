"""A network that trains in under a minute, for the embedded data sets."""

from __future__ import annotations

import keras
from keras import layers


def conv_net(
    num_classes=10, input_shape=(32, 32, 3), *, widths=(16, 32, 64, 64), pools=2, centre=True
):
    """3×3 convolutions with batch norm and ReLU, global average pooling and one dense layer.

    The first ``pools`` convolutions are followed by 2×2 max pooling, so the last feature map,
    named ``features``, is (H/2^pools, W/2^pools, widths[-1]). Input in [0, 1], logits out.
    """
    if not 0 <= pools <= len(widths):
        raise ValueError(
            f"pools {pools} must lie between 0 and {len(widths)}, the layers there are"
        )
    inputs = keras.Input(input_shape, name="image")
    x = layers.Rescaling(4.0, offset=-2.0, name="centre")(inputs) if centre else inputs
    for number, width in enumerate(widths):
        last = number == len(widths) - 1
        x = layers.Conv2D(
            width,
            3,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"conv{number + 1}",
        )(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"bn{number + 1}")(x)
        x = layers.ReLU(name="features" if last else f"relu{number + 1}")(x)
        if number < pools:
            x = layers.MaxPooling2D(2, name=f"pool{number + 1}")(x)
    x = layers.GlobalAveragePooling2D(name="pooled")(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="conv_net")
