"""How far a page's contents jump while it loads and is read to its end: CLS of every page.

Each page of the built book opens at 360 and at 1,280 pixels in a browser that has nothing of it
yet, and is scrolled to its end at once, a screen in less than a second: faster than anybody reads.
The goal is a CLS of 0.05 at most.

Build the book, then run ``python benchmarks/layout_shift.py`` (names of pages may follow, such as
``notebooks/04/04-03-kernels.html``). It writes ``benchmarks/results/layout_shift.json``.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browsing import FLAGS, SHIFTS, Site, chromium  # noqa: E402

GOAL = 0.05
SIZES = ((360, 740), (1280, 720))
#: Pages that are read at the same time, in both sizes; more would wait for the processor.
TOGETHER = 2
SPEED = 900  # pixels a second
READ = """(speed) => {
  const scrolled = async () => {
    let [at, before] = [0, performance.now()];
    while (at < document.documentElement.scrollHeight - innerHeight) {
      const now = await new Promise(requestAnimationFrame);
      at += (speed * Math.max(0, now - before)) / 1000;
      before = now;
      scrollTo({ top: at, behavior: "instant" });
    }
  };
  window.wasRead = scrolled();
}"""


@contextmanager
def being_read(browser, url: str, size: tuple[int, int]):
    """A page that has begun to scroll by itself."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(url)
    page.evaluate(READ, SPEED)
    yield page
    context.close()


def measured(browser, site: Site, names: list[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """Every page's CLS in each size."""
    for first in range(0, len(names), TOGETHER):
        some = names[first : first + TOGETHER]
        with ExitStack() as closing:
            pages = {
                (name, size): closing.enter_context(being_read(browser, site.url(name), size))
                for name in some
                for size in SIZES
            }
            for page in pages.values():
                page.evaluate("window.wasRead")
            for name in some:
                found = {label(size): layout_shift(pages[name, size]) for size in SIZES}
                yield name, {size: round(cls, 4) for size, cls in found.items()}


def layout_shift(page) -> float:
    """CLS as browsers report it: the largest sum of jumps within five seconds.

    No two of such a sum follow each other by more than a second (web.dev/articles/cls, 2023).
    """
    largest = total = 0.0
    first = last = float("-inf")
    for shift in page.evaluate("window.shifts"):
        if shift["at"] - last > 1000 or shift["at"] - first > 5000:
            first, total = shift["at"], 0.0
        total, last = total + shift["by"], shift["at"]
        largest = max(largest, total)
    return largest


def label(size: tuple[int, int]) -> str:
    return f"{size[0]} px"


def main() -> None:
    site = Site(HERE.parent / "_build" / "html")
    table = {}
    with sync_playwright() as playwright, site.served():
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, row in measured(browser, site, sys.argv[1:] or site.pages()):
            table[name] = row
            print(f"{name:70}" + "".join(f"{cls:9.4f}" for cls in row.values()), flush=True)
        browser.close()
    worst = {name: max(row[name] for row in table.values()) for name in map(label, SIZES)}
    print("worst:", worst, "goal:", GOAL)
    if not sys.argv[1:]:
        saved = {"goal": GOAL, "worst": worst, "pages": table}
        path = HERE / "results" / "layout_shift.json"
        path.write_text(json.dumps(saved, indent=1) + "\n")


if __name__ == "__main__":
    main()
