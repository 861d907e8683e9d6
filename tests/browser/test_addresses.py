"""Whoever was given an address once arrives: every page and widget that was ever published.

``addresses.json`` lists the pages of version 0.1.0 with fragments that feedback, the index and
other books link to. What moves gets a line in ``book/redirects.yml``; the list only grows.
"""

import json
import re
from pathlib import Path

import yaml

PUBLISHED = json.loads(Path(__file__).with_name("addresses.json").read_text("utf-8"))


def test_every_address_that_was_published_leads_to_a_page_and_its_fragment(book_site, root):
    moved = yaml.safe_load((root / "book/redirects.yml").read_text("utf-8")) or {}

    def arrives(page: str, fragment: str) -> bool:
        target = moved.get(f"{page}#{fragment}") or moved.get(page) or page
        page, _, anchor = target.partition("#")
        file, fragment = book_site.folder / page, anchor or fragment
        if not file.is_file():
            return False
        here = rf'id="{re.escape(fragment)}"|"name": "{re.escape(fragment)}"'
        return not fragment or re.search(here, file.read_text("utf-8")) is not None

    addresses = [(page, name) for page, names in PUBLISHED.items() for name in ["", *names]]
    assert [f"{page}#{name}" for page, name in addresses if not arrives(page, name)] == []
