"""A page for addresses that lead nowhere: it says so, and offers the pages with a similar name.

A host shows it in place of any missing page, at any depth. So it brings its own style, and finds
out where the book begins: from the configuration (``html_baseurl``), or by asking for the landing
page in each folder above the missing address.

Why not sphinx-notfound-page (1.1 looked at): its links begin with a path that has to be known when
the book is built, and a teacher who unpacks the book on a course's web space need not know one.
"""

import html
import json
from pathlib import Path
from urllib.parse import urlsplit

TEMPLATE = Path(__file__).parent / "templates/404.html"


def write(app, exception):
    if exception or app.builder.name != "html":
        return
    pages = [
        [app.builder.get_target_uri(name), app.env.titles[name].astext()]
        for name in sorted(app.env.found_docs)
        if name in app.env.titles
    ]
    values = {
        "TITLE": html.escape(app.config.html_title),
        "ROOT": json.dumps(urlsplit(app.config.html_baseurl).path),
        "LANDING": json.dumps(app.builder.get_target_uri(app.config.root_doc)),
        "PAGES": json.dumps(pages, ensure_ascii=False).replace("<", "\\u003c"),
    }
    text = TEMPLATE.read_text("utf-8")
    for name, value in values.items():
        text = text.replace(f"%{name}%", value)
    Path(app.outdir, "404.html").write_text(text, "utf-8")


def setup(app):
    app.connect("build-finished", write)
