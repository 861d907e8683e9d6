"""First weights: random, and of a size that neither swells nor starves the signal.

Both draw float32 numbers from a normal distribution with mean 0. They differ in its spread:

- ``he``: standard deviation ``sqrt(2 / fan_in)``, for layers followed by a ReLU, which passes on
  half of the signal's power (He et al., 2015, arXiv:1502.01852);
- ``glorot``: ``sqrt(2 / (fan_in + fan_out))``, for layers without one (Glorot and Bengio, 2010).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from convbook.nn.typing import FloatArray, Shape

#: ``(rng, shape, fan_in, fan_out)`` to an array of that shape.
Initialiser: TypeAlias = Callable[[np.random.Generator, Shape, int, int], FloatArray]


def he(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Normal numbers for a layer that a ReLU follows.

    >>> round(float(he(np.random.default_rng(0), (1000, 8), fan_in=8, fan_out=1000).std()), 1)
    0.5
    """
    return _normal(rng, shape, np.sqrt(2 / fan_in))


def glorot(rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> FloatArray:
    """Normal numbers for a layer that no ReLU follows, such as the last one.

    >>> round(float(glorot(np.random.default_rng(0), (100, 100), 100, 100).std()), 1)
    0.1
    """
    return _normal(rng, shape, np.sqrt(2 / (fan_in + fan_out)))


def initialiser(name: str) -> Initialiser:
    """The function called ``name``: ``"he"`` or ``"glorot"``."""
    choices = {"he": he, "glorot": glorot}
    if not isinstance(name, str) or name not in choices:
        raise ValueError(f"init must be one of {sorted(choices)}; got {name!r}")
    return choices[name]


def _normal(rng: np.random.Generator, shape: Shape, deviation: float) -> FloatArray:
    return (rng.standard_normal(shape) * deviation).astype(np.float32)
