"""The types that the layers speak.

The dtype contract: a layer computes in the type of its parameters, float32 unless
``astype("float64")`` was called; what comes in is converted to it, and outputs and gradients are of
it. A layer without parameters keeps float32 and float64 as they are, and makes float32 of anything
else. ``float16``, ``longdouble`` and complex numbers are computed in nowhere.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

#: float32 or float64.
FloatArray: TypeAlias = NDArray[np.floating[Any]]
#: Whole-number class labels, ``(N,)``.
Labels: TypeAlias = NDArray[np.integer[Any]]
#: Sizes of an array's axes.
Shape: TypeAlias = tuple[int, ...]
#: What fixes the random numbers; ``None`` draws anew from the operating system, as in NumPy.
Seed: TypeAlias = int | np.random.Generator | None
