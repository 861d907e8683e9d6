"""Exercise 11: what makes new images, what keeps the label, and two of them as code."""

from collections.abc import Sequence

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Attempt,
    Case,
    Custom,
    Function,
    Mistake,
    Part,
    Table,
    given,
    question,
    share_of_judgements,
)
from questions.pages import section_link

_AUGMENT = section_link("4.11", "AugmentationLab")


# --- exercise 11 ---------------------------------------------------------------------------------

_AUGMENTATIONS = (
    "horizontal flip",
    "rotation",
    "random crop",
    "zoom",
    "translation",
    "brightness",
    "contrast",
    "saturation",
    "hue",
    "gaussian noise",
    "blur",
    "random erasing",
    "mixup",
    "cutmix",
)
_NOT_AUGMENTATION = {
    "token masking": "hides words of a text, as in the training of BERT",
    "batch normalisation": "is a layer: it doesn't make new pictures",
    "max pooling": "is a layer: it doesn't make new pictures",
    "early stopping": "ends the training: it doesn't make new pictures",
    "weight decay": "acts on the weights, not on the pictures",
    "learning rate decay": "acts on the optimiser, not on the pictures",
    "momentum": "acts on the optimiser, not on the pictures",
    "gradient clipping": "acts on the gradients, not on the pictures",
    "softmax": "is a layer: it doesn't make new pictures",
    "global average pooling": "is a layer: it doesn't make new pictures",
    "skip connections": "belong to the network, not to the pictures",
    "weight sharing": "belongs to the network, not to the pictures",
    "beam search": "writes text; it doesn't make new pictures",
    "stemming": "cuts the ends off words; pictures have none here",
}
_SPELLINGS = {"batch normalization": "batch normalisation"}


@question("ex11", objectives=(10,), bloom="remember")
def ex11() -> Sequence[Part]:
    """Five techniques that make new pictures."""
    return [Custom(points=2.5, judge=_named_techniques, slugs=("not-augmentation",))]


def _named_techniques(attempt: Attempt) -> None:
    """Five techniques: one slip costs half the points, two cost all; a double counts once."""
    sheet, name = attempt.sheet, "ex11_techniques"
    value = given(attempt.student, name)
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple | frozenset):
        raise forms.WrongForm(f"`{name}`: expected a list of five names.")
    if len(value) > 5:
        raise forms.WrongForm(f"`{name}`: expected five names, but there are {len(value)}.")
    found = []
    for entry in value:
        with sheet.part():
            found.append(_technique(entry, name))
    right = {technique for technique in found if technique in _AUGMENTATIONS}
    sheet.earn(2.5 * share_of_judgements(5 - len(right)))
    for technique in dict.fromkeys(found):
        if technique not in _AUGMENTATIONS:
            sheet.say(
                f"`{name}`: {technique} {_NOT_AUGMENTATION[technique]}. {_AUGMENT}",
                "not-augmentation",
            )
    if len(set(found)) < len(found):
        sheet.say(f"`{name}`: the five must differ; a double counts once.")
    if len(value) < 5:
        sheet.say(f"`{name}`: there are only {len(value)} names so far.")


def _technique(entry, name):
    known = (*_AUGMENTATIONS, *_NOT_AUGMENTATION, *_SPELLINGS)
    try:
        found = forms.word(entry, name, known)
    except forms.WrongForm:
        raise forms.WrongForm(
            f"`{name}`: {forms.shown(entry)} doesn't stand in the question's list."
        ) from None
    return _SPELLINGS.get(found, found)


_LABELS = {
    "a": (True, "is a cat that looks the other way still a cat?"),
    "b": (False, "where does the arrow point after mirroring?"),
    "c": (False, "turn the page upside down and read the digit again."),
    "d": (True, "does one pixel make another digit of it?"),
    "e": (False, "write the letter down and look at it in a mirror."),
    "f": (True, "does a little more light change the leaf?"),
}


@question("ex11-label", objectives=(10,), bloom="evaluate")
def ex11_label() -> Sequence[Part]:
    """Does the label survive?"""
    return [
        Table(
            name="ex11_label_kept",
            keys=_LABELS,
            read=forms.truth,
            points=3,
            idea="whether a person who sees only the changed image would still give it its label.",
            link=_AUGMENT,
            entries="answer",
            slug=lambda key: None if key else "flips-everything",
        )
    ]


@question("ex11-flip", objectives=(10,), bloom="apply")
def ex11_flip() -> Sequence[Part]:
    """Mirror a batch left–right."""
    rng = np.random.default_rng(11)
    cases = [
        Case((rng.normal(size=size),), "all")
        for size in [(2, 3, 4, 3), (3, 5, 2, 1), (1, 4, 7, 2), (4, 4, 4, 4), (2, 1, 6, 3)]
    ]
    cases.append(Case((rng.integers(0, 256, (2, 3, 5, 3)).astype(np.uint8),), "all"))
    return [
        Function(
            name="ex11_flip",
            cases=cases,
            reference=lambda x: x[:, :, ::-1],
            groups={"all": 1},
            mistakes=[
                Mistake(
                    "vertical-flip",
                    lambda x: x[:, ::-1],
                    "the pictures stand on their heads: which axis runs from left to right?",
                ),
                Mistake(
                    "flips-channels",
                    lambda x: x[..., ::-1],
                    "the colours are exchanged: which axis runs from left to right?",
                ),
                Mistake("flips-batch", lambda x: x[::-1], "the order of the pictures is reversed."),
                Mistake(
                    "rotates",
                    lambda x: x[:, ::-1, ::-1],
                    "this turns the pictures by 180°; mirroring reverses one axis.",
                ),
                Mistake("transposes", lambda x: x.swapaxes(1, 2), "this mirrors at the diagonal."),
                Mistake("nothing-moved", lambda x: x, "nothing has moved."),
            ],
            otherwise=f"take a picture of 1×3 pixels; write down where each one goes. {_AUGMENT}",
        ),
    ]


def translate(image, down, right):
    """Move a picture; what comes in is zero."""
    out = np.zeros_like(image)
    height, width = image.shape[:2]
    if abs(down) < height and abs(right) < width:
        rows = slice(max(down, 0), height + min(down, 0))
        columns = slice(max(right, 0), width + min(right, 0))
        from_rows = slice(max(-down, 0), height + min(-down, 0))
        from_columns = slice(max(-right, 0), width + min(-right, 0))
        out[rows, columns] = image[from_rows, from_columns]
    return out


def _translate_cases():
    rng = np.random.default_rng(12)
    image, grey = rng.normal(size=(5, 7, 3)), rng.normal(size=(6, 4, 1))
    photo = rng.integers(1, 256, (4, 5, 3)).astype(np.uint8)
    return [
        Case((image, 1, 2), "down and right"),
        Case((grey, 2, 1), "down and right"),
        Case((photo, 3, 1), "down and right"),
        Case((image, -1, -3), "any sign"),
        Case((grey, -2, 1), "any sign"),
        Case((image, 2, -1), "any sign"),
        Case((photo, -1, 2), "any sign"),
        Case((image, 0, 0), "edge"),
        Case((image, 0, 3), "edge"),
        Case((grey, -4, 0), "edge"),
        Case((image, 5, 0), "edge"),
        Case((image, 0, -7), "edge"),
        Case((photo, 9, -9), "edge"),
        Case((grey, 20, 1), "edge"),
    ]


@question("ex11-translate", objectives=(10,), bloom="apply")
def ex11_translate() -> Sequence[Part]:
    """Move a picture without letting it come back on the other side."""
    cases = _translate_cases()
    return [
        Function(
            name="ex11_translate",
            cases=cases,
            reference=translate,
            keeps_kind=True,
            groups={"down and right": 1, "any sign": 1, "edge": 1},
            mistakes=[
                Mistake(
                    "wraps-around",
                    lambda x, down, right: np.roll(x, (down, right), (0, 1)),
                    "what leaves the picture comes back on the other side; it should be lost.",
                ),
                Mistake(
                    "axes-exchanged",
                    lambda x, down, right: translate(x, right, down),
                    "down and right are exchanged: the first axis counts rows.",
                ),
                Mistake(
                    "other-direction",
                    lambda x, down, right: translate(x, -down, -right),
                    "the picture moves the other way.",
                ),
                Mistake(
                    "positive-only",
                    lambda x, down, right: translate(x, max(down, 0), max(right, 0)),
                    "negative numbers move up and left.",
                ),
                Mistake(
                    "positive-only",
                    lambda x, down, right: translate(x, abs(down), abs(right)),
                    "negative numbers move up and left.",
                ),
                Mistake("nothing-moved", lambda x, down, right: x, "nothing has moved."),
            ],
            otherwise="draw a picture of 2×3 pixels and move it: first down, then left, then so "
            f"far that it is gone. {_AUGMENT}",
        )
    ]
