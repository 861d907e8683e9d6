"""TrainingLab: a small CNN learns to read digits, in the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import traitlets

from . import _training
from ._base import BookWidget, bundle, counted, sources, style
from ._bundle import FOLDER, module_text

CODE = "shared/training_remote.js"
_PRESETS = json.loads((FOLDER / "shared" / "training_presets.json").read_text(encoding="utf-8"))
_BASE = _PRESETS["base"]
#: Each of these begins a run anew.
SETTINGS = tuple(name for name in _BASE if name != "epochs")
#: Validation digits, which one can look at; the width of the picture that stands for the lab.
VALIDATION, WIDE = 360, 640


class TrainingLab(BookWidget):
    """A CNN for scikit-learn's digits that trains in the page, and all that can go wrong with it.

    The network has ``depth`` convolutions of 3×3 with ``filters`` filters, a pooling after half of
    them, and a dense layer. Inputs that begin a run anew: ``optimiser`` ("sgd", "momentum" or
    "adam"), ``rate``, ``batch_size``, ``depth``, ``filters``, ``weight_scale`` (times what He's
    rule gives), ``batch_norm``, ``skip``, ``dropout`` (share), ``augmentation`` (shifts by up to a
    pixel), ``examples`` (training digits), ``label_noise`` (share of wrong labels), ``seed``.
    Others: ``epochs`` (after which training pauses), ``pace``, ``digit`` (validation digit that is
    looked at, from 0) and ``layer`` (the convolution whose maps are shown, from 1).

    ``losses(n)`` are the losses of the same run in NumPy; only dropout draws other numbers there.

    >>> [round(loss, 3) for loss in TrainingLab(rate=0.1).losses(2)]
    [2.426, 2.372]
    """

    _esm = bundle("training_lab.js")
    _css = style("training_lab.css")

    optimiser = traitlets.Enum(["sgd", "momentum", "adam"], _BASE["optimiser"]).tag(sync=True)
    rate = traitlets.Float(_BASE["rate"], min=1e-5, max=100.0).tag(sync=True)
    batch_size = traitlets.Enum([8, 16, 32, 64, 128], _BASE["batch_size"]).tag(sync=True)
    depth = traitlets.Int(_BASE["depth"], min=1, max=8).tag(sync=True)
    filters = traitlets.Enum([4, 8, 16], _BASE["filters"]).tag(sync=True)
    weight_scale = traitlets.Enum([0.25, 0.5, 1, 2], _BASE["weight_scale"]).tag(sync=True)
    batch_norm = traitlets.Bool(_BASE["batch_norm"]).tag(sync=True)
    skip = traitlets.Bool(_BASE["skip"]).tag(sync=True)
    dropout = traitlets.Float(_BASE["dropout"], min=0.0, max=0.8).tag(sync=True)
    augmentation = traitlets.Bool(_BASE["augmentation"]).tag(sync=True)
    examples = traitlets.Enum([20, 50, 100, 200, 500, 1437], _BASE["examples"]).tag(sync=True)
    label_noise = traitlets.Float(_BASE["label_noise"], min=0.0, max=0.6).tag(sync=True)
    seed = traitlets.Int(_BASE["seed"], min=1, max=20).tag(sync=True)
    epochs = traitlets.Int(_BASE["epochs"], min=1, max=100).tag(sync=True)
    pace = traitlets.Enum(["slow", "medium", "fast"], "medium").tag(sync=True)
    digit = traitlets.Int(7, min=0, max=VALIDATION - 1).tag(sync=True)
    layer = traitlets.Int(1, min=1, max=8).tag(sync=True)
    _images = traitlets.CBytes().tag(sync=True, lazy=True)
    _labels = traitlets.CBytes().tag(sync=True)
    _train = traitlets.Int().tag(sync=True, limit=None)
    #: What trains: a module's text with both engines, apart from what draws the page.
    _code = traitlets.Unicode("").tag(sync=True, lazy=True)

    def __init__(self, **state: Any) -> None:
        digits = _training.digits()
        data = {"_labels": digits.labels.tobytes(), "_train": digits.train}
        super().__init__(**{**self.shipped(), **data, **state})

    def shipped(self) -> dict[str, bytes | str]:
        return {"_images": _training.digits().images.tobytes(), "_code": module_text(CODE)}

    @classmethod
    def sources(cls) -> list[Path]:
        return [*super().sources(), *sources(CODE)]

    @staticmethod
    def presets() -> dict[str, dict[str, Any]]:
        """Settings that show one idea each, by name: give them to the class."""
        return {preset["name"]: {**_BASE, **preset["settings"]} for preset in _PRESETS["presets"]}

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the run."""
        return {name: getattr(self, name) for name in SETTINGS}

    def losses(self, steps: int) -> list[float]:
        """Cross-entropy of each of the first ``steps`` batches, before its step, in nats."""
        return [loss for loss, _ in islice(self.run(), steps)]

    def run(self) -> Iterator[tuple[float, Any]]:
        """Each step's loss, with the ``convbook.nn`` network after the step; without end."""
        return _training.steps(self.settings)

    def curve(self) -> list[_training.Point]:
        """Loss and accuracy at the start and after each of ``epochs`` epochs, in NumPy."""
        return _curve(json.dumps(self.settings), self.epochs)

    @property
    def parameters(self) -> int:
        """How many numbers a step can change."""
        return _training.network(self.settings).parameter_count

    @property
    def caption(self) -> str:
        points = self.curve()
        last = points[-1]
        return (
            f"A network of {self.parameters:,} parameters trains on {self.examples:,} digits. "
            f"After {counted(len(points) - 1, 'epoch')} it gets {100 * last.accuracy:.1f} % of its "
            f"training digits and {100 * last.validation_accuracy:.1f} % of 360 others right."
        )

    def picture(self) -> str:
        """Both losses against the epoch, as SVG."""
        points = self.curve()
        most = max(2.5, min(5.0, max(p.validation_loss for p in points)))
        across = (WIDE - 70) / max(1, self.epochs)
        lines = []
        for key, look in (
            ("loss", 'stroke="#b04a00" stroke-dasharray="5 4"'),
            ("validation_loss", 'stroke="#00639c"'),
        ):
            places = " ".join(
                f"{50 + i * across:.1f},{170 - 150 * min(getattr(p, key), most) / most:.1f}"
                for i, p in enumerate(points)
            )
            lines.append(f'<polyline points="{places}" fill="none" stroke-width="2" {look}/>')
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} 200" width="{WIDE}" '
            f'role="img" font-family="sans-serif" font-size="12"><title>{self.caption}</title>'
            f'{"".join(lines)}<text x="20" y="24">{most:.1f}</text><text x="20" y="172">0.0</text>'
            f'<text x="50" y="194">epoch 0</text>'
            f'<text x="{WIDE - 20}" y="194" text-anchor="end">epoch {self.epochs}</text>'
            '<text x="320" y="194" text-anchor="middle">loss, dashed: training, '
            "solid: validation</text></svg>"
        )


@cache
def _curve(settings: str, epochs: int) -> list[_training.Point]:
    return _training.curve(json.loads(settings), epochs)
