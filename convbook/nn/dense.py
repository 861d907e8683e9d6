"""The fully connected end of a network."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from convbook import shapes
from convbook.nn.initialisers import initialiser
from convbook.nn.layer import Layer
from convbook.nn.typing import FloatArray, Seed, Shape


class Flatten(Layer):
    """Lay each image's numbers in one row: ``(N, C, H, W)`` to ``(N, C · H · W)``.

    >>> Flatten().output_shape((20, 4, 4))
    (320,)
    """

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        return (math.prod(input_shape),)

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        x = self._as_float(x)
        if not x.ndim:
            raise ValueError("Flatten expects a batch; got a single number")
        self._saved = x.shape
        return x.reshape(len(x), math.prod(x.shape[1:]))

    def backward(self, grad: ArrayLike) -> FloatArray:
        """The same numbers, back in the shape of the input."""
        shape = self._recall()
        return self._gradient(grad, (shape[0], math.prod(shape[1:]))).reshape(shape)


class Dense(Layer):
    """Every output sees every input: ``(N, inputs)`` to ``(N, units)``, ``y = x·weight + bias``.

    Parameters: ``weight`` of shape ``(inputs, units)`` and ``bias`` of shape ``(units,)``, float32,
    drawn by the rule ``init`` (``"glorot"`` or ``"he"``). ``seed`` fixes the draw; without one, no
    two layers start alike.

    >>> layer = Dense(2, 1)
    >>> layer.params["weight"] = [[10], [1]]
    >>> layer.forward([[1, 2]])
    array([[12.]], dtype=float32)
    """

    def __init__(self, inputs: int, units: int, init: str = "glorot", seed: Seed = None) -> None:
        super().__init__()
        self.inputs = shapes.whole_number("inputs", inputs, 1)
        self.units = shapes.whole_number("units", units, 1)
        self.init = initialiser(init)
        self.initialise(np.random.default_rng(seed))

    def initialise(self, rng: np.random.Generator) -> None:
        size = self.inputs, self.units
        self.params = {"weight": self.init(rng, size, *size), "bias": np.zeros(size[1], np.float32)}

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        shape = tuple(input_shape)
        if shape != (self.inputs,):
            raise ValueError(
                f"Dense expects {self.inputs} inputs; got shape {shape}"
                + ("; put Flatten() or GlobalAvgPool2D() before it" if len(shape) > 1 else "")
            )
        return (self.units,)

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        x = self._batch(x, "N, inputs", inputs=self.inputs)
        self._saved = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad: ArrayLike) -> FloatArray:
        """Forward Y = X·W + b, so dW = Xᵀ·dY, db sums dY over the batch, and dX = dY·Wᵀ."""
        x = self._recall()
        grad = self._gradient(grad, (len(x), self.units))
        self.grads = {"weight": x.T @ grad, "bias": grad.sum(axis=0)}
        return grad @ self.params["weight"].T
