"""What each trait of a widget may hold, in a form that the front end reads too.

A trait's limits stand once, in its Python class. They travel into the page (or to JupyterLab) as
the trait ``_limits``; there ``shared/limits.js`` goes by them for what a link asks for, what the
browser remembers, and what a reader types. A number, a choice and a switch need nothing more than
their trait (``traitlets.Int(1, min=1, max=4)``); a list or a dictionary is tagged with one of the
descriptions made here: ``.tag(sync=True, limit=table([SIDES, SIDES], -1000, 1000))``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

Limit = dict[str, Any]


def limit_of(trait: traitlets.TraitType) -> Limit | None:
    """The limits of one trait; None for what only the widget itself sets, such as a picture.

    Raises ``TypeError`` for a list or dictionary that is not described.

    >>> limit_of(traitlets.Int(1, min=1, max=4))
    {'type': 'integer', 'minimum': 1, 'maximum': 4}
    """
    if "limit" in trait.metadata:
        return trait.metadata["limit"]
    nullable = {"nullable": True} if trait.allow_none else {}
    if isinstance(trait, traitlets.Enum):
        return choice(trait.values) | nullable
    if isinstance(trait, traitlets.Bool):
        return {"type": "boolean", **nullable}
    if isinstance(trait, traitlets.Int | traitlets.Float):
        return (
            number(
                "integer" if isinstance(trait, traitlets.Int) else "number", trait.min, trait.max
            )
            | nullable
        )
    if isinstance(trait, traitlets.Unicode):
        return {"type": "text", **nullable}
    if isinstance(trait, traitlets.Bytes):
        return None
    raise TypeError(
        f"{trait.this_class.__name__}.{trait.name} is a {type(trait).__name__} without limits; "
        "tag it with limit=, or with limit=None if only the widget itself sets it"
    )


def number(kind: str, minimum: float | None = None, maximum: float | None = None) -> Limit:
    """A number, ``kind`` "integer" or "number", from ``minimum`` to ``maximum``."""
    limits = {"minimum": minimum, "maximum": maximum}
    finite = {n: v for n, v in limits.items() if v is not None and math.isfinite(v)}
    return {"type": kind, **finite}


def whole(minimum: int, maximum: int) -> Limit:
    """A whole number from ``minimum`` to ``maximum``."""
    return number("integer", minimum, maximum)


def choice(values: Iterable) -> Limit:
    """One of the given values."""
    return {"enum": list(values)}


def table(
    sizes: Iterable[Iterable[int]], minimum: float, maximum: float, *, square: bool = False
) -> Limit:
    """Nested lists of numbers; ``sizes`` says for each axis which lengths it may have.

    With ``square``, the last two axes are equally long.
    """
    sides = [list(axis) for axis in sizes]
    limits = {"type": "table", "sizes": sides, "minimum": minimum, "maximum": maximum}
    return limits | ({"square": True} if square else {})


def sequence(items: Limit, shortest: int, longest: int) -> Limit:
    """A list of ``shortest`` to ``longest`` such items."""
    return {"type": "list", "items": items, "length": [shortest, longest]}


def places(*parts: Limit, rising: bool = False) -> Limit:
    """A list with one item for each of ``parts``; with ``rising``, no number is above the next."""
    return {"type": "tuple", "parts": list(parts)} | ({"rising": True} if rising else {})


def either(*limits: Limit) -> Limit:
    """What fits one of the given limits."""
    return {"either": list(limits)}


def mapping(entries: Mapping[str, Limit]) -> Limit:
    """A dictionary that may have these keys and no others."""
    return {"type": "map", "entries": dict(entries)}


def variants(kinds: Mapping[str, Mapping[str, Limit]]) -> Limit:
    """A dictionary whose ``kind`` says which other keys it may have."""
    return {"type": "variant", "variants": {kind: dict(f) for kind, f in kinds.items()}}


def numbers_of(value: Any) -> NDArray[np.float64]:
    """Nested lists of numbers as float64; an empty array for ragged lists and anything else."""
    try:
        array = np.array(value)
    except (TypeError, ValueError):
        return np.empty(0)
    return array.astype(float) if array.dtype.kind in "iuf" else np.empty(0)


def check_tally(name: str, value: dict) -> dict:
    """The value, if it counts right and all answers by objective; else raises ``TraitError``."""
    for objective, counts in value.items():
        right, tried = counts if isinstance(counts, list | tuple) and len(counts) == 2 else ("", 0)
        counts_fit = isinstance(right, int) and isinstance(tried, int)
        counts_fit = counts_fit and 0 <= right <= tried <= LARGEST_COUNT
        if objective not in TALLY["entries"] or not counts_fit:
            raise traitlets.TraitError(
                f"{name} must be like {{'2': [3, 4]}}: objective '1' to '14', right answers, "
                f"all answers; got {objective!r}: {counts!r}"
            )
    return value


#: The largest count that a page's JavaScript holds exactly.
LARGEST_COUNT = 2**53 - 1

#: Right answers and all answers, objective by objective, as Progress, Quiz and Drill count them.
TALLY = mapping(
    {
        str(objective): places(whole(0, LARGEST_COUNT), whole(0, LARGEST_COUNT), rising=True)
        for objective in range(1, 15)
    }
)
