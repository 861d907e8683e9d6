"""How far a page's contents jump while it loads and is read to its end: CLS of every page.

Each page of the built book opens at 360 and at 1,280 pixels in a browser that has nothing of it
yet, and is scrolled to its end at once, a screen in less than a second: faster than anybody reads.
The goal is a CLS of 0.05 at most.

Build the book, then run ``python benchmarks/layout_shift.py`` (names of pages may follow, such as
``notebooks/04/04-03-kernels.html``). It writes ``benchmarks/results/layout_shift.json``.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import async_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browsing import FLAGS, SHIFTS, Site, chromium  # noqa: E402

GOAL = 0.05
SIZES = ((360, 740), (1280, 720))
#: Pages that are read at the same time, in both sizes; more would wait for the processor.
TOGETHER = 2
SPEED = 900  # pixels a second


async def read_through(browser, url: str, size: tuple[int, int]) -> float:
    """CLS of one page that is scrolled to its end by the wheel.

    By the wheel, as scripts that set the place undo what browsers do to keep the text still.
    """
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.add_init_script(SHIFTS)
    await page.goto(url)
    gesture = {
        "x": width // 2,
        "y": height // 2,
        "yDistance": -await page.evaluate("document.documentElement.scrollHeight"),
        "speed": SPEED,
        "gestureSourceType": "mouse",
    }
    session = await context.new_cdp_session(page)
    await session.send("Input.synthesizeScrollGesture", gesture)
    found = layout_shift(await page.evaluate("window.shifts"))
    await context.close()
    return found


async def measured(browser, site: Site, names: list[str]) -> AsyncIterator[tuple[str, dict]]:
    """Every page's CLS in each size."""
    for first in range(0, len(names), TOGETHER):
        some = names[first : first + TOGETHER]
        cases = [(name, size) for name in some for size in SIZES]
        found = await asyncio.gather(
            *(read_through(browser, site.url(name), size) for name, size in cases)
        )
        of_case = dict(zip(cases, found, strict=True))
        for name in some:
            yield name, {label(size): round(of_case[name, size], 4) for size in SIZES}


def layout_shift(shifts: list[dict[str, float]]) -> float:
    """CLS as browsers report it: the largest sum of jumps within five seconds.

    No two of such a sum follow each other by more than a second (web.dev/articles/cls, 2023).
    """
    largest = total = 0.0
    first = last = float("-inf")
    for shift in shifts:
        if shift["at"] - last > 1000 or shift["at"] - first > 5000:
            first, total = shift["at"], 0.0
        total, last = total + shift["by"], shift["at"]
        largest = max(largest, total)
    return largest


def label(size: tuple[int, int]) -> str:
    return f"{size[0]} px"


async def tabulated(site: Site, names: list[str]) -> dict[str, dict[str, float]]:
    table = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        async for name, row in measured(browser, site, names):
            table[name] = row
            print(f"{name:70}" + "".join(f"{cls:9.4f}" for cls in row.values()), flush=True)
        await browser.close()
    return table


def main() -> None:
    site = Site(HERE.parent / "_build" / "html")
    with site.served():
        table = asyncio.run(tabulated(site, sys.argv[1:] or site.pages()))
    worst = {name: max(row[name] for row in table.values()) for name in map(label, SIZES)}
    print("worst:", worst, "goal:", GOAL)
    if not sys.argv[1:]:
        saved = {"goal": GOAL, "worst": worst, "pages": table}
        path = HERE / "results" / "layout_shift.json"
        path.write_text(json.dumps(saved, indent=1) + "\n")


if __name__ == "__main__":
    main()
