"""Generated leaves: healthy, or with one of five diseases and a mask of where it shows.

Nothing here is a photograph. Shape, colour, light, veins, dust and background vary from leaf to
leaf; the diseases differ in the size, colour, edge and number of their lesions, and overlap: a
young scab spot and a leaf spot can look the same, and a highlight can pass for mildew. Labels are
never wrong: what makes a leaf hard is how it looks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.data import _draw
from convbook.data._dataset import Dataset

CLASSES = ("healthy", "rust", "leaf spot", "blight", "mildew", "scab")
LESIONS = {1: (5, 11), 2: (2, 6), 3: (1, 3), 4: (2, 5), 5: (2, 7)}
RADII = {1: (0.045, 0.08), 2: (0.06, 0.13), 3: (0.17, 0.28), 4: (0.1, 0.19), 5: (0.06, 0.13)}


def load(train: int = 2400, test: int = 900, seed: int = 0, size: int = 64) -> Dataset:
    """Generate leaves, ``size``×``size`` RGB; ``extra["masks_test"]`` marks the lesions.

    Masks are bool, (N, H, W), and empty for a healthy leaf; over the set they cover less than a
    tenth of the picture. The test leaves are drawn from another stream of the seed: no leaf is
    on both sides.
    """
    _draw.check_counts(train=train, test=test, size=size)
    splits: dict[str, NDArray[Any]] = {}
    extra: dict[str, NDArray[Any]] = {}
    for stream, (split, count) in enumerate((("train", train), ("test", test))):
        rng = np.random.default_rng((seed, stream, 11))
        labels = _draw.balanced_labels(count, len(CLASSES), rng)
        images, masks = generate(labels, rng, size)
        splits |= {f"x_{split}": images, f"y_{split}": labels}
        extra[f"masks_{split}"] = masks
    provenance = f"generated leaves, {train:,} to train on and {test:,} to test on, seed {seed}"
    return Dataset(**splits, classes=CLASSES, provenance=provenance, extra=extra)


def generate(
    labels: ArrayLike, rng: np.random.Generator, size: int = 64
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Draw leaves: uint8 (N, size, size, 3), and their lesion masks, bool (N, size, size)."""
    images, masks = _draw.in_chunks(
        lambda part, r: _draw_leaves(part, r, size), np.asarray(labels), rng
    )
    return images, masks


def _uniform(rng, n, low, high):
    return rng.uniform(low, high, n).astype(np.float32)


def _column(values):
    return values[:, None, None]


def _draw_leaves(labels, rng, size):
    n = len(labels)
    leaf = _Leaf(n, rng, size)
    canvas = _background(n, rng, size)
    shadow = _draw.inside(np.roll(leaf.distance, (2, 2), (1, 2)), 0.2)
    _draw.paint(canvas, np.zeros((n, 3), np.float32), 0.4 * shadow)
    surface = _surface(leaf, rng, size)
    masks = np.zeros((n, size, size), np.float32)
    for label in LESIONS:
        chosen = np.flatnonzero(labels == label)
        if len(chosen):
            part = surface[chosen]
            masks[chosen] = _lesions(label, part, leaf.part(chosen), rng, size)
            surface[chosen] = part
    _dirt(surface, leaf, rng)
    _draw.paint(canvas, surface, leaf.alpha)
    canvas *= _light(n, rng, size)
    canvas = _draw.blur(canvas, rng.uniform(0, 0.3, n))
    strength = rng.uniform(0.005, 0.035, (n, 1, 1, 1))
    for image, own in zip(canvas, strength, strict=True):  # one by one: it takes less memory
        image += own * rng.standard_normal(image.shape)
    return _draw.to_uint8(canvas), (masks * leaf.alpha) > 0.35


class _Leaf:
    """Outline of each leaf: along (u) and across (v) its midrib, and the distance to its edge."""

    def __init__(self, n, rng, size):
        x, y = _draw.pixel_grid(size)
        turn = _column(_uniform(rng, n, 0, 2 * np.pi))
        x = x - _column(_uniform(rng, n, -0.15, 0.15))
        y = y - _column(_uniform(rng, n, -0.15, 0.15))
        length = _column(_uniform(rng, n, 0.85, 1.15))
        self.length = length
        u = (np.cos(turn) * x + np.sin(turn) * y) / length
        v = (np.cos(turn) * y - np.sin(turn) * x) / length
        v = v - _column(_uniform(rng, n, -0.25, 0.25)) * (u * u - 0.3)
        breadth = _column(_uniform(rng, n, 0.45, 0.78))
        skew = _column(_uniform(rng, n, -0.35, 0.35))
        round_ = _column(_uniform(rng, n, 0.55, 1.1))
        outline = breadth * np.clip(1 - u * u, 0, None) ** round_ * (1 + skew * u)
        teeth = _column(_uniform(rng, n, 0, 0.05) * (rng.random(n) < 0.6))
        outline = outline * (1 + teeth * np.sin(_column(_uniform(rng, n, 20, 45)) * u))
        self.u, self.v, self.outline = u, v, outline
        self.distance = np.maximum(np.abs(v) - outline, np.abs(u) - 1) * length
        self.alpha = _draw.inside(self.distance, 2.5 / size)

    def part(self, chosen):
        leaf = object.__new__(_Leaf)
        leaf.__dict__ = {name: value[chosen] for name, value in self.__dict__.items()}
        return leaf


def _background(n, rng, size):
    """Soil, stone, straw or other foliage out of focus."""
    kinds = np.array(
        [[0.42, 0.31, 0.22], [0.55, 0.54, 0.52], [0.72, 0.63, 0.42], [0.22, 0.34, 0.16]], np.float32
    )
    base = kinds[rng.integers(0, len(kinds), n)] * rng.uniform(0.6, 1.25, (n, 1)).astype(np.float32)
    coarse = _draw.smooth_noise(rng, n, size, 4) * _column(_uniform(rng, n, 0.03, 0.14))
    fine = _draw.smooth_noise(rng, n, size, 20) * _column(_uniform(rng, n, 0.01, 0.08))
    tint = 1 + rng.uniform(-0.15, 0.15, (n, 1, 1, 3)).astype(np.float32)
    return (base[:, None, None, :] + (coarse + fine)[..., None]) * tint


def _surface(leaf, rng, size):
    """The green of a leaf, with its veins."""
    n = len(leaf.u)
    green = np.stack(
        [_uniform(rng, n, 0.16, 0.46), _uniform(rng, n, 0.38, 0.66), _uniform(rng, n, 0.08, 0.28)],
        axis=1,
    )
    surface = np.empty((n, size, size, 3), np.float32)
    surface[:] = green[:, None, None, :]
    patch = _draw.smooth_noise(rng, n, size, 5) * _column(_uniform(rng, n, 0.02, 0.09))
    surface += patch[..., None] * np.array([1.0, 0.8, 0.4], np.float32)
    slant, count = _column(_uniform(rng, n, 0.6, 1.3)), _column(_uniform(rng, n, 3.5, 7))
    wave = np.abs(((leaf.u - slant * np.abs(leaf.v)) * count) % 1 - 0.5)
    side = _draw.inside(wave - 0.05, 0.12) * 0.6
    rib = _draw.inside(np.abs(leaf.v) - 0.015, 0.04)
    veins = np.maximum(side, rib) * _column(rng.uniform(-0.35, 0.6, n).astype(np.float32))
    _draw.paint(surface, green * 1.15 + 0.25, np.maximum(veins, 0))
    _draw.paint(surface, green * 0.55, np.maximum(-veins, 0))
    return surface


def _places_on(leaf, rng, label):
    """A random point of each leaf, as (u, v); blight starts at the margin or the tip."""
    n = len(leaf.u)
    u = _uniform(rng, n, -0.72, 0.72)
    share = _uniform(rng, n, -0.8, 0.8)
    if label == 3:
        share = np.where(rng.random(n) < 0.5, -1, 1) * _uniform(rng, n, 0.75, 1.0)
    column = np.abs(leaf.u - _column(u)) < 0.04
    half_width = (leaf.outline * column).max(axis=(1, 2))
    return u, share * half_width


def _lesions(label, surface, leaf, rng, size):
    """Draw the lesions of one disease on ``surface``, in place; return their coverage."""
    n = len(surface)
    low, high = LESIONS[label]
    counts = rng.integers(low, high, n)
    covered = np.zeros((n, size, size), np.float32)
    rough = {1: 0.1, 2: 0.12, 3: 0.45, 4: 0.4, 5: 0.4}[label]
    strength = _uniform(rng, n, 0.7, 1.0)
    tint = rng.uniform(-0.05, 0.05, (n, 3)).astype(np.float32)
    ragged = 1 + _draw.smooth_noise(rng, n, size, 9) * rough
    for number in range(high - 1):
        present = (number < counts).astype(np.float32)
        u, v = _places_on(leaf, rng, label)
        radius = _uniform(rng, n, *RADII[label])
        squeeze = _column(_uniform(rng, n, 0.75, 1.3))
        away = np.hypot((leaf.u - _column(u)) * squeeze, (leaf.v - _column(v)) / squeeze)
        distance = away - ragged * _column(radius)
        here = _column(present * strength)
        covered = np.maximum(covered, _spot(label, surface, distance, here, tint, rng, size))
    return covered


def _spot(label, surface, distance, here, tint, rng, size):
    colours = np.array(
        {
            1: [[0.78, 0.40, 0.10], [0.80, 0.66, 0.20]],
            2: [[0.36, 0.22, 0.12], [0.74, 0.70, 0.22]],
            3: [[0.52, 0.34, 0.16], [0.62, 0.55, 0.25]],
            4: [[0.86, 0.88, 0.84], [0.86, 0.88, 0.84]],
            5: [[0.17, 0.15, 0.09], [0.17, 0.15, 0.09]],
        }[label],
        np.float32,
    )
    edge = {1: 2.0, 2: 2.0, 3: 4.0, 4: 9.0, 5: 4.0}[label] / size
    opacity = {1: 0.95, 2: 0.95, 3: 0.92, 4: 0.75, 5: 0.88}[label]
    halo_width = {1: 0.03, 2: 0.045, 3: 0.03}.get(label, 0.0)
    if halo_width:
        halo = _draw.inside(distance - halo_width, 4 / size) * here * 0.7
        _draw.paint(surface, colours[1] + tint, halo)
    core = _draw.inside(distance, edge) * here
    _draw.paint(surface, colours[0] + tint, core * opacity)
    if label == 2:
        _draw.paint(
            surface, 1.9 * colours[0] + tint, 0.5 * here * _draw.inside(distance + 0.06, 0.03)
        )
    extent = _draw.inside(distance - halo_width, 2 / size)
    return extent * (here > 0)


def _dirt(surface, leaf, rng):
    """What a healthy leaf has too: dust, a highlight, a nibbled or bruised speck."""
    n = len(surface)
    for _ in range(3):
        u, v = _places_on(leaf, rng, 0)
        radius = _column(_uniform(rng, n, 0.01, 0.03))
        shade = rng.uniform(0.1, 0.75, (n, 1)).astype(np.float32)
        colour = shade * np.array([1.0, 0.9, 0.75], np.float32)
        present = _column((rng.random(n) < 0.5).astype(np.float32))
        away = np.hypot(leaf.u - _column(u), leaf.v - _column(v))
        _draw.paint(surface, colour, 0.8 * present * _draw.inside(away - radius, 0.04))
    u, v = _places_on(leaf, rng, 0)
    stretch = _column(_uniform(rng, n, 1.5, 3.5))
    away = np.hypot((leaf.u - _column(u)) / stretch, leaf.v - _column(v))
    shine = np.exp(-((away / _column(_uniform(rng, n, 0.08, 0.2))) ** 2))
    bright = _column(_uniform(rng, n, 0, 0.4) * (rng.random(n) < 0.6))
    _draw.paint(surface, np.full((n, 3), 0.95, np.float32), bright * shine)


def _light(n, rng, size):
    """Daylight of varying colour that falls off to one side."""
    x, y = _draw.pixel_grid(size)
    turn = _column(_uniform(rng, n, 0, 2 * np.pi))
    slope = _column(_uniform(rng, n, 0, 0.3))
    level = _column(_uniform(rng, n, 0.7, 1.2))
    colour = 1 + rng.uniform(-0.08, 0.08, (n, 1, 1, 3)).astype(np.float32)
    return (level * (1 + slope * (np.cos(turn) * x + np.sin(turn) * y)))[..., None] * colour
