"""Answers that say the same in the same words, put together for whoever marks them."""

import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

#: Two answers are alike where they share so much of their words and of their pairs of words.
ALIKE = 0.8

Thing = TypeVar("Thing")


def words(text: str) -> list[str]:
    """The words and numbers of an answer, without case, accents of typing, and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[\w×·²½]+", plain)


def features(text: str) -> frozenset[str]:
    """Words and neighbours: order counts, so that an answer and its opposite differ."""
    found = words(text)
    return frozenset(found) | {" ".join(pair) for pair in itertools.pairwise(found)}


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of all their words and pairs that two answers have in common."""
    return len(one & other) / len(one | other) if one or other else 1.0


#: A small word that turns an answer round keeps it apart, however much else is shared.
TURNING = frozenset(
    ["no", "not", "never", "none", "neither", "nor", "without", "isn", "doesn", "don", "cannot"]
)


def _turns(text: str) -> tuple[str, ...]:
    """What must be equal in alike answers: negations, and the numbers in their order."""
    return tuple(word for word in words(text) if word in TURNING or word.isdigit())


def groups(things: Sequence[Thing], text_of: Callable[[Thing], str]) -> list[list[Thing]]:
    """Put alike answers together; every one is in one group, the first of which speaks for it.

    Each is compared with the first of a group only, so that a chain of small steps never leads from
    an answer to its opposite. Large groups come first.
    """
    found: list[tuple[frozenset[str], tuple[str, ...], list[Thing]]] = []
    for thing in sorted(things, key=lambda each: (-len(words(text_of(each))), text_of(each))):
        own, turns = features(text_of(thing)), _turns(text_of(thing))
        for first, theirs, members in found:
            if turns == theirs and likeness(own, first) >= ALIKE:
                members.append(thing)
                break
        else:
            found.append((own, turns, [thing]))
    return sorted((members for *_, members in found), key=len, reverse=True)
