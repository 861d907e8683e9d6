"""What a reader copies from the pages runs: train, fine-tune, explain, export, with Keras alone."""

import ast
import json
import re
import subprocess
import sys

import pytest
from book_pages import FOLDS, ROOT

pytestmark = pytest.mark.keras

CHAPTER = "notebooks/11/11-01-cifar-10-from-scratch.ipynb"
SILENT = "notebooks/11/11-01-1-silent-mistakes.ipynb"
TRANSFER = "notebooks/11/11-02-transfer-learning.ipynb"
FINE_TUNING = "notebooks/11/11-02-1-fine-tuning.ipynb"
GRAD_CAM = "notebooks/11/11-03-grad-cam.ipynb"
PROJECT = "notebooks/18/18-01-crop-disease-detector.ipynb"
# Cells in which the book's own functions are at work, beside those that a reader would type.
OURS = {GRAD_CAM: {"same", "leaves", "pointing", "checks-of-maps", "shortcut-train"}}
# Fewer images and epochs than on the page: does it run, not how well does it do?
SMALLER = {
    CHAPTER: {"train=1600, test=400": "train=120, test=60", "EPOCHS = 12": "EPOCHS = 1"},
    SILENT: {"epochs=6": "epochs=1", "epochs=30": "epochs=2"},
    TRANSFER: {
        "train=600, test=300": "train=180, test=30",
        "epochs=16,": "epochs=1,",
        "epochs=4800 // len(x_few)": "epochs=1",
    },
    FINE_TUNING: {
        "train=600, test=300": "train=180, test=30",
        "epochs=20": "epochs=1",
        "epochs=8": "epochs=1",
        "epochs=2,": "epochs=1,",
    },
    GRAD_CAM: {},
    PROJECT: {"train=1800, test=500": "train=300, test=60", "epochs=14": "epochs=1"},
}
MAY_IMPORT = {
    "convbook.data.load",
    "convbook.models.imagenet_classes",
    "convbook.models.imagenet_weights",
}
# What section 11 and project 1 must have shown, in cells that nobody has to unfold.
CALLS = {
    *("Sequential", "Model", "compile", "fit", "evaluate", "predict", "summary"),
    *("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint", "save", "load_model"),
    *("preprocess_input", "GradientTape", "image_dataset_from_directory"),
    *("from_tensor_slices", "prefetch", "export", "Interpreter", "classification_report"),
}


def visible(page: str) -> dict[str, str]:
    cells = json.loads((ROOT / page).read_text("utf8"))["cells"]
    return {
        cell["id"]: "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code"
        and not FOLDS & set(cell["metadata"].get("tags", ()))
        and not cell["metadata"].get("jupyter", {}).get("source_hidden")
    }


def script() -> str:
    parts = []
    for page, changes in SMALLER.items():
        cells = visible(page)
        assert OURS.get(page, set()) <= set(cells)
        text = "\n\n".join(code for name, code in cells.items() if name not in OURS.get(page, ()))
        for long, short in changes.items():
            assert long in text, f"{page} no longer says {long!r}"
            text = text.replace(long, short)
        parts.append(text)
    return "\n\n".join(parts) + "\n"


def nodes(kind):
    return [node for node in ast.walk(ast.parse(script())) if isinstance(node, kind)]


def test_the_copied_lines_import_nothing_of_ours_but_data_and_weights():
    ours = {
        f"{node.module}.{alias.name}"
        for node in nodes(ast.ImportFrom)
        for alias in node.names
        if node.module.split(".")[0] == "convbook"
    }
    assert ours <= MAY_IMPORT
    plain = {alias.name for node in nodes(ast.Import) for alias in node.names}
    assert not any(name.startswith("convbook") for name in plain)


def test_the_craft_stands_in_open_cells():
    called = {getattr(node.func, "attr", getattr(node.func, "id", "")) for node in nodes(ast.Call)}
    assert called >= CALLS, CALLS - called
    set_names = {
        target.attr
        for node in nodes(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }
    assert "trainable" in set_names


@pytest.mark.parametrize(
    "page", sorted({*SMALLER, *(f"notebooks/{p}" for p in ("12-scikit-learn-integration.ipynb",))})
)
def test_no_page_shows_a_private_loop_or_a_patched_method(page):
    text = "\n".join(visible(page).values())
    assert not re.search(r"train_on_batch|AtRest|\.call = |setattr\(", text)


def test_the_copied_lines_train_fine_tune_explain_and_export(tmp_path):
    path = tmp_path / "reader.py"
    path.write_text(script())
    run = subprocess.run(
        [sys.executable, path.name], cwd=tmp_path, capture_output=True, text=True, timeout=1200
    )
    assert run.returncode == 0, run.stderr[-3000:]
    for said in ("test accuracy", "fine-tuned", "for an image of", "agrees with Keras on"):
        assert said in run.stdout
