"""The Inception module and GoogLeNet (Szegedy et al. 2014, "Going deeper with convolutions")."""

from __future__ import annotations

import keras
from keras import layers

# Table 1 of the paper: 1×1, reduction to 3×3, 3×3, reduction to 5×5, 5×5, projection after pooling.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def inception_module(x, widths, name):
    """Four branches side by side, (N, H, W, C) in, (N, H, W, sum of the branches' widths) out."""
    one, reduce3, three, reduce5, five, project = widths

    def conv(inputs, filters, size, part):
        layer = layers.Conv2D(
            filters, size, padding="same", activation="relu", name=f"{name}_{part}"
        )
        return layer(inputs)

    branches = [
        conv(x, one, 1, "1x1"),
        conv(conv(x, reduce3, 1, "3x3_reduce"), three, 3, "3x3"),
        conv(conv(x, reduce5, 1, "5x5_reduce"), five, 5, "5x5"),
        conv(layers.MaxPooling2D(3, 1, padding="same")(x), project, 1, "projection"),
    ]
    return layers.Concatenate(name=f"{name}_out")(branches)


def googlenet(num_classes=1000):
    """GoogLeNet's main branch, 224×224×3 in; 6,998,552 parameters with biases."""
    inputs = keras.Input((224, 224, 3))
    x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu", name="conv1")(inputs)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = layers.Conv2D(64, 1, activation="relu", name="conv2_reduce")(x)
    x = layers.Conv2D(192, 3, padding="same", activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for name, widths in MODULES.items():
        x = inception_module(x, widths, f"inception_{name}")
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = layers.Dropout(0.4)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="googlenet")
