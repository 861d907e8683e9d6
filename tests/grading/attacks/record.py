"""What one hostile submission is: a small record, and the list that all of them join.

A submission hides its code in the answer cell of one question and may damage its notebook or lay
files beside it. `honest` names the questions that it answers rightly all the same, so that the
points it deserves are known exactly. `harm` names the sign by which the unguarded grader of
`unguarded.py` shows that the code does what it was written for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

SIGNS = {
    "points": "earns points that its honest answers do not earn",
    "secret": "shows a planted key, mark or answer of somebody else",
    "neighbour": "changes or deletes a file that belongs to somebody else",
    "grader": "kills, stops or blinds the process that grades",
    "processes": "leaves more than 100 processes or threads running",
    "memory": "holds more than 1 GB",
    "disk": "writes more than 150 MB or 20,000 files",
    "flood": "prints more than 20 MB",
    "time": "does not end within four seconds",
    "network": "reaches a listener outside",
    "markup": "puts active markup into the feedback page",
    "batch": "ends a loop that reads or marks one submission after the other",
}

# A submission that ends its own process keeps at most the points of its honest answers; any other
# one keeps exactly those.
KEEPS = ("all", "at most")


@dataclass(frozen=True)
class Attack:
    """One hostile submission; see the module's docstring for the fields' meaning."""

    name: str
    family: str
    harm: str
    code: str = ""
    cell: str = "ex01"
    honest: tuple[str, ...] = ("ex02", "ex09-count")
    keeps: str = "all"
    notebook: Callable[[dict], dict | bytes | None] | None = None
    files: Callable[[Path, Path], None] | None = None

    def __post_init__(self) -> None:
        if self.harm not in SIGNS:
            raise ValueError(f"{self.name}: harm is {self.harm!r}, expected one of {list(SIGNS)}")
        if self.keeps not in KEEPS:
            raise ValueError(f"{self.name}: keeps is {self.keeps!r}, expected one of {KEEPS}")

    def source(self, places: dict[str, str]) -> str:
        """The attack's code with the `@NAME@` marks replaced by what `places` says.

        The marks tell the attacker what a real one would have to guess: where the course lies and
        which ports are open. A guard that only hides these would be no guard.
        """
        text = self.code
        for mark, value in places.items():
            text = text.replace(f"@{mark}@", value)
        return text


CLASS: dict[str, Attack] = {}


def attack(name: str, family: str, harm: str, code: str = "", **fields) -> Attack:
    """Add one hostile submission to the class; names are unique."""
    if name in CLASS:
        raise ValueError(f"two attacks are called {name!r}")
    CLASS[name] = Attack(name, family, harm, dedent(code).strip(), **fields)
    return CLASS[name]
