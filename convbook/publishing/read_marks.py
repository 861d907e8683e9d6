"""The side bar marks the pages that a reader has read to the end, and counts them by section.

The list stays in the reader's own browser; where that keeps nothing, the marks last as long as the
page (``templates/layout.html``).
"""

from pathlib import Path

from convbook.publishing.page_scripts import on_every_page

SCRIPT = Path(__file__).parent / "static/read-marks.js"


def setup(app):
    app.connect("builder-inited", lambda app: on_every_page(app, SCRIPT))
