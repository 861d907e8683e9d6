"""MobileNetV2 with ImageNet weights, from the file of 8-bit integers that comes with the book.

The file (3.5 MB) holds one kernel a convolution as int8 with a scale a channel, and a bias into
which batch norm is folded. It is made from the quantised model that Google publishes for Coral
(google-coral/test_data, Apache-2.0; the notice stands beside the file).

Folding has lost the statistics of batch norm: whatever mean μ and variance σ² a channel has, γ =
√(σ² + ε) and β = b + μ give the same output x + b. ``python -m convbook.models.mobilenet`` measures
them again, on photographs, so that what happens to them in fine-tuning can be seen.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from pathlib import Path

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.data import DamagedData, DataNotFound

FILE = Path(__file__).parent / "imagenet" / "mobilenetv2_imagenet_int8.npz"


def imagenet_weights() -> str:
    """Path of the weights for ``keras.applications.MobileNetV2(weights=...)``, with no download.

    Made once from the file that comes with the book, and kept in the user's cache (14 MB). For
    ``alpha=1`` and, with ``include_top=True``, the 1,000 classes of ``imagenet_classes``.
    """
    version = zlib.crc32(FILE.read_bytes())
    name = f"mobilenet_v2_imagenet_{version:08x}.weights.h5"
    for folder in (_cache(), Path(tempfile.gettempdir()) / f"convbook-{_user()}"):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = folder / name
            if not target.is_file():
                part = folder / f"{os.getpid()}.{name}"
                load_int8_mobilenet_v2()[0].save_weights(part)
                part.replace(target)
            return str(target)
        except OSError:  # a home without room or without leave to write
            continue
    raise OSError(f"neither {_cache()} nor the temporary folder can be written to")


def imagenet_classes() -> tuple[str, ...]:
    """The names of ImageNet's 1,000 classes, in the order of the network's logits."""
    return tuple(str(label).split(",")[0] for label in _read(FILE)["labels"])


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convbook"


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def load_int8_mobilenet_v2(path: str | os.PathLike | None = None):
    """MobileNetV2 1.0/224 with ImageNet weights, frozen: (model, labels), logits out.

    Input (N, 224, 224, 3), pixel/127.5 − 1. ``path``: a file like the one that comes with the book.
    Raises DataNotFound or DamagedData.
    """
    path = Path(path) if path else FILE
    parts = _read(path)
    model = keras.applications.MobileNetV2(weights=None, classifier_activation=None)
    _fill(model, parts, path)
    model.trainable = False
    return model, tuple(str(label) for label in parts["labels"])


def _read(path):
    if not Path(path).is_file():
        raise DataNotFound(
            f"{path} is not there. It comes with the book: install convbook again, or use "
            'convbook.models.mobilenet_v2(weights="imagenet"), which Keras downloads'
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as problem:  # zip, CRC and header errors have no common class
        raise DamagedData(f"{path} is damaged ({problem}); fetch it again") from problem


def _fill(model, parts, path):
    """Kernel i goes to the i-th layer that has one, bias i to the batch norm after it."""
    for number, (layer, norm) in enumerate(_pairs(model)):
        kernel, bias = _kernel(parts, number), parts[f"b{number}"]
        shape = tuple(layer.kernel.shape)
        if kernel.size != np.prod(shape):
            raise DamagedData(
                f"{path}: kernel {number} has shape {kernel.shape}, {layer.name} needs {shape}"
            )
        if layer.use_bias:
            layer.set_weights([kernel.reshape(shape), bias])
            continue
        layer.set_weights([kernel.reshape(shape)])
        mean = parts.get(f"m{number}", np.zeros_like(bias))
        variance = parts.get(f"v{number}", np.ones_like(bias))
        norm.set_weights([np.sqrt(variance + norm.epsilon), bias + mean, mean, variance])


def _pairs(model):
    """Each layer with a kernel, and the layer after it: its batch norm, but for the last."""
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)
    after = [*model.layers[1:], None]
    pairs = zip(model.layers, after, strict=True)
    return [(layer, norm) for layer, norm in pairs if isinstance(layer, kinds)]


def _kernel(parts, number):
    """Kernel ``number`` as float32; its scales belong to output channels."""
    kernel, scale = parts[f"k{number}"].astype(np.float32), parts[f"s{number}"]
    depthwise = kernel.shape[-1] == 1
    return kernel * (scale[:, None] if depthwise else scale)


def statistics(model, images: ArrayLike) -> dict[str, NDArray[np.float32]]:
    """Mean ``m0, m1, …`` and variance ``v0, v1, …`` of what each batch norm is given.

    ``images`` (N, 224, 224, 3) on the scale [−1, 1]; over images and positions, a number a channel.
    """
    norms = [(number, layer.output) for number, (layer, norm) in enumerate(_pairs(model))
             if isinstance(norm, keras.layers.BatchNormalization)]  # fmt: skip
    part = keras.Model(model.inputs, [output for _, output in norms])
    sums = [np.zeros((2, output.shape[-1])) for _, output in norms]
    count = 0
    for image in np.asarray(images, np.float32):
        count += 1
        for total, maps in zip(sums, part([image[None]], training=False), strict=True):
            maps = keras.ops.convert_to_numpy(maps).astype(np.float64)
            total += maps.mean(axis=(0, 1, 2)), (maps**2).mean(axis=(0, 1, 2))
    found = {}
    for (number, _), (mean, square) in zip(norms, sums, strict=True):
        mean, square = mean / count, square / count
        found[f"m{number}"] = mean.astype(np.float32)
        found[f"v{number}"] = np.maximum(square - mean**2, 1e-6).astype(np.float32)
    return found


def calibration_images(count: int = 48, seed: int = 2018) -> NDArray[np.float32]:
    """Square crops of the book's photographs, some mirrored, (count, 224, 224, 3) in [−1, 1]."""
    from skimage.transform import resize

    from convbook.data.photographs import PHOTOGRAPHS, photograph

    rng, names = np.random.default_rng(seed), sorted(PHOTOGRAPHS)
    crops = []
    for number in range(count):
        image = photograph(names[number % len(names)]).image
        image = np.repeat(image[..., None], 3, axis=-1) if image.ndim == 2 else image
        side = int(rng.uniform(0.5, 1) * min(image.shape[:2]))
        top, left = (int(rng.integers(0, size - side + 1)) for size in image.shape[:2])
        crop = image[top : top + side, left : left + side, :3][:, :: rng.choice([1, -1])]
        crops.append(2 * resize(crop, (224, 224), anti_aliasing=True) - 1)
    return np.stack(crops).astype(np.float32)


def main() -> None:
    """Measure the statistics again and write them into the file that comes with the book."""
    parts = _read(FILE)
    kept = {name: parts[name] for name in parts if name[0] not in "mv"}
    np.savez_compressed(FILE, **kept)
    model, _ = load_int8_mobilenet_v2()
    np.savez_compressed(FILE, **kept, **statistics(model, calibration_images()))
    print(f"{FILE.name}: {FILE.stat().st_size / 1e6:.2f} MB")


def pooled_features(model, images: NDArray[np.uint8], batch_size: int = 50) -> NDArray[np.float32]:
    """The 1,280 numbers before MobileNetV2's last layer, for images (N, H, W, 3): (N, 1280).

    Images are uint8, or floats in [0, 1]; they are enlarged to 224×224 and scaled to [−1, 1].
    """
    from convbook.models.training import unit

    part = keras.Model(model.inputs, model.layers[-2].output)
    rows = [np.zeros((0, part.output_shape[-1]), np.float32)]
    for start in range(0, len(images), batch_size):
        batch = keras.ops.image.resize(unit(images[start : start + batch_size]), (224, 224))
        batch = 2 * keras.ops.convert_to_numpy(batch) - 1
        rows.append(np.asarray(part.predict_on_batch(batch)).copy())
    return np.concatenate(rows)


if __name__ == "__main__":
    main()
