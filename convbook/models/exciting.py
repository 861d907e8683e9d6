"""Which image makes a channel as active as it can be? Input optimisation, and its recorded results.

The weights stay as they are, and the *pixels* are trained: gradient ascent on the mean activation
of one feature map. Plain pixels end in noise, so the image is kept as its Fourier coefficients,
with decorrelated colours, and is shifted and scaled a little at each step (Olah, Mordvintsev and
Schubert, "Feature Visualization", Distill, 2017).

``python -m convbook.models.exciting`` makes the twelve images of section 4.6 again (two minutes).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convbook.models._quiet import import_keras

FILE = Path(__file__).parent / "imagenet" / "exciting.webp"
SIZE = 128
#: Layer and channel of MobileNetV2, three a row; the last row are logits of classes.
CHANNELS = (
    *(("block_2_expand_relu", 11), ("block_2_expand_relu", 23), ("block_2_expand_relu", 101)),
    *(("block_6_expand_relu", 60), ("block_6_expand_relu", 80), ("block_6_expand_relu", 120)),
    *(("block_10_expand_relu", 40), ("block_10_expand_relu", 150), ("block_10_expand_relu", 200)),
    *(("predictions", 340), ("predictions", 953), ("predictions", 109)),
)
#: How red, green and blue vary together in photographs (Olah et al., 2017).
COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]], np.float32)
MARGIN = 8  # grey pixels around the image, for its shifts


def recorded() -> list[NDArray[np.float32]]:
    """The twelve images (SIZE, SIZE, 3) in [0, 1], in the order of ``CHANNELS``."""
    from PIL import Image

    sheet = np.asarray(Image.open(FILE).convert("RGB"), np.float32) / 255
    rows, columns = sheet.shape[0] // SIZE, sheet.shape[1] // SIZE
    tiles = sheet.reshape(rows, SIZE, columns, SIZE, 3).swapaxes(1, 2)
    return list(tiles.reshape(-1, SIZE, SIZE, 3))


def exciting_image(
    model: Any, layer: str, channel: int, *, steps: int = 220, rate: float = 0.05, seed: int = 0
) -> NDArray[np.float32]:
    """An image (H, W, 3) in [0, 1] that makes ``channel`` of ``layer`` large on average.

    ``model`` takes square images (N, H, H, 3) scaled to [-1, 1]; ``layer`` gives maps
    (N, h, w, C) or logits (N, C). It needs the TensorFlow backend.
    """
    import_keras()
    import keras
    import tensorflow as tf

    size = model.input_shape[1]
    part = keras.Model(model.input, model.get_layer(layer).output)
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    scale = (size**0.5 / np.maximum(frequency, 1 / size)).astype(np.float32)
    colours = COLOURS / np.linalg.norm(COLOURS, axis=0).max()
    rng = np.random.default_rng(seed)
    start = 0.01 * rng.normal(size=(2, 3, size, size // 2 + 1)).astype(np.float32)
    spectrum = tf.Variable(start)
    optimizer = keras.optimizers.Adam(rate)

    def image():
        planes = tf.signal.irfft2d(tf.complex(spectrum[0], spectrum[1]) * scale)
        return tf.sigmoid(tf.tensordot(tf.transpose(planes, (1, 2, 0)), colours.T, 1))

    @tf.function
    def gradient(top, left, larger):
        with tf.GradientTape() as tape:
            edge = [[MARGIN, MARGIN], [MARGIN, MARGIN], [0, 0]]
            padded = tf.pad(image(), edge, constant_values=0.5)
            moved = tf.image.resize(padded, (larger, larger))[top : top + size, left : left + size]
            moved = tf.ensure_shape(moved, (size, size, 3))
            loss = -tf.reduce_mean(part(2 * moved[None] - 1, training=False)[..., channel])
        return tape.gradient(loss, spectrum)

    for _ in range(steps):
        larger = int((size + 2 * MARGIN) * rng.choice([0.95, 1.0, 1.05, 1.1]))
        top, left = (int(place) for place in rng.integers(0, larger - size + 1, size=2))
        optimizer.apply([gradient(*map(tf.constant, (top, left, larger)))], [spectrum])
    return np.asarray(image())


def mobilenet(size: int = SIZE) -> Any:
    """MobileNetV2 with ImageNet weights for images of ``size`` pixels; it ends in logits."""
    import_keras()
    import keras

    from convbook.models.mobilenet import imagenet_weights

    whole = keras.applications.MobileNetV2(weights=imagenet_weights(), classifier_activation=None)
    body = keras.applications.MobileNetV2((size, size, 3), include_top=False, weights=None)
    body.set_weights(whole.get_weights()[:-2])
    pooled = keras.layers.GlobalAveragePooling2D()(body.output)
    head = keras.layers.Dense(1000, name="predictions")
    model = keras.Model(body.input, head(pooled))
    head.set_weights(whole.get_weights()[-2:])
    return model


def main() -> None:
    from PIL import Image

    model = mobilenet()
    tiles = np.stack([exciting_image(model, *where) for where in CHANNELS])
    sheet = tiles.reshape(4, 3, SIZE, SIZE, 3).swapaxes(1, 2).reshape(4 * SIZE, 3 * SIZE, 3)
    Image.fromarray((255 * sheet + 0.5).astype(np.uint8)).save(FILE, quality=88, method=6)


if __name__ == "__main__":
    main()
