"""Generated road signs: twelve that stand on Indian roads, as a camera meets them.

The signs are drawn from their geometry (the Indian Roads Congress code, IRC:67, fixes their shape
and colours) and then seen at an angle, in sun, fog, rain or dusk, faded, blurred by movement and
partly hidden. Labels are never wrong: what makes a picture hard is how it looks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.data import _draw
from convbook.data._dataset import Dataset

RED, BLUE = (0.78, 0.10, 0.13), (0.08, 0.25, 0.62)
WHITE, BLACK = (0.95, 0.95, 0.93), (0.07, 0.07, 0.08)


def load(train: int = 2400, test: int = 900, seed: int = 0, size: int = 48) -> Dataset:
    """Generate signs, ``size``×``size`` RGB, one of twelve classes each."""
    _draw.check_counts(train=train, test=test, size=size)
    splits: dict[str, NDArray[Any]] = {}
    for stream, (split, count) in enumerate((("train", train), ("test", test))):
        rng = np.random.default_rng((seed, stream, 12))
        labels = _draw.balanced_labels(count, len(CLASSES), rng)
        splits |= {f"x_{split}": generate(labels, rng, size), f"y_{split}": labels}
    provenance = f"generated road signs, {train:,} to train on and {test:,} to test on, seed {seed}"
    return Dataset(**splits, classes=CLASSES, provenance=provenance)


def generate(labels: ArrayLike, rng: np.random.Generator, size: int = 48) -> NDArray[np.uint8]:
    """Draw a sign for every label, uint8 (N, size, size, 3)."""
    labels = np.asarray(labels)
    [images] = _draw.in_chunks(lambda part, r: (_draw_signs(part, r, size),), labels, rng)
    return images


# ------------------------------------------------------------------------------------- the signs
# Each is a function of (x, y), the sign spanning −1 to 1, that yields (colour, signed distance).


def _ring(x, y):
    away = np.hypot(x, y)
    yield RED, away - 0.98
    yield WHITE, away - 0.74


def _triangle(x, y, corner_down=False):
    flip = -1 if corner_down else 1
    yield RED, _draw.polygon(x, y - 0.18 * flip, 0.62, 3, np.pi / 2 * flip)
    yield WHITE, _draw.polygon(x, y - 0.18 * flip, 0.42, 3, np.pi / 2 * flip)


def _disc(x, y):
    yield WHITE, np.hypot(x, y) - 0.98
    yield BLUE, np.hypot(x, y) - 0.9


def _stop(x, y):
    yield WHITE, _draw.polygon(x, y, 0.94, 8, 0)
    yield RED, _draw.polygon(x, y, 0.86, 8, 0)
    for number, letter in enumerate("STOP"):
        yield WHITE, _glyph(letter, x + 0.58 - 0.385 * number, y, 0.15, 0.3) - 0.055


def _give_way(x, y):
    yield from _triangle(x, y, corner_down=True)


def _no_entry(x, y):
    yield RED, np.hypot(x, y) - 0.98
    yield WHITE, _draw.box(x, y, 0.7, 0.17)


def _no_horn(x, y):
    yield from _ring(x, y)
    bell = _draw.segments(x, y, [(-0.3, 0.0), (0.28, 0.0)]) - (0.07 + 0.28 * np.clip(x, 0, 0.4))
    yield BLACK, np.minimum(bell, np.hypot(x + 0.38, y) - 0.15)
    yield RED, _draw.segments(x, y, [(-0.55, -0.55), (0.55, 0.55)]) - 0.09


def _limit(number):
    def draw(x, y):
        yield from _ring(x, y)
        for place, digit in enumerate(str(number)):
            yield BLACK, _glyph(digit, x + 0.27 - 0.54 * place, y, 0.19, 0.38) - 0.075

    return draw


def _arrow(x, y, points):
    tip, before = np.array(points[-1]), np.array(points[-2])
    forward = (tip - before) / np.hypot(*(tip - before))
    left = np.array([forward[1], -forward[0]])
    wing = [tip - 0.3 * forward + 0.3 * left, tip, tip - 0.3 * forward - 0.3 * left]
    return np.minimum(_draw.segments(x, y, points), _draw.segments(x, y, wing)) - 0.1


def _ahead_only(x, y):
    yield from _disc(x, y)
    yield WHITE, _arrow(x, y, [(0, 0.6), (0, -0.6)])


def _turn_left(x, y):
    yield from _disc(x, y)
    yield WHITE, _arrow(x, y, [(0.35, 0.55), (0.35, -0.1), (-0.55, -0.1)])


def _curve(side):
    def draw(x, y):
        yield from _triangle(x, y)
        stem = [(0.16, 0.46), (0.16, 0.3), (0.1, 0.16), (-0.14, 0.0)]
        head = [(-0.04, -0.17), (-0.24, -0.06), (-0.18, 0.16)]
        chain = np.minimum(_draw.segments(side * x, y, stem), _draw.segments(side * x, y, head))
        yield BLACK, chain - 0.06

    return draw


def _hump(x, y):
    yield from _triangle(x, y)
    bump = np.hypot(x, (y - 0.34) * 0.9) - 0.27
    yield BLACK, np.maximum(bump, y - 0.34)
    yield BLACK, _draw.box(x, y - 0.38, 0.42, 0.05)


SIGNS = {
    "stop": _stop,
    "give way": _give_way,
    "no entry": _no_entry,
    "no horn": _no_horn,
    "speed limit 30": _limit(30),
    "speed limit 50": _limit(50),
    "speed limit 80": _limit(80),
    "ahead only": _ahead_only,
    "turn left": _turn_left,
    "left-hand curve": _curve(1),
    "right-hand curve": _curve(-1),
    "hump": _hump,
}
CLASSES = tuple(SIGNS)

# Strokes of the characters on signs, in a box from −1 to 1 (x right, y down).
GLYPHS = {
    "0": "0,-1 .8,-.7 1,0 .8,.7 0,1 -.8,.7 -1,0 -.8,-.7 0,-1",
    "3": "-.9,-.8 0,-1 .8,-.6 .1,-.1 .9,.4 .4,1 -.9,.8",
    "5": ".8,-1 -.7,-1 -.8,-.1 .3,-.2 .9,.4 .3,1 -.9,.8",
    "8": "0,-.1 -.8,-.55 0,-1 .8,-.55 0,-.1 -1,.45 0,1 1,.45 0,-.1",
    "S": ".9,-.8 0,-1 -.8,-.6 .8,.5 0,1 -.9,.8",
    "T": "-1,-1 1,-1 0,-1 0,1",
    "P": "-.7,1 -.7,-1 .6,-.9 .7,-.1 -.7,0",
}
GLYPHS["O"] = GLYPHS["0"]


def _glyph(character, x, y, half_width, half_height):
    points = np.array([point.split(",") for point in GLYPHS[character].split()], np.float32)
    return _draw.segments(x, y, points * (half_width, half_height))


# ------------------------------------------------------------------------------ how they are seen


def _uniform(rng, n, low, high):
    return rng.uniform(low, high, n).astype(np.float32)


def _column(values):
    return values[:, None, None]


def _draw_signs(labels, rng, size):
    n = len(labels)
    canvas = _scene(n, rng, size)
    x, y, scale = _seen_from(n, rng, size)
    _pole(canvas, x, y, rng)
    fade = rng.uniform(0, 0.45, (n, 1)).astype(np.float32)
    for label, draw in enumerate(SIGNS.values()):
        chosen = np.flatnonzero(labels == label)
        if not len(chosen):
            continue
        part, pixel = canvas[chosen], 2.4 / (size * _column(scale[chosen]))
        for colour, distance in draw(x[chosen], y[chosen]):
            faded = (1 - fade[chosen]) * np.array(colour, np.float32) + fade[chosen] * 0.6
            _draw.paint(part, faded, _draw.inside(distance, pixel))
        canvas[chosen] = part
    _hide(canvas, rng, size)
    canvas = _weather(canvas, rng, size)
    return _draw.to_uint8(canvas)


def _scene(n, rng, size):
    """Sky, wall or foliage behind the sign, out of focus."""
    base = rng.uniform(0.15, 0.85, (n, 1, 1, 1)) * (1 + rng.uniform(-0.25, 0.25, (n, 1, 1, 3)))
    coarse = _draw.smooth_noise(rng, n, size, 3) * _column(_uniform(rng, n, 0.03, 0.2))
    fine = _draw.smooth_noise(rng, n, size, 12) * _column(_uniform(rng, n, 0.01, 0.12))
    return (base + (coarse + fine)[..., None]).astype(np.float32)


def _seen_from(n, rng, size):
    """Where on the sign each pixel looks: turned, tilted, from the side, from afar."""
    x, y = _draw.pixel_grid(size)
    scale = _uniform(rng, n, 0.6, 1.0)
    roll = _column(_uniform(rng, n, -0.26, 0.26))
    x = (x - _column(_uniform(rng, n, -0.18, 0.18))) / _column(scale)
    y = (y - _column(_uniform(rng, n, -0.18, 0.18))) / _column(scale)
    x, y = np.cos(roll) * x + np.sin(roll) * y, np.cos(roll) * y - np.sin(roll) * x
    depth = 1 + _column(_uniform(rng, n, -0.3, 0.3)) * x + _column(_uniform(rng, n, -0.2, 0.2)) * y
    x = x / depth / _column(_uniform(rng, n, 0.62, 1.0))
    y = y / depth
    return x.astype(np.float32), y.astype(np.float32), scale


def _pole(canvas, x, y, rng):
    n = len(x)
    grey = np.repeat(rng.uniform(0.25, 0.7, (n, 1)).astype(np.float32), 3, axis=1)
    _draw.paint(canvas, grey, _draw.inside(np.maximum(np.abs(x) - 0.08, -y), 0.06))


def _hide(canvas, rng, size):
    """A branch, a sticker or a passing lorry in front of some signs."""
    n = len(canvas)
    x, y = _draw.pixel_grid(size)
    turn = _column(_uniform(rng, n, 0, np.pi))
    across = np.cos(turn) * x + np.sin(turn) * y - _column(_uniform(rng, n, -0.7, 0.7))
    along = np.cos(turn) * y - np.sin(turn) * x - _column(_uniform(rng, n, -0.9, 0.9))
    ragged = _draw.smooth_noise(rng, n, size, 8) * 0.08
    shape = _draw.box(
        across, along, _column(_uniform(rng, n, 0.08, 0.26)), _column(_uniform(rng, n, 0.2, 1.2))
    )
    present = _column((rng.random(n) < 0.5).astype(np.float32))
    colour = rng.uniform(0.05, 0.6, (n, 3)).astype(np.float32)
    _draw.paint(canvas, colour, present * _draw.inside(shape + ragged, 0.08))


def _weather(canvas, rng, size):
    """Sun, shade, fog, rain, dusk; a moving camera and a noisy sensor."""
    n = len(canvas)
    x, y = _draw.pixel_grid(size)
    turn = _column(_uniform(rng, n, 0, 2 * np.pi))
    slope = _column(_uniform(rng, n, 0, 0.35)) * (np.cos(turn) * x + np.sin(turn) * y)
    light = _uniform(rng, n, 0.55, 1.25)
    dusk = rng.random(n) < 0.2
    light[dusk] *= 0.45
    canvas = canvas * (_column(light) * (1 + slope))[..., None]
    fog = _uniform(rng, n, 0, 0.2)
    thick = rng.random(n) < 0.25
    fog[thick] = _uniform(rng, int(thick.sum()), 0.35, 0.7)
    _draw.paint(
        canvas, np.full((n, 3), 0.72, np.float32), np.broadcast_to(_column(fog), canvas.shape[:3])
    )
    _rain(canvas, rng, size)
    for _ in range(2):
        canvas = _draw.blur(canvas, rng.uniform(0, 0.32, n))
    noise = rng.uniform(0.005, 0.045, (n, 1, 1, 1)).astype(np.float32)
    return canvas + noise * rng.standard_normal(canvas.shape, dtype=np.float32)


def _rain(canvas, rng, size):
    n = len(canvas)
    x, y = _draw.pixel_grid(size)
    wet = np.flatnonzero(rng.random(n) < 0.2)
    if not len(wet):
        return
    slant, count = (
        _column(_uniform(rng, len(wet), -0.3, 0.3)),
        _column(_uniform(rng, len(wet), 4, 9)),
    )
    lane = (x + slant * y) * count
    start = 7 * np.sin(12.9 * np.floor(lane) + _column(_uniform(rng, len(wet), 0, 6)))
    streak = (np.abs(lane % 1 - 0.5) < 0.12) & (((y * 1.7 + start) % 1) < 0.45)
    part = canvas[wet]
    _draw.paint(part, np.full((len(wet), 3), 0.85, np.float32), 0.45 * streak)
    canvas[wet] = part
