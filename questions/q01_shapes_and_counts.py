"""Checkers of the first notebook: sizes, shapes, parameters and operations."""

import math
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
    mark_statements,
    mark_untouched,
    same_number,
)
from autograder.marking.variants import Variant
from convbook import shapes
from questions.pages import look
from questions.vgg import vgg16_parameters

ASSIGNMENT = "01-shapes-and-counts"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")

_FLOOR = look("4.4", "OutputSizeCalculator", input_size=8, kernel_size=3, stride=2, padding=0)
_PADDED = look("4.4", "OutputSizeCalculator", input_size=9, kernel_size=5, stride=2, padding=2)
_PARAMETERS = look("5.3")
_POINTWISE = look("4.7")


# --- numbers that each student may have of their own ---------------------------------------------


def _floor_matters(size, kernel, stride):
    """The last window sticks out, and "same" padding would give another size."""
    right = shapes.output_size(size, kernel, stride)
    same = shapes.output_size(size, kernel, stride, "same")
    return (size - kernel) % stride != 0 and right != same


_EX01 = Variant(
    "ex01",
    (64, 5, 2),
    (range(50, 120), (3, 5, 7), (2, 3, 4)),
    ("{0}×{0} pixels", "one {1}×{1} filter", "The stride is {2}"),
    _floor_matters,
)
_EX02 = Variant(
    "ex02",
    (64, 128, 3),
    ((16, 24, 32, 48, 64, 80, 96), (40, 56, 72, 112, 128, 160, 192), (3, 5, 7)),
    ("has {1} filters of size {2}×{2}", "an input with {0} channels"),
)
_EX03 = Variant(
    "ex03",
    (224, 64),
    (range(128, 324, 4), (16, 24, 32, 48, 64, 96)),  # both layers leave half a step over
    (
        "A {0}×{0} colour picture",
        "with {1} filters of size 7×7",
        ("This is how ResNet begins.", "ResNet begins like this, with other numbers."),
    ),
)
_EX09 = Variant(
    "ex09-count",
    (512, 64),
    ((128, 192, 256, 320, 384, 448, 512), (16, 24, 32, 48, 64, 96)),
    ("turns {0} channels into {1}.",),
)
_EX21 = Variant(
    "ex21",
    (256, 512, 14),
    ((96, 128, 160, 192, 256), (224, 288, 320, 384, 512), (10, 12, 14, 20, 28)),
    ("reads {0} channels and writes {1} channels", "each output map is {2}×{2}."),
)
_EX22 = Variant(
    "ex22-count",
    (128, 256),
    ((64, 96, 128, 160, 192), (112, 144, 224, 256, 320)),
    ("from {0} to {1} channels",),
)
VARIANTS = (_EX01, _EX02, _EX03, _EX09, _EX21, _EX22)


# --- exercise 1 ----------------------------------------------------------------------------------


@question("ex01", points=2, objectives=(2,), bloom="apply")
def ex01(student):
    """Output size of 5×5 with stride 2 on 64×64."""
    sheet = Sheet(2)
    size, kernel, stride = _EX01.numbers()
    with sheet.part():
        name = "ex01_output_size"
        value = given(student, name)
        found = _side(value, name)
        exact = (size - kernel) / stride + 1
        mark_number(
            sheet,
            found,
            shapes.output_size(size, kernel, stride),
            2,
            name=name,
            mistakes=[
                Mistake(
                    "half-a-window",
                    exact,
                    "the filter can't stand at half a position. What happens to a window that "
                    f"would stick out at the end? {_FLOOR}",
                ),
                Mistake(
                    "ceil-for-floor",
                    math.ceil(exact),
                    "this counts a last window that would stick out of the picture. Without "
                    f"padding it isn't there. {_FLOOR}",
                ),
                Mistake(
                    "forgot-plus-one",
                    (size - kernel) // stride,
                    "this counts the steps that the filter takes. Where does it stand before its "
                    f"first step? {_FLOOR}",
                ),
                Mistake(
                    "forgot-stride",
                    shapes.output_size(size, kernel),
                    f"this would be right if the filter moved by one pixel at a time. {_FLOOR}",
                ),
                Mistake(
                    "same-for-valid",
                    shapes.output_size(size, kernel, stride, "same"),
                    "this is the size with enough zeros around the picture. Here there are none. "
                    f"{_FLOOR}",
                ),
                Mistake(
                    "area-for-side",
                    shapes.output_size(size, kernel, stride) ** 2,
                    "this counts all pixels of the output; the question asks for one side.",
                    share=0.5,
                ),
            ],
            otherwise="this isn't the number of places where the filter can stand. Count them on "
            f"a row of 8 pixels first, then on this one. {_FLOOR}",
        )
    return sheet.verdict()


def _side(value, name):
    """One side of a square: a number (fractions are looked at, not refused) or N×N."""
    try:
        return forms.number(value, name)
    except forms.WrongForm:
        sides = forms.whole_numbers(value, name, 2)
        if sides[0] != sides[1]:
            raise forms.WrongForm(f"`{name}`: the output is square; give one side.") from None
        return sides[0]


# --- exercise 2 ----------------------------------------------------------------------------------


@question("ex02", points=2, objectives=(2,), bloom="apply")
def ex02(student):
    """Parameters of 128 filters of 3×3 on 64 channels."""
    sheet = Sheet(2)
    channels, filters, kernel = _EX02.numbers()
    with sheet.part():
        name = "ex02_parameters"
        found = forms.whole_number(given(student, name), name)
        weights = shapes.conv2d_parameters(channels, filters, kernel, bias=False)
        mark_number(
            sheet,
            found,
            shapes.conv2d_parameters(channels, filters, kernel),
            2,
            name=name,
            mistakes=[
                Mistake(
                    "forgot-bias",
                    weights,
                    "this counts weights only: is there something else that every filter has? "
                    f"{_PARAMETERS}",
                    share=0.5,
                ),
                Mistake(
                    "ignores-input-channels",
                    shapes.conv2d_parameters(1, filters, kernel),
                    "this is right for an input with a single channel. How deep is a filter? "
                    f"{_PARAMETERS}",
                ),
                Mistake(
                    "ignores-input-channels",
                    shapes.conv2d_parameters(1, filters, kernel, bias=False),
                    f"this is one flat kernel for each filter. How deep is a filter? {_PARAMETERS}",
                ),
                Mistake(
                    "bias-per-input-channel",
                    weights + channels,
                    "the biases don't go with the input channels. What does each bias belong to? "
                    f"{_PARAMETERS}",
                ),
                Mistake(
                    "single-bias",
                    weights + 1,
                    f"one bias for the whole layer is not how it is done. {_PARAMETERS}",
                ),
                Mistake(
                    "bias-per-kernel",
                    filters * channels * (kernel**2 + 1),
                    "this gives a bias to every slice of every filter. The slices are summed into "
                    f"one map first. {_PARAMETERS}",
                ),
                Mistake(
                    "bias-per-weight",
                    2 * weights,
                    f"this gives a bias to every weight. {_PARAMETERS}",
                ),
                Mistake(
                    "kernel-not-squared",
                    filters * (kernel * channels + 1),
                    f"a filter is as high as it is wide; this counts one row of it. {_PARAMETERS}",
                ),
                Mistake(
                    "one-filter",
                    kernel**2 * channels + 1,
                    f"this is a single filter; the layer has more. {_PARAMETERS}",
                ),
                Mistake(
                    "one-filter",
                    kernel**2 * channels,
                    f"this is the weights of a single filter; the layer has more. {_PARAMETERS}",
                ),
            ],
            otherwise="count one filter first: its height, width and depth, and what comes with "
            f"every filter. Then count the filters. {_PARAMETERS}",
        )
    return sheet.verdict()


# --- exercise 3 ----------------------------------------------------------------------------------


@question("ex03", points=3, objectives=(2, 5), bloom="apply")
def ex03(student):
    """Shapes after 7×7/2 with padding 3 and 3×3/2 pooling with padding 1."""
    sheet = Sheet(3)
    size, filters = _EX03.numbers()
    convolved, after = None, shapes.output_size(size, 7, 2, 3)
    key = (after, after, filters)
    with sheet.part():
        name = "ex03_after_convolution"
        convolved = forms.whole_numbers(given(student, name), name, 3)
        mistakes = _convolution_mistakes(size, filters)
        _mark_shape(sheet, convolved, key, 1, name, mistakes)
    with sheet.part():
        name = "ex03_after_pooling"
        pooled = forms.whole_numbers(given(student, name), name, 3)
        right = _pooled(key)
        if pooled == right:
            sheet.earn(2)
        elif convolved not in (None, key) and _may_pool(convolved) and pooled == _pooled(convolved):
            sheet.earn(1)
            sheet.say(f"`{name}`: this follows rightly from your shape after the convolution.")
        else:
            _mark_shape(sheet, pooled, right, 2, name, _pooling_mistakes(key))
    return sheet.verdict()


def _pooled(shape):
    side = shapes.pool_output_size(shape[0], 3, 2, 1)
    return (side, shapes.pool_output_size(shape[1], 3, 2, 1), shape[2])


def _may_pool(shape):
    return min(shape) > 0


def _channels_first(shape):
    return (shape[2], shape[0], shape[1])


def _mark_shape(sheet, found, key, points, name, mistakes):
    if found == key:
        sheet.earn(points)
        return
    if explain(sheet, f"`{name}`", mistakes, lambda wrong: found == wrong, points=points):
        return
    if found[:2] == key[:2]:
        sheet.say(
            f"`{name}`: height and width are right. What sets the number of channels here?",
            "wrong-channels",
        )
    else:
        sheet.say(
            f"`{name}`: put the numbers into the output-size formula one by one, and mind that "
            f"padding stands on both sides. {_PADDED}"
        )


def _convolution_mistakes(size, filters):
    def shape(side, channels=filters):
        return (side, side, channels)

    right = shapes.output_size(size, 7, 2, 3)
    single = (size - 7 + 3) // 2 + 1
    return [
        Mistake(
            "channels-first",
            _channels_first(shape(right)),
            "these are the right three numbers in another order; the question asks for "
            "(height, width, channels).",
            share=0.5,
        ),
        Mistake(
            "padding-not-doubled",
            shape(single),
            "the padding stands on both sides of the picture, and the filter also stands at its "
            f"start. {_PADDED}",
        ),
        Mistake(
            "forgot-padding",
            shape(shapes.output_size(size, 7, 2)),
            f"this is the size without padding. {_PADDED}",
        ),
        Mistake(
            "ceil-for-floor",
            shape(math.ceil((size - 7 + 6) / 2) + 1),
            f"a last window that sticks out doesn't count. {_PADDED}",
        ),
        Mistake(
            "forgot-stride",
            shape(shapes.output_size(size, 7, 1, 3)),
            f"this is the size at stride 1. {_PADDED}",
        ),
        Mistake(
            "keeps-input-channels",
            shape(right, 3),
            "height and width are right, but a filter spans all input channels and makes one map "
            f"of them: how many maps do all filters make? {look('5.4')}",
        ),
        Mistake(
            "multiplies-channels",
            shape(right, 3 * filters),
            "height and width are right, but a filter doesn't make one map for each input channel: "
            f"it sums over them. {look('5.4')}",
        ),
    ]


def _pooling_mistakes(before):
    side, _, channels = before
    right = _pooled(before)
    single = (side - 3 + 1) // 2 + 1
    wrong = [
        Mistake(
            "channels-first",
            _channels_first(right),
            "these are the right three numbers in another order; the question asks for "
            "(height, width, channels).",
            share=0.5,
        ),
        Mistake(
            "ceil-for-floor",
            (math.ceil((side - 3 + 2) / 2) + 1,) * 2 + (channels,),
            f"a last window that sticks out doesn't count. {_PADDED}",
        ),
        Mistake(
            "forgot-padding",
            (shapes.pool_output_size(side, 3, 2),) * 2 + (channels,),
            f"the pooling, too, has padding here. {_PADDED}",
        ),
        Mistake(
            "pooling-changes-channels",
            (right[0], right[1], 1),
            f"height and width are right, but pooling works on every map by itself. {look('4.5')}",
        ),
        Mistake(
            "no-pooling",
            before,
            f"this is the shape before the pooling, or at stride 1. {look('4.5')}",
        ),
    ]
    if single != shapes.pool_output_size(side, 3, 2):
        wrong.insert(
            2,
            Mistake(
                "padding-not-doubled",
                (single, single, channels),
                f"the padding stands on both sides. {_PADDED}",
            ),
        )
    return wrong


# --- exercise 9 ----------------------------------------------------------------------------------


@question("ex09-count", points=2, objectives=(12,), bloom="apply")
def ex09_count(student):
    """Weights and parameters of a 1×1 convolution from 512 to 64 channels."""
    sheet = Sheet(2)
    channels, filters = _EX09.numbers()
    weights = shapes.conv2d_parameters(channels, filters, 1, bias=False)
    with sheet.part():
        name = "ex09_weights"
        mark_number(
            sheet,
            forms.whole_number(given(student, name), name),
            weights,
            1,
            name=name,
            mistakes=[
                Mistake(
                    "counts-bias",
                    weights + filters,
                    "this counts the biases too; here they are left out.",
                ),
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
        )
    with sheet.part():
        name = "ex09_parameters"
        mark_number(
            sheet,
            forms.whole_number(given(student, name), name),
            weights + filters,
            1,
            name=name,
            mistakes=[
                Mistake(
                    "forgot-bias",
                    weights,
                    f"this counts weights only; every filter has something else. {_PARAMETERS}",
                ),
                Mistake(
                    "bias-per-input-channel",
                    weights + channels,
                    f"the biases don't go with the input channels. {_PARAMETERS}",
                ),
                Mistake(
                    "single-bias",
                    weights + 1,
                    f"one bias for the whole layer is not how it is done. {_PARAMETERS}",
                ),
                Mistake(
                    "bias-per-weight",
                    2 * weights,
                    f"this gives a bias to every weight. {_PARAMETERS}",
                ),
            ],
            otherwise=f"add one bias for every filter to the weights. {_PARAMETERS}",
        )
    return sheet.verdict()


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


@question("ex09-pointwise", points=2, objectives=(12,), bloom="understand")
def ex09_pointwise(student):
    """A 1×1 convolution as code."""
    sheet = Sheet(2)
    name = "ex09_pointwise"
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            _pointwise_cases(),
            pointwise,
            {"shapes": 1, "values": 1},
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
        if done:
            mark_untouched(sheet, student, name, _pointwise_cases()[0].args)
    return sheet.verdict()


# --- exercise 13 ---------------------------------------------------------------------------------


@question("ex13", points=6, objectives=(2,), bloom="analyse")
def ex13(student):
    """VGG-16, layer by layer."""
    sheet = Sheet(6)
    key = vgg16_parameters()
    own = None
    with sheet.part():
        own = _vgg_table(sheet, student, key)
    with sheet.part():
        name = "ex13_total"
        found = forms.whole_number(given(student, name), name)
        total = sum(key.values())
        if found != total and own and None not in own.values() and found == sum(own.values()):
            sheet.earn(0.5)
            sheet.say(f"`{name}`: this is the sum of your table; a row of it is wrong, though.")
        else:
            _mark_vgg_total(sheet, found, key, name)
    with sheet.part():
        name = "ex13_largest"
        largest = max(key, key=key.get)
        found = forms.word(given(student, name), name, key)
        if found == largest:
            sheet.earn(1)
        elif found.startswith("conv"):
            sheet.say(
                f"`{name}`: convolutions share their weights over all positions, so they stay "
                f"small. {look('4.1')}",
                "convolutions-are-largest",
            )
        else:
            sheet.say(f"`{name}`: compare how many inputs each dense layer has.")
    return sheet.verdict()


def _vgg_table(sheet, student, key):
    name = "ex13_parameters"
    entries = forms.table(given(student, name), name, key)
    own = {}
    for layer, entry in entries.items():
        own[layer] = None
        if entry is not None:
            with sheet.part():
                own[layer] = forms.whole_number(entry, f'{name}["{layer}"]')
    without = vgg16_parameters(bias=False)
    if own == without:
        sheet.earn(2)
        sheet.say(
            f"`{name}`: this counts weights only, in every layer: is there something else that "
            f"every filter and every unit has? {_PARAMETERS}",
            "forgot-bias",
        )
        return own
    right = [layer for layer in key if own[layer] == key[layer]]
    sheet.earn(4 * len(right) / len(key))
    wrong = [layer for layer in key if layer not in right]
    if missing := [layer for layer in wrong if entries[layer] is None]:
        sheet.say(f"`{name}`: there is no number yet for {', '.join(missing)}.")
    if bare := [layer for layer in wrong if own[layer] == without[layer]]:
        sheet.say(
            f"`{name}`: biases are missing in {', '.join(bare)}. {_PARAMETERS}", "forgot-bias"
        )
    if own["fc6"] == shapes.dense_parameters(512, 4096):
        sheet.say(
            f"`{name}`: fc6 reads every number of the last maps, not one a channel. How large are "
            f"the maps after five poolings? {look('4.6')}",
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
            f"channels come out of the layer before it? {_PARAMETERS}"
        )
    return own


def _mark_vgg_total(sheet, found, key, name):
    convolutions = sum(count for layer, count in key.items() if layer.startswith("conv"))
    total = sum(key.values())
    mark_number(
        sheet,
        found,
        total,
        1,
        name=name,
        mistakes=[
            Mistake(
                "forgot-bias",
                sum(vgg16_parameters(bias=False).values()),
                f"this is the sum of the weights only. {_PARAMETERS}",
                share=0.5,
            ),
            Mistake("convolutions-only", convolutions, "this leaves the dense layers out."),
            Mistake("dense-only", total - convolutions, "this leaves the convolutions out."),
        ],
        otherwise="this isn't the sum over the 16 layers.",
    )


# --- exercise 21 ---------------------------------------------------------------------------------


@question("ex21", points=3, objectives=(2,), bloom="apply")
def ex21(student):
    """MACs and FLOPs of 3×3, 256 → 512, on 14×14 outputs."""
    sheet = Sheet(3)
    channels, filters, side = _EX21.numbers()
    macs = shapes.conv2d_macs(channels, filters, 3, side, side)
    weights = shapes.conv2d_parameters(channels, filters, 3, bias=False)
    bias = filters * side * side
    own = None
    with sheet.part():
        name = "ex21_macs"
        own = forms.whole_number(given(student, name), name)
        mark_number(
            sheet,
            own,
            macs,
            2,
            name=name,
            mistakes=[
                Mistake(
                    "flops-for-macs",
                    2 * macs,
                    f"a multiplication together with its addition counts once here. {look('7')}",
                    share=0.5,
                ),
                Mistake(
                    "counts-bias",
                    macs + bias,
                    "this counts the biases too; here they are left out.",
                    share=0.5,
                ),
                Mistake(
                    "parameters-for-macs",
                    weights,
                    "these are the layer's weights. Each of them works at every position of the "
                    f"output map. {look('7')}",
                ),
                Mistake(
                    "ignores-input-channels",
                    9 * filters * side * side,
                    f"a filter spans all input channels; this takes one. {look('5.4')}",
                ),
                Mistake(
                    "one-filter",
                    9 * channels * side * side,
                    f"this is one output map; the layer makes more. {look('7')}",
                ),
                Mistake(
                    "one-side",
                    weights * side,
                    "this is one row of the output map; it has more rows.",
                ),
                Mistake(
                    "valid-output",
                    weights * (side - 2) ** 2,
                    f"{side}×{side} is the size of the *output* map: nothing has to be taken "
                    "off it.",
                ),
                Mistake(
                    "kernel-not-squared",
                    macs // 3,
                    "a 3×3 kernel multiplies more than one row of pixels at each position.",
                ),
            ],
            otherwise="how many multiplications make one output number? And how many output "
            f"numbers are there? {look('7')}",
        )
    with sheet.part():
        name = "ex21_flops"
        found = forms.whole_number(given(student, name), name)
        if own not in (None, macs) and found == 2 * own != 2 * macs:
            sheet.earn(0.5)
            sheet.say(f"`{name}`: this follows rightly from your number of MACs.")
        else:
            mark_number(
                sheet,
                found,
                2 * macs,
                1,
                name=name,
                mistakes=[
                    Mistake(
                        "macs-for-flops",
                        macs,
                        "a multiply–accumulate is a multiplication *and* an addition; here each "
                        f"of them counts. {look('7')}",
                    ),
                    Mistake(
                        "counts-bias",
                        2 * macs + bias,
                        "this adds the biases; here they are left out.",
                        share=0.5,
                    ),
                    Mistake("halves-macs", macs / 2, "the convention goes the other way round."),
                ],
                otherwise="how many operations is one multiply–accumulate by the convention of "
                "this question?",
            )
    return sheet.verdict()


# --- exercise 22 ---------------------------------------------------------------------------------


def separable_saving(kernel_size: int, in_channels: int, out_channels: int) -> float:
    """Return weights of the standard layer over those of the depthwise separable one."""
    standard = shapes.conv2d_parameters(in_channels, out_channels, kernel_size, bias=False)
    separable = shapes.separable_conv2d_parameters(
        in_channels, out_channels, kernel_size, bias=False
    )
    return standard / separable


@question("ex22-count", points=3, objectives=(2, 12), bloom="apply")
def ex22_count(student):
    """Standard against depthwise separable, 3×3, 128 → 256."""
    sheet = Sheet(3)
    channels, filters = _EX22.numbers()
    kernel = 3
    standard = shapes.conv2d_parameters(channels, filters, kernel, bias=False)
    depthwise = shapes.depthwise_conv2d_parameters(channels, kernel, bias=False)
    separable = shapes.separable_conv2d_parameters(channels, filters, kernel, bias=False)
    own = {}
    with sheet.part():
        name = "ex22_standard"
        own[name] = forms.whole_number(given(student, name), name)
        mark_number(
            sheet,
            own[name],
            standard,
            1,
            name=name,
            mistakes=[
                Mistake(
                    "counts-bias",
                    standard + filters,
                    "this counts the biases too; here they are left out.",
                    share=0.5,
                ),
                Mistake(
                    "ignores-input-channels",
                    kernel**2 * filters,
                    f"a filter spans all input channels; this takes one. {_PARAMETERS}",
                ),
            ],
            otherwise=f"height, width and depth of a filter, times the filters. {_PARAMETERS}",
        )
    with sheet.part():
        name = "ex22_separable"
        own[name] = forms.whole_number(given(student, name), name)
        mark_number(
            sheet,
            own[name],
            separable,
            1,
            name=name,
            mistakes=[
                Mistake(
                    "counts-bias",
                    separable + filters,
                    "this counts biases too; here they are left out.",
                    share=0.5,
                ),
                Mistake(
                    "counts-bias",
                    separable + filters + channels,
                    "this counts biases too; here they are left out.",
                    share=0.5,
                ),
                Mistake(
                    "depthwise-only",
                    depthwise,
                    "this is the depthwise step alone: it never mixes the channels. Which step "
                    f"does? {_POINTWISE}",
                ),
                Mistake(
                    "pointwise-only",
                    separable - depthwise,
                    f"this is the pointwise step alone. What looks at the neighbours? {_POINTWISE}",
                ),
                Mistake(
                    "depthwise-per-output",
                    kernel**2 * filters + channels * filters,
                    "the depthwise step has one flat kernel for each channel that it *reads*.",
                ),
                Mistake(
                    "product-for-sum",
                    depthwise * (separable - depthwise),
                    "the two steps follow each other, so their weights are added, not multiplied.",
                ),
            ],
            otherwise="count the two steps one after the other: one flat kernel for each channel, "
            f"then a 1×1 convolution. {_POINTWISE}",
        )
    with sheet.part():
        _mark_ratio(sheet, student, own, standard, separable)
    return sheet.verdict()


def _mark_ratio(sheet, student, own, standard, separable):
    name = "ex22_ratio"
    found = forms.number(given(student, name), name)
    ratio = standard / separable
    mine = own.get("ex22_standard"), own.get("ex22_separable")
    if (
        None not in mine
        and mine != (standard, separable)
        and mine[1]
        and same_number(found, mine[0] / mine[1], 0.005)
        and not same_number(found, ratio, 0.005)
    ):
        sheet.earn(0.5)
        sheet.say(f"`{name}`: this follows rightly from your two counts.")
        return
    mark_number(
        sheet,
        found,
        ratio,
        1,
        name=name,
        tolerance=0.005,
        mistakes=[
            Mistake("upside-down", 1 / ratio, "this is separable divided by standard.", share=0.5),
            Mistake(
                "percent-for-ratio",
                100 * (1 - 1 / ratio),
                "this is the saving in percent; the question asks how many times fewer.",
                share=0.5,
            ),
            Mistake(
                "limit-for-ratio",
                9,
                "this is what the ratio comes close to with very many filters. Divide your counts.",
            ),
        ],
        otherwise="divide the standard layer's weights by the separable one's.",
    )


def _saving_cases():
    fixed = [
        (3, 32, 64),
        (3, 512, 512),
        (5, 16, 24),
        (7, 100, 10),
        (1, 8, 16),
        (3, 3, 1),
        (5, 1, 9),
    ]
    rng = random.Random(22)
    drawn = [
        (rng.choice([2, 3, 5, 7, 9]), rng.randint(2, 300), rng.randint(2, 300)) for _ in range(6)
    ]
    return [Case(args, "wide" if args[2] > 2 and args[0] > 1 else "edge") for args in fixed + drawn]


@question("ex22-saving", points=2, objectives=(2, 12), bloom="apply")
def ex22_saving(student):
    """The ratio as a rule."""
    sheet = Sheet(2)
    with sheet.part():
        mark_function(
            sheet,
            student,
            "ex22_saving",
            _saving_cases(),
            separable_saving,
            {"wide": 1.5, "edge": 0.5},
            reader=forms.number,
            rtol=1e-6,
            atol=0,
            mistakes=[
                Mistake(
                    "upside-down",
                    lambda f, c, k: 1 / separable_saving(f, c, k),
                    "this is separable divided by standard.",
                ),
                Mistake(
                    "limit-for-ratio",
                    lambda f, c, k: f * f,
                    "this is what the ratio comes close to with very many filters; it depends on "
                    "their number too.",
                ),
                Mistake(
                    "whole-number-division",
                    lambda f, c, k: (f * f * c * k) // (f * f * c + c * k),
                    "the fraction is cut off: `//` divides to a whole number.",
                ),
                Mistake(
                    "rounds-too-early",
                    lambda f, c, k: round(separable_saving(f, c, k), 2),
                    "don't round inside the function: others go on calculating with the result.",
                ),
                Mistake(
                    "depthwise-per-output",
                    lambda f, c, k: (f * f * c * k) / (f * f * k + c * k),
                    "the depthwise step has one flat kernel for each channel that it *reads*.",
                ),
                Mistake(
                    "depthwise-only",
                    lambda f, c, k: k,
                    f"this leaves the pointwise step out: which step mixes the channels? "
                    f"{_POINTWISE}",
                ),
                Mistake(
                    "counts-bias",
                    lambda f, c, k: (f * f * c * k + k) / (f * f * c + c * k + k),
                    "biases are left out here.",
                ),
                Mistake(
                    "only-3x3",
                    lambda f, c, k: separable_saving(3, c, k),
                    "this works for 3×3 kernels only: does it use `kernel_size`?",
                ),
                Mistake(
                    "kernel-not-squared",
                    lambda f, c, k: (f * c * k) / (f * c + c * k),
                    "a kernel is as high as it is wide.",
                ),
            ],
            otherwise="write down both counts with letters and divide the standard one by the "
            f"separable one. {_POINTWISE}",
        )
    return sheet.verdict()


# --- exercise 25 ---------------------------------------------------------------------------------

_SAME = look(
    "4.4", "OutputSizeCalculator", input_size=10, kernel_size=3, stride=3, padding_mode="same"
)


@question("ex25-reasons", points=2, objectives=(2,), bloom="understand")
def ex25_reasons(student):
    """Why "same" padding is common."""
    sheet = Sheet(2)
    name = "ex25_reasons"
    with sheet.part():
        mark_statements(
            sheet,
            forms.chosen(given(student, name), name, "abcde"),
            "acd",
            "abcde",
            2,
            name=name,
            why={
                "a": "how large would a map be after twenty 3×3 layers without padding? "
                f"{look('4.4')}",
                "b": f"does padding stand in the rule for the number of parameters? {_PARAMETERS}",
                "c": "in how many windows does a corner pixel stand with and without padding? "
                f"{look('4.4')}",
                "d": f"what must hold for two arrays to be added? {look('4.9')}",
                "e": "what does an edge filter see where the picture ends and the zeros begin? "
                f"{look('4.3', 'KernelLab', preset='sobel-x', padding=1)}",
            },
            misconceptions={
                "b": "padding-has-parameters",
                "e": "zero-padding-is-neutral",
            },
        )
    return sheet.verdict()


@question("ex25-symmetric", points=1, objectives=(2,), bloom="apply")
def ex25_symmetric(student):
    """The padding that keeps the size at stride 1."""
    sheet = Sheet(1)
    kernels = range(1, 12, 2)
    cases = [Case((kernel,), "plain") for kernel in kernels]
    cases += [Case((kernel, d), "dilated") for kernel in kernels for d in (1, 2, 3, 4)]
    cases += [Case((5,), "dilated", {"dilation": 3})]
    with sheet.part():
        mark_function(
            sheet,
            student,
            "ex25_symmetric",
            cases,
            shapes.symmetric_same_padding,
            {"plain": 0.5, "dilated": 0.5},
            reader=forms.whole_number,
            mistakes=[
                Mistake(
                    "ignores-dilation",
                    lambda f, dilation=1: (f - 1) // 2,
                    "this is right without dilation. How far apart are the outermost taps of a "
                    f"dilated kernel? {look('5.2')}",
                ),
                Mistake(
                    "total-for-one-side",
                    lambda f, dilation=1: dilation * (f - 1),
                    "this is the padding of both sides together.",
                ),
                Mistake(
                    "half-the-kernel",
                    lambda f, dilation=1: (f + 1) // 2,
                    "this is a pixel too many: try a 1×1 kernel, which needs none.",
                ),
                Mistake(
                    "dilates-the-kernel",
                    lambda f, dilation=1: (f * dilation - 1) // 2,
                    "dilation spreads the gaps between the taps, not the taps themselves: of 3 "
                    "taps there are 2 gaps.",
                ),
            ],
            otherwise="set the output size equal to the input size in the formula for stride 1 "
            f"and solve for the padding. {look('5.2')}",
        )
    return sheet.verdict()


def _same_cases():
    worked = [(224, 7, 2), (224, 3, 2), (32, 5, 3), (10, 4, 3), (28, 5, 2), (64, 7, 4)]
    odd_total = [args for args in worked if sum(shapes.pad_amounts(*args, "same")) % 2]
    even_total = [(5, 3, 1), (9, 5, 1), (7, 3, 2), (16, 7, 1), (15, 5, 2), (31, 3, 3)]
    even_kernel = [(5, 2, 1), (7, 4, 1), (12, 6, 1)]
    nothing = [(6, 1, 1), (10, 2, 3), (9, 1, 4), (20, 3, 5), (8, 2, 2), (7, 1, 2), (11, 2, 5)]
    cases = [Case(args, "odd") for args in odd_total + even_kernel]
    cases += [Case(args, "even") for args in even_total]
    cases += [Case(args[:2], "even") for args in even_total if args[2] == 1]
    cases += [Case(args, "none") for args in nothing]
    rng = random.Random(25)
    for _ in range(40):
        args = (rng.randint(1, 60), rng.randint(1, 9), rng.randint(1, 5))
        total = sum(shapes.pad_amounts(*args, "same"))
        cases.append(Case(args, "none" if total == 0 else "odd" if total % 2 else "even"))
    return cases


def same_padding(input_size, kernel_size, stride=1):
    """Keras's "same", from the book's own arithmetic."""
    return shapes.pad_amounts(input_size, kernel_size, stride, "same")


def _same_total(input_size, kernel_size, stride):
    return (-(-input_size // stride) - 1) * stride + kernel_size - input_size


def _split(total):
    return (total // 2, total - total // 2)


@question("ex25-same", points=3, objectives=(2,), bloom="apply")
def ex25_same(student):
    """Keras's "same" for every kernel and stride."""
    sheet = Sheet(3)
    with sheet.part():
        mark_function(
            sheet,
            student,
            "ex25_same",
            _same_cases(),
            same_padding,
            {"odd": 1, "even": 1, "none": 1},
            reader=lambda value, name: forms.whole_numbers(value, name, 2),
            rtol=0,
            atol=0,
            mistakes=[
                Mistake(
                    "extra-at-the-start",
                    lambda w, f, stride=1: same_padding(w, f, stride)[::-1],
                    f"the extra zero of an odd number goes to the other end. {_SAME}",
                ),
                Mistake(
                    "stride-1-rule",
                    lambda w, f, stride=1: ((f - 1) // 2,) * 2,
                    "this rule holds for odd kernels at stride 1 only. Start from the number of "
                    f"outputs that Keras wants. {_SAME}",
                ),
                Mistake(
                    "stride-1-rule",
                    lambda w, f, stride=1: _split(f - 1),
                    "this rule holds at stride 1 only. Start from the number of outputs that "
                    f"Keras wants. {_SAME}",
                ),
                Mistake(
                    "floor-for-ceil",
                    lambda w, f, stride=1: _split(
                        max((max(w // stride, 1) - 1) * stride + f - w, 0)
                    ),
                    f"the number of outputs is rounded *up* here. {_SAME}",
                ),
                Mistake(
                    "negative-padding",
                    lambda w, f, stride=1: _split(_same_total(w, f, stride)),
                    "a padding can't be negative: where the windows already fit, none is needed.",
                ),
                Mistake(
                    "keeps-input-size",
                    lambda w, f, stride=1: _split((w - 1) * stride + f - w),
                    "this keeps the size of the input at every stride. Keras's rule asks for "
                    f"input ÷ stride outputs, rounded up. {_SAME}",
                ),
                Mistake(
                    "loses-the-extra",
                    lambda w, f, stride=1: (sum(same_padding(w, f, stride)) // 2,) * 2,
                    f"with an odd number of zeros, one is lost in the division. {_SAME}",
                ),
                Mistake(
                    "total-on-both-sides",
                    lambda w, f, stride=1: (sum(same_padding(w, f, stride)),) * 2,
                    "this puts all zeros on both sides; they are shared out.",
                ),
                Mistake(
                    "all-at-the-end",
                    lambda w, f, stride=1: (0, sum(same_padding(w, f, stride))),
                    "all zeros stand at the end; only an odd one goes there.",
                ),
            ],
            otherwise="in this order: how many outputs; where the last window then ends; how many "
            f"pixels are missing there; share them out. {_SAME}",
        )
    return sheet.verdict()
