"""The page's network engine beside cnn.js, TensorFlow.js (WASM) and onnxruntime-web, in one page.

All run the same networks on the same image, one thread each, turn by turn, in headless Chromium and
then in headless Firefox; their logits are compared first. The clock counts, because what
onnxruntime-web does is not counted as script: run it on a quiet machine. The libraries are fetched
with ``npm pack`` into a folder for caches, and ``onnx`` writes the models (``pip install onnx``);
Firefox is Playwright's, or the one on the PATH, or the one that the variable FIREFOX names. What is
missing is left out, and the output says so.

Beside the times stands how far they could go: the multiply-adds a second of a bare loop that never
leaves the registers, and the share of it that each kind of MobileNetV2's layers reaches by itself.

    python benchmarks/engine.py [ROUNDS]

writes ``benchmarks/results/engine.json`` and the table ``engine.md`` beside it.
"""

from __future__ import annotations

import base64
import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from playwright.sync_api import Playwright, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "widgets")]

from browsing import FLAGS, chromium  # noqa: E402
from engine_onnx import write_onnx  # noqa: E402
from harness import load_module, page_source  # noqa: E402
from marionette import PREFERENCES, Firefox, firefox  # noqa: E402

from convbook.data import load, photograph  # noqa: E402
from convbook.widgets import _bundle  # noqa: E402
from convbook.widgets._imagenet_network import imagenet_network  # noqa: E402
from convbook.widgets._page_network import pocket_network  # noqa: E402
from convbook.widgets.engine.build import BINARIES  # noqa: E402
from convbook.widgets.engine.build import HERE as BINARY_FOLDER  # noqa: E402

PACKAGES = {
    "@tensorflow/tfjs": "4.22.0",
    "@tensorflow/tfjs-backend-wasm": "4.22.0",
    "onnxruntime-web": "1.30.0",
}
MODULES = (
    "shared/open_network.js", "shared/imagenet.js", "shared/training_engine.js",
    "shared/trainer_on.js", "shared/new_network.js", "shared/chance.js",
)  # fmt: skip
#: Where the page finds the libraries.
TENSORFLOW = "/@tensorflow"
BACKEND = f"{TENSORFLOW}/tfjs-backend-wasm/package/dist/"
ONNX = "/onnxruntime-web/package/dist/"
KINDS = ("relaxed", "plain")
WARM_UP = 8
#: Ratios that are aimed at: (ours, theirs, at least).
AIMS = (
    ("MobileNetV2 forward, relaxed", "MobileNetV2 forward, tfjs-wasm", 1.6),
    ("MobileNetV2 forward, relaxed", "MobileNetV2 forward, onnxruntime-web", 2.0),
    ("MobileNetV2 forward, plain", "MobileNetV2 forward, tfjs-wasm", 1.3),
    ("MobileNetV2 forward, plain", "MobileNetV2 forward, onnxruntime-web", 1.6),
    ("pocket forward, relaxed", "pocket forward, script", 8.0),
    ("pocket forward, relaxed", "pocket forward, tfjs-wasm", 2.0),
    ("pocket Grad-CAM at stem_relu, relaxed", "pocket Grad-CAM at stem_relu, script", 8.0),
)


def fetch(folder: Path, name: str) -> bool:
    """Unpack an npm package into ``folder``/name; False where npm is missing or refuses."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "convbook-benchmarks"
    version = PACKAGES[name]
    package = cache / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not package.is_file():
        if shutil.which("npm") is None:
            return False
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        if subprocess.run(command, cwd=cache, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    with tarfile.open(package) as files:
        files.extractall(folder / name, filter="data")
    return True


def image(size: int) -> np.ndarray:
    """A part of a photograph as the networks take it, float32 (3, size, size) in [0, 1]."""
    from PIL import Image

    square = Image.fromarray(photograph("chelsea").image[:, 75:375])
    pixels = np.asarray(square.resize((size, size), Image.Resampling.BICUBIC), np.float32)
    return (pixels / 255).transpose(2, 0, 1)


def networks() -> list[dict]:
    found = []
    for name, (nodes, weights), form, size, layers in (
        ("pocket", pocket_network(), "f2", 32, ("stem_relu", "stage2_block3_out")),
        ("MobileNetV2", imagenet_network(), "i1", 224, ("out_relu", "block_6_expand_relu")),
    ):
        cams = [i for i, node in enumerate(nodes) if node.get("name") in layers]
        pixels = base64.b64encode(np.ascontiguousarray(image(size)).tobytes()).decode()
        given = {"name": name, "nodes": nodes, "form": form, "image": pixels, "cams": cams}
        found.append(given | {"weights": base64.b64encode(weights).decode()})
    return found


def digits() -> dict:
    data = load("digits", quiet=True)
    images = np.concatenate([data.x_train, data.x_test]).astype(np.float32)
    images = np.ascontiguousarray(images.reshape(len(images), -1) / images.max())
    labels = [int(y) for y in (*data.y_train, *data.y_test)]
    text = base64.b64encode(images.tobytes()).decode()
    return {"images": text, "labels": labels, "train": len(data.x_train)}


def serve(folder: Path) -> str:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = {".wasm": "application/wasm", ".mjs": "text/javascript"}  # noqa: RUF012

        def log_message(self, *args):
            pass

        def end_headers(self):
            # A page apart from all others is given a clock of 5 microseconds instead of 100.
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            super().end_headers()

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class Page(Protocol):
    """A page of some browser: Playwright's, or ``marionette.Firefox``."""

    def goto(self, address: str) -> object: ...

    def evaluate(self, function: str, argument: Any = None) -> Any: ...


@contextmanager
def chromium_page(playwright: Playwright) -> Iterator[tuple[str, Page]]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    page = browser.new_page()
    page.set_default_timeout(600_000)
    yield f"Chromium {browser.version}", page
    browser.close()


@contextmanager
def firefox_page(playwright: Playwright) -> Iterator[tuple[str, Page] | None]:
    if Path(playwright.firefox.executable_path).is_file():
        browser = playwright.firefox.launch(firefox_user_prefs=PREFERENCES)
        page = browser.new_page()
        page.set_default_timeout(600_000)
        yield f"Firefox {browser.version}", page
        browser.close()
    elif (executable := firefox()) is not None:
        stock = Firefox(executable)
        yield stock.version, stock
        stock.close()
    else:
        yield None


def prepare(folder: Path) -> tuple[dict, str]:
    """What the page is given, and its address; its libraries are served beside it."""
    given = {"networks": networks(), "digits": digits()}
    given["tensorflow"] = all(fetch(folder, name) for name in list(PACKAGES)[:2])
    given["onnx"] = fetch(folder, "onnxruntime-web")
    try:
        for network in given["networks"] if given["onnx"] else ():
            write_onnx(folder, network)
    except ImportError:
        given["onnx"] = False
    scripts = []
    if given["tensorflow"]:
        scripts += [f"{TENSORFLOW}/tfjs/package/dist/tf.min.js", f"{BACKEND}tf-backend-wasm.min.js"]
    if given["onnx"]:
        scripts += [f"{ONNX}ort.wasm.min.js"]
    (folder / "engine.js").write_text((HERE / "engine.js").read_text("utf-8"), "utf-8")
    tags = "".join(f'<script src="{source}"></script>' for source in [*scripts, "/engine.js"])
    (folder / "index.html").write_text(page_source().replace("</body>", f"{tags}</body>"), "utf-8")
    return given, serve(folder)


def measure(page: Page, given: dict, address: str, rounds: int) -> dict:
    page.goto(address)
    load_module(page, *MODULES)
    if given["tensorflow"]:
        page.evaluate(
            "async (path) => { tf.wasm.setWasmPaths(path); tf.wasm.setThreadsCount(1);"
            " await tf.setBackend('wasm'); await tf.ready(); }",
            BACKEND,
        )
    if given["onnx"]:
        page.evaluate(
            "async (path) => { ort.env.wasm.numThreads = 1; ort.env.wasm.wasmPaths = path; }",
            f"{address}{ONNX}",
        )
    apart = page.evaluate("async (given) => setUp(given)", given)
    names = page.evaluate("async () => Object.keys(runs)")
    times: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-WARM_UP, rounds):
        for name in names:
            took = page.evaluate("async (name) => timed(name)", name)
            if turn >= 0:
                times[name].append(took)
    milliseconds = {name: statistics.median(found) for name, found in times.items()}
    return {
        "milliseconds": milliseconds,
        "ratios": ratios(milliseconds),
        "logits_apart": apart,
        "peak_gflops": {k: page.evaluate("async (kind) => peak(kind)", k) for k in KINDS},
        "layers": {k: page.evaluate("async (kind) => layerKinds(kind)", k) for k in KINDS},
        "digits_97": {k: page.evaluate("async (kind) => trainDigits(kind)", k) for k in KINDS},
    }


def ratios(milliseconds: dict[str, float]) -> list[dict]:
    return [
        {"ours": ours, "theirs": theirs, "ratio": milliseconds[theirs] / milliseconds[ours],
         "aim": aim}
        for ours, theirs, aim in AIMS
        if {ours, theirs} <= milliseconds.keys()
    ]  # fmt: skip


def sizes() -> dict[str, int]:
    files = {name: (BINARY_FOLDER / name).read_bytes() for name in BINARIES}
    files["engine's JavaScript"] = _bundle.bundle("shared/engine.js").encode()
    return {name: len(gzip.compress(content, mtime=0)) for name, content in files.items()}


def table(result: dict) -> str:
    lines = [
        f"One thread, medians of {result['rounds']} interleaved rounds in each browser. Forward "
        "runs are those of a network whose early layers nobody asks for: after Grad-CAM at an "
        "early layer the next run keeps that block's maps whole, which costs a part of what "
        "strips of rows save."
    ]
    for browser, found in result["browsers"].items():
        if isinstance(found, str):
            lines += ["", f"## {browser}", "", found]
            continue
        lines += ["", f"## {browser}", "", "| run | ms |", "|---|---|"]
        lines += [f"| {name} | {ms:.2f} |" for name, ms in found["milliseconds"].items()]
        lines += ["", "| ours | theirs | times as fast | aim |", "|---|---|---|---|"]
        lines += [
            f"| {one['ours']} | {one['theirs']} | {one['ratio']:.1f} | {one['aim']} |"
            for one in found["ratios"]
        ]
        lines += roofline(found)
    lines += ["", f"Load of the machine at the end: {result['load'][0]:.1f}."]
    return "\n".join(lines) + "\n"


def roofline(found: dict) -> list[str]:
    """Of each kind of layer, by itself: its multiply-adds, and how near it comes to a bare loop."""
    lines = [
        "",
        "| MobileNetV2 | engine | million multiply-adds | ms | billion a second | of a bare loop |",
        "|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        peak = found["peak_gflops"][kind] / 2
        lines.append(f"| what a bare multiply-add loop reaches | {kind} | | | {peak:.1f} | 100 % |")
        layers = found["layers"][kind]
        whole = {"multiply_adds": sum(one["multiply_adds"] for one in layers.values()),
                 "milliseconds": found["milliseconds"][f"MobileNetV2 forward, {kind}"]}  # fmt: skip
        for name, one in (layers | {"the whole network, median": whole}).items():
            rate = one["multiply_adds"] / one["milliseconds"] / 1e6
            lines.append(
                f"| {name} | {kind} | {one['multiply_adds'] / 1e6:.1f} | {one['milliseconds']:.2f} "
                f"| {rate:.1f} | {100 * rate / peak:.0f} % |"
            )
    return lines


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    browsers: dict[str, dict | str] = {}
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        given, address = prepare(Path(scratch))
        for name, opened in (("Chromium", chromium_page), ("Firefox", firefox_page)):
            with opened(playwright) as found:
                if found is None:
                    browsers[name] = "Not measured: no Firefox was found (set FIREFOX to its path)."
                else:
                    version, page = found
                    browsers[version] = measure(page, given, address, rounds)
    result = {
        "rounds": rounds, "browsers": browsers, "gzipped_bytes": sizes(), "load": os.getloadavg(),
    }  # fmt: skip
    results = HERE / "results"
    (results / "engine.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    (results / "engine.md").write_text(table(result), "utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
