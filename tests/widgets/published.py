"""A page of the published book with one widget on it, the real host, and an address of its own."""

import json

from browsing import new_page
from harness import state_of

from convbook.publishing import heights
from convbook.publishing.assets import STATIC

ORIGIN = "http://book.example"
PAGE = f"{ORIGIN}/page.html"
#: What stands before and after the widget.
TEXT = "Some text of the page. " * 40


def files_of(widget) -> dict[str, tuple[str, str]]:
    """What a browser asks for: address to (type, content)."""
    state, binary = state_of(widget)
    lazy = set(widget.trait_names(lazy=True))
    parts = [
        {"path": [name], "value": {"base64": text}, "lazy": name in lazy}
        for name, text in binary.items()
    ]
    model = {"name": type(widget).__name__, "state": state, "parts": parts, "frontEnd": "front"}
    front = json.dumps({"esm": str(widget._esm), "css": str(widget._css)})
    saved = json.dumps(model).replace("<", "\\u003c")
    room = heights.reserved(model)
    page = (
        '<!doctype html><html lang="en" data-content_root="./"><meta charset="utf-8">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="afm/host.css">'
        f'<title>Page</title><p>{TEXT}</p><div class="afm" data-model="m" style="{room}">'
        f"<figure></figure>"
        f'<script type="application/afm+json">{saved}</script></div>'
        f'<p>{TEXT}</p><script src="afm/host.js" defer></script></html>'
    )
    return {
        PAGE: ("text/html", page),
        f"{ORIGIN}/afm/host.js": ("text/javascript", (STATIC / "host.js").read_text("utf-8")),
        f"{ORIGIN}/afm/host.css": ("text/css", (STATIC / "host.css").read_text("utf-8")),
        f"{ORIGIN}/afm/front.js": ("text/javascript", f'convbook.assets["front"] = {front};'),
    }


class Published:
    """The page in a browser context; ``problems`` gathers what its scripts threw or printed."""

    def __init__(self, browser, widget, headers: dict[str, str] | None = None, **options):
        self.context = browser.new_context(**options)
        self.problems: list[str] = []
        self.files = files_of(widget)
        self.headers = headers or {}
        self.context.route("**/*", self._answer)
        self.page = new_page(self.context)
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text))

    def _answer(self, route):
        kind, content = self.files.get(route.request.url.partition("#")[0], ("text/plain", ""))
        route.fulfill(
            body=content,
            content_type=f"{kind}; charset=utf-8",
            headers={"content-type": f"{kind}; charset=utf-8", **self.headers},
        )

    def open(self, fragment: str = ""):
        """Loads the page anew and waits until its widget is built, or says why it isn't."""
        self.page.goto("about:blank")
        self.page.goto(PAGE + fragment)
        self.page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *, .afm-error")
        self.rest()
        return self.page

    def rest(self):
        """Two frames: whatever was asked for has been drawn."""
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def state(self, *traits) -> dict:
        return self.page.evaluate(
            "names => Object.fromEntries(names.map((n) =>"
            " [n, convbook.models.get('m').get(n) ?? null]))",
            list(traits),
        )

    def close(self):
        self.context.close()
