"""One Chromium for all widget tests; every test gets a page of its own."""

import shutil

import pytest
from harness import page_source, show

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def widget_browser():
    """A headless Chromium that can reach no other host."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(widget_browser):
    """``open_page(widget, width=1280, theme="light")``: a page that shows the widget.

    At the end of the test the page must have had no error and no console message.
    """
    contexts, complaints = [], []

    def opened(widget=None, width=1280, theme="light", views=1, **options):
        context = widget_browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
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
