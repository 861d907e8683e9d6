"""The learner's layers as a network: its loss, batch by batch, held against the book's own."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from autograder.handin import forms
from autograder.marking import Attempt, Custom, Part, StudentError, question, returned
from convbook import nn
from convbook.data import load
from convbook.data.distortion import distort
from questions.pages import section_link

TRAIN = section_link("10.3")
RATE, BATCH, STEPS, FILTERS = 0.2, 32, 24, 4

#: How many digits each network sees: one that is as the statement says, and one of other sizes.
_SIZES = ((8, 3), (10, 5))


@cache
def batches(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Batches of digits (steps, N, 1, size, size) that no package holds, and their labels."""
    data = load("digits", quiet=True)
    chosen = np.random.default_rng(size).permutation(len(data.x_train))[: STEPS * BATCH]
    images = distort(data.x_train[chosen, ..., 0] / np.float32(255), size)
    edge = (size - images.shape[1]) // 2
    images = np.pad(images, ((0, 0), (edge, edge), (edge, edge))).astype(np.float64)
    shape = (STEPS, BATCH, 1, size, size)
    return images.reshape(shape), data.y_train[chosen].reshape(STEPS, BATCH)


@cache
def parameters(size: int, kernel: int) -> list[np.ndarray]:
    """Kernels, biases, gamma, beta, weights and biases to begin with."""
    rng = np.random.default_rng((11, size))
    inputs = FILTERS * (size // 2) ** 2
    return [
        rng.normal(0, np.sqrt(2 / kernel**2), (FILTERS, 1, kernel, kernel)),
        np.zeros(FILTERS),
        np.ones(FILTERS),
        np.zeros(FILTERS),
        rng.normal(0, np.sqrt(1 / inputs), (inputs, 10)),
        np.zeros(10),
    ]


def curve(
    size: int,
    kernel: int,
    *,
    rate: float = RATE,
    gradient: float = 1.0,
    frozen: Sequence[str] = (),
    after: bool = False,
    normalised: bool = True,
    moves: bool = True,
) -> np.ndarray:
    """The losses of the batches; the settings make the mistakes that people make."""
    conv = nn.Conv2D(1, FILTERS, kernel, padding=kernel // 2)
    norm, dense = nn.BatchNorm2D(FILTERS), nn.Dense(FILTERS * (size // 2) ** 2, 10)
    layers: list[nn.Layer] = [conv, norm, nn.ReLU(), nn.MaxPool2D(2), nn.Flatten(), dense]
    names = ((conv, "weight"), (conv, "bias"), (norm, "gamma"), (norm, "beta"),
             (dense, "weight"), (dense, "bias"))  # fmt: skip
    for layer in layers:
        layer.astype(np.float64)
    for (layer, name), array in zip(names, parameters(size, kernel), strict=True):
        layer.params[name] = array.copy()
    if not normalised:
        layers.remove(norm)
    network, loss, losses = nn.Sequential(layers), nn.SoftmaxCrossEntropy(), []
    for x, y in zip(*batches(size), strict=True):
        losses.append(loss.forward(network.forward(x, training=True), y))
        network.backward(loss.backward() * gradient)
        for layer, name in names:
            if layer in layers and moves and name not in frozen:
                layer.params[name] = layer.params[name] - rate * layer.grads[name]
        if after:
            losses[-1] = loss.forward(network.forward(x, training=True), y)
    return np.array(losses)


Rule = Callable[[int, int], np.ndarray]
#: What a curve looks like after a slip, its name, and what to say.
SLIPS: tuple[tuple[str, Rule, str], ...] = (
    ("never-steps", lambda *a: curve(*a, moves=False),
     "the parameters never change: is the step taken, and on the layers' own arrays?"),
    ("mean-twice", lambda *a: curve(*a, gradient=1 / BATCH),
     "the steps are as many times too small as the batch has images: is the mean taken twice?"),
    ("loss-after-step", lambda *a: curve(*a, after=True),
     "these are the losses after each step; the question asks for those before."),
    ("biases-not-trained", lambda *a: curve(*a, frozen=("bias",)), "the biases aren't trained."),
    ("scale-not-trained", lambda *a: curve(*a, frozen=("gamma",)), "gamma isn't trained."),
    ("shift-not-trained", lambda *a: curve(*a, frozen=("beta",)), "beta isn't trained."),
    ("scale-and-shift-not-trained", lambda *a: curve(*a, frozen=("gamma", "beta")),
     "gamma and beta aren't trained."),
    ("no-batch-norm", lambda *a: curve(*a, normalised=False),
     "this is the curve without batch normalisation."),
)  # fmt: skip

_RTOL = 1e-3


def _agrees(found: np.ndarray, key: np.ndarray) -> bool:
    return found.shape == key.shape and np.allclose(found, key, rtol=_RTOL, atol=1e-4)


def _judge(attempt: Attempt) -> None:
    sheet, student = attempt.sheet, attempt.student
    for (size, kernel), points in zip(_SIZES, (3, 1), strict=True):
        x, y = batches(size)
        given = [array.copy() for array in parameters(size, kernel)]
        try:
            value = student.call("build_up_losses", x, y, given, RATE)
            found = returned(forms.array, value, "build_up_losses")
        except forms.NotFinite:
            sheet.say(
                f"`build_up_losses`, {size}×{size} pixels: the losses grow beyond all numbers. "
                "Does each step go *against* the gradient, and is the loss the mean over the "
                f"batch? {TRAIN}",
                "diverges",
            )
            continue
        except StudentError as error:
            sheet.say(f"{error} (It was called with digits of {size}×{size} pixels.)")
            continue
        key = curve(size, kernel)
        if _agrees(found, key):
            sheet.earn(points)
            continue
        if found.shape != key.shape:
            sheet.say(
                "`build_up_losses`: the result has another length than there are batches.",
                "other-length",
            )
            continue
        slug, message = next(
            (
                (slug, message)
                for slug, rule, message in SLIPS
                if _agrees(found, rule(size, kernel))
            ),
            (None, ""),
        )
        if not message:
            first = int(np.argmin(np.isclose(found, key, rtol=_RTOL, atol=1e-4)))
            message = (
                "already the first loss, before any step, is another: look at `forward`, layer by "
                "layer, and at the loss."
                if first == 0
                else f"the first {first} {'loss is' if first == 1 else 'losses are'} right, then "
                "the curves part: look at `backward` and at the step."
            )
        sheet.say(f"`build_up_losses`, {size}×{size} pixels: {message} {TRAIN}", slug)


@question("build-train", objectives=(13,), bloom="create")
def build_train() -> Sequence[Part]:
    """The loss curve of the network that the four layers make."""
    slugs = [slug for slug, *_ in SLIPS]
    return [Custom(points=4, judge=_judge, slugs=(*slugs, "diverges", "other-length"))]
