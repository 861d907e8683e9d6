"""A mark scheme as an object: its items, and for each what only just earns it or doesn't.

It is read from the mark scheme in the source notebook, which stays the one place where it stands::

    - [1 point] Both see 5×5 pixels.
      - accept, barely: "Both look at the same area."
      - reject, barely: "The output has the same size."

An item is called by its number in the scheme. New items go to the end, so that a number that a
marker has written down goes on meaning the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ITEM = re.compile(
    r"^- \[(?P<points>\d+(?:\.\d+)?) points?\] (?P<text>.+)\n(?P<cases>(?:  - .+\n?)*)",
    re.MULTILINE,
)
_CASE = re.compile(r"^  - (accept|reject), barely: (.+)$", re.MULTILINE)
_MET = re.compile(r"(?P<number>\d+)(?P<half>½|\.5|h)?")


@dataclass(frozen=True)
class Item:
    """One thing that an answer is paid for, with an answer that only just earns it and one that
    only just doesn't."""

    number: int
    points: float
    text: str
    accept: str = ""
    reject: str = ""


@dataclass(frozen=True)
class Rubric:
    """What an answer in words is marked by."""

    question: str
    items: tuple[Item, ...]

    @property
    def points(self) -> float:
        return sum(item.points for item in self.items)

    @classmethod
    def parse(cls, question: str, scheme: str) -> "Rubric":
        """Read a mark scheme; a `ValueError` if nothing in it is worth a point."""
        items = []
        for number, match in enumerate(_ITEM.finditer(scheme + "\n"), start=1):
            cases = dict(_CASE.findall(match["cases"]))
            items.append(
                Item(
                    number,
                    float(match["points"]),
                    match["text"].strip(),
                    cases.get("accept", ""),
                    cases.get("reject", ""),
                )
            )
        if not items:
            raise ValueError(f"the mark scheme of {question} has no line that begins - [1 point]")
        return cls(question, tuple(items))

    def worth(self, met: Iterable[tuple[int, float]]) -> float:
        """The points of an answer that meets these items, each in whole (1) or by half (0.5)."""
        shares = dict(met)
        return sum(item.points * shares.get(item.number, 0.0) for item in self.items)

    def read(self, text: str) -> tuple[tuple[int, float], ...]:
        """Read which items a marker ticked: ``"1 3"``, ``"1, 3½"``; ``"0"`` or ``"-"`` is none.

        >>> scheme = "- [1 point] a" + chr(10) + "- [1 point] b" + chr(10) + "- [1 point] c"
        >>> rubric = Rubric.parse("q", scheme)
        >>> rubric.read("1, 3½"), rubric.worth(rubric.read("1, 3½"))
        (((1, 1.0), (3, 0.5)), 1.5)
        """
        written = text.strip()
        if written in ("0", "-", "–", "none"):
            return ()
        known = {item.number for item in self.items}
        found: dict[int, float] = {}
        for part in re.split(r"[\s,;+]+", written):
            match = _MET.fullmatch(part)
            number = int(match["number"]) if match else 0
            if match is None or number not in known or number in found:
                raise ValueError(
                    f"items are {text!r}; expected numbers from 1 to {len(self.items)}, each once, "
                    "with ½ where one is met by half, or 0 for none"
                )
            found[number] = 0.5 if match["half"] else 1.0
        return tuple(sorted(found.items()))
