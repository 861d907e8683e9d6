"""What every widget of the book shares on the Python side."""

from __future__ import annotations

import json
from pathlib import Path

import anywidget
import traitlets

from ._bundle import FOLDER, bundle, sources, style
from ._limits import Limit, limit_of


class BookWidget(anywidget.AnyWidget):
    """A widget whose whole state is its traits, so that a page without a kernel can run it.

    A subclass in ``kernel_lab.py`` says ``_esm = bundle("kernel_lab.js")`` and, for looks of its
    own, ``_css = style("kernel_lab.css")``; inputs are traits tagged ``sync=True``, and whatever
    follows from them is a plain property. It also says its ``caption`` and draws its ``picture``,
    which stand in for it in print and where there is no JavaScript.
    """

    _css = style()

    #: The state that the page opened the widget with: where its reset button goes back to.
    _opening = traitlets.Dict().tag(sync=True)

    #: What each input may hold, as JSON: see ``_limits.py``. A text, so that a page keeps it once.
    _limits = traitlets.Unicode().tag(sync=True)

    @traitlets.default("_limits")
    def _write_limits(self):
        return json.dumps(self.limits(), separators=(",", ":"))

    def __init__(self, **state):
        unknown = set(state) - set(self.traits())
        if unknown:
            raise TypeError(
                f"{type(self).__name__} has no {', '.join(sorted(unknown))}; "
                f"what can be set is {', '.join(sorted(self.inputs()))}"
            )
        super().__init__(**state)
        # A picture is not kept twice: the front end remembers the binary inputs itself.
        values = {name: getattr(self, name) for name in self.inputs()}
        self._opening = {n: v for n, v in values.items() if not isinstance(v, bytes | memoryview)}

    @classmethod
    def inputs(cls) -> list[str]:
        """Names of the traits that a reader, a page or a link can set."""
        inherited = set(anywidget.AnyWidget.class_trait_names())
        own = cls.class_traits(sync=True)
        return sorted(n for n in own if n not in inherited and not n.startswith("_"))

    @classmethod
    def limits(cls) -> dict[str, Limit]:
        """What each input may hold; inputs that only the widget itself sets are left out."""
        found = {name: limit_of(cls.class_traits()[name]) for name in cls.inputs()}
        return {name: limit for name, limit in found.items() if limit is not None}

    def shipped(self) -> dict[str, bytes | str]:
        """Lazy traits that a page fetches on a tap: made when it is built, whatever was saved."""
        return {}

    @classmethod
    def sources(cls) -> list[Path]:
        """Every front-end file that the widget is made of, for a build that watches for changes."""
        entry = Path(cls._source_file())
        own_style = [entry.with_suffix(".css")] if entry.with_suffix(".css").is_file() else []
        return [*sources(entry.name), FOLDER / "shared" / "base.css", *own_style]

    @classmethod
    def _source_file(cls) -> Path:
        module = cls.__module__.rpartition(".")[2]
        return FOLDER / f"{module}.js"

    @property
    def caption(self) -> str:
        """One sentence that says what the picture shows; it must make sense without the widget."""
        return ""

    def picture(self) -> str:
        """The current state as an ``<svg>`` or an ``<img>``, for print and without JavaScript."""
        raise NotImplementedError(f"{type(self).__name__} has no picture() yet")


def counted(number: int, word: str) -> str:
    """A word with its count: "1 pixel", "2,000 pixels"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


__all__ = ["BookWidget", "bundle", "counted", "sources", "style"]
