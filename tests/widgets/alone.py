"""A widget alone on a page, to look at while you change it: ``make widget NAME=KernelLab``.

    python tests/widgets/alone.py PoolingLab                     # writes a page, says where
    python tests/widgets/alone.py PoolingLab --dark pool_size=3  # with a trait set, as in Python

The page is a file without a server and holds everything; after a change, write it again and reload.
"""

import argparse
import ast
import json
from pathlib import Path

from harness import page_source, state_of

from convbook import widgets

FOLDER = Path(__file__).resolve().parents[2] / ".cache"


def trait(text: str) -> tuple[str, object]:
    """``name=value``, the value as Python writes it; a word without quotation marks is a text."""
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(
            f"{text!r} sets no trait; write NAME=VALUE, as in stride=3"
        )
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


def page_of(widget, theme: str = "light") -> str:
    """A page's HTML that shows the widget as soon as it is opened."""
    call = json.dumps([str(widget._esm), *state_of(widget), 1]).replace("</", "<\\/")
    style = f"<style>{getattr(widget, '_css', '')}</style>"
    return page_source(theme).replace("</body>", f"{style}<script>mount(...{call})</script></body>")


def main(arguments=None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=widgets.__all__, metavar="NAME", help="such as KernelLab")
    parser.add_argument("traits", nargs="*", type=trait, metavar="TRAIT=VALUE")
    parser.add_argument("--dark", action="store_true", help="in the book's dark colours")
    chosen = parser.parse_intermixed_args(arguments)
    kind = getattr(widgets, chosen.name)
    known = set(kind.class_own_traits(sync=True))
    if unknown := {name for name, _ in chosen.traits} - known:
        has = ", ".join(sorted(name for name in known if not name.startswith("_")))
        parser.error(f"{chosen.name} has no trait {', '.join(sorted(unknown))}; it has {has}")
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"{chosen.name}.html"
    theme = "dark" if chosen.dark else "light"
    target.write_text(page_of(kind(**dict(chosen.traits)), theme), encoding="utf-8")
    print(target.as_uri())


if __name__ == "__main__":
    main()
