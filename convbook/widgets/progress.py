"""Progress: which of the fourteen objectives are done, and how much each was practised."""

from __future__ import annotations

import traitlets

from convbook import items

from ._base import BookWidget, bundle, style
from ._limits import TALLY, check_tally, choice, sequence
from ._text_picture import text_picture

#: What an exported file calls itself, so that another file is told apart.
FORMAT, VERSION = "convbook-progress", 1
NUMBERS = [objective.number for objective in items.objectives()]


class Progress(BookWidget):
    """The fourteen objectives to tick; a published page keeps them in the reader's own browser.

    Inputs: ``done``, the numbers of the objectives ticked; ``practised``, for each objective the
    right answers and all answers, ``{"2": [3, 4]}``, as `Quiz.practised` and `Drill.score` count.

    >>> Progress(done=[1, 2]).caption
    '2 of 14 objectives are done; 0 were practised.'
    """

    _esm = bundle("progress.js")
    _css = style("progress.css")

    done = traitlets.List(traitlets.Int()).tag(
        sync=True, limit=sequence(choice(NUMBERS), 0, len(NUMBERS))
    )
    practised = traitlets.Dict().tag(sync=True, limit=TALLY)

    @traitlets.validate("done")
    def _check_done(self, proposal):
        unknown = [number for number in proposal["value"] if number not in NUMBERS]
        if unknown:
            raise traitlets.TraitError(f"done has {unknown}; objectives are numbered 1 to 14")
        return sorted(set(proposal["value"]))

    @traitlets.validate("practised")
    def _check_practised(self, proposal):
        return check_tally("practised", proposal["value"])

    @property
    def record(self) -> dict:
        """What the export button writes."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "done": self.done,
            "practised": self.practised,
        }

    @property
    def caption(self) -> str:
        return (
            f"{len(self.done)} of {len(NUMBERS)} objectives are done; "
            f"{len(self.practised)} were practised."
        )

    def picture(self) -> str:
        """The fourteen objectives with a box before each, as SVG."""
        lines = [
            f"{'☑' if objective.number in self.done else '☐'} {objective.number}. {objective.text}"
            for objective in items.objectives()
        ]
        return text_picture(self.caption, lines, strong=0)
