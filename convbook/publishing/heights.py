"""The room that a page keeps for a widget until it is built, so that the text below doesn't jump.

``heights.json`` has the height of every widget of the book, in pixels, on a telephone and on a
desktop: of each state that a page opens it in, and of each class (the median) for states that are
not there. It is measured on a built book, in Chromium, and written by

    python -m convbook.publishing.heights _build/html
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from statistics import median

FILE = Path(__file__).with_name("heights.json")
#: Widths of the two screens, in pixels; ``host.css`` changes over between them.
SCREENS = (360, 1280)


@cache
def _measured() -> dict[str, list[int]]:
    return json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}


def key_of(model: dict) -> str:
    """Names a widget in a state: its class, and a hash of what a page says of it."""
    inputs = {k: v for k, v in model["state"].items() if k not in ("_limits", "_opening")}
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False)
    return f"{model['name']}#{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def reserved(model: dict) -> str:
    """The style that keeps the room for a widget; empty where its height was never measured."""
    found = _measured().get(key_of(model)) or _measured().get(model["name"])
    return "" if not found else f"--afm-narrow:{found[0]}px;--afm-wide:{found[1]}px"


def measure(folder: Path) -> dict[str, list[int]]:
    """Heights of every widget of a built book: by key, and the median by class."""
    from playwright.sync_api import sync_playwright

    from convbook.browser import chromium

    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(channel=None, executable_path=chromium())
        for at, width in enumerate(SCREENS):
            page = browser.new_page(viewport={"width": width, "height": 800})
            for path in sorted(folder.resolve().rglob("*.html")):
                if "application/afm+json" in path.read_text("utf-8"):
                    for key, height in _heights(page, path):
                        found[key][at] = max(found[key][at], height)
        browser.close()
    classes: dict[str, list[list[int]]] = defaultdict(list)
    for key, pair in found.items():
        classes[key.partition("#")[0]].append(pair)
    medians = {
        n: [round(median(h)) for h in zip(*all_, strict=True)] for n, all_ in classes.items()
    }
    # A state as high as its class needs no line of its own.
    own = {k: h for k, h in found.items() if h != medians[k.partition("#")[0]]}
    return dict(sorted((medians | own).items()))


def _heights(page, path: Path):
    page.goto(path.as_uri())
    for view in page.locator(".afm:has(> script)").all():
        view.scroll_into_view_if_needed()
        page.wait_for_function("view => view.matches('.afm-settled')", arg=view.element_handle())
        page.wait_for_timeout(300)
        saved = view.locator("script").text_content()
        height = view.evaluate("view => view.querySelector('.afm-stage')?.offsetHeight ?? 0")
        if height:
            yield key_of(json.loads(saved)), height


if __name__ == "__main__":
    heights = measure(Path(sys.argv[1]))
    lines = [f"  {json.dumps(key)}: {json.dumps(pair)}" for key, pair in heights.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{len(heights)} heights in {re.sub('.*/', '', str(FILE))}")
