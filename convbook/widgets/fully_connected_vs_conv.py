"""FullyConnectedVsConv: a layer with and without shared weights, and the shuffle test."""

from __future__ import annotations

import numpy as np
import traitlets

from convbook import shapes

from . import _shuffle
from ._base import BookWidget, bundle, style

#: A front end may not count beyond 2⁵³; these keep every product below it.
LARGEST = {"image_size": 1024, "units": 100_000, "filters": 512, "kernel_size": 31}


def _whole(default: int, most: int) -> traitlets.Int:
    return traitlets.Int(default, min=1, max=most).tag(sync=True)


class FullyConnectedVsConv(BookWidget):
    """Parameters of a dense and of a convolutional layer on the same picture, to scale.

    Inputs: ``image_size`` (height and width, pixels) and ``channels``; ``units`` of the dense
    layer; ``filters`` of ``kernel_size`` × ``kernel_size`` for the convolution ("same", stride 1).
    In its second part, the shuffle test: ``example``, one of 30 test digits, and ``shuffled``,
    whether its pixels change places; two networks trained on such digits say what they see.
    ``part`` is the one on show, "parameters" or "shuffle"; "" is the second where its inputs are
    not those of the opening, else the first.

    >>> FullyConnectedVsConv().dense_parameters
    150529000
    """

    _esm = bundle("fully_connected_vs_conv.js")
    _css = style("fully_connected_vs_conv.css")

    image_size = _whole(224, LARGEST["image_size"])
    channels = traitlets.Enum([1, 3], 3).tag(sync=True)
    units = _whole(1_000, LARGEST["units"])
    filters = _whole(64, LARGEST["filters"])
    kernel_size = _whole(3, LARGEST["kernel_size"])
    example = traitlets.Int(0, min=0, max=_shuffle.EXAMPLES - 1).tag(sync=True)
    shuffled = traitlets.Bool(False).tag(sync=True)
    part = traitlets.Enum(["", "parameters", "shuffle"], "").tag(sync=True)

    _weights = traitlets.CBytes().tag(sync=True)

    @traitlets.default("_weights")
    def _pack(self):
        return _shuffle.packed()

    @property
    def input_count(self) -> int:
        """Numbers in the picture."""
        return self.image_size**2 * self.channels

    @property
    def dense_parameters(self) -> int:
        """Weights and biases of ``units`` neurons that each see the whole picture."""
        return shapes.dense_parameters(self.input_count, self.units)

    @property
    def conv_parameters(self) -> int:
        """Weights and biases of the filters."""
        return shapes.conv2d_parameters(self.channels, self.filters, self.kernel_size)

    @property
    def conv_outputs(self) -> int:
        """Numbers that the convolution makes: a whole map for each filter."""
        shape = (self.channels, self.image_size, self.image_size)
        output = shapes.conv2d_output_shape(shape, self.filters, self.kernel_size, 1, "same")
        return int(np.prod(output, dtype=object))

    @property
    def equal_dense_parameters(self) -> int:
        """Parameters of a dense layer that makes as many numbers as the convolution."""
        return shapes.dense_parameters(self.input_count, self.conv_outputs)

    @property
    def digit(self) -> np.ndarray:
        """The digit as the networks see it, 0 to 16, shape (8, 8)."""
        pixels = np.array(_shuffle.record()["examples"][self.example])
        pixels = pixels[_shuffle.record()["order"]] if self.shuffled else pixels
        return pixels.reshape(8, 8)

    def probabilities(self, kind: str) -> np.ndarray:
        """What the "dense" or the "conv" network makes of the digit, shape (10,)."""
        order = "shuffled" if self.shuffled else "in-order"
        return _shuffle.probabilities(f"{kind}-{order}", self.digit)

    @property
    def caption(self) -> str:
        size = f"{self.image_size} × {self.image_size} × {self.channels}"
        return (
            f"On a picture of {size}, {self.units:,} fully connected neurons have "
            f"{self.dense_parameters:,} parameters; {self.filters} filters of {self.kernel_size} × "
            f"{self.kernel_size} have {self.conv_parameters:,}. Areas are to scale."
        )

    def picture(self) -> str:
        """The two counts as squares whose areas are to scale, as SVG."""
        largest = max(self.dense_parameters, self.conv_parameters)
        parts, x = [], 0.0
        for count, colour, name in (
            (self.dense_parameters, "#7d8794", "dense"),
            (self.conv_parameters, "#00639c", "convolution"),
        ):
            side = max(220 * (count / largest) ** 0.5, 0.5)
            parts.append(
                f'<rect x="{x:.1f}" y="{220 - side:.2f}" width="{side:.2f}" height="{side:.2f}" '
                f'fill="{colour}"/><text x="{x:.1f}" y="240">{name}: {count:,}</text>'
            )
            x += max(side, 200) + 30
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 246" width="480" role="img" '
            f'font-family="sans-serif" font-size="13"><title>{self.caption}</title>'
            f"{''.join(parts)}</svg>"
        )
