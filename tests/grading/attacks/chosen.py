"""Which of the hostile class runs with every test run, and which only when all of it is asked for.

``HOSTILE=all`` in the environment chooses everybody (`make hostile`); without it every family sends
its first member, and so does every kind of harm.
"""

from __future__ import annotations

import os

from .record import CLASS, Attack


def chosen() -> dict[str, Attack]:
    """The attacks of this test run, by name."""
    if os.environ.get("HOSTILE") == "all":
        return dict(CLASS)
    first: dict[str, Attack] = {}
    for attack in CLASS.values():
        first.setdefault(attack.family, attack)
    for attack in CLASS.values():
        if attack.harm not in {sent.harm for sent in first.values()}:
            first[attack.name] = attack
    return {attack.name: attack for attack in first.values()}
