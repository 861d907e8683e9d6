"""From logits to probabilities, and how wrong they are."""

import numpy as np


def softmax(logits):
    """Probabilities ``(N, classes)``: ``exp(z) / Σ exp(z)`` along the last axis.

    The largest logit is subtracted first, which changes no quotient and keeps ``exp`` finite.
    """
    logits = np.asarray(logits)
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


class SoftmaxCrossEntropy:
    """Softmax and cross-entropy in one: the mean over the batch of −log p(right class), in nats."""

    def __init__(self):
        self._saved = None

    def forward(self, logits, labels):
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

    def backward(self):
        """Gradient with respect to the logits: (probabilities − right answer) / N."""
        if self._saved is None:
            raise RuntimeError("backward was called before forward; call forward first")
        probabilities, labels = self._saved
        grad = probabilities.copy()
        grad[np.arange(len(labels)), labels] -= 1
        return grad / len(labels)
