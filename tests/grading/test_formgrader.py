"""nbgrader's Formgrader, in JupyterLab, opens on what the command line has marked."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from autograder import sample

from .conftest import gradebook_of

pytestmark = [pytest.mark.jail, pytest.mark.lab, pytest.mark.xdist_group("sample-class")]
PATIENCE = 240_000


@pytest.fixture(scope="module")
def server(sample_course, root, tmp_path_factory):
    """JupyterLab on the repository, with the sample class as its course."""
    settings = tmp_path_factory.mktemp("settings")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    environment = {**sample_course.environment(), **{kind: str(settings / kind) for kind in kinds}}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", f"--IdentityProvider.token={token}"]
    command += ["--allow-root"] if os.getuid() == 0 else []
    with (settings / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/api")
            yield f"http://127.0.0.1:{port}", {"Authorization": f"token {token}"}
        finally:
            running.terminate()
            running.wait(30)


def _wait(address, seconds=180):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(address)


@pytest.fixture
def page(browser, server):
    address, headers = server
    page = browser.new_page(base_url=address, extra_http_headers=headers)
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def test_formgrader_shows_the_class_and_its_points(page):
    page.goto(f"/formgrader/gradebook/{sample.ASSIGNMENT}/{sample.ASSIGNMENT}")
    page.wait_for_selector("tbody td.code-score")
    shown = sorted(page.locator("tbody td.code-score").all_inner_texts())
    sums = [f"{sum(member.expected.values()):g} / 31" for member in sample.MEMBERS]
    assert shown == sorted(sums)


def test_formgraders_button_gives_the_same_points(page, sample_course):
    """Pressing "autograde" runs the jail, too; a cheat gains nothing by it."""
    before = gradebook_of(sample_course, sample.ASSIGNMENT)
    page.goto(f"/formgrader/manage_submissions/{sample.ASSIGNMENT}")
    row = page.locator("tbody tr", has_text="cheat-always-equal")
    row.wait_for()
    row.locator("td.autograde a").click()
    page.wait_for_selector(".modal-dialog:has-text('Success')")
    after = gradebook_of(sample_course, sample.ASSIGNMENT)
    assert after["cheat-always-equal"] == before["cheat-always-equal"]


def test_a_submission_opens_for_manual_marking_with_nothing_alive(page, sample_course):
    with sample_course.gradebook() as gradebook:
        submission = gradebook.find_submission(sample.ASSIGNMENT, "right-as-taught")
        identifier = submission.notebooks[0].id
    hurt = []
    page.on("dialog", lambda dialog: (hurt.append(dialog.message), dialog.dismiss()))
    page.goto(f"/formgrader/submissions/{identifier}")
    page.wait_for_selector("text=Exercise 1 · Output size")
    page.wait_for_selector("input.score")
    assert hurt == []
