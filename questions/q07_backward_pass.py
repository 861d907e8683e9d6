"""Checkers of the seventh notebook: the backward pass of a convolution, written by the learner."""

from dataclasses import dataclass

import numpy as np

from autograder.handin import forms
from autograder.jail.student import StudentError
from autograder.marking.question import question
from autograder.marking.sheet import Mistake, Sheet, explain
from convbook import shapes
from questions.pages import look

ASSIGNMENT = "07-backward-pass"

#: What the notebook could be answered with: not for students' code while it is marked.
#: NumPy only, as the notebook says: frameworks have the backward pass, SciPy correlates.
ADMITS = ("numpy",)
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


@dataclass
class Result:
    """What the learner's layer made of one setting; an entry is None where it failed."""

    returned: np.ndarray | None = None
    grad_weights: np.ndarray | None = None
    grad_biases: np.ndarray | None = None
    error: str = ""


def _made(student, setting: Setting, earlier=()):
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


def _run(student, setting: Setting, want: str) -> Result:
    """Send one gradient back; `want` is the field of `Result` that is needed."""
    result = Result()
    try:
        layer, grad = _made(student, setting)
        value = layer.call("backward", grad)
        if want == "returned":
            if value is None:
                raise forms.WrongForm("`Conv2D.backward` returns nothing yet.")
            result.returned = forms.array(value, "Conv2D.backward")
        else:
            attribute = layer.get(want)
            if attribute is None:
                raise forms.WrongForm(f"`Conv2D.{want}` is not set yet.")
            setattr(result, want, forms.array(attribute, f"Conv2D.{want}"))
    except (StudentError, forms.WrongForm) as error:
        result.error = str(error)
    return result


def _close(found, key) -> bool:
    return found is not None and found.shape == key.shape and np.allclose(found, key, _RTOL, _ATOL)


def _mark(student, points, want, position, mistakes, shape_message):
    """Mark one of the three gradients: plain settings half of the points, the others the rest."""
    sheet = Sheet(points)
    with sheet.part():
        student.create("Conv2D", 1, 1, 1)  # a missing class ends the question here
        results = [_run(student, setting, want) for setting in SETTINGS]
        found = [getattr(result, want) for result in results]
        errors = [result.error for result in results if result.error]
        keys = [gradients(setting)[position] for setting in SETTINGS]
        right = [_close(f, k) for f, k in zip(found, keys, strict=True)]
        plain = [s.stride == 1 and s.padding == 0 for s in SETTINGS]
        groups = [
            [ok for ok, p in zip(right, plain, strict=True) if p],
            [ok for ok, p in zip(right, plain, strict=True) if not p],
        ]
        earned = sum(points / 2 for group in groups if all(group))
        if not all(right):
            sheet.earn(earned)
            _explain(sheet, found, keys, right, errors, mistakes, shape_message)
        else:
            sheet.earn(points - (0 if _behaves(sheet, student, want, position) else points / 4))
    return sheet.verdict()


def _explain(sheet, found, keys, right, errors, mistakes, shape_message):
    def made(wrong):
        return all(_same(f, wrong(s)) for f, s in zip(found, SETTINGS, strict=True))

    if explain(sheet, "", mistakes, made, link=_BACKWARD):
        return
    if errors:
        sheet.say(errors[0])
    elif any(f is not None and f.shape != k.shape for f, k in zip(found, keys, strict=True)):
        sheet.say(shape_message)
    else:
        failing = [s for s, ok in zip(SETTINGS, right, strict=True) if not ok]
        sheet.say(_where(failing) + f" {_BACKWARD}")


def _same(found, wrong) -> bool:
    if wrong is None:
        return found is None
    return _close(found, wrong)


def _where(failing) -> str:
    if all(s.stride > 1 for s in failing):
        return "It is right at stride 1: which pixels does window (i, j) cover at a larger stride?"
    if all(s.padding > 0 for s in failing):
        return "It is right without padding: what becomes of the ring of zeros on the way back?"
    if all(s.batch > 1 for s in failing):
        return "It is right for a single picture: how do several pictures take part?"
    return "Compare with numerical gradients on a 1×1×4×4 input: move one number a little."


def _behaves(sheet, student, want, position) -> bool:
    """Look at what shows only later: a second backward, another forward, a damaged argument."""
    first, second = SETTINGS[1], SETTINGS[4]
    layer, grad = _made(student, first)
    held = student.hold(grad)
    layer.call("backward", held)
    if not np.array_equal(held.value(), grad):
        sheet.say("`backward` changes the array that it is given.", "damages-input")
        return False
    value = layer.call("backward", held)
    again = value if want == "returned" else layer.get(want)
    if not _close(forms.array(again, "Conv2D"), gradients(first)[position]):
        sheet.say(
            "A second call of `backward` gives another result: gradients are stored, not added to "
            "those of the call before.",
            "accumulates",
        )
        return False
    layer, grad = _made(student, second, earlier=[second.draw()[0] + 1])
    value = layer.call("backward", grad)
    again = value if want == "returned" else layer.get(want)
    if not _close(forms.array(again, "Conv2D"), gradients(second)[position]):
        sheet.say("`backward` belongs to the *last* call of `forward`.", "remembers-first")
        return False
    return True


# --- biases --------------------------------------------------------------------------------------


@question("challenge-biases", points=2, objectives=(13,), bloom="create")
def challenge_biases(student):
    """Gradient with respect to the biases."""

    def grad(setting):
        return setting.draw()[3]

    return _mark(
        student,
        2,
        "grad_biases",
        2,
        [
            Mistake(
                "mean-for-sum",
                lambda s: grad(s).mean((0, 2, 3)),
                "`grad_biases`: this is a mean. A bias is added at every position of every "
                "picture: all of these contributions are *summed*.",
            ),
            Mistake(
                "averages-over-batch",
                lambda s: grad(s).sum((2, 3)).mean(0),
                "`grad_biases`: this averages over the pictures; their contributions are summed.",
            ),
            Mistake(
                "keeps-batch",
                lambda s: grad(s).sum((2, 3)),
                "`grad_biases`: this has a row for each picture; a bias is shared by all of them.",
            ),
            Mistake(
                "keeps-positions",
                lambda s: grad(s).sum(0),
                "`grad_biases`: this keeps the positions; a bias is shared by all of them.",
            ),
            Mistake(
                "wrong-axes",
                lambda s: grad(s).sum((1, 2, 3)),
                "`grad_biases`: the wrong axis is left. Which one counts the filters?",
            ),
            Mistake(
                "everything-summed",
                lambda s: grad(s).sum(),
                "`grad_biases`: every filter has a bias of its own.",
            ),
        ],
        "`grad_biases` has another shape than the biases.",
    )


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


@question("challenge-weights", points=4, objectives=(13,), bloom="create")
def challenge_weights(student):
    """Gradient with respect to the weights."""
    return _mark(
        student,
        4,
        "grad_weights",
        1,
        [
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
                "`grad_weights`: the windows have to be cut from the *padded* input, as in "
                "`forward`.",
            ),
        ],
        "`grad_weights` has another shape than the weights (K, C, F, F).",
    )


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


@question("challenge-input", points=4, objectives=(13,), bloom="create")
def challenge_input(student):
    """Gradient with respect to the input."""
    return _mark(
        student,
        4,
        "returned",
        0,
        [
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
        ],
        "What `backward` returns has another shape than the input; mind the pixels that the floor "
        "of the output size leaves unused, and the padding.",
    )
