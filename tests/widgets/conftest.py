"""Pages that show a single widget, each test on one of its own."""

import pytest
from browsing import new_page
from harness import page_source, show


@pytest.fixture
def open_page(browser):
    """``open_page(widget, width=1280, theme="light")``: a page that shows the widget.

    At the end of the test the page must have had no error and no console message.
    """
    contexts, complaints = [], []

    def opened(widget=None, width=1280, theme="light", views=1, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = new_page(context)
        page.set_default_timeout(60_000)  # a busy machine is slow, not broken
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_content(page_source(theme))
        if widget is not None:
            show(page, widget, views)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
