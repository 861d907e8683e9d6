"""Maps as large as their images, and laid over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def upsample(maps: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.float32]:
    """Maps (N, h, w) enlarged bilinearly to ``size`` = (H, W), pixel centres aligned.

    >>> upsample(np.array([[[0.0, 1.0]]]), (1, 4))
    array([[[0.  , 0.25, 0.75, 1.  ]]], dtype=float32)
    """
    rows, columns = (_mix(n_out, n_in) for n_out, n_in in zip(size, maps.shape[1:], strict=True))
    return (rows @ maps @ columns.T).astype(np.float32)


def overlay(
    image: ArrayLike, heat: ArrayLike, opacity: float = 0.5, colour_map: str = "inferno"
) -> NDArray[np.uint8]:
    """``heat`` (h, w) in [0, 1] in colour over ``image`` (H, W, C); returns uint8 (H, W, 3).

    ``image`` is uint8, or float in [0, 1]; any other scale, such as [−1, 1], is a ValueError. The
    colour map is perceptually even, and the cooler a place the more of the image shows.
    """
    import matplotlib

    image, heat = np.asarray(image), np.asarray(heat, np.float32)
    if image.ndim != 3 or heat.ndim != 2:
        raise ValueError(
            f"image {image.shape} and heat {heat.shape}: expected one picture (H, W, C) and one "
            "map (h, w); take [i] of a batch"
        )
    if image.dtype != np.uint8:
        low, high = image.min(), image.max()
        if not 0 <= low <= high <= (255 if np.issubdtype(image.dtype, np.integer) else 1):
            raise ValueError(
                f"image is {image.dtype} from {low:g} to {high:g}; expected uint8, or floats from "
                "0 to 1: give the image as it was before it was scaled for the network"
            )
        image = image if np.issubdtype(image.dtype, np.integer) else image * 255
    shown = upsample(heat[None], image.shape[:2])[0]
    picture = np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
    colour = np.asarray(matplotlib.colormaps[colour_map](shown))[..., :3] * 255
    share = opacity * (0.35 + 0.65 * shown[..., None])
    return np.clip((1 - share) * picture + share * colour + 0.5, 0, 255).astype(np.uint8)


def _mix(n_out: int, n_in: int) -> NDArray[np.float32]:
    """(n_out, n_in) weights of bilinear enlargement along one axis."""
    position = np.clip((np.arange(n_out) + 0.5) * n_in / n_out - 0.5, 0, n_in - 1)
    low = np.minimum(position.astype(int), max(n_in - 2, 0))
    mix = np.zeros((n_out, n_in), np.float32)
    mix[np.arange(n_out), low] = 1 - (position - low)
    mix[np.arange(n_out), np.minimum(low + 1, n_in - 1)] += position - low
    return mix
