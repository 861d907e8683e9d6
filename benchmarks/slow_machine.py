"""Processor time from an input to the next frame, for every control of every widget.

Counted is all work of the page's main thread (script, style, layout, painting) in processor time,
which is the same on a busy machine as on a quiet one; times six it stands for a slow machine. The
goal is a median of 100 ms and 95 % within 200 ms. Run it with ``python benchmarks/slow_machine.py``
(names of widgets may follow); it writes ``benchmarks/results/slow_machine.json``.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "widgets"))

from harness import page_source, show  # noqa: E402
from in_use import SCRIPT  # noqa: E402

from convbook import widgets  # noqa: E402

SLOWDOWN, MOST_CONTROLS, TIMES = 6, 30, 3


def times_of(browser, widget) -> dict[str, list[float]]:
    """Milliseconds on the slow machine for each control of the widget, several times."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_content(page_source())
    show(page, widget)
    page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    found: dict[str, list[float]] = {}
    for index in range(min(MOST_CONTROLS, page.evaluate("controlsNow().length"))):
        page.evaluate("reopenWidget()")
        for _ in range(TIMES):
            before = spent()
            name = page.evaluate("index => useControl(index)", index)
            found.setdefault(f"{index} {name}", []).append(1000 * SLOWDOWN * (spent() - before))
    page.close()
    return found


def main() -> None:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    names = sys.argv[1:] or widgets.__all__
    table = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        version = browser.version
        for name in names:
            times = times_of(browser, getattr(widgets, name)())
            every = np.array([time for series in times.values() for time in series])
            slowest = max(times, key=lambda control: np.median(times[control]))
            median, high = np.percentile(every, [50, 95]).round().tolist()
            table[name] = {"median": median, "p95": high, "slowest control": slowest}
            print(f"{name}: median {median:.0f} ms, 95 % {high:.0f} ms; slowest: {slowest}")
        browser.close()
    if names == widgets.__all__:
        unit = f"ms of processor time from input to frame, times {SLOWDOWN}"
        result = {"unit": unit, "browser": version, "widgets": table}
        target = HERE / "results" / "slow_machine.json"
        target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
