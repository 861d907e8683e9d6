"""The training loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from convbook import shapes
from convbook.nn.loss import SoftmaxCrossEntropy
from convbook.nn.optimisers import Adam, Optimiser, constant
from convbook.nn.typing import FloatArray, Labels


@dataclass
class History:
    """One number an epoch; the loss is in nats, an accuracy from 0 to 1.

    ``loss`` and ``accuracy`` are means over the training batches, each taken before its step;
    ``val_accuracy`` is measured after the epoch, and empty without validation data.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)


class Classifier(Protocol):
    """What the training loop asks of a network."""

    @property
    def params(self) -> Mapping[str, FloatArray]: ...

    @property
    def grads(self) -> Mapping[str, FloatArray]: ...

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray: ...

    def backward(self, grad: ArrayLike) -> FloatArray: ...

    def accuracy(self, x: ArrayLike, y: ArrayLike) -> float: ...


def fit(
    model: Classifier,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int = 1,
    batch_size: int = 64,
    optimizer: Optimiser | None = None,
    schedule: Callable[[float], float] = constant,
    seed: int = 0,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    progress: bool = True,
) -> History:
    """Train ``model`` on images ``x`` and whole-number labels ``y``; return a :class:`History`.

    ``optimizer`` is ``Adam()`` unless given; ``schedule`` maps progress (0 to 1) to a factor of
    its learning rate, such as ``cosine``. ``seed`` fixes the order of the images. ``validation``
    is a pair ``(x, y)``. ``progress`` shows a bar.

    >>> from convbook.nn import Dense, Sequential
    >>> network = Sequential([Dense(1, 2, seed=0)])
    >>> x, y = [[-1.0], [-2.0], [1.0], [2.0]], [0, 0, 1, 1]
    >>> fit(network, x, y, epochs=50, optimizer=Adam(0.1), progress=False).accuracy[-1]
    1.0
    """
    x = np.asarray(x)
    y = labels_for(x, y)
    epochs = shapes.whole_number("epochs", epochs, 1)
    batch_size = shapes.whole_number("batch_size", batch_size, 1)
    if validation is not None and not (
        isinstance(validation, tuple | list) and len(validation) == 2
    ):
        raise ValueError("validation must be a pair (images, labels)")
    optimizer = Adam() if optimizer is None else optimizer
    rng, loss, history = np.random.default_rng(seed), SoftmaxCrossEntropy(), History()
    steps = -(-len(x) // batch_size)
    with tqdm(total=epochs * steps, disable=not progress, unit="batch") as bar:
        for epoch in range(epochs):
            losses, right = 0.0, 0
            for step, batch in enumerate(np.array_split(rng.permutation(len(x)), steps)):
                logits = model.forward(x[batch], training=True)
                losses += loss.forward(logits, y[batch]) * len(batch)
                right += int((logits.argmax(axis=1) == y[batch]).sum())
                model.backward(loss.backward())
                done = (epoch * steps + step) / (epochs * steps)
                optimizer.step(model.params, model.grads, schedule(done))
                bar.update()
            history.loss.append(losses / len(x))
            history.accuracy.append(right / len(x))
            if validation is not None:
                history.val_accuracy.append(model.accuracy(*validation))
            bar.set_postfix(loss=f"{history.loss[-1]:.3f}", accuracy=f"{history.accuracy[-1]:.3f}")
    return history


def labels_for(x: ArrayLike, y: ArrayLike) -> Labels:
    """``y`` as an array, once there is one whole-number label for each of at least one image."""
    x, y = np.asarray(x), np.asarray(y)
    if y.shape != x.shape[:1] or y.dtype.kind not in "iu" or not len(y):
        raise ValueError(
            "expected as many labels as images, whole numbers of shape (N,); got "
            f"{len(x) if x.ndim else 'no'} images and labels of shape {y.shape} ({y.dtype})"
        )
    return y
