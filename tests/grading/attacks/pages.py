"""What is active in a page of HTML: script, handlers, frames, addresses that run or load."""

from __future__ import annotations

from html.parser import HTMLParser

MARK = "owned"
RUNS = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "meta",
    "base",
    "link",
    "svg",
    "math",
}
ADDRESSES = {"href", "src", "data", "action", "formaction", "xlink:href"}
INSIDE = {"srcdoc", "style", "content"}
SCHEMES = ("javascript:", "vbscript:", "data:text", "data:image/svg", "data:application")


def _runs(address: str) -> bool:
    """Whether a browser that follows the address would run or render what stands in it.

    Browsers drop leading blanks, and tabs and line ends anywhere.
    """
    plain = "".join(c for c in address if c > " " and c != "\x7f").lower()
    return plain.startswith(SCHEMES)


class _Finder(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style"):
            self.inside.append(tag)
        for name, value in attributes:
            value = value or ""
            if MARK in value and (
                name.startswith("on")
                or name in INSIDE
                or (name in ADDRESSES and (tag in RUNS or _runs(value)))
            ):
                self.found.append(f"<{tag} {name}={value[:80]!r}>")

    def handle_endtag(self, tag):
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data):
        if self.inside and MARK in data:
            at = data.find(MARK)
            self.found.append(f"<{self.inside[-1]}> {data[max(at - 30, 0) : at + 30]!r}")


def active_markup(page: str) -> list[str]:
    """Where the payloads of `markup.py` stand in something that a browser would run or load."""
    finder = _Finder()
    finder.feed(page)
    finder.close()
    return finder.found
