"""Checkers of the second notebook: receptive fields, small kernels, a convolution by hand."""

import random

import numpy as np

from autograder.handin import forms
from autograder.marking.question import question
from autograder.marking.sheet import (
    Case,
    Mistake,
    Sheet,
    explain,
    given,
    mark_function,
    mark_number,
    same_number,
)
from convbook import shapes
from questions.pages import look

ASSIGNMENT = "02-receptive-fields"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")
#: A cell of the notebook draws; imported once, not once a student.
PRELOAD = ("matplotlib.pyplot",)

_FIELD = look("5.5", "ReceptiveField", layers=[[5, 1, 1], [3, 1, 1]], input_size=15)
_STRIDED = look("5.5", "ReceptiveField", layers=[[3, 2, 1], [3, 1, 1]], input_size=15)
_SMALL = look("6.3")
_COUNT = look("5.3")
_HAND = look("7", "ConvolutionStepper")


# --- exercise 4 ----------------------------------------------------------------------------------


@question("ex04", points=5, objectives=(2, 6), bloom="analyse")
def ex04(student):
    """Two 3×3 against one 5×5 at 256 channels."""
    sheet = Sheet(5)
    bias = None
    with sheet.part():
        bias = forms.truth(given(student, "ex04_with_biases"), "ex04_with_biases")
    own = {}
    if bias is not None:
        _mark_parameters(sheet, student, bias, own)
        _mark_saving(sheet, student, bias, own)
    with sheet.part():
        _mark_fields(sheet, student)
    return sheet.verdict()


def _counts(bias):
    two = 2 * shapes.conv2d_parameters(256, 256, 3, bias)
    return {"ex04_two_3x3": two, "ex04_one_5x5": shapes.conv2d_parameters(256, 256, 5, bias)}


def _mark_parameters(sheet, student, bias, own):
    for (name, key), other in zip(_counts(bias).items(), _counts(not bias).values(), strict=True):
        kernel = 3 if name == "ex04_two_3x3" else 5
        layers = 2 if kernel == 3 else 1
        with sheet.part():
            own[name] = forms.whole_number(given(student, name), name)
            mark_number(
                sheet,
                own[name],
                key,
                1,
                name=name,
                mistakes=[
                    Mistake(
                        "other-convention",
                        other,
                        "this doesn't go with what `ex04_with_biases` says.",
                    ),
                    Mistake(
                        "one-layer",
                        key // layers if layers > 1 else -1,
                        f"this is one layer; there are more of them. {_SMALL}",
                    ),
                    Mistake(
                        "ignores-input-channels",
                        layers * shapes.conv2d_parameters(1, 256, kernel, bias),
                        f"a filter spans all input channels; this takes one. {_COUNT}",
                    ),
                    Mistake(
                        "one-filter",
                        layers * shapes.conv2d_parameters(256, 1, kernel, bias),
                        f"this is a single filter; a layer has more. {_COUNT}",
                    ),
                    Mistake(
                        "ignores-channels",
                        layers * kernel**2,
                        f"this counts one flat kernel a layer. {_COUNT}",
                    ),
                ],
                otherwise="count one layer first: the numbers in a filter, times the filters. "
                f"{_COUNT}",
            )


def _mark_saving(sheet, student, bias, own):
    two, one = _counts(bias).values()
    mine = own.get("ex04_two_3x3"), own.get("ex04_one_5x5")
    follows = None not in mine and mine != (two, one) and mine[1] > 0
    with sheet.part():
        name = "ex04_saved"
        found = forms.whole_number(given(student, name), name)
        if follows and found == mine[1] - mine[0] != one - two:
            sheet.earn(0.5)
            sheet.say(f"`{name}`: this follows rightly from your two counts.")
        else:
            mark_number(
                sheet,
                found,
                one - two,
                1,
                name=name,
                mistakes=[
                    Mistake(
                        "sign",
                        two - one,
                        "the two small layers need fewer: write what is saved as a positive "
                        "number.",
                        share=0.5,
                    ),
                ],
                otherwise="this isn't the difference between the two counts.",
            )
    with sheet.part():
        name = "ex04_saved_percent"
        found = forms.number(given(student, name), name, percent=True)
        percent = 100 * (one - two) / one
        own_percent = 100 * (mine[1] - mine[0]) / mine[1] if follows else None
        if (
            own_percent is not None
            and same_number(found, own_percent, 0.1)
            and not same_number(found, percent, 0.1)
        ):
            sheet.earn(0.5)
            sheet.say(f"`{name}`: this follows rightly from your two counts.")
        else:
            mark_number(
                sheet,
                found,
                percent,
                1,
                name=name,
                tolerance=0.1,
                mistakes=_percent_mistakes(two, one),
                otherwise="divide what is saved by the count of the single large layer.",
            )


def _percent_mistakes(two, one):
    return [
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
    ]


def _mark_fields(sheet, student):
    name = "ex04_receptive_fields"
    key = tuple(shapes.receptive_field(layers).size for layers in ([(3, 1), (3, 1)], [(5, 1)]))
    found = forms.whole_numbers(given(student, name), name, 2)
    if found == key:
        sheet.earn(1)
    elif found[0] in (6, 9):
        sheet.say(
            f"`{name}`: kernel sizes neither add up nor multiply: the fields of neighbours "
            f"overlap. {_FIELD}",
            "adds-kernels",
        )
    elif found[0] == 3:
        sheet.say(
            f"`{name}`: this is what one small layer sees; the second one looks at its outputs, "
            f"and each of those sees as much again. {_FIELD}",
            "stack-sees-no-more",
        )
    else:
        sheet.say(f"`{name}`: trace one output back through the layers on paper. {_FIELD}")


# --- exercise 5 ----------------------------------------------------------------------------------


@question("ex05", points=2, objectives=(2,), bloom="apply")
def ex05(student):
    """Receptive fields of three stacked 3×3."""
    sheet = Sheet(2)
    name = "ex05_receptive_fields"
    key = tuple(shapes.receptive_field([(3, 1)] * 3).sizes)
    with sheet.part():
        found = forms.whole_numbers(given(student, name), name, 3)
        for one, right, points in zip(found, key, (0.5, 0.5, 1), strict=True):
            sheet.earn(points if one == right else 0)
        if found == (3, 6, 9):
            sheet.say(
                f"`{name}`: each layer adds less than its whole kernel, because the fields of "
                f"neighbours overlap. {_FIELD}",
                "adds-kernels",
            )
        elif found == (3, 9, 27):
            sheet.say(
                f"`{name}`: the fields overlap, so kernels don't multiply. {_FIELD}",
                "multiplies-kernels",
            )
        elif found == (3, 3, 3):
            sheet.say(
                f"`{name}`: this is what each layer sees of the layer *below* it; the question "
                f"asks for pixels of the input. {_FIELD}",
                "stack-sees-no-more",
            )
        elif found == tuple(size**2 for size in key):
            sheet.say(
                f"`{name}`: these are areas; the question asks for one side.", "area-for-side"
            )
        elif found == key[::-1]:
            sheet.say(f"`{name}`: the first layer comes first.", "reversed")
        elif found == tuple(range(2, 5)):
            sheet.say(f"`{name}`: the first layer alone sees its whole kernel. {_FIELD}")
        elif found != key:
            sheet.say(
                f"`{name}`: go back from one output, layer by layer: how many pixels more does "
                f"each step take in on either side? {_FIELD}"
            )
    return sheet.verdict()


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


@question("ex05-rule", points=3, objectives=(2,), bloom="apply")
def ex05_rule(student):
    """The receptive field of any stack."""
    sheet = Sheet(3)

    def keep(jump, stride):
        return jump * stride

    with sheet.part():
        mark_function(
            sheet,
            student,
            "ex05_receptive_field",
            _field_cases(),
            field_of,
            {"plain": 1, "strided": 1.5, "edge": 0.5},
            reader=forms.whole_number,
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
    return sheet.verdict()


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


@question("ex05-drawing", points=2, objectives=(2,), bloom="apply")
def ex05_drawing(student):
    """The nested fields as a picture."""
    sheet = Sheet(2)
    name = "ex05_drawing"
    with sheet.part():
        mark_function(
            sheet,
            student,
            name,
            [Case((7,), "smallest"), *[Case((size,), "any") for size in (9, 11, 15, 21)]],
            drawing,
            {"smallest": 1, "any": 1},
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
    return sheet.verdict()


# --- a convolution by hand -----------------------------------------------------------------------

PICTURE = np.array([[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 0, 1], [1, 0, 2, 3]])
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
SECOND_PICTURE = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]])
SECOND_KERNEL = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
BIAS = 2


def correlate(picture, kernel, stride=1, padding=0):
    """Cross-correlation by its definition."""
    padded = np.pad(picture, padding)
    rows, columns = kernel.shape
    return np.array(
        [
            [
                np.sum(padded[i : i + rows, j : j + columns] * kernel)
                for j in range(0, padded.shape[1] - columns + 1, stride)
            ]
            for i in range(0, padded.shape[0] - rows + 1, stride)
        ]
    )


@question("added-hand-convolution", points=4, objectives=(3,), bloom="apply")
def added_hand_convolution(student):
    """Three small convolutions on paper."""
    sheet = Sheet(4)
    flipped, second_flipped = KERNEL[::-1, ::-1], SECOND_KERNEL[::-1, ::-1]
    first, second = correlate(PICTURE, KERNEL), correlate(SECOND_PICTURE, SECOND_KERNEL)
    flip = "the kernel isn't flipped here: lay it on the picture as it stands."
    slip = f"write the nine products of each window down and add them again. {_HAND}"
    _mark_entries(
        sheet,
        student,
        "added_hand_valid",
        first,
        1,
        [
            Mistake("flipped-kernel", correlate(PICTURE, flipped), flip),
            Mistake(
                "transposed-kernel",
                correlate(PICTURE, KERNEL.T),
                "rows and columns of the kernel are exchanged.",
            ),
            Mistake("transposed-output", first.T, "rows and columns of the result are exchanged."),
        ],
        slip,
    )
    _mark_entries(
        sheet,
        student,
        "added_hand_padded",
        correlate(PICTURE, KERNEL, stride=2, padding=1),
        1.5,
        [
            Mistake("flipped-kernel", correlate(PICTURE, flipped, 2, 1), flip),
            Mistake(
                "forgot-padding",
                first,
                "this is the result of the first part: where are the zeros "
                "round the picture, and the stride?",
            ),
        ],
        "write the picture down with its ring of zeros, then move the window by two. "
        f"{look('4.4')}",
    )
    _mark_entries(
        sheet,
        student,
        "added_hand_channels",
        first + second + BIAS,
        1.5,
        [
            Mistake(
                "forgot-bias", first + second, "is there something that is added to every output?"
            ),
            Mistake(
                "first-channel-only",
                first + BIAS,
                f"the filter spans both channels: what about the second? {look('5.4')}",
            ),
            Mistake(
                "bias-per-channel",
                first + second + 2 * BIAS,
                "the bias is added once, not once a channel.",
            ),
            Mistake(
                "flipped-kernel",
                correlate(PICTURE, flipped) + correlate(SECOND_PICTURE, second_flipped) + BIAS,
                flip,
            ),
        ],
        f"convolve each channel with its own slice, add the two maps, add the bias. {look('5.4')}",
    )
    return sheet.verdict()


def _mark_entries(sheet, student, name, key, points, mistakes, otherwise):
    with sheet.part():
        found = forms.array(given(student, name), name)
        if name == "added_hand_channels" and found.shape == (2, *key.shape):
            sheet.say(
                f"`{name}`: one filter makes *one* map: its channels are added up. {look('5.4')}",
                "one-map-per-channel",
            )
            return
        found = forms.array(found, name, key.shape)
        right = np.isclose(found, key, rtol=0, atol=1e-6)
        if right.all():
            sheet.earn(points)
            return

        def made(wrong):
            return np.allclose(found, wrong, rtol=0, atol=1e-6)

        if explain(sheet, f"`{name}`", mistakes, made):
            return
        sheet.earn(points * right.mean())
        sheet.say(f"`{name}`: {otherwise}")
