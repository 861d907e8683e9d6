"""How a page bears minutes of training, and of the camera: memory, the longest task, frames.

Headless Chromium shows the training lab, as a page of the book does. First one run, at full speed,
until 97 % of the validation digits are right: processor seconds of all renderers. Then runs
one after the other, each with its own seed, for some minutes: the resident memory of the renderers
twice a minute, its trend, and the longest task on the page's own thread (50 ms and more are
counted by the browser; shorter ones don't keep a reader waiting). Then as many minutes of
MobileNetV2 with Grad-CAM on the browser's fake camera: the same, and frames a second.

    python benchmarks/long_run.py [MINUTES]

writes ``benchmarks/results/long_run.json``; 10 minutes unless told.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "widgets")]

from browsing import FLAGS, chromium  # noqa: E402
from harness import page_source, show  # noqa: E402

from convbook.widgets import GradCamViewer, TrainingLab  # noqa: E402

RESULT = HERE / "results" / "long_run.json"
#: Seconds between two looks at the memory; those before the first belong to warming up.
BETWEEN = 30
SETTINGS = {"optimiser": "adam", "rate": 0.01, "batch_size": 16, "pace": "fast"}
LONG_TASKS = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ type: "longtask" });
}"""
#: Counts the heat maps that are painted.
FRAMES = """() => {
  window.heats = 0;
  const real = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    window.heats += Number(this.canvas.matches(".cb-heat"));
    return real.apply(this, given);
  };
}"""
REACHED = "() => Number(document.querySelector('[data-cb=validation]').dataset.value) >= 0.97"
STOPPED = "() => document.querySelector('.cb-play').textContent !== 'Pause'"


def renderers(browser: CDPSession) -> list[int]:
    """The processes that run pages and their workers."""
    found = browser.send("SystemInfo.getProcessInfo")["processInfo"]
    return [process["id"] for process in found if process["type"] == "renderer"]


def processor_seconds(processes: list[int]) -> float:
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # in user mode, in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_megabytes(processes: list[int]) -> float:
    pages = sum(int(Path(f"/proc/{p}/statm").read_text().split()[1]) for p in processes)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_lab(browser: Browser) -> Page:
    page = browser.new_page()
    page.set_content(page_source())
    show(page, TrainingLab(**SETTINGS))
    page.wait_for_selector("[data-cb=training]:not(:empty)")
    return page


def measure_digits(page: Page, browser: CDPSession) -> dict:
    before, began = processor_seconds(renderers(browser)), time.perf_counter()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(REACHED, timeout=120_000)
    taken = processor_seconds(renderers(browser)) - before
    step = int(page.locator("[data-cb=place]").get_attribute("data-value"))
    return {"processor_seconds": taken, "seconds": time.perf_counter() - began, "steps": step}


def measure_minutes(page: Page, browser: CDPSession, minutes: float) -> dict:
    page.evaluate(LONG_TASKS)
    memory, runs, end, next_look = [], 0, time.monotonic() + 60 * minutes, 0.0
    while time.monotonic() < end:
        page.evaluate("seed => models[0].set('seed', seed)", 1 + runs % 20)
        page.wait_for_selector("[data-cb=verdict][data-value=fresh]")
        page.locator(".cb-play").click()
        page.wait_for_function(STOPPED, timeout=120_000)
        runs += 1
        if time.monotonic() >= next_look:
            memory.append(resident_megabytes(renderers(browser)))
            next_look = time.monotonic() + BETWEEN
    return {"minutes": minutes, "runs": runs} | summary(page, memory)


def summary(page: Page, memory: list[float]) -> dict:
    warm = memory[1:] or memory
    slope = np.polyfit(range(len(warm)), warm, 1)[0] * 60 / BETWEEN if len(warm) > 1 else 0.0
    return {
        "megabytes": memory, "megabytes_a_minute": slope,
        "longest_task_ms": page.evaluate("longest"),
    }  # fmt: skip


def open_camera(browser: Browser) -> Page:
    """MobileNetV2 with Grad-CAM on the browser's fake camera, in a page that counts its frames."""
    page = browser.new_page()
    # A camera is for pages with an address: this one is given out by the browser itself.
    page.route("http://localhost/**", lambda route: route.fulfill(body=page_source()))
    page.goto("http://localhost/")
    page.set_default_timeout(120_000)
    viewer = GradCamViewer()
    viewer._imagenet_wanted = True  # as a kernel hears it: the bytes travel with the state
    show(page, viewer)
    page.locator("[data-cb-imagenet-start]").click()
    page.locator("[data-cb-imagenet=running]").wait_for(state="attached")
    page.evaluate(FRAMES)
    page.locator("[data-cb-camera=start]").click()
    page.wait_for_function("() => heats > 5")
    return page


def measure_camera(page: Page, session: CDPSession, minutes: float) -> dict:
    page.evaluate(LONG_TASKS)
    memory, first, began = [], page.evaluate("heats"), time.monotonic()
    for _ in range(max(1, round(60 * minutes / BETWEEN))):
        page.wait_for_timeout(1000 * min(BETWEEN, 60 * minutes))
        memory.append(resident_megabytes(renderers(session)))
    rate = (page.evaluate("heats") - first) / (time.monotonic() - began)
    return {"minutes": minutes, "frames_a_second": rate} | summary(page, memory)


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    load = os.getloadavg()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        session = browser.new_browser_cdp_session()
        first = open_lab(browser)
        digits = measure_digits(first, session)
        first.close()
        lab = open_lab(browser)
        training = measure_minutes(lab, session, minutes)
        lab.close()
        result = {
            "browser": f"Chromium {browser.version}",
            "digits_97": digits,
            "training": training,
            "camera": measure_camera(open_camera(browser), session, minutes),
            "load": load,
        }
        browser.close()
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
