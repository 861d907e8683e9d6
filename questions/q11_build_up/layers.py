"""Four layers of the learner's, forward and backward, on shapes that the notebook doesn't show."""

import contextlib
from collections.abc import Callable, Sequence

import numpy as np

from autograder.handin import forms
from autograder.jail.student import StudentError
from autograder.marking import Attempt, Diagnosis, Method, Mistake, Part, Trial, question, returned
from autograder.marking.functions import agree
from questions.pages import section_link
from questions.q11_build_up.settings import Setting, backward, forward, gradient, inference

BACK, CONV, POOL, NORM = (
    section_link("10.5"),
    section_link("10.1"),
    section_link("4.5"),
    section_link("4.8"),
)
_RTOL, _ATOL = 2e-4, 2e-4  # wide enough for 32-bit numbers

DENSE = [
    Setting("Dense", 1, (4, 3), (5, 4)),
    Setting("Dense", 2, (7, 2), (1, 7)),
    Setting("Dense", 3, (3, 6), (8, 3)),
]
CONVOLUTIONS = [
    Setting("Conv2D", 4, (1, 2, 3), (2, 1, 6, 5)),
    Setting("Conv2D", 5, (3, 4, 3), (2, 3, 5, 7), padding=1),
    Setting("Conv2D", 6, (2, 3, 1), (3, 2, 4, 4)),
    Setting("Conv2D", 7, (2, 2, 5), (1, 2, 6, 5), padding=2),
]
POOLS = [
    Setting("MaxPool2D", 8, (2,), (2, 3, 6, 4)),
    Setting("MaxPool2D", 9, (3,), (1, 2, 6, 9)),
    Setting("MaxPool2D", 10, (2,), (2, 1, 5, 7)),
    Setting("MaxPool2D", 14, (3,), (2, 2, 7, 6), ties=True),
    Setting("MaxPool2D", 15, (2,), (2, 2, 4, 5), lift=-20.0),
]
NORMS = [
    Setting("BatchNorm2D", 11, (3,), (4, 3, 2, 5)),
    Setting("BatchNorm2D", 12, (1,), (6, 1, 3, 3)),
    Setting("BatchNorm2D", 13, (4,), (2, 4, 4, 1)),
]


def _trial(setting: Setting, then: Sequence[tuple[str, tuple]], args: tuple) -> Trial:
    """The learner's layer with the setting's parameters, after some calls."""
    parameters = tuple(setting.layer().params.values())
    before = [("set_parameters", parameters)] if parameters else []
    settings = {"padding": setting.padding} if setting.kind == "Conv2D" else {}
    return Trial(
        setting, args=args, create=setting.make, settings=settings, before=[*before, *then]
    )


def _training(setting: Setting, number: int = 0) -> tuple:
    x = setting.x(number)
    return (x, True) if setting.kind == "BatchNorm2D" else (x,)


def _otherwise(about: str) -> Callable[[list[Trial]], Diagnosis]:
    def diagnose(failed: list[Trial]) -> Diagnosis:
        shapes = {trial.subject.shape for trial in failed}
        return Diagnosis(
            f"{about} It fails on a batch of the shape {sorted(shapes)[0]}. Compare with "
            "numerical gradients on a batch as small as that."
        )

    return diagnose


def _mistake(slug: str, rule: Callable[[Setting], np.ndarray], message: str) -> Mistake:
    return Mistake(slug, rule, message)


def _part(
    settings: Sequence[Setting],
    points: float,
    what: str,
    mistakes: Sequence[Mistake],
    link: str,
) -> Method:
    """One thing that is asked of a layer: "forward", "backward", or a gradient's name."""
    kind = settings[0].kind
    if what == "forward":
        trials = [_trial(s, (), _training(s)) for s in settings]
        reference: Callable = forward
    else:
        trials = [_trial(s, [("forward", _training(s))], (s.grad(),)) for s in settings]
        reference = backward if what == "backward" else lambda s: gradient(s, _NAMES[what])
    about = {"forward": "`forward`", "backward": "What `backward` returns"}.get(what, f"`{what}`")
    return Method(
        name=kind,
        method="forward" if what == "forward" else "backward",
        attribute=what if what in _NAMES else None,
        trials=trials,
        reference=reference,
        groups={"": points},
        mistakes=mistakes,
        about=f"`{kind}`, {about}",
        link=link,
        otherwise=_otherwise("This is not right yet."),
        probe=settings[0].make,
        behaves=None if what == "forward" else _lasts(settings[0], what, reference),
        cost=points / 2,
        rtol=_RTOL,
        atol=_ATOL,
    )


def _lasts(setting: Setting, what: str, reference: Callable) -> Callable[[Attempt], bool]:
    """Whether a second round of forward and backward is as right as the first one."""

    def behaves(attempt: Attempt) -> bool:
        made = attempt.student.create(setting.kind, *setting.make)
        parameters = _parameters(setting)
        if parameters:
            made.call("set_parameters", *parameters)
        value = None
        for number in (1, 0):
            made.call("forward", *_training(setting, number))
            with contextlib.suppress(StudentError):  # a later part that fails; parts count alone
                value = made.call("backward", setting.grad())
        found = made.get(what) if what in _NAMES else value
        place = f"{setting.kind}.{what}"
        if agree(returned(forms.array, found, place), reference(setting), _RTOL, _ATOL):
            return True
        attempt.sheet.say(
            f"`{setting.kind}`: after a second `forward` and `backward`, `{what}` is another than "
            "for a fresh layer. Gradients are stored afresh, those of the last batch; and "
            "`backward` takes no step.",
            "remembers-first",
        )
        return False

    return behaves


_NAMES = {
    "grad_weights": "weight",
    "grad_biases": "bias",
    "grad_gamma": "gamma",
    "grad_beta": "beta",
}


def _parameters(setting: Setting) -> list[np.ndarray]:
    return list(setting.layer().params.values())


@question("build-dense", objectives=(13,), bloom="create")
def build_dense() -> Sequence[Part]:
    """A dense layer."""
    return [
        _part(DENSE, 1, "forward", [
            _mistake("forgot-bias", lambda s: s.x() @ _parameters(s)[0], "the biases are missing."),
        ], BACK),
        _part(DENSE, 0.5, "grad_biases", [
            _mistake("averages-over-batch", lambda s: s.grad().mean(axis=0),
                     "the loss already averages over the batch; a layer sums."),
            _mistake("keeps-batch", lambda s: s.grad(), "a bias is shared by the whole batch."),
            _mistake("wrong-axes", lambda s: s.grad().sum(axis=1), "the wrong axis is left."),
        ], BACK),
        _part(DENSE, 0.75, "grad_weights", [
            _mistake("averages-over-batch", lambda s: s.x().T @ s.grad() / len(s.x()),
                     "the loss already averages over the batch; a layer sums."),
            _mistake("transposed", lambda s: s.grad().T @ s.x(),
                     "rows and columns are exchanged: it has the shape of the weights."),
        ], BACK),
        _part(DENSE, 0.75, "backward", [
            _mistake("gradient-unchanged", lambda s: s.grad(),
                     "this hands the gradient on as it came; each input takes part in every unit."),
        ], BACK),
    ]  # fmt: skip


def _turned(setting: Setting) -> np.ndarray:
    layer = setting.layer()
    layer.params["weight"] = layer.params["weight"][:, :, ::-1, ::-1].copy()
    return layer.forward(setting.x())


def _without_bias(setting: Setting) -> np.ndarray:
    return forward(setting) - _parameters(setting)[1].reshape(1, -1, 1, 1)


@question("build-conv", objectives=(13,), bloom="create")
def build_conv() -> Sequence[Part]:
    """A convolution."""
    return [
        _part(CONVOLUTIONS, 1.5, "forward", [
            _mistake("forgot-bias", _without_bias, "the biases are missing."),
            _mistake("flipped-kernel", _turned,
                     "the kernel is turned by 180°; a layer of a network correlates."),
        ], CONV),
        _part(CONVOLUTIONS, 0.5, "grad_biases", [
            _mistake("averages-over-batch", lambda s: s.grad().sum((2, 3)).mean(0),
                     "the loss already averages over the batch; a layer sums."),
            _mistake("mean-for-sum", lambda s: s.grad().mean((0, 2, 3)),
                     "a bias is added at every position: its gradient is a sum over all of them."),
        ], BACK),
        _part(CONVOLUTIONS, 1, "grad_weights", [
            _mistake("averages-over-batch",
                     lambda s: gradient(s, "weight") / s.shape[0],
                     "the loss already averages over the batch; a layer sums."),
            _mistake("flipped-kernel", lambda s: gradient(s, "weight")[:, :, ::-1, ::-1],
                     "it comes out turned by 180°."),
        ], BACK),
        _part(CONVOLUTIONS, 1, "backward", [
            _mistake("forgot-crop", _uncropped,
                     "it still has the ring of padding: it has the shape of the input."),
        ], BACK),
    ]  # fmt: skip


def _uncropped(setting: Setting) -> np.ndarray:
    p = setting.padding
    wider = Setting(setting.kind, setting.seed, setting.make, setting.shape, 0)
    layer = wider.layer()
    layer.forward(np.pad(setting.x(), ((0, 0), (0, 0), (p, p), (p, p))))
    return layer.backward(setting.grad())


def _windows(setting: Setting) -> np.ndarray:
    """The pixels of each window, (N, C, rows, columns, size²)."""
    size = setting.make[0]
    x = setting.x()
    n, c, h, w = x.shape
    rows, columns = h // size, w // size
    x = x[:, :, : rows * size, : columns * size].reshape(n, c, rows, size, columns, size)
    return x.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, rows, columns, size * size)


def _everywhere(setting: Setting, share: Callable[[int], float]) -> np.ndarray:
    """The gradient handed to all pixels of a window."""
    size, grad, out = setting.make[0], setting.grad(), np.zeros(setting.shape)
    spread = grad.repeat(size, axis=2).repeat(size, axis=3) * share(size)
    out[:, :, : spread.shape[2], : spread.shape[3]] = spread
    return out


def _to_every_largest(setting: Setting) -> np.ndarray:
    """The gradient handed to all pixels that are as large as the largest."""
    size, top = setting.make[0], _windows(setting).max(-1)
    wide, out = _everywhere(setting, lambda size: 1), np.zeros(setting.shape)
    spread = top.repeat(size, axis=2).repeat(size, axis=3)
    inside = np.s_[:, :, : spread.shape[2], : spread.shape[3]]
    out[inside] = wide[inside] * (setting.x()[inside] == spread)
    return out


@question("build-pool", objectives=(4, 13), bloom="create")
def build_pool() -> Sequence[Part]:
    """A max pooling."""
    return [
        _part(POOLS, 1.5, "forward", [
            _mistake("average-for-max", lambda s: _windows(s).mean(-1),
                     "this is the mean of each window."),
            _mistake("min-for-max", lambda s: _windows(s).min(-1),
                     "this is the smallest number of each window."),
            _mistake("max-of-absolutes", lambda s: np.abs(_windows(s)).max(-1),
                     "a large negative number is not the largest."),
            _mistake("cuts-negatives", lambda s: np.maximum(_windows(s).max(-1), 0),
                     "the largest of negative numbers is negative; nothing is cut off here."),
        ], POOL),
        _part(POOLS, 1.5, "backward", [
            _mistake("gradient-to-all", lambda s: _everywhere(s, lambda size: 1),
                     "every pixel of a window gets the gradient; only the largest made the "
                     "output."),
            _mistake("gradient-as-average", lambda s: _everywhere(s, lambda size: 1 / size**2),
                     "this shares the gradient out, as average pooling does."),
            _mistake("gradient-to-all-largest", _to_every_largest,
                     "where several pixels of a window are equally large, the statement gives the "
                     "gradient to the first; here all of them get it."),
            _mistake("value-for-gradient", lambda s: backward(s) * s.x(),
                     "this multiplies the gradient with the pixel; moving the largest pixel by a "
                     "little moves the output by as much."),
        ], POOL),
    ]  # fmt: skip


_AXES = (0, 2, 3)


def _normalised(
    setting: Setting, axes: tuple[int, ...] = _AXES, epsilon: float = 1e-3, outside: bool = False
) -> np.ndarray:
    x, (gamma, beta) = setting.x(), _parameters(setting)
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    below = np.sqrt(variance) + epsilon if outside else np.sqrt(variance + epsilon)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / below + beta.reshape(1, -1, 1, 1)


def _as_if_constant(setting: Setting) -> np.ndarray:
    """The gradient where mean and variance are taken for numbers that don't depend on x."""
    scale = 1 / np.sqrt(setting.x().var(_AXES, keepdims=True) + 1e-3)
    return setting.grad() * _parameters(setting)[0].reshape(1, -1, 1, 1) * scale


def _only_mean(setting: Setting) -> np.ndarray:
    """The gradient where only the variance is taken for a constant."""
    grad = _as_if_constant(setting)
    return grad - grad.mean(_AXES, keepdims=True)


def _with_batch(setting: Setting) -> np.ndarray:
    """Inference that uses its own batch's statistics."""
    return setting.layer().forward(setting.x(2), training=True)


def _momentum_turned(setting: Setting) -> np.ndarray:
    """Moving statistics that follow the newest batch with the weight 0.9."""
    mean, variance = np.zeros(setting.make[0]), np.ones(setting.make[0])
    for number in (0, 1):
        x = setting.x(number)
        mean = 0.1 * mean + 0.9 * x.mean(_AXES)
        variance = 0.1 * variance + 0.9 * x.var(_AXES)
    (gamma, beta), columns = _parameters(setting), (1, -1, 1, 1)
    normal = (setting.x(2) - mean.reshape(columns)) / np.sqrt(variance.reshape(columns) + 1e-3)
    return gamma.reshape(columns) * normal + beta.reshape(columns)


@question("build-norm", objectives=(8, 13), bloom="create")
def build_norm() -> Sequence[Part]:
    """A batch normalisation."""
    at_rest = Method(
        name="BatchNorm2D",
        method="forward",
        trials=[
            _trial(
                s,
                [("forward", _training(s)), ("forward", _training(s, 1)), *between],
                (s.x(2), False),
            )
            for s in NORMS
            for between in ((), (("forward", (s.x(3), False)),))
        ],
        reference=inference,
        groups={"": 1},
        mistakes=[
            _mistake("batch-statistics-in-inference", _with_batch,
                     "it takes the mean and variance of this batch; what was remembered in "
                     "training belongs here."),
            _mistake("momentum-turned", _momentum_turned,
                     "the newest batch weighs 0.9 here; 0.9 is what is kept of the old."),
            _mistake("ignores-statistics", lambda s: s.layer().forward(s.x(2), training=False),
                     "nothing was remembered of the batches before: does `forward` update the "
                     "moving statistics in training?"),
        ],
        about="`BatchNorm2D`, `forward` in inference",
        link=NORM,
        otherwise=_otherwise("This is not right yet."),
        probe=NORMS[0].make,
        rtol=_RTOL,
        atol=_ATOL,
    )  # fmt: skip
    return [
        _part(NORMS, 1, "forward", [
            _mistake("wrong-axes", lambda s: _normalised(s, (0,)),
                     "this normalises each position by itself; a channel has one mean and one "
                     "variance, over batch and positions."),
            _mistake("wrong-axes", lambda s: _normalised(s, (2, 3)),
                     "this normalises each image by itself; a channel's statistics are those of "
                     "the whole batch."),
            _mistake("wrong-axes", lambda s: _normalised(s, (1, 2, 3)),
                     "this normalises each image over its channels; a channel has its own mean."),
            _mistake("no-scale-and-shift",
                     lambda s: (_normalised(s) - _parameters(s)[1].reshape(1, -1, 1, 1))
                     / _parameters(s)[0].reshape(1, -1, 1, 1),
                     "gamma and beta are missing."),
        ], NORM),
        at_rest,
        _part(NORMS, 0.25, "grad_gamma", [
            _mistake("forgot-normal", lambda s: s.grad().sum(_AXES),
                     "gamma multiplies the normalised input: where is it?"),
        ], NORM),
        _part(NORMS, 0.25, "grad_beta", [
            _mistake("averages-over-batch", lambda s: s.grad().mean(_AXES),
                     "the loss already averages; a layer sums."),
        ], NORM),
        _part(NORMS, 1.5, "backward", [
            _mistake("statistics-as-constants", _as_if_constant,
                     "mean and variance are taken for constants; they are made from the same "
                     "batch, so a pixel moves them, too."),
            _mistake("variance-as-constant", _only_mean,
                     "the mean's part is there, the variance's is missing."),
        ], NORM),
    ]  # fmt: skip
