"""The traits of every widget as TypeScript sees them, written from the Python classes.

``python tests/javascript/trait_types.py`` writes ``types/traits.d.ts``; a test holds it up to date.
A front end names its own as ``View<import("../../types/traits").PoolingLab>``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import traitlets

from convbook import widgets
from convbook.widgets._base import BookWidget

TARGET = Path(__file__).parents[2] / "types" / "traits.d.ts"
#: A choice among more words than this is a text to the type checker: it changes with the content.
MOST_WORDS = 6
PLAIN = {"integer": "number", "number": "number", "boolean": "boolean", "text": "string"}


def known() -> list[str]:
    """The widgets that ``types/traits.d.ts`` speaks of."""
    return re.findall(r"^export interface (\w+)", TARGET.read_text("utf-8"), re.MULTILINE)


def written() -> str:
    """The text of ``types/traits.d.ts``."""
    by = "Written by tests/javascript/trait_types.py: don't edit."
    head = f"// What each widget's traits hold. {by}\n"
    return head + "".join(interface(getattr(widgets, name)) for name in widgets.__all__)


def interface(widget: type) -> str:
    """One widget's traits; those that only the widget itself sets are bytes, texts or anything."""
    limits = widget.limits()
    inherited = set(BookWidget.class_trait_names()) - {"_opening"}
    rows = []
    for name, trait in sorted(widget.class_traits(sync=True).items()):
        if name in inherited or name == "_opening":
            continue
        kind = type_of(limits[name]) if name in limits else unlimited(trait)
        rows.append(f"  {name}: {kind};\n")
    return f"\nexport interface {widget.__name__} {{\n{''.join(rows)}}}\n"


def unlimited(trait: traitlets.TraitType) -> str:
    """The type of a trait that nobody but the widget sets."""
    if isinstance(trait, traitlets.Bytes):
        return "DataView" + (" | null" if trait.allow_none else "")
    if isinstance(trait, traitlets.Int | traitlets.Float):
        return "number"
    return "string" if isinstance(trait, traitlets.Unicode) else "any"


def type_of(limit: dict) -> str:
    """A limit (see ``convbook/widgets/_limits.py``) as a type."""
    if limit.get("nullable"):
        return f"{type_of({k: v for k, v in limit.items() if k != 'nullable'})} | null"
    if "enum" in limit:
        return choice_of(limit["enum"])
    if "either" in limit:
        return " | ".join(dict.fromkeys(type_of(one) for one in limit["either"]))
    kind = limit["type"]
    if kind == "table":
        return "number" + "[]" * len(limit["sizes"])
    if kind == "list":
        return f"Array<{type_of(limit['items'])}>"
    if kind == "tuple":
        return f"[{', '.join(map(type_of, limit['parts']))}]"
    if kind == "map":
        values = dict.fromkeys(type_of(one) for one in limit["entries"].values())
        return f"Record<string, {' | '.join(values)}>"
    if kind == "variant":
        return variant_of(limit["variants"])
    return PLAIN[kind]


def choice_of(values: list) -> str:
    if len(values) > MOST_WORDS and all(isinstance(value, str) for value in values):
        return "string"
    if len(values) > MOST_WORDS and all(isinstance(value, int) for value in values):
        return "number"
    return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)


def variant_of(variants: dict) -> str:
    def fields(kind: str) -> str:
        parts = [f"{name}?: {type_of(limit)}" for name, limit in variants[kind].items()]
        return "; ".join([f"kind: {json.dumps(kind)}", *parts])

    return "(" + " | ".join(f"{{ {fields(kind)} }}" for kind in variants) + ")"


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
