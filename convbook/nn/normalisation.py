"""Batch normalisation: each channel brought to mean 0 and spread 1, then rescaled as it learns."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from convbook import shapes
from convbook.nn.arguments import real
from convbook.nn.layer import Layer
from convbook.nn.typing import FloatArray, Shape


class BatchNorm2D(Layer):
    """Normalise each channel of ``(N, C, H, W)`` over the N·H·W numbers that it has in a batch.

    In training with the mean and variance of the batch; otherwise with moving averages of them,
    ``moving = momentum · moving + (1 − momentum) · batch`` (Keras's meaning of momentum, and like
    Keras the variance divides by N·H·W). Parameters: ``gamma`` and ``beta``, one a channel.
    Source: Ioffe and Szegedy (2015), arXiv:1502.03167.

    >>> import numpy as np
    >>> layer = BatchNorm2D(1, momentum=0.9)
    >>> batch = np.array([[[[8.0, 12.0]]]])
    >>> layer.forward(batch, training=True).round(2)
    array([[[[-1.,  1.]]]], dtype=float32)
    >>> layer.buffers["moving_mean"]  # 0.9 · 0 + 0.1 · 10
    array([1.], dtype=float32)
    """

    def __init__(self, channels: int, momentum: float = 0.9, epsilon: float = 1e-3) -> None:
        super().__init__()
        self.channels = shapes.whole_number("channels", channels, 1)
        self.momentum = real("momentum", momentum, 0, 1)
        self.epsilon = real("epsilon", epsilon, 0)
        self.initialise()

    def initialise(self, rng: np.random.Generator | None = None) -> None:
        """Begin anew at scale 1 and shift 0; nothing is drawn from ``rng``."""
        ones, zeros = np.ones(self.channels, np.float32), np.zeros(self.channels, np.float32)
        self.params = {"gamma": ones, "beta": zeros}
        self.buffers = {"moving_mean": zeros.copy(), "moving_variance": ones.copy()}

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        return self._image_shape(input_shape, self.channels)

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        x = self._batch(x, C=self.channels)
        if training:
            mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            self._remember("moving_mean", mean)
            self._remember("moving_variance", variance)
        else:
            mean, variance = self.buffers["moving_mean"], self.buffers["moving_variance"]
        scale = 1 / np.sqrt(variance + self.epsilon)
        normal = (x - _column(mean)) * _column(scale)
        self._saved = normal, scale, training
        return _column(self.params["gamma"]) * normal + _column(self.params["beta"])

    def backward(self, grad: ArrayLike) -> FloatArray:
        """In training, a number also moves the mean and the variance that it is measured by.

        That takes two things out of the gradient: its own mean, and its part along the normalised
        numbers. In inference mean and variance are constants, and neither is taken out.
        """
        normal, scale, training = self._recall()
        out = self._gradient(grad, normal.shape)
        self.grads = {
            "gamma": (out * normal).sum(axis=(0, 2, 3)),
            "beta": out.sum(axis=(0, 2, 3)),
        }
        if training:
            count = out.size / self.channels
            along = _column(self.grads["gamma"] / count) * normal
            out = out - _column(self.grads["beta"] / count) - along
        return out * _column(self.params["gamma"] * scale)

    def _remember(self, name: str, batch: FloatArray) -> None:
        moving = self.buffers[name]
        moving += ((1 - self.momentum) * (batch - moving)).astype(moving.dtype)


def _column(channels: FloatArray) -> FloatArray:
    return channels[:, None, None]
