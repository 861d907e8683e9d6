"""One widget as a notebook's kernel left it, joined with its class as it is now.

Executed notebooks are cached, so the front end that they saved may be an old one. Only the state is
taken from there; front end, picture and caption come from the class, wherever it can be imported.
"""

import importlib
import json
from base64 import b64decode, b64encode
from copy import deepcopy
from functools import cached_property
from pathlib import Path

import anywidget

# What every anywidget carries, of no use to a page: layout, tooltip, _model_name, the front end ...
PLUMBING = {*anywidget.AnyWidget.class_traits(sync=True), "_esm", "_css", "_anywidget_id"}

#: A list or dictionary may be so many times as long as a text: small ones are not worth a request.
TABLE = 3


class SavedWidget:
    """``saved`` is a model's entry in a notebook's widget state (schema 2.0 of ipywidgets)."""

    def __init__(self, saved: dict):
        self._saved = saved["state"]
        self._buffers = {tuple(b["path"]): b["data"] for b in saved.get("buffers", [])}
        self._module, _, self.name = self._saved["_anywidget_id"].rpartition(".")
        kept = {key: value for key, value in self._saved.items() if key not in PLUMBING}
        # An executed notebook may be older than the limits of the class.
        self.state = {key: value for key, value in kept.items() if key != "_limits"}
        limits = getattr(self._widget, "_limits", None) or kept.get("_limits")
        if limits is not None:
            self.state["_limits"] = limits

    @cached_property
    def _widget(self) -> anywidget.AnyWidget | None:
        """A new instance in the saved state; None where the notebook itself defines the class."""
        if self._module == "__main__":
            return None
        widget = getattr(importlib.import_module(self._module), self.name)()
        values = {path: b64decode(data) for path, data in self._buffers.items()}
        state = replaced(self.state, values)
        widget.set_state({key: value for key, value in state.items() if key in widget.keys})
        return widget

    def front_end(self) -> dict:
        """The source of its ES module and of its style sheet."""
        if self._widget is None:
            return {"esm": self._saved["_esm"], "css": self._saved.get("_css", "")}
        return {"esm": str(self._widget._esm), "css": str(getattr(self._widget, "_css", ""))}

    def front_end_files(self) -> list[Path]:
        """The files that its front end is made of, as far as its class names them."""
        return self._widget.sources() if hasattr(self._widget, "sources") else []

    def split(self, longest: int) -> tuple[dict, list[dict]]:
        """Its state without bytes and texts over ``longest``, and these with their paths.

        Long lists and dictionaries lie apart as well, before what belongs in them.
        """
        long = {path: text for path, text in texts(self.state) if len(text) > longest}
        state = replaced(self.state, dict.fromkeys(long))
        tables = {
            name: json.dumps(value, ensure_ascii=False)
            for name, value in state.items()
            if isinstance(value, list | dict)
        }
        tables = {name: text for name, text in tables.items() if len(text) > TABLE * longest}
        shipped = self._widget.shipped() if hasattr(self._widget, "shipped") else {}
        parts = [{"path": [name], "value": {"json": text}} for name, text in tables.items()]
        parts += [
            {"path": list(path), "value": {"text": text}}
            for path, text in long.items()
            if path[0] not in shipped
        ]
        for path, data in self._buffers.items():
            if path[0] not in shipped:
                parts.append({"path": list(path), "value": {"base64": data}})
        for name, content in shipped.items():
            value = {"text": content} if isinstance(content, str) else encoded(content)
            parts.append({"path": [name], "value": value})
        for part in parts:
            if self._is_lazy(part["path"][0]):
                part["lazy"] = True
        return state | dict.fromkeys(tables), parts

    def _is_lazy(self, trait: str) -> bool:
        """Whether the front end asks for the trait itself, once the reader wants it."""
        return self._widget is not None and bool(self._widget.trait_metadata(trait, "lazy"))

    def inner_widgets(self) -> list[str]:
        """The traits that hold another widget."""
        return [path[0] for path, text in texts(self.state) if text.startswith("IPY_MODEL_")]

    def picture(self) -> str:
        """Markup of its picture in this state: ``<svg>``, ``<img src="data:...">`` or nothing."""
        return self._widget.picture() if hasattr(self._widget, "picture") else ""

    def caption(self) -> str:
        return getattr(self._widget, "caption", "")


def encoded(content: bytes) -> dict[str, str]:
    return {"base64": b64encode(content).decode()}


def texts(value, path=()):
    """Every string in a JSON value, with the path that leads to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(inner, (*path, key))


def replaced(state, values: dict) -> dict:
    """A copy of ``state`` with ``values`` (path to value) put in their places."""
    state = deepcopy(state)
    for path, value in values.items():
        parent = state
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = value
    return state
