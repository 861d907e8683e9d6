"""Images made to excite a channel do: more than photographs, and more with every few steps."""

import numpy as np
import pytest
from skimage import data
from skimage.transform import resize

from convbook.models import exciting

pytestmark = pytest.mark.keras
keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def network():
    return exciting.mobilenet()


def activation(network, images):
    """Mean activation of each channel of the record on each image: (images, channels)."""
    outputs = [network.get_layer(layer).output for layer, _ in exciting.CHANNELS]
    values = keras.Model(network.input, outputs)(2 * np.stack(images) - 1, training=False)
    pairs = zip(values, exciting.CHANNELS, strict=True)
    return np.stack(
        [np.array(v)[..., c].reshape(len(images), -1).mean(1) for v, (_, c) in pairs], 1
    )


def test_each_recorded_image_excites_its_channel_more_than_photographs_do(network):
    size = (exciting.SIZE, exciting.SIZE)
    photographs = [
        resize(image, size).astype("float32")
        for image in (data.chelsea(), data.coffee(), data.astronaut(), data.rocket())
    ]
    recorded = exciting.recorded()
    assert len(recorded) == len(exciting.CHANNELS)
    own = np.diag(activation(network, recorded))
    assert (own > activation(network, photographs).max(axis=0)).all()


def test_ascent_raises_the_activation(network):
    layer, channel = exciting.CHANNELS[0]
    few, more = (exciting.exciting_image(network, layer, channel, steps=n) for n in (1, 12))
    before, after = activation(network, [few, more])[:, 0]
    assert after > before
    assert 0 <= more.min() < more.max() <= 1
