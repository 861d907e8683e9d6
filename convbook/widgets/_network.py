"""What a network written as a list of layers costs: shapes, parameters, operations, memory, view.

The kinds of layers, their settings and the ready-made networks are in ``shared/layers.json`` and
``shared/networks.json``, which the front end reads too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import prod

from convbook import shapes

from . import _limits
from ._bundle import FOLDER
from ._limits import Limit

KINDS = json.loads((FOLDER / "shared" / "layers.json").read_text(encoding="utf-8"))
NETWORKS = json.loads((FOLDER / "shared" / "networks.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Row:
    """What one layer makes and costs, for one image.

    ``shape`` is (height, width, channels), or (length,) once flattened. ``parameters`` is
    (trainable, not trainable). ``macs`` counts multiply-accumulates of convolutions and dense
    layers. ``values`` counts the numbers that the layer's outputs hold, inner maps of a block
    included. ``view`` is the receptive field across, or None once every pixel is seen.
    """

    shape: tuple[int, ...]
    parameters: tuple[int, int] = (0, 0)
    macs: int = 0
    values: int = 0
    view: int | None = None
    steps: tuple[tuple[int, int, int], ...] = field(default=(), repr=False)


def complete(layer: dict) -> dict:
    """The layer with every setting of its kind; raises ``ValueError`` for what it cannot be."""
    kind = layer.get("kind") if isinstance(layer, dict) else None
    if kind not in KINDS:
        raise ValueError(f"a layer needs a kind, one of {', '.join(KINDS)}; got {layer!r}")
    fields = KINDS[kind]["fields"]
    unknown = set(layer) - set(fields) - {"kind"}
    if unknown:
        raise ValueError(
            f"a {kind} layer has no {', '.join(sorted(unknown))}; it has {', '.join(fields)}"
        )
    whole = {name: layer.get(name, rule["default"]) for name, rule in fields.items()}
    for name, value in whole.items():
        _check_setting(kind, name, value, fields[name])
    return {"kind": kind, **whole}


def layer_limit() -> Limit:
    """What a layer may be, for the front end."""
    return _limits.variants(
        {
            kind: {name: _setting_limit(rule) for name, rule in description["fields"].items()}
            for kind, description in KINDS.items()
        }
    )


def _setting_limit(rule: dict) -> Limit:
    if isinstance(rule["default"], bool):
        return {"type": "boolean"}
    if "options" in rule:
        return _limits.choice(rule["options"])
    kind = "number" if isinstance(rule["default"], float) else "integer"
    return _limits.number(kind, rule["min"], rule["max"])


def _check_setting(kind: str, name: str, value, rule: dict) -> None:
    if isinstance(rule["default"], bool):
        fits, expected = isinstance(value, bool), "true or false"
    elif "options" in rule:
        fits, expected = value in rule["options"], f"one of {rule['options']}"
    else:
        sort = (int, float) if isinstance(rule["default"], float) else int
        number = isinstance(value, sort) and not isinstance(value, bool)
        fits = number and rule["min"] <= value <= rule["max"]
        expected = f"a number from {rule['min']} to {rule['max']}"
    if not fits:
        raise ValueError(f"{name} of a {kind} layer must be {expected}; got {value!r}")


def describe(input_shape: list[int], layers: list[dict]) -> tuple[list[Row], str]:
    """A row for each layer, up to the first that cannot be, and why that one cannot be."""
    rows = [Row(tuple(input_shape), values=prod(input_shape), view=1)]
    for number, layer in enumerate(layers, 1):
        try:
            rows.append(_ROWS[layer["kind"]](layer, rows[-1]))
        except ValueError as error:
            return rows[1:], f"layer {number}, {KINDS[layer['kind']]['title'].lower()}: {error}"
    return rows[1:], ""


def _picture(before: Row, what: str) -> tuple[int, int, int]:
    """(channels, height, width) of what comes in; refuses a flat list."""
    if len(before.shape) != 3:
        raise ValueError(
            f"{what} needs a picture (height × width × channels), but the layer before gives "
            f"{before.shape[0]} numbers in a row; put it before the flattening"
        )
    height, width, channels = before.shape
    return (channels, height, width)


def _after(before: Row, shape: tuple, step: tuple[int, int, int], **costs) -> Row:
    """The row of a layer whose windows are ``step`` = (kernel, stride, dilation)."""
    channels, height, width = shape
    steps = (*before.steps, step)
    view = shapes.receptive_field(steps).size
    costs.setdefault("values", channels * height * width)
    return Row((height, width, channels), view=view, steps=steps, **costs)


def _pad2d(padding):
    return padding if isinstance(padding, str) else int(padding)


def _conv(layer: dict, before: Row) -> Row:
    incoming = _picture(before, "a convolution")
    kernel, stride, filters, groups = (
        layer[name] for name in ("kernel", "stride", "filters", "groups")
    )
    weights = shapes.conv2d_parameters(incoming[0], filters, kernel, layer["bias"], groups)
    shape = shapes.conv2d_output_shape(incoming, filters, kernel, stride, _pad2d(layer["padding"]))
    macs = shapes.conv2d_macs(incoming[0], filters, kernel, *shape[1:], groups)
    return _after(before, shape, (kernel, stride, 1), parameters=(weights, 0), macs=macs)


def _depthwise(layer: dict, before: Row) -> Row:
    channels = _picture(before, "a depthwise convolution")[0]
    return _conv({**layer, "filters": channels, "groups": channels}, before)


def _bn(layer: dict, before: Row) -> Row:
    costs = shapes.batch_norm_parameters(before.shape[-1])
    return Row(before.shape, costs, values=prod(before.shape), view=before.view, steps=before.steps)


def _pool(layer: dict, before: Row) -> Row:
    incoming = _picture(before, "pooling")
    size, stride = layer["size"], layer["stride"]
    shape = shapes.pool2d_output_shape(incoming, size, stride, _pad2d(layer["padding"]))
    return _after(before, shape, (size, stride, 1))


def _residual(layer: dict, before: Row) -> Row:
    incoming = _picture(before, "a residual block")
    filters, stride = layer["filters"], layer["stride"]
    shape = shapes.conv2d_output_shape(incoming, filters, 3, stride, "same")
    projects = stride > 1 or incoming[0] != filters
    if projects and layer["shortcut"] == "identity":
        inside, outside = _sizes(before.shape), _sizes((*shape[1:], shape[0]))
        raise ValueError(
            f"an identity shortcut adds what goes in to what comes out, but {inside} goes in and "
            f"{outside} comes out; let the shortcut project, or keep filters and stride"
        )
    convolutions = [(incoming[0], 3), (filters, 3)] + [(incoming[0], 1)] * projects
    weights = sum(shapes.conv2d_parameters(c, filters, k, False) for c, k in convolutions)
    macs = sum(shapes.conv2d_macs(c, filters, k, *shape[1:]) for c, k in convolutions)
    scale, moving = shapes.batch_norm_parameters(filters)
    norms = len(convolutions)
    first = _after(before, shape, (3, stride, 1))
    return _after(
        first,
        shape,
        (3, 1, 1),
        parameters=(weights + norms * scale, norms * moving),
        macs=macs,
        values=(2 * norms + 1) * prod(shape),
    )


def _gap(layer: dict, before: Row) -> Row:
    channels = _picture(before, "global average pooling")[0]
    return Row((channels,), values=channels)


def _flatten(layer: dict, before: Row) -> Row:
    return Row((prod(before.shape),), values=prod(before.shape))


def _dense(layer: dict, before: Row) -> Row:
    if len(before.shape) != 1:
        raise ValueError(
            f"a dense layer takes numbers in a row, but the layer before gives "
            f"{_sizes(before.shape)}; put Flatten or Global average pooling before it"
        )
    inputs, units = before.shape[0], layer["units"]
    weights = shapes.dense_parameters(inputs, units, layer["bias"])
    return Row((units,), (weights, 0), shapes.dense_macs(inputs, units), units)


def _dropout(layer: dict, before: Row) -> Row:
    return Row(before.shape, values=prod(before.shape), view=before.view, steps=before.steps)


def _sizes(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


_ROWS = {
    "conv": _conv,
    "depthwise": _depthwise,
    "bn": _bn,
    "maxpool": _pool,
    "avgpool": _pool,
    "residual": _residual,
    "gap": _gap,
    "flatten": _flatten,
    "dense": _dense,
    "dropout": _dropout,
}
