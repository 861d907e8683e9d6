"""Keeps guesses from paying: shares that chance hardly reaches, points off for wrong choices.

Whoever knows nothing still hits something. So a set of judgements counts when it is right as a
whole, or but for one slip; and in a notebook of choices a wrong one takes points off the others.
"""

from collections.abc import Mapping
from dataclasses import replace

from autograder.marking.verdict import Verdict

SLIP = 0.5
#: What a wrong choice among four takes off: its points times this, so that guesses cancel out.
WRONG_CHOICE = 1 / 3
#: A wrong number from which others may follow is off by no more than this share.
NEAR = 0.5


def share_of_judgements(wrong: int) -> float:
    """The share of the points for a set of judgements: one slip costs half, two cost all."""
    return (1.0, SLIP)[wrong] if wrong < 2 else 0.0


def is_near(found: float, key: float) -> bool:
    """Whether a wrong number is of the right size, as a slip on the way leaves it."""
    return abs(found - key) <= NEAR * abs(key)


def share_of_entries(right: int, of: int) -> float:
    """The share of the points for entries that chance may hit: right ones less the wrong ones."""
    return max(0.0, (2 * right - of) / of)


def deduct_wrong_choices(
    verdicts: Mapping[str, Verdict], takes_off: bool = True
) -> dict[str, Verdict]:
    """Take what wrong choices cost off the points that a notebook's choices have earned.

    The sum never falls below 0, and no question's points do: what is taken off is shared out over
    the questions that earned any. Where a course switches it off, nothing is taken.
    """
    penalty = sum(verdict.penalty for verdict in verdicts.values()) if takes_off else 0.0
    counted = {name: v for name, v in verdicts.items() if v.points}
    earned = sum(verdict.points for verdict in counted.values())
    if not penalty or not earned:
        return dict(verdicts)
    kept = max(0.0, earned - penalty) / earned
    note = (
        f"right; wrong choices take {penalty:.2f} points off this notebook, shared out over the "
        "right ones."
    )
    return dict(verdicts) | {
        name: replace(
            verdict,
            points=round(verdict.points * kept, 6),
            messages=(*verdict.messages, f"`{name}`: {note}"),
            early=(*verdict.early, f"`{name}`: {note}") if verdict.early else (),
        )
        for name, verdict in counted.items()
    }
