"""Batch normalisation: each channel brought to mean 0 and spread 1, then rescaled as it learns."""

import numpy as np

from convbook.nn.layer import Layer


class BatchNorm2D(Layer):
    """Normalise each channel of ``(N, C, H, W)`` over the N·H·W numbers that it has in a batch.

    In training with the mean and variance of the batch; otherwise with moving averages of them,
    ``moving = momentum · moving + (1 − momentum) · batch`` (Keras's meaning of momentum, and like
    Keras the variance divides by N·H·W). Parameters: ``gamma`` and ``beta``, one a channel.
    Source: Ioffe and Szegedy (2015), arXiv:1502.03167.
    """

    def __init__(self, channels, momentum=0.9, epsilon=1e-3):
        super().__init__()
        self.channels, self.momentum, self.epsilon = channels, momentum, epsilon
        self.initialise(None)

    def initialise(self, rng):
        ones, zeros = np.ones(self.channels, np.float32), np.zeros(self.channels, np.float32)
        self.params = {"gamma": ones, "beta": zeros}
        self.buffers = {"moving_mean": zeros.copy(), "moving_variance": ones.copy()}

    def forward(self, x, training=False):
        x = self._batch(x, C=self.channels)
        if training:
            mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            self._remember("moving_mean", mean)
            self._remember("moving_variance", variance)
        else:
            mean, variance = self.buffers["moving_mean"], self.buffers["moving_variance"]
        scale = 1 / np.sqrt(variance + self.epsilon)
        normal = (x - _column(mean)) * _column(scale)
        self._saved = normal, scale, training
        return _column(self.params["gamma"]) * normal + _column(self.params["beta"])

    def backward(self, grad):
        """In training, a number also moves the mean and the variance that it is measured by.

        That takes two things out of the gradient: its own mean, and its part along the normalised
        numbers. In inference mean and variance are constants, and neither is taken out.
        """
        normal, scale, training = self._recall()
        grad = self._gradient(grad, normal.shape)
        self.grads = {
            "gamma": (grad * normal).sum(axis=(0, 2, 3)),
            "beta": grad.sum(axis=(0, 2, 3)),
        }
        if training:
            count = grad.size / self.channels
            along = _column(self.grads["gamma"] / count) * normal
            grad = grad - _column(self.grads["beta"] / count) - along
        return grad * _column(self.params["gamma"] * scale)

    def _remember(self, name, batch):
        moving = self.buffers[name]
        moving += ((1 - self.momentum) * (batch - moving)).astype(moving.dtype)


def _column(channels):
    return channels[:, None, None]
