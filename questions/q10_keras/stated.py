"""A network that the statement describes: its layers one by one, and its counts."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import Attempt, Custom, Mistake, Number, Part, given, question
from questions.networks import Rebuilt, lay_out
from questions.pages import section_link

BUILD = section_link("11.1")
COUNTS = section_link("5.3")
SHAPE, CLASSES = (3, 48, 48), 8

STATED: list[dict] = [
    {"layer": "conv", "filters": 12, "kernel_size": 5, "stride": 2, "padding": "same",
     "bias": False},
    {"layer": "batch_norm"},
    {"layer": "relu"},
    {"layer": "depthwise_conv", "kernel_size": 3, "padding": "same", "bias": False},
    {"layer": "batch_norm"},
    {"layer": "relu"},
    {"layer": "conv", "filters": 24, "kernel_size": 1, "bias": False},
    {"layer": "batch_norm"},
    {"layer": "relu"},
    {"layer": "max_pool", "pool_size": 2},
    {"layer": "conv", "filters": 32, "kernel_size": 3, "padding": "valid"},
    {"layer": "relu"},
    {"layer": "global_avg_pool"},
    {"layer": "dense", "units": CLASSES},
]  # fmt: skip

#: The stages that are marked one by one begin with these layers.
_WITH_KERNELS = ("conv", "depthwise_conv", "dense")
_NAMES = (
    "the first convolution",
    "the depthwise convolution",
    "the 1×1 convolution",
    "the last convolution",
    "the head",
)


def _key() -> Rebuilt:
    return lay_out(STATED, "stated_layers", SHAPE, CLASSES)


def parameters() -> int:
    """All numbers that the network holds, moving statistics included."""
    return _key().parameters


def trainable() -> int:
    """Without the moving means and variances, two numbers a channel of each batch norm."""
    key = _key()
    moving = sum(
        2 * shape[0]
        for kind, shape in zip(key.kinds, key.shapes, strict=True)
        if kind == "batch_norm"
    )
    return key.parameters - moving


Stage = list[tuple[str, tuple[int, ...], tuple[tuple[int, ...], ...]]]


def _stages(network: Rebuilt) -> list[Stage]:
    """The layers in groups, each from a layer with kernels or units to the next.

    A layer is its kind, the shape behind it, and the shapes of its arrays. Dropout is passed over.
    """
    stages: list[Stage] = []
    for kind, shape, arrays in zip(network.kinds, network.shapes, network.arrays, strict=True):
        if kind in _WITH_KERNELS or not stages:
            stages.append([])
        if kind != "dropout":
            stages[-1].append((kind, shape, tuple(np.shape(array) for array in arrays)))
    return stages


def _difference(found: Stage, key: Stage) -> tuple[str, str]:
    """What the first difference between two stages is called, and what to say of it."""
    kinds, wanted = [kind for kind, *_ in found], [kind for kind, *_ in key]
    first, right = found[0], key[0]
    if first[0] != right[0]:
        return "other-kind", "this is another kind of layer than the one that is stated here."
    if len(first[2]) > len(right[2]):
        return "bias-before-batch-norm", (
            "it has a bias, which the batch normalisation behind it subtracts again; the "
            "statement leaves it out."
        )
    if len(first[2]) < len(right[2]):
        return "bias-missing", "the statement gives this one a bias."
    if first[2] != right[2]:
        return "other-kernels", (
            "its kernels have another shape than stated: size, number, or the channels that reach "
            "it from the layer before."
        )
    if first[1] != right[1]:
        return "padding-or-stride", (
            "its kernels are right, but its maps come out in another size. Which padding and which "
            "stride are stated?"
        )
    for kind, slug, what in (
        ("batch_norm", "batch-norm-missing", "batch normalisation"),
        ("relu", "activation-missing", "ReLU"),
        ("max_pool", "pooling-missing", "pooling"),
        ("global_avg_pool", "flatten-for-pooling", "global average pooling"),
    ):
        if kinds.count(kind) != wanted.count(kind):
            return slug, f"compare what follows it with the statement: is the {what} as stated?"
    return "other-order", (
        "it has the right parts, but not in the stated order or with the stated settings."
    )


def _judge(attempt: Attempt) -> None:
    """A point for each stage; the first that differs is named."""
    sheet, name = attempt.sheet, "stated_layers"
    network = lay_out(given(attempt.student, name), name, SHAPE, None)
    found, key = _stages(network), _stages(_key())
    for place, stage in enumerate(key):
        if place < len(found) and found[place] == stage:
            sheet.earn(1)
    if found == key:
        return
    if len(found) != len(key):
        sheet.say(
            f"`{name}`: this has another number of layers with kernels or units than the "
            f"statement; count them there. {BUILD}",
            "other-number-of-layers",
        )
    wrong = next((n for n, pair in enumerate(zip(found, key, strict=False)) if pair[0] != pair[1]),
                 None)  # fmt: skip
    if wrong is not None:
        slug, message = _difference(found[wrong], key[wrong])
        sheet.say(f"`{name}`, {_NAMES[wrong]}: {message} {BUILD}", slug)


@question("keras-build", objectives=(2, 13), bloom="apply")
def keras_build() -> Sequence[Part]:
    """Build what is stated, and count it."""
    total, learned = parameters(), trainable()
    normalised = 3 * 2 * (12 + 12 + 24)
    return [
        Custom(
            points=5,
            judge=_judge,
            slugs=(
                "other-kind",
                "bias-before-batch-norm",
                "bias-missing",
                "other-kernels",
                "padding-or-stride",
                "batch-norm-missing",
                "activation-missing",
                "pooling-missing",
                "flatten-for-pooling",
                "other-order",
                "other-number-of-layers",
            ),
        ),
        Number(
            name="stated_parameters",
            key=total,
            mistakes=[
                Mistake("forgot-moving-statistics", learned,
                        "these are the trainable ones; the moving statistics are held, too."),
                Mistake("counts-bias-of-normalised", total + 12 + 12 + 24,
                        "are there biases where a batch normalisation follows?"),
                Mistake("forgot-batch-norm", total - 2 * normalised // 3,
                        "batch normalisation holds parameters, too."),
            ],
            otherwise=f"`model.summary()` prints it; or add up layer by layer. {COUNTS}",
        ),
        Number(
            name="stated_trainable",
            key=learned,
            mistakes=[
                Mistake("counts-moving-statistics", total,
                        "this counts the moving means and variances; no gradient changes them."),
                Mistake("batch-norm-not-trained", total - 2 * normalised // 3,
                        "two of the four numbers a channel of a batch normalisation are trained."),
            ],
            otherwise="which numbers does the optimiser change, and which does the layer only "
            f"remember? {COUNTS}",
        ),
    ]  # fmt: skip
