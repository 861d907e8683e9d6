"""BatchNormLab: one channel's numbers through normalise, scale and shift, in training and after."""

from __future__ import annotations

import numpy as np
import traitlets

from convbook.nn import BatchNorm2D

from ._base import BookWidget, bundle, style
from ._limits import number, numbers_of, places, sequence, whole
from ._random import normal_from

#: The worked example of section 4.8: what one channel answers on four inputs.
WORKED = (1.0, 1.0, 5.0, 5.0)
EPSILON = 1e-3
MOMENTUM = 0.9
#: Numbers in the largest batch; how far from 0 a reader may drag one.
MOST, REACH = 256, 30


class BatchNormLab(BookWidget):
    """A channel's batch before and after batch normalization, with the statistics that it used.

    Inputs: ``source`` ("worked": the four numbers of the page; "drawn": ``batch_size`` numbers
    from a normal distribution with ``mean`` and ``spread``), ``moved`` (``[index, value]`` for each
    number of this batch that was dragged elsewhere), ``gamma``, ``beta``, ``mode``
    ("training": statistics of this batch; "inference": moving averages over the ``seen`` training
    batches before it, momentum 0.9, starting from mean 0 and variance 1), ``seed`` of the draw.

    >>> [round(float(y), 2) for y in BatchNormLab(gamma=2, beta=10).outputs]
    [8.0, 8.0, 12.0, 12.0]
    """

    _esm = bundle("batch_norm_lab.js")
    _css = style("batch_norm_lab.css")

    source = traitlets.Enum(["worked", "drawn"], "worked").tag(sync=True)
    mean = traitlets.Float(4.0, min=-10, max=10).tag(sync=True)
    spread = traitlets.Float(2.0, min=0, max=5).tag(sync=True)
    batch_size = traitlets.Int(32, min=1, max=MOST).tag(sync=True)
    moved: traitlets.List = traitlets.List([]).tag(
        sync=True,
        limit=sequence(places(whole(0, MOST - 1), number("number", -REACH, REACH)), 0, MOST),
    )
    gamma = traitlets.Float(1.0, min=-3, max=3).tag(sync=True)
    beta = traitlets.Float(0.0, min=-10, max=10).tag(sync=True)
    mode = traitlets.Enum(["training", "inference"], "training").tag(sync=True)
    seen = traitlets.Int(0, min=0, max=100).tag(sync=True)
    seed = traitlets.Int(1, min=0, max=9999).tag(sync=True)

    @traitlets.validate("moved")
    def _check(self, proposal):
        pairs = numbers_of(proposal["value"]) if proposal["value"] else np.empty((0, 2))
        if (
            pairs.shape[1:] != (2,)
            or not (np.isin(pairs[:, 0], range(MOST)) & (np.abs(pairs[:, 1]) <= REACH)).all()
        ):
            raise traitlets.TraitError(
                f"moved must be a list of [index, value], the index from 0 to {MOST - 1}, the "
                f"value from −{REACH} to {REACH}; got {proposal['value']!r}"
            )
        return [[int(index), value] for index, value in pairs.tolist()]

    def batch(self, index: int = 0) -> np.ndarray:
        """The numbers of one batch, ``(m,)``; 0 is the one shown, 1 to ``seen`` came before it."""
        if self.source == "worked":
            batch = np.array(WORKED)
        else:
            normal = normal_from(1000 * self.seed + index)
            batch = np.array([self.mean + self.spread * normal() for _ in range(self.batch_size)])
        for place, value in self.moved if index == 0 else ():
            if place < len(batch):
                batch[place] = value
        return batch

    def _layer(self) -> BatchNorm2D:
        layer = BatchNorm2D(1, momentum=MOMENTUM, epsilon=EPSILON)
        layer.params = {"gamma": np.array([self.gamma]), "beta": np.array([self.beta])}
        for index in range(1, self.seen + 1):
            layer.forward(self.batch(index).reshape(-1, 1, 1, 1), training=True)
        return layer

    @property
    def moving(self) -> tuple[float, float]:
        """Moving mean and moving variance after the batches seen."""
        buffers = self._layer().buffers
        return float(buffers["moving_mean"][0]), float(buffers["moving_variance"][0])

    @property
    def used(self) -> tuple[float, float]:
        """Mean and variance that the layer normalises with."""
        batch = self.batch()
        return (float(batch.mean()), float(batch.var())) if self.mode == "training" else self.moving

    @property
    def outputs(self) -> np.ndarray:
        """What leaves the layer, ``(m,)``: gamma times the normalised numbers, plus beta."""
        x = self.batch().reshape(-1, 1, 1, 1)
        return self._layer().forward(x, training=self.mode == "training").ravel()

    @property
    def caption(self) -> str:
        mean, variance = self.used
        out = self.outputs
        return (
            f"{len(out)} numbers of one channel, normalised with mean {mean:.2f} and variance "
            f"{variance:.2f}, then scaled by {self.gamma:g} and shifted by {self.beta:g}: they "
            f"leave with mean {out.mean():.2f} and standard deviation {out.std():.2f}."
        )

    def picture(self) -> str:
        """The numbers before and after the layer, on one number line each, as SVG."""
        rows = (("comes in", self.batch()), ("leaves", self.outputs))
        every = np.concatenate([values for _, values in rows])
        low, high = float(every.min()), float(every.max())
        room = (high - low) or 1.0
        marks = []
        for y, (name, values) in zip((40, 100), rows, strict=True):
            dots = "".join(
                f'<circle cx="{90 + 520 * (v - low) / room:.1f}" cy="{y}" r="5" fill="#00639c" '
                'fill-opacity="0.45"/>'
                for v in values
            )
            marks.append(f'<text x="4" y="{y + 4}">{name}</text>{dots}')
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 136" width="640" role="img" '
            f'font-family="sans-serif" font-size="12"><title>{self.caption}</title>'
            f'{"".join(marks)}<text x="90" y="130">{low:.2f}</text>'
            f'<text x="610" y="130" text-anchor="end">{high:.2f}</text></svg>'
        )
