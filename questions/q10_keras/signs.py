"""A network trained on generated signs, and what it brings to signs that it has never seen."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from autograder.handin import forms
from autograder.marking import Attempt, Custom, Mistake, Number, Part, Sheet, given, question
from convbook.data import signs
from questions.networks import Rebuilt, accuracy, read_network
from questions.pages import section_link
from questions.trying import convolves

TRAIN, TRANSFER = section_link("11.1"), section_link("11.2")
SHAPE, KNOWN, NEW = (3, 32, 32), 8, 4
#: A network at or above it earns half: its text would hardly go into a notebook.
LIMIT = 20_000

#: (floor, full) of the accuracy on signs of another seed. A linear model (200 principal components,
#: logistic regression, the same 3,200 images) is right on LINEAR_KNOWN of the known ones; with ten
#: images a class it is right on LINEAR_NEW of the new ones, and the stated network from scratch on
#: 0.26. The solution's networks are right on 0.90 and 0.68.
LINEAR_KNOWN, LINEAR_NEW = 0.71, 0.53
TRAINED, MOVED = (0.78, 0.87), (0.58, 0.64)

_SEED = (0x5EED, 10)
_EACH = 60

SIGNS = ("signs_layers", "signs_weights")
NEW_SIGNS = ("new_signs_layers", "new_signs_weights")


@cache
def unseen(new: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return signs (N, 3, 32, 32), 0…1, of the known or the new classes, and their labels."""
    first, last = (KNOWN, KNOWN + NEW) if new else (0, KNOWN)
    labels = np.repeat(np.arange(first, last), _EACH)
    images = signs.generate(labels, np.random.default_rng((*_SEED, int(new))), SHAPE[1])
    return images.transpose(0, 3, 1, 2).astype(np.float32) / 255, labels - first


def _read(attempt: Attempt, names: tuple[str, str], outputs: int) -> Rebuilt:
    layers, weights = (given(attempt.student, name) for name in names)
    return read_network(layers, weights, names, SHAPE, outputs)


def _share(reached: float, bounds: tuple[float, float]) -> float:
    floor, full = bounds
    return min(max((reached - floor) / (full - floor), 0), 1)


def _say_accuracy(sheet: Sheet, name: str, reached: float, bounds, classes: int, link: str) -> None:
    floor, full = bounds
    begin = f"`{name}`: right on {reached:.1%} of signs that it has never seen."
    if reached < 1.5 / classes:
        sheet.say(
            f"{begin} That is guessing: are the pixels divided by 255 and the classes in the order "
            f"of the data? {link}",
            "untrained-or-other-order",
        )
    elif reached < floor:
        sheet.say(f"{begin} A linear model comes that far. {link}", "linear-at-best")
    elif reached < full:
        sheet.say(f"{begin} Full points start at {full:.0%}. {link}", "low-accuracy")


def _judge_trained(attempt: Attempt) -> None:
    sheet = attempt.sheet
    network = _read(attempt, SIGNS, KNOWN)
    images, labels = unseen(new=False)
    reached = accuracy(network, images, labels)
    share = _share(reached, TRAINED)
    if not network.sliding or (share and not convolves(network, images, labels, reached)):
        share = 0
        sheet.say(
            f"`{SIGNS[0]}`: this has no convolution whose kernels look at neighbours and need "
            f"them. {TRAIN}",
            "no-convolution",
        )
    if network.parameters >= LIMIT:
        share /= 2
        sheet.say(
            f"`{SIGNS[0]}`: this has {network.parameters:,} parameters; fewer than {LIMIT:,} are "
            f"allowed. Which layer holds most of them? {TRAIN}",
            "too-many-parameters",
        )
    sheet.earn(5 * share)
    _say_accuracy(sheet, SIGNS[1], reached, TRAINED, KNOWN, TRAIN)


@question("keras-train", objectives=(13,), bloom="create")
def keras_train() -> Sequence[Part]:
    """Train on eight signs, above what a linear model reaches."""
    return [
        Custom(
            points=5,
            judge=_judge_trained,
            slugs=(
                "no-convolution",
                "too-many-parameters",
                "untrained-or-other-order",
                "linear-at-best",
                "low-accuracy",
            ),
        )
    ]


#: What 16-bit numbers, in which the networks travel, may differ by.
_ROUNDING = 2e-3


def _changed(before: list[np.ndarray], after: list[np.ndarray]) -> list[int]:
    """The places of the arrays that training has changed."""
    return [
        place
        for place, (old, new) in enumerate(zip(before, after, strict=True))
        if not np.allclose(old, new, rtol=_ROUNDING, atol=_ROUNDING)
    ]


def _judge_base(attempt: Attempt, old: Rebuilt, new: Rebuilt) -> float:
    """Say what became of the base; return what it still earns of its two points."""
    sheet, name = attempt.sheet, NEW_SIGNS[1]
    before, after = [
        [(kind, arrays) for kind, arrays in zip(net.kinds, net.arrays, strict=True) if arrays][:-1]
        for net in (old, new)
    ]
    shapes = [[(kind, [np.shape(a) for a in arrays]) for kind, arrays in net]
              for net in (before, after)]  # fmt: skip
    if shapes[0] != shapes[1]:
        sheet.say(
            f"`{name}`: apart from its last layer this is another network than `{SIGNS[1]}`; the "
            f"question asks for that one's base under a new head. {TRANSFER}",
            "other-base",
        )
        return 0
    kernels = statistics = learned = False
    for (kind, earlier), (_, later) in zip(before, after, strict=True):
        changed = _changed(earlier, later)
        if kind == "batch_norm":
            learned = learned or bool({0, 1} & {*changed})
            statistics = statistics or bool({2, 3} & {*changed})
        else:
            kernels = kernels or bool(changed)
    if kernels or learned:
        sheet.say(
            f"`{name}`: kernels or scales of the base have changed, so it was not frozen while the "
            f"head was trained. {TRANSFER}",
            "base-not-frozen",
        )
    if statistics and not (kernels or learned):
        sheet.say(
            f"`{name}`: the base's kernels have stayed, but its moving statistics have moved: they "
            "follow every batch that the layer sees in training mode. How do you call a base so "
            f"that it stays in inference? {TRANSFER}",
            "statistics-moved",
        )
    return (0 if kernels or learned else 1) + (0 if statistics else 1)


def _judge_transfer(attempt: Attempt) -> None:
    sheet = attempt.sheet
    old, new = _read(attempt, SIGNS, KNOWN), _read(attempt, NEW_SIGNS, NEW)
    if "dense" not in new.kinds:
        raise forms.WrongForm(f"`{NEW_SIGNS[0]}`: it has no dense layer as its head.")
    reached = accuracy(new, *unseen(new=True))
    share = _share(reached, MOVED)
    kept = _judge_base(attempt, old, new)
    if share:
        sheet.earn(kept + 2 * share)
    _say_accuracy(sheet, NEW_SIGNS[1], reached, MOVED, NEW, TRANSFER)


@question("keras-transfer", objectives=(9,), bloom="apply")
def keras_transfer() -> Sequence[Part]:
    """A new head on the frozen base, for four signs with ten images each."""
    features, base = 32, 432 + 64 + 3456 + 96 + 6912 + 128
    head = features * NEW + NEW
    return [
        Custom(
            points=4,
            judge=_judge_transfer,
            slugs=(
                "other-base",
                "base-not-frozen",
                "statistics-moved",
                "untrained-or-other-order",
                "linear-at-best",
                "low-accuracy",
            ),
        ),
        Number(
            name="new_signs_trainable",
            key=head,
            mistakes=[
                Mistake("nothing-frozen", base + head - 144,
                        "this counts the base, too; what does the optimiser still change once it "
                        f"is frozen? {TRANSFER}"),
                Mistake("nothing-frozen", base + head,
                        "this counts the whole network; what does the optimiser still change once "
                        f"the base is frozen? {TRANSFER}"),
                Mistake("forgot-bias", features * NEW,
                        "has the head no biases?"),
                Mistake("old-head", features * KNOWN + KNOWN,
                        "this is the head for the known signs; how many new ones are there?"),
                Mistake("batch-norm-trained", head + 144,
                        "this counts the batch normalisations' scales and offsets; they are part "
                        f"of the frozen base. {TRANSFER}"),
                Mistake("tensors-for-numbers", 2,
                        "this is the number of arrays; count the numbers in them."),
            ],
            otherwise=f"one weight a feature and class, one bias a class. {TRANSFER}",
        ),
    ]  # fmt: skip
