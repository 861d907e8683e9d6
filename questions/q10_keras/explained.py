"""Grad-CAM by hand: the gradient through whatever head the grader's network has."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from autograder.marking import Case, Function, Mistake, Part, question
from questions.pages import section_link

CAM = section_link("4.12")
Head = list[dict]


def _forward(maps: np.ndarray, head: Head) -> list[np.ndarray]:
    """What goes into each layer of the head, and what comes out at its end."""
    values = [np.asarray(maps, float)]
    for layer in head:
        x, kind = values[-1], layer["layer"]
        if kind == "global_avg_pool":
            values.append(x.mean(axis=(0, 1)))
        elif kind == "flatten":
            values.append(x.ravel())
        elif kind == "relu":
            values.append(np.maximum(x, 0))
        else:
            values.append(x @ layer["weights"] + layer["bias"])
    return values


def gradients(maps: np.ndarray, head: Head, label: int, through_relu: bool = True) -> np.ndarray:
    """The derivative of the class's logit with respect to every entry of the maps."""
    values = _forward(maps, head)
    grad = np.zeros(len(values[-1]))
    grad[label] = 1
    for layer, x in zip(reversed(head), reversed(values[:-1]), strict=True):
        kind = layer["layer"]
        if kind == "global_avg_pool":
            grad = np.broadcast_to(grad / (x.shape[0] * x.shape[1]), x.shape)
        elif kind == "flatten":
            grad = grad.reshape(x.shape)
        elif kind == "relu":
            grad = grad * (x > 0) if through_relu else grad
        else:
            grad = layer["weights"] @ grad
    return grad


def _heat(maps: np.ndarray, weights: np.ndarray, cut: bool = True) -> np.ndarray:
    heat = maps @ weights
    heat = np.maximum(heat, 0) if cut else heat
    top = heat.max()
    return heat / top if top > 0 else heat


def grad_cam(maps: np.ndarray, head: Head, label: int) -> np.ndarray:
    """Mean gradient a channel as its weight, the sum over channels, what is negative cut off."""
    return _heat(maps, gradients(maps, head, label).mean(axis=(0, 1)))


def _stretched(heat: np.ndarray) -> np.ndarray:
    """From 0 to 1, whatever the smallest was."""
    reach = heat.max() - heat.min()
    return (heat - heat.min()) / reach if reach > 0 else 0 * heat


def _drawn(seed: int, shape: tuple[int, int, int], kind: str, classes: int) -> tuple:
    """Maps after a ReLU, a head of a kind with its arrays, and a class."""
    rng = np.random.default_rng((15, seed))
    maps = np.maximum(rng.normal(0.3, 1, shape), 0)
    size = shape[2] if kind.startswith("pooled") else int(np.prod(shape))
    units = [size, 6, classes] if kind.endswith("hidden") else [size, classes]
    head: Head = [{"layer": "global_avg_pool" if kind.startswith("pooled") else "flatten"}]
    for place, (inputs, outputs) in enumerate(pairwise(units)):
        if place:
            head.append({"layer": "relu"})
        weights = rng.normal(0, 1, (inputs, outputs)) / np.sqrt(inputs)
        head.append({"layer": "dense", "weights": weights, "bias": rng.normal(0, 0.5, outputs)})
    return maps, head, int(rng.integers(classes))


def _cases() -> list[Case]:
    drawn = [
        (_drawn(1, (4, 5, 3), "pooled", 4), "pooled"),
        (_drawn(2, (6, 3, 5), "pooled", 7), "pooled"),
        (_drawn(3, (5, 4, 4), "pooled hidden", 3), "chain"),
        (_drawn(4, (3, 5, 3), "flat", 4), "chain"),
        (_drawn(5, (4, 3, 4), "flat hidden", 5), "chain"),
        (_drawn(6, (4, 4, 6), "pooled hidden", 5), "chain"),
    ]
    maps, head, label = _drawn(8, (3, 3, 4), "pooled", 4)
    head[1]["weights"] = np.abs(head[1]["weights"])
    drawn.append(((maps + 1, head, label), "pooled"))  # nowhere 0
    maps, head, label = _drawn(7, (3, 4, 2), "pooled", 3)
    head[1]["weights"] = -np.abs(head[1]["weights"])
    cases = [Case(args, group) for args, group in drawn]
    return [*cases, Case((maps, head, label), "nothing")]


def _with(rule: Callable[[np.ndarray, Head, int], np.ndarray]) -> Callable:
    """Grad-CAM with another rule for the weight of each channel."""
    return lambda maps, head, label: _heat(maps, rule(maps, head, label))


@question("keras-grad-cam", objectives=(11,), bloom="apply")
def keras_grad_cam() -> Sequence[Part]:
    """From maps and a head to the heat map, with no tape."""

    def mean(maps, head, label, **settings):
        return gradients(maps, head, label, **settings).mean(axis=(0, 1))

    def predicted(maps, head, _label):
        return grad_cam(maps, head, int(np.argmax(_forward(maps, head)[-1])))

    def softened(maps, head, label):
        values = _forward(maps, head)[-1]
        p = np.exp(values - values.max())
        p /= p.sum()
        return sum(p[label] * ((label == k) - p[k]) * mean(maps, head, k) for k in range(len(p)))

    def only_dense(maps, head, label):
        product = np.eye(len(head[1]["weights"]))
        for layer in head[1:]:
            product = product @ layer["weights"] if layer["layer"] == "dense" else product
        if head[0]["layer"] == "flatten":
            raise ValueError("there is one weight a position here")
        return product[:, label]

    return [
        Function(
            name="grad_cam",
            cases=_cases(),
            reference=grad_cam,
            groups={"pooled": 1.5, "chain": 3, "nothing": 0.5},
            mistakes=[
                Mistake(
                    "forgot-relu-of-head",
                    _with(lambda *args: mean(*args, through_relu=False)),
                    "the gradient passes a unit of the head only where that unit was active. "
                    f"{CAM}",
                ),
                Mistake(
                    "no-relu",
                    lambda m, h, k: _heat(m, mean(m, h, k), cut=False),
                    f"the map still has negative places: what does Grad-CAM do with them? {CAM}",
                ),
                Mistake(
                    "not-normalised",
                    lambda m, h, k: np.maximum(m @ mean(m, h, k), 0),
                    "the question asks for a map whose largest place is 1.",
                ),
                Mistake(
                    "stretched",
                    lambda m, h, k: _stretched(grad_cam(m, h, k)),
                    "the smallest place becomes 0 here; the map is divided by its largest, and "
                    "nothing is taken off.",
                ),
                Mistake(
                    "other-class",
                    predicted,
                    "this explains the class that the network would predict, not the one that it "
                    "was asked about.",
                ),
                Mistake(
                    "gradient-of-probability",
                    _with(softened),
                    "this is the gradient of the probability; Grad-CAM takes the logit. Here it "
                    f"moves every other class in. {CAM}",
                ),
                Mistake(
                    "absolute-gradient",
                    _with(lambda m, h, k: np.abs(gradients(m, h, k)).mean(axis=(0, 1))),
                    "a channel that speaks against the class has to count against it: keep the "
                    "sign.",
                ),
                Mistake(
                    "position-by-position",
                    lambda m, h, k: _heat(m * gradients(m, h, k), np.ones(m.shape[2])),
                    "this multiplies position by position (HiResCAM); Grad-CAM has one weight a "
                    f"channel, the mean over positions. {CAM}",
                ),
                Mistake(
                    "mean-of-maps",
                    lambda m, h, k: _heat(m, np.ones(m.shape[2])),
                    "this only sums the maps; where do the head and the class come in?",
                ),
                Mistake(
                    "NaN-for-nothing",
                    lambda m, h, k: grad_cam(m, h, k) / (np.max(m @ mean(m, h, k)) > 0),
                    "for a class that nothing speaks for, the map is 0 everywhere; what does yours "
                    "divide by?",
                ),
                Mistake(
                    "last-dense-only",
                    _with(only_dense),
                    "this is right where a single dense layer stands behind the pooling; go back "
                    f"through the head layer by layer. {CAM}",
                ),
            ],
            otherwise="take a head of one dense layer first: what is the derivative of a logit "
            f"with respect to one entry of the maps? {CAM}",
        )
    ]
