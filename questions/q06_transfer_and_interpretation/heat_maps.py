"""Exercise 15 and the shortcut: Grad-CAM as code, and what a heat map shows."""

from collections.abc import Sequence

import numpy as np

from autograder.handin import forms
from autograder.marking import Case, Function, Mistake, Part, Statements, Word, question
from questions.pages import section_link

_CAM = section_link("4.12", "GradCamViewer")


# --- exercise 15 ---------------------------------------------------------------------------------


def grad_cam(maps, gradients, relu=True, weigh=None, divide=True):
    """Grad-CAM from maps and gradients (H, W, C)."""
    maps, gradients = np.asarray(maps, float), np.asarray(gradients, float)
    weights = gradients.mean(axis=(0, 1)) if weigh is None else weigh(gradients)
    heat = (maps * weights).sum(axis=-1)
    if relu:
        heat = np.maximum(heat, 0)
    top = heat.max()
    return heat / top if divide and top > 0 else heat


def _cam_cases():
    rng = np.random.default_rng(15)

    def pair(*size):
        return np.maximum(rng.normal(size=size), 0), rng.normal(0.2, 1, size)

    plain = [pair(7, 7, 12), pair(4, 6, 3), pair(5, 3, 8), pair(1, 4, 2)]
    maps, gradients = pair(6, 5, 4)
    silent = np.abs(maps)
    zero = [
        (np.zeros((4, 5, 3)), rng.normal(size=(4, 5, 3))),
        (silent, -np.abs(gradients)),
        (silent, np.zeros_like(gradients)),
    ]
    # An ε of 1e-8 beside the largest value, as practitioners divide, changes nothing here.
    scale = [(maps * 1000, gradients), (maps * 1e-3, gradients), (maps, gradients * 1e-3)]
    mixed = [(rng.normal(size=(5, 6, 3)), rng.normal(size=(5, 6, 3)))]
    groups = {"plain": plain + mixed, "zero": zero, "scale": scale}
    return [Case(args, group) for group, cases in groups.items() for args in cases]


@question("ex15", objectives=(11,), bloom="apply")
def ex15() -> Sequence[Part]:
    """Grad-CAM as code."""
    cases = _cam_cases()

    def late_relu(maps, gradients):
        return grad_cam(maps, np.maximum(gradients, 0), weigh=None)

    def stretched(maps, gradients):
        heat = grad_cam(maps, gradients, relu=False, divide=False)
        span = heat.max() - heat.min()
        return (heat - heat.min()) / span if span else np.zeros_like(heat)

    def absolute(maps, gradients):
        heat = np.abs(grad_cam(maps, gradients, relu=False, divide=False))
        return heat / heat.max() if heat.max() else heat

    def normed(maps, gradients):
        heat = grad_cam(maps, gradients, divide=False)
        return heat / heat.sum() if heat.sum() else heat

    def pointwise(maps, gradients):
        heat = np.maximum((maps * gradients).sum(-1), 0)
        return heat / heat.max() if heat.max() else heat

    return [
        Function(
            name="ex15_grad_cam",
            cases=cases,
            reference=grad_cam,
            groups={"plain": 2, "zero": 1, "scale": 1},
            read=_heat,
            rtol=1e-4,
            atol=1e-5,
            mistakes=[
                Mistake(
                    "not-divided",
                    lambda m, g: grad_cam(m, g, divide=False),
                    "the map is right but for its scale: its largest value should be 1.",
                ),
                Mistake(
                    "forgot-relu",
                    _divided_without_relu,
                    "what speaks *against* the class is still in the map: where is the ReLU? "
                    f"{_CAM}",
                ),
                Mistake(
                    "stretched",
                    stretched,
                    "stretching from the smallest value to the largest brings back what speaks "
                    f"against the class. {_CAM}",
                ),
                Mistake(
                    "absolute-for-relu",
                    absolute,
                    "the absolute value turns what speaks against the class into heat; ReLU "
                    f"removes it. {_CAM}",
                ),
                Mistake(
                    "relu-on-gradients",
                    late_relu,
                    "ReLU belongs on the finished map, not on the gradients.",
                ),
                Mistake(
                    "not-pooled",
                    pointwise,
                    "the gradients are used pixel by pixel; Grad-CAM takes one weight a channel. "
                    f"{_CAM}",
                ),
                Mistake(
                    "max-for-mean",
                    lambda m, g: grad_cam(m, g, weigh=lambda grads: grads.max((0, 1))),
                    "a channel's weight is the mean of its gradients, not their largest.",
                ),
                Mistake(
                    "averages-over-channels",
                    lambda m, g: grad_cam(m, g, weigh=lambda grads: grads.mean(2)[..., None]),
                    "the wrong axes are averaged: a weight belongs to a *channel*.",
                ),
                Mistake(
                    "ignores-gradients",
                    lambda m, g: grad_cam(m, np.ones_like(g)),
                    "the map would be the same for every class: where do the gradients come in?",
                ),
                Mistake(
                    "sum-for-maximum",
                    normed,
                    "the map is divided by its sum; its largest value should be 1.",
                ),
            ],
            otherwise="work with two channels of 1×2 pixels on paper: weights first, then the "
            f"weighted sum, ReLU, division. {_CAM}",
        )
    ]


def _divided_without_relu(maps, gradients):
    heat = grad_cam(maps, gradients, relu=False, divide=False)
    return heat / heat.max() if heat.max() > 0 else heat


def _heat(value, name):
    """Read a heat map; say plainly where NaN comes from."""
    try:
        return forms.array(value, name)
    except forms.NotFinite:
        raise forms.NotFinite(
            f"`{name}`: a map that is zero everywhere gives NaN. What is 0 divided by 0?"
        ) from None


@question("ex15-true", objectives=(11,), bloom="evaluate")
def ex15_true() -> Sequence[Part]:
    """What a heat map says and what it doesn't."""
    return [
        Statements(
            name="ex15_true",
            true="bcd",
            points=2.5,
            idea=f"what a place adds to a score, and what that can't show. {_CAM}",
            why={
                "a": "is what raised a score always what *caused* a decision? Think of two "
                f"regions that always appear together. {_CAM}",
                "b": "average pooling and one dense layer make the score a sum over places: what "
                f"does a place with a positive weighted sum of the pooled maps add to it? {_CAM}",
                "c": f"how many rows and columns has the map before it is enlarged? {_CAM}",
                "d": f"what is left of a negative number after ReLU? {_CAM}",
                "e": f"choose another class and look: whose score is differentiated? {_CAM}",
            },
            slugs={"a": "heat-map-is-proof", "e": "one-map-for-all-classes"},
        )
    ]


# --- the shortcut --------------------------------------------------------------------------------

#: The network of the notebook's heat maps that looks elsewhere; a test works it out from the maps.
SHORTCUT = "B"


def share(heat_map, mask):
    """Share of the heat that lies on the object."""
    heat, mask = np.asarray(heat_map, float), np.asarray(mask, bool)
    return heat[mask].sum() / heat.sum() if heat.sum() else 0.0


def _share_cases():
    rng = np.random.default_rng(11)
    cases = [
        Case((rng.uniform(size=size), rng.uniform(size=size) < 0.4), "share")
        for size in [(7, 7), (4, 6), (5, 3), (9, 2)]
    ]
    heat = rng.uniform(0, 50, (6, 5))
    cases += [
        Case((heat, np.ones((6, 5), bool)), "edge"),
        Case((heat, np.zeros((6, 5), bool)), "edge"),
        Case((np.zeros((4, 4)), np.eye(4, dtype=bool)), "edge"),
        Case((rng.integers(0, 9, (5, 7)), rng.integers(0, 2, (5, 7)) > 0), "edge"),
    ]
    return cases


@question("added-shortcut", objectives=(11,), bloom="evaluate")
def added_shortcut() -> Sequence[Part]:
    """Which network takes a shortcut?"""
    return [
        Function(
            name="added_share",
            cases=_share_cases(),
            reference=share,
            groups={"share": 1.5, "edge": 0.5},
            read=forms.number,
            mistakes=[
                Mistake(
                    "outside-for-inside",
                    lambda h, m: 1 - share(h, m) if h.sum() else 0.0,
                    "this is the share that lies *beside* the object.",
                ),
                Mistake(
                    "mean-for-share",
                    lambda h, m: h[np.asarray(m, bool)].mean() if np.any(m) else 0.0,
                    "this is the mean heat on the object; by what is its sum divided?",
                ),
                Mistake(
                    "sum-for-share",
                    lambda h, m: h[np.asarray(m, bool)].sum(),
                    "this is the heat on the object: what part of the whole is it?",
                ),
                Mistake(
                    "area-for-heat",
                    lambda h, m: np.mean(np.asarray(m, bool)),
                    "this is the share of the *pixels*; weigh them by their heat.",
                ),
            ],
            otherwise="the heat inside the mask, divided by all heat; 0 where there is none.",
        ),
        Word(
            name="added_shortcut_network",
            key=SHORTCUT,
            choices=("A", "B", "C"),
            points=2,
            read=_network,
            needs=("added_share",),
            why=lambda _: (
                "compare the networks' shares over all six pictures, and look where the rest of "
                f"the heat lies: does it stay in one place? {section_link('11.3')}"
            ),
        ),
    ]


def _network(value, name):
    """Read "B", "b" or "network B"."""
    bare = value.strip().lower().removeprefix("network") if isinstance(value, str) else value
    try:
        return forms.letter(bare, name, "abc").upper()
    except forms.WrongForm:
        return forms.letter(value, name, "abc").upper()  # quotes what was written
