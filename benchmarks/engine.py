"""The page's network engine beside cnn.js, TensorFlow.js (WASM) and onnxruntime-web, in one page.

All run the same networks on the same image, one thread each, turn by turn, in headless Chromium;
their logits are compared first. The clock counts, because what onnxruntime-web does is not counted
as script: run it on a quiet machine. The libraries are fetched with ``npm pack`` into a folder for
caches, and ``onnx`` writes the models (``pip install onnx``); without one of them its column is
left out, and the output says so.

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
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "tests" / "widgets")]

from browsing import FLAGS, chromium  # noqa: E402
from harness import load_module, page_source  # noqa: E402

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


def write_onnx(folder: Path, network: dict) -> None:
    """The same nodes as an ONNX model, batch norm folded as in the page."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, raw = network["nodes"], base64.b64decode(network["weights"])
    eight = network["form"] == "i1"
    sizes = [
        node["out"] * (1 if node["op"] == "depthwise" else node["in"]) * node.get("size", 1) ** 2
        if "at" in node else 0
        for node in nodes
    ]  # fmt: skip
    weights = np.frombuffer(raw, "i1" if eight else "<f2", count=sum(sizes)).astype(np.float32)
    at = -(-sum(sizes) // 4) * 4
    made, parts = [], [numpy_helper.from_array(np.float32(v), n) for n, v in (("0", 0), ("6", 6))]
    names = ["x"]
    for i, node in enumerate(nodes[1:], 1):
        source = names[node["from"][0] if isinstance(node["from"], list) else node["from"]]
        name = "y" if i == len(nodes) - 1 else f"n{i}"
        if "at" in node:
            if eight:
                pair = np.frombuffer(raw, "<f4", count=2 * node["out"], offset=at)
                at += 8 * node["out"]
                scale, bias = np.split(pair, 2)
            else:
                scale = np.float32(node.get("scale", [1.0] * node["out"]))
                bias = np.float32(node["bias"])
            kernel = weights[node["at"] : node["at"] + sizes[i]].reshape(node["out"], -1)
            kernel = kernel * scale[:, None]
        if node["op"] in ("conv", "depthwise"):
            own = node["op"] == "depthwise"
            shape = (node["out"], 1 if own else node["in"], node["size"], node["size"])
            begin, end = node["pad"], node.get("padEnd", node["pad"])
            settings = {
                "pads": [begin, begin, end, end], "strides": [node.get("stride", 1)] * 2,
                "kernel_shape": [node["size"]] * 2, "group": node["out"] if own else 1,
            }  # fmt: skip
            parts += [
                numpy_helper.from_array(np.ascontiguousarray(kernel.reshape(shape)), f"k{i}"),
                numpy_helper.from_array(np.ascontiguousarray(bias), f"b{i}"),
            ]
            result = f"c{i}" if node.get("relu") else name
            made.append(helper.make_node("Conv", [source, f"k{i}", f"b{i}"], [result], **settings))
        elif node["op"] == "add":
            result = f"s{i}" if node.get("relu") else name
            made.append(helper.make_node("Add", [names[j] for j in node["from"]], [result]))
        elif node["op"] == "pool":
            shape = [node["size"]] * 2
            made.append(
                helper.make_node("MaxPool", [source], [name], kernel_shape=shape, strides=shape)
            )
        elif node["op"] == "mean":
            made.append(helper.make_node("GlobalAveragePool", [source], [f"m{i}"]))
            made.append(helper.make_node("Flatten", [f"m{i}"], [name]))
        else:
            parts += [
                numpy_helper.from_array(np.ascontiguousarray(kernel.T), f"k{i}"),
                numpy_helper.from_array(np.ascontiguousarray(bias), f"b{i}"),
            ]
            made.append(helper.make_node("Gemm", [source, f"k{i}", f"b{i}"], [name]))
        if node.get("relu") and node["op"] != "dense":
            limits = ["0", "6"] if node.get("ceiling") else ["0"]
            made.append(helper.make_node("Clip", [result, *limits], [name]))
        names.append(name)
    shape = [1, 3, nodes[0]["height"], nodes[0]["width"]]
    graph = helper.make_graph(
        made,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, nodes[-1]["out"]])],
        parts,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, folder / f"{network['name']}.onnx")


def serve(folder: Path) -> str:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = {".wasm": "application/wasm", ".mjs": "text/javascript"}  # noqa: RUF012

        def log_message(self, *args):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def measure(rounds: int, folder: Path) -> dict:
    given = {"networks": networks(), "digits": digits()}
    given["tensorflow"] = all(fetch(folder, name) for name in list(PACKAGES)[:2])
    given["onnx"] = fetch(folder, "onnxruntime-web")
    try:
        for network in given["networks"] if given["onnx"] else ():
            write_onnx(folder, network)
    except ImportError:
        given["onnx"] = False
    (folder / "index.html").write_text(page_source(), "utf-8")
    address = serve(folder)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(address)
        load_module(page, *MODULES)
        if given["tensorflow"]:
            base = f"{address}/@tensorflow"
            page.add_script_tag(url=f"{base}/tfjs/package/dist/tf.min.js")
            backend = f"{base}/tfjs-backend-wasm/package/dist"
            page.add_script_tag(url=f"{backend}/tf-backend-wasm.min.js")
            page.evaluate(
                "async (path) => { tf.wasm.setWasmPaths(path); tf.wasm.setThreadsCount(1);"
                " await tf.setBackend('wasm'); await tf.ready(); }",
                f"{backend}/",
            )
        if given["onnx"]:
            dist = f"{address}/onnxruntime-web/package/dist"
            page.add_script_tag(url=f"{dist}/ort.wasm.min.js")
            page.evaluate(
                "(path) => { ort.env.wasm.numThreads = 1; ort.env.wasm.wasmPaths = path; }",
                f"{dist}/",
            )
        page.add_script_tag(path=HERE / "engine.js")
        apart = page.evaluate("given => setUp(given)", given)
        names = page.evaluate("Object.keys(runs)")
        times: dict[str, list[float]] = {name: [] for name in names}
        for turn in range(-WARM_UP, rounds):
            for name in names:
                took = page.evaluate("name => timed(name)", name)
                if turn >= 0:
                    times[name].append(took)
        kinds = ("relaxed", "plain")
        peak = {kind: page.evaluate("kind => peak(kind)", kind) for kind in kinds}
        training = {kind: page.evaluate("kind => trainDigits(kind)", kind) for kind in kinds}
        version = browser.version
        browser.close()
    milliseconds = {name: statistics.median(found) for name, found in times.items()}
    ratios = [
        {"ours": ours, "theirs": theirs, "ratio": milliseconds[theirs] / milliseconds[ours],
         "aim": aim}
        for ours, theirs, aim in AIMS
        if {ours, theirs} <= milliseconds.keys()
    ]  # fmt: skip
    return {
        "browser": f"Chromium {version}", "rounds": rounds, "milliseconds": milliseconds,
        "ratios": ratios, "logits_apart": apart, "peak_gflops": peak, "digits_97": training,
        "gzipped_bytes": sizes(), "load": os.getloadavg(),
    }  # fmt: skip


def sizes() -> dict[str, int]:
    files = {name: (BINARY_FOLDER / name).read_bytes() for name in BINARIES}
    files["engine's JavaScript"] = _bundle.bundle("shared/engine.js").encode()
    return {name: len(gzip.compress(content, mtime=0)) for name, content in files.items()}


def table(result: dict) -> str:
    lines = [
        f"{result['browser']}, one thread, medians of {result['rounds']} interleaved rounds.",
        "",
    ]
    lines += ["| run | ms |", "|---|---|"]
    lines += [f"| {name} | {ms:.2f} |" for name, ms in result["milliseconds"].items()]
    lines += ["", "| ours | theirs | times as fast | aim |", "|---|---|---|---|"]
    lines += [
        f"| {one['ours']} | {one['theirs']} | {one['ratio']:.1f} | {one['aim']} |"
        for one in result["ratios"]
    ]
    lines += ["", f"Load of the machine at the end: {result['load'][0]:.1f}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        result = measure(rounds, Path(folder))
    results = HERE / "results"
    (results / "engine.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    (results / "engine.md").write_text(table(result), "utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
