"""Ninety-odd more attacks, thought up from the outside: stealing, leaking, gaining, hoarding.

Unlike the class in ``attacks`` they are tried as root and as an ordinary user, with the repository
in three places, and those that hoard have an honest class beside them. ``run.py`` marks them.
"""

from .gaining import GAINING
from .hoarding import HOARDING
from .stealing import LEAKS, STEALING

__all__ = ["GAINING", "HOARDING", "LEAKS", "STEALING"]
