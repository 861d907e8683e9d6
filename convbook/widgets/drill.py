"""Drill: endless calculation problems with worked solutions."""

from __future__ import annotations

import traitlets

from convbook.items import drill

from ._base import BookWidget, bundle, style
from ._limits import LARGEST_COUNT, TALLY, check_tally
from ._text_picture import text_picture

LARGEST_NUMBER = 999_999


class Drill(BookWidget):
    """Problems on output size, parameters, operations and receptive field, one after the other.

    Inputs: ``topic`` (one of `convbook.items.drill.TOPICS`, or "" for all), ``level`` (1 to 3, or 0
    for all), ``number`` of the problem, which decides it together with these two; ``given``, the
    answer under judgement (None: not yet); ``tries`` at this problem; ``solution_shown``; and
    ``score``, ``{objective: [right at the first try, tried]}``.

    >>> Drill(number=3, level=1).problem.answer > 0
    True
    """

    _esm = bundle("drill.js")
    _css = style("drill.css")

    topic = traitlets.Enum(["", *drill.TOPICS], "").tag(sync=True)
    level = traitlets.Int(1, min=0, max=3).tag(sync=True)
    number = traitlets.Int(0, min=0, max=LARGEST_NUMBER).tag(sync=True)
    given = traitlets.Int(None, allow_none=True, min=-LARGEST_COUNT, max=LARGEST_COUNT).tag(
        sync=True
    )
    tries = traitlets.Int(0, min=0, max=LARGEST_COUNT).tag(sync=True)
    solution_shown = traitlets.Bool(False).tag(sync=True)
    score = traitlets.Dict().tag(sync=True, limit=TALLY)

    @traitlets.validate("score")
    def _check_score(self, proposal):
        return check_tally("score", proposal["value"])

    @property
    def problem(self) -> drill.Problem:
        """The problem on show, with its answer, the mistakes foreseen, and its solution."""
        return drill.draw(drill.choose(self.number, self.topic, self.level), self.number)

    @property
    def feedback(self) -> str:
        """What is said of the answer given; nothing before there is one."""
        problem = self.problem
        if self.given is None:
            return ""
        if self.given == problem.answer:
            return f"Right: {problem.answer:,}."
        if self.given in problem.mistakes:
            return f"Not {self.given:,}. {problem.mistakes[self.given][0]}"
        return f"Not {self.given:,}. Begin like this: {problem.solution[0]}"

    @property
    def caption(self) -> str:
        template = drill.templates()[self.problem.template]
        return (
            f"A problem on {template.topic} (level {template.level}), with its solution: "
            f"{self.problem.answer:,}."
        )

    def picture(self) -> str:
        """The problem and its worked solution, as SVG."""
        problem = self.problem
        steps = [f"{number}. {step}" for number, step in enumerate(problem.solution, start=1)]
        return text_picture(" ".join([problem.stem, *steps]), [problem.stem, *steps])
