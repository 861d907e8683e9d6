"""The chapter's own network: a residual net small enough to travel with the book.

It stays below 300,000 parameters and 35 million multiply-accumulates, so that it trains on two
processor cores in an hour or two, ships as a file of half a megabyte and runs inside a web page.
"""

from __future__ import annotations

LAST_CONV_LAYER = "stage2_block3_out"
FEATURE_LAYER = "pooled"


def _conv_bn(x, filters, name, *, relu=True, gamma="ones", l2=0.0):
    from keras import layers, regularizers

    x = layers.Conv2D(
        filters,
        3,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        kernel_regularizer=regularizers.L2(l2) if l2 else None,
        name=f"{name}_conv",
    )(x)
    x = layers.BatchNormalization(momentum=0.95, gamma_initializer=gamma, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if relu else x


def _block(x, filters, name, l2):
    """y = ReLU(x + F(x)); F starts at zero, so that training starts from a shallow network."""
    from keras import layers

    y = _conv_bn(x, filters, f"{name}_a", l2=l2)
    y = _conv_bn(y, filters, f"{name}_b", relu=False, gamma="zeros", l2=l2)
    return layers.ReLU(name=f"{name}_out")(layers.Add(name=f"{name}_add")([x, y]))


def pocket_net(num_classes=10, input_shape=(32, 32, 3), *, widths=(16, 32, 64), l2=0.0):
    """Build the chapter's own network; input in [0, 1], (N, H, W, 3), output logits (N, classes).

    Stem, two residual blocks at half the size, three at a quarter, global average pooling and one
    dense layer. The feature map that Grad-CAM reads is ``stage2_block3_out``: (8, 8, 64) for a
    32×32 picture. ``l2`` is a training setting and leaves the function unchanged.
    """
    import keras
    from keras import layers

    stem, narrow, wide = widths
    inputs = keras.Input(input_shape, name="image")
    x = layers.Rescaling(4.0, offset=-2.0, name="centre")(inputs)
    x = _conv_bn(x, stem, "stem", l2=l2)
    x = _conv_bn(x, narrow, "stage1", l2=l2)
    x = layers.MaxPooling2D(2, name="stage1_pool")(x)
    for number in (1, 2):
        x = _block(x, narrow, f"stage1_block{number}", l2)
    x = _conv_bn(x, wide, "stage2", l2=l2)
    x = layers.MaxPooling2D(2, name="stage2_pool")(x)
    for number in (1, 2, 3):
        x = _block(x, wide, f"stage2_block{number}", l2)
    x = layers.GlobalAveragePooling2D(name=FEATURE_LAYER)(x)
    logits = layers.Dense(num_classes, name="logits")(x)
    return keras.Model(inputs, logits, name="pocket_net")
