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
def moved(times: int = 12, side: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """The training pictures, each moved and turned in `times` ways, as rows, and their labels."""
    from convbook.data.distortion import distort

    x, y = digits()
    images = x.reshape(-1, 8, 8)
    if side == 28:
        images = np.pad(images.repeat(3, 1).repeat(3, 2), ((0, 0), (2, 2), (2, 2)))
    changed = [distort(images, seed, shift=1.0 if side == 8 else 3.0) for seed in range(times)]
    return np.concatenate(changed).reshape(times * len(x), -1), np.tile(y, times)


@cache
def small(distorted: bool = True) -> list[list[np.ndarray]]:
    """Two convolutions with batch normalisation and a dense layer, layer by layer."""
    from convbook import nn

    net = nn.Sequential(
        [
            *(nn.Conv2D(1, 8, 3, padding=1), nn.BatchNorm2D(8), nn.ReLU(), nn.MaxPool2D(2)),
            *(nn.Conv2D(8, 16, 3, padding=1), nn.BatchNorm2D(16), nn.ReLU(), nn.MaxPool2D(2)),
            *(nn.Flatten(), nn.Dense(64, 10)),
        ],
        seed=1,
    )
    x, y = moved(30) if distorted else digits()
    net.fit(
        x.reshape(-1, 1, 8, 8).astype(np.float32),
        y,
        epochs=1 if distorted else 15,
        optimizer=nn.Adam(0.01),
        schedule=nn.cosine,
        seed=1,
        progress=False,
    )
    return [
        [*layer.params.values(), *layer.buffers.values()] for layer in net.layers if layer.params
    ]


def widened(arrays: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    """The second convolution, its batch normalisation and the dense layer with 16 idle filters."""
    (kernel, bias), (gamma, beta, mean, variance), (dense, offset) = arrays
    none, one = np.zeros(16), np.ones(16)
    return [
        [np.concatenate([kernel, 0 * kernel]), np.concatenate([bias, none])],
        [
            np.concatenate(pair)
            for pair in ((gamma, one), (beta, none), (mean, none), (variance, one))
        ],
        [np.concatenate([dense, 0 * dense]), offset],
    ]


@cache
def pooled(units: int = 45) -> tuple[np.ndarray, ...]:
    """The strongest perceptron that fits exercise 18's budget: average pooling, then two layers."""
    x, y = moved(6, side=28)
    return _perceptron(x.reshape(-1, 14, 2, 14, 2).mean((2, 4)).reshape(len(x), -1), y, units)


def _perceptron(x: np.ndarray, y: np.ndarray, units: int) -> tuple[np.ndarray, ...]:
    from sklearn.neural_network import MLPClassifier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = MLPClassifier((units,), max_iter=12, random_state=0, learning_rate_init=5e-3)
        net.fit(x, y)
    return net.coefs_[0], net.intercepts_[0], net.coefs_[1], net.intercepts_[1]


@cache
def linear() -> tuple[np.ndarray, np.ndarray]:
    """One dense layer, 64 to 10, fitted to moved digits: `(weights, biases)`."""
    from sklearn.linear_model import LogisticRegression

    x, y = moved(4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # forty steps are near enough to its best
        fitted = LogisticRegression(max_iter=40).fit(x, y)
    return fitted.coef_.T.copy(), fitted.intercept_.copy()


@cache
def hidden(units: int = 32) -> tuple[np.ndarray, ...]:
    """Two dense layers with ReLU between: `(weights, biases, weights, biases)`."""
    return _perceptron(*moved(), units)


@cache
def filters() -> tuple[np.ndarray, ...]:
    """A convolution of random filters, ReLU, 2×2 max pooling, and a dense layer fitted on top.

    Returns `(conv weights (8, 1, 3, 3), conv biases, dense weights (72, 10), dense biases)`; the
    maps are flattened in the order channel, row, column.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    kernels, biases = rng.normal(size=(8, 1, 3, 3)), rng.normal(scale=0.1, size=8)
    x, y = moved(3)
    images = x.reshape(-1, 8, 8)
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    maps = np.einsum("nhwij,kij->nkhw", windows, kernels[:, 0]) + biases[:, None, None]
    maps = np.maximum(maps, 0).reshape(-1, 8, 3, 2, 3, 2).max((3, 5))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = LogisticRegression(max_iter=40).fit(maps.reshape(len(maps), -1), y)
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


@cache
def signs(new: bool = False) -> tuple[list[dict], list[list[np.ndarray]]]:
    """The network for eight road signs, or with a head of its own for four new ones."""
    from convbook.nn.exchange import from_text

    whole, head = Path(__file__).with_name("signs.txt").read_text("ascii").splitlines()
    layers, weights = from_text(whole)
    if not new:
        return layers, weights
    [dense], [arrays] = from_text(head)
    return [*layers[:-1], dense], [*weights[:-1], arrays]


def weaker_head(head: list[np.ndarray], share: float) -> list[np.ndarray]:
    """A head that tells fewer of the new signs apart: `share` of the first is the second's."""
    weights, biases = head[0].copy(), head[1].copy()
    weights[:, 0] = (1 - share) * weights[:, 0] + share * weights[:, 1]
    return [weights, biases]


@cache
def linear_signs() -> list[np.ndarray]:
    """A linear model of 16×16 pixels for the eight signs, and how often it is right is no matter."""
    rng = np.random.default_rng(0)
    return [rng.normal(0, 0.01, (3 * 16 * 16, 8)), np.zeros(8)]


def idle_filters(head: list[np.ndarray]) -> list[list[np.ndarray]]:
    """64 filters of which half pass a map on and half do nothing, and the head behind them."""
    kernels = np.zeros((64, 32, 3, 3))
    kernels[np.arange(32), np.arange(32), 1, 1] = 1
    weights = np.concatenate([head[0], 0 * head[0]])
    return [[kernels, np.zeros(64)], [weights, head[1]]]
