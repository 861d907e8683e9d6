"""The networks of the chapter's sections 11 and 18, as they were meant to run.

The chapter's code is repaired where Keras 3 refuses it or counts wrongly: the input comes first, so
a model is built at once; pictures are put on the scale that the base was trained with; a frozen
base keeps its batch norm in inference mode; the output is logits.
"""

from __future__ import annotations

import keras
from keras import layers

from convbook.models.pocket import pocket_net


def chapter_cifar10_net(
    num_classes=10,
    input_shape=(32, 32, 3),
    *,
    augmentation=True,
    batch_norm=True,
    rotation=15 / 360,
):
    """Section 11.1's network for CIFAR-10, input in [0, 1], (N, H, W, 3).

    325,418 parameters, 324,010 of them trainable; without batch norm 322,602. ``rotation`` is the
    augmentation's range as a share of a full turn to either side (the chapter's code has 0.1).
    """
    inputs = keras.Input(input_shape)
    x = _augmentation(inputs, rotation) if augmentation else inputs
    for filters in (32, 64, 128):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same")(x)
            if batch_norm:
                x = layers.BatchNormalization()(x)
            x = layers.ReLU()(x)
        x = layers.Dropout(0.25)(layers.MaxPooling2D(2)(x))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(256, activation="relu")(x)
    if batch_norm:
        x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="chapter_cifar10")


def augmented_pocket_net(num_classes=10, input_shape=(32, 32, 3), *, rotation=15 / 360):
    """The pocket net behind section 11.1's augmentation, to train it by the chapter's recipe.

    So network and recipe are told apart: this and `chapter_cifar10_net` differ in the network only.
    """
    inputs = keras.Input(input_shape)
    logits = pocket_net(num_classes, input_shape)(_augmentation(inputs, rotation))
    return keras.Model(inputs, logits, name="augmented_pocket_net")


def _augmentation(x, rotation):
    # A rotation factor is a share of a full turn: ±15° is 15/360, not 0.15.
    x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomRotation(rotation)(x)
    x = layers.RandomZoom(0.1)(x)
    return layers.RandomContrast(0.1, value_range=(0.0, 1.0))(x)


def transfer_net(base, num_classes, *, preprocess=None, hidden=256):
    """Section 11.2: a new head on a frozen ``base`` that ends in feature maps (N, h, w, c).

    ``preprocess`` is a layer or function that puts images on the base's scale. On ResNet-50 with
    5 classes: 24,114,565 parameters, 526,341 trainable. Made of Keras's own layers alone: a saved
    one loads where this book isn't installed.
    """
    if len(base.output_shape) != 4:
        raise ValueError(
            f"base gives {base.output_shape}; expected feature maps (N, h, w, c): "
            "build it with include_top=False and no pooling"
        )
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = preprocess(inputs) if preprocess else inputs
    x = layers.GlobalAveragePooling2D()(base(x, training=False))
    x = layers.Dense(hidden, activation="relu")(x)
    x = layers.Dropout(0.5)(layers.BatchNormalization()(x))
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="transfer")


def unfreeze_last(base, count, *, batch_norm=False):
    """Let the last ``count`` layers of ``base`` learn; compile the model again afterwards.

    Layers of models inside ``base`` count one by one. Batch norm stays frozen unless ``batch_norm``
    is True: a batch norm that may learn also replaces its running mean and variance by those of
    the new images, whatever ``training=False`` said when the base was called.
    """
    leaves = list(_leaves(base))
    if not 0 <= count <= len(leaves):
        raise ValueError(f"count {count} must lie between 0 and {len(leaves)}, the layers of base")
    base.trainable = True
    for number, layer in enumerate(leaves, start=count - len(leaves)):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number >= 0 and (batch_norm or not norm)
    return base


def _leaves(layer):
    """The layers of a model, of the models in it and of wrappers, each once, in order."""
    inner = getattr(layer, "layers", None) or [getattr(layer, "layer", None)]
    if inner == [None]:
        yield layer
    else:
        for part in dict.fromkeys(inner):
            yield from _leaves(part)


def crop_disease_net(num_classes=38, input_shape=(224, 224, 3), *, weights=None):
    """Section 18's crop disease detector on MobileNetV2; input in [0, 1].

    2,596,710 parameters for 38 classes. Returns (model, base).
    """
    base = keras.applications.MobileNetV2(
        weights=weights, include_top=False, input_shape=input_shape
    )
    scale = layers.Rescaling(2.0, offset=-1.0, name="to_minus_one_one")
    return transfer_net(base, num_classes, preprocess=scale), base


def traffic_sign_net(num_classes=43, input_shape=(48, 48, 3)):
    """Section 18's traffic sign network: 230,859 parameters, 229,195 trainable, for 43 classes."""
    inputs = keras.Input(input_shape)
    x = inputs
    for filters, repeat, drop in ((32, 2, 0.2), (64, 2, 0.3), (128, 1, 0.4)):
        for _ in range(repeat):
            x = layers.Conv2D(filters, 3, activation="relu")(x)
            x = layers.BatchNormalization()(x)
        if repeat == 2:
            x = layers.MaxPooling2D(2)(x)
        x = layers.Dropout(drop)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.BatchNormalization()(layers.Dense(512, activation="relu")(x))
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="traffic_sign")


def devanagari_net(num_classes=46, input_shape=(32, 32, 1)):
    """Section 18's Devanagari network: 1,268,750 parameters for 46 classes."""
    inputs = keras.Input(input_shape)
    x = inputs
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.Dropout(0.25)(layers.MaxPooling2D(2)(x))
    x = layers.Dropout(0.5)(layers.Dense(512, activation="relu")(layers.Flatten()(x)))
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="devanagari")
