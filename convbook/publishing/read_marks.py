"""The side bar marks the pages that a reader has read to the end, and counts them by section.

The list stays in the reader's own browser; where that keeps nothing, the marks last as long as the
page (``templates/layout.html``).
"""

import shutil
from pathlib import Path

SCRIPT = Path(__file__).parent / "static/read-marks.js"


def write(app):
    """Before pages are written, so that their addresses hold the script's hash."""
    if app.builder.name == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPT, static)
        app.add_js_file(SCRIPT.name, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write)
