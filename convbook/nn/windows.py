"""What the fast convolution reads: copies of the picture, one for each column of the kernel.

**Sideways, copy.** Copy number ``j`` is the picture as column ``j`` of the kernel meets it: padded,
shifted by ``j`` pixels, and cut to the width of the output. At every output position, that column
of the kernel then reads the same position of its copy.

**Downwards, only look.** In memory the rows of a copy lie end to end. Row ``i`` of the kernel reads
the same numbers as row 0, beginning ``i`` rows later: a slice, and nothing is copied. So F copies
serve F·F taps (Cho and Brand, 2017, arXiv:1706.06873, exploit the same saving).

**Stride** sideways is part of the copying. For stride S downwards, every S-th row is dealt to the
same deck, like cards, so that in its deck the rows that a tap reads are neighbours again.
"""

import numpy as np

from convbook import shapes

#: Bytes of shifted copies worked on at a time: a fraction of a core's second-level cache.
TILE_BYTES = 400 * 1024


class Windows:
    """The windows of one convolution over a batch of shape ``(N, C, H, W)``.

    ``kernel``, ``stride`` and ``dilation`` are pairs (height, width), ``pads`` a pair of pairs:
    ((top, bottom), (left, right)).
    """

    def __init__(self, batch, kernel, stride, pads, dilation):
        self.images, self.channels, *size = batch
        self.kernel, self.stride, self.dilation = kernel, stride, dilation
        axes = zip(size, kernel, stride, pads, dilation, strict=True)
        self.output = height, width = tuple(shapes.output_size(*axis) for axis in axes)
        self.positions = height * width
        self.deck_height = height + (kernel[0] - 1) * dilation[0] // stride[0]
        # The padded picture, cut where no window reaches any more; and the real one within it.
        self.padded = (self.deck_height * stride[0], (width - 1) * stride[1] + _reach(self, 1))
        self.inside = tuple(
            slice(before, max(before, min(before + pixels, padded)))
            for pixels, (before, _), padded in zip(size, pads, self.padded, strict=True)
        )
        self.untouched = kernel == stride == (1, 1) and self.padded == tuple(size)

    @property
    def batches(self):
        """Slices of the batch, each with copies that fit the cache (but at least one image)."""
        decks = self.channels * self.kernel[1] * self.deck_height * self.stride[0]
        step = max(1, TILE_BYTES // (4 * decks * self.output[1]))
        return [slice(n, min(n + step, self.images)) for n in range(0, self.images, step)]

    def shift(self, x):
        """Copies of ``x``: ``(S, n, C, F, numbers in a deck)``, a deck for each of S rows."""
        if self.untouched:  # a 1×1 kernel reads the picture as it is
            return x.reshape(1, *x.shape[:2], 1, -1)
        rows, columns = self.inside
        padded = np.zeros((*x.shape[:2], *self.padded), x.dtype)
        padded[:, :, rows, columns] = x[:, :, : _length(rows), : _length(columns)]
        copies = self._empty(x)
        for copy, part, _ in self._parts(copies, padded):
            copy[:] = part
        return copies.reshape(*copies.shape[:4], -1)

    def unshift(self, copies, x):
        """The reverse: each pixel of ``x`` becomes the sum of what stands in its copies."""
        if self.untouched:
            x[:] = copies.reshape(x.shape)
            return
        rows, columns = self.inside
        padded = np.zeros((*x.shape[:2], *self.padded), x.dtype)
        for copy, part, is_first in self._parts(copies.reshape(self._empty(x).shape), padded):
            if is_first:
                part[:] = copy
            else:
                part += copy
        x[:, :, _length(rows) :] = x[:, :, :, _length(columns) :] = 0  # what no window reads
        x[:, :, : _length(rows), : _length(columns)] = padded[:, :, rows, columns]

    def row(self, copies, tap):
        """What row ``tap`` of the kernel reads, as a view: ``(n, C, F, H' · W')``."""
        first, deck = divmod(tap * self.dilation[0], self.stride[0])
        start = first * self.output[1]
        return copies[deck, ..., start : start + self.positions]

    def _empty(self, x):
        decks, wide = self.stride[0], self.kernel[1]
        return np.empty((decks, *x.shape[:2], wide, self.deck_height, self.output[1]), x.dtype)

    def _parts(self, copies, padded):
        """Each copy, the part of the padded picture that it shows, and whether no copy before
        it shows any of these pixels."""
        decks, (_, across), width = self.stride[0], self.stride, self.output[1]
        for tap in range(self.kernel[1]):
            left = tap * self.dilation[1]
            columns = slice(left, left + (width - 1) * across + 1, across)
            for deck in range(decks):
                yield copies[deck, :, :, tap], padded[:, :, deck::decks, columns], left < across


def _reach(windows, axis):
    return shapes.effective_kernel(windows.kernel[axis], windows.dilation[axis])


def _length(part):
    return part.stop - part.start
