"""The seventh notebook: the backward pass of a convolution, written by the learner."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Attempt,
    Method,
    Mistake,
    Part,
    Said,
    Student,
    Trial,
    agree,
    question,
)
from convbook import shapes
from questions.pages import look

ASSIGNMENT = "07-backward-pass"

#: What the notebook could be answered with: not for students' code while it is marked.
HIDES = ("convbook.nn",)

_BACKWARD = look("10.1")
_RTOL, _ATOL = 1e-6, 1e-8


@dataclass(frozen=True)
class Setting:
    """A layer, an input and a gradient to send back, drawn from a seed."""

    seed: int
    batch: int
    channels: int
    filters: int
    size: tuple[int, int]
    kernel: int
    stride: int = 1
    padding: int = 0

    def draw(self):
        """Return x, weights, biases and the gradient of the output, all float64."""
        rng = np.random.default_rng(self.seed)
        x = rng.normal(size=(self.batch, self.channels, *self.size))
        weights = rng.normal(size=(self.filters, self.channels, self.kernel, self.kernel))
        rows, columns = (
            shapes.output_size(side, self.kernel, self.stride, self.padding) for side in self.size
        )
        grad = rng.normal(size=(self.batch, self.filters, rows, columns))
        return x, weights, rng.normal(size=self.filters), grad


#: From the plainest to the ones where stride, padding and floor all take part.
SETTINGS = (
    Setting(1, 1, 1, 1, (4, 4), 3),
    Setting(2, 2, 3, 2, (5, 5), 3),
    Setting(3, 3, 2, 4, (6, 4), 3, padding=1),
    Setting(4, 2, 2, 3, (7, 5), 3, stride=2),
    Setting(5, 2, 1, 2, (8, 6), 3, stride=2, padding=1),
    Setting(6, 1, 3, 2, (6, 9), 2, stride=3),
    Setting(7, 2, 2, 2, (5, 7), 5, padding=2),
    Setting(8, 3, 2, 3, (7, 8), 4, stride=3, padding=2),
    Setting(9, 2, 3, 4, (3, 4), 1),
)


def gradients(setting: Setting):
    """Return the gradients (input, weights, biases), one output number after the other.

    Every output is a sum of weight × pixel, so it hands its gradient × pixel to the weights and
    its gradient × weight to the pixels of its window.
    """
    x, weights, _, grad = setting.draw()
    p, f = setting.padding, setting.kernel
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    grad_padded, grad_weights = np.zeros_like(padded), np.zeros_like(weights)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            top, left = i * setting.stride, j * setting.stride
            here = grad[:, :, i, j]
            window = padded[:, :, top : top + f, left : left + f]
            grad_weights += np.einsum("nk,nchw->kchw", here, window)
            grad_padded[:, :, top : top + f, left : left + f] += np.einsum(
                "nk,kchw->nchw", here, weights
            )
    height, width = setting.size
    return grad_padded[:, :, p : p + height, p : p + width], grad_weights, grad.sum((0, 2, 3))


def _trial(setting: Setting) -> Trial:
    """Make the learner's layer, send its input forward, and one gradient back."""
    x, weights, biases, grad = setting.draw()
    return Trial(
        setting,
        args=(grad,),
        create=(setting.channels, setting.filters, setting.kernel),
        settings={"stride": setting.stride, "padding": setting.padding},
        before=(("set_parameters", (weights, biases)), ("forward", (x,))),
        group="plain" if setting.stride == 1 and setting.padding == 0 else "other",
    )


def _gradient(
    points: float,
    position: int,
    attribute: str | None,
    mistakes: Sequence[Mistake],
    shape_message: str,
) -> Method:
    """One of the three gradients: plain settings half of the points, the others the rest."""
    return Method(
        name="Conv2D",
        method="backward",
        attribute=attribute,
        trials=[_trial(setting) for setting in SETTINGS],
        reference=lambda setting: gradients(setting)[position],
        groups={"plain": points / 2, "other": points / 2},
        mistakes=mistakes,
        shape_message=shape_message,
        link=_BACKWARD,
        otherwise=_where,
        probe=(1, 1, 1),
        behaves=lambda attempt: _behaves(attempt, attribute, position),
        cost=points / 4,
        rtol=_RTOL,
        atol=_ATOL,
    )


def _where(failed: list[Trial]) -> Said:
    """Say which settings fail, where they have something in common."""
    settings = [trial.subject for trial in failed]
    if all(s.stride > 1 for s in settings):
        return Said(
            "It is right at stride 1: which pixels does window (i, j) cover at a larger stride?"
        )
    if all(s.padding > 0 for s in settings):
        return Said(
            "It is right without padding: what becomes of the ring of zeros on the way back?"
        )
    if all(s.batch > 1 for s in settings):
        return Said("It is right for a single picture: how do several pictures take part?")
    return Said("Compare with numerical gradients on a 1×1×4×4 input: move one number a little.")


def _made(student: Student, setting: Setting, earlier: Sequence[np.ndarray] = ()):
    """Make the learner's layer and send its input forward, after `earlier` ones."""
    x, weights, biases, grad = setting.draw()
    layer = student.create(
        "Conv2D",
        setting.channels,
        setting.filters,
        setting.kernel,
        stride=setting.stride,
        padding=setting.padding,
    )
    layer.call("set_parameters", weights, biases)
    for other in (*earlier, x):
        layer.call("forward", other)
    return layer, grad


def _behaves(attempt: Attempt, attribute: str | None, position: int) -> bool:
    """Look at what shows only later: a second backward, another forward, a damaged argument."""
    sheet, student = attempt.sheet, attempt.student
    first, second = SETTINGS[1], SETTINGS[4]

    def is_right(layer, value, setting):
        found = layer.get(attribute) if attribute else value
        key = gradients(setting)[position]
        return agree(forms.array(found, "Conv2D"), key, _RTOL, _ATOL)

    layer, grad = _made(student, first)
    held = student.hold(grad)
    layer.call("backward", held)
    if not np.array_equal(held.value(), grad):
        sheet.say("`backward` changes the array that it is given.", "damages-input")
        return False
    if not is_right(layer, layer.call("backward", held), first):
        sheet.say(
            "A second call of `backward` gives another result: gradients are stored, not added to "
            "those of the call before.",
            "accumulates",
        )
        return False
    layer, grad = _made(student, second, earlier=[second.draw()[0] + 1])
    if not is_right(layer, layer.call("backward", grad), second):
        sheet.say("`backward` belongs to the *last* call of `forward`.", "remembers-first")
        return False
    return True


# --- biases --------------------------------------------------------------------------------------


def _grad(setting: Setting) -> np.ndarray:
    return setting.draw()[3]


@question("challenge-biases", objectives=(13,), bloom="create")
def challenge_biases() -> Sequence[Part]:
    """Gradient with respect to the biases."""
    mistakes = [
        Mistake(
            "mean-for-sum",
            lambda s: _grad(s).mean((0, 2, 3)),
            "`grad_biases`: this is a mean. A bias is added at every position of every "
            "picture: all of these contributions are *summed*.",
        ),
        Mistake(
            "averages-over-batch",
            lambda s: _grad(s).sum((2, 3)).mean(0),
            "`grad_biases`: this averages over the pictures; their contributions are summed.",
        ),
        Mistake(
            "keeps-batch",
            lambda s: _grad(s).sum((2, 3)),
            "`grad_biases`: this has a row for each picture; a bias is shared by all of them.",
        ),
        Mistake(
            "keeps-positions",
            lambda s: _grad(s).sum(0),
            "`grad_biases`: this keeps the positions; a bias is shared by all of them.",
        ),
        Mistake(
            "wrong-axes",
            lambda s: _grad(s).sum((1, 2, 3)),
            "`grad_biases`: the wrong axis is left. Which one counts the filters?",
        ),
        Mistake(
            "everything-summed",
            lambda s: _grad(s).sum(),
            "`grad_biases`: every filter has a bias of its own.",
        ),
    ]
    return [
        _gradient(2, 2, "grad_biases", mistakes, "`grad_biases` has another shape than the biases.")
    ]


# --- weights -------------------------------------------------------------------------------------


def _weights_by(setting, scale=None, swap=False, flip=False, stride=None, pad=True, last=False):
    """Weight gradients by a rule that may be wrong."""
    x, weights, _, grad = setting.draw()
    p, f = setting.padding if pad else 0, setting.kernel
    step = stride or setting.stride
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    out = np.zeros_like(weights)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            window = padded[:, :, i * step : i * step + f, j * step : j * step + f]
            if window.shape[2:] != (f, f):
                return None
            here = grad[:, :, i, j]
            if last:
                window, here = window[-1:], here[-1:]
            out += np.einsum("nk,nchw->kchw", here, window)
    if swap:
        out = out.swapaxes(2, 3)
    if flip:
        out = out[:, :, ::-1, ::-1]
    return out / scale(grad) if scale else out


@question("challenge-weights", objectives=(13,), bloom="create")
def challenge_weights() -> Sequence[Part]:
    """Gradient with respect to the weights."""
    mistakes = [
        Mistake(
            "averages-over-batch",
            lambda s: _weights_by(s, scale=len),
            "`grad_weights`: this averages over the pictures. A shared weight's gradient is "
            "the *sum* over all of its uses.",
        ),
        Mistake(
            "mean-for-sum",
            lambda s: _weights_by(s, scale=lambda g: g.shape[2] * g.shape[3]),
            "`grad_weights`: this averages over the positions. A shared weight's gradient is "
            "the *sum* over all of its uses.",
        ),
        Mistake(
            "flipped-kernel",
            lambda s: _weights_by(s, flip=True),
            "`grad_weights`: the kernel comes out turned by 180°. It is the gradient of the "
            "*input* in which the kernel is turned.",
        ),
        Mistake(
            "transposed-kernel",
            lambda s: _weights_by(s, swap=True),
            "`grad_weights`: rows and columns of the kernel are exchanged.",
        ),
        Mistake(
            "ignores-stride",
            lambda s: _weights_by(s, stride=1),
            "`grad_weights`: this is right at stride 1. Where does window (i, j) begin at a "
            "larger stride?",
        ),
        Mistake(
            "last-picture-only",
            lambda s: _weights_by(s, last=True),
            "`grad_weights`: only the last picture counts: is `=` where `+=` belongs?",
        ),
        Mistake(
            "forgot-padding",
            lambda s: _weights_by(s, pad=False),
            "`grad_weights`: the windows have to be cut from the *padded* input, as in `forward`.",
        ),
    ]
    return [
        _gradient(
            4,
            1,
            "grad_weights",
            mistakes,
            "`grad_weights` has another shape than the weights (K, C, F, F).",
        )
    ]


# --- input ---------------------------------------------------------------------------------------


def _input_by(setting, flip=False, stride=None, crop=True, overwrite=False, first_filter=False):
    """Input gradients by a rule that may be wrong."""
    _, weights, _, grad = setting.draw()
    p, f = setting.padding, setting.kernel
    step = stride or setting.stride
    height, width = setting.size
    out = np.zeros((setting.batch, setting.channels, height + 2 * p, width + 2 * p))
    weights = weights[:, :, ::-1, ::-1] if flip else weights
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            rows, columns = slice(i * step, i * step + f), slice(j * step, j * step + f)
            here = grad[:, :, i, j]
            if first_filter:
                piece = np.einsum("n,chw->nchw", here[:, 0], weights[0])
            else:
                piece = np.einsum("nk,kchw->nchw", here, weights)
            out[:, :, rows, columns] = piece + (0 if overwrite else out[:, :, rows, columns])
    return out[:, :, p : p + height, p : p + width] if crop else out


@question("challenge-input", objectives=(13,), bloom="create")
def challenge_input() -> Sequence[Part]:
    """Gradient with respect to the input."""
    mistakes = [
        Mistake(
            "flipped-kernel",
            lambda s: _input_by(s, flip=True),
            "What `backward` returns: the kernel is turned the wrong way. Each output hands "
            "its gradient to the pixels of its window, weighted as in `forward`.",
        ),
        Mistake(
            "ignores-stride",
            lambda s: _input_by(s, stride=1),
            "What `backward` returns is right at stride 1. Where does window (i, j) begin at "
            "a larger stride?",
        ),
        Mistake(
            "forgot-crop",
            lambda s: _input_by(s, crop=False),
            "What `backward` returns still has the ring of padding: it has to have the shape "
            "of the input.",
        ),
        Mistake(
            "overwrites-overlap",
            lambda s: _input_by(s, overwrite=True),
            "What `backward` returns: where windows overlap, a pixel collects from *all* of "
            "them: is `=` where `+=` belongs?",
        ),
        Mistake(
            "one-filter",
            lambda s: _input_by(s, first_filter=True),
            "What `backward` returns: a pixel takes part in the outputs of every filter, not "
            "only the first.",
        ),
    ]
    return [
        _gradient(
            4,
            0,
            None,
            mistakes,
            "What `backward` returns has another shape than the input; mind the pixels that the "
            "floor of the output size leaves unused, and the padding.",
        )
    ]
