"""Layers that work on each number by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.nn.arguments import real
from convbook.nn.layer import Layer
from convbook.nn.typing import FloatArray, Seed


class ReLU(Layer):
    """``max(0, x)``: keeps what is positive. Any shape; the output has the same.

    >>> ReLU().forward([[-2, 0, 3]])
    array([[0., 0., 3.]], dtype=float32)
    """

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        x = self._as_float(x)
        self._saved = out = np.maximum(x, 0)
        return out

    def backward(self, grad: ArrayLike) -> FloatArray:
        """The gradient passes where the input was positive; at exactly 0 it does not."""
        out: FloatArray = self._recall()
        return self._gradient(grad, out.shape) * (out > 0)


class Dropout(Layer):
    """In training, set each number to 0 with probability ``rate`` and scale up the others.

    The survivors are divided by ``1 − rate``, so that the expected value stays, and nothing needs
    to be done in inference. ``mask`` is the last draw (True: kept); ``forward`` takes one as well,
    to repeat it. ``seed`` fixes the draws; without one, they differ from layer to layer and from
    run to run. Source: Srivastava et al. (2014).

    >>> Dropout(0.5).forward([[1, 2, 4]], training=True, mask=[[True, False, True]])
    array([[2., 0., 8.]], dtype=float32)
    """

    def __init__(self, rate: float = 0.5, seed: Seed = None) -> None:
        super().__init__()
        self.rate = real("rate", rate, 0, 1, ends="[)")
        self.mask: NDArray[np.bool_] | None = None
        self.initialise(np.random.default_rng(seed))

    def initialise(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def forward(
        self, x: ArrayLike, training: bool = False, mask: ArrayLike | None = None
    ) -> FloatArray:
        x = self._as_float(x)
        if training:
            kept = self.rng.random(x.shape) >= self.rate if mask is None else np.asarray(mask)
            if kept.shape != x.shape:
                raise ValueError(
                    f"a mask of Dropout says for each number whether it is kept; got a mask of "
                    f"shape {kept.shape} for a batch of shape {x.shape}"
                )
            self.mask = kept.astype(bool)
            scale = (self.mask / (1 - self.rate)).astype(x.dtype)
        else:
            scale = np.ones_like(x)
        self._saved = scale
        return x * scale

    def backward(self, grad: ArrayLike) -> FloatArray:
        """What was dropped gets no gradient; the survivors' is scaled up like their value."""
        scale: FloatArray = self._recall()
        return self._gradient(grad, scale.shape) * scale
