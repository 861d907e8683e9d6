"""Checkers of the fourth notebook: depth, skip connections, batch norm, augmentation, flipping."""

import numpy as np

from autograder.handin import forms
from autograder.marking.question import question
from autograder.marking.sheet import (
    Case,
    Mistake,
    Sheet,
    explain,
    given,
    mark_function,
    mark_number,
    mark_statements,
    mark_untouched,
    try_cases,
)
from convbook import shapes
from questions.pages import look

ASSIGNMENT = "04-training-deep-networks"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.shapes", "convbook.nn")

_DEPTH = look("4.9")
_SKIP = look("5.7", "GradientHighway", cancel_block=3, cancel=1.0)
_NORM = look("5.6", "BatchNormLab")
_AUGMENT = look("4.11", "AugmentationLab")
_FLIP = look("5.1")


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


@question("ex07", points=3, objectives=(7,), bloom="analyse")
def ex07(student):
    """Degradation or overfitting?"""
    sheet = Sheet(3)
    name = "ex07_diagnose"
    with sheet.part():
        cases = [Case(experiment) for experiment in _EXPERIMENTS]
        outcome = try_cases(student, name, cases, lambda v, n: forms.word(v, n, _DIAGNOSES))
        keys = [diagnose(*experiment) for experiment in _EXPERIMENTS]
        for word in _DIAGNOSES:
            pairs = [(a, k) for a, k in zip(outcome.answers, keys, strict=True) if word in (a, k)]
            sheet.earn(1 if all(a == k for a, k in pairs) else 0)
        if outcome.answers == keys:
            return sheet.verdict()

        def made(wrong):
            return outcome.answers == [wrong(*experiment) for experiment in _EXPERIMENTS]

        if not explain(sheet, f"`{name}`", _DIAGNOSIS_MISTAKES, made):
            sheet.say(
                outcome.errors[0]
                if outcome.errors
                else f"`{name}`: ask the questions in the order of the text, with `>`. {_DEPTH}"
            )
            sheet.points = sheet.points if len(set(outcome.answers) - {None}) > 1 else 0.0
    return sheet.verdict()


def identity(channels, kernel_size=3):
    """Weights that pass every channel through."""
    weights = np.zeros((channels, channels, kernel_size, kernel_size))
    middle = kernel_size // 2
    weights[range(channels), range(channels), middle, middle] = 1
    return weights


@question("ex07-identity", points=3, objectives=(7,), bloom="create")
def ex07_identity(student):
    """The construction that shows that depth need not hurt."""
    sheet = Sheet(3)
    name = "ex07_identity"
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

    with sheet.part():
        mark_function(
            sheet,
            student,
            name,
            one + several + default,
            identity,
            {"one": 0.5, "several": 2, "default": 0.5},
            mistakes=[
                Mistake(
                    "sums-channels",
                    everywhere,
                    "with these weights every output map is the sum of *all* input maps. Which "
                    f"one should filter k pass through? {look('5.4')}",
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
    return sheet.verdict()


# --- exercise 8 ----------------------------------------------------------------------------------


@question("ex08", points=2, objectives=(7,), bloom="apply")
def ex08(student):
    """The "+1" doesn't save every gradient."""
    sheet = Sheet(2)
    # dF/dx: −1 for −x, and 0.3·(−3)·(1 − tanh²(0)) for the second F at x = 2.
    for name, slope in [("ex08_minus", -1.0), ("ex08_tanh", 0.3 * -3 * (1 - np.tanh(0.0) ** 2))]:
        with sheet.part():
            mark_number(
                sheet,
                forms.number(given(student, name), name),
                1 + slope,
                1,
                name=name,
                tolerance=1e-6,
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
                        -slope if name == "ex08_minus" else 0.3 + 1,
                        f"take F apart slowly: the chain rule, then the sum rule. {_SKIP}",
                    ),
                ],
                otherwise="differentiate F first (mind the chain rule), then add what x "
                f"contributes. {_SKIP}",
            )
    return sheet.verdict()


def residual_gradient(grad_y, jacobian):
    """(I + J)ᵀ g."""
    return np.asarray(grad_y) + np.asarray(jacobian).T @ np.asarray(grad_y)


@question("ex08-gradient", points=3, objectives=(7,), bloom="apply")
def ex08_gradient(student):
    """Backpropagation through a residual block."""
    sheet = Sheet(3)
    name = "ex08_gradient"
    rng = np.random.default_rng(8)
    cases = [Case((rng.normal(size=n), rng.normal(size=(n, n))), "general") for n in (2, 3, 5)]
    cases += [
        Case((rng.normal(size=4), np.zeros((4, 4))), "special"),
        Case((rng.normal(size=3), -np.eye(3)), "special"),
        Case((rng.normal(size=1), rng.normal(size=(1, 1))), "special"),
        Case((rng.integers(-4, 5, 3), rng.integers(-4, 5, (3, 3))), "special"),
        Case((rng.normal(size=6), rng.normal(size=(6, 6)) * 1e-3), "special"),
    ]
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            residual_gradient,
            {"general": 2, "special": 1},
            rtol=1e-6,
            atol=1e-9,
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
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


@question("ex08-true", points=2, objectives=(7,), bloom="understand")
def ex08_true(student):
    """What a skip connection does and doesn't do."""
    sheet = Sheet(2)
    name = "ex08_true"
    with sheet.part():
        mark_statements(
            sheet,
            forms.chosen(given(student, name), name, "abcd"),
            "acd",
            "abcd",
            2,
            name=name,
            why={
                "a": f"what is the derivative of x with respect to x? {_SKIP}",
                "b": f"you have worked out a block in which it is smaller. {_SKIP}",
                "c": f"can arrays of different shapes be added? {_DEPTH}",
                "d": f"look at the drawing of the block: what stands after the plus? {look('8.4')}",
            },
            misconceptions={"b": "gradient-at-least-one"},
        )
    return sheet.verdict()


# --- exercise 10 ---------------------------------------------------------------------------------


@question("ex10", points=3, objectives=(8,), bloom="remember")
def ex10(student):
    """What batch normalisation keeps, what it trains, where it stands."""
    sheet = Sheet(3)
    channels = 64
    trained, fixed = shapes.batch_norm_parameters(channels)
    with sheet.part():
        name = "ex10_parameters"
        mark_number(
            sheet,
            forms.whole_number(given(student, name), name),
            trained + fixed,
            1,
            name=name,
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
        )
    with sheet.part():
        name = "ex10_trainable"
        mark_number(
            sheet,
            forms.whole_number(given(student, name), name),
            trained,
            1,
            name=name,
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
        )
    with sheet.part():
        name = "ex10_placement"
        if forms.word(given(student, name), name, ("before", "after")) == "before":
            sheet.earn(1)
        else:
            sheet.say(
                f"`{name}`: this order exists too; the paper of 2015 drew the other one. {_NORM}",
                "placement",
            )
    return sheet.verdict()


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


@question("ex10-function", points=4, objectives=(8,), bloom="apply")
def ex10_function(student):
    """Batch normalisation as code."""
    sheet = Sheet(4)
    name = "ex10_batch_norm"
    cases = _norm_cases()
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            batch_norm,
            {"shapes": 2, "epsilon": 1, "care": 1},
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
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


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
    "token masking": "hides words of a text; pictures have no tokens here",
    "batch normalisation": "is a layer: it doesn't make new pictures",
    "max pooling": "is a layer: it doesn't make new pictures",
    "early stopping": "ends the training: it doesn't make new pictures",
    "weight decay": "acts on the weights, not on the pictures",
    "learning rate decay": "acts on the optimiser, not on the pictures",
}
_SPELLINGS = {"batch normalization": "batch normalisation"}


@question("ex11", points=2.5, objectives=(10,), bloom="remember")
def ex11(student):
    """Five techniques that make new pictures."""
    sheet = Sheet(2.5)
    name = "ex11_techniques"
    with sheet.part():
        value = given(student, name)
        if isinstance(value, str):
            value = [part for part in value.split(",") if part.strip()]
        if not isinstance(value, list | tuple):
            raise forms.WrongForm(f"`{name}`: expected a list of five names.")
        if len(value) > 5:
            raise forms.WrongForm(f"`{name}`: expected five names, but there are {len(value)}.")
        found = []
        for entry in value:
            with sheet.part():
                found.append(_technique(entry, name))
        for technique in dict.fromkeys(found):
            if technique in _AUGMENTATIONS:
                sheet.earn(0.5)
            else:
                sheet.say(
                    f"`{name}`: {technique} {_NOT_AUGMENTATION[technique]}. {_AUGMENT}",
                    "not-augmentation",
                )
        if len(set(found)) < len(found):
            sheet.say(f"`{name}`: the five must differ; a double counts once.")
        if len(value) < 5:
            sheet.say(f"`{name}`: there are only {len(value)} names so far.")
    return sheet.verdict()


def _technique(entry, name):
    known = (*_AUGMENTATIONS, *_NOT_AUGMENTATION, *_SPELLINGS)
    try:
        found = forms.word(entry, name, known)
    except forms.WrongForm:
        raise forms.WrongForm(
            f"`{name}`: {entry!r} doesn't stand in the question's list."
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


@question("ex11-label", points=3, objectives=(10,), bloom="evaluate")
def ex11_label(student):
    """Does the label survive?"""
    sheet = Sheet(3)
    name = "ex11_label_kept"
    with sheet.part():
        entries = forms.table(given(student, name), name, _LABELS)
        found = {}
        for letter, entry in entries.items():
            with sheet.part():
                if entry is None:
                    raise forms.WrongForm(f'`{name}["{letter}"]`: there is no answer yet.')
                found[letter] = forms.truth(entry, f'{name}["{letter}"]')
        if len(found) == len(_LABELS) and len(set(found.values())) == 1:
            sheet.say(f"`{name}`: the same answer everywhere can't be marked.")
            return sheet.verdict()
        for letter, (key, why) in _LABELS.items():
            if found.get(letter) == key:
                sheet.earn(0.5)
            elif letter in found:
                sheet.say(
                    f"`{name}`: {why} {_AUGMENT}",
                    "flips-everything" if not key else None,
                )
    return sheet.verdict()


@question("ex11-flip", points=1, objectives=(10,), bloom="apply")
def ex11_flip(student):
    """Mirror a batch left–right."""
    sheet = Sheet(1)
    name = "ex11_flip"
    rng = np.random.default_rng(11)
    cases = [
        Case((rng.normal(size=size),), "all")
        for size in [(2, 3, 4, 3), (3, 5, 2, 1), (1, 4, 7, 2), (4, 4, 4, 4), (2, 1, 6, 3)]
    ]
    cases.append(Case((rng.integers(0, 256, (2, 3, 5, 3)).astype(np.uint8),), "all"))
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            lambda x: x[:, :, ::-1],
            {"all": 1},
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
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


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


@question("ex11-translate", points=3, objectives=(10,), bloom="apply")
def ex11_translate(student):
    """Move a picture without letting it come back on the other side."""
    sheet = Sheet(3)
    name = "ex11_translate"
    cases = _translate_cases()
    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            translate,
            {"down and right": 1, "any sign": 1, "edge": 1},
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
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


# --- exercise 19 ---------------------------------------------------------------------------------


def _windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(
        np.asarray(image, dtype=np.float64), np.shape(kernel)
    )


def correlate(image, kernel):
    """Cross-correlation at stride 1 without padding."""
    return np.einsum("ijkl,kl->ij", _windows(image, kernel), kernel)


def convolve(image, kernel):
    """Mathematical convolution at stride 1 without padding."""
    return correlate(image, np.asarray(kernel)[::-1, ::-1])


def _turned(slug, turn, message):
    """The kernel turned wrongly: before the windows are cut, or after, where it may not fit."""
    return [
        Mistake(slug, lambda x, k: correlate(x, turn(k)), message),
        Mistake(slug, lambda x, k: np.einsum("ijkl,kl->ij", _windows(x, k), turn(k)), message),
    ]


@question("ex19", points=4, objectives=(3,), bloom="apply")
def ex19(student):
    """Mathematical convolution as code."""
    sheet = Sheet(4)
    name = "ex19_convolve"
    rng = np.random.default_rng(19)
    cases = [
        Case((rng.normal(size=image), rng.normal(size=kernel)), group)
        for image, kernel, group in [
            ((6, 6), (3, 3), "square"),
            ((5, 5), (5, 5), "square"),
            ((7, 7), (1, 1), "square"),
            ((5, 8), (3, 3), "other"),
            ((8, 5), (2, 4), "other"),
            ((6, 7), (1, 3), "other"),
            ((9, 4), (4, 2), "other"),
        ]
    ]
    whole = rng.integers(0, 256, (6, 5)), rng.integers(-3, 4, (3, 2))
    cases.append(Case(whole, "other"))
    cases.append(Case((rng.integers(0, 9, (4, 6)), rng.normal(size=(2, 3))), "other"))

    with sheet.part():
        done = mark_function(
            sheet,
            student,
            name,
            cases,
            convolve,
            {"square": 2, "other": 2},
            rtol=1e-5,
            mistakes=[
                Mistake(
                    "flipped-kernel",
                    correlate,
                    "this is the cross-correlation. What does mathematics do to the kernel first? "
                    f"{_FLIP}",
                ),
                Mistake(
                    "flips-one-axis",
                    lambda x, k: correlate(x, k[::-1]),
                    f"the kernel is turned over on one axis only. {_FLIP}",
                ),
                Mistake(
                    "flips-one-axis",
                    lambda x, k: correlate(x, k[:, ::-1]),
                    f"the kernel is turned over on one axis only. {_FLIP}",
                ),
                *_turned(
                    "transposes-kernel",
                    np.transpose,
                    f"transposing isn't flipping: every entry goes to the opposite place. {_FLIP}",
                ),
                Mistake(
                    "flips-output",
                    lambda x, k: correlate(x, k)[::-1, ::-1],
                    "the result is turned round instead of the kernel.",
                ),
                *_turned(
                    "quarter-turn",
                    np.rot90,
                    "the kernel is turned by 90°; it has to be turned by twice that.",
                ),
                Mistake(
                    "full-for-valid",
                    lambda x, k: convolve(np.pad(x, [(n - 1, n - 1) for n in k.shape]), k),
                    "the picture has been padded: without padding the result is smaller.",
                ),
                Mistake(
                    "cuts-fractions",
                    lambda x, k: (
                        np.trunc(convolve(x, k))
                        if np.issubdtype(x.dtype, np.integer)
                        else convolve(x, k)
                    ),
                    "for a picture of whole numbers the fractions are cut off: of what type is "
                    "the result?",
                ),
            ],
            otherwise="try it with a kernel that has a single 1 in a corner, and look where the "
            f"picture goes. {_FLIP}",
        )
        if done:
            mark_untouched(sheet, student, name, cases[0].args)
    return sheet.verdict()


_KERNELS = {
    "a": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "b": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "c": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    "d": [[0, 0, 0], [0, 0, 1], [0, 0, 0]],
    "e": [[1, 2, 0], [3, 5, 3], [0, 2, 1]],
}


@question("ex19-choice", points=3, objectives=(3,), bloom="analyse")
def ex19_choice(student):
    """What libraries compute, and when it makes no difference."""
    sheet = Sheet(3)
    with sheet.part():
        name = "ex19_used"
        used = forms.word(given(student, name), name, ("convolution", "cross-correlation"))
        if used == "cross-correlation":
            sheet.earn(1)
        else:
            sheet.say(
                f"`{name}`: does a `Conv2D` layer turn its kernel round before it multiplies? "
                f"{look('4.2', 'KernelLab')}",
                "libraries-convolve",
            )
    same = [
        letter
        for letter, kernel in _KERNELS.items()
        if np.array_equal(kernel, np.array(kernel)[::-1, ::-1])
    ]
    with sheet.part():
        name = "ex19_same"
        turn = f"turn the kernel by 180° on paper and compare. {_FLIP}"
        mark_statements(
            sheet,
            forms.chosen(given(student, name), name, "abcde"),
            "".join(same),
            "abcde",
            2,
            name=name,
            why={
                "a": f"mirrored left–right this kernel changes its sign; {turn}",
                "b": turn,
                "c": turn,
                "d": f"where does the 1 go? {turn}",
                "e": f"this kernel isn't the same when mirrored, but that isn't asked; {turn}",
            },
            misconceptions={"e": "mirror-for-half-turn"},
        )
    return sheet.verdict()
