"""Exercises 1 and 3: output sizes and shapes."""

import math
from collections.abc import Sequence

from autograder.handin import forms
from autograder.marking import (
    Follows,
    Mistake,
    Number,
    Numbers,
    Part,
    Pattern,
    Shape,
    question,
)
from convbook import shapes
from questions.mistakes import channels_first
from questions.pages import section_link

_FLOOR = section_link(
    "4.4", "OutputSizeCalculator", input_size=8, kernel_size=3, stride=2, padding=0
)
_PADDED = section_link(
    "4.4", "OutputSizeCalculator", input_size=9, kernel_size=5, stride=2, padding=2
)


# --- exercise 1 ----------------------------------------------------------------------------------


def _floor_matters(size, kernel, stride):
    """The last window sticks out, and "same" padding would give another size."""
    right = shapes.output_size(size, kernel, stride)
    same = shapes.output_size(size, kernel, stride, "same")
    return (size - kernel) % stride != 0 and right != same


def _side(value, name):
    """One side of a square: a number (fractions are looked at, not refused) or N×N.

    What is neither is told in the form that the exercise asks for, one whole number.
    """
    try:
        return forms.number(value, name)
    except forms.WrongForm:
        try:
            sides = forms.whole_numbers(value, name, 2)
        except forms.WrongForm:
            return forms.whole_number(value, name)
        if sides[0] != sides[1]:
            raise forms.WrongForm(f"`{name}`: the output is square; give one side.") from None
        return sides[0]


@question(
    "ex01",
    objectives=(2,),
    bloom="apply",
    varies=Numbers(
        (64, 5, 2),
        (range(50, 120), (3, 5, 7), (2, 3, 4)),
        ("{0}×{0} pixels", "one {1}×{1} filter", "The stride is {2}"),
        _floor_matters,
    ),
)
def ex01(size: int, kernel: int, stride: int) -> Sequence[Part]:
    """Output size of 5×5 with stride 2 on 64×64."""
    key, exact = shapes.output_size(size, kernel, stride), (size - kernel) / stride + 1
    return [
        Number(
            name="ex01_output_size",
            key=key,
            points=2,
            read=_side,
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
                    key**2,
                    "this counts all pixels of the output; the question asks for one side.",
                    share=0.5,
                ),
            ],
            otherwise="this isn't the number of places where the filter can stand. Count them on "
            f"a row of 8 pixels first, then on this one. {_FLOOR}",
        )
    ]


# --- exercise 3 ----------------------------------------------------------------------------------


@question(
    "ex03",
    objectives=(2, 5),
    bloom="apply",
    varies=Numbers(
        (224, 64),
        (range(128, 324, 4), (16, 24, 32, 48, 64, 96)),  # both layers leave half a step over
        (
            "A {0}×{0} colour picture",
            "with {1} filters of size 7×7",
            ("This is how ResNet begins.", "ResNet begins like this, with other numbers."),
        ),
    ),
)
def ex03(size: int, filters: int) -> Sequence[Part]:
    """Shapes after 7×7/2 with padding 3 and 3×3/2 pooling with padding 1."""
    after = shapes.output_size(size, 7, 2, 3)
    convolved, pooled = (after, after, filters), _pooled((after, after, filters))
    return [
        Shape(
            name="ex03_after_convolution",
            key=convolved,
            points=1,
            mistakes=[*_convolution_mistakes(size, filters), _wrong_channels(convolved)],
            otherwise=_ONE_BY_ONE,
        ),
        Shape(
            name="ex03_after_pooling",
            key=pooled,
            points=2,
            mistakes=[*_pooling_mistakes(convolved), _wrong_channels(pooled)],
            otherwise=_ONE_BY_ONE,
            follows=Follows(
                ("ex03_after_convolution",),
                lambda shape: _pooled(shape) if min(shape) > 0 else None,
                "this follows rightly from your shape after the convolution.",
            ),
        ),
    ]


_ONE_BY_ONE = (
    "put the numbers into the output-size formula one by one, and mind that padding stands on both "
    f"sides. {_PADDED}"
)


def _pooled(shape):
    return (*(shapes.pool_output_size(side, 3, 2, 1) for side in shape[:2]), shape[2])


def _wrong_channels(key):
    message = "height and width are right. What sets the number of channels here?"
    return Pattern("wrong-channels", lambda found: found[:2] == key[:2], message)


def _convolution_mistakes(size, filters):
    def shape(side, channels=filters):
        return (side, side, channels)

    right = shapes.output_size(size, 7, 2, 3)
    return [
        channels_first(shape(right)),
        Mistake(
            "padding-not-doubled",
            shape((size - 7 + 3) // 2 + 1),
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
            f"of them: how many maps do all filters make? {section_link('5.4')}",
        ),
        Mistake(
            "multiplies-channels",
            shape(right, 3 * filters),
            "height and width are right, but a filter doesn't make one map for each input channel: "
            f"it sums over them. {section_link('5.4')}",
        ),
    ]


def _pooling_mistakes(before):
    side, _, channels = before
    right = _pooled(before)
    single = (side - 3 + 1) // 2 + 1
    not_doubled = Mistake(
        "padding-not-doubled",
        (single, single, channels),
        f"the padding stands on both sides. {_PADDED}",
    )
    unpadded = shapes.pool_output_size(side, 3, 2)
    return [
        channels_first(right),
        Mistake(
            "ceil-for-floor",
            (math.ceil((side - 3 + 2) / 2) + 1,) * 2 + (channels,),
            f"a last window that sticks out doesn't count. {_PADDED}",
        ),
        *([not_doubled] if single != unpadded else []),
        Mistake(
            "forgot-padding",
            (unpadded, unpadded, channels),
            f"the pooling, too, has padding here. {_PADDED}",
        ),
        Mistake(
            "pooling-changes-channels",
            (right[0], right[1], 1),
            "height and width are right, but pooling works on every map by itself. "
            f"{section_link('4.5')}",
        ),
        Mistake(
            "no-pooling",
            before,
            f"this is the shape before the pooling, or at stride 1. {section_link('4.5')}",
        ),
    ]
