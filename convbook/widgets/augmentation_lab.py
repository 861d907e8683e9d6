"""AugmentationLab: change a picture, and see where its label no longer holds."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from convbook.data import augmentation

from ._augmentation import PICTURES, SIDE, picture
from ._base import BookWidget, bundle, sources, style
from ._bundle import module_text
from ._reader import CODE, digit_reader, photo_reader


class AugmentationLab(BookWidget):
    """Flip, rotate, crop, zoom and recolour a picture, and judge whether its label survives.

    Inputs: ``source`` ("cat", "sign", "digit" or "leaf"); ``flip_horizontal`` and
    ``flip_vertical``; ``angle`` in degrees, anticlockwise (−180 to 180); ``zoom`` (0.5 to 2);
    ``crop``, the share of each side that is kept (0.3 to 1), with ``crop_top`` and ``crop_left``
    (0 to 1); ``brightness``, which is added (−0.5 to 0.5); ``contrast`` and ``saturation``, factors
    (0 to 2); ``hue`` in degrees (−180 to 180). The arithmetic is ``convbook.data.augmentation``'s.

    >>> AugmentationLab(source="sign", flip_horizontal=True).verdict
    'changes'
    """

    _esm = bundle("augmentation_lab.js")
    _css = style("augmentation_lab.css")

    source = traitlets.Enum(list(PICTURES), "cat").tag(sync=True)
    flip_horizontal = traitlets.Bool(False).tag(sync=True)
    flip_vertical = traitlets.Bool(False).tag(sync=True)
    angle = traitlets.Float(54.0, min=-180, max=180).tag(sync=True)
    zoom = traitlets.Float(1.0, min=0.5, max=2).tag(sync=True)
    crop = traitlets.Float(1.0, min=0.3, max=1).tag(sync=True)
    crop_top = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    crop_left = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    brightness = traitlets.Float(0.0, min=-0.5, max=0.5).tag(sync=True)
    contrast = traitlets.Float(1.0, min=0, max=2).tag(sync=True)
    saturation = traitlets.Float(1.0, min=0, max=2).tag(sync=True)
    hue = traitlets.Float(0.0, min=-180, max=180).tag(sync=True)

    #: What a reader may ask for: the code that runs networks, and two networks as JSON.
    _code = traitlets.Unicode("").tag(sync=True, lazy=True)
    _digit_network = traitlets.Unicode("").tag(sync=True, lazy=True)
    _photo_network = traitlets.Unicode("").tag(sync=True, lazy=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(**{**self.shipped(), **state})

    def shipped(self) -> dict[str, bytes | str]:
        return {
            "_code": module_text(CODE),
            "_digit_network": digit_reader(),
            "_photo_network": photo_reader(),
        }

    @classmethod
    def sources(cls) -> list[Path]:
        return [*super().sources(), *sources(CODE)]

    @property
    def settings(self) -> dict:
        """The change, as keywords of ``convbook.data.augmentation.augment``."""
        return {name: getattr(self, name) for name in self.inputs() if name != "source"}

    @property
    def label(self) -> str:
        """What the picture is called in the training set."""
        return PICTURES[self.source]["label"]

    @property
    def original(self) -> np.ndarray:
        """The picture before the change, uint8, (112, 112, 3)."""
        return picture(self.source)

    @property
    def exact(self) -> np.ndarray:
        """The picture after the change, float64 in [0, 1], (112, 112, 3)."""
        return augmentation.augment(self.original / 255, **self.settings)

    @property
    def changed_picture(self) -> np.ndarray:
        """The picture after the change, uint8, (112, 112, 3)."""
        return augmentation.to_bytes(self.exact)

    @property
    def changed(self) -> float:
        """Share of the numbers in the array that are others than before."""
        return float((self.changed_picture != self.original).mean())

    @property
    def kept(self) -> float:
        """Share of the subject's box that is still in the frame."""
        names = ("flip_horizontal", "flip_vertical", "angle", "zoom")
        names += ("crop", "crop_top", "crop_left")
        geometry = {name: self.settings[name] for name in names}
        return augmentation.share_in_frame(PICTURES[self.source]["box"], (SIDE, SIDE), **geometry)

    @property
    def measures(self) -> dict[str, float]:
        """What the rules look at. Flips in both directions are a turn by 180°, and count as one."""
        turn = (self.angle + 180 * self.flip_vertical) % 360
        return {
            "mirrored": float(self.flip_horizontal != self.flip_vertical),
            "turn": min(turn, 360 - turn),
            "hue": abs(self.hue),
            "saturation": self.saturation,
            "kept": self.kept,
            "spread": float(augmentation.brightness_of(self.exact).std()),
        }

    @property
    def problems(self) -> list[dict]:
        """The rules of this picture that its change breaks: level and reason."""
        measures = self.measures

        def holds(rule: dict) -> bool:
            return all(low <= measures[name] <= high for name, (low, high) in rule["when"].items())

        return [rule for rule in PICTURES[self.source]["rules"] if holds(rule)]

    @property
    def verdict(self) -> str:
        """ "keeps", "doubtful" or "changes": what becomes of the label."""
        levels = {rule["level"] for rule in self.problems}
        return next((level for level in ("changes", "doubtful") if level in levels), "keeps")

    @property
    def caption(self) -> str:
        says = {
            "keeps": "still holds",
            "doubtful": "holds, with a doubt",
            "changes": "no longer holds",
        }[self.verdict]
        why = "".join(f" {rule['why']}" for rule in self.problems)
        return (
            f"{PICTURES[self.source]['name'].capitalize()} before and after a change of "
            f"{100 * self.changed:.0f} % of its numbers. The label “{self.label}” {says}.{why}"
        )

    def picture(self) -> str:
        """Before and after, side by side, as an ``<img>``."""
        from html import escape

        from PIL import Image

        gap = np.full((SIDE, 8, 3), 255, np.uint8)
        both = Image.fromarray(np.concatenate([self.original, gap, self.changed_picture], axis=1))
        buffer = io.BytesIO()
        both.resize((2 * both.width, 2 * both.height)).save(buffer, "WEBP", quality=80)
        data = base64.b64encode(buffer.getvalue()).decode()
        return f'<img alt="{escape(self.caption)}" src="data:image/webp;base64,{data}">'
