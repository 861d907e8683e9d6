"""Trainings that keep a record: resumable, seeded, the same on every Keras backend.

``train(model, recipe, data, log)`` writes one small JSON file a run, and rewrites it after every
epoch, so that an interrupted run leaves a truthful record too. The pages quote these files.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Recipe:
    """How to train: what a reader needs to repeat a run."""

    epochs: int
    batch_size: int = 128
    peak_learning_rate: float = 0.1
    warm_up: float = 0.15
    optimizer: str = "sgd"
    label_smoothing: float = 0.0
    shift: int = 0
    flip: bool = False
    cutout: int = 0
    seed: int = 0

    def learning_rate(self, progress: float) -> float:
        """One cycle: linear rise over ``warm_up`` of the run, then half a cosine down to 0."""
        if progress < self.warm_up:
            return self.peak_learning_rate * max(progress / self.warm_up, 0.01)
        rest = (progress - self.warm_up) / (1 - self.warm_up)
        return self.peak_learning_rate * 0.5 * (1 + math.cos(math.pi * min(rest, 1.0)))


def augment(images, rng, *, shift=0, flip=False, cutout=0):
    """Return a copy of ``images`` (N, H, W, C), each shifted by up to ``shift`` pixels and, if
    ``flip``, mirrored with probability one half. Edges are continued by reflection. ``cutout``
    greys a square of so many pixels a side somewhere (DeVries and Taylor 2017)."""
    n, height, width, _ = images.shape
    rows = np.arange(height)[None, :] + rng.integers(-shift, shift + 1, n)[:, None]
    columns = np.arange(width)[None, :] + rng.integers(-shift, shift + 1, n)[:, None]
    if flip:
        mirrored = rng.random(n) < 0.5
        columns[mirrored] = columns[mirrored, ::-1]
    rows, columns = _reflect(rows, height), _reflect(columns, width)
    images = images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
    if cutout:
        top, left = rng.integers(0, height - cutout + 1, n), rng.integers(0, width - cutout + 1, n)
        rows, columns = np.arange(height) - top[:, None], np.arange(width) - left[:, None]
        rows, columns = ((span >= 0) & (span < cutout) for span in (rows, columns))
        images[rows[:, :, None] & columns[:, None, :]] = 128
    return images


def _reflect(index, size):
    index = np.abs(index)
    return np.where(index >= size, 2 * (size - 1) - index, index)


def unit(images):
    """Images (N, H, W, C) as float32 in [0, 1]: uint8 is divided by 255, once.

    Floats that are in [0, 1] already stay as they are. Raises ValueError for anything else, because
    a network says nothing when its images are 255 times too dark or too bright.
    """
    images = np.asarray(images)
    if images.dtype == bool:
        return images.astype(np.float32)
    if images.dtype.kind in "OSU":
        raise ValueError(f"images are of type {images.dtype}; expected an array of numbers")
    low, high = (images.min(), images.max()) if images.size else (0, 0)
    whole = np.issubdtype(images.dtype, np.integer)
    rounding = 0 if whole else 1e-5
    if not -rounding <= low <= high <= (255 if whole else 1 + rounding):
        raise ValueError(
            f"images are {images.dtype} from {low:g} to {high:g}; expected whole numbers from 0 to "
            "255, or floats from 0 to 1: scale once, and give uint8 where you can"
        )
    if whole and high == 1:
        raise ValueError(
            f"images are {images.dtype} and hold 0 and 1 alone: scaled to 0 to 1 and rounded? "
            "Give the images as they were, from 0 to 255, or black and white ones as bool"
        )
    return images.astype(np.float32) / np.float32(255) if whole else images.astype(np.float32)


def hardware() -> dict:
    """Processor, cores and versions, as recorded with a run."""
    import keras

    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return {
        "processor": name,
        "cores": os.cpu_count(),
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
    }


def compile_model(model, recipe):
    """Compile ``model`` (logits out) with the recipe's optimiser and a smoothed cross-entropy."""
    import keras

    optimizer = {
        "sgd": lambda: keras.optimizers.SGD(recipe.peak_learning_rate, momentum=0.9, nesterov=True),
        "adam": lambda: keras.optimizers.Adam(recipe.peak_learning_rate),
    }[recipe.optimizer]()
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=recipe.label_smoothing
    )
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=False)
    return model


def train(model, recipe, data, log=None, *, checkpoint=None, about=None, report=print):
    """Train ``model`` and return the record of the run, kept in the JSON file ``log`` if given.

    ``data`` is ``(x_train, y_train, x_validation, y_validation)``, images uint8 (N, H, W, C) and
    integer labels; without the last two nothing is validated. With ``checkpoint`` (a folder) the
    model and its optimiser are saved after every epoch, and a run that finds them goes on from
    there.
    """
    import keras

    from convbook.models.callbacks import Batches, OneCycle, Record, Resume

    x, y, *held_out = data
    keras.utils.set_random_seed(recipe.seed)
    record = {"name": Path(log).stem} if log else {}
    record |= {**(about or {}), "recipe": asdict(recipe), "hardware": hardware()}
    record |= {"parameters": model.count_params(), "epochs": []}
    compile_model(model, recipe)
    model.optimizer.build(model.trainable_variables)
    resume = Resume(checkpoint) if checkpoint and log else None
    done = resume.epochs_done if resume and Path(log).exists() else 0
    if done:
        record["epochs"] = json.loads(Path(log).read_text(encoding="utf-8"))["epochs"][:done]

    def altered(images, rng):
        options = {"shift": recipe.shift, "flip": recipe.flip, "cutout": recipe.cutout}
        return unit(augment(images, rng, **options))

    def measure(model):
        return {f"validation_{k}": v for k, v in score(model, *held_out).items()}

    one_hot = np.eye(model.output_shape[-1], dtype=np.float32)[y]
    recorder = Record(
        record,
        (lambda record: write_record(record, log)) if log else None,
        (lambda row: report(_line(row, recipe.epochs))) if report else None,
        measure if held_out else None,
    )
    # The state is kept before the row is reported: who stops there loses nothing.
    callbacks = [OneCycle(recipe.learning_rate), *([resume] if resume else []), recorder]
    batches = Batches(x, one_hot, recipe.batch_size, altered, seed=recipe.seed, epoch=done)
    model.fit(
        batches,
        epochs=recipe.epochs,
        initial_epoch=done,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    )
    return record


def _line(row, epochs):
    said = f"epoch {row['epoch']:>2}/{epochs}  loss {row['loss']:.3f}"
    said += f"  accuracy {row['accuracy']:.3f}"
    if "validation_accuracy" in row:
        said += f"  validation {row['validation_accuracy']:.3f}"
    return f"{said}  {row['seconds']:.0f} s"


def write_record(record, log):
    """Write a run's record; a reader never sees half of it."""
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    part = log.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    part.replace(log)


def predict_logits(model, images, batch_size=250):
    """Logits (N, classes) of images as ``unit`` takes them: no augmentation, inference mode."""
    if not len(images):
        return np.zeros((0, model.output_shape[-1]), np.float32)
    parts = [
        np.asarray(model.predict_on_batch(unit(images[i : i + batch_size])))
        for i in range(0, len(images), batch_size)
    ]
    return np.concatenate(parts)


def score(model, images, labels) -> dict:
    """Cross-entropy (nats, not smoothed) and accuracy of ``model`` on images, at least one."""
    if not len(images):
        raise ValueError("there are no images: an accuracy needs at least one")
    logits = predict_logits(model, images).astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    hit = logits.argmax(axis=1) == labels
    return {
        "loss": float(-log_p[np.arange(len(labels)), labels].mean()),
        "accuracy": float(hit.mean()),
    }
