"""Exercises 21 and 22: operations of a layer, and what a separable convolution saves."""

import random
from collections.abc import Sequence

from autograder.handin import forms
from autograder.marking import Case, Follows, Function, Mistake, Number, Numbers, Part, question
from convbook import shapes
from questions.mistakes import COUNT, counts_bias
from questions.pages import section_link

_POINTWISE = section_link("4.7")


# --- exercise 21 ---------------------------------------------------------------------------------


@question(
    "ex21",
    objectives=(2,),
    bloom="apply",
    varies=Numbers(
        (256, 512, 14),
        ((96, 128, 160, 192, 256), (224, 288, 320, 384, 512), (10, 12, 14, 20, 28)),
        ("reads {0} channels and writes {1} channels", "each output map is {2}×{2}."),
    ),
)
def ex21(channels: int, filters: int, side: int) -> Sequence[Part]:
    """MACs and FLOPs of 3×3, 256 → 512, on 14×14 outputs."""
    macs = shapes.conv2d_macs(channels, filters, 3, side, side)
    weights = shapes.conv2d_parameters(channels, filters, 3, bias=False)
    bias = filters * side * side
    return [
        Number(
            name="ex21_macs",
            key=macs,
            points=2,
            mistakes=[
                Mistake(
                    "flops-for-macs",
                    2 * macs,
                    "a multiplication together with its addition counts once here. "
                    f"{section_link('7')}",
                    share=0.5,
                ),
                counts_bias(macs + bias, share=0.5),
                Mistake(
                    "parameters-for-macs",
                    weights,
                    "these are the layer's weights. Each of them works at every position of the "
                    f"output map. {section_link('7')}",
                ),
                Mistake(
                    "ignores-input-channels",
                    9 * filters * side * side,
                    f"a filter spans all input channels; this takes one. {section_link('5.4')}",
                ),
                Mistake(
                    "one-filter",
                    9 * channels * side * side,
                    f"this is one output map; the layer makes more. {section_link('7')}",
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
            f"numbers are there? {section_link('7')}",
        ),
        Number(
            name="ex21_flops",
            key=2 * macs,
            # To the letter, the first product of each output number needs no addition.
            also=(2 * macs - bias,),
            mistakes=[
                Mistake(
                    "macs-for-flops",
                    macs,
                    "a multiply–accumulate is a multiplication *and* an addition; here each "
                    f"of them counts. {section_link('7')}",
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
            follows=Follows(
                ("ex21_macs",),
                lambda own: 2 * own,
                "this follows rightly from your number of MACs.",
            ),
        ),
    ]


# --- exercise 22 ---------------------------------------------------------------------------------


def separable_saving(kernel_size: int, in_channels: int, out_channels: int) -> float:
    """Return weights of the standard layer over those of the depthwise separable one."""
    standard = shapes.conv2d_parameters(in_channels, out_channels, kernel_size, bias=False)
    separable = shapes.separable_conv2d_parameters(
        in_channels, out_channels, kernel_size, bias=False
    )
    return standard / separable


@question(
    "ex22-count",
    objectives=(2, 12),
    bloom="apply",
    varies=Numbers(
        (128, 256),
        ((64, 96, 128, 160, 192), (112, 144, 224, 256, 320)),
        ("from {0} to {1} channels",),
    ),
)
def ex22_count(channels: int, filters: int) -> Sequence[Part]:
    """Standard against depthwise separable, 3×3, 128 → 256."""
    kernel = 3
    standard = shapes.conv2d_parameters(channels, filters, kernel, bias=False)
    depthwise = shapes.depthwise_conv2d_parameters(channels, kernel, bias=False)
    separable = shapes.separable_conv2d_parameters(channels, filters, kernel, bias=False)
    ratio = standard / separable
    return [
        Number(
            name="ex22_standard",
            key=standard,
            mistakes=[
                counts_bias(standard + filters, share=0.5),
                Mistake(
                    "ignores-input-channels",
                    kernel**2 * filters,
                    f"a filter spans all input channels; this takes one. {COUNT}",
                ),
            ],
            otherwise=f"height, width and depth of a filter, times the filters. {COUNT}",
        ),
        Number(
            name="ex22_separable",
            key=separable,
            mistakes=[
                counts_bias(separable + filters, share=0.5, which="biases"),
                counts_bias(separable + filters + channels, share=0.5, which="biases"),
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
        ),
        Number(
            name="ex22_ratio",
            key=ratio,
            read=forms.number,
            tolerance=0.005,
            mistakes=[
                Mistake(
                    "upside-down", 1 / ratio, "this is separable divided by standard.", share=0.5
                ),
                Mistake(
                    "percent-for-ratio",
                    100 * (1 - 1 / ratio),
                    "this is the saving in percent; the question asks how many times fewer.",
                    share=0.5,
                ),
                Mistake(
                    "whole-number-division",
                    standard // separable,
                    "the fraction is cut off: `//` divides to a whole number.",
                ),
                Mistake(
                    "limit-for-ratio",
                    9,
                    "this is what the ratio comes close to with very many filters. Divide your "
                    "counts.",
                ),
            ],
            otherwise="divide the standard layer's weights by the separable one's.",
            follows=Follows(
                ("ex22_standard", "ex22_separable"),
                lambda standard, separable: standard / separable if separable else None,
                "this follows rightly from your two counts.",
            ),
        ),
    ]


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


@question("ex22-saving", objectives=(2, 12), bloom="apply")
def ex22_saving() -> Sequence[Part]:
    """The ratio as a rule."""
    return [
        Function(
            name="ex22_saving",
            cases=_saving_cases(),
            reference=separable_saving,
            groups={"wide": 1.5, "edge": 0.5},
            read=forms.number,
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
    ]
