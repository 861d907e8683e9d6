"""The training loop."""

from dataclasses import dataclass, field

import numpy as np
from tqdm.auto import tqdm

from convbook.nn.loss import SoftmaxCrossEntropy
from convbook.nn.optimisers import Adam, constant


@dataclass
class History:
    """One number an epoch; the loss is in nats, an accuracy from 0 to 1.

    ``loss`` and ``accuracy`` are means over the training batches, each taken before its step;
    ``val_accuracy`` is measured after the epoch, and empty without validation data.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)


def fit(
    model, x, y, *, epochs=1, batch_size=64, optimizer=None, schedule=constant, seed=0,
    validation=None, progress=True,
):  # fmt: skip
    """Train ``model`` on images ``x`` and whole-number labels ``y``; return a :class:`History`.

    ``optimizer`` is ``Adam()`` unless given; ``schedule`` maps progress (0 to 1) to a factor of
    its learning rate, such as ``cosine``. ``seed`` fixes the order of the images. ``validation``
    is a pair ``(x, y)``. ``progress`` shows a bar.
    """
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y) or not len(x):
        raise ValueError(f"fit needs as many labels as images; got {len(x)} and {len(y)}")
    optimizer = Adam() if optimizer is None else optimizer
    rng, loss, history = np.random.default_rng(seed), SoftmaxCrossEntropy(), History()
    steps = -(-len(x) // batch_size)
    with tqdm(total=epochs * steps, disable=not progress, unit="batch") as bar:
        for epoch in range(epochs):
            losses = right = 0
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
