"""Small networks that are really trained, once a process, for the questions that ask for one."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path

import numpy as np


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """The training pictures as rows of 64 numbers from 0 to 1, and their labels."""
    from convbook.data import load

    data = load("digits")
    return data.x_train.reshape(len(data.x_train), -1) / 255.0, data.y_train


@cache
def linear() -> tuple[np.ndarray, np.ndarray]:
    """One dense layer, 64 to 10, about 96 % on the test pictures: `(weights, biases)`."""
    from sklearn.linear_model import LogisticRegression

    x, y = digits()
    fitted = LogisticRegression(C=2.0, max_iter=2000).fit(x, y)
    return fitted.coef_.T.copy(), fitted.intercept_.copy()


@cache
def hidden(units: int = 32) -> tuple[np.ndarray, ...]:
    """Two dense layers with ReLU between: `(weights, biases, weights, biases)`."""
    from sklearn.neural_network import MLPClassifier

    x, y = digits()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = MLPClassifier((units,), max_iter=400, random_state=0, learning_rate_init=5e-3)
        net.fit(x, y)
    return net.coefs_[0], net.intercepts_[0], net.coefs_[1], net.intercepts_[1]


@cache
def filters() -> tuple[np.ndarray, ...]:
    """A convolution of random filters, ReLU, 2×2 max pooling, and a dense layer fitted on top.

    Returns `(conv weights (8, 1, 3, 3), conv biases, dense weights (72, 10), dense biases)`; the
    maps are flattened in the order channel, row, column.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    kernels, biases = rng.normal(size=(8, 1, 3, 3)), rng.normal(scale=0.1, size=8)
    x, y = digits()
    images = x.reshape(-1, 8, 8)
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    maps = np.einsum("nhwij,kij->nkhw", windows, kernels[:, 0]) + biases[:, None, None]
    maps = np.maximum(maps, 0).reshape(-1, 8, 3, 2, 3, 2).max((3, 5))
    fitted = LogisticRegression(C=5.0, max_iter=150).fit(maps.reshape(len(maps), -1), y)
    return kernels, biases, fitted.coef_.T.copy(), fitted.intercept_.copy()


def design() -> list[list[np.ndarray]]:
    """The arrays of the network for the 28×28 digits, layer by layer; its text is in `networks`."""
    with np.load(Path(__file__).with_name("design.npz")) as file:
        arrays = [file[name] for name in sorted(file.files)]
    entries = []
    for _ in range(5):
        entries += [arrays[:1], arrays[1:5]]
        arrays = arrays[5:]
    return [*entries, arrays]
