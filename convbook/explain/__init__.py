"""Why did the network say that? Grad-CAM, and ways to check whether its map is right.

Works on functional, Sequential and nested Keras models, on the TensorFlow and torch backends, for
any layer that gives feature maps, and whatever the model ends in: logits, softmax or sigmoid.
Images are (N, H, W, C) on the scale that the model wants; maps are (N, h, w).
"""

from __future__ import annotations

from convbook.explain.maps import (
    TINY,
    feature_layers,
    finer_grad_cam,
    grad_cam,
    hires_cam,
    logits,
    occlusion,
    predicted,
)
from convbook.explain.pictures import overlay, upsample
from convbook.explain.scores import (
    calibration,
    peaks,
    pointing_baselines,
    pointing_game,
    probabilities,
)

__all__ = [
    "TINY",
    "calibration",
    "feature_layers",
    "finer_grad_cam",
    "grad_cam",
    "hires_cam",
    "logits",
    "occlusion",
    "overlay",
    "peaks",
    "pointing_baselines",
    "pointing_game",
    "predicted",
    "probabilities",
    "upsample",
]
