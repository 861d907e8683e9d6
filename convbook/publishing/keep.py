"""Keep a section on a phone: phones open no folders, but their browsers can keep pages.

For each section (a chapter of the contents and all below it) the site says which files it needs and
how many bytes they are. ``static/keep.js`` offers to keep them, ``static/keep-worker.js`` serves
them when the network is gone. Neither does anything on ``file://``.
"""

import html
import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

from myst_nb.sphinx_ import NbMetadataCollector

STATIC = Path(__file__).parent / "static"
# What style sheets and scripts ask for later: the text's faces, the icons, the formulas' fonts.
LATER = (
    "_static/fonts",
    "_static/vendor/fontawesome/webfonts",
    "_static/mathjax",
)


def sections(env) -> dict[str, list[str]]:
    """The first page of each section -> all its pages; the landing page is one by itself."""
    root = env.config.root_doc
    return {root: [root]} | {top: below(env, top) for top in env.toctree_includes.get(root, [])}


def below(env, page: str) -> list[str]:
    children = env.toctree_includes.get(page, [])
    return [page, *(name for child in children for name in below(env, child))]


def files_of(app, page: str) -> set[Path]:
    """Every file that a page loads, itself included."""
    site, path = Path(app.outdir).resolve(), Path(app.builder.get_outfilename(page)).resolve()
    named = {path}
    for address in re.findall(
        r'<(?:script|link|img)\b[^>]*?(?:src|href)="(?!data:)([^"#?]+)',
        path.read_text(encoding="utf-8"),
    ):
        named.add((path.parent / unquote(html.unescape(address))).resolve())
    for name in NbMetadataCollector.get_doc_data(app.env)[page].get("afm", {}):
        named.add(site / "_static/afm" / f"{name}.js")
    for later in (site / name for name in LATER):
        named |= {later, *later.rglob("*")}
    return {file for file in named if file.is_file()}


def write(app, exception):
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir).resolve()
    shutil.copy(STATIC / "keep-worker.js", site)
    shutil.copy(STATIC / "keep.js", site / "_static")
    for section, pages in sections(app.env).items():
        files = {file for page in pages for file in files_of(app, page)}
        names = {file.relative_to(site).as_posix() for file in files}
        lists = [f"_static/keep/{page}.json" for page in pages]
        size = sum(file.stat().st_size for file in files)
        content = {"section": section, "bytes": size, "files": sorted({*names, *lists})}
        for target in (site / name for name in lists):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(content), "utf-8")


def add_offer(app, pagename, templatename, context, doctree):
    if doctree is not None and app.builder.name == "html":
        app.add_js_file("keep.js", loading_method="defer")


def setup(app):
    app.connect("html-page-context", add_offer)
    app.connect("build-finished", write, priority=900)  # after all other files are there
