"""Families of mistakes that several questions share: counting parameters, biases, channels.

Each takes the rule that the question asks about and gives the values that people's usual slips
lead to, with what to tell them. A question chooses from a family and adds what is its own.
"""

from autograder.marking import Mistake
from convbook import shapes
from questions.pages import section_link

COUNT = section_link("5.3")


def parameter_mistakes(channels: int, filters: int, kernel: int) -> list[Mistake]:
    """Slips in counting a convolution's parameters, biases included."""
    weights = shapes.conv2d_parameters(channels, filters, kernel, bias=False)
    return [
        Mistake(
            "forgot-bias",
            weights,
            f"this counts weights only: is there something else that every filter has? {COUNT}",
            share=0.5,
        ),
        Mistake(
            "ignores-input-channels",
            shapes.conv2d_parameters(1, filters, kernel),
            f"this is right for an input with a single channel. How deep is a filter? {COUNT}",
        ),
        Mistake(
            "ignores-input-channels",
            shapes.conv2d_parameters(1, filters, kernel, bias=False),
            f"this is one flat kernel for each filter. How deep is a filter? {COUNT}",
        ),
        Mistake(
            "bias-per-input-channel",
            weights + channels,
            "are channels and filters exchanged? The biases go with the filters, not with the "
            f"input channels. {COUNT}",
        ),
        single_bias(weights),
        Mistake(
            "bias-per-kernel",
            filters * channels * (kernel**2 + 1),
            "this gives a bias to every slice of every filter. The slices are summed into one map "
            f"first. {COUNT}",
        ),
        bias_per_weight(weights),
        Mistake(
            "kernel-not-squared",
            filters * (kernel * channels + 1),
            f"a filter is as high as it is wide; this counts one row of it. {COUNT}",
        ),
        Mistake(
            "one-filter",
            kernel**2 * channels + 1,
            f"this is a single filter; the layer has more. {COUNT}",
        ),
        Mistake(
            "one-filter",
            kernel**2 * channels,
            f"this is the weights of a single filter; the layer has more. {COUNT}",
        ),
    ]


def single_bias(weights: int) -> Mistake:
    """One bias for a whole layer."""
    message = f"one bias for the whole layer is not how it is done. {COUNT}"
    return Mistake("single-bias", weights + 1, message)


def bias_per_weight(weights: int) -> Mistake:
    """As many biases as weights."""
    return Mistake("bias-per-weight", 2 * weights, f"this gives a bias to every weight. {COUNT}")


def counts_bias(value: float, share: float = 0.0, which: str = "the biases") -> Mistake:
    """Biases counted although the question leaves them out."""
    message = f"this counts {which} too; here they are left out."
    return Mistake("counts-bias", value, message, share)


def dense_without_bias(weights: int) -> Mistake:
    """A dense layer's weights alone."""
    something = "is there something else that every unit has?"
    return Mistake("forgot-bias", weights, f"this counts weights only: {something} {COUNT}")


def channels_first(shape: tuple[int, int, int]) -> Mistake:
    """A shape (height, width, channels) written as (channels, height, width)."""
    height, width, channels = shape
    return Mistake(
        "channels-first",
        (channels, height, width),
        "these are the right three numbers in another order; the question asks for "
        "(height, width, channels).",
        share=0.5,
    )
