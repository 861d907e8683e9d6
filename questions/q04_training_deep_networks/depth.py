"""Exercises 7 and 8: degradation, the identity, and the gradient of a residual block."""

from collections.abc import Sequence

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Attempt,
    Case,
    Custom,
    Function,
    Mistake,
    Number,
    Part,
    Statements,
    deduct_memory,
    explain,
    question,
    try_cases,
)
from questions.pages import section_link

_DEPTH = section_link("4.9")
_SKIP = section_link("5.7", "GradientHighway", cancel_block=3, cancel=1.0)


# --- exercise 7 ----------------------------------------------------------------------------------


def diagnose(shallow_train, shallow_test, deep_train, deep_test):
    """Tell degradation, overfitting and no problem apart."""
    if deep_train > shallow_train:
        return "degradation"
    return "overfitting" if deep_test > shallow_test else "no problem"


_DIAGNOSES = ("degradation", "overfitting", "no problem")

_EXPERIMENTS = [
    (9.0, 9.8, 13.5, 14.2),
    (9.0, 9.8, 13.5, 9.1),
    (5.5, 8.0, 1.0, 9.5),
    (5.5, 8.0, 5.5, 8.5),
    (6.0, 8.0, 4.0, 7.0),
    (6.0, 8.0, 6.0, 8.0),
    (6.0, 8.0, 4.0, 8.0),
    (6.0, 8.0, 6.0, 7.5),
    (6.0, 8.0, 6.1, 8.0),
    (0, 3, 0, 4),
    (0, 0, 1, 0),
    (0.012, 0.05, 0.011, 0.051),
    (20, 22, 21, 21),
    (10.0, 40.0, 30.0, 35.0),
    (30.0, 31.0, 2.0, 30.0),
]

_DIAGNOSIS_MISTAKES = [
    Mistake(
        "overfitting-for-degradation",
        lambda a, b, c, d: "overfitting" if d > b else "degradation" if c > a else "no problem",
        "a network that is worse on the pictures it was trained on doesn't fit them *too well*. "
        f"Which of the two errors do you ask about first? {_DEPTH}",
    ),
    Mistake(
        "training-error-ignored",
        lambda a, b, c, d: "degradation" if d > b else "no problem",
        f"look at the training errors: they tell the two problems apart. {_DEPTH}",
    ),
    Mistake(
        "ties-count-as-higher",
        lambda a, b, c, d: "degradation" if c >= a else "overfitting" if d >= b else "no problem",
        "equal errors count as not higher.",
    ),
    Mistake(
        "needs-both-higher",
        lambda a, b, c, d: (
            "degradation" if c > a and d > b else "overfitting" if d > b else "no problem"
        ),
        "for degradation the training error alone decides, whatever the test error does.",
    ),
    Mistake(
        "gap-for-comparison",
        lambda a, b, c, d: "degradation" if c > a else "overfitting" if d > c else "no problem",
        "compare the test errors of the two networks, not the two errors of one.",
    ),
    Mistake(
        "swapped-names",
        lambda a, b, c, d: {"degradation": "overfitting", "overfitting": "degradation"}.get(
            diagnose(a, b, c, d), "no problem"
        ),
        f"the two names are exchanged. {_DEPTH}",
    ),
]


@question("ex07", objectives=(7,), bloom="analyse")
def ex07() -> Sequence[Part]:
    """Degradation or overfitting?"""
    slugs = tuple(slip.slug for slip in _DIAGNOSIS_MISTAKES)
    return [Custom(points=3, judge=_diagnosed, slugs=slugs)]


def _diagnosed(attempt: Attempt) -> None:
    """A point for each diagnosis that is made just where it belongs; none for always the same."""
    sheet, name = attempt.sheet, "ex07_diagnose"
    cases = [Case(experiment) for experiment in _EXPERIMENTS]

    def read(value, name):
        return forms.word(value, name, _DIAGNOSES)

    outcome = try_cases(attempt.student, name, cases, read)
    keys = [diagnose(*experiment) for experiment in _EXPERIMENTS]
    for word in _DIAGNOSES:
        pairs = [(a, k) for a, k in zip(outcome.answers, keys, strict=True) if word in (a, k)]
        sheet.earn(1 if all(a == k for a, k in pairs) else 0)
    if outcome.answers == keys:
        again = try_cases(attempt.student, name, cases[:1], read).answers
        deduct_memory(sheet, name, again == keys[:1])
        return

    def matches(mistake):
        return outcome.answers == [mistake.value(*experiment) for experiment in _EXPERIMENTS]

    if not explain(sheet, f"`{name}`", _DIAGNOSIS_MISTAKES, matches):
        in_order = f"`{name}`: ask the questions in the order of the text, with `>`. {_DEPTH}"
        sheet.say(outcome.errors[0] if outcome.errors else in_order)
        sheet.points = sheet.points if len(set(outcome.answers) - {None}) > 1 else 0.0


def identity(channels, kernel_size=3):
    """Weights that pass every channel through."""
    weights = np.zeros((channels, channels, kernel_size, kernel_size))
    middle = kernel_size // 2
    weights[range(channels), range(channels), middle, middle] = 1
    return weights


@question("ex07-identity", objectives=(7,), bloom="create")
def ex07_identity() -> Sequence[Part]:
    """The construction that shows that depth need not hurt."""
    one = [Case((1, kernel), "one") for kernel in (1, 3, 5)]
    several = [Case((c, kernel), "several") for c in (2, 5) for kernel in (1, 3, 5, 7)]
    default = [Case((3,), "default"), Case((4,), "default", {"kernel_size": 5})]

    def everywhere(channels, kernel_size=3):
        middle = kernel_size // 2
        weights = np.zeros((channels, channels, kernel_size, kernel_size))
        weights[:, :, middle, middle] = 1
        return weights

    def corner(channels, kernel_size=3):
        return np.roll(identity(channels, kernel_size), -(kernel_size // 2), axis=(2, 3))

    return [
        Function(
            name="ex07_identity",
            cases=one + several + default,
            reference=identity,
            groups={"one": 0.5, "several": 2, "default": 0.5},
            mistakes=[
                Mistake(
                    "sums-channels",
                    everywhere,
                    "with these weights every output map is the sum of *all* input maps. Which "
                    f"one should filter k pass through? {section_link('5.4')}",
                ),
                Mistake(
                    "corner-for-middle",
                    corner,
                    "the single weight stands in a corner, so the picture moves. Where is the "
                    "pixel that an output stands over?",
                ),
                Mistake(
                    "all-ones",
                    lambda channels, kernel_size=3: np.ones(
                        (channels, channels, kernel_size, kernel_size)
                    ),
                    "these weights sum over the whole window: a blur, not the input.",
                ),
                Mistake(
                    "spatial-diagonal",
                    lambda channels, kernel_size=3: np.broadcast_to(
                        np.eye(kernel_size), (channels, channels, kernel_size, kernel_size)
                    ),
                    "the identity *matrix* as a kernel adds up a diagonal of pixels. It is the "
                    "channels that need a matrix.",
                ),
                Mistake(
                    "spatial-diagonal",
                    lambda channels, kernel_size=3: (
                        np.eye(channels)[:, :, None, None] * np.eye(kernel_size)
                    ),
                    "the channels are right, but the kernel adds up a diagonal of pixels.",
                ),
                Mistake(
                    "always-3x3",
                    lambda channels, kernel_size=3: identity(channels, 3),
                    "this is right for 3×3 only: does it use `kernel_size`?",
                ),
                Mistake(
                    "one-over-channels",
                    lambda channels, kernel_size=3: everywhere(channels, kernel_size) / channels,
                    "with these weights every output map is the mean of all input maps.",
                ),
            ],
            otherwise="try it on paper with one channel and a 3×3 kernel: which single weight "
            f"gives back the pixel in the middle? {_DEPTH}",
        )
    ]


# --- exercise 8 ----------------------------------------------------------------------------------


@question("ex08", objectives=(7,), bloom="apply")
def ex08() -> Sequence[Part]:
    """The "+1" doesn't save every gradient."""
    # dF/dx: −1 for −x, and 0.3·(−3)·(1 − tanh²(0)) for the second F at x = 2.
    slope = 0.3 * -3 * (1 - np.tanh(0.0) ** 2)
    return [
        _slope("ex08_tanh", slope, product=0.3 + 1),
        _slope("ex08_minus", -1.0, product=1.0, needs=("ex08_tanh",)),  # a key of 0 is guessed
    ]


def _slope(name: str, slope: float, product: float, needs: tuple[str, ...] = ()) -> Number:
    """The derivative of F(x) + x, where `slope` is that of F alone."""
    return Number(
        name=name,
        key=1 + slope,
        read=forms.number,
        tolerance=1e-6,
        needs=needs,
        mistakes=[
            Mistake(
                "forgot-skip",
                slope,
                f"this is the derivative of F alone: what does + x add to it? {_SKIP}",
            ),
            Mistake(
                "gradient-at-least-one",
                1.0,
                "the skip connection adds something to the slope of F; it doesn't replace "
                f"it. {_SKIP}",
            ),
            Mistake(
                "sign",
                1 - slope,
                f"look at the sign of F's own slope again. {_SKIP}",
            ),
            Mistake(
                "product-for-sum",
                product,
                f"take F apart slowly: the chain rule, then the sum rule. {_SKIP}",
            ),
        ],
        otherwise="differentiate F first (mind the chain rule), then add what x "
        f"contributes. {_SKIP}",
    )


def residual_gradient(grad_y, jacobian):
    """(I + J)ᵀ g."""
    return np.asarray(grad_y) + np.asarray(jacobian).T @ np.asarray(grad_y)


@question("ex08-gradient", objectives=(7,), bloom="apply")
def ex08_gradient() -> Sequence[Part]:
    """Backpropagation through a residual block."""
    rng = np.random.default_rng(8)
    cases = [Case((rng.normal(size=n), rng.normal(size=(n, n))), "general") for n in (2, 3, 5)]
    cases += [
        Case((rng.normal(size=4), np.zeros((4, 4))), "special"),
        Case((rng.normal(size=3), -np.eye(3)), "special"),
        Case((rng.normal(size=1), rng.normal(size=(1, 1))), "special"),
        Case((rng.integers(-4, 5, 3), rng.integers(-4, 5, (3, 3))), "special"),
        Case((rng.normal(size=6), rng.normal(size=(6, 6)) * 1e-3), "special"),
    ]
    return [
        Function(
            name="ex08_gradient",
            cases=cases,
            reference=residual_gradient,
            groups={"general": 2, "special": 1},
            rtol=2e-5,
            atol=2e-5,
            mistakes=[
                Mistake(
                    "forgot-skip",
                    lambda g, j: j.T @ g,
                    f"this is the gradient through F alone. What comes along the skip? {_SKIP}",
                ),
                Mistake(
                    "forgot-transpose",
                    lambda g, j: g + j @ g,
                    "going back, the sum runs over the *outputs*: x_j collects from every y_i. "
                    f"Which index of the Jacobian is that? {_SKIP}",
                ),
                Mistake(
                    "skip-only",
                    lambda g, j: np.array(g),
                    f"this is the skip's part. What comes through F? {_SKIP}",
                ),
                Mistake(
                    "ones-for-identity",
                    lambda g, j: (j + 1).T @ g,
                    "adding 1 to every entry isn't adding the identity matrix.",
                ),
                Mistake(
                    "elementwise-product",
                    lambda g, j: g * (1 + np.diag(j)),
                    "only the diagonal of the Jacobian is used; every output depends on every "
                    "input.",
                ),
                Mistake(
                    "elementwise-product",
                    lambda g, j: (np.eye(len(g)) + j) * g,
                    "`*` multiplies entry by entry; here a matrix meets a vector.",
                ),
                Mistake(
                    "gradient-clipped-at-one",
                    lambda g, j: np.maximum(residual_gradient(g, j), g),
                    f"nothing keeps the gradient from becoming smaller. {_SKIP}",
                ),
            ],
            otherwise="write y_i = F_i(x) + x_i and ask how L changes with x_j; the sum runs over "
            f"i. {_SKIP}",
        )
    ]


@question("ex08-true", objectives=(7,), bloom="understand")
def ex08_true() -> Sequence[Part]:
    """What a skip connection does and doesn't do."""
    return [
        Statements(
            name="ex08_true",
            true="ab",
            points=2,
            idea=f"what can be added, and what the gradient of a sum is. {_SKIP}",
            why={
                "a": f"what is the derivative of x with respect to x? {_SKIP}",
                "b": f"can arrays of different shapes be added? {_DEPTH}",
                "c": "look at the drawing of the block: what stands after the plus? "
                f"{section_link('8.4')}",
                "d": f"you have worked out a block in which it is smaller. {_SKIP}",
            },
            slugs={"d": "gradient-at-least-one"},
        )
    ]
