"""From logits to probabilities, and how wrong they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from convbook.nn.typing import FloatArray, Labels


def softmax(logits: ArrayLike) -> FloatArray:
    """Probabilities ``(N, classes)``: ``exp(z) / Σ exp(z)`` along the last axis.

    The largest logit is subtracted first, which changes no quotient and keeps ``exp`` finite.

    >>> softmax([[0.0, 0.0], [1000.0, 0.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    logits = np.asarray(logits)
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: FloatArray = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities


class SoftmaxCrossEntropy:
    """Softmax and cross-entropy in one: the mean over the batch of −log p(right class), in nats.

    >>> import numpy as np
    >>> loss = SoftmaxCrossEntropy()
    >>> round(loss.forward(np.zeros((1, 10)), np.array([3])), 4)  # log 10
    2.3026
    >>> loss.backward().round(1)[0, :4]  # probabilities minus the right answer
    array([ 0.1,  0.1,  0.1, -0.9])
    """

    def __init__(self) -> None:
        self._saved: tuple[FloatArray, Labels] | None = None

    def forward(self, logits: ArrayLike, labels: ArrayLike) -> float:
        """Loss of ``logits`` (N, classes) for ``labels``, N whole numbers in 0 … classes − 1."""
        logits, labels = np.asarray(logits), np.asarray(labels)
        if logits.ndim != 2 or labels.shape != logits.shape[:1] or labels.dtype.kind not in "iu":
            raise ValueError(
                "expected logits of shape (N, classes) and N whole-number labels; got logits of "
                f"shape {logits.shape} and labels of shape {labels.shape} ({labels.dtype})"
            )
        if labels.size and not 0 <= labels.min() <= labels.max() < logits.shape[1]:
            raise ValueError(
                f"labels must be in 0 … {logits.shape[1] - 1} for {logits.shape[1]} classes; got "
                f"{labels.min()} … {labels.max()}"
            )
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(shifted).sum(axis=1))
        self._saved = softmax(logits), labels
        return float((log_sums - shifted[np.arange(len(labels)), labels]).mean())

    def backward(self) -> FloatArray:
        """Gradient with respect to the logits: (probabilities − one-hot labels) / N."""
        if self._saved is None:
            raise RuntimeError("backward was called before forward; call forward first")
        probabilities, labels = self._saved
        grad = probabilities.copy()
        grad[np.arange(len(labels)), labels] -= 1
        return grad / len(labels)
