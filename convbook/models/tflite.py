"""From a Keras model to a file for a phone, and back to check that it still says the same."""

from __future__ import annotations

import contextlib
import io
import time
import warnings

import numpy as np

from convbook.models._quiet import no_standard_error


def convert(model, *, weights="float32", sample=None) -> bytes:
    """A TensorFlow Lite file of ``model``: ``weights`` is "float32", "int8" (weights only) or
    "full int8" (weights and activations, calibrated on ``sample``, pictures as the model wants).
    """
    import tensorflow as tf

    if weights not in ("float32", "int8", "full int8"):
        raise ValueError(
            f"weights {weights!r} is unknown; there are 'float32', 'int8', 'full int8'"
        )
    if (weights == "full int8") != (sample is not None):
        raise ValueError("sample goes with weights='full int8', which needs it to find its ranges")
    logger, level = tf.get_logger(), tf.get_logger().level
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), no_standard_error():
        warnings.simplefilter("ignore")
        logger.setLevel("ERROR")
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        if weights != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if sample is not None:
            sample = np.asarray(sample, np.float32)
            converter.representative_dataset = lambda: ([one[None]] for one in sample)
        file = converter.convert()
    logger.setLevel(level)
    return file


def logits(file: bytes, images) -> tuple[np.ndarray, float]:
    """Logits (N, classes) of a converted model, one picture at a time as a phone would, and the
    median seconds that one picture took."""
    import tensorflow as tf

    with warnings.catch_warnings(), no_standard_error():
        warnings.simplefilter("ignore")
        runner = tf.lite.Interpreter(model_content=file, num_threads=1)
        runner.allocate_tensors()
    source, target = runner.get_input_details()[0], runner.get_output_details()[0]
    rows, seconds = [], []
    for image in np.asarray(images, np.float32):
        start = time.perf_counter()
        runner.set_tensor(source["index"], image[None])
        runner.invoke()
        seconds.append(time.perf_counter() - start)
        rows.append(runner.get_tensor(target["index"])[0].copy())
    return np.stack(rows), float(np.median(seconds))
