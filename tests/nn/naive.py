"""The gradients of a convolution as plainly as they can be written: float64, four loops."""

import numpy as np


def windows(x, kernel, stride, pads, dilation):
    """(row, column, window) for each output position; a window is (N, C, kh, kw)."""
    padded = np.pad(x, ((0, 0), (0, 0), *pads))
    reach = [d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True)]
    for i, top in enumerate(range(0, padded.shape[2] - reach[0] + 1, stride[0])):
        for j, left in enumerate(range(0, padded.shape[3] - reach[1] + 1, stride[1])):
            rows = slice(top, top + reach[0], dilation[0])
            columns = slice(left, left + reach[1], dilation[1])
            yield i, j, padded[:, :, rows, columns]


def gradients(x, weight, grad, stride, pads, dilation, groups):
    """Gradients with respect to (x, weight, bias)."""
    grad_weight = np.zeros(weight.shape)
    whole = np.zeros(np.pad(x, ((0, 0), (0, 0), *pads)).shape)
    (top, bottom), (left, right) = pads
    for i, j, window in windows(x, weight.shape[2:], stride, pads, dilation):
        rows, columns = (
            slice(place * s, place * s + d * (f - 1) + 1, d)
            for place, s, d, f in zip((i, j), stride, dilation, weight.shape[2:], strict=True)
        )
        for k, channels in _filters(weight, groups):
            share = grad[:, k, i, j][:, None, None, None]
            grad_weight[k] += (share * window[:, channels]).sum(axis=0)
            whole[:, channels, rows, columns] += share * weight[k]
    height, width = whole.shape[2:]
    return (
        whole[:, :, top : height - bottom, left : width - right],
        grad_weight,
        grad.sum((0, 2, 3)),
    )


def _filters(weight, groups):
    size, channels = len(weight) // groups, weight.shape[1]
    for k in range(len(weight)):
        group = k // size
        yield k, slice(group * channels, (group + 1) * channels)
