"""A convolution by hand: plain, padded with a stride, and over two channels."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import (
    Array,
    Mistake,
    Part,
    Pattern,
    question,
)
from questions.pages import section_link

_HAND = section_link("7", "ConvolutionStepper")


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


@question("added-hand-convolution", objectives=(3,), bloom="apply")
def added_hand_convolution() -> Sequence[Part]:
    """Three small convolutions on paper."""
    flipped, second_flipped = KERNEL[::-1, ::-1], SECOND_KERNEL[::-1, ::-1]
    first, second = correlate(PICTURE, KERNEL), correlate(SECOND_PICTURE, SECOND_KERNEL)
    flip = "the kernel isn't flipped here: lay it on the picture as it stands."
    slip = f"write the nine products of each window down and add them again. {_HAND}"
    return [
        Array(
            name="added_hand_valid",
            key=first,
            mistakes=[
                Mistake("flipped-kernel", correlate(PICTURE, flipped), flip),
                Mistake(
                    "transposed-kernel",
                    correlate(PICTURE, KERNEL.T),
                    "rows and columns of the kernel are exchanged.",
                ),
                Mistake(
                    "transposed-output", first.T, "rows and columns of the result are exchanged."
                ),
            ],
            otherwise=slip,
        ),
        Array(
            name="added_hand_padded",
            key=correlate(PICTURE, KERNEL, stride=2, padding=1),
            points=1.5,
            mistakes=[
                Mistake("flipped-kernel", correlate(PICTURE, flipped, 2, 1), flip),
                Mistake(
                    "forgot-padding",
                    first,
                    "this is the result of the first part: where are the zeros round the picture, "
                    "and the stride?",
                ),
            ],
            otherwise="write the picture down with its ring of zeros, then move the window by "
            f"two. {section_link('4.4')}",
        ),
        Array(
            name="added_hand_channels",
            key=first + second + BIAS,
            points=1.5,
            misshapen=[
                Pattern(
                    "one-map-per-channel",
                    lambda found: found.shape == (2, *first.shape),
                    f"one filter makes *one* map: its channels are added up. {section_link('5.4')}",
                )
            ],
            mistakes=[
                Mistake(
                    "forgot-bias",
                    first + second,
                    "is there something that is added to every output?",
                ),
                Mistake(
                    "first-channel-only",
                    first + BIAS,
                    f"the filter spans both channels: what about the second? {section_link('5.4')}",
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
            otherwise="convolve each channel with its own slice, add the two maps, add the bias. "
            f"{section_link('5.4')}",
        ),
    ]
