"""Tries a rebuilt network on images that no package holds, and pays for what it gets right.

The images are the test split of a data set that a learner may have, each moved, turned, resized and
slanted in its own way by a seed that stands here only.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from autograder.marking import Attempt, Sheet, given
from convbook.data import DamagedData, DataNotFound, load
from convbook.data.distortion import distort
from questions.networks import Rebuilt, accuracy, read_network

#: By data set: how often each test image is tried, and the shift in pixels.
_TRIALS = {"digits": (5, 1.0), "digits-28": (5, 3.0), "mnist": (1, 3.0)}
_SEED = 0x5EED_0DD


@cache
def unseen_images(data: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images (N, 1, H, W), 0…1, and labels; `convbook.data` errors pass through."""
    dataset = load(data.removesuffix("-28"), quiet=True)
    images = dataset.x_test[..., 0]
    if data == "digits-28":
        images = enlarge(images)
    times, shift = _TRIALS[data]
    scaled = images.astype(np.float32) / 255
    changed = [distort(scaled, _SEED + number, shift=shift) for number in range(times)]
    return np.concatenate(changed)[:, None], np.tile(dataset.y_test, times)


def enlarge(images: np.ndarray) -> np.ndarray:
    """Enlarge 8×8 digits to 28×28: every pixel three times as high and wide, two zeros round it."""
    return np.pad(images.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2)))


#: How much worse a network has to become when its kernels are cut down to one weight a slice.
_LOST_WITHOUT_NEIGHBOURS = 0.05


def convolves(network: Rebuilt, images: np.ndarray, labels: np.ndarray, reached: float) -> bool:
    """Tell whether what the network gets right needs kernels that see more than one pixel.

    Each sliding kernel is cut down to the one place that weighs most; a network whose convolutions
    only pass the image on is as good as before.
    """
    kept = [layer.params["weight"].copy() for layer in network.sliding]
    for layer, weight in zip(network.sliding, kept, strict=True):
        mass = np.abs(weight).sum(axis=(0, 1))
        layer.params["weight"] = weight * (mass == mass.max())
    without = accuracy(network, images, labels)
    for layer, weight in zip(network.sliding, kept, strict=True):
        layer.params["weight"] = weight
    return bool(kept) and reached - without >= _LOST_WITHOUT_NEIGHBOURS


@dataclass(frozen=True, kw_only=True)
class Network:
    """A hand-in that is rebuilt, counted and tried; only what it gets right earns points.

    Points grow in proportion between the accuracies `floor` and `full`. A network at or above
    `limit` parameters earns half of that, one whose convolutions do nothing earns none. `no_data`
    is said where this machine lacks the images; without it, that is an error.
    """

    layers: str
    weights: str
    data: str
    limit: int
    points: float
    floor: float
    full: float
    no_data: str = ""

    def mark(self, attempt: Attempt) -> None:
        try:
            self._mark(attempt)
        except (DataNotFound, DamagedData):
            if not self.no_data:
                raise
            attempt.sheet.say(self.no_data)

    def _mark(self, attempt: Attempt) -> None:
        sheet, student = attempt.sheet, attempt.student
        layers, weights = given(student, self.layers), given(student, self.weights)
        images, labels = unseen_images(self.data)
        names = (self.layers, self.weights)
        network = read_network(layers, weights, names, images.shape[1:])
        reached = accuracy(network, images, labels)
        share = min(max((reached - self.floor) / (self.full - self.floor), 0), 1)
        if network.parameters >= self.limit:
            share /= 2
            sheet.say(
                f"`{self.layers}`: this has {network.parameters:,} parameters; fewer than "
                f"{self.limit:,} are allowed. Which layer holds most of them?",
                "too-many-parameters",
            )
        if not network.sliding:
            share = 0
            sheet.say(
                f"`{self.layers}`: the question asks for a convolution, a kernel of at least 2×2 "
                "that stands at more than one position.",
                "no-convolution",
            )
        elif share and not convolves(network, images, labels, reached):
            share = 0
            sheet.say(
                f"`{self.weights}`: with its kernels cut down to a single weight the network is as "
                "good as with them, so its convolutions only pass the image on.",
                "no-convolution",
            )
        sheet.earn(self.points * share)
        self._say_accuracy(sheet, reached)

    def _say_accuracy(self, sheet: Sheet, reached: float) -> None:
        if reached >= self.full:
            return
        message = f"`{self.weights}`: right on {reached:.1%} of the images that it was tried on."
        if reached < 0.2:
            scrambled = (
                " That is hardly better than guessing: are the arrays in the order of the layers, "
                "and their axes as the question says (filter, channel, row, column)?"
            )
            sheet.say(message + scrambled, "arrays-scrambled")
        elif reached < self.floor:
            untrained = (
                " That is no more than a linear model gets. Did it learn from images that were "
                "moved and turned as `distort` does it?"
            )
            sheet.say(message + untrained, "linear-at-best")
        else:
            sheet.say(f"{message} Full points start at {self.full:.1%}.", "low-accuracy")
