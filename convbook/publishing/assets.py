"""What several widgets or pages share, stored once and named by a hash of its content.

A page that opens from ``file://`` may neither import a module nor fetch a file, but it may run a
script. So each asset is a script of one statement that hands its value to the host (``host.js``),
which asks for it when the first widget that needs it comes near the screen.
"""

import hashlib
import json
from pathlib import Path

from myst_nb.sphinx_ import NbMetadataCollector

STATIC = Path(__file__).parent / "static"
FOLDER = "afm"  # below _static


def store(env, value) -> str:
    """Keep ``value`` (anything JSON can hold) for the current page; return its name."""
    content = json.dumps(value, ensure_ascii=False, sort_keys=True)
    name = hashlib.sha256(content.encode()).hexdigest()[:16]
    script = f"convbook.assets[{json.dumps(name)}] = {content};\n"
    kept = NbMetadataCollector.get_doc_data(env)[env.docname].get("afm", {})
    NbMetadataCollector.set_doc_data(env, env.docname, "afm", kept | {name: script})
    return name


def write(app, exception):
    """Write the assets that pages use, and clear away those of earlier builds."""
    if exception or app.builder.format != "html":
        return
    pages = NbMetadataCollector.get_doc_data(app.env).values()
    files = {f"{name}.js": text for page in pages for name, text in page.get("afm", {}).items()}
    if files:
        files |= {path.name: path.read_text("utf-8") for path in STATIC.glob("host.*")}
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def add_host(app, pagename, templatename, context, doctree):
    """Load the host on pages with widgets, and only there."""
    if NbMetadataCollector.get_doc_data(app.env)[pagename].get("afm"):
        app.add_css_file(f"{FOLDER}/host.css")
        app.add_js_file(f"{FOLDER}/host.js", loading_method="defer")


def setup(app):
    app.connect("html-page-context", add_host)
    app.connect("build-finished", write)
