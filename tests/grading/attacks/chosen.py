"""Which of the hostile class runs with every test run, and which only when all of it is asked for.

``HOSTILE=all`` in the environment chooses everybody; without it every family sends its first member
and every larger family a second one, more than sixty in all.
"""

from __future__ import annotations

import os

from .record import CLASS, Attack

LARGE = 4


def chosen() -> dict[str, Attack]:
    """The attacks of this test run, by name."""
    if os.environ.get("HOSTILE") == "all":
        return dict(CLASS)
    families: dict[str, list[Attack]] = {}
    for attack in CLASS.values():
        families.setdefault(attack.family, []).append(attack)
    sent = [
        a for members in families.values() for a in members[: 2 if len(members) >= LARGE else 1]
    ]
    return {attack.name: attack for attack in sent}
