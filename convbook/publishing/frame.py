"""The frame round the text: its buttons say what they open, and open it.

The theme binds the first button of its kind in a page, which here stood in a bar that is not shown,
so that the one above the text did nothing. That bar is empty now (``templates/sections``), the
buttons are our own (``templates/toggle-*.html``), and so is the script behind them.
"""

from pathlib import Path

from convbook.publishing.page_scripts import on_every_page

SCRIPT = Path(__file__).parent / "static/frame.js"


def setup(app):
    app.connect("builder-inited", lambda app: on_every_page(app, SCRIPT))
