"""Transfer learning in numbers: how good with how few pictures, and three ways to start."""

from __future__ import annotations

import numpy as np

from convbook.models.training import Recipe, score, train, unit


def few_per_class(labels, count, seed=0):
    """Indices of ``count`` pictures of each class, drawn with ``seed``."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(labels)
    chosen = []
    for name in np.unique(labels):
        there = np.flatnonzero(labels == name)
        if len(there) < count:
            raise ValueError(f"class {name} has {len(there)} pictures; {count} are asked for")
        chosen.append(rng.choice(there, count, replace=False))
    return rng.permutation(np.concatenate(chosen))


def features(model, images, layer="pooled", batch_size=100, scale=unit):
    """Output of ``layer`` for images as ``scale`` takes them, at inference: (N, features)."""
    import keras

    part = keras.Model(model.inputs, model.get_layer(layer).output)
    if not len(images):
        return np.zeros((0, int(np.prod(part.output_shape[1:]))), np.float32)
    batches = range(0, len(images), batch_size)
    rows = [
        np.asarray(part.predict_on_batch(scale(images[i : i + batch_size]))).copy() for i in batches
    ]
    return np.concatenate(rows).reshape(len(images), -1)


def linear_head(x_train, y_train, x_test, y_test, strength=1.0):
    """Accuracy of one dense softmax layer on frozen features, trained to its end."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    head = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=500))
    return float(head.fit(x_train, y_train).score(x_test, y_test))


def with_new_head(model, num_classes, layer="pooled"):
    """``model`` up to ``layer``, then a fresh dense layer: logits (N, num_classes)."""
    import keras

    logits = keras.layers.Dense(num_classes, name="new_logits")(model.get_layer(layer).output)
    return keras.Model(model.inputs, logits)


def trained(model, x, y, x_test, y_test, *, epochs, rate, flip=False, seed=0):
    """Train all of ``model`` on few pictures, none of them a test picture; its test accuracy.

    Nothing is chosen by validation: the number of epochs is given.
    """
    recipe = Recipe(
        epochs=epochs,
        batch_size=min(32, len(x)),
        peak_learning_rate=rate,
        shift=2,
        flip=flip,
        seed=seed,
    )
    train(model, recipe, (x, y), report=None)
    return score(model, x_test, y_test)["accuracy"]
