"""Layers that work on each number by itself."""

import numpy as np

from convbook.nn.layer import Layer


class ReLU(Layer):
    """``max(0, x)``: keeps what is positive."""

    def forward(self, x, training=False):
        x = self._as_float(x)
        self._saved = out = np.maximum(x, 0)
        return out

    def backward(self, grad):
        """The gradient passes where the input was positive; at exactly 0 it does not."""
        out = self._recall()
        return self._gradient(grad, out.shape) * (out > 0)


class Dropout(Layer):
    """In training, set each number to 0 with probability ``rate`` and scale up the others.

    The survivors are divided by ``1 − rate``, so that the expected value stays, and nothing needs
    to be done in inference. ``mask`` is the last draw (True: kept); ``forward`` takes one as well,
    to repeat it. Source: Srivastava et al. (2014).
    """

    def __init__(self, rate=0.5, seed=0):
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be at least 0 and below 1; got {rate}")
        self.rate, self.mask = rate, None
        self.initialise(np.random.default_rng(seed))

    def initialise(self, rng):
        self.rng = rng

    def forward(self, x, training=False, mask=None):
        x = self._as_float(x)
        if training:
            self.mask = self.rng.random(x.shape) >= self.rate if mask is None else mask
            self._saved = (self.mask / (1 - self.rate)).astype(x.dtype)
        else:
            self._saved = np.ones_like(x)
        return x * self._saved

    def backward(self, grad):
        scale = self._recall()
        return self._gradient(grad, scale.shape) * scale
