"""How a gradient becomes a step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from convbook.nn.arguments import real
from convbook.nn.typing import FloatArray


class Optimiser(Protocol):
    """What the training loop asks of an optimiser."""

    def step(
        self,
        params: Mapping[str, FloatArray],
        grads: Mapping[str, FloatArray],
        scale: float = 1.0,
    ) -> None:
        """Change ``params`` in place. ``scale`` multiplies the learning rate, for a schedule."""


class SGD:
    """Stochastic gradient descent with momentum: ``v = momentum·v − rate·g``, ``w += v``.

    >>> import numpy as np
    >>> params, optimiser = {"w": np.array([1.0])}, SGD(0.1, momentum=0.8)
    >>> for _ in range(2):
    ...     optimiser.step(params, {"w": np.array([2.0])})
    >>> params["w"].round(2)  # 1 − 0.2 − (0.2 + 0.16)
    array([0.44])
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.9) -> None:
        self.learning_rate = real("learning_rate", learning_rate, 0, ends="(]")
        self.momentum = real("momentum", momentum, 0, 1, ends="[)")
        self._velocity: dict[str, FloatArray] = {}

    def step(
        self,
        params: Mapping[str, FloatArray],
        grads: Mapping[str, FloatArray],
        scale: float = 1.0,
    ) -> None:
        """Change ``params`` in place. ``scale`` multiplies the learning rate, for a schedule."""
        for name, value in params.items():
            velocity = _memory(self._velocity, name, value)
            velocity *= self.momentum
            velocity -= (scale * self.learning_rate) * grads[name]
            value += velocity


class Adam:
    """Adam: steps of about the learning rate, whatever the size of the gradient.

    Algorithm 1 of Kingma and Ba (2015), arXiv:1412.6980.

    >>> import numpy as np
    >>> params = {"w": np.array([1.0, 1.0])}
    >>> Adam(0.01).step(params, {"w": np.array([5.0, 0.0005])})
    >>> params["w"].round(4)
    array([0.99, 0.99])
    """

    def __init__(
        self,
        learning_rate: float = 1e-3,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        self.learning_rate = real("learning_rate", learning_rate, 0, ends="(]")
        self.beta1 = real("beta1", beta1, 0, 1, ends="[)")
        self.beta2 = real("beta2", beta2, 0, 1, ends="[)")
        self.epsilon = real("epsilon", epsilon, 0)
        self._means: dict[str, FloatArray] = {}
        self._squares: dict[str, FloatArray] = {}
        self._steps = 0

    def step(
        self,
        params: Mapping[str, FloatArray],
        grads: Mapping[str, FloatArray],
        scale: float = 1.0,
    ) -> None:
        """Change ``params`` in place. ``scale`` multiplies the learning rate, for a schedule."""
        self._steps += 1
        mean_bias, square_bias = 1 - self.beta1**self._steps, 1 - self.beta2**self._steps
        for name, value in params.items():
            mean, square = (_memory(m, name, value) for m in (self._means, self._squares))
            mean += (1 - self.beta1) * (grads[name] - mean)
            square += (1 - self.beta2) * (grads[name] ** 2 - square)
            spread = np.sqrt(square / square_bias) + self.epsilon
            value -= (scale * self.learning_rate / mean_bias) * mean / spread


def cosine(progress: float) -> float:
    """A schedule from 1 down to 0 along half a cosine; ``progress`` runs from 0 to 1.

    >>> [round(cosine(p), 2) for p in (0, 0.5, 1)]
    [1.0, 0.5, 0.0]
    """
    return 0.5 * (1 + math.cos(math.pi * progress))


def constant(progress: float) -> float:
    """The schedule that changes nothing."""
    return 1.0


def _memory(arrays: dict[str, FloatArray], name: str, value: FloatArray) -> FloatArray:
    """What an optimiser remembers of the parameter ``name``: zeros at first."""
    found = arrays.setdefault(name, np.zeros_like(value))
    if found.shape != value.shape:
        raise ValueError(
            f"this optimiser has trained another network, where {name!r} had shape {found.shape} "
            f"instead of {value.shape}; make a new optimiser for each network"
        )
    return found
