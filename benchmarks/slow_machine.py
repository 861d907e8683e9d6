"""From an input to the next frame, six times slower, for every control of every widget.

Chromium slows the page's thread down by six (``Emulation.setCPUThrottlingRate``); the time runs
from the event to the end of the frame that it led to. The goal is a median of 100 ms, and 95 %
within 200. Such times mean something on a quiet machine only, so the load is recorded beside them,
and so is what hardly depends on it: the processor time that the page's thread took, unslowed, times
six. Each widget is used where readers meet it, on a page of the built book, among all else there.

``python benchmarks/slow_machine.py`` (names of widgets may follow) writes
``benchmarks/results/slow_machine.json`` and the table beside it; build the book first.
"""

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "widgets"))

from in_use import SCRIPT  # noqa: E402

from convbook import widgets  # noqa: E402
from convbook.browser import chromium  # noqa: E402

SLOWDOWN, MOST_CONTROLS, TIMES = 6, 30, 5
#: Milliseconds that half of all answers, and 95 % of them, may take.
GOALS = {"median": 100, "p95": 200}


SITE = HERE.parent / "_build" / "html"
PLACES = HERE.parent / "convbook" / "items" / "places.json"
PAGES = json.loads(PLACES.read_text("utf-8"))["widgets"]


def opened(browser, name: str):
    """The first page with the widget, ready to be used, with a session of the developer tools."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{(SITE / PAGES[name][0]).as_uri()}.html#{name}?")
    root = ".cb-" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
    page.wait_for_selector(f"{root}:not(.cb-waiting) .cb-body > *")
    page.evaluate("use => { window.widgetInUse = use; }", {"root": root, "name": name})
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    page.wait_for_timeout(2000)
    return page, page.context.new_cdp_session(page)


def controls_of(page) -> range:
    return range(min(MOST_CONTROLS, page.evaluate("controlsNow().length")))


def frame_times(browser, name: str) -> dict[str, list[float]]:
    """Milliseconds from input to frame for each control, several times, on the slowed machine."""
    page, session = opened(browser, name)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    found: dict[str, list[float]] = {}
    for index in controls_of(page):
        page.evaluate("reopenWidget()")
        for _ in range(TIMES):
            label, took = page.evaluate("index => timeControl(index)", index)
            found.setdefault(f"{index} {label}", []).append(took)
    page.close()
    return found


def processor_times(browser, name: str) -> list[float]:
    """Milliseconds of processor time, times six, that the page's thread takes for an input."""
    page, session = opened(browser, name)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    found = []
    for index in controls_of(page):
        page.evaluate("reopenWidget()")
        for _ in range(TIMES):
            before = spent()
            page.evaluate("index => useControl(index)", index)
            found.append(1000 * SLOWDOWN * (spent() - before))
    page.close()
    return found


def summary(times: dict[str, list[float]], processor: list[float]) -> dict:
    """Median and 95 % of both, and the control that keeps a reader waiting longest."""
    every = [time for series in times.values() for time in series]
    median, high = np.percentile(every, [50, 95]).round().tolist()
    slowest = max(times, key=lambda control: np.median(times[control]))
    own, own_high = np.percentile(processor, [50, 95]).round().tolist()
    return {
        "median": median,
        "p95": high,
        "slowest control": slowest,
        "its median": round(float(np.median(times[slowest]))),
        "processor": {"median": own, "p95": own_high},
    }


def table_of(result: dict) -> str:
    """The result as a table in Markdown."""
    rows = [
        f"| {name} | {w['median']:.0f} | {w['p95']:.0f} | {w['slowest control']} "
        f"({w['its median']}) | {w['processor']['median']:.0f} | {w['processor']['p95']:.0f} |"
        for name, w in result["widgets"].items()
    ]
    head = [
        f"Milliseconds from input to frame, {SLOWDOWN} times slower, load {result['load']}; goal: "
        f"{GOALS['median']} (median), {GOALS['p95']} (95 %).",
        "",
        "| widget | median | 95 % | slowest control | processor × 6, median | 95 % |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def main() -> None:
    names = sys.argv[1:] or widgets.__all__
    table, loads = {}, [os.getloadavg()[0]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        version = browser.version
        for name in names:
            times = frame_times(browser, name)
            table[name] = summary(times, processor_times(browser, name))
            loads.append(os.getloadavg()[0])
            print(name, json.dumps(table[name], ensure_ascii=False), flush=True)
        browser.close()
    if names == widgets.__all__:
        load = f"{min(loads):.1f} to {max(loads):.1f} on {os.cpu_count()} cores"
        result = {
            "unit": f"ms from input to frame at {SLOWDOWN} times CPU slowdown",
            "browser": version,
            "load": load,
            "goals": GOALS,
            "widgets": table,
        }
        target = HERE / "results" / "slow_machine.json"
        target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
        target.with_suffix(".md").write_text(table_of(result), "utf-8")


if __name__ == "__main__":
    main()
