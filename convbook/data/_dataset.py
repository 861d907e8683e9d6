"""What ``load`` returns, and the two ways in which loading data can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class DataNotFound(FileNotFoundError):
    """A real data set is not on this machine; the message names the ways to get it."""


class DamagedData(ValueError):
    """A file of a data set is incomplete or not what it claims to be."""


@dataclass(frozen=True)
class Dataset:
    """Pictures and labels, split once.

    ``x_train``, ``x_test``: uint8, (N, H, W, C). ``y_train``, ``y_test``: int64, (N,), an index
    into ``classes``. ``provenance``: one sentence that says what this is and where it came from.
    ``groups_train``: pictures with the same number show the same physical thing, so a validation
    set must take all of them or none (None: every picture stands alone). ``extra``: what only
    some sets have, such as the lesion masks of ``leaves``.
    """

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.int64]
    classes: tuple[str, ...]
    provenance: str
    groups_train: NDArray[np.int64] | None = None
    extra: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for split in ("train", "test"):
            x, y = getattr(self, f"x_{split}"), getattr(self, f"y_{split}")
            if x.ndim != 4:
                raise DamagedData(
                    f"x_{split} has shape {x.shape}; pictures are expected as (N, H, W, C)"
                )
            if len(x) != len(y):
                raise DamagedData(
                    f"x_{split} holds {len(x)} pictures but y_{split} {len(y)} labels; "
                    "the file is not consistent, fetch it again"
                )
            if len(y) and not 0 <= y.min() <= y.max() < len(self.classes):
                raise DamagedData(
                    f"y_{split} runs from {y.min()} to {y.max()}, but there are "
                    f"{len(self.classes)} classes"
                )

    def __repr__(self) -> str:
        height, width, channels = self.x_train.shape[1:]
        return (
            f"Dataset({len(self.x_train):,} to train on, {len(self.x_test):,} to test on, "
            f"{height}×{width}×{channels}, {len(self.classes)} classes; {self.provenance})"
        )

    def validation_split(
        self, fraction: float = 0.1, seed: int = 0
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
        """Split off part of the training data: (x_train, y_train, x_val, y_val).

        Whole groups move together, so no physical object is on both sides.
        """
        if not 0 < fraction < 1:
            raise ValueError(f"fraction {fraction} must lie between 0 and 1, for example 0.1")
        groups = self.groups_train
        if groups is None:
            groups = np.arange(len(self.x_train))
        names = np.random.default_rng(seed).permutation(np.unique(groups))
        held_out = np.isin(groups, names[: max(1, round(fraction * len(names)))])
        kept = ~held_out
        return (
            self.x_train[kept],
            self.y_train[kept],
            self.x_train[held_out],
            self.y_train[held_out],
        )

    def write_folders(self, folder: str | Path, *, every: Mapping[str, int] | None = None) -> Path:
        """Write the images as PNG files, sorted as ``image_dataset_from_directory`` reads them.

        ``folder/train/CLASS/0001.png`` and ``folder/test/CLASS/0001.png``; returns ``folder``.
        ``every={"scab": 4}`` makes a class rare: of its training images only those whose number in
        the training set can be divided by 4 are written. Raises ValueError for an unknown class.
        """
        from PIL import Image

        folder, every = Path(folder), every or {}
        if unknown := set(every) - set(self.classes):
            raise ValueError(
                f"there is no class {', '.join(map(repr, sorted(unknown)))}; "
                f"there are {', '.join(self.classes)}"
            )
        for split in ("train", "test"):
            images, labels = getattr(self, f"x_{split}"), getattr(self, f"y_{split}")
            for number, (image, label) in enumerate(zip(images, labels, strict=True)):
                name = self.classes[label]
                if split == "train" and number % every.get(name, 1):
                    continue
                (folder / split / name).mkdir(parents=True, exist_ok=True)
                pixels = image[..., 0] if image.shape[-1] == 1 else image
                Image.fromarray(pixels).save(folder / split / name / f"{number:04}.png")
        return folder
