"""Exercises 2, 9 and 13: parameters of layers, of a 1×1 convolution, of a whole network."""

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Attempt,
    Case,
    Custom,
    Follows,
    Function,
    Mistake,
    Number,
    Numbers,
    Part,
    Word,
    given,
    question,
)
from convbook import shapes
from questions.mistakes import (
    COUNT,
    bias_per_weight,
    counts_bias,
    parameter_mistakes,
    single_bias,
)
from questions.pages import section_link
from questions.vgg import vgg16_parameters

_POINTWISE = section_link("4.7")
TOTALS = ("total", "sum")


# --- exercise 2 ----------------------------------------------------------------------------------


@question(
    "ex02",
    objectives=(2,),
    bloom="apply",
    varies=Numbers(
        (64, 128, 3),
        ((16, 24, 32, 48, 64, 80, 96), (40, 56, 72, 112, 128, 160, 192), (3, 5, 7)),
        ("has {1} filters of size {2}×{2}", "an input with {0} channels"),
    ),
)
def ex02(channels: int, filters: int, kernel: int) -> Sequence[Part]:
    """Parameters of 128 filters of 3×3 on 64 channels."""
    return [
        Number(
            name="ex02_parameters",
            key=shapes.conv2d_parameters(channels, filters, kernel),
            points=2,
            mistakes=parameter_mistakes(channels, filters, kernel),
            otherwise="count one filter first: its height, width and depth, and what comes with "
            f"every filter. Then count the filters. {COUNT}",
        )
    ]


# --- exercise 9 ----------------------------------------------------------------------------------


@question(
    "ex09-count",
    objectives=(12,),
    bloom="apply",
    varies=Numbers(
        (512, 64),
        ((128, 192, 256, 320, 384, 448, 512), (16, 24, 32, 48, 64, 96)),
        ("turns {0} channels into {1}.",),
    ),
)
def ex09_count(channels: int, filters: int) -> Sequence[Part]:
    """Weights and parameters of a 1×1 convolution from 512 to 64 channels."""
    weights = shapes.conv2d_parameters(channels, filters, 1, bias=False)
    return [
        Number(
            name="ex09_weights",
            key=weights,
            mistakes=[
                counts_bias(weights + filters),
                Mistake(
                    "3x3-for-1x1",
                    9 * weights,
                    f"this is the count of a 3×3 convolution. {_POINTWISE}",
                ),
                Mistake(
                    "ignores-input-channels",
                    filters,
                    "this is one weight for each filter. A 1×1 filter is a single pixel wide, but "
                    f"how deep is it? {_POINTWISE}",
                ),
                Mistake(
                    "one-filter",
                    channels,
                    f"this is a single filter; there are more. {_POINTWISE}",
                ),
            ],
            otherwise="how many weights has one filter of 1×1 that spans all input channels, and "
            f"how many such filters are there? {_POINTWISE}",
        ),
        Number(
            name="ex09_parameters",
            key=weights + filters,
            mistakes=[
                Mistake(
                    "forgot-bias",
                    weights,
                    f"this counts weights only; every filter has something else. {COUNT}",
                ),
                Mistake(
                    "bias-per-input-channel",
                    weights + channels,
                    f"the biases don't go with the input channels. {COUNT}",
                ),
                single_bias(weights),
                bias_per_weight(weights),
            ],
            otherwise=f"add one bias for every filter to the weights. {COUNT}",
        ),
    ]


def pointwise(x, weights):
    """1×1 convolution by definition."""
    return np.einsum("kc,chw->khw", np.asarray(weights, float), np.asarray(x, float))


def _pointwise_cases():
    rng = np.random.default_rng(9)
    cases = []
    for channels, filters, height, width in [
        (3, 2, 4, 5),
        (2, 5, 3, 7),
        (1, 3, 2, 2),
        (6, 1, 1, 1),
    ]:
        x, weights = (
            rng.normal(size=(channels, height, width)),
            rng.normal(size=(filters, channels)),
        )
        cases.append(Case((x, weights), "shapes"))
    square = rng.normal(size=(4, 4, 4)), rng.normal(size=(4, 4))
    whole = rng.integers(-5, 6, (3, 4, 2)), rng.integers(-5, 6, (2, 3))
    halves = rng.integers(0, 255, (3, 5, 4)).astype(np.uint8), rng.normal(size=(2, 3))
    return [*cases, Case(square, "values"), Case(whole, "values"), Case(halves, "values")]


def _pointwise_flat(x, weights):
    x, weights = np.asarray(x, float), np.asarray(weights, float)
    return (weights @ x.reshape(len(x), -1)).reshape(-1).reshape(*x.shape[1:], len(weights))


@question("ex09-pointwise", objectives=(12,), bloom="understand")
def ex09_pointwise() -> Sequence[Part]:
    """A 1×1 convolution as code."""
    return [
        Function(
            name="ex09_pointwise",
            cases=_pointwise_cases(),
            reference=pointwise,
            groups={"shapes": 1, "values": 1},
            mistakes=[
                Mistake(
                    "depthwise-for-pointwise",
                    lambda x, w: np.stack(
                        [x[i % len(x)] * w[i, i % len(x)] for i in range(len(w))]
                    ),
                    "each output map uses one input map only. A filter mixes *all* channels of a "
                    f"pixel. {_POINTWISE}",
                ),
                Mistake(
                    "transposed-weights",
                    lambda x, w: np.tensordot(w.T, x, 1),
                    "rows and columns of `weights` are exchanged: a row belongs to a filter.",
                ),
                Mistake(
                    "channels-last",
                    lambda x, w: np.einsum("kc,chw->hwk", w, x),
                    "the numbers are right, but the channels stand last; they belong first.",
                ),
                Mistake(
                    "reshape-for-transpose",
                    _pointwise_flat,
                    "`reshape` doesn't move an axis, it only reads the numbers in another shape.",
                ),
                Mistake(
                    "mean-for-sum",
                    lambda x, w: pointwise(x, w) / len(x),
                    "this is the mean over the channels; a convolution sums them.",
                ),
                Mistake(
                    "adds-bias",
                    lambda x, w: pointwise(x, w) + 1,
                    "there is no bias here.",
                ),
                Mistake(
                    "applies-relu",
                    lambda x, w: np.maximum(pointwise(x, w), 0),
                    "negative results are gone: an activation isn't part of this.",
                ),
            ],
            otherwise="at one pixel, the outputs are a small matrix times the vector of that "
            f"pixel's channels. Check one pixel by hand. {_POINTWISE}",
        )
    ]


# --- exercise 13 ---------------------------------------------------------------------------------


@question("ex13", objectives=(2,), bloom="analyse")
def ex13() -> Sequence[Part]:
    """VGG-16, layer by layer."""
    key = vgg16_parameters()
    total, bare = sum(key.values()), sum(vgg16_parameters(bias=False).values())
    convolutions = sum(count for layer, count in key.items() if layer.startswith("conv"))
    return [
        Custom(
            points=4,
            judge=_vgg_table,
            slugs=("forgot-bias", "forgot-flatten", "missed-pooling"),
        ),
        Number(
            name="ex13_total",
            key=total,
            mistakes=[
                Mistake(
                    "forgot-bias", bare, f"this is the sum of the weights only. {COUNT}", share=0.5
                ),
                Mistake("convolutions-only", convolutions, "this leaves the dense layers out."),
                Mistake("dense-only", total - convolutions, "this leaves the convolutions out."),
            ],
            otherwise="this isn't the sum over the 16 layers.",
            follows=Follows(
                ("ex13_parameters",),
                lambda table: None if None in table.values() else sum(table.values()),
                "this is the sum of your table; a row of it is wrong, though.",
            ),
        ),
        Word(
            name="ex13_largest",
            key=max(key, key=key.get),
            choices=tuple(key),
            why=lambda layer: (
                "convolutions share their weights over all positions, so they stay small. "
                f"{section_link('4.1')}"
                if layer.startswith("conv")
                else "compare how many inputs each dense layer has."
            ),
            needs=("ex13_parameters",),
            slugs=lambda layer: "convolutions-are-largest" if layer.startswith("conv") else None,
        ),
    ]


def without_total(table):
    """A table without a line for the sum below it, which is asked for by another name."""
    if not isinstance(table, Mapping):
        return table
    return {key: entry for key, entry in table.items() if str(key).strip().lower() not in TOTALS}


def _vgg_table(attempt: Attempt) -> None:
    """Mark the table row by row; what is wrong is named together, by its kind."""
    sheet, name, key = attempt.sheet, "ex13_parameters", vgg16_parameters()
    entries = forms.table(without_total(given(attempt.student, name)), name, key)
    own = dict.fromkeys(key)
    attempt.note(name, own, False)
    for layer, entry in entries.items():
        if entry is not None:
            with sheet.part():
                own[layer] = forms.whole_number(entry, f'{name}["{layer}"]')
    right = [layer for layer in key if own[layer] == key[layer]]
    without = vgg16_parameters(bias=False)
    attempt.note(name, own, own == key, 2 * len(right) > len(key) or own == without)
    if own == without:
        sheet.earn(2)
        sheet.say(
            f"`{name}`: this counts weights only, in every layer: is there something else that "
            f"every filter and every unit has? {COUNT}",
            "forgot-bias",
        )
        return
    sheet.earn(4 * len(right) / len(key))
    wrong = [layer for layer in key if layer not in right]
    if missing := [layer for layer in wrong if entries[layer] is None]:
        sheet.say(f"`{name}`: there is no number yet for {', '.join(missing)}.")
    if bare := [layer for layer in wrong if own[layer] == without[layer]]:
        sheet.say(f"`{name}`: biases are missing in {', '.join(bare)}. {COUNT}", "forgot-bias")
    if own["fc6"] == shapes.dense_parameters(512, 4096):
        sheet.say(
            f"`{name}`: fc6 reads every number of the last maps, not one a channel. How large are "
            f"the maps after five poolings? {section_link('4.6')}",
            "forgot-flatten",
        )
    elif own["fc6"] == shapes.dense_parameters(512 * 14 * 14, 4096):
        sheet.say(f"`{name}`: fc6 comes after the last pooling, not before it.", "missed-pooling")
    rest = [
        layer
        for layer in wrong
        if own[layer] is not None and layer not in bare and not (layer == "fc6" and sheet.messages)
    ]
    if rest:
        sheet.say(
            f"`{name}`: look again at {', '.join(rest)}. What does the layer read: how many "
            f"channels come out of the layer before it? {COUNT}"
        )
