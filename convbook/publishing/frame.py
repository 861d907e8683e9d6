"""The frame round the text: its buttons say what they open, and open it.

The theme binds the first button of its kind in a page, which here stood in a bar that is not shown,
so that the one above the text did nothing. That bar is empty now (``templates/sections``), the
buttons are our own (``templates/toggle-*.html``), and so is the script behind them.
"""

from pathlib import Path

from convbook.publishing.page_scripts import on_every_page

SCRIPT = Path(__file__).parent / "static/frame.js"


# What the theme calls by a file's ending, and a button for what every browser does by itself.
WORDS = {".ipynb": "Notebook", ".md": "Source", ".pdf": "Print or PDF"}
NEEDLESS = "fullscreen-button"


def name_buttons(app, pagename, templatename, context, doctree):
    buttons = [one for one in context.get("header_buttons", ()) if one.get("label") != NEEDLESS]
    context["header_buttons"] = buttons
    for button in buttons:
        for one in button.get("buttons", ()):
            one["text"] = WORDS.get(one.get("text"), one.get("text"))


def drop_the_way_to_the_top(app, config):
    """The theme's button for it lies on the text, in no colour of ours; every browser has a key."""
    if config.html_theme == "sphinx_book_theme":  # others may not know the option
        config.html_theme_options["back_to_top_button"] = False


def setup(app):
    app.connect("config-inited", drop_the_way_to_the_top)
    app.connect("builder-inited", lambda app: on_every_page(app, SCRIPT))
    # After the theme has put its buttons there.
    app.connect("html-page-context", name_buttons, priority=820)
