"""The training lab's runs in NumPy: the same digits, first weights and batches as in the page.

The front end's twin is ``shared/training_session.js``. Only dropout draws other numbers here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convbook.chance import random_from, shuffled
from convbook.nn import (
    SGD,
    Adam,
    BatchNorm2D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    ReLU,
    Residual,
    Sequential,
    SoftmaxCrossEntropy,
)

from ._random import normal_from

SIDE, CLASSES = 8, 10
#: Training digits that the curve of the training loss is measured on.
MEASURED = 360
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Digits:
    """scikit-learn's digits as bytes: (n, 8, 8) and labels (n,); ``train`` are to train on."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    train: int


@cache
def digits() -> Digits:
    """The split of ``convbook.data.load("digits")``; its test part is the lab's validation set."""
    from convbook.data import load

    data = load("digits", quiet=True)
    images = np.concatenate([data.x_train, data.x_test])[..., 0]
    labels = np.concatenate([data.y_train, data.y_test]).astype(np.uint8)
    return Digits(np.ascontiguousarray(images), labels, len(data.x_train))


def network(settings: Settings) -> Sequential:
    """The lab's network with the first weights that the page draws."""
    depth, filters, norm = settings["depth"], settings["filters"], settings["batch_norm"]
    layers: list[Any] = []
    for k in range(1, depth + 1):
        body: list[Any] = [Conv2D(1 if k == 1 else filters, filters, 3, padding=1, bias=not norm)]
        body += [BatchNorm2D(filters)] if norm else []
        layers += [Residual(Sequential(body))] if settings["skip"] and k > 1 else body
        layers.append(ReLU())
        if k == math.ceil(depth / 2):
            layers.append(MaxPool2D(2))
    dropout = [Dropout(settings["dropout"], seed=settings["seed"])] if settings["dropout"] else []
    inputs = filters * (SIDE // 2) ** 2
    whole = Sequential([*layers, *dropout, Flatten(), Dense(inputs, CLASSES)])
    normal = normal_from(settings["seed"])
    for layer in _weighted(whole):
        _draw(layer, normal, settings["weight_scale"])
    return whole


def _weighted(layer: Any) -> Iterator[Conv2D | Dense]:
    if isinstance(layer, Conv2D | Dense):
        yield layer
    for inner in getattr(layer, "layers", []) or [getattr(layer, "body", None)]:
        if inner is not None:
            yield from _weighted(inner)


def _draw(layer: Conv2D | Dense, normal: Callable[[], float], scale: float) -> None:
    shape = layer.params["weight"].shape
    if isinstance(layer, Dense):
        inputs, units = shape
        spread = math.sqrt(2 / (inputs + units))
        drawn = np.array([normal() * spread for _ in range(inputs * units)], np.float32)
        weight: NDArray[Any] = drawn.reshape(units, inputs).T
    else:
        spread = math.sqrt(2 / math.prod(shape[1:]))
        weight = np.array([normal() * spread for _ in range(math.prod(shape))], np.float32)
        weight = weight.reshape(shape)
    layer.params["weight"] = np.ascontiguousarray((weight * scale).astype(np.float32))


def training_labels(settings: Settings) -> NDArray[np.int64]:
    """Labels of the training digits, a share of them replaced by another class."""
    draw, labels = random_from(settings["seed"] + 104729), []
    for label in digits().labels[: settings["examples"]]:
        wrong = draw() < settings["label_noise"]
        labels.append((int(label) + 1 + int(draw() * (CLASSES - 1))) % CLASSES if wrong else label)
    return np.array(labels, np.int64)


def images(part: slice) -> NDArray[np.float32]:
    """Digits as the network takes them: float32 (n, 1, 8, 8) from 0 to 1."""
    return (digits().images[part, None] / 255).astype(np.float32)


def batches(settings: Settings) -> Iterator[NDArray[np.int64]]:
    """Places of the training digits of each step, without end; each epoch has its own order."""
    size, epoch = settings["batch_size"], 0
    while True:
        order = shuffled(range(settings["examples"]), settings["seed"] * 1000 + epoch)
        for first in range(0, len(order), size):
            yield np.array(order[first : first + size])
        epoch += 1


def steps(settings: Settings) -> Iterator[tuple[float, Sequential]]:
    """The loss of each step (before its update) with the network after it, without end."""
    net, x, y = network(settings), images(slice(settings["examples"])), training_labels(settings)
    rate, loss = settings["rate"], SoftmaxCrossEntropy()
    kind = settings["optimiser"]
    momentum = 0.9 if kind == "momentum" else 0.0
    optimiser = Adam(rate) if kind == "adam" else SGD(rate, momentum=momentum)
    draw = random_from(settings["seed"] + 7919)
    for batch in batches(settings):
        pixels = x[batch]
        if settings["augmentation"]:
            pixels = np.stack([_moved(image, draw) for image in pixels])
        value = loss.forward(net.forward(pixels, training=True), y[batch])
        net.backward(loss.backward())
        optimiser.step(net.params, net.grads)
        yield float(value), net


def _moved(image: NDArray[np.float32], draw: Callable[[], float]) -> NDArray[np.float32]:
    """An image (1, 8, 8) moved by at most a pixel each way; black comes in."""
    down, right = int(draw() * 3) - 1, int(draw() * 3) - 1
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    return padded[:, 1 - down : 1 - down + SIDE, 1 - right : 1 - right + SIDE]


@dataclass(frozen=True)
class Point:
    """A place of the curves, in inference mode."""

    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


def curve(settings: Settings, epochs: int) -> list[Point]:
    """Loss and accuracy after each epoch, and before the first; ends where a loss is no number."""
    seen, labels = (
        images(slice(settings["examples"]))[:MEASURED],
        training_labels(settings)[:MEASURED],
    )
    train = digits().train
    fresh, fresh_labels = images(slice(train, None)), digits().labels[train:].astype(np.int64)

    def measured(step: int, net: Sequential) -> Point:
        loss, numbers = SoftmaxCrossEntropy(), []
        for x, y in ((seen, labels), (fresh, fresh_labels)):
            logits = net.predict(x)
            numbers += [float(loss.forward(logits, y)), float((logits.argmax(axis=1) == y).mean())]
        return Point(step, *numbers)

    each = math.ceil(settings["examples"] / settings["batch_size"])
    points = [measured(0, network(settings))]
    with np.errstate(all="ignore"):
        for step, (value, net) in enumerate(steps(settings), 1):
            if not math.isfinite(value):
                break
            if step % each == 0:
                points.append(measured(step, net))
            if step >= epochs * each:
                break
    return points
