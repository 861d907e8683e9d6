"""Generated handwritten Devanagari numerals, ० to ९.

Each numeral is a pen's path through a few points, in one of the ways people write it. A hand's
variation moves the points, bends, slants and stretches the path, and presses more or less. No
font and no scan is used.
"""

from __future__ import annotations

import numpy as np

from convbook.data import _draw
from convbook.data._dataset import Dataset

CLASSES = tuple("०१२३४५६७८९")
POINTS = 72

# Ways to write each numeral: a list of strokes, a stroke a list of (x, y) that the pen passes
# through, x right and y down, in a box from 0 to 1.
WAYS = (
    (
        [[(0.5, 0.03), (0.12, 0.22), (0.06, 0.6), (0.42, 0.97), (0.86, 0.74), (0.9, 0.3), (0.5, 0.04)]],
        [[(0.6, 0.12), (0.2, 0.12), (0.05, 0.5), (0.3, 0.95), (0.8, 0.85), (0.95, 0.4), (0.7, 0.02), (0.5, 0.2)]],
    ),
    (
        [[(0.84, 0.34), (0.55, 0.5), (0.15, 0.42), (0.12, 0.16), (0.5, 0.05), (0.84, 0.2), (0.86, 0.6), (0.74, 0.98)]],
        [[(0.8, 0.1), (0.78, 0.42), (0.4, 0.5), (0.1, 0.3), (0.35, 0.06), (0.78, 0.12), (0.84, 0.5), (0.95, 0.97)]],
    ),
    (
        [[(0.18, 0.24), (0.45, 0.04), (0.76, 0.2), (0.68, 0.48), (0.3, 0.76), (0.08, 0.84), (0.3, 0.7), (0.6, 0.82), (0.96, 0.97)]],
        [[(0.2, 0.2), (0.5, 0.03), (0.75, 0.25), (0.6, 0.55), (0.25, 0.85), (0.1, 0.7), (0.32, 0.68), (0.55, 0.85), (0.92, 0.96)]],
    ),
    (
        [[(0.2, 0.14), (0.5, 0.03), (0.74, 0.17), (0.45, 0.36), (0.76, 0.5), (0.6, 0.72), (0.22, 0.8), (0.08, 0.7), (0.38, 0.68), (0.92, 0.97)]],
        [[(0.15, 0.12), (0.6, 0.05), (0.72, 0.22), (0.4, 0.4), (0.8, 0.48), (0.62, 0.74), (0.12, 0.82), (0.3, 0.66), (0.6, 0.8), (0.85, 0.97)]],
    ),
    (
        [[(0.05, 0.1), (0.4, 0.42), (0.7, 0.76), (0.5, 0.97), (0.3, 0.78), (0.55, 0.45), (0.95, 0.05)]],
        [[(0.1, 0.08), (0.28, 0.3), (0.62, 0.6), (0.68, 0.88), (0.45, 0.97), (0.3, 0.75), (0.5, 0.45), (0.9, 0.12)]],
    ),
    (
        [[(0.16, 0.08), (0.12, 0.36), (0.34, 0.5), (0.7, 0.36)], [(0.76, 0.03), (0.68, 0.42), (0.34, 0.76), (0.1, 0.84), (0.26, 0.7), (0.55, 0.8), (0.92, 0.97)]],
        [[(0.2, 0.1), (0.2, 0.4), (0.5, 0.5), (0.72, 0.3)], [(0.8, 0.05), (0.62, 0.5), (0.2, 0.88), (0.15, 0.72), (0.45, 0.76), (0.95, 0.95)]],
    ),
    (
        [[(0.82, 0.06), (0.4, 0.05), (0.16, 0.2), (0.5, 0.38), (0.16, 0.52), (0.14, 0.76), (0.5, 0.84), (0.82, 0.66), (0.68, 0.58), (0.62, 0.8), (0.78, 0.98)]],
        [[(0.78, 0.12), (0.35, 0.04), (0.2, 0.25), (0.55, 0.42), (0.15, 0.55), (0.2, 0.8), (0.6, 0.78), (0.85, 0.62), (0.7, 0.7), (0.72, 0.97)]],
    ),
    (
        [[(0.1, 0.06), (0.08, 0.5), (0.25, 0.88), (0.6, 0.94), (0.9, 0.6), (0.84, 0.2), (0.6, 0.12), (0.5, 0.4), (0.7, 0.55)]],
        [[(0.14, 0.04), (0.06, 0.55), (0.35, 0.95), (0.82, 0.85), (0.88, 0.52), (0.55, 0.5), (0.5, 0.75), (0.78, 0.8)]],
    ),
    (
        [[(0.95, 0.1), (0.6, 0.08), (0.34, 0.16), (0.22, 0.45), (0.3, 0.8), (0.56, 0.95), (0.86, 0.9)]],
        [[(0.05, 0.14), (0.5, 0.1), (0.95, 0.06)], [(0.5, 0.1), (0.35, 0.45), (0.4, 0.85), (0.65, 0.96), (0.85, 0.8)]],
    ),
    (
        [[(0.95, 0.1), (0.5, 0.03), (0.15, 0.2), (0.32, 0.44), (0.68, 0.5), (0.86, 0.72), (0.6, 0.94), (0.14, 0.9)]],
        [[(0.6, 0.3), (0.85, 0.15), (0.5, 0.03), (0.12, 0.2), (0.3, 0.45), (0.7, 0.5), (0.85, 0.75), (0.5, 0.95), (0.1, 0.85)]],
    ),
)  # fmt: skip


def load(train=2400, test=900, seed=0, size=32) -> Dataset:
    """Generate numerals, ``size``×``size`` grey, light ink on a dark ground."""
    _draw.check_counts(train=train, test=test, size=size)
    splits = {}
    for stream, (split, count) in enumerate((("train", train), ("test", test))):
        rng = np.random.default_rng((seed, stream, 13))
        labels = _draw.balanced_labels(count, len(CLASSES), rng)
        splits |= {f"x_{split}": generate(labels, rng, size), f"y_{split}": labels}
    provenance = (
        f"generated Devanagari numerals, {train:,} to train on and {test:,} to test on, seed {seed}"
    )
    return Dataset(**splits, classes=CLASSES, provenance=provenance)


def generate(labels, rng, size=32):
    """Write a numeral for every label, uint8 (N, size, size, 1)."""
    labels = np.asarray(labels)
    return _draw.in_chunks(lambda part, r: (_write(part, r, size),), labels, rng)[0]


def _path(strokes):
    """Points along a smooth pen path through ``strokes``: x, y and where the pen is lifted."""
    lengths = [
        sum(np.hypot(*np.subtract(b, a)) for a, b in zip(s, s[1:], strict=False)) for s in strokes
    ]
    counts = np.maximum(np.round(POINTS * np.array(lengths) / sum(lengths)).astype(int), 4)
    counts[0] += POINTS - counts.sum()
    return np.concatenate(
        [_spline(np.array(s, np.float32), k) for s, k in zip(strokes, counts, strict=True)]
    )


def _spline(knots, count):
    """``count`` points of the Catmull-Rom curve through ``knots`` (K, 2)."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    position = np.linspace(0, len(knots) - 1, count)
    i = np.minimum(position.astype(int), len(knots) - 2)
    t = (position - i)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    cubic = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
    return ((cubic + (3 * b - a - 3 * c + d) * t**3) / 2).astype(np.float32)


_PATHS = None


def _paths():
    global _PATHS
    if _PATHS is None:
        _PATHS = np.array([[_path(strokes) for strokes in ways] for ways in WAYS], np.float32)
    return _PATHS


def _write(labels, rng, size):
    n = len(labels)
    ways = _paths()[labels]
    share = np.where(rng.random(n) < 0.5, 0, 1)[:, None, None]
    mix = rng.uniform(0, 0.25, (n, 1, 1)).astype(np.float32)
    path = np.where(share == 0, ways[:, 0], ways[:, 1])
    two_strokes = np.array([len(a) != len(b) for a, b in WAYS])[labels][:, None, None]
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
