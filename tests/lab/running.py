"""Runs a notebook in JupyterLab as a person does, and hears what it writes to a file."""

import json

import nbformat
import waiting

# The indicator beside a notebook's name says "idle" before there is a kernel, and a click on Run
# is lost then; the status bar says "No Kernel | Initializing".
IDLE = "#jp-main-statusbar :text('| Idle')"
DIALOG = ".jp-Dialog"


def heard_within(path, expected, seconds=waiting.PATIENCE) -> bool:
    """Whether a line of the file at `path` holds `expected` as JSON, in time."""

    def heard():
        return path.exists() and expected in map(json.loads, path.read_text().splitlines())

    return waiting.happens(heard, seconds)


def run_all(page, path, has_run, tries=3):
    """Run every cell of the notebook at `path`, from the first one that JupyterLab has chosen.

    The kernel is fresh and is not restarted: a message sent while a kernel is just back can reach
    the server on a connection of another protocol ("struct.error" in its log), and nothing runs
    after that. `has_run()` waits for a sign that the last cell has run, and returns what is true if
    it came, which is returned; a file is a good sign, as JupyterLab drops from the page what is out
    of sight.
    """
    page.add_locator_handler(page.locator(DIALOG), answer)
    for _ in range(tries):
        page.locator(IDLE).wait_for(timeout=120_000)
        for _ in nbformat.read(path, as_version=4).cells:
            page.locator("[data-command='notebook:run-cell-and-select-next']").click()
        if found := has_run():
            return found
        page.once("dialog", lambda dialog: dialog.accept())  # leave without saving
        page.reload()
    raise AssertionError(f"the notebook did not run to its end, {tries} times")


def answer(dialog):
    """Say yes to what JupyterLab asks, as a person would who wants to go on, and tell of it."""
    print("JupyterLab asked:", dialog.inner_text())
    dialog.locator("button.jp-mod-accept").click()
