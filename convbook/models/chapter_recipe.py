"""The chapter's own recipe for section 11.1, word for word, as a training that can be stopped.

Up to 100 epochs of Adam at 0.001 in batches of 64; the last tenth of the training images for
validation; the learning rate halves after 5 epochs without a lower validation loss, and after 10
the training stops and takes the best epoch's weights. The test images are used once, at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from convbook.models.callbacks import Record, Resume
from convbook.models.recipes import PlateauRecipe


def batches(images: np.ndarray, labels: np.ndarray, batch_size: int, shuffle_seed: int | None):
    """A ``tf.data`` pipeline of float32 batches in [0, 1]; images are uint8 (N, H, W, C)."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((images, labels.astype(np.int32)))
    if shuffle_seed is not None:
        data = data.shuffle(len(images), seed=shuffle_seed, reshuffle_each_iteration=True)
    data = data.batch(batch_size)
    return data.map(lambda x, y: (tf.cast(x, tf.float32) / 255.0, y)).prefetch(2)


def fit(
    model: keras.Model,
    recipe: PlateauRecipe,
    data: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    record: dict,
    folder: str | Path,
    write: Callable[[dict], None] | None = None,
    report: Callable[[dict], None] | None = None,
) -> dict:
    """Train ``model`` (logits out) by the recipe; ``data`` is x, y and the validation set's.

    A training whose state lies in ``folder`` goes on from there. The batches of an epoch that is
    done after a stop come in another order than they would have without it.
    """
    x, y, x_val, y_val = data
    model.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.optimizer.build(model.trainable_variables)
    stop = keras.callbacks.EarlyStopping(patience=recipe.stop_after, restore_best_weights=True)
    reduce = keras.callbacks.ReduceLROnPlateau(
        factor=recipe.factor, patience=recipe.reduce_after, min_lr=recipe.minimum_learning_rate
    )
    resume = Resume(folder, (stop, reduce))
    done = resume.epochs_done
    record["recipe"] = asdict(recipe)
    record["epochs"] = record.get("epochs", [])[:done]
    if done:
        record.setdefault("went_on_after_epochs", []).append(done)
    keras.utils.set_random_seed(recipe.seed + done)
    model.fit(
        batches(x, y, recipe.batch_size, recipe.seed + done),
        validation_data=batches(x_val, y_val, 250, None),
        epochs=recipe.epochs,
        initial_epoch=done,
        callbacks=[stop, reduce, Record(record, write, report), resume],
        verbose=0,
    )
    record["best_epoch"] = stop.best_epoch + 1
    return record
