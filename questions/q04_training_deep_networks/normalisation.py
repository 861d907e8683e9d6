"""Exercise 10: batch normalisation, counted and written."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import Case, Function, Mistake, Number, Part, Word, question
from convbook import shapes
from questions.pages import section_link

_NORM = section_link("5.6", "BatchNormLab")


# --- exercise 10 ---------------------------------------------------------------------------------


@question("ex10", objectives=(8,), bloom="remember")
def ex10() -> Sequence[Part]:
    """What batch normalisation keeps, what it trains, where it stands."""
    channels = 64
    trained, fixed = shapes.batch_norm_parameters(channels)
    return [
        Number(
            name="ex10_parameters",
            key=trained + fixed,
            points=1,
            mistakes=[
                Mistake(
                    "forgot-moving-statistics",
                    trained,
                    "these are the trained ones. What else does the layer keep, for the day it is "
                    f"used? {_NORM}",
                ),
                Mistake("per-layer", 4, f"these are the numbers of one channel. {_NORM}"),
                Mistake(
                    "one-per-channel", channels, f"there are several numbers a channel. {_NORM}"
                ),
            ],
            otherwise=f"how many numbers does each channel have, and how many channels? {_NORM}",
        ),
        Number(
            name="ex10_trainable",
            key=trained,
            points=1,
            mistakes=[
                Mistake(
                    "statistics-are-trained",
                    trained + fixed,
                    f"no gradient reaches the moving statistics. {_NORM}",
                ),
                Mistake("one-per-channel", channels, f"scale *and* shift are trained. {_NORM}"),
                Mistake("per-layer", 2, f"these are the numbers of one channel. {_NORM}"),
                Mistake("nothing-trained", 0, f"γ and β are learned. {_NORM}"),
            ],
            otherwise=f"which of the numbers does the optimiser change? {_NORM}",
        ),
        Word(
            name="ex10_placement",
            key="before",
            choices=("before", "after"),
            why={
                "after": f"this order exists too; the paper of 2015 drew the other one. {_NORM}",
            },
            slugs={"after": "placement"},
            needs=("ex10_parameters",),
        ),
    ]


def batch_norm(x, gamma, beta, epsilon=1e-5, axes=(0, 2, 3), ddof=0):
    """Batch normalisation as in training."""
    x = np.asarray(x, dtype=np.float64)
    mean = x.mean(axes, keepdims=True)
    variance = x.var(axes, keepdims=True, ddof=ddof)
    scaled = (x - mean) / np.sqrt(variance + epsilon)
    return scaled * np.reshape(gamma, (1, -1, 1, 1)) + np.reshape(beta, (1, -1, 1, 1))


def _norm_cases():
    rng = np.random.default_rng(10)

    def parameters(channels):
        return rng.normal(1, 0.5, channels), rng.normal(size=channels)

    cases = [
        Case((rng.normal(3, 2, (n, c, h, w)), *parameters(c)), "shapes")
        for n, c, h, w in [(4, 3, 5, 6), (2, 5, 3, 4), (1, 2, 7, 3), (6, 1, 2, 2)]
    ]
    x = rng.normal(-2, 0.01, (3, 2, 4, 5))
    cases.append(Case((x, *parameters(2)), "epsilon", {"epsilon": 0.5}))
    cases.append(Case((x, *parameters(2), 1e-3), "epsilon"))
    constant = np.concatenate([np.full((2, 1, 3, 4), 7.0), rng.normal(size=(2, 2, 3, 4))], axis=1)
    cases.append(Case((constant, *parameters(3)), "care"))
    cases.append(Case((rng.integers(0, 9, (2, 3, 4, 5)), *parameters(3)), "care"))
    cases.append(Case((rng.normal(size=(3, 3, 3, 3)), *parameters(3)), "care"))
    return cases


def _norm_without(part):
    def wrong(x, gamma, beta, epsilon=1e-5):
        if part == "gamma":
            return batch_norm(x, np.ones_like(gamma), beta, epsilon)
        if part == "beta":
            return batch_norm(x, gamma, np.zeros_like(beta), epsilon)
        if part == "both":
            return batch_norm(x, np.ones_like(gamma), np.zeros_like(beta), epsilon)
        return batch_norm(x, gamma, beta, 1e-5)

    return wrong


def _norm_by_hand(divide):
    def wrong(x, gamma, beta, epsilon=1e-5):
        mean, variance = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
        scaled = (x - mean) / divide(variance, epsilon)
        return scaled * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)

    return wrong


@question("ex10-function", objectives=(8,), bloom="apply")
def ex10_function() -> Sequence[Part]:
    """Batch normalisation as code."""
    cases = _norm_cases()
    return [
        Function(
            name="ex10_batch_norm",
            cases=cases,
            reference=batch_norm,
            groups={"shapes": 2, "epsilon": 1, "care": 1},
            mistakes=[
                Mistake(
                    "averages-over-batch-only",
                    lambda *a, **k: batch_norm(*a, **k, axes=0),
                    f"a channel shares one mean over the batch *and* all its positions. {_NORM}",
                ),
                Mistake(
                    "layer-norm",
                    lambda *a, **k: batch_norm(*a, **k, axes=(1, 2, 3)),
                    f"this normalises every picture by itself (that is called layer norm). {_NORM}",
                ),
                Mistake(
                    "instance-norm",
                    lambda *a, **k: batch_norm(*a, **k, axes=(2, 3)),
                    "this normalises every map of every picture by itself: where does the batch "
                    f"come in? {_NORM}",
                ),
                Mistake(
                    "all-together",
                    lambda *a, **k: batch_norm(*a, **k, axes=(0, 1, 2, 3)),
                    f"all channels share one mean here; each should have its own. {_NORM}",
                ),
                Mistake(
                    "unbiased-variance",
                    lambda *a, **k: batch_norm(*a, **k, ddof=1),
                    "the variance is the biased one here: divided by the number of values.",
                ),
                Mistake(
                    "forgot-epsilon",
                    _norm_by_hand(lambda variance, epsilon: np.sqrt(variance)),
                    "what happens to a channel that is the same everywhere? ε is there for it.",
                ),
                Mistake(
                    "epsilon-outside-root",
                    _norm_by_hand(lambda variance, epsilon: np.sqrt(variance) + epsilon),
                    "ε is added to the variance, before the root is taken.",
                ),
                Mistake(
                    "forgot-root",
                    _norm_by_hand(lambda variance, epsilon: variance + epsilon),
                    "this divides by the variance; the spread is its square root.",
                ),
                Mistake("fixed-epsilon", _norm_without("epsilon"), "does it use `epsilon`?"),
                Mistake("forgot-gamma", _norm_without("gamma"), f"where is γ? {_NORM}"),
                Mistake("forgot-beta", _norm_without("beta"), f"where is β? {_NORM}"),
                Mistake("forgot-gamma-beta", _norm_without("both"), f"where are γ and β? {_NORM}"),
            ],
            otherwise="normalise one channel by hand first: all its values, from all pictures, "
            f"give one mean and one variance. {_NORM}",
        )
    ]
