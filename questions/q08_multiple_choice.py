"""The ten multiple-choice questions.

What is right is worked out where it is a number, and otherwise named by its text; the letters
follow from the order in which the notebook shows the options.
"""

from collections.abc import Sequence

from autograder.marking import WRONG_CHOICE, Choice, Part, question
from convbook import shapes
from questions.mistakes import COUNT
from questions.pages import section_link
from questions.vgg import vgg16_parameters

ASSIGNMENT = "08-multiple-choice"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes",)

_SIZE = section_link(
    "4.4", "OutputSizeCalculator", input_size=8, kernel_size=3, stride=1, padding=0
)


def _square(side: int) -> str:
    return f"{side}×{side}"


def _largest_of_vgg16() -> str:
    counts = vgg16_parameters()
    block5 = sum(count for layer, count in counts.items() if layer.startswith("conv5"))
    sizes = {name: counts[name] for name in ("conv1_1", "fc6", "fc8")}
    sizes["the convolutions of block 5"] = block5
    return max(sizes, key=sizes.get)


@question("mcq01", objectives=(2,), bloom="apply")
def mcq01() -> Sequence[Part]:
    return [
        Choice(
            name="mcq01",
            options=("27×27", "30×30", "32×32", "28×28"),
            right=_square(shapes.output_size(32, 5)),
            off=WRONG_CHOICE,
            why={
                "27×27": f"this counts the steps; the filter also stands at its start. {_SIZE}",
                "30×30": f"this would be right for a smaller filter. {_SIZE}",
                "32×32": f"this would need padding. {_SIZE}",
            },
        )
    ]


@question("mcq02", objectives=(2,), bloom="apply")
def mcq02() -> Sequence[Part]:
    return [
        Choice(
            name="mcq02",
            options=("73,792", "36,928", "73,728", "73,856"),
            right=f"{shapes.conv2d_parameters(128, 64, 3):,}",
            off=WRONG_CHOICE,
            why={
                "36,928": f"this would be right for an input with fewer channels. {COUNT}",
                "73,728": "this counts weights only: is there something else that every filter "
                f"has? {COUNT}",
                "73,856": "are channels and filters exchanged? Biases go with the filters. "
                f"{COUNT}",
            },
        )
    ]


@question("mcq03", objectives=(5,), bloom="remember")
def mcq03() -> Sequence[Part]:
    return [
        Choice(
            name="mcq03",
            options=("convolution", "average pooling", "ReLU", "flatten"),
            right="ReLU",
            off=WRONG_CHOICE,
            why={
                "convolution": "scale the input by 2: what happens to the output (without bias)? "
                f"{section_link('4.6')}",
                "average pooling": f"is a mean a weighted sum? {section_link('4.5')}",
                "flatten": f"what does it do to the numbers themselves? {section_link('4.6')}",
            },
        )
    ]


@question("mcq04", objectives=(6, 7), bloom="remember")
def mcq04() -> Sequence[Part]:
    return [
        Choice(
            name="mcq04",
            options=("11×11 filters", "parallel branches", "dropout", "skip connections"),
            right="skip connections",
            off=WRONG_CHOICE,
            why={
                "11×11 filters": f"that was AlexNet's first layer. {section_link('3.5')}",
                "parallel branches": f"that was Inception's idea. {section_link('3.5')}",
                "dropout": f"that was there before. {section_link('4.9')}",
            },
        )
    ]


@question("mcq05", objectives=(9,), bloom="understand")
def mcq05() -> Sequence[Part]:
    return [
        Choice(
            name="mcq05",
            options=(
                "the new classifier head",
                "the early convolution layers",
                "only the last convolution block",
                "nothing",
            ),
            right="the early convolution layers",
            off=WRONG_CHOICE,
            why={
                "the new classifier head": "it knows nothing yet, so it has to learn. "
                f"{section_link('4.10')}",
                "only the last convolution block": "is that block more general, or less, than what "
                f"comes before it? {section_link('4.10')}",
                "nothing": "what do few pictures do to millions of free weights? "
                f"{section_link('4.10')}",
            },
        )
    ]


@question("mcq06", objectives=(4,), bloom="remember")
def mcq06() -> Sequence[Part]:
    return [
        Choice(
            name="mcq06",
            options=(
                "flatten and large dense layers",
                "the convolutions",
                "the activations",
                "batch normalisation",
            ),
            right="flatten and large dense layers",
            off=WRONG_CHOICE,
            why={
                "the convolutions": f"it averages *their* maps. {section_link('4.5')}",
                "the activations": "a mean is linear: can it stand in for ReLU? "
                f"{section_link('4.5')}",
                "batch normalisation": f"does it normalise anything? {section_link('4.5')}",
            },
        )
    ]


@question("mcq07", objectives=(12,), bloom="understand")
def mcq07() -> Sequence[Part]:
    return [
        Choice(
            name="mcq07",
            options=(
                "blurs the picture",
                "halves height and width",
                "enlarges the receptive field",
                "mixes the channels at each pixel and can reduce their number",
            ),
            right="mixes the channels at each pixel and can reduce their number",
            off=WRONG_CHOICE,
            why={
                "blurs the picture": f"blurring needs neighbours. {section_link('4.7')}",
                "halves height and width": "put F = 1 and S = 1 into the size formula. "
                f"{section_link('4.7')}",
                "enlarges the receptive field": "how many pixels does it look at? "
                f"{section_link('4.7')}",
            },
        )
    ]


@question("mcq08", objectives=(11,), bloom="remember")
def mcq08() -> Sequence[Part]:
    return [
        Choice(
            name="mcq08",
            options=("the input", "the first convolution", "the last convolution", "the softmax"),
            right="the last convolution",
            off=WRONG_CHOICE,
            why={
                "the input": "that gives a saliency map, which is another method. "
                f"{section_link('4.12')}",
                "the first convolution": "what does that layer know of objects? "
                f"{section_link('4.12')}",
                "the softmax": f"does it still know *where* anything is? {section_link('4.12')}",
            },
        )
    ]


@question("mcq09", objectives=(10,), bloom="remember")
def mcq09() -> Sequence[Part]:
    return [
        Choice(
            name="mcq09",
            options=("token masking", "random crop", "horizontal flip", "colour jitter"),
            right="token masking",
            off=WRONG_CHOICE,
            why={
                "random crop": "another part of a picture is a new picture with the same label. "
                f"{section_link('4.11', 'AugmentationLab')}",
                "horizontal flip": "a cat that looks the other way is a new picture of a cat. "
                f"{section_link('4.11', 'AugmentationLab')}",
                "colour jitter": "the same thing in another light is a new picture of it. "
                f"{section_link('4.11', 'AugmentationLab')}",
            },
        )
    ]


@question("mcq10", objectives=(2, 6), bloom="analyse")
def mcq10() -> Sequence[Part]:
    return [
        Choice(
            name="mcq10",
            options=("conv1_1", "fc6", "the convolutions of block 5", "fc8"),
            right=_largest_of_vgg16(),
            off=WRONG_CHOICE,
            why={
                "conv1_1": f"it reads three channels only. {COUNT}",
                "the convolutions of block 5": "convolutions share their weights over all "
                f"positions. {COUNT}",
                "fc8": f"compare what the dense layers read. {COUNT}",
            },
        )
    ]
