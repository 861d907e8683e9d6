"""Six broken layers: on which sizes each is right and wrong, and the layer mended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from autograder.handin import forms
from autograder.marking import Attempt, Case, Custom, Function, Mistake, Part, given, question
from questions.pages import section_link

ASSIGNMENT = "12-find-the-bug"

#: What the layers could be answered with.
HIDES = ("convbook.nn", "convbook.models", "convbook.explain")
ADMITS = ("numpy", "matplotlib")

Rule = Callable[..., np.ndarray]


# --- the layers, right and as the notebook hands them out ----------------------------------------


def conv(x, weights, biases, stride=1, columns_stride=None):
    """Cross-correlation without padding; another stride for the columns is the bug."""
    across = columns_stride or stride
    size = weights.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    rows, columns = windows.shape[2:4]
    kept = windows[:, :, ::stride, ::across][:, :, :, : (columns - 1) // stride + 1]
    assert kept.shape[2] == (rows - 1) // stride + 1
    return np.einsum("nchwij,kcij->nkhw", kept, weights) + biases[:, None, None]


def pool_back(x, grad, size, stride, overwrite=False):
    """The gradient of max pooling, with or without adding up where windows overlap."""
    back = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(grad.shape):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + size, left : left + size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        old = 0 if overwrite else back[n, c, top + a, left + b]
        back[n, c, top + a, left + b] = old + grad[n, c, i, j]
    return back


def batch_norm(x, gamma, beta, epsilon=1e-3, axes=(0, 2, 3)):
    """Batch normalisation in training; other axes are the bug."""
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    columns = (1, -1, 1, 1)
    return gamma.reshape(columns) * (x - mean) / np.sqrt(variance + epsilon) + beta.reshape(columns)


def dense_back(x, grad, averaged=False):
    """The gradient of a dense layer's weights, summed or averaged over the batch."""
    return x.T @ grad / (len(x) if averaged else 1)


def cross_entropy(logits, labels, shifted=True):
    """Mean cross-entropy of a softmax; without the shift, large logits overflow."""
    z = logits - logits.max(1, keepdims=True) if shifted else logits
    with np.errstate(all="ignore"):
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        if not shifted:
            return np.asarray(-np.log(p[np.arange(len(z)), labels]).mean())
    log = z - np.log(np.exp(z).sum(1, keepdims=True))
    return np.asarray(-log[np.arange(len(z)), labels].mean())


def depthwise(x, weights, biases, first=False):
    """A depthwise convolution; the first channel's kernel for all of them is the bug."""
    size = weights.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    weights = np.broadcast_to(weights[:1], weights.shape) if first else weights
    return np.einsum("nchwij,cij->nchw", windows, weights) + biases[:, None, None]


# --- inputs from sizes ---------------------------------------------------------------------------


def _conv_input(height, width, kernel, stride):
    rng = np.random.default_rng((12, 1, height, width, kernel))
    return (
        rng.normal(size=(2, 2, height, width)),
        rng.normal(size=(3, 2, kernel, kernel)),
        rng.normal(size=3),
        stride,
    )


def _pool_input(height, width, size, stride):
    rng = np.random.default_rng((12, 2, height, width))
    rows, columns = (height - size) // stride + 1, (width - size) // stride + 1
    return (
        rng.normal(size=(2, 2, height, width)),
        rng.normal(1, 1, size=(2, 2, rows, columns)),
        size,
        stride,
    )


def _norm_input(images, channels, height, width):
    rng = np.random.default_rng((12, 3, images, channels, height))
    x = rng.normal(1, 2, size=(images, channels, height, width))
    return x, rng.normal(1, 0.5, channels), rng.normal(size=channels)


def _dense_input(images, inputs, units):
    rng = np.random.default_rng((12, 4, images, inputs))
    return rng.normal(size=(images, inputs)), rng.normal(size=(images, units))


def _loss_input(images, classes, largest):
    rng = np.random.default_rng((12, 5, images, classes))
    logits = rng.uniform(-1, 1, (images, classes))
    logits[np.arange(images), rng.integers(classes, size=images)] = 1
    return logits * largest, rng.integers(classes, size=images)


def _depthwise_input(channels, height, width, kernel):
    rng = np.random.default_rng((12, 6, channels, height, kernel))
    return (
        rng.normal(size=(2, channels, height, width)),
        rng.normal(size=(channels, kernel, kernel)),
        rng.normal(size=channels),
    )


@dataclass(frozen=True)
class Bug:
    """A broken layer: its names, what sizes it is tried on, and who is right.

    `fits` says which sizes make an input at all, in the learner's words.
    """

    name: str
    sizes: str
    make: Callable[..., tuple]
    right: Rule
    broken: Rule
    fits: Callable[..., bool]
    cases: Sequence[tuple[int, ...]]
    link: str


def _agree(found: np.ndarray, key: np.ndarray) -> bool:
    return found.shape == key.shape and bool(np.isfinite(found).all()) and np.allclose(found, key)


def _judge(bug: Bug) -> Callable[[Attempt], None]:
    """A point for a pair of sizes: one that the broken layer gets right, one that it gets wrong.

    Ones and twos would do for most layers, so the pair counts together with the mended layer.
    """
    count = bug.sizes.count(",") + 1

    def same(attempt: Attempt, name: str) -> bool:
        value = given(attempt.student, name)
        try:
            sizes = forms.whole_numbers(value, name, count)
        except forms.WrongForm:
            raise forms.WrongForm(
                f"`{name}`: expected {count} whole numbers ({bug.sizes}), but this is "
                f"{forms.shown(value)}."
            ) from None
        if min(sizes) < 1 or max(sizes) > 2000 or not bug.fits(*sizes):
            raise forms.WrongForm(
                f"`{name}`: {bug.sizes} are whole numbers from 1 to 2000 that make at least one "
                f"output, but this is {forms.shown(value)}."
            )
        arguments = bug.make(*sizes)
        return _agree(bug.broken(*arguments), bug.right(*arguments))

    def judge(attempt: Attempt) -> None:
        right, wrong = same(attempt, f"{bug.name}_right"), same(attempt, f"{bug.name}_wrong")
        about = f"`{bug.name}_right`, `{bug.name}_wrong`"
        if right and not wrong:
            mended = attempt.rests_on(about, (f"{bug.name}_mended",), or_plausible=True)
            attempt.sheet.earn(1 if mended else 0)
        elif not right and wrong:
            attempt.sheet.say(f"{about}: these two are exchanged.", "exchanged")
        elif not right:
            attempt.sheet.say(
                f"`{bug.name}_right`: the broken layer is wrong on these sizes, too. What is "
                f"special about the sizes on which its slip can't be seen? {bug.link}",
                "wrong-on-both",
            )
        else:
            attempt.sheet.say(
                f"`{bug.name}_wrong`: the broken layer is right on these sizes, too; a test that "
                f"only tries such sizes would never notice. {bug.link}",
                "right-on-both",
            )

    return judge


def _parts(
    bug: Bug, mistakes: Sequence[Mistake], otherwise: str, more: Sequence[tuple] = ()
) -> Sequence[Part]:
    cases = [Case(args) for args in (*(bug.make(*sizes) for sizes in bug.cases), *more)]
    return [
        Function(
            name=f"{bug.name}_mended",
            cases=cases,
            reference=bug.right,
            groups={"": 2},
            mistakes=[
                Mistake(
                    "not-mended", bug.broken, f"this does what the broken one does. {bug.link}"
                ),
                *mistakes,
            ],
            otherwise=f"{otherwise} {bug.link}",
            rtol=1e-4,
            atol=1e-5,
        ),
        Custom(
            points=1,
            judge=_judge(bug),
            slugs=("exchanged", "wrong-on-both", "right-on-both"),
        ),
    ]


@question("bug-conv", objectives=(2, 13), bloom="analyse")
def bug_conv() -> Sequence[Part]:
    """A convolution that forgets the stride in one direction."""
    bug = Bug(
        "bug_conv", "height, width, kernel, stride", _conv_input, conv,
        lambda x, w, b, stride: conv(x, w, b, stride, columns_stride=1),
        lambda height, width, kernel, stride: kernel <= min(height, width) <= 60
        and max(height, width) <= 60,
        [(7, 9, 3, 1), (7, 9, 3, 2), (9, 6, 2, 3), (8, 8, 1, 2)], section_link("4.4"),
    )  # fmt: skip
    return _parts(
        bug,
        [
            Mistake("stride-nowhere", lambda x, w, b, _: conv(x, w, b, 1),
                    "this moves by one in both directions."),
        ],
        "where does window (i, j) begin, in rows and in columns?",
    )  # fmt: skip


@question("bug-pool", objectives=(4, 13), bloom="analyse")
def bug_pool() -> Sequence[Part]:
    """A max pooling's backward that overwrites where windows overlap."""
    bug = Bug(
        "bug_pool", "height, width, size, stride", _pool_input, pool_back,
        partial(pool_back, overwrite=True),
        lambda height, width, size, stride: size <= min(height, width)
        and max(height, width) <= 60,
        [(6, 6, 2, 2), (7, 6, 3, 1), (6, 8, 3, 2), (5, 5, 2, 1)], section_link("4.5"),
    )  # fmt: skip

    def to_all(x, grad, size, stride):
        back = np.zeros(x.shape)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                top, left = i * stride, j * stride
                back[:, :, top : top + size, left : left + size] += grad[:, :, i, j][
                    ..., None, None
                ]
        return back

    return _parts(
        bug,
        [Mistake("gradient-to-all", to_all, "every pixel gets the gradient; only the largest of a "
                 "window made the output.")],
        "a pixel that is the largest of several windows takes part in several outputs.",
        more=[(np.round(x), *rest) for x, *rest in [_pool_input(6, 7, 3, 2)]],
    )  # fmt: skip


@question("bug-norm", objectives=(8, 13), bloom="analyse")
def bug_norm() -> Sequence[Part]:
    """A batch normalisation that forgets one axis."""
    bug = Bug(
        "bug_norm", "images, channels, height, width", _norm_input, batch_norm,
        partial(batch_norm, axes=(0, 2)),
        lambda *sizes: np.prod(sizes) <= 100_000,
        [(4, 3, 5, 2), (2, 1, 3, 6), (6, 2, 1, 4)], section_link("4.8"),
    )  # fmt: skip
    return _parts(
        bug,
        [
            Mistake("wrong-axes", partial(batch_norm, axes=(2, 3)),
                    "this normalises each image by itself."),
            Mistake("wrong-axes", partial(batch_norm, axes=(0, 1, 2, 3)),
                    "this has one mean for all channels; each channel has its own."),
            Mistake("wrong-axes", partial(batch_norm, axes=(0,)),
                    "this has a mean for each position; a channel has one for all of them."),
        ],
        "over how many numbers does each mean run?",
    )  # fmt: skip


@question("bug-dense", objectives=(13,), bloom="analyse")
def bug_dense() -> Sequence[Part]:
    """A dense layer whose weights' gradient is averaged once too often."""
    bug = Bug(
        "bug_dense", "images, inputs, units", _dense_input, dense_back,
        partial(dense_back, averaged=True),
        lambda *sizes: np.prod(sizes) <= 1_000_000,
        [(5, 3, 4), (1, 4, 2), (8, 2, 2)], section_link("10.5"),
    )  # fmt: skip
    return _parts(
        bug,
        [
            Mistake("transposed", lambda x, g: g.T @ x,
                    "this has units in rows; the weights have inputs in rows."),
            Mistake("last-image-only", lambda x, g: np.outer(x[-1], g[-1]),
                    "only the last image of the batch counts."),
        ],
        "the loss is a mean already; what is left for the layer?",
    )  # fmt: skip


@question("bug-loss", objectives=(5, 13), bloom="analyse")
def bug_loss() -> Sequence[Part]:
    """A cross-entropy that overflows."""
    bug = Bug(
        "bug_loss", "images, classes, largest", _loss_input, cross_entropy,
        partial(cross_entropy, shifted=False),
        lambda images, classes, _: classes > 1 and images * classes <= 100_000,
        [(4, 5, 3), (3, 4, 900), (2, 10, 1500), (6, 3, 1)], section_link("10.3"),
    )  # fmt: skip

    def summed(logits, labels):
        return cross_entropy(logits, labels) * len(labels)

    def clipped(logits, labels):
        z = logits - logits.max(1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        return np.asarray(-np.log(p[np.arange(len(z)), labels] + 1e-12).mean())

    return _parts(
        bug,
        [
            Mistake("sum-for-mean", summed, "this sums over the images; the loss is their mean."),
            Mistake("hides-small-probabilities", clipped,
                    "a tiny number under the logarithm keeps the loss finite and wrong: take the "
                    "logarithm of the softmax on paper first."),
        ],
        "subtract something from all logits that leaves the softmax as it is, and simplify "
        "log(exp(z) / Σ exp(z)) before you compute.",
        more=[(x + np.array([[0.0], [1500], [-2000]]), y) for x, y in [_loss_input(3, 5, 2)]],
    )  # fmt: skip


@question("bug-depthwise", objectives=(2, 12), bloom="analyse")
def bug_depthwise() -> Sequence[Part]:
    """A depthwise convolution with one kernel for all channels."""
    bug = Bug(
        "bug_depthwise", "channels, height, width, kernel", _depthwise_input, depthwise,
        partial(depthwise, first=True),
        lambda channels, height, width, kernel: channels <= 64
        and kernel <= min(height, width) and max(height, width) <= 60,
        [(3, 5, 6, 3), (1, 4, 4, 2), (4, 6, 5, 1)], section_link("4.7"),
    )  # fmt: skip
    return _parts(
        bug,
        [
            Mistake("mixes-channels",
                    lambda x, w, b: np.repeat(depthwise(x, w, 0 * b).sum(1, keepdims=True),
                                              len(w), axis=1) + b[:, None, None],
                    "this sums over the channels; a depthwise convolution keeps them apart."),
            Mistake("forgot-bias", lambda x, w, b: depthwise(x, w, 0 * b),
                    "the biases are missing."),
        ],
        "which kernel belongs to which channel?",
    )  # fmt: skip
