"""The shuffle test: a dense and a convolutional network on digits whose pixels change places.

Four small networks of about the same size were trained with this module's ``train``: each kind once
on the digits as they are, and once with all 64 pixels in another order, the same for every digit.
``python -m convbook.widgets._shuffle`` trains them again and writes what the widget shows.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from convbook import data
from convbook.nn import (
    Adam,
    Conv2D,
    Dense,
    Flatten,
    GlobalAvgPool2D,
    MaxPool2D,
    ReLU,
    Sequential,
    cosine,
    softmax,
)

from ._bundle import FOLDER

RECORD = FOLDER / "shared" / "shuffle_test.json"
WEIGHTS = FOLDER / "shuffle_test.npz"
KINDS, ORDERS = ("dense", "conv"), ("in-order", "shuffled")
SEEDS, EPOCHS, EXAMPLES = 5, 40, 30


def network(kind: str, seed: int = 0) -> Sequential:
    """An untrained network for (N, 1, 8, 8): "dense" (2,110 parameters) or "conv" (2,082)."""
    if kind == "dense":
        layers = [Flatten(), Dense(64, 28), ReLU(), Dense(28, 10)]
    else:
        layers = [Conv2D(1, 8, 3, padding=1), ReLU(), MaxPool2D(2)]
        layers += [Conv2D(8, 24, 3, padding=1), ReLU(), GlobalAvgPool2D(), Dense(24, 10)]
    return Sequential(layers, (1, 8, 8), seed=seed)


@cache
def record() -> dict:
    """Accuracies of every seed, the new order of the pixels, and some test digits (0 to 16)."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


@cache
def trained() -> dict[str, Sequential]:
    """The four networks whose answers the widget shows, such as ``trained()["conv-shuffled"]``."""
    networks = {}
    with np.load(WEIGHTS, allow_pickle=False) as file:
        for name in _names():
            networks[name] = network(name.partition("-")[0])
            for key, array in networks[name].params.items():
                array[...] = file[f"{name}/{key}"]
    return networks


def packed() -> bytes:
    """All weights as float32, little endian, network after network, parameter after parameter."""
    arrays = [a for n in _names() for a in trained()[n].params.values()]
    return b"".join(np.ascontiguousarray(a, "<f4").tobytes() for a in arrays)


def probabilities(name: str, digit: np.ndarray) -> np.ndarray:
    """What one of the four networks makes of a digit (64 values, 0 to 16), shape (10,)."""
    pixels = np.asarray(digit, np.float32).reshape(1, 1, 8, 8) / 16
    return softmax(trained()[name].predict(pixels))[0]


def _names() -> list[str]:
    return [f"{kind}-{order}" for kind in KINDS for order in ORDERS]


def train() -> None:
    """Train every kind, order and seed; keep the first seed's weights and all accuracies."""
    digits = data.load("digits")
    order = np.random.default_rng(18).permutation(64)

    def pixels(images, name):
        flat = np.round(images.reshape(-1, 64) / (255 / 16))
        flat = flat[:, order] if name.endswith("shuffled") else flat
        return (flat / 16).astype(np.float32).reshape(-1, 1, 8, 8)

    accuracies, weights = {}, {}
    for name in _names():
        x, x_test = pixels(digits.x_train, name), pixels(digits.x_test, name)
        accuracies[name] = []
        for seed in range(SEEDS):
            model = network(name.partition("-")[0], seed)
            model.fit(
                x,
                digits.y_train,
                epochs=EPOCHS,
                batch_size=32,
                optimizer=Adam(5e-3),
                schedule=cosine,
                seed=seed,
                progress=False,
            )
            accuracies[name].append(round(model.accuracy(x_test, digits.y_test), 4))
            if seed == 0:
                weights |= {f"{name}/{key}": a.copy() for key, a in model.params.items()}
        print(name, accuracies[name], flush=True)
    np.savez_compressed(WEIGHTS, **weights)
    examples = pixels(digits.x_test[:EXAMPLES], "in-order").reshape(-1, 64) * 16
    kept = {
        "provenance": digits.provenance,
        "training": f"Adam, learning rate 0.005 with a cosine, {EPOCHS} epochs, seeds 0 to 4",
        "accuracies": accuracies,
        "parameters": {kind: network(kind).parameter_count for kind in KINDS},
        "order": order.tolist(),
        "examples": examples.round().astype(int).tolist(),
        "labels": digits.y_test[:EXAMPLES].tolist(),
    }
    RECORD.write_text(json.dumps(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    train()
