"""Random numbers that a page's JavaScript draws too (``widgets/shared/chance.js``).

The same seed gives the same numbers, the same order and so the same question on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_WORD = 0xFFFFFFFF


def random_from(seed: int) -> Callable[[], float]:
    """A function that returns the next number of mulberry32, from 0 up to 1."""
    state = seed & _WORD

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & _WORD
        mixed = ((state ^ (state >> 15)) * (state | 1)) & _WORD
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & _WORD)) & _WORD
        return ((mixed ^ (mixed >> 14)) & _WORD) / 4294967296

    return draw


def seed_of(text: str) -> int:
    """A seed made from a text of plain letters, by FNV-1a with 32 bits."""
    seed = 0x811C9DC5
    for letter in text:
        seed = ((seed ^ ord(letter)) * 0x01000193) & _WORD
    return seed


def shuffled(items: Sequence, seed: int) -> list:
    """The items in an order that the seed decides (Fisher and Yates)."""
    items, draw = list(items), random_from(seed)
    for last in range(len(items) - 1, 0, -1):
        other = int(draw() * (last + 1))
        items[last], items[other] = items[other], items[last]
    return items
