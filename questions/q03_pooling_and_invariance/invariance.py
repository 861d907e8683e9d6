"""Exercise 24 and the shuffle test: what moves with the image, and what stays."""

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
    Statements,
    deduct_damage,
    deduct_memory,
    explain,
    question,
    shapes_of,
    try_cases,
)
from questions.pages import section_link

_MOVE = section_link(
    "4.5",
    "PoolingLab",
    numbers=[[2, 1, 0, 3], [4, 1, 5, 2], [0, 6, 1, 1], [2, 2, 3, 0]],
    shift_right=1,
)


# --- exercise 24 ---------------------------------------------------------------------------------


@question("ex24", objectives=(1, 4), bloom="understand")
def ex24() -> Sequence[Part]:
    """Equivariance and invariance told apart."""
    return [
        Statements(
            name="ex24_true",
            true="adf",
            points=3,
            idea=f"what moves along, what stays the same, and when that is exact. {_MOVE}",
            why={
                "a": "the same filter looks everywhere: what happens to its response when the "
                f"object moves? {_MOVE}",
                "b": "a map says *where* something is. Can it stay as it was when that moves? "
                f"{_MOVE}",
                "c": "move a picture by one pixel and look at the pooled map: some windows now "
                f"hold other numbers. {_MOVE}",
                "d": "at stride 1 the same numbers stand in other places. Does a mean over the "
                f"whole map know where? {_MOVE}",
                "e": "with stride 2, windows start at every second pixel. Where is a window that "
                f"starts one pixel further on? {section_link('4.4')}",
                "f": f"what do shifted pictures with the same label teach? {section_link('4.11')}",
            },
            slugs={
                "b": "equivariance-is-invariance",
                "c": "pooling-is-exactly-invariant",
                "e": "stride-keeps-equivariance",
            },
        )
    ]


def same_map(image, kernel):
    """The notebook's helper: a stride-1 map with zero padding, as large as the image."""
    rows, columns = kernel.shape
    top, left = rows // 2, columns // 2
    padded = np.pad(image, ((top, rows - 1 - top), (left, columns - 1 - left)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def measure(image, kernel, shift):
    """Move, and compare: the map, the moved map, the mean."""
    before, after = same_map(image, kernel), same_map(np.roll(image, shift, axis=1), kernel)
    return (
        np.abs(after - before).mean(),
        np.abs(after - np.roll(before, shift, axis=1)).mean(),
        abs(after.mean() - before.mean()),
    )


@question("ex24-measure", objectives=(1, 4), bloom="analyse")
def ex24_measure() -> Sequence[Part]:
    """The shift test as an experiment."""
    slugs = tuple(slip.slug for slip in _MEASURE_MISTAKES)
    return [Custom(points=3, judge=_measured, slugs=slugs)]


def _measured(attempt: Attempt) -> None:
    """Mark the three numbers one by one: each counts when it is right for every case."""
    sheet, student, name = attempt.sheet, attempt.student, "ex24_measure"
    rng = np.random.default_rng(24)
    cases = [
        Case((rng.normal(size=size), rng.normal(size=kernel), shift))
        for size, kernel, shift in [
            ((8, 10), (3, 3), 2),
            ((6, 9), (5, 5), 3),
            ((7, 7), (3, 3), 1),
            ((12, 5), (3, 3), 4),
            ((9, 8), (3, 3), -2),
        ]
    ]

    def read(value, name):
        return forms.array(value, name, (3,))

    outcome = try_cases(student, name, cases, read)
    if outcome.errors:
        failed = cases[outcome.first_failure]
        sheet.say(f"{outcome.errors[0]}{shapes_of(failed)}")
        return
    answers = outcome.answers
    keys = [np.array(measure(*case.args)) for case in cases]
    right = np.all([np.isclose(a, k, 1e-4, 1e-6) for a, k in zip(answers, keys, strict=True)], 0)
    sheet.earn(float(right.sum()))
    for position, ok in enumerate(right):
        if not ok:
            _explain_measure(sheet, name, position, cases, answers)
    if right.all():
        deduct_damage(sheet, name, outcome.damaged)
        again = try_cases(student, name, cases[:1], read).answers[0]
        deduct_memory(sheet, name, again is not None and np.allclose(again, keys[0], 1e-4, 1e-6))


def _measured_otherwise(image, kernel, shift, axis=1, mean=np.mean, back=False, moved=True):
    before = same_map(image, kernel)
    after = same_map(np.roll(image, shift, axis=axis), kernel)
    rolled = np.roll(before, -shift if back else shift, axis=axis)
    if not moved:
        after = before
    return (
        mean(np.abs(after - before)),
        mean(np.abs(after - rolled)),
        abs(after.mean() - before.mean()),
    )


#: Other measurements than the one that is asked for; each may be made in any of the three numbers.
_MEASURE_MISTAKES = [
    Mistake(
        "wrong-axis", {"axis": 0}, "the picture moves down, not to the right: which axis is it?"
    ),
    Mistake("max-for-mean", {"mean": np.max}, "this is the largest difference, not the mean one."),
    Mistake("sum-for-mean", {"mean": np.sum}, "this is the sum of the differences, not the mean."),
    Mistake(
        "rolls-back", {"back": True}, "the image's map is rolled the other way than the image."
    ),
    Mistake("image-never-moved", {"moved": False}, "this compares maps of the same image."),
]


def _explain_measure(sheet, name, position, cases, answers):
    found = [answer[position] for answer in answers]

    def matches(mistake):
        wrong = [_measured_otherwise(*case.args, **mistake.value)[position] for case in cases]
        return np.allclose(found, wrong, 1e-4, 1e-6)

    where = f"`{name}`, number {position + 1}"
    if not explain(sheet, where, _MEASURE_MISTAKES, matches):
        sheet.say(
            f"{where}: this isn't what the question describes. Take its sentence apart and write "
            f"one line of code for each half. {_MOVE}"
        )


# --- the shuffle test ----------------------------------------------------------------------------


def shuffle_pixels(images, permutation):
    """Put the pixels of every picture into one other order."""
    return images.reshape(len(images), -1)[:, permutation].reshape(images.shape)


def _inverse(permutation):
    return np.argsort(permutation)


@question("added-shuffle", objectives=(1,), bloom="evaluate")
def added_shuffle() -> Sequence[Part]:
    """Who minds when the pixels of all pictures are put into another order?"""
    rng = np.random.default_rng(1)
    return [
        _shuffled(rng),
        _rearranged(rng),
        Statements(
            name="added_shuffle_true",
            true="bc",
            points=1,
            idea=f"what a network assumes about which pixels are neighbours. {section_link('10')}",
            why={
                "a": "is anything lost that the inverse permutation could not bring back? "
                f"{section_link('10')}",
                "b": "you have just written down the weights that prove it or disprove it. "
                f"{section_link('10')}",
                "c": f"what does a 3×3 window hold after shuffling? {section_link('10')}",
                "d": f"what does one shared filter assume about positions? {section_link('4.2')}",
            },
            slugs={"a": "shuffling-loses-information"},
        ),
    ]


def _shuffled(rng: np.random.Generator) -> Function:
    cases = []
    for shape in [(3, 4, 5), (1, 2, 3), (4, 6, 2), (2, 5, 5)]:
        permutation = rng.permutation(shape[1] * shape[2])
        cases.append(Case((rng.normal(size=shape), permutation), "all"))
    cases.append(
        Case((rng.integers(0, 256, (2, 3, 4)).astype(np.uint8), rng.permutation(12)), "all")
    )
    return Function(
        name="added_shuffle_pixels",
        cases=cases,
        reference=shuffle_pixels,
        groups={"all": 2},
        mistakes=[
            Mistake(
                "inverse-permutation",
                lambda x, p: shuffle_pixels(x, _inverse(p)),
                "this is the way back: the new picture at place i holds the old pixel "
                "`permutation[i]`.",
            ),
            Mistake(
                "keeps-flat",
                lambda x, p: x.reshape(len(x), -1)[:, p],
                "the pixels are right, but the pictures have lost their shape.",
            ),
            Mistake("nothing-moved", lambda x, p: x, "nothing has moved."),
            Mistake(
                "mixes-pictures",
                lambda x, p: x.reshape(-1)[np.concatenate([p] * len(x))].reshape(x.shape),
                "the pixels of the first picture end up in every one.",
            ),
        ],
        otherwise="flatten each picture, take its pixels in the order of `permutation`, and "
        "give the picture its shape back.",
    )


def _rearranged(rng: np.random.Generator) -> Function:
    cases = [
        Case((rng.normal(size=(pixels, units)), rng.permutation(pixels)), "all")
        for pixels, units in [(12, 3), (20, 5), (6, 6), (9, 1)]
    ]
    cases.append(Case((rng.integers(-5, 6, (10, 4)), rng.permutation(10)), "all"))
    return Function(
        name="added_shuffle_weights",
        cases=cases,
        reference=lambda weights, permutation: np.asarray(weights)[permutation],
        groups={"all": 2},
        mistakes=[
            Mistake(
                "inverse-permutation",
                lambda w, p: w[_inverse(p)],
                "this is the other direction: the pixel that now stands at place i came from "
                "`permutation[i]`, and its weight must come along.",
            ),
            Mistake(
                "nothing-moved",
                lambda w, p: w,
                "the weights are as they were: which pixel does each row now meet?",
            ),
            Mistake(
                "transposed",
                lambda w, p: w[p].T,
                "the rows are right, but the array is turned on its side.",
            ),
        ],
        otherwise="each row of `weights` belongs to one pixel and has to follow it to its new "
        "place. Try it with three pixels.",
    )
