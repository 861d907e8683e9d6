"""AlexNet, and the networks that come with ``keras.applications``.

``weights=None`` everywhere by default: nothing is downloaded unless ``weights="imagenet"`` is asked
for, and then Keras looks in its cache first.
"""

from __future__ import annotations

import keras
from keras import layers, ops


def local_response_normalization(x, depth=5, k=2.0, alpha=1e-4, beta=0.75):
    """x / (k + α·Σ x²)^β over ``depth`` neighbouring channels (Krizhevsky et al. 2012, §3.3).

    ``x`` (N, H, W, C), a tensor or a model's. Made of Keras's own operations, so that a saved
    AlexNet loads where this book isn't installed.
    """
    half, channels = depth // 2, x.shape[-1]
    squares = ops.pad(ops.square(x), [[0, 0], [0, 0], [0, 0], [half, half]])
    total = squares[..., :channels]
    for i in range(1, depth):
        total = total + squares[..., i : i + channels]
    return x / (k + alpha * total) ** beta


def alexnet(num_classes=1000, *, grouped=True):
    """AlexNet, 227×227×3 in (Krizhevsky, Sutskever and Hinton 2012, §3.5).

    ``grouped`` splits layers 2, 4 and 5 in two, as two graphics cards did: 60,965,224 parameters
    with it, 62,378,344 without.
    """
    groups = 2 if grouped else 1
    inputs = keras.Input((227, 227, 3))
    x = layers.Conv2D(96, 11, strides=4, activation="relu", name="conv1")(inputs)
    x = layers.MaxPooling2D(3, 2)(local_response_normalization(x))
    x = layers.Conv2D(256, 5, padding="same", groups=groups, activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(3, 2)(local_response_normalization(x))
    x = layers.Conv2D(384, 3, padding="same", activation="relu", name="conv3")(x)
    x = layers.Conv2D(384, 3, padding="same", groups=groups, activation="relu", name="conv4")(x)
    x = layers.Conv2D(256, 3, padding="same", groups=groups, activation="relu", name="conv5")(x)
    x = layers.Flatten()(layers.MaxPooling2D(3, 2)(x))
    for name in ("fc6", "fc7"):
        x = layers.Dropout(0.5)(layers.Dense(4096, activation="relu", name=name)(x))
    return keras.Model(inputs, layers.Dense(num_classes, name="logits")(x), name="alexnet")


def vgg16(num_classes=1000, weights=None):
    """VGG-16, 224×224×3 in; 138,357,544 parameters (Simonyan and Zisserman 2014)."""
    return keras.applications.VGG16(
        weights=weights, classes=num_classes, classifier_activation=None
    )


def resnet50(num_classes=1000, weights=None):
    """ResNet-50, 224×224×3 in; 25,636,712 parameters, 25,583,592 trainable (He et al. 2015)."""
    return keras.applications.ResNet50(
        weights=weights, classes=num_classes, classifier_activation=None
    )


def mobilenet_v2(num_classes=1000, weights=None):
    """MobileNetV2 1.0, 224×224×3 in; 3,538,984 parameters (Sandler et al. 2018)."""
    return keras.applications.MobileNetV2(
        weights=weights, classes=num_classes, classifier_activation=None
    )


def efficientnet(version=0, num_classes=1000, weights=None):
    """EfficientNet-B0 to B7 (Tan and Le 2019): 5,330,571 parameters for B0, 66,658,687 for B7."""
    if version not in range(8):
        raise ValueError(f"version {version!r} is unknown; EfficientNets are numbered 0 to 7")
    build = getattr(keras.applications, f"EfficientNetB{version}")
    return build(weights=weights, classes=num_classes, classifier_activation=None)
