"""Exercises 6 and 14: pooling on paper and as a class."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Array,
    Attempt,
    Diagnosis,
    Method,
    Mistake,
    Part,
    Table,
    Trial,
    agree,
    question,
    returned,
)
from convbook import shapes
from questions.pages import section_link

FEATURE_MAP = np.array([[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 1]])

_POOL = section_link(
    "4.5", "PoolingLab", numbers=[[2, 1, 0, 3], [4, 1, 5, 2], [0, 6, 1, 1], [2, 2, 3, 0]]
)


def pool(x, size=2, stride=None, reduce=np.mean):
    """Pool the last two axes of an array, by definition."""
    stride = stride or size
    x = np.asarray(x, dtype=np.float64)
    rows = shapes.pool_output_size(x.shape[-2], size, stride)
    columns = shapes.pool_output_size(x.shape[-1], size, stride)
    out = np.empty((*x.shape[:-2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[..., i * stride : i * stride + size, j * stride : j * stride + size]
            out[..., i, j] = reduce(window, axis=(-2, -1))
    return out


# --- exercise 6 ----------------------------------------------------------------------------------


@question("ex06", objectives=(4,), bloom="apply")
def ex06() -> Sequence[Part]:
    """Max and average pooling on paper."""
    top, mean = pool(FEATURE_MAP, reduce=np.max), pool(FEATURE_MAP)
    windows = partial(
        Array,
        link=_POOL,
        otherwise="the four windows don't overlap: each holds four numbers of the map. Look at "
        "each of them again.",
    )
    return [
        windows(
            name="ex06_max",
            key=top,
            mistakes=[
                Mistake("average-for-max", mean, "this is the mean of each window."),
                Mistake(
                    "max-for-min", pool(FEATURE_MAP, reduce=np.min), "this is the smallest number."
                ),
            ],
        ),
        windows(
            name="ex06_average",
            key=mean,
            mistakes=[
                Mistake("max-for-average", top, "this is the largest number of each window."),
                Mistake(
                    "sum-for-mean",
                    pool(FEATURE_MAP, reduce=np.sum),
                    "this is the sum of each window: by what is it divided?",
                ),
                Mistake(
                    "whole-number-division", mean // 1, "the fractions are cut off: keep them."
                ),
                Mistake(
                    "median-for-mean", pool(FEATURE_MAP, reduce=np.median), "this is the median."
                ),
            ],
        ),
    ]


_COMPARE = {
    "a": (
        "max",
        "which input of a window decides its largest number? Only that one can get a gradient.",
    ),
    "b": ("average", "the mean depends on every input of the window by the same amount."),
    "c": ("both", "is there anything to learn in a maximum, or in a mean?"),
    "d": ("average", "ResNet ends with global pooling: by its name, of which kind?"),
    "e": ("max", "what does the mean make of one large number among small ones?"),
    "f": ("average", "of several noisy values, one kind picks the one that the noise raised most."),
}


@question("ex06-compare", objectives=(4,), bloom="understand")
def ex06_compare() -> Sequence[Part]:
    """Which kind of pooling is meant."""
    read = partial(forms.word, choices=("max", "average", "both"))
    return [
        Table(
            name="ex06_compare",
            keys=_COMPARE,
            read=read,
            points=3,
            idea="which inputs of a window an output depends on, and by how much.",
            link=_POOL,
        )
    ]


# --- exercise 14 ---------------------------------------------------------------------------------


def _pool_cases():
    """Settings and inputs, by what they try."""
    rng = np.random.default_rng(14)
    normal = rng.normal
    cases = {
        "example": [
            ((2, 2), FEATURE_MAP[None, None].astype(float)),
            ((2,), normal(size=(2, 3, 8, 8))),
        ],
        "sizes": [
            ((2,), normal(size=(1, 2, 7, 7))),
            ((2,), normal(size=(2, 1, 6, 10))),
            ((2,), normal(size=(2, 2, 9, 4))),
            ((3,), normal(size=(1, 2, 7, 11))),
            ((1,), normal(size=(2, 3, 4, 5))),
            ((5,), normal(size=(2, 2, 5, 5))),
            ((), normal(size=(1, 1, 5, 6))),
        ],
        "stride": [
            ((3, 2), normal(size=(2, 2, 9, 7))),
            ((2, 1), normal(size=(1, 3, 5, 6))),
            ((2, 3), normal(size=(2, 2, 8, 11))),
            ((3, 1), normal(size=(1, 1, 3, 8))),
        ],
        "care": [
            ((2,), rng.integers(0, 256, (2, 2, 6, 6))),
            ((2,), rng.integers(-9, 10, (1, 2, 5, 4))),
            ((2, 2), (normal(size=(2, 2, 4, 6)) * 100).astype(np.float32)),
        ],
    }
    return [(group, *case) for group, several in cases.items() for case in several]


def _whole_number_division(cut) -> Mistake:
    """A layer that gives whole numbers for whole numbers; `cut` is how it loses the fractions."""
    return Mistake(
        "whole-number-division",
        lambda x, size=2, stride=None: (
            cut(pool(x, size, stride))
            if np.issubdtype(np.asarray(x).dtype, np.integer)
            else pool(x, size, stride)
        ),
        "for an input of whole numbers the fractions are cut off: of what type is the result?",
    )


#: Faulty versions of the layer, and what to say to their authors.
_POOL_MISTAKES = [
    Mistake(
        "max-for-average",
        lambda x, size=2, stride=None: pool(x, size, stride, np.max),
        "this takes the largest number of each window, not the mean.",
    ),
    Mistake(
        "sum-for-mean",
        lambda x, size=2, stride=None: pool(x, size, stride, np.sum),
        "this is the sum of each window; by what is it divided?",
    ),
    Mistake(
        "ignores-stride",
        lambda x, size=2, stride=None: pool(x, size, size),
        "the windows always lie side by side: does the code use `stride`?",
    ),
    Mistake(
        "stride-always-two",
        lambda x, size=2, stride=None: pool(x, size, 2),
        "the windows always start two pixels apart. What does `stride=None` stand for?",
    ),
    Mistake(
        "stride-none-is-one",
        lambda x, size=2, stride=None: pool(x, size, stride or 1),
        "what does `stride=None` stand for?",
    ),
    Mistake(
        "averages-over-batch",
        lambda x, size=2, stride=None: np.broadcast_to(
            pool(x, size, stride).mean(0), pool(x, size, stride).shape
        ),
        "the pictures of a batch are mixed: average over the window's two axes only.",
    ),
    Mistake(
        "averages-over-channels",
        lambda x, size=2, stride=None: np.broadcast_to(
            pool(x, size, stride).mean(1, keepdims=True), pool(x, size, stride).shape
        ),
        "the channels are mixed: average over the window's two axes only.",
    ),
    _whole_number_division(np.trunc),
    _whole_number_division(np.floor),
    Mistake(
        "divides-by-four",
        lambda x, size=2, stride=None: pool(x, size, stride, np.sum) / 4,
        "the divisor is that of a 2×2 window; what is it for another size?",
    ),
]


_KEYWORD_INPUT = np.random.default_rng(41).normal(size=(1, 2, 7, 6))

#: The two settings by the names that the question gives them.
_BY_KEYWORD = Trial(
    ((3, 2), _KEYWORD_INPUT),
    args=(_KEYWORD_INPUT,),
    settings={"pool_size": 3, "stride": 2},
    group="stride",
)


@question("ex14", objectives=(4, 13), bloom="create")
def ex14() -> Sequence[Part]:
    """Average pooling as a class."""
    return [
        Method(
            name="AvgPool2D",
            method="forward",
            trials=[
                Trial((setting, x), args=(x,), create=setting, group=group)
                for group, setting, x in _pool_cases()
            ]
            + [_BY_KEYWORD],
            reference=_on_trial(pool),
            groups={"example": 2, "sizes": 1.5, "stride": 1, "care": 0.5},
            about="`AvgPool2D`",
            link=_POOL,
            mistakes=[replace(slip, value=_on_trial(slip.value)) for slip in _POOL_MISTAKES],
            otherwise=_what_fails,
            behaves=_keeps_no_state,
            reward=1,
        )
    ]


def _on_trial(rule: Callable) -> Callable:
    """Let a rule (x, size, stride) work on a trial's setting and input."""
    return lambda subject: rule(subject[1], *subject[0])


def _what_fails(failed: list[Trial]) -> Diagnosis:
    groups = {trial.group for trial in failed}
    if "example" not in groups and "sizes" in groups:
        return Diagnosis(
            "not every size works: try maps that are not square, an odd side, and other window "
            "sizes. Count the windows that fit.",
            "square-or-even-only",
        )
    if groups == {"stride"}:
        return Diagnosis("windows that overlap, or leave gaps, come out wrong.")
    if groups == {"care"}:
        return Diagnosis("try an input of whole numbers, and one of 32-bit floats.", link=False)
    return Diagnosis("work the map of exercise 6 out and compare window by window.")


def _keeps_no_state(attempt: Attempt) -> bool:
    """Look at what only shows with time: a call after another one."""
    rng, student, name = np.random.default_rng(6), attempt.student, "AvgPool2D"
    first, second = rng.normal(size=(1, 2, 4, 6)), rng.normal(size=(2, 1, 6, 4))
    layer = student.create(name)
    layer.call("forward", first)
    calls = [layer.call("forward", second) for _ in range(2)]
    again = [returned(forms.array, result, f"{name}.forward") for result in calls]
    if not all(agree(result, pool(second), 1e-5, 1e-6) for result in again):
        message = f"`{name}`: a later call of `forward` remembers an earlier one."
        attempt.sheet.say(message, "keeps-state")
        return False
    return True
