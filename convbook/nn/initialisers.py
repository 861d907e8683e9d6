"""First weights: random, and of a size that neither swells nor starves the signal.

Both draw from a normal distribution with mean 0. They differ in its spread:

- ``he``: standard deviation ``sqrt(2 / fan_in)``, for layers followed by a ReLU, which passes on
  half of the signal's power (He et al., 2015, arXiv:1502.01852);
- ``glorot``: ``sqrt(2 / (fan_in + fan_out))``, for layers without one (Glorot and Bengio, 2010).
"""

import numpy as np


def he(rng, shape, fan_in, fan_out):
    """Normal numbers for a layer that a ReLU follows."""
    return _normal(rng, shape, np.sqrt(2 / fan_in))


def glorot(rng, shape, fan_in, fan_out):
    """Normal numbers for a layer that no ReLU follows, such as the last one."""
    return _normal(rng, shape, np.sqrt(2 / (fan_in + fan_out)))


def initialiser(name):
    """The function called ``name``: ``"he"`` or ``"glorot"``."""
    choices = {"he": he, "glorot": glorot}
    if name not in choices:
        raise ValueError(f"init must be one of {sorted(choices)}; got {name!r}")
    return choices[name]


def _normal(rng, shape, deviation):
    return (rng.standard_normal(shape) * deviation).astype(np.float32)
