"""What keeps a page's own thread while a network trains or looks: work, or waiting to work.

A task's length by the clock, which ``long_run.py`` records, holds the time in which the thread
could not run: training in a worker, drawing and the compositor share the machine's cores with all
else. Chromium's trace says of each task also how long it held a processor. So this is a figure
that a busy machine hardly changes, and the part of a long task that splitting it could mend.

    python benchmarks/long_tasks.py [SECONDS]

writes ``benchmarks/results/long_tasks.json``; 20 seconds each of training at full speed and of the
camera unless told.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from long_run import measure_minutes, open_camera, open_lab
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browsing import FLAGS, chromium  # noqa: E402

RESULT = HERE / "results" / "long_tasks.json"
CATEGORIES = ["toplevel"]
#: From here on the browser calls a task long, in milliseconds.
LONG = 50


def traced(browser: Browser, page: Page, act: Callable[[], object]) -> dict:
    """The tasks of the busiest page's thread during ``act``."""
    browser.start_tracing(page=page, categories=CATEGORIES)
    act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[tuple[float, float]]] = {thread: [] for thread in threads}
    for event in events:
        thread = (event["pid"], event["tid"])
        if thread in threads and event["name"] == "ThreadControllerImpl::RunTask":
            # The thread's clock, "tdur", is left out of a task that took no measurable time.
            tasks[thread].append((event.get("dur", 0) / 1000, event.get("tdur", 0) / 1000))
    busiest = max(tasks.values(), key=lambda found: sum(work for _, work in found))
    return {
        "tasks": len(busiest),
        "longest_by_the_clock_ms": max(clock for clock, _ in busiest),
        "longest_of_processor_ms": max(work for _, work in busiest),
        "long_by_the_clock": sum(clock >= LONG for clock, _ in busiest),
        "long_of_processor": sum(work >= LONG for _, work in busiest),
    }


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        session = browser.new_browser_cdp_session()
        lab = open_lab(browser)
        training = traced(browser, lab, lambda: measure_minutes(lab, session, seconds / 60))
        lab.close()
        camera = open_camera(browser)
        result = {
            "browser": f"Chromium {browser.version}",
            "seconds": seconds,
            "training": training,
            "camera": traced(browser, camera, lambda: camera.wait_for_timeout(1000 * seconds)),
            "load": os.getloadavg(),
        }
        browser.close()
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
