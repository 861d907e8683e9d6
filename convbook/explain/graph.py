"""Run a Keras model layer by layer, keep what every layer gives, and find the logits.

A model may hold other models, and may end in a softmax under any name. So the graph is run here,
operation by operation, instead of asking the model for its output: every layer's activation is at
hand, whichever model it lives in, and the operations that turn logits into probabilities can be
left out. Nothing of the model is changed.
"""

from __future__ import annotations

import inspect
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Call:
    """One operation that ran: where it lives, what went in, what came out."""

    path: tuple[str, ...]
    operation: Any
    args: tuple
    output: Any

    @property
    def name(self) -> str:
        return self.path[-1]


def is_model(operation: Any) -> bool:
    """Whether ``operation`` is a model whose graph can be run: functional or Sequential."""
    import keras

    return isinstance(operation, keras.Sequential) or hasattr(operation, "_run_through_graph")


def run(model: Any, inputs: Any) -> tuple[Any, list[Call]]:
    """What ``model`` gives for ``inputs`` at inference, and every call in the order it ran."""
    recorder = _Recorder()
    return recorder.through(model, inputs, ()), recorder.calls


class _Recorder:
    """Runs operations and keeps their calls.

    Two functions inside `run` that call each other would be a circle, and every activation of
    every image would wait in it for the garbage collector: gigabytes, for a few hundred images.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def call(self, operation, path, args, kwargs):
        here = (*path, operation.name)
        if is_model(operation):
            output = self.through(operation, args[0], here)
        else:
            if "training" in _parameters(operation):
                kwargs = kwargs | {"training": False}
            output = operation(*args, **kwargs)
        self.calls.append(Call(here, operation, args, output))
        return output

    def through(self, current, x, path):
        if hasattr(current, "_run_through_graph"):
            return current._run_through_graph(
                x, call_fn=lambda op, *args, **kwargs: self.call(op, path, args, kwargs)
            )
        for layer in current.layers:  # a Sequential model
            x = self.call(layer, path, (x,), {})
        return x


def _parameters(operation):
    return inspect.signature(operation.call).parameters if hasattr(operation, "call") else {}


def logits_of(output: Any, calls: list[Call], name: str) -> Any:
    """The logits behind ``output``: what went into its softmax or sigmoid, however written.

    Raises ValueError where the output is made of probabilities and no logits can be found.
    """
    tensor = output
    while True:
        last = next((call for call in reversed(calls) if _made(call, tensor)), None)
        if last is None:
            break
        activation = getattr(last.operation, "activation", None)
        if _is_dense(last.operation):
            if ends_in_probabilities(activation, tensor.shape[-1]):
                tensor = _before_activation(last)
            break
        if getattr(last.operation, "weights", None) or len(last.args) != 1:
            break
        if not ends_in_probabilities(last.operation, tensor.shape[-1], or_identity=True):
            break
        tensor = last.args[0]
    adding_up = tensor is output and _are_probabilities(output)
    if adding_up or _behind(tensor, calls):
        what = "made of probabilities" + (" (each row adds up to 1)" if adding_up else "")
        raise ValueError(
            f"the output of {name} is {what}, and they come "
            f"from {last.operation.name if last else 'somewhere'!r}, from which no logits can be "
            "recovered. Explain a model that ends in logits: "
            "keras.Model(model.inputs, the tensor before the softmax)"
        )
    return tensor


def _behind(tensor: Any, calls: list[Call]) -> bool:
    """Whether ``tensor`` was computed from the probabilities of a softmax or sigmoid alone.

    Such as 100 · p, 1 − p or log p: none of them is a logit, and their gradients fade as p's do.
    """
    while call := next((call for call in reversed(calls) if _made(call, tensor)), None):
        activation = getattr(call.operation, "activation", None)
        if ends_in_probabilities(activation, tensor.shape[-1]):
            return True
        sources = [one for one in call.args if hasattr(one, "shape") and len(one.shape)]
        if getattr(call.operation, "weights", None) or len(sources) != 1:
            return False
        if ends_in_probabilities(call.operation, sources[0].shape[-1]):
            return True
        tensor = sources[0]
    return False


def _made(call: Call, tensor: Any) -> bool:
    """Whether ``call`` computed ``tensor``: at inference dropout hands on what it was given."""
    handed_on = any(argument is tensor for argument in call.args)
    return call.output is tensor and not handed_on and not is_model(call.operation)


def _is_dense(operation):
    import keras

    return isinstance(operation, keras.layers.Dense)


def _before_activation(call):
    import keras

    layer, x = call.operation, keras.ops.cast(call.args[0], call.operation.compute_dtype)
    z = keras.ops.matmul(x, layer.kernel)
    return z if layer.bias is None else z + layer.bias


def ends_in_probabilities(function: Any, size: int, *, or_identity: bool = False) -> bool:
    """Does ``function`` turn ``size`` logits into probabilities? Judged by what it does.

    Its name says little: softmax may be a string, a layer, an operation or somebody's lambda. It
    counts where it keeps the order of the logits in each row and gives rows that add up to 1 (a
    softmax of any temperature), their logarithms, or bounded values that depend on one
    logit each (sigmoid, tanh). ``or_identity``: also where it changes nothing.
    """
    if function is None:
        return False
    rng = np.random.default_rng(0)
    z = rng.normal(0, 2, (8, size)).astype(np.float32)
    try:
        given, extreme = (np.asarray(_call(function, x), np.float64) for x in (z, 100 * z))
    except Exception:  # what a stranger's function raises on other inputs than its own is open
        return False
    if given.shape != z.shape or not np.isfinite(given).all():
        return False
    if np.allclose(given, z):
        return or_identity
    order = rng.permutation(z.size)
    shuffled = np.asarray(_call(function, z.ravel()[order].reshape(z.shape)), np.float64)
    if np.allclose(shuffled.ravel(), given.ravel()[order], atol=1e-6):
        rising = np.diff(given.ravel()[np.argsort(z.ravel())]) >= -1e-6
        return bool(rising.all() and np.abs(extreme).max() <= 1.01 and np.ptp(extreme) > 0.5)
    ranked = np.take_along_axis(given, np.argsort(z, axis=1), axis=1)
    keeps_order = (np.diff(ranked, axis=1) >= -1e-6).all()
    sums = [rows.sum(axis=1) for rows in (given, np.exp(given))]
    return bool(keeps_order and any(np.allclose(total, 1, atol=1e-3) for total in sums))


def _call(function, x):
    import keras

    options = {"training": False} if "training" in _parameters(function) else {}
    return keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(x), **options))


def _are_probabilities(output):
    import keras

    p = np.asarray(keras.ops.convert_to_numpy(output), np.float64)
    if p.ndim != 2 or p.shape[1] < 2 or not len(p):
        return False
    return bool((p >= 0).all() and np.allclose(p.sum(axis=1), 1, atol=1e-3))


def spatial_calls(calls: list[Call]) -> list[Call]:
    """The calls that give feature maps (N, h, w, channels), larger than one position."""
    import keras

    return [
        call
        for call in calls
        if isinstance(call.operation, keras.layers.Layer)
        and not isinstance(call.operation, keras.layers.InputLayer)
        and len(getattr(call.output, "shape", ())) == 4
        and call.output.shape[1] * call.output.shape[2] != 1
    ]


def short_names(calls: list[Call]) -> list[str]:
    """A name for each call: the layer's own, or its path where several models use the name."""
    paths = {call.path for call in calls}
    counts = Counter(path[-1] for path in paths)
    return [call.name if counts[call.name] == 1 else "/".join(call.path) for call in calls]


def find(calls: list[Call], layer: Any, model: Any) -> Call:
    """The call of ``layer``: an object, a name, a path "model/layer", or None for the last maps."""
    leaves = [call for call in spatial_calls(calls) if not is_model(call.operation)]
    if layer is None:
        if not leaves:
            raise ValueError(
                f"{model.name} has no layer that gives feature maps (N, h, w, channels)"
            )
        return leaves[-1]
    if not isinstance(layer, str):
        found = [call for call in calls if call.operation is layer]
        if not found:
            raise ValueError(f"layer {layer.name!r} took no part in what {model.name} computed")
        return found[-1]
    wanted = tuple(layer.split("/"))
    found = [call for call in calls if call.path[-len(wanted) :] == wanted]
    exact = [call for call in found if call.path == wanted]
    found = exact or found
    if not found:
        names = ", ".join(short_names(leaves))
        raise ValueError(f"{model.name} has no layer {layer!r}; its feature maps are {names}")
    places = sorted({"/".join(call.path) for call in found})
    if len(places) > 1:
        raise ValueError(
            f"{len(places)} layers of {model.name} are called {layer!r}: {', '.join(places)}; "
            "give one of these, or the layer itself"
        )
    return found[-1]
