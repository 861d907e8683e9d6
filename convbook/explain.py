"""Why did the network say that? Grad-CAM, and ways to check whether its map is right.

Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks". Works on functional,
Sequential and nested Keras models, on the TensorFlow and torch backends, for any layer that gives
feature maps. Pictures are (N, H, W, C) on the scale that the model wants; maps are (N, h, w).
"""

from __future__ import annotations

import itertools
from contextlib import ExitStack, contextmanager

import numpy as np

TINY = 1e-8


def grad_cam(model, images, layer=None, class_index=None):
    """Where ``model`` looks for a class: maps (N, h, w) in [0, 1], float32.

    ``layer``: a layer or the name of one, also inside a nested model (default: the last one that
    gives feature maps). ``class_index``: one class, or one for each picture (default: the class
    with the largest logit). The score whose gradient is taken is the logit, also where the model
    ends in softmax: a saturated softmax has no gradient left. A map that is nowhere positive is 0.
    """
    images = _checked(model, images)
    chosen = layer if layer is not None and not isinstance(layer, str) else _find(model, layer)
    maps, gradients = _maps_and_gradients(model, images, chosen, class_index)
    if maps.ndim != 4:
        raise ValueError(
            f"layer {chosen.name!r} gives {maps.shape}, no feature maps (N, h, w, channels); "
            f"choose one of {', '.join(feature_layers(model)[-5:])}"
        )
    weights = gradients.mean(axis=(1, 2), keepdims=True)
    raw = np.maximum((weights * maps).sum(axis=-1), 0)
    return (raw / (raw.max(axis=(1, 2), keepdims=True) + TINY)).astype(np.float32)


def finer_grad_cam(model, images, layer=None, class_index=None, shift=1):
    """Grad-CAM averaged over copies of each picture: maps (N, H, W) in [0, 1], as large as it is.

    One cell of Grad-CAM's map covers several pixels; copies that lie differently on its grid tell
    where inside the cell. Each picture is mirrored in the four ways, and each of these moved along
    the four diagonals by ``shift`` pixels, its edges continued: 16 maps, moved back and averaged.
    The class is the picture's own. Not for classes that a mirrored picture does not keep.
    """
    images = _checked(model, images)
    size = images.shape[1:3]
    if not 1 <= shift < min(size):
        raise ValueError(f"shift {shift}: expected 1 to {min(size) - 1} pixels for pictures {size}")
    if class_index is None:
        class_index = logits(model, images).argmax(axis=1)
    total = np.zeros((len(images), *size), np.float32)
    ways, moves = (1, -1), (-shift, shift)
    for rows, columns, down, right in itertools.product(ways, ways, moves, moves):
        copies = _moved(images[:, ::rows, ::columns], down, right)
        maps = upsample(grad_cam(model, copies, layer, class_index), size)
        total += _moved(maps, -down, -right)[:, ::rows, ::columns]
    return total / (total.max(axis=(1, 2), keepdims=True) + TINY)


def feature_layers(model) -> list[str]:
    """Names of the layers that give feature maps (N, h, w, channels), first to last."""
    return [layer.name for layer in _layers(model) if _rank(layer) == 4 and _area(layer) != 1]


def logits(model, images):
    """Logits (N, classes), also of a model that ends in softmax; float32."""
    images = _checked(model, images)
    with _without_softmax(model):
        return np.asarray(_to_numpy(model(images, training=False)), np.float32)


def upsample(maps, size):
    """Maps (N, h, w) enlarged bilinearly to ``size`` = (H, W), pixel centres aligned."""
    rows, columns = (_mix(n_out, n_in) for n_out, n_in in zip(size, maps.shape[1:], strict=True))
    return (rows @ maps @ columns.T).astype(np.float32)


def overlay(image, heat, opacity=0.5, colour_map="inferno"):
    """``heat`` (h, w) in [0, 1] in colour over ``image`` (H, W, C), uint8; returns uint8 (H, W, 3).

    The colour map is perceptually even, and the cooler a place the more of the picture shows.
    """
    import matplotlib

    image, heat = np.asarray(image), np.asarray(heat, np.float32)
    if image.ndim != 3 or heat.ndim != 2:
        raise ValueError(
            f"image {image.shape} and heat {heat.shape}: expected one picture (H, W, C) and one "
            "map (h, w); take [i] of a batch"
        )
    heat = upsample(heat[None], image.shape[:2])[0]
    picture = np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
    colour = matplotlib.colormaps[colour_map](heat)[..., :3] * 255
    share = opacity * (0.35 + 0.65 * heat[..., None])
    return np.clip((1 - share) * picture + share * colour + 0.5, 0, 255).astype(np.uint8)


def peaks(maps, size):
    """Row and column (N, 2) of the largest value of each map, in a picture of ``size`` = (H, W)."""
    large = upsample(maps, size)
    flat = large.reshape(len(large), -1).argmax(axis=1)
    return np.stack(np.divmod(flat, size[1]), axis=1)


def pointing_game(maps, masks, tolerance=0):
    """Does each map's peak fall on its mask? bool (N,); ``masks`` bool (N, H, W), none empty.

    Zhang et al. 2016, "Top-down neural attention by excitation backprop", who also count a peak
    within 15 pixels of the thing; ``tolerance`` is that distance, in pixels of the mask.
    """
    masks = np.asarray(masks, bool)
    if masks.ndim != 3 or len(masks) != len(maps):
        raise ValueError(f"masks {masks.shape} for {len(maps)} maps: expected ({len(maps)}, H, W)")
    if not masks.any(axis=(1, 2)).all():
        raise ValueError("a mask is empty: leave out pictures with nothing to point at")
    pairs = zip(peaks(maps, masks.shape[1:]), masks, strict=True)
    return np.array([_distance(peak, mask) <= tolerance for peak, mask in pairs])


def _distance(peak, mask):
    return np.hypot(*(np.argwhere(mask) - peak).T).min()


def pointing_baselines(masks, tolerance=0) -> dict:
    """The pointing game's score for a random point, and for the centre of every picture."""
    from scipy.ndimage import distance_transform_edt

    masks = np.array([distance_transform_edt(~np.asarray(m, bool)) <= tolerance for m in masks])
    height, width = masks.shape[1:]
    return {
        "random point": float(masks.mean()),
        "centre": float(masks[:, height // 2, width // 2].mean()),
    }


def probabilities(logits):
    """Softmax of logits (N, classes), float64."""
    shifted = np.asarray(logits, np.float64)
    shifted = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def calibration(logits, labels, bins=10) -> dict:
    """Is a network as often right as it is sure? Expected calibration error, and its bins.

    Guo et al. 2017, "On calibration of modern neural networks": the mean gap between confidence and
    accuracy over ``bins`` equal bins of confidence, weighted by how many pictures fall in each.
    """
    p = probabilities(logits)
    confidence, hit = p.max(axis=1), p.argmax(axis=1) == np.asarray(labels)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = []
    for number in range(bins):
        here = which == number
        if here.any():
            rows.append((int(here.sum()), float(confidence[here].mean()), float(hit[here].mean())))
    error = sum(n * abs(sure - right) for n, sure, right in rows) / len(hit)
    return {"expected_calibration_error": error, "bins": rows}


# -------------------------------------------------------------------------------------- inside


def _checked(model, images):
    images = np.asarray(images, np.float32)
    expected = tuple(model.inputs[0].shape)
    if images.ndim != len(expected) or any(
        want not in (None, got) for want, got in zip(expected, images.shape, strict=True)
    ):
        batch = "; add an axis in front for one picture: images[None]" if images.ndim == 3 else ""
        raise ValueError(
            f"images have shape {images.shape}; {model.name} expects {expected}, "
            f"that is (N, H, W, C){batch}"
        )
    return images


def _moved(images, down, right):
    """Pictures (N, H, W, ...) moved by whole pixels, their edges continued."""
    rows, columns = (
        np.clip(np.arange(size) - by, 0, size - 1)
        for size, by in zip(images.shape[1:3], (down, right), strict=True)
    )
    return images[:, rows][:, :, columns]


def _layers(model):
    """The layers of a model and of the models inside it, in order."""
    for layer in model.layers:
        layer = getattr(layer, "layer", layer)  # a wrapper's own layer
        if getattr(layer, "layers", None):
            yield from _layers(layer)
        else:
            yield layer


def _shape(layer):
    try:
        return tuple(layer.output.shape)
    except (AttributeError, ValueError):
        return ()


def _rank(layer):
    return len(_shape(layer))


def _area(layer):
    return (_shape(layer)[1] or 0) * (_shape(layer)[2] or 0)


def _find(model, name):
    names = feature_layers(model)
    if name is None:
        if not names:
            raise ValueError(
                f"{model.name} has no layer that gives feature maps (N, h, w, channels)"
            )
        name = names[-1]
    for layer in _layers(model):
        if layer.name == name:
            return layer
    raise ValueError(f"{model.name} has no layer {name!r}; its feature maps are {', '.join(names)}")


@contextmanager
def _replaced(owner, attribute, value):
    original = getattr(owner, attribute)
    setattr(owner, attribute, value)
    try:
        yield original
    finally:
        setattr(owner, attribute, original)


@contextmanager
def _without_softmax(model):
    """While this lasts, ``model`` gives logits."""
    import keras

    last = model
    while getattr(last, "layers", None):
        last = last.layers[-1]
    with ExitStack() as stack:
        if isinstance(last, keras.layers.Softmax):
            stack.enter_context(_replaced(last, "call", lambda inputs, mask=None: inputs))
        elif getattr(last, "activation", None) is keras.activations.softmax:
            stack.enter_context(_replaced(last, "activation", keras.activations.linear))
        yield


def _maps_and_gradients(model, images, layer, class_index):
    """Output of ``layer`` and the gradient of the class's logit with respect to it."""
    import keras

    backend = keras.backend.backend()
    if backend not in ("tensorflow", "torch"):
        raise NotImplementedError(
            f"Grad-CAM here needs the tensorflow or torch backend of Keras; this is {backend!r}"
        )
    seen = []
    original = layer.call

    def call(*args, **kwargs):
        outputs = original(*args, **kwargs)
        if backend == "tensorflow":
            tape.watch(outputs)
        seen.append(outputs)
        return outputs

    def score():
        out = model(images, training=False)
        index = _class_indices(_to_numpy(out), class_index)
        one_hot = np.eye(out.shape[-1], dtype=np.float32)[index]
        return keras.ops.sum(out * keras.ops.cast(one_hot, out.dtype))

    with _without_softmax(model), _replaced(layer, "call", call):
        if backend == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                total = score()
            gradient = tape.gradient(total, _last(seen, layer, model))
        else:
            import torch

            with torch.enable_grad():
                total = score()
            (gradient,) = torch.autograd.grad(total, _last(seen, layer, model), allow_unused=True)
    if gradient is None:
        raise ValueError(f"the output of {model.name} does not depend on layer {layer.name!r}")
    return _to_numpy(seen[-1]), _to_numpy(gradient)


def _last(seen, layer, model):
    if not seen:
        raise ValueError(f"layer {layer.name!r} took no part in what {model.name} computed")
    return seen[-1]


def _class_indices(out, class_index):
    classes = out.shape[-1]
    index = out.argmax(axis=-1) if class_index is None else np.asarray(class_index)
    index = np.broadcast_to(index, len(out))
    if index.min() < 0 or index.max() >= classes:
        raise ValueError(
            f"class_index {class_index} is outside 0 to {classes - 1}, the classes of the model"
        )
    return index


def _to_numpy(tensor):
    import keras

    return keras.ops.convert_to_numpy(tensor)


def _mix(n_out, n_in):
    """(n_out, n_in) weights of bilinear enlargement along one axis."""
    position = np.clip((np.arange(n_out) + 0.5) * n_in / n_out - 0.5, 0, n_in - 1)
    low = np.minimum(position.astype(int), max(n_in - 2, 0))
    mix = np.zeros((n_out, n_in), np.float32)
    mix[np.arange(n_out), low] = 1 - (position - low)
    mix[np.arange(n_out), np.minimum(low + 1, n_in - 1)] += position - low
    return mix
