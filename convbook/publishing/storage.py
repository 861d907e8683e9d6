"""Where a browser keeps nothing, the theme's button works all the same.

Sphinx's scripts and the theme ask for ``localStorage`` and stop at a browser's refusal (cookies
blocked, a sandboxed frame). They are given a stand-in of the same kind that forgets (see
``templates/layout.html``). Widgets still see the refusal, and say that they cannot remember.
"""

from pathlib import Path

SCRIPTS = ("sphinx_highlight.js", "scripts/pydata-sphinx-theme.js")


def use_stand_in(app, exception):
    static = Path(app.outdir, "_static")
    for path in (static / name for name in SCRIPTS):
        if not exception and path.exists():
            text = path.read_text("utf-8")
            if "convbookStorage" not in text:
                path.write_text(text.replace("localStorage", "convbookStorage"), "utf-8")


def setup(app):
    app.connect("build-finished", use_stand_in)
