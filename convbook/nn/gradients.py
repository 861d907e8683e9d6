"""Checking a backward pass: what the formula says against what a small step shows."""

import numpy as np


def numerical_gradient(function, x, step=1e-5):
    """Gradient of ``function() -> float`` with respect to ``x``, by central differences.

    ``x`` is a float64 array that ``function`` reads; each number is moved by ``±step`` and put
    back. The error of the formula shrinks with ``step²``; below about 1e-6 rounding takes over.
    """
    if x.dtype != np.float64:
        raise ValueError(f"numerical_gradient needs float64 numbers; got {x.dtype}")
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


def relative_error(value, reference):
    """``max|value − reference| / max|reference|`` (or the plain error where that is all zeros)."""
    value, reference = np.asarray(value, np.float64), np.asarray(reference, np.float64)
    if value.shape != reference.shape:
        raise ValueError(f"shapes differ: {value.shape} and {reference.shape}")
    if not value.size:
        return 0.0
    return float(np.abs(value - reference).max() / (np.abs(reference).max() or 1.0))


def check_gradients(layer, x, tolerance=1e-6, seed=0, **forward):
    """Compare a layer's ``backward`` with numerical gradients; return the relative errors.

    The layer is turned to float64. The loss is a random weighting of its outputs. Further
    arguments go to ``layer.forward`` (``training=True``). Raises ``AssertionError`` naming the
    gradient that is off by more than ``tolerance``.
    """
    layer.astype(np.float64)
    x = np.array(x, np.float64)
    buffers = {name: array.copy() for name, array in layer.buffers.items()}
    weights = np.random.default_rng(seed).standard_normal(layer.forward(x, **forward).shape)

    def loss():
        return float((weights * layer.forward(x, **forward)).sum())

    loss()
    analytic = {"x": layer.backward(weights), **layer.grads}
    arrays = {"x": x, **layer.params}
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
    worst = max(errors, key=errors.get)
    if errors[worst] > tolerance:
        raise AssertionError(
            f"{layer.name}: the gradient of {worst!r} differs from the numerical one by "
            f"{errors[worst]:.1e} (relative); expected at most {tolerance:.0e}"
        )
    return errors
