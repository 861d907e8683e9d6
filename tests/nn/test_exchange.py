"""A trained network as plain lists, arrays and text is the network that it was made from."""

import numpy as np
import pytest

from convbook import nn
from convbook.nn.exchange import from_keras, from_network, from_text, to_text
from questions.networks import read_network

IMAGES = np.random.default_rng(0).random((6, 1, 9, 9), np.float32)


def rebuilt(layers, weights, images=IMAGES):
    """What the network as it is handed in makes of the images."""
    found = read_network(layers, weights, ("layers", "weights"), images.shape[1:])
    for layer in found.layers:
        images = layer(images)
    return images


def every_layer():
    """A network of all layers that there are, with moving statistics that moved."""
    network = nn.Sequential(
        [
            nn.Conv2D(1, 4, 3, padding="same", bias=False),
            nn.BatchNorm2D(4),
            nn.ReLU(),
            nn.MaxPool2D(2),
            nn.Conv2D(4, 4, 3, padding=1, groups=4),
            nn.AvgPool2D(2, 1),
            nn.Dropout(0.3),
            nn.Flatten(),
            nn.Dense(36, 8),
            nn.ReLU(),
            nn.Dense(8, 10),
        ],
        seed=2,
    )
    network.forward(IMAGES, training=True)
    return network


def test_a_network_of_ours_computes_the_same_as_plain_lists():
    network = every_layer()
    found = rebuilt(*from_network(network))
    np.testing.assert_allclose(found, network.predict(IMAGES), rtol=1e-4, atol=1e-5)


def test_a_network_survives_being_a_line_of_text():
    layers, weights = from_network(every_layer())
    text = to_text(layers, weights)
    assert "\n" not in text
    again, arrays = from_text(text)
    assert again == layers
    found, expected = rebuilt(again, arrays), rebuilt(layers, weights)
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.02)


@pytest.mark.parametrize("spoil", [lambda t: t[:-20], lambda t: t[3:], lambda t: "", lambda t: "x"])
def test_a_text_that_is_not_whole_is_refused_in_words(spoil):
    text = to_text(*from_network(every_layer()))
    with pytest.raises(ValueError, match="copy the whole line"):
        from_text(spoil(text))


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (nn.Conv2D(4, 4, 3, groups=2), "groups"),
        (nn.Conv2D(4, 4, 3, dilation=2), "dilated"),
        (nn.Conv2D(4, 4, (3, 5)), "only squares"),
        (nn.MaxPool2D(3, padding=1), "padding"),
        (nn.Residual(nn.ReLU()), "can't be handed in"),
    ],
)
def test_what_has_no_plain_form_is_refused_in_words(layer, reason):
    network = nn.Sequential([nn.ReLU()])
    network.layers.append(layer)
    with pytest.raises(ValueError, match=reason):
        from_network(network)


@pytest.mark.keras
def test_a_keras_model_computes_the_same_as_plain_lists():
    keras = pytest.importorskip("keras")
    layer = keras.layers
    keras.utils.set_random_seed(3)
    base = keras.Sequential(
        [
            keras.Input((9, 9, 1)),
            layer.RandomTranslation(0.1, 0.1),
            layer.Conv2D(4, 3, padding="same", use_bias=False),
            layer.BatchNormalization(scale=False),
            layer.ReLU(),
            layer.MaxPooling2D(2),
            layer.DepthwiseConv2D(3, strides=1, padding="same", activation="relu"),
            layer.BatchNormalization(center=False),
        ]
    )
    model = keras.Sequential(
        [
            keras.Input((9, 9, 1)),
            base,
            layer.AveragePooling2D(2, 1),
            layer.Flatten(),
            layer.Dropout(0.2),
            layer.Dense(8, activation="relu"),
            layer.Dense(10),
        ]
    )
    images = IMAGES.transpose(0, 2, 3, 1)
    for _ in range(3):
        model(images, training=True)  # so that the moving statistics move
    np.testing.assert_allclose(
        rebuilt(*from_keras(model)), model(images, training=False).numpy(), rtol=1e-3, atol=1e-4
    )


@pytest.mark.keras
def test_a_keras_layer_that_has_no_plain_form_is_refused_in_words():
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((9, 9, 1)), keras.layers.Conv2D(2, 3, activation="gelu")])
    with pytest.raises(ValueError, match="gelu"):
        from_keras(model)
