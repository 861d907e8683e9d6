"""An address that was published once leads on for ever.

``book/redirects.yml`` is the one table of what has moved: an old address to a new one, each with or
without a fragment (``#heading``, or ``#Widget`` for any state of a widget). A page that is gone
becomes a page that leads on and keeps the reader's fragment; a page that stays leads on from the
fragments that left it. It works from a folder, and in a browser without scripts page by page.
"""

import html
import json
from functools import cache
from pathlib import Path
from string import Template

import yaml
from sphinx.util import logging

TABLE = "book/redirects.yml"  # below the source folder
SCRIPT = Path(__file__).parent / "static/redirect.js"
LEADING_ON = Template(
    """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<meta name="robots" content="noindex"><link rel="canonical" href="$target">
<link rel="icon" href="data:,">
$script<noscript><meta http-equiv="Refresh" content="0; url=$target"></noscript>
</head><body><p>$title: <a href="$target">$target</a></p></body></html>
"""
)
logger = logging.getLogger(__name__)


def moved(app) -> dict[str, str]:
    """The table: old address to new address, relative to the site."""
    path = Path(app.srcdir, TABLE)
    return parsed(path.read_text("utf-8")) if path.exists() else {}


@cache
def parsed(text: str) -> dict[str, str]:
    return yaml.safe_load(text) or {}


def relative(page: str, target: str) -> str:
    """The address ``target`` as a link on the page ``page``."""
    return "../" * page.count("/") + target


def script(page: str, table: dict[str, str]) -> str:
    """What sends a reader on: the fragments of a page that have moved; "" is any other one."""
    here = {
        fragment: relative(page, target)
        for address, target in table.items()
        for old, _, fragment in [address.partition("#")]
        if old == page
    }
    if not here:
        return ""
    content = json.dumps(here).replace("<", "\\u003c")
    return f"<script>({SCRIPT.read_text('utf-8').strip()})({content});</script>\n"


def check(app, env):
    """Say which line of the table leads nowhere, or hides a page that is there.

    Returns the pages to write again, since what moved away from them has changed.
    """
    pages = {app.builder.get_target_uri(name): name for name in env.found_docs}
    table = moved(app)
    for address, target in table.items():
        if target.partition("#")[0] not in pages:
            logger.warning("%s: %s leads to %s, which is no page", TABLE, address, target)
        if "#" not in address and address in pages:
            logger.warning("%s: %s has moved, but there is a page", TABLE, address)
    before, env.convbook_moved = getattr(env, "convbook_moved", {}), table
    changed = {address.partition("#")[0] for address, _ in before.items() ^ table.items()}
    return [pages[address] for address in changed & pages.keys()]


def write(app, exception):
    """Write a page that leads on in the place of each that has moved, and to the landing page."""
    if exception or app.builder.name != "html":
        return
    table, first = moved(app), app.builder.get_target_uri(app.config.root_doc)
    leading = {address: "This page has moved" for address in table if "#" not in address}
    if first != "index.html":
        table, leading = table | {"index.html": first}, leading | {"index.html": "The first page"}
    for address, title in leading.items():
        link = html.escape(relative(address, table[address]))
        path = Path(app.outdir, address)
        path.parent.mkdir(parents=True, exist_ok=True)
        page = LEADING_ON.substitute(target=link, script=script(address, table), title=title)
        path.write_text(page, "utf-8")


def lead_on(app, pagename, templatename, context, doctree):
    """Before anything else of a page: is the reader's fragment here?"""
    if app.builder.format == "html":
        sends = script(app.builder.get_target_uri(pagename), moved(app))
        context["metatags"] = sends + context.get("metatags", "")


def setup(app):
    app.connect("env-updated", check)
    app.connect("html-page-context", lead_on)
    app.connect("build-finished", write)
