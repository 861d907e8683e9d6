"""The pictures that AugmentationLab opens on, and the rules by which they keep their label.

``python -m convbook.widgets._augmentation`` draws ``shared/augmentation.webp`` again: the cat is
scikit-image's "chelsea" (Stefan van der Walt, CC0), all others are drawn from their geometry.
"""

from __future__ import annotations

import io
import json
from functools import cache

import numpy as np

from ._bundle import FOLDER

SPRITE = FOLDER / "shared" / "augmentation.webp"
#: Side of each picture, in pixels; they stand side by side in the file, in the order of PICTURES.
SIDE = 112
#: Label, subject's box (top, left, bottom, right, in shares) and rules of each picture.
PICTURES = json.loads((FOLDER / "shared" / "augmentation.json").read_text(encoding="utf-8"))


@cache
def picture(name: str) -> np.ndarray:
    """One of the pictures, uint8, shape (112, 112, 3)."""
    from PIL import Image

    strip = np.asarray(Image.open(SPRITE).convert("RGB"))
    column = list(PICTURES).index(name) * SIDE
    pixels = strip[:, column : column + SIDE].copy()
    pixels.setflags(write=False)
    return pixels


def drawn() -> np.ndarray:
    """All pictures side by side, uint8, (112, 112 · 4, 3), from their sources."""
    makers = {"cat": _cat, "sign": _sign, "digit": _digit, "leaf": _leaf}
    return np.concatenate([makers[name]() for name in PICTURES], axis=1)


def _cat():
    from PIL import Image
    from skimage import data

    square = Image.fromarray(data.chelsea()[:, 75:375])
    return np.asarray(square.resize((SIDE, SIDE), Image.Resampling.BOX))


def _sign():
    from convbook.data import _draw, signs

    x, y = (1.3 * grid[None] for grid in _draw.pixel_grid(SIDE))
    sky = np.stack(np.broadcast_arrays(0.62 + 0.06 * y, 0.70 + 0.05 * y, 0.78 + 0.03 * y), axis=-1)
    canvas = sky.astype(np.float32)
    pole = np.maximum(np.abs(x) - 0.06, -y)
    edge = 2 * 1.3 / SIDE
    _draw.paint(canvas, np.array([[0.42, 0.44, 0.46]], np.float32), _draw.inside(pole, edge))
    for colour, distance in signs.SIGNS["turn left"](x, y):
        _draw.paint(canvas, np.array([colour], np.float32), _draw.inside(distance, edge))
    return _draw.to_uint8(canvas)[0]


def _digit():
    from convbook.data import _draw

    x, y = _draw.pixel_grid(SIDE)
    around = np.linspace(np.pi, 3 * np.pi, 49)
    loop = np.stack([0.33 * np.cos(around), 0.33 + 0.35 * np.sin(around)], axis=1)
    t = np.linspace(0, 1, 25)[:, None]
    stem = (1 - t) ** 2 * (0.24, -0.7) + 2 * t * (1 - t) * (-0.33, -0.35) + t**2 * (-0.33, 0.33)
    distance = np.minimum(_draw.segments(x, y, loop), _draw.segments(x, y, stem))
    ink = _draw.inside(distance - 0.1, 2 / SIDE)
    return _draw.to_uint8(np.repeat(ink[None, ..., None], 3, axis=-1))[0]


def _leaf():
    from convbook.data import leaves

    pictures, _ = leaves.generate([1] * 6, np.random.default_rng(20), SIDE)
    return pictures[LEAF]


#: Which of six generated leaves with rust is shown: one that lies in full in its picture.
LEAF = 1


def main() -> None:
    """Draw the file again, without loss, so that the front end and Python read the same numbers."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(drawn()).save(buffer, "WEBP", lossless=True, quality=100, method=6)
    SPRITE.write_bytes(buffer.getvalue())
    print(f"{SPRITE.name}: {len(buffer.getvalue()) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
