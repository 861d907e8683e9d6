"""Every window of a picture at once, in double precision: the widgets' shared NumPy."""

from __future__ import annotations

import numpy as np

from convbook import shapes

PAD_MODES = {"zeros": "constant", "replicate": "edge"}


def windows(
    picture: np.ndarray, size: int, stride: int = 1, padding: int = 0, fill: str = "zeros"
) -> np.ndarray:
    """Patches of ``(..., H, W)`` as ``(..., H', W', size, size)``, with ``padding`` on each side.

    ``fill`` is "zeros" or "replicate". Raises ``ValueError`` where no window fits.
    """
    for side in picture.shape[-2:]:
        shapes.output_size(side, size, stride, padding)
    sides = [(0, 0)] * (picture.ndim - 2) + [(padding, padding)] * 2
    padded = np.pad(np.asarray(picture, float), sides, mode=PAD_MODES[fill])
    views = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(-2, -1))
    return views[..., ::stride, ::stride, :, :]
