"""Photographs that come with scikit-image and scikit-learn, each with its author and licence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# name -> (what it shows, author, licence), as the packages that bring them say; LICENSE-CONTENT
# lists the same.
PHOTOGRAPHS = {
    "camera": ("a man at a camera on a tripod", "Lav Varshney", "CC0"),
    "chelsea": ("a cat", "Stefan van der Walt", "CC0"),
    "coffee": ("a cup of coffee", "Rachel Michetti", "CC0"),
    "astronaut": ("Eileen Collins", "NASA", "public domain"),
    "rocket": ("a rocket at its start", "SpaceX", "public domain"),
    "china": ("a temple", "danielbuechele", "CC BY 2.0"),
}
FROM_SCIKIT_LEARN = {"china"}


@dataclass(frozen=True)
class Photograph:
    """``image``: uint8, (H, W) if it is grey and (H, W, 3) if not; and what is to be said of it."""

    image: np.ndarray
    shows: str
    author: str
    licence: str


def photograph(name: str) -> Photograph:
    """One of `PHOTOGRAPHS`, from the installed packages. Raises ValueError for an unknown name."""
    if name not in PHOTOGRAPHS:
        raise ValueError(f"there is no photograph {name!r}; there are {', '.join(PHOTOGRAPHS)}")
    if name in FROM_SCIKIT_LEARN:
        from sklearn.datasets import load_sample_image

        image = load_sample_image(f"{name}.jpg")
    else:
        from skimage import data

        image = getattr(data, name)()
    return Photograph(image, *PHOTOGRAPHS[name])
