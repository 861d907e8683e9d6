"""Timeline: networks from 1959 to 2020 by error, parameters or depth, each with its source."""

from __future__ import annotations

import json
import math

import traitlets

from ._base import BookWidget, bundle, style
from ._bundle import FOLDER

#: What is known of each milestone; a value that its source does not give is None.
MILESTONES = json.loads((FOLDER / "shared" / "timeline.json").read_text(encoding="utf-8"))
BY_NAME = {milestone["short"]: milestone for milestone in MILESTONES}


class Timeline(BookWidget):
    """Milestones of the field against the year, with one measure to choose.

    Inputs: ``measure`` ("error": top-5 error on ImageNet in percent; "parameters"; "depth":
    convolutional and dense layers on the longest path), ``ensembles`` and ``single_networks``
    (whether errors of each kind are shown), ``chosen`` (the short name of the milestone read out).
    """

    _esm = bundle("timeline.js")
    _css = style("timeline.css")

    measure = traitlets.Enum(["error", "parameters", "depth"], "error").tag(sync=True)
    ensembles = traitlets.Bool(True).tag(sync=True)
    single_networks = traitlets.Bool(True).tag(sync=True)
    chosen = traitlets.Enum(list(BY_NAME), "AlexNet").tag(sync=True)

    @property
    def shown(self) -> list[int]:
        """Indices of the milestones that have a value of the measure and are not switched off."""
        return [i for i, m in enumerate(MILESTONES) if self._has_value(m)]

    def _has_value(self, milestone: dict) -> bool:
        if milestone[self.measure] is None:
            return False
        if self.measure != "error":
            return True
        return self.ensembles if milestone["error_of"] == "ensemble" else self.single_networks

    @property
    def value(self) -> float | None:
        """The measure of the chosen milestone, or None where its source gives none."""
        return BY_NAME[self.chosen][self.measure]

    @property
    def caption(self) -> str:
        what = {
            "error": "Top-5 error on ImageNet in percent; hollow points are ensembles",
            "parameters": "Number of parameters, on a logarithmic scale",
            "depth": "Layers with weights on the longest path, on a logarithmic scale",
        }[self.measure]
        return f"{what}, for {len(self.shown)} networks between 1989 and 2020."

    def picture(self) -> str:
        """The chosen measure against the year, as SVG."""
        points = [(MILESTONES[i], MILESTONES[i][self.measure]) for i in self.shown]
        heights = [v if self.measure == "error" else math.log10(v) for _, v in points] or [1.0]
        top = max(heights) * 1.08
        marks = []
        for row, ((milestone, value), height) in enumerate(zip(points, heights, strict=False)):
            x = 50 + row * (540 / max(1, len(points) - 1))
            y = 190 - 160 * height / top
            hollow = self.measure == "error" and milestone["error_of"] == "ensemble"
            fill = "#ffffff" if hollow else "#00639c"
            text = f"{value:,}" + (" %" if self.measure == "error" else "")
            marks.append(
                f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="{fill}" stroke="#00639c"/>'
                f'<text x="{x:.0f}" y="{y - 10:.0f}" text-anchor="middle">{text}</text>'
                f'<text x="{x:.0f}" y="{206 + 14 * (row % 2)}" text-anchor="middle">'
                f"{milestone['short']} ({milestone['year']})</text>"
            )
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 228" width="640" role="img" '
            f'font-family="sans-serif" font-size="9"><title>{self.caption}</title>'
            f"{''.join(marks)}</svg>"
        )
