"""The layers that a backward pass is tried on, and their right outputs and gradients."""

from dataclasses import dataclass

import numpy as np

from convbook import shapes


@dataclass(frozen=True)
class Setting:
    """A layer, an input and a gradient to send back, drawn from a seed."""

    seed: int
    batch: int
    channels: int
    filters: int
    size: tuple[int, int]
    kernel: int
    stride: int = 1
    padding: int = 0

    def draw(self):
        """Return x, weights, biases and the gradient of the output, all float64."""
        rng = np.random.default_rng(self.seed)
        x = rng.normal(size=(self.batch, self.channels, *self.size))
        weights = rng.normal(size=(self.filters, self.channels, self.kernel, self.kernel))
        rows, columns = (
            shapes.output_size(side, self.kernel, self.stride, self.padding) for side in self.size
        )
        grad = rng.normal(size=(self.batch, self.filters, rows, columns))
        return x, weights, rng.normal(size=self.filters), grad


#: From the plainest to the ones where stride, padding and floor all take part.
SETTINGS = (
    Setting(1, 1, 1, 1, (4, 4), 3),
    Setting(2, 2, 3, 2, (5, 5), 3),
    Setting(3, 3, 2, 4, (6, 4), 3, padding=1),
    Setting(4, 2, 2, 3, (7, 5), 3, stride=2),
    Setting(5, 2, 1, 2, (8, 6), 3, stride=2, padding=1),
    Setting(6, 1, 3, 2, (6, 9), 2, stride=3),
    Setting(7, 2, 2, 2, (5, 7), 5, padding=2),
    Setting(8, 3, 2, 3, (7, 8), 4, stride=3, padding=2),
    Setting(9, 2, 3, 4, (3, 4), 1),
)


def outputs(setting: Setting) -> np.ndarray:
    """Return what the layer gives forward, shape (N, K, H', W'), by definition."""
    x, weights, biases, grad = setting.draw()
    p, f, out = setting.padding, setting.kernel, np.empty_like(grad)
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    for i, j in np.ndindex(grad.shape[2:]):
        top, left = i * setting.stride, j * setting.stride
        window = padded[:, :, top : top + f, left : left + f]
        out[:, :, i, j] = np.einsum("nchw,kchw->nk", window, weights) + biases
    return out


def gradients(setting: Setting):
    """Return the gradients (input, weights, biases), one output number after the other.

    Every output is a sum of weight × pixel, so it hands its gradient × pixel to the weights and
    its gradient × weight to the pixels of its window.
    """
    x, weights, _, grad = setting.draw()
    p, f = setting.padding, setting.kernel
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    grad_padded, grad_weights = np.zeros_like(padded), np.zeros_like(weights)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            top, left = i * setting.stride, j * setting.stride
            here = grad[:, :, i, j]
            window = padded[:, :, top : top + f, left : left + f]
            grad_weights += np.einsum("nk,nchw->kchw", here, window)
            grad_padded[:, :, top : top + f, left : left + f] += np.einsum(
                "nk,kchw->nchw", here, weights
            )
    height, width = setting.size
    return grad_padded[:, :, p : p + height, p : p + width], grad_weights, grad.sum((0, 2, 3))
