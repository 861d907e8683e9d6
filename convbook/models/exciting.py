"""Which image makes a channel as active as it can be? Input optimisation, and its recorded results.

The weights stay as they are, and the *pixels* are trained: gradient ascent on the mean activation
of one feature map. Plain pixels end in noise, so the image is kept as its Fourier coefficients,
with decorrelated colours, and is shifted and scaled a little at each step (Olah, Mordvintsev and
Schubert, "Feature Visualization", Distill, 2017).

``python -m convbook.models.exciting`` makes the twelve images of section 4.6 again (five minutes).
"""

from __future__ import annotations

from collections.abc import Sequence
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
    *(("predictions", 323), ("predictions", 949), ("predictions", 251)),
)
#: Images for classes are made at the size that the network was trained on, and reduced to SIZE.
#: These nine were tried, all at once; the three are kept in which an object shows best.
CLASS_SIZE, CLASSES_TRIED = 224, (251, 109, 599, 949, 985, 323, 340, 84, 8)
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
    return exciting_images(model, layer, [channel], steps=steps, rate=rate, seed=seed)[0]


def exciting_images(
    model: Any,
    layer: str,
    channels: Sequence[int],
    *,
    steps: int = 220,
    rate: float = 0.05,
    seed: int = 0,
    margin: int = MARGIN,
    scale: tuple[float, float] = (2, -1),
    leak: float | None = None,
) -> NDArray[np.float32]:
    """An image for each of ``channels``, all at once: (len(channels), H, W, 3) in [0, 1].

    As ``exciting_image``; ``model`` takes ``scale[0] * image + scale[1]``, and ``margin`` grey
    pixels lie around an image while it is shifted. With ``leak``, ``layer`` is a ReLU, and what
    goes into it counts, times ``leak`` where it is negative: a channel that is silent on a grey
    image would have no gradient, and one at the ReLU's ceiling neither.
    """
    import_keras()
    import keras
    import tensorflow as tf

    size = model.input_shape[1]
    asked = model.get_layer(layer)
    part = keras.Model(model.input, asked.output if leak is None else asked.input)
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    weight = (size**0.5 / np.maximum(frequency, 1 / size)).astype(np.float32)
    colours = COLOURS / np.linalg.norm(COLOURS, axis=0).max()
    rng = np.random.default_rng(seed)
    start = rng.normal(size=(2, len(channels), 3, size, size // 2 + 1))
    spectrum = tf.Variable(0.01 * start.astype(np.float32))
    optimizer = keras.optimizers.Adam(rate)

    def images():
        planes = tf.signal.irfft2d(tf.complex(spectrum[0], spectrum[1]) * weight)
        return tf.sigmoid(tf.tensordot(tf.transpose(planes, (0, 2, 3, 1)), colours.T, 1))

    @tf.function
    def gradient(top, left, larger):
        with tf.GradientTape() as tape:
            edge = [[0, 0], [margin, margin], [margin, margin], [0, 0]]
            padded = tf.pad(images(), edge, constant_values=0.5)
            resized = tf.image.resize(padded, (larger, larger))
            moved = resized[:, top : top + size, left : left + size]
            moved = tf.ensure_shape(moved, (len(channels), size, size, 3))
            maps = part(scale[0] * moved + scale[1], training=False)
            if leak is not None:
                maps = tf.nn.leaky_relu(maps, leak)
            means = tf.reduce_mean(maps, axis=list(range(1, len(maps.shape) - 1)))
            loss = -tf.reduce_sum(tf.gather(means, channels, axis=1, batch_dims=0) * own)
        return tape.gradient(loss, spectrum)

    own = tf.eye(len(channels))
    for _ in range(steps):
        larger = int((size + 2 * margin) * rng.choice([0.95, 1.0, 1.05, 1.1]))
        top, left = (int(place) for place in rng.integers(0, larger - size + 1, size=2))
        optimizer.apply([gradient(*map(tf.constant, (top, left, larger)))], [spectrum])
    return np.asarray(images())


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


def class_images() -> list[NDArray[np.float32]]:
    """The images (SIZE, SIZE, 3) in [0, 1] of the three classes, in the order of ``CHANNELS``."""
    from PIL import Image

    model = mobilenet(CLASS_SIZE)
    found = exciting_images(model, "predictions", CLASSES_TRIED, steps=200)
    chosen = [found[CLASSES_TRIED.index(channel)] for _, channel in CHANNELS[-3:]]
    large = [Image.fromarray((255 * image + 0.5).astype(np.uint8)) for image in chosen]
    small = [image.resize((SIZE, SIZE), Image.Resampling.LANCZOS) for image in large]
    return [np.asarray(image, np.float32) / np.float32(255) for image in small]


def main() -> None:
    from PIL import Image

    model = mobilenet()
    tiles = [*(exciting_image(model, *where) for where in CHANNELS[:-3]), *class_images()]
    sheet = np.stack(tiles).reshape(4, 3, SIZE, SIZE, 3).swapaxes(1, 2)
    pixels = (255 * sheet.reshape(4 * SIZE, 3 * SIZE, 3) + 0.5).astype(np.uint8)
    Image.fromarray(pixels).save(FILE, quality=88, method=6)


if __name__ == "__main__":
    main()
