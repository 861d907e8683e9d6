"""The Chromium of this machine: it prints the book, measures it and drives its tests."""

import functools
import shutil

#: Debian's headless shell draws the same pages with a quarter less work than the whole browser.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@functools.cache
def chromium() -> str | None:
    """Path of the machine's Chromium, if it has one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
