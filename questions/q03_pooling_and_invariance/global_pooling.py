"""Exercise 17: pooling over the whole map, counted and as code."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import (
    Case,
    Function,
    Mistake,
    Number,
    Part,
    question,
)
from convbook import shapes
from questions.mistakes import COUNT, dense_without_bias
from questions.pages import section_link

FEATURE_MAP = np.array([[1, 3, 2, 4], [0, 2, 1, 3], [5, 1, 2, 6], [3, 0, 0, 1]])

_POOL = section_link(
    "4.5", "PoolingLab", numbers=[[2, 1, 0, 3], [4, 1, 5, 2], [0, 6, 1, 1], [2, 2, 3, 0]]
)


# --- exercise 17 ---------------------------------------------------------------------------------


@question("ex17", objectives=(4, 6), bloom="analyse")
def ex17() -> Sequence[Part]:
    """Global average pooling against flatten and dense."""
    channels, side, units = 512, 7, 4096
    inputs = channels * side * side
    flatten, last = shapes.dense_parameters(inputs, units), shapes.dense_parameters(1024, 1000)
    pooled = "the pooling makes one number of each whole map. "
    return [
        Number(
            name="ex17_gap_length",
            key=channels,
            points=0.5,
            mistakes=[
                Mistake("flatten-for-gap", inputs, f"this is every number of the maps. {_POOL}"),
                Mistake(
                    "averages-over-channels",
                    side * side,
                    f"this averages over the channels; {pooled}{_POOL}",
                ),
                Mistake("averages-over-everything", 1, f"not everything is averaged: {pooled}"),
            ],
            otherwise=f"{pooled}{_POOL}",
        ),
        Number(
            name="ex17_gap_parameters",
            key=0,
            points=0.5,
            needs=("ex17_gap_length",),
            mistakes=[
                Mistake(
                    "counts-outputs",
                    channels,
                    "these are its outputs. What does a mean have to learn?",
                ),
            ],
            otherwise="what does a mean have to learn?",
        ),
        Number(
            name="ex17_flatten_parameters",
            key=flatten,
            points=1.5,
            mistakes=[
                Mistake(
                    "forgot-bias",
                    inputs * units,
                    "this counts weights only: is there "
                    f"something else that every unit has? {COUNT}",
                ),
                Mistake(
                    "forgot-flatten",
                    shapes.dense_parameters(channels, units),
                    "the dense layer reads every number of the maps, not one a channel.",
                ),
                Mistake(
                    "forgot-flatten",
                    channels * units,
                    "the dense layer reads every number of the maps, not one a channel.",
                ),
                Mistake(
                    "bias-per-input",
                    inputs * (units + 1),
                    f"a bias belongs to a unit, not to an input. {COUNT}",
                ),
            ],
            otherwise=f"count the inputs first: all numbers of all maps. {COUNT}",
        ),
        Number(
            name="ex17_classifier_parameters",
            key=last,
            points=1.5,
            mistakes=[
                dense_without_bias(1024 * 1000),
                Mistake("bias-per-input", 1024 * 1001, f"a bias belongs to a unit. {COUNT}"),
                Mistake(
                    "gap-removes-everything",
                    0,
                    f"the pooling has no parameters, but a dense layer still follows it. {COUNT}",
                ),
            ],
            otherwise=f"each unit has a weight for every input, and a bias. {COUNT}",
        ),
    ]


def global_average(x):
    """Mean over height and width."""
    return np.asarray(x, dtype=np.float64).mean(axis=(2, 3))


@question("ex17-function", objectives=(4,), bloom="apply")
def ex17_function() -> Sequence[Part]:
    """Global average pooling as code."""
    rng = np.random.default_rng(17)
    cases = [
        Case((rng.normal(size=(2, 3, 4, 5)),), "shapes"),
        Case((rng.normal(size=(5, 2, 7, 3)),), "shapes"),
        Case((rng.normal(size=(1, 6, 1, 1)),), "shapes"),
        Case((rng.normal(size=(3, 1, 2, 9)),), "shapes"),
        Case((rng.normal(size=(3, 3, 3, 3)),), "values"),
        Case((rng.integers(0, 256, (2, 4, 3, 5)),), "values"),
        Case((rng.integers(-5, 5, (4, 2, 6, 3)),), "values"),
        Case((1000 + rng.normal(size=(2, 2, 31, 17)).astype(np.float32),), "values"),
    ]
    return [
        Function(
            name="ex17_global_average",
            cases=cases,
            reference=global_average,
            groups={"shapes": 1, "values": 1},
            rtol=1e-5,
            mistakes=[
                Mistake(
                    "max-for-average",
                    lambda x: x.max((2, 3)),
                    "this is the largest number of each map, not the mean.",
                ),
                Mistake(
                    "sum-for-mean",
                    lambda x: x.sum((2, 3), dtype=float),
                    "this is the sum of each map.",
                ),
                Mistake(
                    "averages-over-channels",
                    lambda x: x.mean((1, 2)),
                    "the wrong axes are "
                    f"averaged: which are height and width in (N, C, H, W)? {_POOL}",
                ),
                Mistake(
                    "channels-last",
                    lambda x: x.mean((0, 1)),
                    "the wrong axes are averaged: "
                    f"which are height and width in (N, C, H, W)? {_POOL}",
                ),
                Mistake(
                    "averages-over-everything",
                    lambda x: x.mean(),
                    "everything is averaged into one number; each map gives its own.",
                ),
                Mistake(
                    "keeps-axes",
                    lambda x: x.mean((2, 3), keepdims=True),
                    "the numbers are "
                    "right, but height and width still stand there as axes of length 1.",
                ),
                Mistake(
                    "averages-over-batch",
                    lambda x: x.mean((0, 2, 3)),
                    "the pictures of a batch are mixed: each keeps its own numbers.",
                ),
                Mistake("one-side", lambda x: x.mean(3), "this averages each row only."),
            ],
            otherwise=f"compare with one map that you average by hand. {_POOL}",
        )
    ]
