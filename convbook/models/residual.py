"""ResNets for small pictures, and their plain twins (He et al. 2015, section 4.2)."""

from __future__ import annotations

import keras
from keras import layers


def resnet(depth=20, num_classes=10, input_shape=(32, 32, 3), *, width=16):
    """ResNet of ``depth`` = 6n + 2 weight layers; 274,042 parameters at depth 20.

    Where the shape changes the shortcut is a 1×1 convolution with batch norm (option B).
    """
    return _network(depth, num_classes, input_shape, width, shortcut=True)


def plain_net(depth=20, num_classes=10, input_shape=(32, 32, 3), *, width=16):
    """The same layers as ``resnet`` without its shortcuts: what deepens badly."""
    return _network(depth, num_classes, input_shape, width, shortcut=False)


def _network(depth, num_classes, input_shape, width, shortcut):
    if depth < 8 or (depth - 2) % 6:
        raise ValueError(f"depth {depth} is not 6n + 2; try 8, 14, 20, 32 or 56")
    inputs = keras.Input(input_shape)
    x = _conv_bn(inputs, width, 1, 3)
    x = layers.ReLU()(x)
    for stage in range(3):
        for block in range((depth - 2) // 6):
            stride = 2 if stage > 0 and block == 0 else 1
            x = _block(x, width * 2**stage, stride, shortcut, f"stage{stage + 1}_{block + 1}")
    x = layers.GlobalAveragePooling2D()(x)
    kind = "resnet" if shortcut else "plain"
    outputs = layers.Dense(num_classes, name="logits")(x)
    return keras.Model(inputs, outputs, name=f"{kind}{depth}")


def _conv_bn(x, filters, stride, size):
    x = layers.Conv2D(
        filters,
        size,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def _block(x, filters, stride, shortcut, name):
    y = layers.ReLU()(_conv_bn(x, filters, stride, 3))
    y = _conv_bn(y, filters, 1, 3)
    if shortcut:
        if stride != 1 or x.shape[-1] != filters:
            x = _conv_bn(x, filters, stride, 1)
        y = layers.Add(name=f"{name}_add")([x, y])
    return layers.ReLU(name=f"{name}_out")(y)
