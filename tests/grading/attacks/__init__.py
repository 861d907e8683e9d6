"""The hostile class: submissions that try to gain, to see or to harm what is not theirs.

Every family is a module that adds small records to `record.CLASS`; importing this package loads
them all. `world.py` shows what each does where nothing holds it.
"""

from . import channel, damage, escape, markup, network, nobody, resources, scoring, snooping, values
from .chosen import chosen
from .record import CLASS, SIGNS, Attack

FAMILIES = (
    *(channel, damage, escape, markup, network, nobody),
    *(resources, scoring, snooping, values),
)

__all__ = ["CLASS", "FAMILIES", "SIGNS", "Attack", "chosen"]
