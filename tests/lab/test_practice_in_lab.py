"""Practice as a learner does it: answer, be told the mistake, see a widget, mend, be told right.

In an examination the same notebook says nothing.
"""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect
from running import DIALOG, IDLE, answer

ROOT = Path(__file__).resolve().parents[2]
NAME = "01-shapes-and-counts"
PATIENCE = 120_000
TRIES = 3


def a_kernel(lab, name: str, **variables: str) -> None:
    """A kernel of this Python with environment variables of its own."""
    folder = lab.settings / "jupyter_data" / "kernels" / name
    folder.mkdir(parents=True)
    start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    about = {"argv": start, "display_name": name, "language": "python", "env": variables}
    (folder / "kernel.json").write_text(json.dumps(about))


def a_clone(folder: Path, kernel: str) -> Path:
    """What a clone of the repository holds for the first exercise; return its notebook."""
    path = folder / "exercises" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "autograder.toml", folder)
    for part in ("questions", "notebooks"):
        (folder / part).symlink_to(ROOT / part)
    notebook = nbformat.read(ROOT / "exercises" / NAME / path.name, as_version=4)
    notebook.metadata.kernelspec = {"name": kernel, "display_name": kernel}
    last = [cell.id for cell in notebook.cells].index("ex01")
    notebook.cells = notebook.cells[: last + 1]  # what comes later would only scroll
    nbformat.write(notebook, path)
    return path


class Learner:
    """Somebody at a notebook whose last cells are an answer and the one that checks it."""

    def __init__(self, page, path):
        self.page = page
        self.code = page.locator(".jp-Notebook .jp-CodeCell")
        page.add_locator_handler(page.locator(DIALOG), answer)
        source = nbformat.read(path, as_version=4).cells
        self.checks = [cell.id for cell in source if cell.cell_type == "code"].index("ex01")

    @property
    def output(self):
        return self.code.nth(self.checks).locator(".jp-OutputArea")

    def check(self, source: str, expected: str) -> None:
        """Write an answer, run every cell of code to the check, and wait for what it says.

        A message to a kernel that has just started can be lost, so all of it may be done again.
        """
        for _ in range(TRIES):
            self.page.locator(IDLE).wait_for(timeout=PATIENCE)
            editor = self.code.nth(self.checks - 1).locator(".cm-content")
            editor.click()
            self.page.keyboard.press("ControlOrMeta+A")
            self.page.keyboard.insert_text(source)
            for place in range(self.checks + 1):
                self.code.nth(place).locator(".cm-content").click()
                self.page.locator("[data-command='notebook:run-cell-and-select-next']").click()
            try:
                expect(self.output).to_contain_text(expected, timeout=PATIENCE)
                return
            except AssertionError:
                self.page.once("dialog", lambda dialog: dialog.accept())
                self.page.reload()
        raise AssertionError(f"not said, {TRIES} times: {expected!r}")


@pytest.fixture
def opened(lab, visits, tmp_path_factory):
    """Opens the first exercise in a clone, with a kernel that has these variables."""

    def open_with(kernel: str, **variables: str) -> Learner:
        record = tmp_path_factory.mktemp("attempts") / "attempts.json"
        a_kernel(lab, kernel, AUTOGRADER_ATTEMPTS=str(record), **variables)
        path = a_clone(lab.folder / kernel, kernel)
        address = lab.url(f"doc/tree/{path.relative_to(lab.folder).as_posix()}")
        page = visits.open(address, height=1600)
        heading = page.locator(".jp-Notebook").get_by_role("heading", name="Exercises 01")
        expect(heading).to_be_visible(timeout=PATIENCE)
        return Learner(page, path)

    return open_with


def test_a_mistake_is_told_shown_in_a_widget_and_mended(opened):
    learner = opened("practising", AUTOGRADER_EXAMINATION="0")
    learner.check("ex01_output_size = 31", "ex01: 0 of 2 points")
    expect(learner.output).to_contain_text("a last window that would stick out of the picture")
    learner.output.get_by_text("Look at a case like yours").click()
    fields = learner.output.get_by_role("spinbutton")
    expect(fields.first).to_be_visible(timeout=PATIENCE)
    shown = {field.input_value() for field in fields.all()}
    assert {"8", "3", "2", "0"} <= shown, "input, kernel, stride and padding of the sibling case"
    learner.check("ex01_output_size = 30", "ex01: right, 2 of 2 points")


def test_an_examination_tells_the_form_and_no_more(opened):
    learner = opened("examined", AUTOGRADER_EXAMINATION="1")
    learner.check("ex01_output_size = 31", "this has the right form")
    expect(learner.output).not_to_contain_text("points")
    expect(learner.output).not_to_contain_text("window")
    # A learner makes no assignments: nbgrader's panel for that isn't there.
    expect(learner.page.get_by_text("Create Assignment")).to_have_count(0)
