"""A trained network as plain lists and arrays, and as one line of text.

An exercise asks for a network in this form: `layers`, a list of dictionaries such as
``{"layer": "conv", "filters": 8, "kernel_size": 3}``, and `weights`, one list of arrays for each
layer that has parameters. ``from_network`` makes both from a network of :mod:`convbook.nn`,
``from_keras`` from a Keras model whose layers stand in a row. Kernels are
``(filters, channels, height, width)``, a dense layer behind a flattening reads channel, row,
column, and activations are layers of their own.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = list[NDArray[Any]]
Plain = tuple[list[dict[str, Any]], list[Arrays]]


def from_network(network: Any) -> Plain:
    """Return ``(layers, weights)`` of a :class:`convbook.nn.Sequential`.

    >>> from convbook.nn import Conv2D, Dense, Flatten, ReLU, Sequential
    >>> network = Sequential([Conv2D(1, 4, 3), ReLU(), Flatten(), Dense(144, 10)], (1, 8, 8))
    >>> layers, weights = from_network(network)
    >>> [layer["layer"] for layer in layers], weights[0][0].shape
    (['conv', 'relu', 'flatten', 'dense'], (4, 1, 3, 3))
    """
    layers: list[dict[str, Any]] = []
    weights: list[Arrays] = []
    for layer in _flat(network):
        entry, arrays = _entry(_NUMPY, layer)
        layers.append(entry)
        if arrays:
            weights.append(arrays)
    return layers, weights


def from_keras(model: Any) -> Plain:
    """Return ``(layers, weights)`` of a Keras model whose layers stand in a row.

    Models inside the model are opened; an activation that a layer carries becomes a layer of its
    own, and a softmax at the end is left out (the largest output stays the largest). Layers of
    augmentation, which do nothing once a network is trained, are left out too. Raises
    ``ValueError`` for a layer that has no form here, such as ``Add``.
    """
    layers: list[dict[str, Any]] = []
    weights: list[Arrays] = []
    flattened: tuple[int, ...] | None = None
    for layer in _flat(model):
        kind = type(layer).__name__
        if kind == "InputLayer" or kind.startswith("Random"):
            continue
        if kind == "Flatten":
            flattened = tuple(layer.input.shape[1:])
        entry, arrays = _entry(_KERAS, layer)
        if kind == "Dense" and flattened is not None:
            arrays[0] = _channels_first_rows(arrays[0], flattened)
            flattened = None
        if entry:
            layers.append(entry)
        if arrays:
            weights.append(arrays)
        layers += _activation(layer)
    return layers, weights


def to_text(layers: list[dict[str, Any]], weights: list[Arrays]) -> str:
    """Return a network as one line of text, to be pasted into a notebook; see ``from_text``.

    The arrays are kept in 16 bits: three to four decimal places, more than an accuracy needs.
    """
    arrays = {
        f"{place}-{number}": np.asarray(array, np.float16)
        for place, entry in enumerate(weights)
        for number, array in enumerate(entry)
    }
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return json.dumps(layers) + base64.b64encode(file.getvalue()).decode()


def from_text(text: str) -> Plain:
    """Return ``(layers, weights)`` from the line that ``to_text`` made.

    >>> text = to_text([{"layer": "dense", "units": 1}], [[np.ones((2, 1)), np.zeros(1)]])
    >>> from_text(text)[1][0][0].shape
    (2, 1)
    """
    text = "".join(text.split("\n")).strip()
    try:
        layers, end = json.JSONDecoder().raw_decode(text)
        file = io.BytesIO(base64.b64decode(text[end:], validate=True))
        with np.load(file, allow_pickle=False) as arrays:
            found = {tuple(map(int, name.split("-"))): arrays[name] for name in arrays.files}
    except Exception as error:  # a text that was cut off fails in any of a dozen ways
        raise ValueError(
            "this is no network as to_text writes it; print it again and copy the whole line"
        ) from error
    places = sorted({place for place, _ in found})
    return layers, [
        [found[key].astype(np.float32) for key in sorted(found) if key[0] == place]
        for place in places
    ]


def _flat(network: Any) -> Iterator[Any]:
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from _flat(layer)
        else:
            yield layer


def _entry(
    known: dict[str, Callable[[Any], tuple[dict[str, Any], Arrays]]], layer: Any
) -> tuple[dict[str, Any], Arrays]:
    kind = type(layer).__name__
    if kind not in known:
        raise ValueError(f"a layer {kind} can't be handed in; there are {', '.join(sorted(known))}")
    return known[kind](layer)


def _one(pair: Any, what: str) -> int:
    """The one number of a pair such as (3, 3)."""
    first, second = (pair, pair) if isinstance(pair, int | np.integer) else pair
    if first != second:
        raise ValueError(f"{what} is {tuple(pair)}; only squares can be handed in")
    return int(first)


# --- of convbook.nn ------------------------------------------------------------------------------


def _numpy_conv(layer: Any) -> tuple[dict[str, Any], Arrays]:
    depthwise = layer.groups == layer.in_channels == layer.out_channels and layer.groups > 1
    if layer.groups > 1 and not depthwise:
        raise ValueError(f"a convolution in {layer.groups} groups can't be handed in")
    if layer.dilation != (1, 1):
        raise ValueError("a dilated convolution can't be handed in")
    padding = layer.padding if isinstance(layer.padding, str) else _one(layer.padding, "padding")
    entry = {
        "kernel_size": _one(layer.kernel_size, "kernel_size"),
        "stride": _one(layer.stride, "stride"),
        "padding": padding,
        "bias": layer.bias,
    }
    arrays = [np.array(array) for array in layer.params.values()]
    if depthwise:
        arrays[0] = arrays[0][:, 0]
        return {"layer": "depthwise_conv", **entry}, arrays
    return {"layer": "conv", "filters": layer.out_channels, **entry}, arrays


def _numpy_norm(layer: Any) -> tuple[dict[str, Any], Arrays]:
    arrays = [np.array(array) for array in (*layer.params.values(), *layer.buffers.values())]
    return {"layer": "batch_norm", "epsilon": float(layer.epsilon)}, arrays


def _numpy_pool(kind: str) -> Callable[[Any], tuple[dict[str, Any], Arrays]]:
    def pool(layer: Any) -> tuple[dict[str, Any], Arrays]:
        if layer.padding not in ("valid", 0):
            raise ValueError("a pooling with padding can't be handed in")
        size, stride = _one(layer.pool_size, "pool_size"), _one(layer.stride, "stride")
        return {"layer": kind, "pool_size": size, "stride": stride}, []

    return pool


def _numpy_dense(layer: Any) -> tuple[dict[str, Any], Arrays]:
    arrays = [np.array(array) for array in layer.params.values()]
    return {"layer": "dense", "units": layer.units}, arrays


def _nothing(kind: str) -> Callable[[Any], tuple[dict[str, Any], Arrays]]:
    return lambda layer: ({"layer": kind}, [])


_NUMPY = {
    "Conv2D": _numpy_conv,
    "BatchNorm2D": _numpy_norm,
    "ReLU": _nothing("relu"),
    "MaxPool2D": _numpy_pool("max_pool"),
    "AvgPool2D": _numpy_pool("avg_pool"),
    "GlobalAvgPool2D": _nothing("global_avg_pool"),
    "Flatten": _nothing("flatten"),
    "Dropout": _nothing("dropout"),
    "Dense": _numpy_dense,
}

# --- of Keras ------------------------------------------------------------------------------------


def _arrays_of(layer: Any) -> Arrays:
    return [np.array(array) for array in layer.get_weights()]


def _keras_conv(layer: Any) -> tuple[dict[str, Any], Arrays]:
    if tuple(layer.dilation_rate) != (1, 1) or getattr(layer, "groups", 1) != 1:
        raise ValueError("a convolution with dilation or groups can't be handed in")
    arrays = _arrays_of(layer)
    entry = {
        "kernel_size": _one(layer.kernel_size, "kernel_size"),
        "stride": _one(layer.strides, "strides"),
        "padding": layer.padding,
        "bias": layer.use_bias,
    }
    if type(layer).__name__ == "DepthwiseConv2D":
        if layer.depth_multiplier != 1:
            raise ValueError("a depthwise convolution with a depth_multiplier can't be handed in")
        arrays[0] = arrays[0][..., 0].transpose(2, 0, 1)
        return {"layer": "depthwise_conv", **entry}, arrays
    arrays[0] = arrays[0].transpose(3, 2, 0, 1)
    return {"layer": "conv", "filters": layer.filters, **entry}, arrays


def _keras_norm(layer: Any) -> tuple[dict[str, Any], Arrays]:
    arrays = _arrays_of(layer)
    if not layer.center:
        arrays.insert(int(layer.scale), np.zeros_like(arrays[-1]))
    if not layer.scale:
        arrays.insert(0, np.ones_like(arrays[-1]))
    return {"layer": "batch_norm", "epsilon": float(layer.epsilon)}, arrays


def _keras_pool(kind: str) -> Callable[[Any], tuple[dict[str, Any], Arrays]]:
    def pool(layer: Any) -> tuple[dict[str, Any], Arrays]:
        if layer.padding != "valid":
            raise ValueError("a pooling with padding can't be handed in")
        size, stride = _one(layer.pool_size, "pool_size"), _one(layer.strides, "strides")
        return {"layer": kind, "pool_size": size, "stride": stride}, []

    return pool


def _keras_dense(layer: Any) -> tuple[dict[str, Any], Arrays]:
    return {"layer": "dense", "units": layer.units, "bias": layer.use_bias}, _arrays_of(layer)


def _keras_activation(_layer: Any) -> tuple[dict[str, Any], Arrays]:
    return {}, []


_KERAS = {
    "Conv2D": _keras_conv,
    "DepthwiseConv2D": _keras_conv,
    "BatchNormalization": _keras_norm,
    "ReLU": _nothing("relu"),
    "Activation": _keras_activation,
    "MaxPooling2D": _keras_pool("max_pool"),
    "AveragePooling2D": _keras_pool("avg_pool"),
    "GlobalAveragePooling2D": _nothing("global_avg_pool"),
    "Flatten": _nothing("flatten"),
    "Dropout": _nothing("dropout"),
    "Dense": _keras_dense,
}


def _activation(layer: Any) -> list[dict[str, Any]]:
    """The activation that a Keras layer carries, as a layer of its own."""
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    if name in ("linear", "softmax"):
        return []
    if name != "relu":
        raise ValueError(f"the activation {name!r} can't be handed in; relu can")
    return [{"layer": "relu"}]


def _channels_first_rows(weights: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """The rows of a dense layer behind a flattening, from (row, column, channel) order."""
    if len(shape) != 3:
        return weights
    height, width, channels = shape
    rows = weights.reshape(height, width, channels, -1).transpose(2, 0, 1, 3)
    return rows.reshape(height * width * channels, -1)
