"""Checkers of the ten multiple-choice questions.

What is right is worked out where it is a number, and otherwise named by its text; the letters
follow from the order in which the notebook shows the options.
"""

from dataclasses import dataclass

from autograder.handin import forms
from autograder.marking.question import question
from autograder.marking.sheet import Sheet, given
from convbook import shapes
from questions.pages import look
from questions.vgg import vgg16_parameters

ASSIGNMENT = "08-multiple-choice"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes",)


@dataclass(frozen=True)
class Choice:
    """The options in the notebook's order, the right one, and what each wrong one calls to mind."""

    options: tuple[str, ...]
    right: str
    why: dict[str, str]


def _square(side: int) -> str:
    return f"{side}×{side}"


def _largest_of_vgg16() -> str:
    counts = vgg16_parameters()
    block5 = sum(count for layer, count in counts.items() if layer.startswith("conv5"))
    sizes = {name: counts[name] for name in ("conv1_1", "fc6", "fc8")}
    sizes["the convolutions of block 5"] = block5
    return max(sizes, key=sizes.get)


_SIZE = look("4.4", "OutputSizeCalculator", input_size=8, kernel_size=3, stride=1, padding=0)
_COUNT = look("5.3")

CHOICES = {
    "mcq01": Choice(
        ("27×27", "30×30", "32×32", "28×28"),
        _square(shapes.output_size(32, 5)),
        {
            "27×27": f"this counts the steps; the filter also stands at its start. {_SIZE}",
            "30×30": f"this would be right for a smaller filter. {_SIZE}",
            "32×32": f"this would need padding. {_SIZE}",
        },
    ),
    "mcq02": Choice(
        ("73,792", "36,928", "73,728", "73,856"),
        f"{shapes.conv2d_parameters(128, 64, 3):,}",
        {
            "36,928": f"this would be right for an input with fewer channels. {_COUNT}",
            "73,728": "this counts weights only: is there something else that every filter has? "
            f"{_COUNT}",
            "73,856": f"are channels and filters exchanged? Biases go with the filters. {_COUNT}",
        },
    ),
    "mcq03": Choice(
        ("convolution", "average pooling", "ReLU", "flatten"),
        "ReLU",
        {
            "convolution": "scale the input by 2: what happens to the output (without bias)? "
            f"{look('4.6')}",
            "average pooling": f"is a mean a weighted sum? {look('4.5')}",
            "flatten": f"what does it do to the numbers themselves? {look('4.6')}",
        },
    ),
    "mcq04": Choice(
        ("11×11 filters", "parallel branches", "dropout", "skip connections"),
        "skip connections",
        {
            "11×11 filters": f"that was AlexNet's first layer. {look('3.5')}",
            "parallel branches": f"that was Inception's idea. {look('3.5')}",
            "dropout": f"that was there before. {look('4.9')}",
        },
    ),
    "mcq05": Choice(
        (
            "the new classifier head",
            "the early convolution layers",
            "only the last convolution block",
            "nothing",
        ),
        "the early convolution layers",
        {
            "the new classifier head": f"it knows nothing yet, so it has to learn. {look('4.10')}",
            "only the last convolution block": "is that block more general, or less, than what "
            f"comes before it? {look('4.10')}",
            "nothing": f"what do few pictures do to millions of free weights? {look('4.10')}",
        },
    ),
    "mcq06": Choice(
        (
            "flatten and large dense layers",
            "the convolutions",
            "the activations",
            "batch normalisation",
        ),
        "flatten and large dense layers",
        {
            "the convolutions": f"it averages *their* maps. {look('4.5')}",
            "the activations": f"a mean is linear: can it stand in for ReLU? {look('4.5')}",
            "batch normalisation": f"does it normalise anything? {look('4.5')}",
        },
    ),
    "mcq07": Choice(
        (
            "blurs the picture",
            "halves height and width",
            "enlarges the receptive field",
            "mixes the channels at each pixel and can reduce their number",
        ),
        "mixes the channels at each pixel and can reduce their number",
        {
            "blurs the picture": f"blurring needs neighbours. {look('4.7')}",
            "halves height and width": f"put F = 1 and S = 1 into the size formula. {look('4.7')}",
            "enlarges the receptive field": f"how many pixels does it look at? {look('4.7')}",
        },
    ),
    "mcq08": Choice(
        ("the input", "the first convolution", "the last convolution", "the softmax"),
        "the last convolution",
        {
            "the input": f"that gives a saliency map, which is another method. {look('4.12')}",
            "the first convolution": f"what does that layer know of objects? {look('4.12')}",
            "the softmax": f"does it still know *where* anything is? {look('4.12')}",
        },
    ),
    "mcq09": Choice(
        ("token masking", "random crop", "horizontal flip", "colour jitter"),
        "token masking",
        {
            "random crop": "another part of a picture is a new picture with the same label. "
            f"{look('4.11', 'AugmentationLab')}",
            "horizontal flip": "a cat that looks the other way is a new picture of a cat. "
            f"{look('4.11', 'AugmentationLab')}",
            "colour jitter": "the same thing in another light is a new picture of it. "
            f"{look('4.11', 'AugmentationLab')}",
        },
    ),
    "mcq10": Choice(
        ("conv1_1", "fc6", "the convolutions of block 5", "fc8"),
        _largest_of_vgg16(),
        {
            "conv1_1": f"it reads three channels only. {_COUNT}",
            "the convolutions of block 5": "convolutions share their weights over all positions. "
            f"{_COUNT}",
            "fc8": f"compare what the dense layers read. {_COUNT}",
        },
    ),
}


def _chosen(value, name: str, choice: Choice) -> str:
    """Read a letter, or an option's text."""
    letters = "abcd"
    try:
        return choice.options[letters.index(forms.letter(value, name, letters))]
    except forms.WrongForm:
        try:
            return forms.word(value, name, choice.options)
        except forms.WrongForm:
            raise forms.WrongForm(f"`{name}`: expected one of the letters a, b, c, d.") from None


def _check(student, name: str):
    sheet = Sheet(1)
    choice = CHOICES[name]
    with sheet.part():
        found = _chosen(given(student, name), name, choice)
        if found == choice.right:
            sheet.earn(1)
        else:
            sheet.say(f"`{name}`: {choice.why[found]}")
    return sheet.verdict()


def _mcq(name: str, objectives: tuple[int, ...], bloom: str):
    return question(name, points=1, objectives=objectives, bloom=bloom)(
        lambda student: _check(student, name)
    )


mcq01 = _mcq("mcq01", (2,), "apply")
mcq02 = _mcq("mcq02", (2,), "apply")
mcq03 = _mcq("mcq03", (5,), "remember")
mcq04 = _mcq("mcq04", (6, 7), "remember")
mcq05 = _mcq("mcq05", (9,), "understand")
mcq06 = _mcq("mcq06", (4,), "remember")
mcq07 = _mcq("mcq07", (12,), "understand")
mcq08 = _mcq("mcq08", (11,), "remember")
mcq09 = _mcq("mcq09", (10,), "remember")
mcq10 = _mcq("mcq10", (2, 6), "analyse")
