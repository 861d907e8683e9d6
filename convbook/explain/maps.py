"""Maps of where a network looks: Grad-CAM, HiResCAM, a finer Grad-CAM, and occlusion.

Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks"; Draelos and Carin 2020,
"Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks"
(arXiv:2011.08891); Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks",
section 4.2, for occlusion.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.explain import graph
from convbook.explain.pictures import upsample

TINY = 1e-8


def grad_cam(
    model: Any,
    images: ArrayLike,
    layer: Any = None,
    class_index: ArrayLike | None = None,
    *,
    output: str | int | None = None,
) -> NDArray[np.float32]:
    """Where ``model`` looks for a class: maps (N, h, w) in [0, 1], float32.

    ``layer``: a layer, the name of one, also inside a nested model, or "model/layer" where two
    models use one name (default: the last one that gives feature maps). ``class_index``: one
    class, or one for each image (default: the predicted class). A network with one output unit has
    two classes: 1, for which its logit speaks, and 0, for which minus its logit does. ``output``:
    which head, by name or number, of a model that has several. The score whose gradient is taken
    is the logit, also where the model ends in softmax or sigmoid: a saturated one has no gradient
    left. A map that is nowhere positive is 0. Raises ValueError for images of another shape than
    the model's, an unknown layer or class, and a model whose logits cannot be found.
    """
    maps, gradients = _maps_and_gradients(model, images, layer, class_index, output)
    weights = gradients.mean(axis=(1, 2), keepdims=True)
    return _normalised((weights * maps).sum(axis=-1))


def hires_cam(
    model: Any,
    images: ArrayLike,
    layer: Any = None,
    class_index: ArrayLike | None = None,
    *,
    output: str | int | None = None,
) -> NDArray[np.float32]:
    """HiResCAM: each activation times its own gradient, summed over channels; as ``grad_cam``.

    Grad-CAM averages a channel's gradient over all positions first, so a position can be bright
    although raising it would lower the score. Where global average pooling and one dense layer
    follow ``layer``, the gradient is the same at every position and the two maps are equal.
    """
    maps, gradients = _maps_and_gradients(model, images, layer, class_index, output)
    return _normalised((gradients * maps).sum(axis=-1))


def _normalised(raw):
    raw = np.maximum(raw, 0)
    return (raw / (raw.max(axis=(1, 2), keepdims=True) + TINY)).astype(np.float32)


def finer_grad_cam(
    model: Any,
    images: ArrayLike,
    layer: Any = None,
    class_index: ArrayLike | None = None,
    shift: int = 1,
) -> NDArray[np.float32]:
    """Grad-CAM averaged over copies of each image: maps (N, H, W) in [0, 1], as large as it is.

    One cell of Grad-CAM's map covers several pixels; copies that lie differently on its grid tell
    where inside the cell. Each image is mirrored in the four ways, and each of these moved along
    the four diagonals by ``shift`` pixels, its edges continued: 16 maps, moved back and averaged.
    The class is the image's own. Not for classes that a mirrored image does not keep.
    """
    images = checked(model, images)
    size = images.shape[1:3]
    if not 1 <= shift < min(size):
        raise ValueError(f"shift {shift}: expected 1 to {min(size) - 1} pixels for images {size}")
    if class_index is None:
        class_index = predicted(logits(model, images))
    total = np.zeros((len(images), *size), np.float32)
    ways, moves = (1, -1), (-shift, shift)
    for rows, columns, down, right in itertools.product(ways, ways, moves, moves):
        copies = _moved(images[:, ::rows, ::columns], down, right)
        maps = upsample(grad_cam(model, copies, layer, class_index), size)
        total += _moved(maps, -down, -right)[:, ::rows, ::columns]
    return total / (total.max(axis=(1, 2), keepdims=True) + TINY)


def occlusion(
    model: Any,
    images: ArrayLike,
    class_index: ArrayLike | None = None,
    *,
    size: int,
    stride: int | None = None,
    fill: float = 0.0,
    batch_size: int = 64,
) -> NDArray[np.float32]:
    """How much the class's logit falls when a square is covered: (N, rows, columns), float32.

    A square of ``size`` pixels a side filled with ``fill`` moves over each image by ``stride``
    (default: ``size``, without overlap). Positive: the network needed what was there. No gradient
    is taken, so this checks what a map made of gradients claims.
    """
    images = checked(model, images)
    height, width = images.shape[1:3]
    stride = size if stride is None else stride
    if not 1 <= size <= min(height, width) or stride < 1:
        raise ValueError(
            f"size {size} and stride {stride}: expected a square of 1 to {min(height, width)} "
            "pixels and a stride of at least 1"
        )
    before = logits(model, images)
    index = _class_indices(before, predicted(before) if class_index is None else class_index)
    tops, lefts = range(0, height - size + 1, stride), range(0, width - size + 1, stride)
    falls = np.zeros((len(images), len(tops), len(lefts)), np.float32)
    places = list(itertools.product(enumerate(tops), enumerate(lefts)))
    for number, image in enumerate(images):
        signs = _one_hot(before[number : number + 1], index[number : number + 1])
        for start in range(0, len(places), batch_size):
            part = places[start : start + batch_size]
            covered = np.repeat(image[None], len(part), axis=0)
            for copy, ((_, top), (_, left)) in zip(covered, part, strict=True):
                copy[top : top + size, left : left + size] = fill
            after = logits(model, covered)
            for ((row, _), (column, _)), scores in zip(part, after, strict=True):
                falls[number, row, column] = ((before[number] - scores) * signs[0]).sum()
    return falls


def feature_layers(model: Any, *, output: str | int | None = None) -> list[str]:
    """Names of the layers that give feature maps (N, h, w, channels), first to last.

    Each name is one that ``grad_cam`` takes as ``layer``. Where nested models use one name twice
    it stands with its path, "model/layer".
    """
    import keras

    _one_input(model)
    shape = [size or 64 for size in model.inputs[0].shape[1:]]
    _, calls = graph.run(_head(model, output), keras.ops.zeros((1, *shape)))
    leaves = [call for call in graph.spatial_calls(calls) if not graph.is_model(call.operation)]
    return list(dict.fromkeys(graph.short_names(leaves)))


def logits(
    model: Any, images: ArrayLike, *, output: str | int | None = None
) -> NDArray[np.float32]:
    """Logits (N, classes), also of a model that ends in softmax or sigmoid; float32."""
    import keras

    images = checked(model, images)
    if not len(images):
        return logits(model, _one_black(images), output=output)[:0]
    out, calls = graph.run(_head(model, output), keras.ops.convert_to_tensor(images))
    return _to_numpy(graph.logits_of(out, calls, model.name))


def predicted(logits: ArrayLike) -> NDArray[np.int64]:
    """The class of each row of logits (N, classes); with one column, 1 where it is positive."""
    logits = np.asarray(logits)
    one = logits.shape[-1] == 1
    return (logits[:, 0] > 0).astype(np.int64) if one else logits.argmax(axis=-1)


def checked(model: Any, images: ArrayLike) -> NDArray[np.float32]:
    """``images`` as float32 (N, H, W, C), or a ValueError that says what ``model`` expects."""
    _one_input(model)
    images = np.asarray(images, np.float32)
    expected = tuple(model.inputs[0].shape)
    if _fits(images.shape, expected):
        if not np.isfinite(images).all():
            bad = int((~np.isfinite(images)).sum())
            raise ValueError(f"images hold {bad} numbers that are NaN or infinite: no map of them")
        return images
    ways = {
        "images[None]": (1, *images.shape),
        "images[..., None]": (*images.shape, 1),
        "images[None, ..., None]": (1, *images.shape, 1),
    }
    advice = next((way for way, shape in ways.items() if _fits(shape, expected)), None)
    missing = {
        "images[None]": "the axis of the batch is missing",
        "images[..., None]": "the axis of the channels is missing",
        "images[None, ..., None]": "the axes of the batch and of the channels are missing",
    }
    more = f"; {missing[advice]}: {advice}" if advice else ""
    if len(images.shape) == 4 and _fits(np.moveaxis(images, 1, -1).shape, expected):
        more = "; the channels stand first here: np.moveaxis(images, 1, -1)"
    raise ValueError(
        f"images have shape {images.shape}; {model.name} expects {expected}, "
        f"that is (N, H, W, C){more}"
    )


# -------------------------------------------------------------------------------------- inside


def _fits(shape, expected):
    return len(shape) == len(expected) and all(
        want in (None, got) for want, got in zip(expected, shape, strict=True)
    )


def _one_input(model):
    inputs = getattr(model, "inputs", None)
    if not inputs or not graph.is_model(model):
        raise ValueError(
            f"{getattr(model, 'name', model)} has no graph to follow: expected a functional or "
            "Sequential keras.Model with its Input"
        )
    if len(inputs) > 1:
        raise ValueError(
            f"{model.name} has {len(inputs)} inputs ({', '.join(t.name for t in inputs)}); maps "
            "are made for models of one image input. Put the others' values into a "
            "keras.Model(image, model([image, ...])) and explain that"
        )


def _head(model, output):
    """``model`` with one output: its only one, or the one that ``output`` names."""
    import keras

    structure = getattr(model, "_outputs_struct", None)
    if structure is None:  # a Sequential model has one output
        if output not in (None, 0, -1):
            raise ValueError(f"{model.name} is Sequential and has one output, no output {output!r}")
        return model
    named = structure if isinstance(structure, dict) else None
    if named and not all(isinstance(one, keras.KerasTensor) for one in named.values()):
        raise ValueError(
            f"the outputs of {model.name} are nested ({', '.join(named)} hold several). Explain a "
            "model with one of them: keras.Model(model.inputs, the tensor)"
        )
    names = list(named or model.output_names)
    if isinstance(output, np.integer):
        output = int(output)
    tensors = dict(zip(names, named.values() if named else model.outputs, strict=True))
    if output is None:
        if len(tensors) > 1:
            raise ValueError(
                f"{model.name} has {len(tensors)} outputs; choose one: output={names[0]!r}, "
                f"of {', '.join(map(repr, names))}"
            )
        if isinstance(structure, keras.KerasTensor):
            return model
        output = names[0]
    if isinstance(output, int) and -len(names) <= output < len(names):
        output = names[output]
    if output not in tensors:
        raise ValueError(
            f"{model.name} has no output {output!r}; it has {', '.join(map(repr, names))}"
        )
    return keras.Model(model.inputs, tensors[output], name=model.name)


def _one_black(images):
    """One image in place of none: TensorFlow's convolutions refuse an empty batch."""
    return np.zeros((1, *images.shape[1:]), np.float32)


def _moved(images, down, right):
    """Images (N, H, W, ...) moved by whole pixels, their edges continued."""
    rows, columns = (
        np.clip(np.arange(size) - by, 0, size - 1)
        for size, by in zip(images.shape[1:3], (down, right), strict=True)
    )
    return images[:, rows][:, :, columns]


def _maps_and_gradients(model, images, layer, class_index, output):
    """Activations of ``layer`` (N, h, w, c), and the class's logit's gradient for each of them."""
    import keras

    images = checked(model, images)
    if not len(images):
        empty = _maps_and_gradients(model, _one_black(images), layer, None, output)
        return tuple(array[:0] for array in empty)
    head = _head(model, output)
    backend = keras.backend.backend()
    if backend not in ("tensorflow", "torch"):
        raise NotImplementedError(
            f"Grad-CAM here needs the tensorflow or torch backend of Keras; this is {backend!r}"
        )

    def score(x):
        out, calls = graph.run(head, x)
        maps = graph.find(calls, layer, model)
        if len(getattr(maps.output, "shape", ())) != 4:
            raise ValueError(
                f"layer {maps.name!r} gives {tuple(maps.output.shape)}, no feature maps "
                f"(N, h, w, channels); choose one of {', '.join(feature_layers(head)[-5:])}"
            )
        z = graph.logits_of(out, calls, model.name)
        rows = _to_numpy(z)
        index = _class_indices(rows, predicted(rows) if class_index is None else class_index)
        return keras.ops.sum(z * keras.ops.cast(_one_hot(rows, index), z.dtype)), maps

    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.convert_to_tensor(images)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)  # records whether or not the weights are trainable
            total, maps = score(x)
        gradient = tape.gradient(total, maps.output)
    else:
        import torch

        x = torch.tensor(images, requires_grad=True)
        with torch.enable_grad():
            total, maps = score(x)
        (gradient,) = torch.autograd.grad(total, maps.output, allow_unused=True)
    if gradient is None:
        raise ValueError(f"the output of {model.name} does not depend on layer {maps.name!r}")
    return _to_numpy(maps.output), _to_numpy(gradient)


def _one_hot(rows, index):
    """(N, classes): 1 at each image's class; with one column, 1 for class 1 and -1 for class 0."""
    if rows.shape[-1] == 1:
        return (2 * index - 1).astype(np.float32)[:, None]
    return np.eye(rows.shape[-1], dtype=np.float32)[index]


def _class_indices(rows, class_index):
    if rows.ndim != 2:
        raise ValueError(f"the model gives {rows.shape}; expected logits (N, classes)")
    classes = max(rows.shape[-1], 2)  # one output unit tells two classes apart
    asked = np.asarray(class_index)
    if asked.dtype.kind not in "biu" or asked.shape not in ((), (1,), (len(rows),)):
        raise ValueError(
            f"class_index {class_index!r}: expected a whole number, or one for each of "
            f"{len(rows)} images; a class's number is its place in the list of classes"
        )
    index = np.broadcast_to(asked, len(rows))
    if len(index) and (index.min() < 0 or index.max() >= classes):
        raise ValueError(
            f"class_index {class_index} is outside 0 to {classes - 1}, the classes of the model"
        )
    return index.astype(np.int64)


def _to_numpy(tensor):
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor), np.float32)
