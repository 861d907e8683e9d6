"""NetworkBuilder: a network layer by layer, with what each layer makes and costs."""

from __future__ import annotations

import traitlets

from ._base import BookWidget, bundle, style
from ._limits import places, sequence, whole
from ._network import KINDS, NETWORKS, Row, complete, describe, layer_limit

MOST_LAYERS, LARGEST = 60, 4096
#: Bytes of a number in memory, as float32.
BYTES = 4


class NetworkBuilder(BookWidget):
    """Shapes, parameters, operations, memory and receptive field after every layer.

    Inputs: ``input_shape`` as [height, width, channels]; ``layers``, a list of layers, each a
    dictionary with its ``kind`` (a key of ``KINDS``) and settings, where what is left out takes its
    default; ``selected``, the layer being edited, counted from 0. ``network`` sets both to a
    ready-made network (a key of ``NETWORKS``).

    >>> NetworkBuilder(network="vgg16").parameters
    138357544
    """

    _esm = bundle("network_builder.js")
    _css = style("network_builder.css")

    network = traitlets.Enum([*NETWORKS, "own"], "first-network").tag(sync=True)
    input_shape = traitlets.List(NETWORKS["first-network"]["input"]).tag(
        sync=True, limit=places(*[whole(1, LARGEST)] * 3)
    )
    layers = traitlets.List([complete(layer) for layer in NETWORKS["first-network"]["layers"]]).tag(
        sync=True, limit=sequence(layer_limit(), 1, MOST_LAYERS)
    )
    selected = traitlets.Int(0, min=0, max=MOST_LAYERS - 1).tag(sync=True)

    @traitlets.validate("input_shape")
    def _check_input(self, proposal):
        shape = list(proposal["value"])
        whole = all(isinstance(n, int) and 1 <= n <= LARGEST for n in shape)
        if len(shape) != 3 or not whole:
            raise traitlets.TraitError(
                f"input_shape must be [height, width, channels], whole numbers from 1 to "
                f"{LARGEST}; got {shape}"
            )
        return shape

    @traitlets.validate("layers")
    def _check_layers(self, proposal):
        if not 1 <= len(proposal["value"]) <= MOST_LAYERS:
            raise traitlets.TraitError(
                f"layers must be 1 to {MOST_LAYERS} layers; got {len(proposal['value'])}"
            )
        try:
            return [complete(layer) for layer in proposal["value"]]
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.observe("network")
    def _use_network(self, change):
        if change["new"] != "own":
            chosen = NETWORKS[change["new"]]
            with self.hold_trait_notifications():
                self.input_shape, self.layers = chosen["input"], chosen["layers"]

    @traitlets.observe("input_shape", "layers")
    def _name_network(self, _change):
        if self.network == "own" or not self._is(self.network):
            self.network = next(filter(self._is, NETWORKS), "own")

    def _is(self, name: str) -> bool:
        layers = [complete(layer) for layer in NETWORKS[name]["layers"]]
        return (NETWORKS[name]["input"], layers) == (self.input_shape, self.layers)

    @property
    def rows(self) -> list[Row]:
        """What each layer makes and costs, up to the first that cannot be."""
        return describe(self.input_shape, self.layers)[0]

    @property
    def problem(self) -> str:
        """Why some layer cannot be, or nothing."""
        return describe(self.input_shape, self.layers)[1]

    @property
    def parameters(self) -> int:
        """All parameters, trainable or not, of the layers that can be."""
        return sum(sum(row.parameters) for row in self.rows)

    @property
    def trainable_parameters(self) -> int:
        """Parameters that a gradient reaches."""
        return sum(row.parameters[0] for row in self.rows)

    @property
    def flops(self) -> int:
        """Operations for one image: 2 × MACs of convolutions and dense layers, no biases."""
        return 2 * sum(row.macs for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Bytes of every layer's output for one image, as float32, the input not counted."""
        return BYTES * sum(row.values for row in self.rows)

    @property
    def caption(self) -> str:
        height, width, channels = self.input_shape
        name = NETWORKS[self.network]["title"] if self.network != "own" else "A network"
        text = (
            f"{name}: an input of {height} × {width} × {channels}, {len(self.layers)} layers, "
            f"{self.parameters:,} parameters, {self.flops:,} FLOPs for one image."
        )
        return f"{text} It breaks at {self.problem}." if self.problem else text

    def picture(self) -> str:
        """A table of layers, output shapes and parameters, as SVG."""
        lines = []
        for number, (layer, row) in enumerate(zip(self.layers, self.rows, strict=False), 1):
            shape = " × ".join(f"{n:,}" for n in row.shape)
            cells = [str(number), KINDS[layer["kind"]]["title"], shape, f"{sum(row.parameters):,}"]
            lines.append(
                "".join(
                    f'<text x="{x}" y="{22 * number + 20}" text-anchor="{anchor}">{text}</text>'
                    for x, anchor, text in zip(
                        (0, 30, 230, 560), ("start", "start", "start", "end"), cells, strict=True
                    )
                )
            )
        bottom = 22 * (len(lines) + 1) + 32
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 {bottom}" width="560" '
            f'role="img" font-family="sans-serif" font-size="13">'
            f"<title>{self.caption}</title>"
            '<g font-weight="bold"><text x="30" y="18">layer</text><text x="230" y="18">output'
            '</text><text x="560" y="18" text-anchor="end">parameters</text></g>'
            f'{"".join(lines)}<text x="30" y="{bottom - 8}" font-weight="bold">all</text>'
            f'<text x="560" y="{bottom - 8}" text-anchor="end" font-weight="bold">'
            f"{self.parameters:,}</text></svg>"
        )
