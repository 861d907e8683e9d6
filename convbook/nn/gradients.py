"""Checking a backward pass: what the formula says against what a small step shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convbook.nn.layer import Layer


def numerical_gradient(
    function: Callable[[], float], x: NDArray[np.float64], step: float = 1e-5
) -> NDArray[np.float64]:
    """Gradient of ``function() -> float`` with respect to ``x``, by central differences.

    ``x`` is a float64 array that ``function`` reads; each number is moved by ``±step`` and put
    back. The error of the formula shrinks with ``step²``; below about 1e-6 rounding takes over.

    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> numerical_gradient(lambda: float((x**2).sum()), x).round(6)
    array([2., 4., 6.])
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise ValueError(
            f"numerical_gradient needs an array of float64 numbers; got {getattr(x, 'dtype', x)}"
        )
    if not step > 0:
        raise ValueError(f"step must be more than 0; got {step!r}")
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        value = x[index]
        x[index] = value + step
        above = function()
        x[index] = value - step
        below = function()
        x[index] = value
        grad[index] = (above - below) / (2 * step)
    return grad


def relative_error(value: ArrayLike, reference: ArrayLike) -> float:
    """``max|value − reference| / max|reference|`` (or the plain error where that is all zeros).

    >>> relative_error([1.0, 2.0], [1.0, 4.0])
    0.5
    """
    value, reference = np.asarray(value, np.float64), np.asarray(reference, np.float64)
    if value.shape != reference.shape:
        raise ValueError(f"shapes differ: {value.shape} and {reference.shape}")
    if not value.size:
        return 0.0
    return float(np.abs(value - reference).max() / (np.abs(reference).max() or 1.0))


def check_gradients(
    layer: Layer, x: ArrayLike, tolerance: float = 1e-6, seed: int = 0, **forward: Any
) -> dict[str, float]:
    """Compare a layer's ``backward`` with numerical gradients; return the relative errors.

    The layer is turned to float64, and stays so. The loss is a random weighting of its outputs,
    drawn from ``seed``. Further arguments go to ``layer.forward`` (``training=True``). Raises
    ``AssertionError`` naming the gradient that is off by more than ``tolerance``.

    >>> from convbook.nn import Dense
    >>> sorted(check_gradients(Dense(3, 2), [[1.0, -2.0, 0.5]]))
    ['bias', 'weight', 'x']
    """
    layer.astype(np.float64)
    x = np.array(x, np.float64)
    buffers = {name: array.copy() for name, array in layer.buffers.items()}
    weights = np.random.default_rng(seed).standard_normal(layer.forward(x, **forward).shape)

    def loss() -> float:
        return float((weights * layer.forward(x, **forward)).sum())

    loss()
    analytic = {"x": layer.backward(weights), **layer.grads}
    arrays: dict[str, NDArray[Any]] = {"x": x, **layer.params}
    numerical = {name: numerical_gradient(loss, array) for name, array in arrays.items()}
    # Where a gradient is zero by design (a bias in front of batch normalisation), compare with the
    # size of the others: rounding divided by zero would say nothing.
    largest = max(
        (float(np.abs(grad).max()) for grad in numerical.values() if grad.size), default=1
    )
    errors = {
        name: float(np.abs(analytic[name] - grad).max() / max(np.abs(grad).max(), largest / 1000))
        for name, grad in numerical.items()
    }
    for name, array in layer.buffers.items():
        array[...] = buffers[name]
    for name, error in errors.items():
        if not error <= tolerance:  # so that NaN fails too
            raise AssertionError(
                f"{layer.name}: the gradient of {name!r} differs from the numerical one by "
                f"{error:.1e} (relative); expected at most {tolerance:.0e}"
            )
    return errors
