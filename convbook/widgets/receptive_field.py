"""ReceptiveField: which pixels a neuron sees, layer by layer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import traitlets

from convbook import shapes

from ._base import BookWidget, bundle, counted, style
from ._limits import choice, either, places, sequence, whole

MOST_LAYERS, LARGEST_INPUT = 8, 64
LIMITS = {"kernel_size": 15, "stride": 8, "dilation": 8}
#: The fourth entry of a layer that reduces its windows and has nothing to train.
POOL = "pool"
SIZES = [whole(1, most) for most in LIMITS.values()]


class ReceptiveField(BookWidget):
    """A stack of layers along one axis: tap a neuron, see the pixels that reach it.

    Inputs: ``layers``, a list of (kernel_size, stride, dilation), first layer first, where a fourth
    entry "pool" makes the convolution a pooling, which has no dilation and no parameters;
    ``input_size``, pixels drawn (no padding anywhere); ``layer``, the layer of the neuron tapped (0
    is the input, −1 the last); ``neuron``, its place in that layer (−1 the middle one);
    ``channels``, used by the parameter count.

    >>> ReceptiveField(layers=[[3, 1, 1], [3, 1, 1]]).field.size
    5
    """

    _esm = bundle("receptive_field.js")
    _css = style("receptive_field.css")

    layers = traitlets.List([[3, 1, 1], [3, 1, 1]]).tag(
        sync=True,
        limit=sequence(
            either(places(*SIZES), places(*SIZES[:2], whole(1, 1), choice([POOL]))), 1, MOST_LAYERS
        ),
    )
    input_size = traitlets.Int(15, min=1, max=LARGEST_INPUT).tag(sync=True)
    layer = traitlets.Int(-1, min=-1, max=MOST_LAYERS).tag(sync=True)
    neuron = traitlets.Int(-1, min=-1, max=LARGEST_INPUT - 1).tag(sync=True)
    channels = traitlets.Int(64, min=1, max=100_000).tag(sync=True)

    @traitlets.validate("layers")
    def _check(self, proposal):
        layers = [list(layer) for layer in proposal["value"]]
        sizes = [layer[:3] if layer[3:] == [POOL] else layer for layer in layers]
        if not 1 <= len(layers) <= MOST_LAYERS:
            raise traitlets.TraitError(
                f"layers must be 1 to {MOST_LAYERS} layers; got {len(layers)}"
            )
        for layer in sizes:
            fits = len(layer) == 3 and all(
                isinstance(n, int) and 1 <= n <= most
                for n, most in zip(layer, LIMITS.values(), strict=False)
            )
            if not fits:
                limits = ", ".join(f"{name} up to {most}" for name, most in LIMITS.items())
                raise traitlets.TraitError(
                    f"a layer must be [kernel_size, stride, dilation], whole numbers from 1 "
                    f'({limits}), and may end in "{POOL}"; got {layer}'
                )
        for layer in layers:
            if _is_pool(layer) and layer[2] != 1:
                raise traitlets.TraitError(f"a pooling layer has dilation 1; got {layer}")
        return layers

    @property
    def windows(self) -> list[list[int]]:
        """(kernel_size, stride, dilation) of every layer, whatever it does with its windows."""
        return [layer[:3] for layer in self.layers]

    @property
    def field(self) -> shapes.ReceptiveField:
        """Receptive field and effective stride of the whole stack."""
        return shapes.receptive_field(self.windows)

    @property
    def widths(self) -> list[int]:
        """Neurons in the input and in each layer after it, up to the last that has any."""
        widths = [self.input_size]
        for kernel_size, stride, dilation in self.windows:
            try:
                widths.append(shapes.output_size(widths[-1], kernel_size, stride, 0, dilation))
            except ValueError:
                break
        return widths

    @property
    def problem(self) -> str:
        """Why some layer has no neurons in this input, or nothing."""
        widths = self.widths
        if len(widths) > len(self.layers):
            return ""
        kernel_size, _, dilation = self.windows[len(widths) - 1]
        span, width = shapes.effective_kernel(kernel_size, dilation), widths[-1]
        return (
            f"layer {len(widths)} reads {counted(span, 'neighbour')} at once, but only "
            f"{counted(width, 'neuron')} {'lies' if width == 1 else 'lie'} below it; draw more "
            "pixels, or make a kernel, a stride or a dilation smaller"
        )

    @property
    def selected(self) -> tuple[int, int]:
        """(layer, neuron) tapped, with −1 made definite and both within what there is."""
        widths = self.widths
        last = len(widths) - 1
        layer = last if self.layer < 0 else min(self.layer, last)
        middle = (widths[layer] - 1) // 2
        neuron = middle if self.neuron < 0 else min(self.neuron, widths[layer] - 1)
        return (layer, neuron)

    @property
    def span(self) -> tuple[int, int]:
        """First and last input pixel that the neuron sees, counted from 0."""
        layer, neuron = self.selected
        return shapes.receptive_span(neuron, self.windows[:layer])

    @property
    def paths(self) -> np.ndarray:
        """Ways in which each pixel from the first to the last reaches the neuron; whole numbers."""
        counts = np.ones(1, int)
        for kernel_size, stride, dilation in reversed(self.windows[: self.selected[0]]):
            spread = np.zeros((len(counts) - 1) * stride + 1, int)
            spread[::stride] = counts
            taps = np.zeros(shapes.effective_kernel(kernel_size, dilation), int)
            taps[::dilation] = 1
            counts = np.convolve(spread, taps)
        return counts

    @property
    def convolutions(self) -> int:
        """How many layers have weights: each is a place for a non-linearity."""
        return sum(not _is_pool(layer) for layer in self.layers)

    @property
    def stack_parameters(self) -> int:
        """Parameters of the 2-D convolutions with ``channels`` in and out, with biases.

        Pooling has none.
        """
        return sum(
            shapes.conv2d_parameters(self.channels, self.channels, layer[0])
            for layer in self.layers
            if not _is_pool(layer)
        )

    @property
    def single_parameters(self) -> int:
        """Parameters of the one convolution with the same receptive field."""
        return shapes.conv2d_parameters(self.channels, self.channels, self.field.size)

    @property
    def caption(self) -> str:
        field = self.field
        stack = ", ".join(
            ("pooling " if _is_pool(layer) else "")
            + f"{k}×{k}"
            + (f" stride {s}" if s > 1 else "")
            + (f" dilation {d}" if d > 1 else "")
            for layer, (k, s, d) in zip(self.layers, self.windows, strict=True)
        )
        return (
            f"A stack of {stack}: a neuron of the last layer sees {counted(field.size, 'pixel')} "
            f"across, and its neighbour's view begins {counted(field.effective_stride, 'pixel')} "
            f"further on. After each layer: {', '.join(map(str, field.sizes))}."
        )

    def picture(self) -> str:
        """The layers as rows of neurons, with what the tapped one sees, as SVG."""
        widths, (layer, neuron) = self.widths, self.selected
        unit, gap = 620 / self.input_size, 46
        height = gap * (len(widths) - 1) + 30
        fields = [shapes.receptive_field(self.windows[:i]) for i in range(len(widths))]

        def middle(level: int, place: int) -> tuple[float, float]:
            field = fields[level]
            x = (place * field.effective_stride + field.size / 2) * unit
            return x, height - 15 - gap * level

        seen = {layer: {neuron}}
        lines = []
        for above, below in pairwise(range(layer, -1, -1)):
            kernel_size, stride, dilation = self.windows[below]
            seen[below] = set()
            for place in seen[above]:
                for tap in range(kernel_size):
                    source = place * stride + tap * dilation
                    seen[below].add(source)
                    (x1, y1), (x2, y2) = middle(above, place), middle(below, source)
                    lines.append(
                        f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" stroke="#00639c" '
                        'stroke-opacity="0.5"/>'
                    )
        side = min(unit * 0.8, 18)
        cells = []
        for level, width in enumerate(widths):
            for place in range(width):
                x, y = middle(level, place)
                fill = "#00639c" if place in seen.get(level, ()) else "#ffffff"
                cells.append(
                    f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" '
                    f'height="{side:.1f}" rx="2" fill="{fill}" stroke="#7d8794"/>'
                )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 {height}" width="620" '
            f'role="img"><title>{self.caption}</title>{"".join(lines)}{"".join(cells)}</svg>'
        )


def _is_pool(layer: list) -> bool:
    return layer[-1] == POOL
