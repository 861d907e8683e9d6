"""The three gradients, with the slips that people make in each."""

from collections.abc import Sequence

import numpy as np

from autograder.marking import Mistake, Part, question
from questions.q07_backward_pass.layer import gradient
from questions.q07_backward_pass.settings import Setting

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
        gradient(2, 2, "grad_biases", mistakes, "`grad_biases` has another shape than the biases.")
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
        gradient(
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
        gradient(
            4,
            0,
            None,
            mistakes,
            "What `backward` returns has another shape than the input; mind the pixels that the "
            "floor of the output size leaves unused, and the padding.",
        )
    ]
