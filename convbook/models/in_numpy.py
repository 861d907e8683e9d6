"""Networks of section 10, built from ``convbook.nn``, and the trainings of them that are recorded.

``python -m convbook.models.in_numpy`` lists the trainings, and with names runs them. Each is fixed
by its seeds, runs on one thread, and writes its record to ``runs/NAME.json``; the first also writes
the weights that come with the book.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from convbook.models.training import unit, write_record
from convbook.nn import (
    Adam,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    ReLU,
    Sequential,
    cosine,
)

RUNS = Path(__file__).parents[2] / "runs"
WEIGHTS = Path(__file__).with_name("numpy_mnist.npz")
SHUFFLE_SEED = 5


def digits_network(seed=18) -> Sequential:
    """3,818 parameters for the embedded digits, ``(1, 8, 8)``: two convolutions, one pooling."""
    return Sequential(
        [
            Conv2D(1, 8, 3, padding=1),
            ReLU(),
            Conv2D(8, 16, 3, padding=1),
            ReLU(),
            MaxPool2D(2),
            Flatten(),
            Dense(16 * 4 * 4, 10),
        ],
        input_shape=(1, 8, 8),
        seed=seed,
    )


def mnist_network(seed=18) -> Sequential:
    """7,438 parameters for MNIST, ``(1, 28, 28)``: two 5×5 convolutions, each with a pooling."""
    return Sequential(
        [
            Conv2D(1, 8, 5),
            ReLU(),
            MaxPool2D(2),
            Conv2D(8, 20, 5),
            ReLU(),
            MaxPool2D(2),
            Flatten(),
            Dense(20 * 4 * 4, 10),
        ],
        input_shape=(1, 28, 28),
        seed=seed,
    )


def dense_network(input_shape=(1, 8, 8), hidden=64, seed=18) -> Sequential:
    """A network without convolution: every hidden unit sees every pixel, in no order."""
    layers = [Flatten(), Dense(int(np.prod(input_shape)), hidden, "he"), ReLU(), Dense(hidden, 10)]
    return Sequential(layers, input_shape=input_shape, seed=seed)


def load_mnist_network() -> Sequential:
    """The network of ``mnist_network`` with the weights that come with the book."""
    return mnist_network().load(WEIGHTS)


def as_batch(images):
    """Images ``(N, H, W, C)``, as ``convbook.data`` has them, to float32 ``(N, C, H, W)`` in 0…1.

    Scales as ``convbook.models.training.unit``: what is in 0…1 already isn't divided again.
    """
    return np.ascontiguousarray(unit(images).transpose(0, 3, 1, 2))


def shuffle_pixels(images, seed=SHUFFLE_SEED):
    """One permutation of the pixels, drawn from ``seed``, done to every image ``(N, C, H, W)``."""
    order = np.random.default_rng(seed).permutation(images.shape[2] * images.shape[3])
    return images.reshape(*images.shape[:2], -1)[:, :, order].reshape(images.shape)


# name: (network, whether its pixels are shuffled, epochs, images trained on)
TRAININGS = {
    "numpy-mnist": (mnist_network, False, 4, 60_000),
    "numpy-shuffle-conv-in-order": (mnist_network, False, 2, 20_000),
    "numpy-shuffle-conv-shuffled": (mnist_network, True, 2, 20_000),
    "numpy-shuffle-dense-in-order": (lambda: dense_network((1, 28, 28)), False, 2, 20_000),
    "numpy-shuffle-dense-shuffled": (lambda: dense_network((1, 28, 28)), True, 2, 20_000),
}
RATE, BATCH, SEED = 4e-3, 64, 18


def run(name, folder=RUNS, weights=WEIGHTS) -> dict:
    """Do the training ``name`` on MNIST and record it; the test images are used once, last."""
    from threadpoolctl import threadpool_limits

    from convbook.data import load

    build, shuffled, epochs, images = TRAININGS[name]
    data = load("mnist")
    x, x_test = as_batch(data.x_train[:images]), as_batch(data.x_test)
    if shuffled:
        x, x_test = shuffle_pixels(x), shuffle_pixels(x_test)
    network = build()
    with threadpool_limits(1):
        start = time.process_time()
        history = network.fit(
            x, data.y_train[:images], epochs=epochs, batch_size=BATCH, optimizer=Adam(RATE),
            schedule=cosine, seed=SEED,
        )  # fmt: skip
        seconds = time.process_time() - start
    accuracy = network.accuracy(x_test, data.y_test)
    record = {
        "data": data.provenance,
        "train_images": images,
        "pixels": f"one permutation of all, seed {SHUFFLE_SEED}" if shuffled else "in order",
        "layers": network.summary().splitlines(),
        "parameters": network.parameter_count,
        "recipe": f"Adam {RATE} with a cosine to 0, batches of {BATCH}, seed {SEED}, one thread",
        "epochs": epochs,
        "loss": [round(value, 4) for value in history.loss],
        "accuracy": [round(value, 4) for value in history.accuracy],
        "cpu_seconds": round(seconds, 1),
        "numpy": np.__version__,
        "test": {"accuracy": round(accuracy, 4), "errors": round((1 - accuracy) * len(x_test))},
    }
    write_record(record, Path(folder) / f"{name}.json")
    if name == "numpy-mnist":
        network.save(weights)
    print(f"{name}: test accuracy {accuracy:.4f} after {seconds:.0f} CPU seconds")
    return record


def main(arguments=None):
    """List the trainings, or do those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*TRAININGS, []], metavar="NAME")
    chosen = parser.parse_args(arguments)
    if not chosen.names:
        print("\n".join(TRAININGS))
    for name in chosen.names:
        run(name)


if __name__ == "__main__":
    main()
