"""Which control of which widget shares a screen with what it changes.

Every control of every widget is worked from the widget's opening state, at 1280 × 720 and at
360 × 740 pixels, of which a page's own header takes 60. An effect counts as seen if there is a
place to scroll to at which control and effect (160 pixels of a taller one) are both on the screen.
Run it with ``python benchmarks/one_screen.py``; it writes ``benchmarks/results/one_screen.json``.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "widgets"))

from harness import page_source  # noqa: E402
from in_use import SCREENS, Worked, work_all  # noqa: E402

from convbook import widgets  # noqa: E402
from convbook.browser import chromium  # noqa: E402


def summary(worked: list[Worked]) -> dict:
    """Counts of a widget, and for each control the effects for which one has to scroll."""
    acting = [row for row in worked if row.effects]
    return {
        "controls": len(worked),
        "controls that changed something": len(acting),
        "of these, controls with an effect in sight": sum(row.seen > 0 for row in acting),
        "effects": sum(len(row.effects) for row in acting),
        "effects in sight": sum(row.seen for row in acting),
        "out of sight": {row.control: sorted(set(row.unseen)) for row in acting if row.unseen},
    }


def main() -> None:
    table = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for screen in SCREENS:
            size = f"{screen[0]}x{screen[1]}"
            for name in widgets.__all__:
                page = browser.new_page()
                page.set_content(page_source())
                found = summary(work_all(page, getattr(widgets, name)(), screen))
                page.close()
                table.setdefault(name, {})[size] = found
                print(f"{name} {size}: {found['effects in sight']} of {found['effects']} in sight")
        browser.close()
    target = HERE / "results" / "one_screen.json"
    target.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
