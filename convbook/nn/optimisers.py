"""How a gradient becomes a step."""

import numpy as np


class SGD:
    """Stochastic gradient descent with momentum: ``v = momentum·v − rate·g``, ``w += v``."""

    def __init__(self, learning_rate=0.01, momentum=0.9):
        self.learning_rate, self.momentum = learning_rate, momentum
        self._velocity = {}

    def step(self, params, grads, scale=1.0):
        """Change ``params`` in place. ``scale`` multiplies the learning rate, for a schedule."""
        for name, value in params.items():
            velocity = self._velocity.setdefault(name, np.zeros_like(value))
            velocity *= self.momentum
            velocity -= (scale * self.learning_rate) * grads[name]
            value += velocity


class Adam:
    """Adam: steps of about the learning rate, whatever the size of the gradient.

    Algorithm 1 of Kingma and Ba (2015), arXiv:1412.6980.
    """

    def __init__(self, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.learning_rate, self.beta1, self.beta2 = learning_rate, beta1, beta2
        self.epsilon = epsilon
        self._moments, self._steps = {}, 0

    def step(self, params, grads, scale=1.0):
        """Change ``params`` in place. ``scale`` multiplies the learning rate, for a schedule."""
        self._steps += 1
        mean_bias, square_bias = 1 - self.beta1**self._steps, 1 - self.beta2**self._steps
        for name, value in params.items():
            mean, square = self._moments.setdefault(
                name, (np.zeros_like(value), np.zeros_like(value))
            )
            mean += (1 - self.beta1) * (grads[name] - mean)
            square += (1 - self.beta2) * (grads[name] ** 2 - square)
            spread = np.sqrt(square / square_bias) + self.epsilon
            value -= (scale * self.learning_rate / mean_bias) * mean / spread


def cosine(progress):
    """A schedule from 1 down to 0 along half a cosine; ``progress`` runs from 0 to 1."""
    return 0.5 * (1 + np.cos(np.pi * progress))


def constant(progress):
    """The schedule that changes nothing."""
    return 1.0
