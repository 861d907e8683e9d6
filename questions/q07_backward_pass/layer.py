"""How one gradient of the learner's layer is asked for, and what shows only later."""

from collections.abc import Sequence

import numpy as np

from autograder.handin import forms
from autograder.marking import (
    Attempt,
    Diagnosis,
    Handle,
    Method,
    Mistake,
    Student,
    StudentError,
    Trial,
    agree,
    returned,
)
from questions.pages import section_link
from questions.q07_backward_pass.settings import SETTINGS, Setting, gradients, outputs

BACKWARD = section_link("10.1")
#: Wide enough for 32-bit numbers: sums of some hundred products differ by a few millionths.
_RTOL, _ATOL = 2e-5, 2e-5


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


def gradient(
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
        link=BACKWARD,
        otherwise=_where,
        probe=(1, 1, 1),
        behaves=lambda attempt: _behaves(attempt, attribute, position),
        cost=points / 4,
        rtol=_RTOL,
        atol=_ATOL,
    )


def _where(failed: list[Trial]) -> Diagnosis:
    """Say which settings fail, where they have something in common."""
    settings = [trial.subject for trial in failed]
    if all(s.stride > 1 for s in settings):
        return Diagnosis(
            "It is right at stride 1: which pixels does window (i, j) cover at a larger stride?"
        )
    if all(s.padding > 0 for s in settings):
        return Diagnosis(
            "It is right without padding: what becomes of the ring of zeros on the way back?"
        )
    if all(s.batch > 1 for s in settings):
        return Diagnosis("It is right for a single picture: how do several pictures take part?")
    return Diagnosis(
        "Compare with numerical gradients on a 1×1×4×4 input: move one number a little."
    )


def _created(student: Student, setting: Setting) -> Handle:
    """Make the learner's layer, with parameters of its own choice."""
    return student.create(
        "Conv2D",
        setting.channels,
        setting.filters,
        setting.kernel,
        stride=setting.stride,
        padding=setting.padding,
    )


def _after_forward(student: Student, setting: Setting, earlier: Sequence[np.ndarray] = ()):
    """Make the learner's layer and send its input forward, after `earlier` ones."""
    x, weights, biases, grad = setting.draw()
    layer = _created(student, setting)
    layer.call("set_parameters", weights, biases)
    for other in (*earlier, x):
        layer.call("forward", other)
    return layer, grad


def _back(layer: Handle, grad: np.ndarray):
    """Send a gradient back; a later part of the method that fails leaves what came before it."""
    try:
        return layer.call("backward", grad)
    except StudentError:
        return None


def _keeps(layer: Handle, attribute: str, value: np.ndarray) -> bool:
    """Whether the layer's parameter is what was set; one that it keeps elsewhere can't be seen."""
    try:
        now = layer.get(attribute)
    except StudentError:
        return True
    return np.shape(now) == value.shape and np.allclose(now, value)


def _behaves(attempt: Attempt, attribute: str | None, position: int) -> bool:
    """Look at what shows only later: the parameters, a second backward, another forward."""
    sheet, student = attempt.sheet, attempt.student
    first, second = SETTINGS[1], SETTINGS[4]

    def is_right(layer, value, setting):
        found = layer.get(attribute) if attribute else value
        key = gradients(setting)[position]
        return agree(returned(forms.array, found, "Conv2D"), key, _RTOL, _ATOL)

    x, weights, biases, grad = second.draw()
    layer, _ = _after_forward(student, second)
    _back(layer, grad)
    if not (_keeps(layer, "weights", weights) and _keeps(layer, "biases", biases)):
        sheet.say(
            "`backward` changes the weights or the biases. It only works gradients out; taking a "
            "step with them is the optimiser's part.",
            "changes-parameters",
        )
        return False
    layer, grad = _after_forward(student, first)
    _back(layer, grad)
    if not is_right(layer, _back(layer, grad), first):
        sheet.say(
            "A second call of `backward` gives another result: gradients are stored, not added to "
            "those of the call before.",
            "accumulates",
        )
        return False
    layer, grad = _after_forward(student, second, earlier=[x + 1])
    remembers = not is_right(layer, _back(layer, grad), second)
    layer, _ = _after_forward(student, second)
    layer.call("forward", x + 1)
    _back(layer, grad)
    layer.call("forward", x)
    if remembers or not is_right(layer, _back(layer, grad), second):
        sheet.say("`backward` belongs to the *last* call of `forward`.", "remembers-first")
        return False
    layer = _created(student, second)
    layer.call("set_parameters", 1 - weights, biases)
    layer.call("forward", x)
    _back(layer, grad)
    layer.call("set_parameters", weights, biases)
    layer.call("forward", x)
    if not is_right(layer, _back(layer, grad), second):
        sheet.say(
            "`backward` works with the weights that the layer has *now*, not with those that it "
            "had in an earlier call.",
            "remembers-first",
        )
        return False
    output = returned(forms.array, layer.call("forward", x), "Conv2D.forward")
    if not agree(output, outputs(second), _RTOL, _ATOL):
        sheet.say(
            "`forward` no longer gives what it gave in the cell that you were handed: what has "
            "become of its weights and biases?",
            "changes-forward",
        )
        return False
    return True
