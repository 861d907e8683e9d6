"""Layers in a row, and layers with a way around them."""

import zipfile

import numpy as np

from convbook.nn.layer import Composite
from convbook.nn.training import fit


class Sequential(Composite):
    """Layers one after the other; itself a layer.

    With ``seed``, all parameters are drawn afresh from it, so one number fixes the whole network.
    With ``input_shape`` (one image, without the batch axis) the sizes are checked at once.
    """

    def __init__(self, layers, input_shape=None, seed=None):
        self.layers = list(layers)
        super().__init__(
            {f"{i}-{layer.name.lower()}": layer for i, layer in enumerate(self.layers)}
        )
        self.input_shape = input_shape
        if input_shape is not None:
            self.output_shape(input_shape)
        if seed is not None:
            self.initialise(np.random.default_rng(seed))

    def forward(self, x, training=False):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def output_shape(self, input_shape):
        return self._shapes(input_shape)[-1]

    def _shapes(self, input_shape):
        shapes = [tuple(input_shape)]
        for name, layer in self.children.items():
            try:
                shapes.append(tuple(layer.output_shape(shapes[-1])))
            except ValueError as error:
                raise ValueError(f"layer {name}: {error}") from None
        return shapes

    def fit(self, x, y, **settings):
        """Train with softmax and cross-entropy; see :func:`convbook.nn.training.fit`."""
        return fit(self, x, y, **settings)

    def predict(self, x, batch_size=256):
        """Logits ``(N, classes)``, a batch at a time; ``softmax`` makes probabilities of them."""
        parts = [self.forward(x[n : n + batch_size]) for n in range(0, len(x), batch_size)]
        return np.concatenate(parts) if parts else self.forward(x)

    def accuracy(self, x, y, batch_size=256):
        """Share of the images whose largest logit is at the right class, from 0 to 1."""
        return float((self.predict(x, batch_size).argmax(axis=1) == np.asarray(y)).mean())

    def summary(self, input_shape=None):
        """A table of layers, output shapes and parameters; print it."""
        input_shape = self.input_shape if input_shape is None else input_shape
        if input_shape is None:
            raise ValueError("summary needs the shape of one image: summary((channels, H, W))")
        shapes = self._shapes(input_shape)
        rows = [("layer", "output shape", "parameters"), ("input", str(shapes[0]), "0")]
        for layer, shape in zip(self.layers, shapes[1:], strict=True):
            rows.append((layer.name, str(shape), f"{layer.parameter_count:,}"))
        rows.append(("total", "", f"{self.parameter_count:,}"))
        return "\n".join(f"{name:<16} {shape:<18} {count:>12}" for name, shape, count in rows)

    def save(self, path):
        """Write parameters and moving statistics to ``path``, a ``.npz`` file."""
        np.savez_compressed(path, **self.params, **self.buffers)

    def load(self, path):
        """Read what ``save`` wrote into this network, whose layers must be the same; return it."""
        try:
            with np.load(path, allow_pickle=False) as file:
                stored = dict(file)
        except (zipfile.BadZipFile, ValueError) as error:
            raise ValueError(f"{path} is not a file that save wrote: {error}") from None
        own = {**self.params, **self.buffers}
        for name in own.keys() | stored.keys():
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
    """

    def __init__(self, body, shortcut=None):
        self.body, self.shortcut = body, shortcut
        super().__init__({"body": body} | ({} if shortcut is None else {"shortcut": shortcut}))

    def forward(self, x, training=False):
        x = self._as_float(x)
        through = self.body.forward(x, training)
        around = x if self.shortcut is None else self.shortcut.forward(x, training)
        if through.shape != around.shape:
            raise ValueError(self._mismatch(through.shape, around.shape))
        return through + around

    def backward(self, grad):
        """A sum hands its gradient to both terms; where the ways part, what comes back adds up."""
        through = self.body.backward(grad)
        around = grad if self.shortcut is None else self.shortcut.backward(grad)
        return through + around

    def output_shape(self, input_shape):
        through = tuple(self.body.output_shape(input_shape))
        around = tuple(input_shape)
        if self.shortcut is not None:
            around = tuple(self.shortcut.output_shape(input_shape))
        if through != around:
            raise ValueError(self._mismatch(through, around))
        return through

    def _mismatch(self, through, around):
        return (
            f"Residual adds shapes that differ: {through} through the body and {around} around it; "
            "give it a shortcut such as Conv2D(in_channels, out_channels, 1, stride=...)"
        )
