"""TransferAdvisor: which layers to train on your pictures, why, and what was measured."""

from __future__ import annotations

import json

import traitlets

from . import _transfer
from ._base import BookWidget, bundle, counted, style
from ._bundle import FOLDER

#: The decision chart of section 9.2: sizes, ways, and for each case its advice and reason.
CHART = json.loads((FOLDER / "shared" / "transfer_advice.json").read_text(encoding="utf-8"))
#: Two accuracies (in shares) closer than this are called equal: the seeds differ by as much.
CLOSE = 0.01


class TransferAdvisor(BookWidget):
    """The decision chart for transfer learning, with the measured curve behind each answer.

    Inputs: ``classes`` (2 to 1,000) and ``per_class``, labelled pictures of each (1 to 10,000);
    ``kind``: are they like the photographs that the backbone knows ("alike" or "unlike");
    ``compute``: what training may take ("minutes" on a processor, or "hours" on a GPU).

    >>> TransferAdvisor(classes=7, per_class=50).advice["title"]
    'Freeze everything, train the head'
    """

    _esm = bundle("transfer_advisor.js")
    _css = style("transfer_advisor.css")

    classes = traitlets.Int(7, min=2, max=1_000).tag(sync=True)
    per_class = traitlets.Int(5, min=1, max=10_000).tag(sync=True)
    kind = traitlets.Enum(["alike", "unlike"], "alike").tag(sync=True)
    compute = traitlets.Enum(["minutes", "hours"], "hours").tag(sync=True)

    @property
    def total(self) -> int:
        """Labelled pictures in all."""
        return self.classes * self.per_class

    @property
    def size(self) -> str:
        """ "few", "some" or "many" pictures, by the thresholds of the chart."""
        if self.total < CHART["few_below"]:
            return "few"
        return "many" if self.total >= CHART["many_from"] else "some"

    @property
    def full_advice(self) -> dict:
        """What the chart says where computing time is no limit: title, ways, steps, reason."""
        return CHART["advice"][f"{self.size}-{self.kind}"]

    @property
    def advice(self) -> dict:
        """What to do with the computing time there is: title, ways, steps, reason."""
        full = self.full_advice
        return CHART["minutes"] if self.compute == "minutes" and full["ways"] != ["head"] else full

    @property
    def measured_count(self) -> int:
        """The measured number of pictures a class that is nearest, as a ratio."""

        def apart(count: int) -> float:
            return max(count, self.per_class) / min(count, self.per_class)

        return min(_transfer.COUNTS, key=apart)

    @property
    def accuracies(self) -> dict[str, float]:
        """Measured test accuracy of each way, mean over the seeds, in [0, 1]."""
        count = self.measured_count
        return {way: _transfer.mean_accuracy(self.kind, way, count) for way in _transfer.WAYS}

    @property
    def leaders(self) -> list[str]:
        """The ways that were measured best, those within a percentage point included."""
        best = max(self.accuracies.values())
        return [way for way, value in self.accuracies.items() if value >= best - CLOSE]

    @property
    def caption(self) -> str:
        like = "like" if self.kind == "alike" else "unlike"
        return (
            f"{counted(self.classes, 'class').replace('classs', 'classes')} with "
            f"{counted(self.per_class, 'picture')} each, {like} the photographs that the backbone "
            f"knows: {self.advice['title'][0].lower()}{self.advice['title'][1:]}. The curves were "
            f"measured on a small task; at {self.measured_count} pictures a class the best was "
            f"“{CHART['ways'][self.leaders[0]]}”."
        )

    def picture(self) -> str:
        """Measured accuracy against pictures a class, one curve for each way, as SVG."""
        parts = []
        ends = []
        for way, colour, dash in _LOOKS:
            values = [_transfer.mean_accuracy(self.kind, way, n) for n in _transfer.COUNTS]
            points = [(70 + 90 * i, 190 - 170 * value) for i, value in enumerate(values)]
            line = " ".join(f"{x},{y:.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dash}"/>'
            )
            ends.append([points[-1][1], f"{CHART['ways'][way]}: {values[-1]:.0%}", colour])
        ends.sort()
        for below, above in zip(ends[1:], ends, strict=False):
            below[0] = max(below[0], above[0] + 15)
        parts += [
            f'<text x="350" y="{y + 4:.1f}" fill="{colour}">{text}</text>'
            for y, text, colour in ends
        ]
        parts += [
            f'<text x="{70 + 90 * i}" y="212" text-anchor="middle">{n}</text>'
            for i, n in enumerate(_transfer.COUNTS)
        ]
        parts += [
            f'<text x="50" y="{194 - 170 * share:.0f}" text-anchor="end">{share:.0%}</text>'
            for share in (0, 0.5, 1)
        ]
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 236" width="600" role="img" '
            f'font-family="sans-serif" font-size="12"><title>{self.caption}</title>'
            '<path d="M60 20V190H345" fill="none" stroke="#7d8794"/>'
            '<text x="205" y="230" text-anchor="middle">pictures a class</text>'
            f"{''.join(parts)}</svg>"
        )


_LOOKS = (
    ("head", "#00639c", ""),
    ("last", "#00704f", "8 3"),
    ("all", "#b04a00", "3 3"),
    ("scratch", "#545e6c", "1 4"),
)
