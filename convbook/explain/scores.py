"""Is a map right, and is a network as often right as it is sure?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.explain.pictures import upsample


def peaks(maps: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.int64]:
    """Row and column (N, 2) of the largest value of each map, in a picture of ``size`` = (H, W).

    >>> peaks(np.array([[[0.0, 0.0], [0.0, 1.0]]]), (4, 4))
    array([[3, 3]])
    """
    large = upsample(maps, size)
    flat = large.reshape(len(large), size[0] * size[1]).argmax(axis=1)
    return np.stack(np.divmod(flat, size[1]), axis=1)


def pointing_game(
    maps: NDArray[np.floating], masks: ArrayLike, tolerance: float = 0
) -> NDArray[np.bool_]:
    """Does each map's peak fall on its mask? bool (N,); ``masks`` bool (N, H, W), none empty.

    Zhang et al. 2016, "Top-down neural attention by excitation backprop", who also count a peak
    within 15 pixels of the thing; ``tolerance`` is that distance, in pixels of the mask.
    """
    masks = np.asarray(masks, bool)
    if masks.ndim != 3 or len(masks) != len(maps):
        raise ValueError(f"masks {masks.shape} for {len(maps)} maps: expected ({len(maps)}, H, W)")
    if not masks.any(axis=(1, 2)).all():
        raise ValueError("a mask is empty: leave out pictures with nothing to point at")
    pairs = zip(peaks(maps, masks.shape[1:]), masks, strict=True)
    return np.array([_distance(peak, mask) <= tolerance for peak, mask in pairs])


def _distance(peak: NDArray[np.int64], mask: NDArray[np.bool_]) -> float:
    return float(np.hypot(*(np.argwhere(mask) - peak).T).min())


def pointing_baselines(masks: ArrayLike, tolerance: float = 0) -> dict[str, float]:
    """The pointing game's score for a random point, and for the centre of every picture."""
    from scipy.ndimage import distance_transform_edt

    inverse = ~np.asarray(masks, bool)
    near = np.array([distance_transform_edt(mask) <= tolerance for mask in inverse])
    height, width = near.shape[1:]
    return {
        "random point": float(near.mean()),
        "centre": float(near[:, height // 2, width // 2].mean()),
    }


def probabilities(logits: ArrayLike) -> NDArray[np.float64]:
    """Softmax of logits (N, classes), float64.

    >>> probabilities([[0, 0], [1000, 0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    exponentials = np.asarray(logits, np.float64)
    exponentials = np.exp(exponentials - exponentials.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def calibration(logits: ArrayLike, labels: ArrayLike, bins: int = 10) -> dict[str, Any]:
    """Is a network as often right as it is sure? Expected calibration error, and its bins.

    Guo et al. 2017, "On calibration of modern neural networks": the mean gap between confidence and
    accuracy over ``bins`` equal bins of confidence, weighted by how many pictures fall in each.

    >>> calibration([[100, 0], [100, 0]], [0, 1])["expected_calibration_error"]
    0.5
    """
    p = probabilities(logits)
    if not len(p):
        raise ValueError("there are no images: an error needs at least one")
    confidence, hit = p.max(axis=1), p.argmax(axis=1) == np.asarray(labels)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = []
    for number in range(bins):
        here = which == number
        if here.any():
            rows.append((int(here.sum()), float(confidence[here].mean()), float(hit[here].mean())))
    error = sum(n * abs(sure - right) for n, sure, right in rows) / len(hit)
    return {"expected_calibration_error": error, "bins": rows}
