"""Generated handwritten Devanagari numerals, ० to ९.

Each numeral is a pen's path through a few points, in one of the ways people write it. A hand's
variation moves the points, bends, slants and stretches the path, and presses more or less. No
font and no scan is used.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.data import _draw
from convbook.data._dataset import Dataset

CLASSES = tuple("०१२३४५६७८९")
POINTS = 72

# Two ways to write each numeral: strokes separated by "/", each a list of points x,y that the pen
# passes through, in hundredths of the box, x right and y down.
WAYS = (
    (
        "50,3 12,22 6,60 42,97 86,74 90,30 50,4",
        "60,12 20,12 5,50 30,95 80,85 95,40 70,2 50,20",
    ),
    (
        "84,34 55,50 15,42 12,16 50,5 84,20 86,60 74,98",
        "80,10 78,42 40,50 10,30 35,6 78,12 84,50 95,97",
    ),
    (
        "18,24 45,4 76,20 68,48 30,76 8,84 30,70 60,82 96,97",
        "20,20 50,3 75,25 60,55 25,85 10,70 32,68 55,85 92,96",
    ),
    (
        "20,14 50,3 74,17 45,36 76,50 60,72 22,80 8,70 38,68 92,97",
        "15,12 60,5 72,22 40,40 80,48 62,74 12,82 30,66 60,80 85,97",
    ),
    (
        "5,10 40,42 70,76 50,97 30,78 55,45 95,5",
        "10,8 28,30 62,60 68,88 45,97 30,75 50,45 90,12",
    ),
    (
        "16,8 12,36 34,50 70,36 / 76,3 68,42 34,76 10,84 26,70 55,80 92,97",
        "20,10 20,40 50,50 72,30 / 80,5 62,50 20,88 15,72 45,76 95,95",
    ),
    (
        "82,6 40,5 16,20 50,38 16,52 14,76 50,84 82,66 68,58 62,80 78,98",
        "78,12 35,4 20,25 55,42 15,55 20,80 60,78 85,62 70,70 72,97",
    ),
    (
        "10,6 8,50 25,88 60,94 90,60 84,20 60,12 50,40 70,55",
        "14,4 6,55 35,95 82,85 88,52 55,50 50,75 78,80",
    ),
    (
        "95,10 60,8 34,16 22,45 30,80 56,95 86,90",
        "5,14 50,10 95,6 / 50,10 35,45 40,85 65,96 85,80",
    ),
    (
        "95,10 50,3 15,20 32,44 68,50 86,72 60,94 14,90",
        "60,30 85,15 50,3 12,20 30,45 70,50 85,75 50,95 10,85",
    ),
)


def load(train: int = 2400, test: int = 900, seed: int = 0, size: int = 32) -> Dataset:
    """Generate numerals, ``size``×``size`` grey, light ink on a dark ground."""
    _draw.check_counts(train=train, test=test, size=size)
    splits: dict[str, NDArray[Any]] = {}
    for stream, (split, count) in enumerate((("train", train), ("test", test))):
        rng = np.random.default_rng((seed, stream, 13))
        labels = _draw.balanced_labels(count, len(CLASSES), rng)
        splits |= {f"x_{split}": generate(labels, rng, size), f"y_{split}": labels}
    provenance = (
        f"generated Devanagari numerals, {train:,} to train on and {test:,} to test on, seed {seed}"
    )
    return Dataset(**splits, classes=CLASSES, provenance=provenance)


def generate(labels: ArrayLike, rng: np.random.Generator, size: int = 32) -> NDArray[np.uint8]:
    """Write a numeral for every label, uint8 (N, size, size, 1)."""
    labels = np.asarray(labels)
    [images] = _draw.in_chunks(lambda part, r: (_write(part, r, size),), labels, rng)
    return images


def _strokes(way):
    """The strokes of one way to write: a list of arrays (K, 2), in a box from 0 to 1."""
    return [
        np.array([point.split(",") for point in stroke.split()], np.float32) / 100
        for stroke in way.split("/")
    ]


def _path(way):
    """``POINTS`` points along the pen's smooth path, shared out by the strokes' length."""
    strokes = _strokes(way)
    lengths = np.array([np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes])
    counts = np.maximum(np.round(POINTS * lengths / lengths.sum()).astype(int), 4)
    counts[0] += POINTS - counts.sum()
    return np.concatenate([_spline(s, k) for s, k in zip(strokes, counts, strict=True)])


def _spline(knots, count):
    """``count`` points of the Catmull-Rom curve through ``knots`` (K, 2), evenly spaced in time."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    position = np.linspace(0, len(knots) - 1, count)
    i = np.minimum(position.astype(int), len(knots) - 2)
    t = (position - i)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    cubic = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
    return ((cubic + (3 * b - a - 3 * c + d) * t**3) / 2).astype(np.float32)


@cache
def _paths():
    """(10, 2, POINTS, 2): each numeral, each way to write it."""
    return np.array([[_path(way) for way in ways] for ways in WAYS], np.float32)


def _write(labels, rng, size):
    n = len(labels)
    ways = _paths()[labels]
    share = np.where(rng.random(n) < 0.5, 0, 1)[:, None, None]
    mix = rng.uniform(0, 0.25, (n, 1, 1)).astype(np.float32)
    path = np.where(share == 0, ways[:, 0], ways[:, 1])
    two_strokes = np.array([a.count("/") != b.count("/") for a, b in WAYS])[labels][:, None, None]
    path = path + np.where(two_strokes, 0, mix) * (ways.mean(axis=1) - path)
    path = _hand(path - 0.5, rng)
    ink = _ink(path, rng, size)
    return _draw.to_uint8(_paper(ink, rng, size))[..., None]


def _hand(path, rng):
    """A hand's variation: a slow wobble along the path, then slant, turn, stretch and place."""
    n, count, _ = path.shape
    t = np.linspace(0, 1, count, dtype=np.float32)
    for waves, size in ((1, 0.05), (2, 0.035), (3, 0.022), (5, 0.012)):
        phase = rng.uniform(0, 2 * np.pi, (n, 1, 2))
        strength = size * rng.standard_normal((n, 1, 2))
        path = path + strength * np.sin(2 * np.pi * waves * t[None, :, None] + phase)
    turn = rng.normal(0, 0.2, n)
    wide, tall = rng.uniform(0.95, 1.65, (2, n))
    slant = rng.normal(0, 0.25, n)
    x, y = path[..., 0] * wide[:, None], path[..., 1] * tall[:, None]
    x = x - slant[:, None] * y
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x, y = cos * x - sin * y, sin * x + cos * y
    shift = rng.uniform(-0.14, 0.14, (2, n, 1))
    return np.stack([x + shift[0], y + shift[1]], axis=-1).astype(np.float32)


def _ink(path, rng, size):
    """Coverage (n, size, size) of a pen of varying pressure along ``path``, in [0, 1]."""
    n, count, _ = path.shape
    x, y = _draw.pixel_grid(size)
    pixels = np.stack([x.ravel(), y.ravel()], axis=-1)
    pressure = 1 + 0.3 * rng.standard_normal((n, 1)) * np.sin(
        np.linspace(0, 6, count)[None] + rng.uniform(0, 6, (n, 1))
    )
    width = rng.uniform(0.035, 0.125, (n, 1)) * np.clip(pressure, 0.4, 1.8)
    ink = np.empty((n, size * size), np.float32)
    for i in range(n):
        squared = (
            (pixels**2).sum(axis=1)[:, None] + (path[i] ** 2).sum(axis=1) - 2 * pixels @ path[i].T
        )
        away = np.sqrt(np.maximum(squared, 0)) - width[i].astype(np.float32)
        ink[i] = away.min(axis=1)
    return _draw.inside(ink, 2.6 / size).reshape(n, size, size)


def _paper(ink, rng, size):
    """Uneven ink, specks, a stray stroke of the neighbour, a soft scan."""
    n = len(ink)
    x, y = _draw.pixel_grid(size)
    turn = rng.uniform(0, 2 * np.pi, (n, 1, 1)).astype(np.float32)
    edge = rng.uniform(0.82, 1.0, (n, 1, 1)).astype(np.float32)
    line = np.abs(np.cos(turn) * x + np.sin(turn) * y - edge)
    present = (rng.random((n, 1, 1)) < 0.35).astype(np.float32)
    ink = np.maximum(ink, present * _draw.inside(line - 0.05, 0.08))
    worn = 1 - np.clip(_draw.smooth_noise(rng, n, size, 6) - 0.9, 0, 1) * rng.uniform(
        0, 0.9, (n, 1, 1)
    )
    ink = _draw.blur(ink * worn, rng.uniform(0, 0.3, n))
    level = rng.uniform(0.65, 1.0, (n, 1, 1))
    ground = rng.uniform(0, 0.12, (n, 1, 1))
    noise = rng.uniform(0, 0.09, (n, 1, 1)) * rng.standard_normal(ink.shape)
    return ground + (level - ground) * ink + noise
