"""nbgrader's Formgrader, in JupyterLab, opens on what the command line has marked."""

import base64
import csv
import io
import json
import os
import re
import secrets
import socket
import subprocess
import sys

import nbformat
import pytest
import waiting
from PIL import Image
from playwright.sync_api import expect

from autograder.course import export
from autograder.notebooks.cells import marks, read_own
from autograder.run import pipeline
from questions import sample

from .conftest import gradebook_of

pytestmark = [pytest.mark.jail, pytest.mark.lab]
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
            waiting.until_answered(f"http://127.0.0.1:{port}/api")
            yield f"http://127.0.0.1:{port}", {"Authorization": f"token {token}"}
        finally:
            running.terminate()
            running.wait(waiting.PATIENCE)


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


# --- what a person marks --------------------------------------------------------------------------

WRITTEN, STUDENT = "02-receptive-fields", "right-as-taught"
QUESTION = "ex04-explain"
ANSWER = "Both see a 5×5 patch, but two 3×3 layers need 18 weights a pair of channels, not 25."


@pytest.fixture(scope="module")
def explained(sample_course):
    """One of the class has handed in another assignment: an answer in words, and a picture."""
    source = nbformat.read(sample_course.source(WRITTEN), as_version=4)
    released = read_own(sample_course.released(WRITTEN))
    member = next(member for member in sample.MEMBERS if member.name == STUDENT)
    notebook = sample.notebook_of(member, source, released)
    answer = cell_of(notebook, QUESTION)
    answer.source = f"{ANSWER}\n\n![image.png](attachment:image.png)"
    answer.attachments = {"image.png": {"image/png": picture()}}
    folder = sample_course.folder / "submitted" / STUDENT / WRITTEN
    folder.mkdir(parents=True)
    (folder / f"{WRITTEN}.ipynb").write_text(json.dumps(notebook))
    (outcome,) = pipeline.grade(sample_course, WRITTEN, workers=1)
    assert outcome.state == "scored"
    return sample_course


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if marks(cell).get("grade_id") == name)


def picture() -> str:
    """A drawing as JupyterLab keeps it after it was dragged into a cell."""
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()


def rubric(course):
    """The points of the mark scheme, one a line."""
    task = cell_of(nbformat.read(course.source(WRITTEN), as_version=4), f"{QUESTION}-task")
    scheme = task.source.split("=== BEGIN MARK SCHEME ===")[1].split("=== END")[0]
    return [re.sub(r"^\s*- (\[1 point\] )?", "", line) for line in scheme.strip().splitlines()]


def give(page, cell, points):
    """Type an answer's points, as a marker does; Formgrader keeps them when the field is left."""
    field = cell.locator("input.score")
    expect(field).to_have_class(re.compile("needs_manual_grade"), timeout=PATIENCE)
    field.fill(str(points))
    with page.expect_response(
        lambda response: "/api/grade/" in response.url and response.request.method == "PUT"
    ) as kept:
        field.press("Tab")
    assert kept.value.ok


def exported_by_nbgrader(course, path):
    """The row of nbgrader's own export, by whose name the columns go."""
    command = [sys.executable, "-m", "nbgrader", "export", f"--to={path}"]
    subprocess.run(
        command, cwd=course.root, env=course.environment(), check=True, capture_output=True
    )
    with path.open() as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    return rows[WRITTEN, STUDENT]


def test_an_answer_in_words_is_marked_by_its_rubric_and_counts(page, explained, tmp_path):
    with explained.gradebook() as gradebook:
        identifier = gradebook.find_submission(WRITTEN, STUDENT).notebooks[0].id
    page.goto(f"/formgrader/submissions/{identifier}")
    shown = page.locator("body")
    for point in rubric(explained):
        expect(shown).to_contain_text(point, timeout=PATIENCE)
    expect(shown).to_contain_text(ANSWER)

    drawing = page.get_by_role("img", name="picture 1")
    assert drawing.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 60
    give(page, page.locator(".nbgrader_cell", has=drawing), 2.5)

    machine = sum(question.points for question in explained.questions(WRITTEN).values())
    maximum, final = machine + 4, machine + 2.5
    with export.write(explained, WRITTEN, "csv", tmp_path / "ours.csv").open(
        encoding="utf-8-sig"
    ) as file:
        (row,) = csv.DictReader(file)
    assert (row["student"], row["open"]) == (STUDENT, "no")
    assert float(row[QUESTION]) == 2.5
    assert (float(row["final"]), float(row["maximum"])) == (final, maximum)
    theirs = exported_by_nbgrader(explained, tmp_path / "theirs.csv")
    assert (float(theirs["score"]), float(theirs["max_score"])) == (final, maximum)


def test_no_student_sees_the_rubric(explained):
    handed_out = explained.released(WRITTEN).read_text("utf8")
    feedback = explained.write_feedback(WRITTEN, STUDENT).read_text("utf8")
    assert "(picture 1)" in feedback
    for point in rubric(explained):
        assert point not in handed_out
        assert point not in feedback
