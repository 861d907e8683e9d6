"""Networks that come with the book: weights as float16, and a card that says what they score.

``python -m convbook.models.pretrained pocket-net-cifar10`` measures a network again, from the
weights that are shipped, and compares with its card.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("weights")


def names() -> list[str]:
    """The networks that come with the book."""
    return sorted(path.stem for path in WEIGHTS.glob("*.npz"))


def card(name: str) -> dict:
    """What is known about a network: data, recipe, hardware, curve, errors and calibration."""
    return json.loads(_path(name, ".json").read_text(encoding="utf-8"))


def summary(name: str) -> str:
    """The card of a network in a few lines of text."""
    known = card(name)
    recipe, test = known["recipe"], known["test"]
    minutes = sum(row["cpu_seconds"] for row in known["epochs"]) / 60
    mirrored = " and mirroring" if recipe["flip"] else ""
    sure = known["calibration"]["expected_calibration_error"]
    lines = (
        f"{name}: {known['about']}",
        f"data: {known['data']}; {known['split']}",
        f"augmentation: shifts by up to {recipe['shift']} pixels{mirrored}; seed {recipe['seed']}",
        f"training: {recipe['epochs']} epochs of {recipe['optimizer']}, one cycle to a rate of "
        f"{recipe['peak_learning_rate']}, batches of {recipe['batch_size']}; "
        f"{minutes:.0f} CPU minutes on {known['hardware']['cores']} cores",
        f"result: {known['parameters']:,} parameters, {test['accuracy']:.2%} of "
        f"{test['pictures']:,} test pictures right, expected calibration error {sure:.3f}",
        *([f"note: {known['notes']}"] if "notes" in known else []),
    )
    return "\n  ".join(lines)


def read_weights(name: str) -> dict[str, np.ndarray]:
    """Weights by ``layer/weight`` as float32. Needs NumPy alone."""
    with np.load(_path(name, ".npz")) as archive:
        return {key: archive[key].astype(np.float32) for key in archive.files}


def _path(name, suffix):
    path = WEIGHTS / f"{name}{suffix}"
    if not path.is_file():
        raise ValueError(f"no network {name!r} comes with the book; there are {', '.join(names())}")
    return path


def load(name: str, input_shape=None):
    """The Keras model ``name`` with its weights; logits out.

    ``input_shape`` (H, W, C) builds it for pictures of another size: its layers are convolutions
    and global average pooling, so the weights fit any.
    """
    from convbook.models.plans import TRAININGS, build

    _path(name, ".npz")  # an unknown name is answered before anything is built
    options = {} if input_shape is None else {"input_shape": tuple(input_shape)}
    model = build(TRAININGS[name], len(card(name)["classes"]), **options)
    stored = read_weights(name)
    for layer in model.layers:
        for weight in layer.weights:
            weight.assign(stored[f"{layer.name}/{weight.name}"])
    return model


def folded(name: str, epsilon=1e-3) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Kernel, scale and bias of every convolution with its batch norm, and of the dense layer.

    ``{"stem": (kernel (h, w, in, out), scale (out,), bias (out,)), …, "logits": (kernel, scale,
    bias)}`` in NumPy, for places that have no Keras, such as a web page: a layer gives
    ``scale · (x ∗ kernel) + bias``. The kernels are as shipped, so 16 bits hold them exactly.
    ``epsilon`` is Keras's default for batch norm.
    """
    stored = read_weights(name)
    layers = {}
    for key, kernel in stored.items():
        layer, weight = key.split("/")
        if weight == "kernel" and kernel.ndim == 4:
            norm = layer.replace("conv", "bn")
            gamma, beta, mean, variance = (
                stored[f"{norm}/{part}"]
                for part in ("gamma", "beta", "moving_mean", "moving_variance")
            )
            scale = gamma / np.sqrt(variance + epsilon)
            layers[layer.removesuffix("_conv")] = (kernel, scale, beta - mean * scale)
        elif weight == "kernel":
            bias = stored[f"{layer}/bias"]
            layers[layer] = (kernel, np.ones_like(bias), bias)
    return layers


def ship(model, record, x_test, y_test, name):
    """Write ``model`` as float16 and its card: measured on the weights as they are shipped."""
    from convbook.models.training import write_record

    WEIGHTS.mkdir(exist_ok=True)
    weights = {
        f"{layer.name}/{weight.name}": np.asarray(weight).astype(np.float16)
        for layer in model.layers
        for weight in layer.weights
    }
    np.savez_compressed(WEIGHTS / f"{name}.npz", **weights)
    write_record(record, WEIGHTS / f"{name}.json")  # so that load finds the classes
    write_record(record | measure(name, x_test, y_test), WEIGHTS / f"{name}.json")


def measure(name, x_test, y_test) -> dict:
    """Accuracy, per-class errors, confusion matrix and calibration of the shipped weights."""
    from convbook.explain import calibration
    from convbook.models.training import predict_logits

    logits = predict_logits(load(name), x_test)
    predicted, classes = logits.argmax(axis=1), logits.shape[1]
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (y_test, predicted), 1)
    return {
        "test": {
            "pictures": len(y_test),
            "errors": int((predicted != y_test).sum()),
            "accuracy": round(float((predicted == y_test).mean()), 4),
        },
        "confusion": confusion.tolist(),
        "calibration": calibration(logits, y_test),
    }


def main(arguments=None) -> int:
    """Measure the named networks again; 1 if one scores other than its card says."""
    from convbook.models.plans import TRAININGS, prepared

    bad = 0
    for name in arguments or names():
        *_, x_test, y_test = prepared(TRAININGS[name])[0]
        claimed, measured = card(name)["test"], measure(name, x_test, y_test)["test"]
        print(f"{name}: card {claimed['accuracy']:.4f}, measured {measured['accuracy']:.4f}")
        # Another processor may round a tie differently: allow it one picture in a thousand.
        bad += abs(claimed["errors"] - measured["errors"]) > len(y_test) / 1000
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
