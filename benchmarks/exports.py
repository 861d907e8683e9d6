"""Section 18.1's network as LiteRT and ONNX files: size, agreement with Keras, and time.

    python -m pip install -e ".[keras,export,onnx]"
    python benchmarks/exports.py

runs the page from its first cell to its last, ONNX included, and then each file's own runner (the
page's function ``run``, and one for ONNX) turn by turn on one thread; a file's time is its fastest
turn. It writes ``benchmarks/results/exports.json`` and the table ``exports.md``.
"""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results"
PAGE = ROOT / "notebooks/18/18-01-crop-disease-detector.ipynb"
MEASURE = """
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1


def run_onnx(path, images):
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    start = time.perf_counter()
    for image in images:
        session.run(None, {session.get_inputs()[0].name: image[None]})
    return None, 1000 * (time.perf_counter() - start) / len(images)


runners = {"leaf.tflite": run, "leaf-int8.tflite": run, "leaf.onnx": run_onnx}
fastest = {name: float("inf") for name in runners}
for turn in range(9):
    for name, runner in runners.items():
        fastest[name] = min(fastest[name], runner(folder / name, test_images[:64])[1])
measured = {}
for name, answers in exported.items():
    measured[name] = {
        "bytes": size[name],
        "same_class_as_keras": float(np.mean(answers.argmax(1) == predicted[: len(answers)])),
        "largest_difference_from_keras": float(np.abs(answers - logits[: len(answers)]).max()),
        "time_beside_litert": round(fastest[name] / fastest["leaf.tflite"], 2),
    }
about = {"parameters": model.count_params(), "images": len(test_images)}
print(json.dumps(about | {"files": measured}))
"""
NAMES = {
    "leaf.tflite": "LiteRT, 32-bit floats",
    "leaf-int8.tflite": "LiteRT, 8 bits",
    "leaf.onnx": "ONNX, 32-bit floats",
}


def measure() -> dict:
    """Run the page and what is measured behind it; return the record without its surroundings."""
    notebook = nbformat.read(PAGE, as_version=4)
    # The page's own checks compare with the record that is made here.
    notebook.cells = [cell for cell in notebook.cells if cell.id not in ("onnx-recorded", "checks")]
    notebook.cells.append(nbformat.v4.new_code_cell("import json\n" + MEASURE))
    NotebookClient(
        notebook, timeout=1200, resources={"metadata": {"path": str(PAGE.parent)}}
    ).execute()
    printed = [output.text for output in notebook.cells[-1].outputs if output.name == "stdout"]
    return json.loads("".join(printed))


def table(record: dict) -> str:
    """The record as Markdown: a row for each file."""
    lines = [
        "| file | size | same class as Keras | largest difference of a logit | time of an image |",
        "|---|---|---|---|---|",
    ]
    for name, title in NAMES.items():
        file = record["files"][name]
        lines.append(
            f"| {title} | {file['bytes'] / 1000:.0f} kB | {file['same_class_as_keras']:.1%} | "
            f"{file['largest_difference_from_keras']:.1g} | {file['time_beside_litert']:.2f} × |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the record and its table."""
    load = round(os.getloadavg()[0], 1)
    record = measure() | {
        "versions": {
            name: version(name)
            for name in ("keras", "tensorflow", "ai-edge-litert", "onnx", "tf2onnx", "onnxruntime")
        },
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_before": load,
    }
    (RESULTS / "exports.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    said = (
        f"On {record['images']} test images, with onnxruntime {record['versions']['onnxruntime']} "
        f"and ai-edge-litert {record['versions']['ai-edge-litert']}; {record['processor']}, one "
        f"thread, the fastest of nine turns (load of the machine when it began: {load})."
    )
    (RESULTS / "exports.md").write_text(f"{table(record)}\n\n{said}\n", encoding="utf-8")
    print(table(record))


if __name__ == "__main__":
    main()
