"""The frame round the text: its buttons say what they open, and open it.

The theme binds the first button of its kind in a page, which here stood in a bar that is not shown,
so that the one above the text did nothing. That bar is empty now (``templates/sections``), the
buttons are our own (``templates/toggle-*.html``), and so is the script behind them.
"""

import shutil
from pathlib import Path

SCRIPT = Path(__file__).parent / "static/frame.js"


def write(app):
    """Before pages are written, so that their addresses hold the script's hash."""
    if app.builder.name == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPT, static)
        app.add_js_file(SCRIPT.name, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write)
