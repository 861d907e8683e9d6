"""Rebuilds a network that came as a list of layers and arrays, counts it and runs it.

Nothing of the learner's runs here: the description is read as data, the layers are the book's own
(`convbook.nn`), and only the ten answers for each picture count. So a lookup table, a function or
an object can't be handed in.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from autograder.handin import forms
from convbook import shapes
from convbook.nn import AvgPool2D, Conv2D, MaxPool2D

MAX_LAYERS = 60
#: What is run at most: generous for any honest answer, and a bound on the marker's patience.
MAX_SIZE, MAX_PARAMETERS, MAX_MACS = 4096, 200_000, 60_000_000


@dataclass
class Rebuilt:
    """What has been read so far: layers ready to run, what they hold and what they cost."""

    shape: tuple[int, ...]
    layers: list = field(default_factory=list)
    parameters: int = 0
    macs: int = 0
    #: Of each layer in order: its kind, the shape behind it, and its arrays.
    kinds: list[str] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    arrays: list[list[np.ndarray]] = field(default_factory=list)
    #: The convolutions whose kernels look at several pixels and stand at several positions.
    sliding: list[Conv2D] = field(default_factory=list)


class _Entry:
    """One dictionary of the list, with checked access to its settings."""

    def __init__(self, position: int, settings: dict, name: str):
        self.where = f"`{name}`, layer {position + 1} ({settings.get('layer')})"
        self.settings = {key: value for key, value in settings.items() if key != "layer"}

    def refuse(self, reason: str):
        raise forms.WrongForm(f"{self.where}: {reason}")

    def whole(self, key: str, default=None, least=1) -> int:
        value = self.settings.pop(key, default)
        if value is None:
            self.refuse(f"`{key}` is missing.")
        found = forms.whole_number(value, f"{self.where}: {key}")
        if not least <= found <= MAX_SIZE:
            self.refuse(f"`{key}` is {found}; it has to lie between {least} and {MAX_SIZE}.")
        return found

    def truth(self, key: str, default: bool) -> bool:
        return forms.truth(self.settings.pop(key, default), f"{self.where}: {key}")

    def padding(self):
        value = self.settings.pop("padding", "valid")
        try:
            if isinstance(value, str) and not value.strip().isdigit():
                return forms.word(value, "padding", ("valid", "same"))
            self.settings["padding"] = forms.whole_number(value, "padding")
        except forms.WrongForm:
            self.refuse(
                "`padding`: expected 'valid', 'same' or a whole number from 0, but this is "
                f"{forms.shown(value)}."
            )
        return self.whole("padding", least=0)

    def nothing_left(self):
        if self.settings:
            self.refuse(f"{', '.join(map(repr, self.settings))}: there is no such setting.")


class _Weights:
    """The hand-in's arrays, layer by layer."""

    def __init__(self, value, name: str):
        if not isinstance(value, list | tuple):
            raise forms.WrongForm(f"`{name}`: expected a list with one entry per layer.")
        self.name, self.entries, self.used = name, list(value), 0
        self.last: list[np.ndarray] = []

    def take(self, entry: _Entry, shapes_wanted: list[tuple[int, ...]]) -> list[np.ndarray]:
        if self.used == len(self.entries):
            entry.refuse(f"`{self.name}` has no entry left for it.")
        arrays = self.entries[self.used]
        self.used += 1
        if isinstance(arrays, np.ndarray) and len(shapes_wanted) == 1:
            arrays = [arrays]
        if not isinstance(arrays, list | tuple) or len(arrays) != len(shapes_wanted):
            entry.refuse(
                f"expected {len(shapes_wanted)} arrays, of the shapes "
                f"{', '.join(map(str, shapes_wanted))}."
            )
        found = [
            forms.array(array, f"{entry.where}: array {number + 1}", shape)
            for number, (array, shape) in enumerate(zip(arrays, shapes_wanted, strict=True))
        ]
        if any(np.abs(array).max(initial=0) > 1e6 for array in found):
            entry.refuse("there are weights beyond a million; such a network overflows.")
        self.last = [array.astype(np.float32) for array in found]
        return list(self.last)

    def nothing_left(self):
        if self.used < len(self.entries):
            raise forms.WrongForm(
                f"`{self.name}`: there are {len(self.entries)} entries, but only {self.used} "
                "layers that have parameters."
            )


def _maps(entry: _Entry, network: Rebuilt):
    if len(network.shape) != 3:
        entry.refuse("it needs maps, but they have been flattened before.")
    return network.shape


def _conv(entry: _Entry, network: Rebuilt, weights: _Weights, depthwise: bool = False):
    channels, _, _ = _maps(entry, network)
    filters = channels if depthwise else entry.whole("filters")
    kernel, stride = entry.whole("kernel_size"), entry.whole("stride", 1)
    padding, bias = entry.padding(), entry.truth("bias", True)
    groups = channels if depthwise else 1
    try:
        shape = shapes.conv2d_output_shape(network.shape, filters, kernel, stride, padding)
    except ValueError as error:
        entry.refuse(f"{error}.")
    if max(shape) > MAX_SIZE:
        entry.refuse(f"its output would be {shape}, which is too large.")
    outer = (channels, kernel, kernel) if depthwise else (filters, channels, kernel, kernel)
    network.parameters += shapes.conv2d_parameters(channels, filters, kernel, bias, groups)
    network.macs += shapes.conv2d_macs(channels, filters, kernel, *shape[1:], groups)
    _keep_small(entry, network)
    arrays = weights.take(entry, [outer, (filters,)] if bias else [outer])
    layer = Conv2D(channels, filters, kernel, stride, padding, groups=groups, bias=bias)
    layer.params["weight"] = arrays[0].reshape(layer.params["weight"].shape)
    if bias:
        layer.params["bias"] = arrays[1]
    network.layers.append(layer.forward)
    network.shape = shape
    if kernel > 1 and math.prod(shape[1:]) > 1:
        network.sliding.append(layer)


def _depthwise(entry, network, weights):
    _conv(entry, network, weights, depthwise=True)


def _batch_norm(entry: _Entry, network: Rebuilt, weights: _Weights):
    channels = network.shape[0]
    epsilon = forms.number(entry.settings.pop("epsilon", 1e-3), f"{entry.where}: epsilon")
    if not 0 <= epsilon <= 1:
        entry.refuse("`epsilon` lies between 0 and 1.")
    network.parameters += sum(shapes.batch_norm_parameters(channels))
    gamma, beta, mean, variance = weights.take(entry, [(channels,)] * 4)
    if (variance < 0).any() or (variance + epsilon <= 0).any():
        entry.refuse("a variance can't be negative, nor 0 without an epsilon.")
    scale = gamma / np.sqrt(variance + np.float32(epsilon))
    shift = beta - mean * scale
    axes = (1, -1, 1, 1) if len(network.shape) == 3 else (1, -1)
    network.layers.append(lambda x: x * scale.reshape(axes) + shift.reshape(axes))


def _pool(entry: _Entry, network: Rebuilt, _weights, largest: bool = True):
    channels, height, width = _maps(entry, network)
    size = entry.whole("pool_size", 2)
    stride = entry.whole("stride", size)
    try:
        shape = shapes.pool2d_output_shape((channels, height, width), size, stride)
    except ValueError as error:
        entry.refuse(f"{error}.")
    network.layers.append((MaxPool2D if largest else AvgPool2D)(size, stride).forward)
    network.shape = shape


def _average_pool(entry, network, weights):
    _pool(entry, network, weights, largest=False)


def _global_pool(entry: _Entry, network: Rebuilt, _weights):
    channels, *_ = _maps(entry, network)
    network.layers.append(lambda x: x.mean(axis=(2, 3)))
    network.shape = (channels,)


def _flatten(_entry, network: Rebuilt, _weights):
    network.layers.append(lambda x: x.reshape(len(x), -1))
    network.shape = (math.prod(network.shape),)


def _dense(entry: _Entry, network: Rebuilt, weights: _Weights):
    if len(network.shape) != 1:
        entry.refuse('it reads a row of numbers; put "flatten" or a global pooling before it.')
    inputs, units = network.shape[0], entry.whole("units")
    bias = entry.truth("bias", True)
    network.parameters += shapes.dense_parameters(inputs, units, bias)
    network.macs += shapes.dense_macs(inputs, units)
    _keep_small(entry, network)
    arrays = weights.take(entry, [(inputs, units), (units,)] if bias else [(inputs, units)])
    offset = arrays[1] if bias else np.float32(0)
    network.layers.append(lambda x: x @ arrays[0] + offset)
    network.shape = (units,)


def _relu(_entry, network: Rebuilt, _weights):
    network.layers.append(lambda x: np.maximum(x, 0))


def _nothing(_entry, _network, _weights):
    """Dropout does nothing once a network is trained; nor does softmax to the order of logits."""


LAYERS: dict[str, Callable] = {
    "conv": _conv,
    "depthwise_conv": _depthwise,
    "batch_norm": _batch_norm,
    "relu": _relu,
    "max_pool": _pool,
    "avg_pool": _average_pool,
    "global_avg_pool": _global_pool,
    "flatten": _flatten,
    "dropout": _nothing,
    "dense": _dense,
}
_SETTINGS_THAT_DO_NOTHING = {"dropout": ("rate",)}


def _keep_small(entry: _Entry, network: Rebuilt):
    if network.parameters > MAX_PARAMETERS or network.macs > MAX_MACS:
        entry.refuse(
            f"up to here the network has {network.parameters:,} parameters and "
            f"{network.macs:,} multiply–accumulates a picture; that is too much to be run here."
        )


class _NoWeights(_Weights):
    """Stands in where only the layers were handed in: every array fits, and means nothing."""

    def __init__(self):
        super().__init__([], "")

    def take(self, entry: _Entry, shapes_wanted: list[tuple[int, ...]]) -> list[np.ndarray]:
        self.last = [np.ones(shape, np.float32) for shape in shapes_wanted]
        return list(self.last)


def lay_out(layers, name: str, shape: tuple[int, int, int], outputs: int | None) -> Rebuilt:
    """Count and size the layers alone; see `read_network`. `outputs` None: any shape may end it."""
    return _rebuild(layers, _NoWeights(), name, shape, outputs)


def read_network(
    layers, weights, names: tuple[str, str], shape: tuple[int, int, int], outputs: int = 10
) -> Rebuilt:
    """Rebuild a network for inputs of `shape` (C, H, W), or raise `forms.WrongForm` that says why.

    `names` are those of the two answers, for the messages; it has to end with `outputs` numbers.
    """
    return _rebuild(layers, _Weights(weights, names[1]), names[0], shape, outputs)


def _rebuild(layers, arrays: _Weights, name: str, shape, outputs: int | None) -> Rebuilt:
    if not isinstance(layers, list | tuple) or not layers:
        raise forms.WrongForm(f"`{name}`: expected a list of layers.")
    if len(layers) > MAX_LAYERS:
        raise forms.WrongForm(f"`{name}`: {len(layers)} layers are more than {MAX_LAYERS}.")
    network = Rebuilt(shape)
    for position, settings in enumerate(layers):
        if not isinstance(settings, dict):
            raise forms.WrongForm(f"`{name}`: layer {position + 1} is no dictionary.")
        entry = _Entry(position, settings, name)
        kind = forms.word(settings.get("layer"), f"{name}, layer {position + 1}", LAYERS)
        for ignored in _SETTINGS_THAT_DO_NOTHING.get(kind, ()):
            entry.settings.pop(ignored, None)
        arrays.last = []
        LAYERS[kind](entry, network, arrays)
        entry.nothing_left()
        network.kinds.append(kind)
        network.shapes.append(network.shape)
        network.arrays.append(arrays.last)
    arrays.nothing_left()
    if outputs is not None and network.shape != (outputs,):
        raise forms.WrongForm(
            f"`{name}`: the network ends with the shape {network.shape}; expected {outputs} "
            "outputs."
        )
    return network


def _outputs(network: Rebuilt, images: np.ndarray) -> np.ndarray:
    """What the network gives for each image (N, C, H, W): (N, outputs)."""
    found = []
    for start in range(0, len(images), 500):
        x = images[start : start + 500]
        with np.errstate(all="ignore"):
            for layer in network.layers:
                x = layer(x)
        found.append(x)
    return np.concatenate(found)


def accuracy(network: Rebuilt, images: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of `images` (N, C, H, W) whose largest output is the label's, and its only.

    A tie of the largest outputs, or a NaN, is no answer.
    """
    outputs = _outputs(network, images)
    sure = (outputs == outputs.max(axis=1, keepdims=True)).sum(axis=1) == 1
    return float((sure & (outputs.argmax(axis=1) == labels)).mean())


def losses(network: Rebuilt, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return each image's cross-entropy in nats; NaN where an output is no number."""
    logits = _outputs(network, images).astype(np.float64)
    with np.errstate(all="ignore"):
        logits = logits - logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits).sum(axis=1))
    return total - logits[np.arange(len(labels)), labels]
