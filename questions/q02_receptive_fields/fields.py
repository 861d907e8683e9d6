"""Exercises 4 and 5: small kernels against one large, and the receptive field of a stack."""

import random
from collections.abc import Sequence
from functools import partial

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Case,
    Follows,
    Function,
    Given,
    Mistake,
    Number,
    Part,
    Pattern,
    Shape,
    question,
    same_number,
)
from convbook import shapes
from questions.mistakes import COUNT
from questions.pages import section_link

_FIELD = section_link("5.5", "ReceptiveField", layers=[[5, 1, 1], [3, 1, 1]], input_size=15)
_STRIDED = section_link("5.5", "ReceptiveField", layers=[[3, 2, 1], [3, 1, 1]], input_size=15)
_SMALL = section_link("6.3")


# --- exercise 4 ----------------------------------------------------------------------------------


@question("ex04", objectives=(2, 6), bloom="analyse")
def ex04() -> Sequence[Part]:
    """Two 3×3 against one 5×5 at 256 channels."""
    key = tuple(shapes.receptive_field(layers).size for layers in ([(3, 1), (3, 1)], [(5, 1)]))
    return [
        Given(name="ex04_with_biases", read=forms.truth, then=_counted, example=True),
        Shape(
            name="ex04_receptive_fields",
            key=key,
            needs=("ex04_two_3x3", "ex04_one_5x5"),
            mistakes=[
                Pattern(
                    "adds-kernels",
                    lambda found: found[0] in (6, 9),
                    "kernel sizes neither add up nor multiply: the fields of neighbours overlap. "
                    f"{_FIELD}",
                ),
                Pattern(
                    "stack-sees-no-more",
                    lambda found: found[0] == 3,
                    "this is what one small layer sees; the second one looks at its outputs, and "
                    f"each of those sees as much again. {_FIELD}",
                ),
            ],
            otherwise=f"trace one output back through the layers on paper. {_FIELD}",
        ),
    ]


def _counts(bias):
    two = 2 * shapes.conv2d_parameters(256, 256, 3, bias)
    return {"ex04_two_3x3": two, "ex04_one_5x5": shapes.conv2d_parameters(256, 256, 5, bias)}


def _counted(bias: bool) -> Sequence[Part]:
    """The counts and the saving, by the convention that the student chose."""
    two, one = _counts(bias).values()
    own = tuple(_counts(bias))
    message = "this follows rightly from your two counts."
    return [
        *(_layers(name, bias) for name in own),
        Number(
            name="ex04_saved",
            key=one - two,
            mistakes=[
                Mistake(
                    "sign",
                    two - one,
                    "the two small layers need fewer: write what is saved as a positive number.",
                    share=0.5,
                ),
            ],
            otherwise="this isn't the difference between the two counts.",
            follows=Follows(own, lambda two, one: one - two if one > 0 else None, message),
        ),
        Number(
            name="ex04_saved_percent",
            key=100 * (one - two) / one,
            read=partial(forms.number, percent=True),
            tolerance=0.1,
            mistakes=[
                Pattern(
                    "fraction-for-percent",
                    lambda found: same_number(100 * found, 100 * (one - two) / one, 0.6),
                    "this is a fraction; the question asks for percent: how many of a hundred?",
                    share=0.5,
                ),
                Mistake(
                    "remaining-for-saved",
                    100 * two / one,
                    "this is the part that remains, not the part that is saved.",
                    share=0.5,
                ),
                Mistake(
                    "wrong-base",
                    100 * (one - two) / two,
                    "percent of what? The question takes the single 5×5 layer as the whole.",
                    share=0.5,
                ),
            ],
            otherwise="divide what is saved by the count of the single large layer.",
            follows=Follows(
                own, lambda two, one: 100 * (one - two) / one if one > 0 else None, message
            ),
        ),
    ]


def _layers(name: str, bias: bool) -> Number:
    """The count of one or of two layers with 256 channels in and out."""
    key, other = _counts(bias)[name], _counts(not bias)[name]
    kernel, layers = (3, 2) if name == "ex04_two_3x3" else (5, 1)
    return Number(
        name=name,
        key=key,
        mistakes=[
            Mistake(
                "other-convention", other, "this doesn't go with what `ex04_with_biases` says."
            ),
            Mistake(
                "one-layer",
                key // layers if layers > 1 else -1,
                f"this is one layer; there are more of them. {_SMALL}",
            ),
            Mistake(
                "ignores-input-channels",
                layers * shapes.conv2d_parameters(1, 256, kernel, bias),
                f"a filter spans all input channels; this takes one. {COUNT}",
            ),
            Mistake(
                "one-filter",
                layers * shapes.conv2d_parameters(256, 1, kernel, bias),
                f"this is a single filter; a layer has more. {COUNT}",
            ),
            Mistake(
                "ignores-channels",
                layers * kernel**2,
                f"this counts one flat kernel a layer. {COUNT}",
            ),
        ],
        otherwise=f"count one layer first: the numbers in a filter, times the filters. {COUNT}",
    )


# --- exercise 5 ----------------------------------------------------------------------------------


@question("ex05", objectives=(2,), bloom="apply")
def ex05() -> Sequence[Part]:
    """Receptive fields of three stacked 3×3."""
    key = tuple(shapes.receptive_field([(3, 1)] * 3).sizes)
    return [
        Shape(
            name="ex05_receptive_fields",
            key=key,
            points=2,
            each=(0.5, 0.5, 1),
            mistakes=[
                Mistake(
                    "adds-kernels",
                    (3, 6, 9),
                    "each layer adds less than its whole kernel, because the fields of neighbours "
                    f"overlap. {_FIELD}",
                ),
                Mistake(
                    "multiplies-kernels",
                    (3, 9, 27),
                    f"the fields overlap, so kernels don't multiply. {_FIELD}",
                ),
                Mistake(
                    "stack-sees-no-more",
                    (3, 3, 3),
                    "this is what each layer sees of the layer *below* it; the question asks for "
                    f"pixels of the input. {_FIELD}",
                ),
                Mistake(
                    "area-for-side",
                    tuple(size**2 for size in key),
                    "these are areas; the question asks for one side.",
                ),
                Mistake("reversed", key[::-1], "the first layer comes first."),
                Pattern(
                    None,
                    lambda found: found == (2, 3, 4),
                    f"the first layer alone sees its whole kernel. {_FIELD}",
                ),
            ],
            otherwise="go back from one output, layer by layer: how many pixels more does each "
            f"step take in on either side? {_FIELD}",
        )
    ]


def field_of(layers):
    """Receptive field of a stack of (kernel_size, stride)."""
    return shapes.receptive_field([tuple(layer) for layer in layers]).size


def _walk(layers, add, stretch):
    """A receptive field by a rule that may be wrong: what a layer adds, and what it stretches."""
    size, jump = 1, 1
    for kernel, stride in layers:
        size, jump = add(size, kernel, jump, stride), stretch(jump, stride)
    return size


def _field_cases():
    plain = [[(3, 1)] * 3, [(5, 1)], [(1, 1), (3, 1)], [(7, 1), (2, 1)], [(4, 1), (3, 1), (1, 1)]]
    strided = [
        [(3, 2), (3, 1)],
        [(7, 2), (3, 2), (3, 1), (3, 1)],
        [(2, 2), (2, 2), (2, 2)],
        [(3, 1), (2, 2), (3, 1), (2, 2), (5, 1)],
        [(5, 3), (1, 2), (3, 1)],
        [(1, 2), (3, 1)],
    ]
    rng = random.Random(5)
    for _ in range(6):
        strided.append([(rng.randint(1, 7), rng.randint(1, 3)) for _ in range(rng.randint(2, 6))])
    edge = [[], [(3, 4)], [(3, 1), (3, 3)], [(1, 1)], [(1, 5)]]
    groups = {"plain": plain, "strided": strided, "edge": edge}
    return [Case((stack,), group) for group, stacks in groups.items() for stack in stacks]


@question("ex05-rule", objectives=(2,), bloom="apply")
def ex05_rule() -> Sequence[Part]:
    """The receptive field of any stack."""

    def keep(jump, stride):
        return jump * stride

    return [
        Function(
            name="ex05_receptive_field",
            cases=_field_cases(),
            reference=field_of,
            groups={"plain": 1, "strided": 1.5, "edge": 0.5},
            read=forms.whole_number,
            rtol=0,
            atol=0,
            mistakes=[
                Mistake(
                    "ignores-stride",
                    lambda layers: _walk(layers, lambda s, k, j, _: s + k - 1, lambda *_: 1),
                    "this is right when every stride is 1. How far apart, in input pixels, are "
                    f"two neighbours after a layer with stride 2? {_STRIDED}",
                ),
                Mistake(
                    "own-stride-counts",
                    lambda layers: _walk(layers, lambda s, k, j, t: s + (k - 1) * j * t, keep),
                    "a layer's own stride changes what comes *after* it, not what it sees itself. "
                    f"{_STRIDED}",
                ),
                Mistake(
                    "last-stride-only",
                    lambda layers: _walk(
                        layers, lambda s, k, j, _: s + (k - 1) * j, lambda _, stride: stride
                    ),
                    f"the strides of *all* layers before take part, not only the last. {_STRIDED}",
                ),
                Mistake(
                    "adds-strides",
                    lambda layers: _walk(
                        layers, lambda s, k, j, _: s + (k - 1) * j, lambda j, t: j + t - 1
                    ),
                    f"two strides after each other multiply. {_STRIDED}",
                ),
                Mistake(
                    "adds-kernels",
                    lambda layers: _walk(layers, lambda s, k, j, _: s + k * j, keep),
                    "each layer adds less than its whole kernel: a 1×1 layer adds nothing. "
                    f"{_STRIDED}",
                ),
                Mistake(
                    "adds-kernels",
                    lambda layers: sum(kernel for kernel, _ in layers) or 1,
                    f"kernel sizes don't simply add up: a 1×1 layer adds nothing. {_STRIDED}",
                ),
                Mistake(
                    "reversed",
                    lambda layers: field_of(layers[::-1]),
                    "this reads the list from its end: the first layer comes first.",
                ),
                Mistake(
                    "starts-at-zero",
                    lambda layers: field_of(layers) - 1,
                    "this is one pixel short everywhere: what does a neuron see before any layer?",
                ),
                Mistake(
                    "always-3x3",
                    lambda layers: field_of([(3, stride) for _, stride in layers]),
                    "this takes every kernel for 3×3.",
                ),
            ],
            otherwise="keep two numbers while you go through the layers: how much a neuron sees, "
            f"and how far apart two neighbours are, in input pixels. {_STRIDED}",
        )
    ]


def drawing(size):
    """Which layer's field first reaches each pixel, for three 3×3 layers."""
    centre = size // 2
    away = np.abs(np.arange(size) - centre)
    rings = np.maximum(away[:, None], away[None, :])
    return np.where(rings > 3, 0, np.maximum(rings, 1))


def _rings(size):
    centre = size // 2
    away = np.abs(np.arange(size) - centre)
    return away[:, None], away[None, :]


def _diamond(size):
    rings = np.add(*_rings(size))
    return np.where(rings > 3, 0, np.maximum(rings, 1))


@question("ex05-drawing", objectives=(2,), bloom="apply")
def ex05_drawing() -> Sequence[Part]:
    """The nested fields as a picture."""
    return [
        Function(
            name="ex05_drawing",
            cases=[Case((7,), "smallest"), *[Case((size,), "any") for size in (9, 11, 15, 21)]],
            reference=drawing,
            groups={"smallest": 1, "any": 1},
            mistakes=[
                Mistake(
                    "diamond",
                    _diamond,
                    f"a 3×3 kernel takes in the diagonal neighbours too. {_FIELD}",
                ),
                Mistake(
                    "centre-is-zero",
                    lambda size: np.where(
                        np.maximum(*_rings(size)) > 3, 0, np.maximum(*_rings(size))
                    ),
                    "what does the first layer see of the middle pixel itself?",
                ),
                Mistake(
                    "largest-first",
                    lambda size: np.where(drawing(size) > 0, 4 - drawing(size), 0),
                    "the middle is what the *first* layer sees already; the outer ring needs more.",
                ),
                Mistake(
                    "never-zero",
                    lambda size: np.maximum(np.maximum(*_rings(size)), 1),
                    f"three layers don't see all of a large picture. {_FIELD}",
                ),
            ],
            otherwise="for each pixel ask: how many steps is it from the middle, and how many "
            f"steps does each layer add on every side? {_FIELD}",
        )
    ]
