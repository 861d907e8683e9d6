"""A script of ours that every page loads."""

import shutil
from pathlib import Path


def on_every_page(app, script: Path) -> None:
    """Called before pages are written, so that their addresses hold the script's hash."""
    if app.builder.name == "html":
        static = Path(app.outdir, "_static")
        static.mkdir(parents=True, exist_ok=True)
        shutil.copy(script, static)
        app.add_js_file(script.name, loading_method="defer")
