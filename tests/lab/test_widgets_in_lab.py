"""Widgets in JupyterLab: what a reader does there reaches Python, pictures included."""

import functools
import io
import re

import nbformat
import numpy as np
from PIL import Image
from running import heard_within, run_all

from convbook.widgets import Drill, Quiz

NAMES = (
    "OutputSizeCalculator",
    "KernelLab",
    "ConvolutionStepper",
    "PoolingLab",
    "ReceptiveField",
    "NetworkBuilder",
    "FullyConnectedVsConv",
    "AugmentationLab",
    "TrainingLab",
    "TransferAdvisor",
    "Quiz",
    "Drill",
    "Flashcards",
    "Progress",
)
SOURCE = """
import json
from IPython.display import display
from convbook import widgets

def hear(change):
    new = len(change["new"]) if isinstance(change["new"], bytes) else change["new"]
    with open("every.jsonl", "a") as file:
        file.write(json.dumps([type(change["owner"]).__name__, change["name"], new]) + "\\n")

for name in {names!r}:
    widget = getattr(widgets, name)()
    widget.observe(hear, names=widget.inputs())
    display(widget)
hear({{"owner": None, "name": "ready", "new": True}})
"""


def picture_file():
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8)).save(buffer, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def answer_the_first_question(root):
    root.get_by_role("radio").first.check()
    root.get_by_role("button", name="Check").click()


def solve_the_first_problem(root):
    root.get_by_role("textbox").fill(f"{Drill().problem.answer:,}")
    root.get_by_role("textbox").press("Enter")


def first_option():
    question = Quiz().current
    return {question.id: question.options.index(Quiz().options[0])}


def train_then_change_the_rate(root):
    root.get_by_role("button", name="Train", exact=True).click()
    root.locator("[data-cb=place]:not([data-value='0'])").wait_for()
    root.get_by_role("slider", name="Learning rate").press("ArrowRight")


ACTIONS = {
    "OutputSizeCalculator": (
        lambda root: root.get_by_label("Input W", exact=True).first.fill("40"),
        ["input_size", 40],
    ),
    "KernelLab": (
        lambda root: root.locator("input[type=file]").set_input_files(picture_file()),
        ["image", 1200],
    ),
    "ConvolutionStepper": (
        lambda root: root.get_by_role("button", name="Forward").click(),
        ["step", 1],
    ),
    "PoolingLab": (
        lambda root: root.get_by_role("radio", name="average").check(),
        ["kind", "average"],
    ),
    "ReceptiveField": (
        lambda root: root.get_by_role("button", name="Add a layer").click(),
        ["layers", [[3, 1, 1]] * 3],
    ),
    "NetworkBuilder": (
        lambda root: root.locator("select").first.select_option("vgg16"),
        ["input_shape", [224, 224, 3]],
    ),
    "FullyConnectedVsConv": (
        lambda root: root.get_by_role("radio", name="shuffle the pixels").check(),
        ["part", "shuffle"],
    ),
    "AugmentationLab": (
        lambda root: root.get_by_role("radio", name="a digit").check(),
        ["source", "digit"],
    ),
    "TrainingLab": (train_then_change_the_rate, ["rate", 0.03]),
    "TransferAdvisor": (
        lambda root: root.get_by_role("radio", name="unlike").check(),
        ["kind", "unlike"],
    ),
    "Quiz": (answer_the_first_question, ["answers", first_option()]),
    "Drill": (solve_the_first_problem, ["given", Drill().problem.answer]),
    "Flashcards": (
        lambda root: root.get_by_role("button", name="Show the answer").click(),
        ["flipped", True],
    ),
    "Progress": (lambda root: root.get_by_role("checkbox").nth(2).check(), ["done", [3]]),
}


def test_what_a_reader_does_reaches_python_in_every_widget(lab, visits):
    cell = nbformat.v4.new_code_cell(SOURCE.format(names=NAMES))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "every.ipynb")
    page = visits.open(lab.url("doc/tree/every.ipynb"))
    log = lab.folder / "every.jsonl"
    ready = functools.partial(heard_within, log, ["NoneType", "ready", True], seconds=90)
    run_all(page, lab.folder / "every.ipynb", ready)
    unheard = []
    for name, (act, expected) in ACTIONS.items():
        root = page.locator(f".cb-{_kebab(name)}")
        root.scroll_into_view_if_needed()
        act(root)
        if not heard_within(log, [name, *expected]):
            unheard.append(name)
    assert unheard == []


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
