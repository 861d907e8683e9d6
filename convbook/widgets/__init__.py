"""Widgets of the book: one ``.py``, one ``.js`` and perhaps one ``.css`` each, no kernel needed.

``from convbook.widgets import KernelLab`` loads ``kernel_lab.py`` and none of the others: the
module of a widget is its class name in snake case, and helpers start with an underscore.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

_HERE = Path(__file__).parent


def _module_name(class_name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", class_name).lower()


def _class_name(module_name: str) -> str:
    return module_name.title().replace("_", "")


__all__ = sorted(
    _class_name(path.stem) for path in _HERE.glob("*.py") if not path.stem.startswith("_")
)


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"convbook.widgets has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_module_name(name)}"), name)


def __dir__() -> list[str]:
    return __all__
