"""Changes to a picture that should not change what it shows: geometry first, then colour.

Every function takes a picture of shape (H, W, C) with numbers in [0, 1] and returns a new one,
float64, of the same shape and range. ``augment`` does them all, in a fixed order. The lab of
section 4.11 runs the same arithmetic in the page; a test holds the two together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Weights of red, green and blue in the brightness of a colour (ITU-R BT.601).
LUMA = (0.299, 0.587, 0.114)
# The two other axes of YIQ, the colour space of the first colour television: a hue is an angle in
# their plane, and turning it leaves brightness alone.
_IN_PHASE = (0.595716, -0.274453, -0.321263)
_QUADRATURE = (0.211456, -0.522591, 0.311135)
_TO_YIQ = np.array([LUMA, _IN_PHASE, _QUADRATURE])


def augment(
    picture: ArrayLike,
    *,
    flip_horizontal: bool = False,
    flip_vertical: bool = False,
    angle: float = 0.0,
    zoom: float = 1.0,
    crop: float = 1.0,
    crop_top: float = 0.5,
    crop_left: float = 0.5,
    brightness: float = 0.0,
    contrast: float = 1.0,
    saturation: float = 1.0,
    hue: float = 0.0,
) -> NDArray[np.float64]:
    """Flip, rotate, zoom and crop, then change brightness, contrast, saturation and hue.

    ``angle`` and ``hue`` are in degrees, anticlockwise; ``zoom`` above 1 comes nearer; ``crop`` is
    the share of each side that is kept and enlarged, ``crop_top`` and ``crop_left`` (0 to 1) say
    where. ``brightness`` is added; ``contrast`` and ``saturation`` are factors. Greyscale
    pictures (C = 1) have no saturation and no hue: these leave them as they are.
    """
    picture = _checked(picture)
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    rows, columns = _source((y + 0.5) / height, (x + 0.5) / width, height, width, {
        "flip_horizontal": flip_horizontal, "flip_vertical": flip_vertical, "angle": angle,
        "zoom": zoom, "crop": crop, "crop_top": crop_top, "crop_left": crop_left,
    })  # fmt: skip
    seen = _bilinear(picture, rows * height - 0.5, columns * width - 0.5)
    lit = change_contrast(change_brightness(seen, brightness), contrast)
    return lit if lit.shape[2] == 1 else turn_hue(change_saturation(lit, saturation), hue)


def change_brightness(picture: NDArray[np.float64], amount: float) -> NDArray[np.float64]:
    """Add ``amount`` to every number and stay in [0, 1]."""
    return np.clip(picture + amount, 0, 1)


def change_contrast(picture: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Multiply the distance to the picture's mean brightness, one number, by ``factor``."""
    mean = brightness_of(picture).mean()
    return np.clip(mean + factor * (picture - mean), 0, 1)


def change_saturation(picture: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Multiply the distance of each colour to the grey of its brightness by ``factor``."""
    grey = brightness_of(picture)[..., None]
    return np.clip(grey + factor * (picture - grey), 0, 1)


def turn_hue(picture: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """Turn each colour about the grey axis of YIQ; red goes through yellow to green."""
    turn = np.deg2rad(-degrees)
    plane = [[1, 0, 0], [0, np.cos(turn), -np.sin(turn)], [0, np.sin(turn), np.cos(turn)]]
    return np.clip(picture @ (np.linalg.inv(_TO_YIQ) @ plane @ _TO_YIQ).T, 0, 1)


def brightness_of(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brightness of each pixel, (H, W), from (H, W, 3), or the one channel of (H, W, 1)."""
    return picture[..., 0] if picture.shape[2] == 1 else picture @ np.array(LUMA)


def to_bytes(picture: ArrayLike) -> NDArray[np.uint8]:
    """Numbers in [0, 1] as uint8, halves rounded up."""
    return np.floor(np.asarray(picture) * 255 + 0.5).astype(np.uint8)


def share_in_frame(
    box: tuple[float, float, float, float], size: tuple[int, int], **geometry: float
) -> float:
    """How much of a box of the picture is still in the frame after :func:`augment`'s geometry.

    ``box`` is (top, left, bottom, right) in shares of the sides, ``size`` is (H, W) in pixels. The
    answer is the share of 21 × 21 points, spread evenly over the box.
    """
    top, left, bottom, right = box
    steps = (np.arange(21) + 0.5) / 21
    rows, columns = np.meshgrid(top + (bottom - top) * steps, left + (right - left) * steps)
    v, u = _target(rows, columns, size[0], size[1], geometry)
    inside = (np.minimum(u, v) >= -1e-9) & (np.maximum(u, v) <= 1 + 1e-9)
    return float(inside.mean())


def _checked(picture: ArrayLike) -> NDArray[np.float64]:
    picture = np.asarray(picture, float)
    if picture.ndim != 3 or picture.shape[2] not in (1, 3):
        raise ValueError(f"a picture must be (H, W, 1) or (H, W, 3); got shape {picture.shape}")
    if picture.size and not (picture.min() >= 0 and picture.max() <= 1):
        raise ValueError(
            f"numbers must lie in [0, 1]; got {picture.min():g} to {picture.max():g}; "
            "divide bytes by 255"
        )
    return picture


def _source(
    v: NDArray[np.float64],
    u: NDArray[np.float64],
    height: int,
    width: int,
    geometry: dict[str, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each point (row v, column u, in shares) of the result was in the picture."""
    crop, zoom = geometry["crop"], geometry["zoom"]
    turn = np.deg2rad(geometry["angle"])
    u = ((1 - crop) * geometry["crop_left"] + crop * u - 0.5) / zoom * width
    v = ((1 - crop) * geometry["crop_top"] + crop * v - 0.5) / zoom * height
    x, y = u * np.cos(turn) - v * np.sin(turn), u * np.sin(turn) + v * np.cos(turn)
    x = -x if geometry["flip_horizontal"] else x
    y = -y if geometry["flip_vertical"] else y
    return y / height + 0.5, x / width + 0.5


def _target(
    v: NDArray[np.float64],
    u: NDArray[np.float64],
    height: int,
    width: int,
    geometry: dict[str, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each point of the picture is in the result: the inverse of :func:`_source`."""
    x, y = (u - 0.5) * width, (v - 0.5) * height
    x = -x if geometry.get("flip_horizontal") else x
    y = -y if geometry.get("flip_vertical") else y
    turn = np.deg2rad(geometry.get("angle", 0))
    x, y = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    zoom, crop = geometry.get("zoom", 1), geometry.get("crop", 1)
    left = (1 - crop) * geometry.get("crop_left", 0.5)
    top = (1 - crop) * geometry.get("crop_top", 0.5)
    return (y / height * zoom + 0.5 - top) / crop, (x / width * zoom + 0.5 - left) / crop


def _bilinear(
    picture: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Numbers between pixels; what lies beyond the edge is the picture mirrored there."""
    height, width = picture.shape[:2]
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    above, below = _mirrored(top, height), _mirrored(top + 1, height)
    before, after = _mirrored(left, width), _mirrored(left + 1, width)
    upper = picture[above, before] * (1 - right) + picture[above, after] * right
    lower = picture[below, before] * (1 - right) + picture[below, after] * right
    return upper * (1 - down) + lower * down


def _mirrored(index: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    index = index % (2 * size)
    return np.where(index < size, index, 2 * size - 1 - index)
