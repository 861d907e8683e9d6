"""Layers in a row, and layers with a way around them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convbook import shapes
from convbook.nn.layer import Composite, Layer
from convbook.nn.training import History, fit, labels_for
from convbook.nn.typing import FloatArray, Seed, Shape


class Sequential(Composite):
    """Layers one after the other; itself a layer.

    With ``seed``, all parameters are drawn afresh from it, so one number fixes the whole network;
    without one, the layers keep what they hold. With ``input_shape`` (one image, without the batch
    axis) the sizes are checked at once. ``layers`` is a plain list: what is appended to it is
    trained, counted and saved like the rest.

    >>> from convbook.nn import Conv2D, Dense, Flatten, ReLU
    >>> layers = [Conv2D(1, 4, 3), ReLU(), Flatten(), Dense(144, 10)]
    >>> network = Sequential(layers, input_shape=(1, 8, 8), seed=18)
    >>> print(network.summary())
    layer            output shape         parameters
    input            (1, 8, 8)                     0
    Conv2D           (4, 6, 6)                    40
    ReLU             (4, 6, 6)                     0
    Flatten          (144,)                        0
    Dense            (10,)                     1,450
    total                                      1,490
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        input_shape: Iterable[int] | None = None,
        seed: Seed = None,
    ) -> None:
        self.layers = list(layers)
        super().__init__()
        self.input_shape = None if input_shape is None else tuple(input_shape)
        _ = self.children  # checks
        if self.input_shape is not None:
            self.output_shape(self.input_shape)
        if seed is not None:
            self.initialise(np.random.default_rng(seed))

    def layers_by_name(self) -> dict[str, Layer]:
        """The layers, each under its place and its class: ``"0-conv2d"``."""
        return {
            f"{place}-{type(layer).__name__.lower()}": layer
            for place, layer in enumerate(self.layers)
        }

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        out = self._as_float(x)
        for layer in self.layers:
            out = layer.forward(out, training)
        return out

    def backward(self, grad: ArrayLike) -> FloatArray:
        """The chain rule: each layer hands the gradient of its input to the layer before it."""
        out = self._as_float(grad)
        for layer in reversed(self.layers):
            out = layer.backward(out)
        return out

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        return self._shapes(input_shape)[-1]

    def _shapes(self, input_shape: Iterable[int]) -> list[Shape]:
        found = [tuple(input_shape)]
        for name, layer in self.children.items():
            try:
                found.append(tuple(layer.output_shape(found[-1])))
            except ValueError as error:
                raise ValueError(f"layer {name}: {error}") from None
        return found

    def fit(self, x: ArrayLike, y: ArrayLike, **settings: Any) -> History:
        """Train with softmax and cross-entropy; see :func:`convbook.nn.training.fit`."""
        return fit(self, x, y, **settings)

    def predict(self, x: ArrayLike, batch_size: int = 256) -> FloatArray:
        """Logits ``(N, classes)``, a batch at a time; ``softmax`` makes probabilities of them."""
        x, step = np.asarray(x), shapes.whole_number("batch_size", batch_size, 1)
        parts = [self.forward(x[n : n + step]) for n in range(0, len(x), step)]
        return np.concatenate(parts) if parts else self.forward(x)

    def accuracy(self, x: ArrayLike, y: ArrayLike, batch_size: int = 256) -> float:
        """Share of the images whose largest logit is at the right class, from 0 to 1."""
        right = self.predict(x, batch_size).argmax(axis=1) == labels_for(x, y)
        return float(right.mean())

    def summary(self, input_shape: Iterable[int] | None = None) -> str:
        """A table of layers, output shapes and parameters; print it."""
        input_shape = self.input_shape if input_shape is None else input_shape
        if input_shape is None:
            raise ValueError("summary needs the shape of one image: summary((channels, H, W))")
        found = self._shapes(input_shape)
        rows = [("layer", "output shape", "parameters"), ("input", str(found[0]), "0")]
        for layer, shape in zip(self.layers, found[1:], strict=True):
            rows.append((layer.name, str(shape), f"{layer.parameter_count:,}"))
        rows.append(("total", "", f"{self.parameter_count:,}"))
        return "\n".join(f"{name:<16} {shape:<18} {count:>12}" for name, shape, count in rows)

    def save(self, path: str | PathLike[str]) -> None:
        """Write parameters and moving statistics to ``path``, whatever its ending, as ``.npz``."""
        with open(path, "wb") as file:  # given a name, NumPy would append an ending of its own
            np.savez_compressed(file, allow_pickle=False, **self.params, **self.buffers)

    def load(self, path: str | PathLike[str]) -> Sequential:
        """Read what ``save`` wrote into this network, whose layers must be the same; return it."""
        try:
            with np.load(path, allow_pickle=False) as file:
                stored = dict(file)
        except (zipfile.BadZipFile, ValueError, EOFError, TypeError) as error:
            raise ValueError(f"{path} is not a file that save wrote: {error}") from None
        own = {**self.params, **self.buffers}
        for name in sorted(own.keys() | stored.keys()):
            here, there = (arrays[name].shape if name in arrays else "nothing"
                           for arrays in (own, stored))  # fmt: skip
            if here != there:
                raise ValueError(
                    f"{path} does not fit this network: {name} is {there} in the file and {here} "
                    f"here; build the network that was saved"
                )
        for name, array in own.items():
            array[...] = stored[name]
        return self


class Residual(Composite):
    """``body(x) + shortcut(x)``: what the layers in ``body`` find is added to what came in.

    ``shortcut`` is the identity, or a layer that brings ``x`` to the shape of the sum (a 1×1
    convolution with stride). The ReLU of He et al. (2015), arXiv:1512.03385, comes after the
    addition: put one behind this layer.

    >>> from convbook.nn import Conv2D
    >>> block = Residual(Conv2D(8, 16, 3, stride=2, padding=1), Conv2D(8, 16, 1, stride=2))
    >>> block.output_shape((8, 32, 32))
    (16, 16, 16)
    """

    def __init__(self, body: Layer, shortcut: Layer | None = None) -> None:
        self.body, self.shortcut = body, shortcut
        super().__init__()
        _ = self.children  # checks

    def layers_by_name(self) -> dict[str, Layer]:
        """``body``, and ``shortcut`` where there is one."""
        return {"body": self.body} | ({} if self.shortcut is None else {"shortcut": self.shortcut})

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        x = self._as_float(x)
        through = self.body.forward(x, training)
        around = x if self.shortcut is None else self.shortcut.forward(x, training)
        if through.shape != around.shape:
            raise ValueError(self._mismatch(through.shape, around.shape))
        return through + around

    def backward(self, grad: ArrayLike) -> FloatArray:
        """A sum hands its gradient to both terms; where the ways part, what comes back adds up."""
        grad = self._as_float(grad)
        through = self.body.backward(grad)
        around = grad if self.shortcut is None else self.shortcut.backward(grad)
        return through + around

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        shape = tuple(input_shape)
        through = tuple(self.body.output_shape(shape))
        around = shape if self.shortcut is None else tuple(self.shortcut.output_shape(shape))
        if through != around:
            raise ValueError(self._mismatch(through, around))
        return through

    def _mismatch(self, through: Shape, around: Shape) -> str:
        return (
            f"Residual adds shapes that differ: {through} through the body and {around} around it; "
            "give it a shortcut such as Conv2D(in_channels, out_channels, 1, stride=...)"
        )
