"""A Keras model as the page's engine runs it: nodes (``shared/nodes.js``) and weights.

The model is run once, on nothing but zeros, and each call is translated; models inside models and
batch norm, which is folded into the layer before it, are taken apart on the way.
"""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._network_file import network_file

Array = NDArray[np.float32]
#: What may follow a layer as its activation.
ACTIVATIONS = {"linear", "relu", "relu6", "softmax", "sigmoid"}
#: Layers that change nothing at inference.
NOTHING = ("Dropout", "Gaussian", "SpatialDropout", "Random", "ActivityRegularization", "Identity")
SUPPORTED = (
    "Conv2D, DepthwiseConv2D, SeparableConv2D, Dense, BatchNormalization, Normalization, "
    "Rescaling, ReLU, Activation, Softmax, MaxPooling2D, AveragePooling2D, "
    "GlobalAveragePooling2D, GlobalMaxPooling2D, Add, Flatten, ZeroPadding2D, Dropout"
)
MOST_PICTURES = 24


def own_network(
    model: Any,
    images: ArrayLike,
    classes: list[str] | None = None,
    picture_names: list[str] | None = None,
) -> bytes:
    """The file with which a page runs ``model`` on ``images`` (N, H, W, 1 or 3).

    Raises ValueError for what the page's engine cannot do, and names the layer.
    """
    pictures = np.asarray(images, np.float32)
    if pictures.ndim != 4 or pictures.shape[-1] not in (1, 3) or len(pictures) == 0:
        raise ValueError(
            f"images must be (N, H, W, 1 or 3), at least one of them; got shape {pictures.shape}"
        )
    nodes, weights, shown = page_network(model, pictures)
    outputs = nodes[-1].get("out", 0)
    labels = list(classes or [f"output {i}" for i in range(outputs)])
    if len(labels) != outputs:
        raise ValueError(
            f"{len(labels)} class names for {outputs} outputs; give one name an output"
        )
    shown = shown[:MOST_PICTURES]
    names = picture_names or [f"image {i + 1}" for i in range(len(shown))]
    cases = [{"name": n, "url": _url(p)} for n, p in zip(names, shown, strict=False)]
    head = {"form": "f4", "nodes": nodes, "labels": labels, "pictures": cases}
    return network_file(head, weights)


def page_network(
    model: Any, pictures: Array
) -> tuple[list[dict[str, Any]], bytes, NDArray[np.uint8]]:
    """``model`` as a page runs it: nodes, weights (float32), and ``pictures`` as it reads them.

    ``pictures``: (N, H, W, 1 or 3) on the scale that the model wants. Raises ValueError for what
    the page's engine cannot do, and names the layer.
    """
    low, high = _range_of(pictures)
    translated = _Translation(model, pictures.shape[1:], low, high)
    weights = np.concatenate(translated.weights).astype("<f4").tobytes()
    shown = np.round(255 * (pictures - low) / (high - low)).astype(np.uint8)
    return translated.nodes, weights, shown


def _range_of(pictures: Array) -> tuple[float, float]:
    """The scale that the images are on: 0 to 1, −1 to 1, 0 to 255, or their own."""
    least, most = float(pictures.min()), float(pictures.max())
    for low, high in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        if low <= least and most <= high:
            return low, high
    return least, most


def _url(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels).save(
        buffer, "PNG"
    )
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


class _Translation:
    def __init__(self, model: Any, shape: tuple[int, ...], low: float, high: float) -> None:
        import keras

        from convbook.explain import graph

        height, width, channels = shape
        size = {"channels": channels, "height": height, "width": width}
        self.nodes: list[dict[str, Any]] = [
            {"op": "input", "name": "image", **size, "scale": high - low, "offset": low}
        ]
        self.weights: list[Array] = []
        self.shapes: list[tuple[int, ...]] = [(channels, height, width)]
        self.count = 0
        start = keras.ops.zeros((1, *shape))
        output, calls = graph.run(model, start)
        calls = [c for c in calls if not graph.is_model(c.operation)]
        self.at = {id(start): 0}
        self.pads: dict[int, tuple[int, int]] = {}
        self.uses = Counter(id(x) for call in calls for x in _inputs(call))
        self._last = id(output)
        for call in calls:
            if type(call.operation).__name__ != "InputLayer":
                self._translate(call)
        if self.nodes[-1]["op"] != "dense":
            raise ValueError(
                f"{model.name} ends in {self.nodes[-1]['name']}; the page wants a network that "
                "ends in a Dense layer, whose outputs it shows as classes"
            )

    def _translate(self, call: Any) -> None:
        layer, kind = call.operation, type(call.operation).__name__
        read = [id(x) for x in _inputs(call)]
        missing = [x for x in read if x not in self.at]
        handler: Callable[..., int] | None = getattr(self, f"_{kind.lower()}", None)
        if kind.startswith(NOTHING) or kind == "InputLayer":
            handler = self._nothing
        if handler is None or missing:
            raise ValueError(
                f"layer {layer.name!r} is a {kind}, which the page's engine does not have. "
                f"It has {SUPPORTED}"
            )
        if any(x in self.pads for x in read) and not kind.endswith("Conv2D"):
            raise self._refuse(layer, "reads a ZeroPadding2D and is no convolution")
        before = len(self.nodes)
        index = handler(layer, read, call)
        self.at[id(call.output)] = index
        if len(self.nodes) == before:  # what reads the node that was there reads it as before
            self.uses[id(call.output)] = max(self.uses[id(call.output)], self.uses[read[0]])

    # --- what every handler needs ---

    def _node(self, op: str, source: int | list[int], shape: tuple[int, ...], **fields: Any) -> int:
        self.nodes.append({"op": op, "from": source, **fields})
        self.shapes.append(shape)
        return len(self.nodes) - 1

    def _weighted(
        self, op: str, source: int, kernel: Array, bias: Array, call: Any, **fields: Any
    ) -> int:
        shape = tuple(int(n) for n in call.output.shape[1:])
        placed = (shape[-1], *shape[:-1]) if len(shape) == 3 else (shape[-1], 1, 1)
        inner = kernel.shape[0] if op == "depthwise" else kernel.shape[1]
        own = {"in": inner, "out": len(kernel), "at": self.count, "bias": _numbers(bias)}
        self.weights.append(kernel.ravel())
        self.count += kernel.size
        return self._node(op, source, placed, name=call.operation.name, **own, **fields)

    def _refuse(self, layer: Any, why: str) -> ValueError:
        kind = type(layer).__name__
        return ValueError(f"layer {layer.name!r} ({kind}) {why}, which the page's engine has not")

    def _activate(self, index: int, layer: Any, name: str, read: int, call: Any) -> int:
        """``name`` applied to what node ``index`` gives, in that node wherever that is possible."""
        if name not in ACTIVATIONS:
            raise self._refuse(layer, f"ends in {name!r}")
        if name in ("softmax", "sigmoid"):
            if id(call.output) != self._last:
                raise self._refuse(layer, f"has a {name} within the network")
            return index
        if name == "linear":
            return index
        ceiling = {"ceiling": 6} if name == "relu6" else {}
        return self._cut(index, ceiling, layer, read, call)

    def _cut(self, index: int, ceiling: dict, layer: Any, read: int, call: Any) -> int:
        node = self.nodes[index]
        alone = self.uses[read] <= 1
        if alone and not node.get("relu") and node["op"] in ("conv", "depthwise", "dense", "add"):
            node.update(relu=True, name=layer.name, **ceiling)
            return index
        channels = self.shapes[index][0]
        one = np.ones((channels, 1, 1), np.float32)
        zero = np.zeros(channels, np.float32)
        more = {"size": 1, "pad": 0, "relu": True, **ceiling}
        return self._weighted("depthwise", index, one, zero, call, **more)

    def _padding(self, layer: Any, source: int, sizes: tuple[int, int]) -> dict[str, int]:
        kernel, stride = _one(layer, "kernel_size"), _one(layer, "strides")
        if kernel is None or stride is None:
            raise self._refuse(layer, "has windows or strides that are not square")
        if any(n != 1 for n in np.atleast_1d(layer.dilation_rate)):
            raise self._refuse(layer, "is dilated")
        if layer.data_format != "channels_last":
            raise self._refuse(layer, "wants channels first")
        before = after = [0, 0]
        if layer.padding == "same":
            total = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in sizes]
            before, after = [n // 2 for n in total], [n - n // 2 for n in total]
        if before[0] != before[1] or after[0] != after[1]:
            raise self._refuse(layer, "pads height and width differently")
        first, last = self.pads.get(source, (0, 0))
        return {
            "size": kernel, "stride": stride, "pad": before[0] + first, "padEnd": after[0] + last,
        }  # fmt: skip

    def _sizes(self, call: Any) -> tuple[int, int]:
        height, width = call.args[0].shape[1:3]
        return int(height), int(width)

    # --- layers ---

    def _nothing(self, layer: Any, read: list[int], call: Any) -> int:
        return self.at[read[0]]

    def _rescaling(self, layer: Any, read: list[int], call: Any) -> int:
        scale, offset = np.atleast_1d(layer.scale), np.atleast_1d(layer.offset)
        if self.at[read[0]] != 0 or len(self.nodes) > 1 or scale.size > 1 or offset.size > 1:
            return self._affine(call, self.at[read[0]], scale, offset)
        node, times, plus = self.nodes[0], float(scale[0]), float(offset[0])
        node.update(scale=node["scale"] * times, offset=node["offset"] * times + plus)
        return 0

    def _normalization(self, layer: Any, read: list[int], call: Any) -> int:
        mean, deviation = np.asarray(layer.mean), np.sqrt(np.asarray(layer.variance))
        scale = 1 / np.maximum(deviation, 1e-7)
        return self._affine(call, self.at[read[0]], scale.ravel(), (-mean * scale).ravel())

    def _affine(self, call: Any, source: int, scale: ArrayLike, offset: ArrayLike) -> int:
        """Each channel times a number plus a number, as a depthwise 1×1 convolution."""
        channels = self.shapes[source][0]
        kernel, bias = (
            np.broadcast_to(np.asarray(one, np.float32), channels) for one in (scale, offset)
        )
        return self._weighted(
            "depthwise", source, kernel.reshape(-1, 1, 1), bias, call, size=1, pad=0
        )

    def _conv2d(self, layer: Any, read: list[int], call: Any) -> int:
        if layer.groups != 1:
            raise self._refuse(layer, f"has {layer.groups} groups")
        source = self.at[read[0]]
        fields = self._padding(layer, read[0], self._sizes(call))
        kernel = np.asarray(layer.kernel, np.float32).transpose(3, 2, 0, 1)
        index = self._weighted("conv", source, kernel, _bias(layer, len(kernel)), call, **fields)
        return self._activate(index, layer, _name(layer.activation), read[0], call)

    def _depthwiseconv2d(self, layer: Any, read: list[int], call: Any) -> int:
        if layer.depth_multiplier != 1:
            raise self._refuse(layer, f"has a depth multiplier of {layer.depth_multiplier}")
        fields = self._padding(layer, read[0], self._sizes(call))
        kernel = np.asarray(layer.kernel, np.float32)[..., 0].transpose(2, 0, 1)
        bias = _bias(layer, len(kernel))
        index = self._weighted("depthwise", self.at[read[0]], kernel, bias, call, **fields)
        return self._activate(index, layer, _name(layer.activation), read[0], call)

    def _separableconv2d(self, layer: Any, read: list[int], call: Any) -> int:
        if layer.depth_multiplier != 1:
            raise self._refuse(layer, f"has a depth multiplier of {layer.depth_multiplier}")
        fields = self._padding(layer, read[0], self._sizes(call))
        deep = np.asarray(layer.depthwise_kernel, np.float32)[..., 0].transpose(2, 0, 1)
        none = np.zeros(len(deep), np.float32)
        index = self._weighted("depthwise", self.at[read[0]], deep, none, call, **fields)
        self.nodes[index]["name"] = f"{layer.name}_depthwise"
        self.shapes[index] = (len(deep), *self.shapes[index][1:])
        point = np.asarray(layer.pointwise_kernel, np.float32).transpose(3, 2, 0, 1)
        bias = _bias(layer, len(point))
        index = self._weighted("conv", index, point, bias, call, size=1, pad=0)
        return self._activate(index, layer, _name(layer.activation), read[0], call)

    def _dense(self, layer: Any, read: list[int], call: Any) -> int:
        if len(call.output.shape) != 2:
            raise self._refuse(layer, "is applied at every position")
        source = self.at[read[0]]
        channels, height, width = self.shapes[source]
        matrix = np.asarray(layer.kernel, np.float32)
        # Flatten goes (row, column, channel), the engine (channel, row, column).
        turned = matrix.reshape(height, width, channels, -1).transpose(3, 2, 0, 1)
        kernel = np.ascontiguousarray(turned.reshape(matrix.shape[1], -1))
        index = self._weighted("dense", source, kernel, _bias(layer, len(kernel)), call)
        return self._activate(index, layer, _name(layer.activation), read[0], call)

    def _batchnormalization(self, layer: Any, read: list[int], call: Any) -> int:
        if layer.axis not in (-1, len(call.output.shape) - 1):
            raise self._refuse(layer, f"normalises axis {layer.axis}")
        mean, variance = (np.asarray(w) for w in (layer.moving_mean, layer.moving_variance))
        scale = 1 / np.sqrt(variance + layer.epsilon)
        if layer.scale:
            scale = scale * np.asarray(layer.gamma)
        offset = -mean * scale + (np.asarray(layer.beta) if layer.center else 0)
        index = self.at[read[0]]
        node = self.nodes[index]
        foldable = node["op"] in ("conv", "depthwise", "dense") and not node.get("relu")
        if not foldable or self.uses[read[0]] > 1:
            return self._affine(call, index, scale, offset)
        number = sum(n["op"] in ("conv", "depthwise", "dense") for n in self.nodes[:index])
        taps = self.weights[number].reshape(node["out"], -1)
        self.weights[number] = (taps * scale[:, None]).astype(np.float32).ravel()
        node.update(bias=_numbers(np.asarray(node["bias"]) * scale + offset), name=layer.name)
        return index

    def _relu(self, layer: Any, read: list[int], call: Any) -> int:
        most = getattr(layer, "max_value", None)
        if any(getattr(layer, part, 0) for part in ("negative_slope", "threshold")):
            raise self._refuse(layer, "has a slope below zero or a threshold")
        ceiling = {} if most is None else {"ceiling": float(most)}
        return self._cut(self.at[read[0]], ceiling, layer, read[0], call)

    def _activation(self, layer: Any, read: list[int], call: Any) -> int:
        return self._activate(self.at[read[0]], layer, _name(layer.activation), read[0], call)

    def _softmax(self, layer: Any, read: list[int], call: Any) -> int:
        return self._activate(self.at[read[0]], layer, "softmax", read[0], call)

    def _maxpooling2d(self, layer: Any, read: list[int], call: Any) -> int:
        size, stride = self._pool(layer, call)
        source = self.at[read[0]]
        shape = (self.shapes[source][0], *(int(n) for n in call.output.shape[1:3]))
        return self._node("pool", source, shape, name=layer.name, size=size, stride=stride)

    def _averagepooling2d(self, layer: Any, read: list[int], call: Any) -> int:
        size, stride = self._pool(layer, call)
        source = self.at[read[0]]
        channels = self.shapes[source][0]
        kernel = np.full((channels, size, size), 1 / size**2, np.float32)
        none = np.zeros(channels, np.float32)
        more = {"size": size, "stride": stride, "pad": 0}
        return self._weighted("depthwise", source, kernel, none, call, **more)

    def _pool(self, layer: Any, call: Any) -> tuple[int, int]:
        size, stride = _one(layer, "pool_size"), _one(layer, "strides")
        if size is None or stride is None:
            raise self._refuse(layer, "has windows or strides that are not square")
        if layer.padding == "same" and any(
            (-(-n // stride) - 1) * stride + size > n for n in self._sizes(call)
        ):
            raise self._refuse(layer, "pads what it pools")
        return size, stride

    def _globalaveragepooling2d(self, layer: Any, read: list[int], call: Any) -> int:
        source = self.at[read[0]]
        return self._node("mean", source, (self.shapes[source][0], 1, 1), name=layer.name)

    def _globalmaxpooling2d(self, layer: Any, read: list[int], call: Any) -> int:
        source = self.at[read[0]]
        channels, height, width = self.shapes[source]
        if height != width:
            raise self._refuse(layer, "pools a map that is not square")
        return self._node(
            "pool", source, (channels, 1, 1), name=layer.name, size=height, stride=height
        )

    def _add(self, layer: Any, read: list[int], call: Any) -> int:
        first, *others = (self.at[x] for x in read)
        for number, other in enumerate(others):
            name = layer.name if number == len(others) - 1 else f"{layer.name}_{number}"
            first = self._node("add", [first, other], self.shapes[first], name=name)
        return first

    def _flatten(self, layer: Any, read: list[int], call: Any) -> int:
        return self.at[read[0]]

    def _zeropadding2d(self, layer: Any, read: list[int], call: Any) -> int:
        (top, bottom), (left, right) = layer.padding
        if top != left or bottom != right:
            raise self._refuse(layer, "pads height and width differently")
        self.pads[id(call.output)] = (top, bottom)
        return self.at[read[0]]


def _inputs(call: Any) -> list[Any]:
    first = call.args[0]
    return list(first) if isinstance(first, list | tuple) else list(call.args)


def _one(layer: Any, field: str) -> int | None:
    sides = set(np.atleast_1d(getattr(layer, field)).tolist())
    return int(sides.pop()) if len(sides) == 1 else None


def _name(activation: Any) -> str:
    return getattr(activation, "__name__", type(activation).__name__)


def _bias(layer: Any, count: int) -> Array:
    return np.asarray(layer.bias) if layer.use_bias else np.zeros(count, np.float32)


def _numbers(values: ArrayLike) -> list[float]:
    return [float(f"{value:.8g}") for value in np.asarray(values, float).ravel()]
