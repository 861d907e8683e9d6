"""All that marking a notebook brought, as it is stored and as it travels."""

from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.jail.asking import CellRun
from autograder.marking.verdict import Verdict


@dataclass
class Result:
    """Verdicts by question, and runs by the place of the cell in the rebuilt notebook.

    `crowded` says that something was lost which might not be lost with nobody else around; that is
    for whoever marks, and no part of the record.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    runs: dict[int, CellRun] = field(default_factory=dict)
    crowded: bool = False

    @property
    def points(self) -> float:
        """The sum of what the checkers gave; an open mark counts nothing yet."""
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def open(self) -> dict[str, str]:
        """The questions whose marks are open, with the fault of the checker."""
        return {name: v.fault for name, v in self.verdicts.items() if v.is_open}

    def to_plain(self) -> dict[str, Any]:
        """Return the result as what JSON can hold."""
        plain = asdict(self)
        del plain["crowded"]
        return plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Result":
        """Rebuild a result from what `to_plain` returned."""
        verdicts = {
            name: Verdict(
                **{
                    **verdict,
                    "messages": tuple(verdict["messages"]),
                    "early": tuple(verdict.get("early", ())),
                }
            )
            for name, verdict in plain["verdicts"].items()
        }
        return cls(verdicts, {int(at): CellRun(**run) for at, run in plain["runs"].items()})
