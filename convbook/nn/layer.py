"""What every layer of a network can do: go forward, go backward, and say what it has learned.

A layer is an object with two methods that undo each other's direction:

- ``forward(x, training=False)`` takes a batch and returns the layer's output;
- ``backward(grad)`` takes the gradient of the loss with respect to that output, returns the
  gradient with respect to the input, and leaves the gradients of its own parameters in ``grads``.

Images travel as float arrays of shape ``(N, C, H, W)``: image, channel, row, column.
"""

import numpy as np


class Layer:
    """Base of all layers.

    ``params`` holds what training changes, ``grads`` the gradients of the last ``backward`` under
    the same names, and ``buffers`` what a layer remembers without learning it by gradient (the
    moving statistics of batch normalisation). A layer computes in the type of its parameters:
    float32, or float64 after ``astype("float64")``.
    """

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}
        self.buffers: dict[str, np.ndarray] = {}
        self._saved = None

    def forward(self, x, training=False):
        """Output for the batch ``x``; ``training`` matters to dropout and batch normalisation."""
        raise NotImplementedError(f"{self.name} has no forward")

    def backward(self, grad):
        """Gradient with respect to the last input, given that with respect to the last output."""
        raise NotImplementedError(f"{self.name} has no backward")

    def output_shape(self, input_shape):
        """Shape of one output, without the batch axis, for one input of ``input_shape``."""
        return tuple(input_shape)

    def initialise(self, rng):
        """Draw new parameters from ``rng``, a ``numpy.random.Generator``."""

    def astype(self, dtype):
        """Turn parameters and buffers to ``dtype`` (in place) and return the layer."""
        for arrays in (self.params, self.buffers):
            arrays.update({name: array.astype(dtype) for name, array in arrays.items()})
        return self

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def parameter_count(self) -> int:
        """How many numbers training changes."""
        return sum(array.size for array in self.params.values())

    def __call__(self, x, training=False):
        return self.forward(x, training)

    # --- for the layers themselves ---------------------------------------------------------------

    def _batch(self, x, axes="N, C, H, W", **sizes):
        """``x`` as an array of the layer's type, once its axes have been checked.

        ``sizes`` fixes some axes: ``self._batch(x, C=3)``.
        """
        x = np.asarray(x)
        names = axes.split(", ")
        if x.ndim != len(names) or any(
            size != x.shape[names.index(axis)] for axis, size in sizes.items()
        ):
            wanted = ", ".join(str(sizes.get(axis, axis)) for axis in names)
            raise ValueError(
                f"{self.name} expects a batch of shape ({wanted}); got shape {x.shape}"
                + _advice(x, names, sizes)
            )
        return self._as_float(x)

    def _as_float(self, x):
        x = np.asarray(x)
        for array in self.params.values():
            return x.astype(array.dtype, copy=False)
        return x if x.dtype.kind == "f" else x.astype(np.float32)

    def _recall(self):
        """What ``forward`` kept for ``backward``."""
        if self._saved is None:
            raise RuntimeError(
                f"{self.name}.backward was called before forward; call forward first"
            )
        return self._saved

    def _gradient(self, grad, shape):
        """``grad`` as an array, once it is known to have the shape of the last output."""
        grad = self._as_float(grad)
        if grad.shape != tuple(shape):
            raise ValueError(
                f"{self.name}.backward expects the gradient of its last output, shape "
                f"{tuple(shape)}; got shape {grad.shape}"
            )
        return grad


class Composite(Layer):
    """A layer made of layers: its parameters are theirs, under ``"child.name"``."""

    def __init__(self, children: dict[str, Layer]):
        self.children = children
        self._saved = None

    params = property(lambda self: self._collect("params"))
    grads = property(lambda self: self._collect("grads"))
    buffers = property(lambda self: self._collect("buffers"))

    def _collect(self, what):
        return {
            f"{child}.{name}": array
            for child, layer in self.children.items()
            for name, array in getattr(layer, what).items()
        }

    def initialise(self, rng):
        for layer in self.children.values():
            layer.initialise(rng)

    def astype(self, dtype):
        for layer in self.children.values():
            layer.astype(dtype)
        return self


def _advice(x, names, sizes):
    if x.ndim + 1 == len(names):
        return "; a single image still needs a batch axis: x[None]"
    if "C" in names and x.ndim == 4 and x.shape[-1] == sizes.get("C"):
        return "; the channels come last here: turn it with x.transpose(0, 3, 1, 2), not reshape"
    return ""
