"""What every layer of a network can do: go forward, go backward, and say what it has learned.

A layer is an object with two methods:

- ``forward(x, training=False)`` takes a batch and returns the layer's output;
- ``backward(grad)`` takes the gradient of the loss with respect to that output, returns the
  gradient with respect to the input, and leaves the gradients of its own parameters in ``grads``.

Images travel as float arrays of shape ``(N, C, H, W)``: image, channel, row, column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convbook.nn.parameters import FLOATS, NamedArrays, NestedArrays, as_float
from convbook.nn.typing import FloatArray, Shape


class Layer:
    """Base of all layers.

    ``params`` holds what training changes, ``grads`` the gradients of the last ``backward`` under
    the same names, and ``buffers`` what a layer remembers without learning it by gradient (the
    moving statistics of batch normalisation). A layer says which arrays it has by setting one of
    the three to a dictionary; from then on, ``layer.params["weight"] = array`` changes one, and
    refuses what does not exist or fit. Types: see :mod:`convbook.nn.typing`.
    """

    def __init__(self) -> None:
        self._arrays = {kind: NamedArrays(self.name) for kind in ("params", "grads", "buffers")}
        self._saved: Any = None

    @property
    def params(self) -> MutableMapping[str, FloatArray]:
        """What training changes, by name."""
        return self._named("params")

    @params.setter
    def params(self, arrays: Mapping[str, ArrayLike]) -> None:
        self._arrays["params"] = NamedArrays(self.name, arrays)

    @property
    def grads(self) -> MutableMapping[str, FloatArray]:
        """Gradients of the last ``backward``, under the names of ``params``."""
        return self._named("grads")

    @grads.setter
    def grads(self, arrays: Mapping[str, ArrayLike]) -> None:
        self._arrays["grads"] = NamedArrays(self.name, arrays)

    @property
    def buffers(self) -> MutableMapping[str, FloatArray]:
        """What is remembered, but not learned by gradient."""
        return self._named("buffers")

    @buffers.setter
    def buffers(self, arrays: Mapping[str, ArrayLike]) -> None:
        self._arrays["buffers"] = NamedArrays(self.name, arrays)

    def _named(self, kind: str) -> MutableMapping[str, FloatArray]:
        return self._arrays[kind]

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        """Output for the batch ``x``; ``training`` matters to dropout and batch normalisation."""
        raise NotImplementedError(f"{self.name} has no forward")

    def backward(self, grad: ArrayLike) -> FloatArray:
        """Gradient with respect to the last input, given that with respect to the last output."""
        raise NotImplementedError(f"{self.name} has no backward")

    def output_shape(self, input_shape: Iterable[int]) -> Shape:
        """Shape of one output, without the batch axis, for one input of ``input_shape``."""
        return tuple(input_shape)

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw new parameters from ``rng``."""

    def astype(self, dtype: DTypeLike) -> Self:
        """Turn parameters and buffers to float32 or float64 (in place) and return the layer."""
        if np.dtype(dtype) not in FLOATS:
            raise ValueError(f"a layer computes in float32 or float64; got {np.dtype(dtype)}")
        self.params = {name: array.astype(dtype) for name, array in self.params.items()}
        self.buffers = {name: array.astype(dtype) for name, array in self.buffers.items()}
        return self

    @property
    def name(self) -> str:
        """The name of the layer's class."""
        return type(self).__name__

    @property
    def parameter_count(self) -> int:
        """How many numbers training changes."""
        return sum(array.size for array in self.params.values())

    def __call__(self, x: ArrayLike, training: bool = False) -> FloatArray:
        return self.forward(x, training)

    # --- for the layers themselves ---------------------------------------------------------------

    def _batch(self, x: ArrayLike, axes: str = "N, C, H, W", **sizes: int) -> FloatArray:
        """``x`` as an array of the layer's type, once its axes have been checked.

        ``sizes`` fixes some axes: ``self._batch(x, C=3)``. An image has at least one pixel.
        """
        x = np.asarray(x)
        names = axes.split(", ")
        fits = x.ndim == len(names) and all(x.shape[1:])
        if not fits or any(size != x.shape[names.index(axis)] for axis, size in sizes.items()):
            wanted = ", ".join(str(sizes.get(axis, axis)) for axis in names)
            raise ValueError(
                f"{self.name} expects a batch of shape ({wanted}); got shape {x.shape}"
                + _advice(x.shape, names, sizes)
            )
        return self._as_float(x)

    def _image_shape(
        self, input_shape: Iterable[int], channels: int | None = None
    ) -> tuple[int, int, int]:
        """``input_shape`` once it is known to be ``(C, H, W)``, with ``channels`` channels."""
        shape = tuple(input_shape)
        if len(shape) != 3 or min(shape) < 1:
            raise ValueError(
                f"{self.name} expects an input of shape (channels, height, width), each at least "
                f"1; got {shape}"
            )
        if channels is not None and shape[0] != channels:
            raise ValueError(
                f"{self.name} expects {channels} channels; got an input of shape {shape}, which "
                f"has {shape[0]}"
            )
        return shape

    def _as_float(self, x: ArrayLike) -> FloatArray:
        found = np.asarray(x)
        if found.dtype.kind not in "biuf":
            raise ValueError(f"{self.name} expects numbers; got an array of {found.dtype}")
        for array in self.params.values():
            return found.astype(array.dtype, copy=False)
        return as_float(found)

    def _recall(self) -> Any:
        """What ``forward`` kept for ``backward``."""
        if self._saved is None:
            raise RuntimeError(
                f"{self.name}.backward was called before forward; call forward first"
            )
        return self._saved

    def _gradient(self, grad: ArrayLike, shape: Iterable[int]) -> FloatArray:
        """``grad`` as an array, once it is known to have the shape of the last output."""
        found = self._as_float(grad)
        if found.shape != tuple(shape):
            raise ValueError(
                f"{self.name}.backward expects the gradient of its last output, shape "
                f"{tuple(shape)}; got shape {found.shape}"
            )
        return found


class Composite(Layer):
    """A layer made of layers: its arrays are theirs, under ``"child.name"``.

    Nothing is kept twice: :meth:`layers_by_name` says which layers there are *now*, and training,
    saving and counting ask it every time.
    """

    def layers_by_name(self) -> dict[str, Layer]:
        """The layers inside, by the names that their arrays carry."""
        raise NotImplementedError(f"{self.name} names no layers")

    @property
    def children(self) -> dict[str, Layer]:
        """The layers inside, once each is known to be a layer, and to stand in one place."""
        seen: set[int] = set()
        waiting = list(self.layers_by_name().values())
        while waiting:
            layer = waiting.pop()
            if not isinstance(layer, Layer):
                raise ValueError(f"{self.name} expected a layer such as ReLU(); got {layer!r}")
            if id(layer) in seen:
                raise ValueError(
                    f"one and the same {layer.name} stands in two places of {self.name}; a layer "
                    "remembers one input and one gradient, so make a layer for each place"
                )
            seen.add(id(layer))
            if isinstance(layer, Composite):
                waiting += layer.layers_by_name().values()
        return self.layers_by_name()

    def _named(self, kind: str) -> MutableMapping[str, FloatArray]:
        arrays = {name: layer._named(kind) for name, layer in self.children.items()}
        return NestedArrays(self.name, arrays)

    def initialise(self, rng: np.random.Generator) -> None:
        for layer in self.children.values():
            layer.initialise(rng)

    def astype(self, dtype: DTypeLike) -> Self:
        for layer in self.children.values():
            layer.astype(dtype)
        return self


def _advice(shape: Shape, names: list[str], sizes: Mapping[str, int]) -> str:
    if len(shape) + 1 == len(names):
        if sizes.get("C") == 1 and shape[0] != 1:
            return "; grey images need an axis for their one channel: x[:, None]"
        return "; a single image still needs a batch axis: x[None]"
    if len(shape) + 2 == len(names) and sizes.get("C") == 1:
        return "; one grey image needs axes for the batch and its channel: x[None, None]"
    if "C" in names and len(shape) == 4 and shape[-1] == sizes.get("C"):
        return "; the channels come last here: turn it with x.transpose(0, 3, 1, 2), not reshape"
    return ""
