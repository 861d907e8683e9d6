"""Inputs, parameters and gradients for the learner's layers, and what the book's own make of them.

All is drawn from a setting's seed in 64 bits, so that a right layer differs by rounding only.
"""

from dataclasses import dataclass

import numpy as np

from convbook import nn


@dataclass(frozen=True)
class Setting:
    """A layer and a batch: `kind` names the layer, `make` its arguments, `shape` the batch."""

    kind: str
    seed: int
    make: tuple[int, ...]
    shape: tuple[int, ...]
    padding: int = 0
    #: Whole numbers only, so that pixels of a window are equally large.
    ties: bool = False
    #: What is added to every pixel.
    lift: float = 0.0

    def rng(self) -> np.random.Generator:
        """A fresh generator of the setting's own."""
        return np.random.default_rng((11, self.seed))

    def layer(self) -> nn.Layer:
        """The book's layer with drawn parameters, in 64 bits."""
        rng = self.rng()
        layer: nn.Layer
        if self.kind == "Dense":
            inputs, units = self.make
            layer = nn.Dense(inputs, units)
        elif self.kind == "Conv2D":
            channels, filters, kernel = self.make
            layer = nn.Conv2D(channels, filters, kernel, padding=self.padding)
        elif self.kind == "MaxPool2D":
            layer = nn.MaxPool2D(self.make[0])
        else:
            layer = nn.BatchNorm2D(self.make[0])
        layer.astype(np.float64)
        for name, array in layer.params.items():
            layer.params[name] = rng.normal(0.3, 1, array.shape)
        return layer

    def x(self, number: int = 0) -> np.ndarray:
        """A batch; another `number` draws another."""
        rng = np.random.default_rng((11, self.seed, number))
        x = rng.normal(0.5, 2, self.shape) + self.lift
        return np.round(x / 2) if self.ties else x

    def grad(self) -> np.ndarray:
        """A gradient of the shape of the output."""
        shape = self.layer().forward(self.x(), training=True).shape
        return np.random.default_rng((11, self.seed, 99)).normal(size=shape)


def forward(setting: Setting) -> np.ndarray:
    """The output, in training."""
    return setting.layer().forward(setting.x(), training=True)


def backward(setting: Setting) -> np.ndarray:
    """The gradient with respect to the input."""
    layer = setting.layer()
    layer.forward(setting.x(), training=True)
    return layer.backward(setting.grad())


def gradient(setting: Setting, name: str) -> np.ndarray:
    """The gradient of a parameter, by the name that the book's layer gives it."""
    layer = setting.layer()
    layer.forward(setting.x(), training=True)
    layer.backward(setting.grad())
    return layer.grads[name]


def inference(setting: Setting) -> np.ndarray:
    """The output for a second batch in inference, after two batches in training."""
    layer = setting.layer()
    layer.forward(setting.x(), training=True)
    layer.forward(setting.x(1), training=True)
    return layer.forward(setting.x(2), training=False)
