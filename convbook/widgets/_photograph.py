"""The photograph that several widgets open on, with the same numbers as in their front ends."""

from __future__ import annotations

import base64
import io
from functools import cache

import numpy as np
from PIL import Image

from ._bundle import FOLDER


@cache
def camera() -> np.ndarray:
    """The photograph "camera" (Lav Varshney, CC0), uint8, shape (256, 256), brightness 0–255."""
    pixels = np.asarray(Image.open(FOLDER / "shared" / "camera.webp").convert("RGB"))[..., 0].copy()
    pixels.setflags(write=False)
    return pixels


def image_tag(pixels: np.ndarray, x: int, y: int, size: int) -> str:
    """A grey picture (uint8) as an SVG ``<image>`` of ``size`` pixels, small enough for a page."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((160, 160))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=70)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<image x="{x}" y="{y}" width="{size}" height="{size}" '
        f'href="data:image/webp;base64,{data}"/>'
    )
