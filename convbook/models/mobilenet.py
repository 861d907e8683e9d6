"""ImageNet weights for MobileNetV2 from a file of 8-bit integers.

The file (3.4 MB) holds one kernel a convolution as int8 with a scale a channel, and a bias into
which batch norm is folded. It is made from the quantised model that Google publishes for Coral
(google-coral/test_data, Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from convbook.data import DamagedData, DataNotFound, data_folder

FILE = "mobilenetv2_imagenet_int8.npz"


def load_int8_mobilenet_v2(path=None):
    """MobileNetV2 1.0/224 with ImageNet weights: (model, labels), logits out.

    Input (N, 224, 224, 3), pixel/127.5 − 1. Looks for the file in ``CONVBOOK_DATA`` unless ``path``
    is given. Raises DataNotFound or DamagedData.
    """
    path = Path(path) if path else (data_folder() or Path()) / FILE
    if not path.is_file():
        raise DataNotFound(
            f"{path} is not there. Set CONVBOOK_DATA to a folder that holds {FILE}, or use "
            'convbook.models.mobilenet_v2(weights="imagenet"), which Keras downloads'
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            parts = {name: archive[name] for name in archive.files}
    except Exception as problem:  # zip, CRC and header errors have no common class
        raise DamagedData(f"{path} is damaged ({problem}); fetch it again") from problem
    model = keras.applications.MobileNetV2(weights=None, classifier_activation=None)
    _fill(model, parts, path)
    model.trainable = False
    return model, tuple(str(label) for label in parts["labels"])


def _fill(model, parts, path):
    """Kernel i goes to the i-th layer that has one; the batch norm after it only adds bias i."""
    kinds = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)
    order = model.layers
    for number, layer in enumerate(layer for layer in order if isinstance(layer, kinds)):
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
        norm, one = order[order.index(layer) + 1], np.ones_like(bias)
        norm.set_weights([np.sqrt(1 + norm.epsilon) * one, bias, 0 * one, one])


def _kernel(parts, number):
    """Kernel ``number`` as float32; its scales belong to output channels."""
    kernel, scale = parts[f"k{number}"].astype(np.float32), parts[f"s{number}"]
    depthwise = kernel.shape[-1] == 1
    return kernel * (scale[:, None] if depthwise else scale)


def pooled_features(model, images, batch_size=50):
    """The 1,280 numbers before MobileNetV2's last layer, for uint8 pictures (N, H, W, 3).

    Pictures are enlarged to 224×224 and put on the scale [−1, 1]; returns float32 (N, 1280).
    """
    part = keras.Model(model.inputs, model.layers[-2].output)
    rows = []
    for start in range(0, len(images), batch_size):
        batch = keras.ops.image.resize(
            images[start : start + batch_size].astype(np.float32), (224, 224)
        )
        batch = keras.ops.convert_to_numpy(batch) / 127.5 - 1
        rows.append(np.asarray(part.predict_on_batch(batch)).copy())
    return np.concatenate(rows)
