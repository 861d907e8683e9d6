"""Opens pages in Chromium as a reader without a network would, and keeps what they did."""

import functools
import os
import re
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from convbook.browser import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera that shows a clock and a moving pie, allowed without asking.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
THEME = "[PST]:"  # the theme reports what it did, on every page
LEFT = "net::ERR_ABORTED"  # the reader went on to another page while this one was still loading
OWN = ("http://127.0.0.1", "ws://127.0.0.1", "file://", "blob:", "data:")


#: Half-way through a fade, text is paler than it will be: what moves, and will end, is at its end.
AT_REST = """() => document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
  .forEach((one) => one.finish())"""

#: A page's first script: keeps when its contents jumped, and how far. What a touch did is no jump.
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const { startTime: at, value: by, hadRecentInput } of list.getEntries())
    if (!hadRecentInput) window.shifts.push({ at, by });
}).observe({ type: "layout-shift", buffered: true });"""

#: With this set in the environment every page is slow, so that a test that looks too early fails.
SLOW = "SLOW_PAGES"
RATE = 4  # times as much work for the same


def new_page(context):
    """A page of a context; a slow one where the environment asks for it."""
    if not os.environ.get(SLOW):
        return context.new_page()
    context.add_init_script(path=Path(__file__).with_name("late.js"))
    page = context.new_page()
    throttle = {"rate": RATE}
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", throttle)
    return page


@contextmanager
def headless_browser():
    """A headless Chromium for which no host exists but this machine."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a busy machine is slow, not broken
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


def axe_violations(page, part=None, **options) -> list[dict]:
    """What axe finds on a page, or on the part that a selector names, when it has come to rest."""
    from axe_playwright_python.sync_playwright import Axe

    page.evaluate(AT_REST)
    return Axe().run(page, part, {"resultTypes": ["violations"], **options}).response["violations"]


def shifted(page) -> float:
    """The sum of all jumps of a page that began with ``SHIFTS``; never less than its CLS."""
    return sum(shift["by"] for shift in page.evaluate("window.shifts"))


def printed_pages(pdf: Path) -> list[str]:
    """The text on each page of a PDF."""
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [text.replace("\x02", "-") for text in texts]  # how PDFium writes one at a line's end


class Site:
    """A built site, reachable over http and as files."""

    def __init__(self, folder: Path):
        self.folder = folder

    @contextmanager
    def served(self):
        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *args):
                pass

        handler = functools.partial(Quiet, directory=str(self.folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield self
        server.shutdown()

    def url(self, page: str, scheme: str = "http") -> str:
        base = self.address if scheme == "http" else self.folder.as_uri()
        return f"{base}/{page}"

    def pages(self) -> list[str]:
        """Every page for readers, relative to the site's folder; not those that only lead on."""
        found = {p.relative_to(self.folder).as_posix(): p for p in self.folder.rglob("*.html")}
        return sorted(
            name
            for name, path in found.items()
            if not name.startswith("_") and 'http-equiv="Refresh"' not in path.read_text("utf-8")
        )

    def page_with(self, widget: str) -> str:
        """The first page with a widget of that class: the landing page, 4.12 before 4.12.1."""

        def place(page: str) -> tuple:
            folder, _, name = page.rpartition("/")
            numbers = re.match(r"(?:\d+-)*", name)[0].split("-")[:-1]
            return page.count("/"), folder, [int(number) for number in numbers], name

        pages = sorted(self.pages(), key=place)
        return next(
            p for p in pages if f'"name": "{widget}"' in (self.folder / p).read_text("utf-8")
        )


class Visits:
    """Opens pages, and at the end says all that went wrong in any of them."""

    def __init__(self, browser):
        self.browser = browser
        self.contexts = []
        self.problems = []  # requests to other hosts, console messages, uncaught errors
        self.requests = []

    def open(self, url: str, *, width=1280, height=900, dark=False, **options):
        """A page that has loaded; ``options`` are those of Playwright's ``new_context``."""
        scheme = "dark" if dark else "light"
        view = {"width": width, "height": height}
        context = self.browser.new_context(viewport=view, color_scheme=scheme, **options)
        context.set_default_timeout(60_000)  # a busy machine is slow, not broken
        self.contexts.append(context)
        page = new_page(context)
        self._watch(page)
        page.goto(url)
        return page

    def _watch(self, page):
        def requested(request):
            self.requests.append(request.url)
            if not request.url.startswith(OWN):
                self.problems.append(f"{page.url} asks for {request.url}")

        def said(message):
            if not (message.type == "log" and message.text.startswith(THEME)):
                self.problems.append(f"{page.url}: {message.type}: {message.text}")

        def answered(response):
            if response.status >= 400:
                self.problems.append(f"{page.url}: {response.url} is {response.status}")

        def failed(request):
            if request.failure != LEFT:
                self.problems.append(f"{page.url}: {request.url} failed: {request.failure}")

        page.on("request", requested)
        page.on("console", said)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("requestfailed", failed)
        page.on("response", answered)

    def close(self):
        for context in self.contexts:
            context.close()
