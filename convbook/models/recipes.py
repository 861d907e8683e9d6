"""How to train: what a reader needs to repeat a recorded run. No Keras here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlateauRecipe:
    """What ``callbacks.EarlyStopping`` and ``callbacks.ReduceLROnPlateau`` are told."""

    epochs: int = 100
    batch_size: int = 64
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    stop_after: int = 10
    reduce_after: int = 5
    factor: float = 0.5
    minimum_learning_rate: float = 1e-6
    validation_share: float = 0.1
    seed: int = 11
