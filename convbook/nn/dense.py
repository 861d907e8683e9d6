"""The fully connected end of a network."""

import numpy as np

from convbook import shapes
from convbook.nn.initialisers import initialiser
from convbook.nn.layer import Layer


class Flatten(Layer):
    """Lay each image's numbers in one row: ``(N, C, H, W)`` to ``(N, C · H · W)``."""

    def output_shape(self, input_shape):
        return (int(np.prod(input_shape)),)

    def forward(self, x, training=False):
        x = self._as_float(x)
        self._saved = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad):
        shape = self._recall()
        return self._gradient(grad, (shape[0], int(np.prod(shape[1:])))).reshape(shape)


class Dense(Layer):
    """Every output sees every input: ``(N, inputs)`` to ``(N, units)``, ``y = x·weight + bias``.

    Parameters: ``weight`` of shape ``(inputs, units)`` and ``bias`` of shape ``(units,)``, drawn
    from ``seed`` by the rule ``init`` (``"glorot"`` or ``"he"``).
    """

    def __init__(self, inputs, units, init="glorot", seed=0):
        super().__init__()
        shapes.dense_parameters(inputs, units)  # checks
        self.inputs, self.units, self.init = inputs, units, initialiser(init)
        self.initialise(np.random.default_rng(seed))

    def initialise(self, rng):
        size = self.inputs, self.units
        self.params = {"weight": self.init(rng, size, *size), "bias": np.zeros(size[1], np.float32)}

    def output_shape(self, input_shape):
        if tuple(input_shape) != (self.inputs,):
            raise ValueError(
                f"Dense expects {self.inputs} inputs; got shape {tuple(input_shape)}"
                + ("; put Flatten() or GlobalAvgPool2D() before it" if len(input_shape) > 1 else "")
            )
        return (self.units,)

    def forward(self, x, training=False):
        x = self._batch(x, "N, inputs", inputs=self.inputs)
        self._saved = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, grad):
        x = self._recall()
        grad = self._gradient(grad, (len(x), self.units))
        self.grads = {"weight": x.T @ grad, "bias": grad.sum(axis=0)}
        return grad @ self.params["weight"].T
