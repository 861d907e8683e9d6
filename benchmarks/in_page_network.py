"""The chapter's own network in the page, against TensorFlow.js on the processor, in one page.

Both run the same network (batch norm folded into the convolutions) on the same picture, turn by
turn, in headless Chromium; their logits are compared first. Counted is the processor time of the
script for one forward pass, which a busy machine distorts less than the clock's time, given beside
it. TensorFlow.js is spared the scaling of the picture, and uses its fused convolutions. It is
fetched with ``npm pack`` into a folder for caches, so npm must be there.

    python benchmarks/in_page_network.py

writes ``benchmarks/results/in_page_network.json`` and the table ``in_page_network.md`` beside it.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "widgets"))

from harness import load_module, page_source  # noqa: E402

from convbook.browser import chromium  # noqa: E402
from convbook.widgets._page_network import pocket_network  # noqa: E402

VERSION = "4.22.0"
ROUNDS, WARM_UP = 60, 15
MOST_MILLISECONDS, LEAST_RATIO = 25, 3

SET_UP = """async ([nodes, weights, pixels]) => {
  const raw = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  const numbers = module.readHalves(new DataView(raw.buffer));
  const network = module.makeFastNetwork(nodes, numbers);
  const picture = Float32Array.from(pixels);
  await tf.setBackend("cpu");
  const at = [];
  nodes.forEach((node, i) => {
    const from = Array.isArray(node.from) ? at[node.from[0]] : at[node.from];
    if (node.op === "input") at[i] = tf.input({ shape: [node.height, node.width, node.channels] });
    if (node.op === "conv") at[i] = convolution(node, numbers).apply(from);
    if (node.op === "pool") at[i] = tf.layers.maxPooling2d({ poolSize: node.size }).apply(from);
    if (node.op === "add") {
      const sum = tf.layers.add().apply(node.from.map((j) => at[j]));
      at[i] = node.relu ? tf.layers.reLU().apply(sum) : sum;
    }
    if (node.op === "mean") at[i] = tf.layers.globalAveragePooling2d({}).apply(from);
    if (node.op === "dense") at[i] = dense(node, numbers).apply(from);
  });
  const model = tf.model({ inputs: at[0], outputs: at.at(-1) });
  const { channels, height, width, scale, offset } = nodes[0];
  const planar = tf.tensor(picture, [1, channels, height, width]);
  const input = planar.transpose([0, 2, 3, 1]).mul(scale).add(offset);
  window.ours = () => Array.from(module.runNetwork(network, picture).at(-1));
  window.theirs = () => Array.from(tf.tidy(() => model.predict(input).dataSync()));
  // In a task of its own: only there does the browser count it as script.
  window.timed = (run) => new Promise((done) => setTimeout(() => {
    const start = performance.now();
    run();
    done(performance.now() - start);
  }));
  return [ours(), theirs(), tf.getBackend()];

  function convolution(node, all) {
    const count = node.out * node.in * node.size ** 2;
    const scaled = all.slice(node.at, node.at + count);
    const taps = count / node.out;
    if (node.scale) scaled.forEach((v, i) => (scaled[i] = v * node.scale[Math.floor(i / taps)]));
    const kernel = tf.tensor(scaled, [node.out, node.in, node.size, node.size]);
    const layer = tf.layers.conv2d({ filters: node.out, kernelSize: node.size,
      padding: node.pad > 0 ? "same" : "valid", activation: node.relu ? "relu" : "linear" });
    const ready = [kernel.transpose([2, 3, 1, 0]), tf.tensor1d(node.bias)];
    return withWeights(layer, [null, null, null, node.in], ready);
  }

  function dense(node, all) {
    const matrix = tf.tensor(all.slice(node.at, node.at + node.out * node.in), [node.out, node.in]);
    const layer = tf.layers.dense({ units: node.out });
    return withWeights(layer, [null, node.in], [matrix.transpose(), tf.tensor1d(node.bias)]);
  }

  function withWeights(layer, shape, weights) {
    layer.build(shape);
    layer.setWeights(weights);
    return layer;
  }
}"""


def tensorflow_js() -> str:
    """The source of TensorFlow.js, from the cache folder or from the npm registry."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "convbook-benchmarks"
    package = cache / f"tensorflow-tfjs-{VERSION}.tgz"
    if not package.is_file():
        if shutil.which("npm") is None:
            raise SystemExit("this benchmark fetches TensorFlow.js with npm; install npm first")
        cache.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"@tensorflow/tfjs@{VERSION}"]
        subprocess.run(command, cwd=cache, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(package) as files:
        return files.extractfile("package/dist/tf.min.js").read().decode("utf-8")


def picture() -> np.ndarray:
    """A part of a photograph as the network takes it, float32 (3, 32, 32) in [0, 1]."""
    from PIL import Image
    from skimage import data

    square = Image.fromarray(data.chelsea()[:, 75:375]).resize((32, 32), Image.Resampling.BOX)
    return (np.asarray(square, np.float32) / 255).transpose(2, 0, 1)


def measure(page) -> tuple[dict, float]:
    """Milliseconds of each forward pass by library and clock, and how far apart the logits are."""
    page.set_content(page_source())
    page.add_script_tag(content=tensorflow_js())
    load_module(page, "shared/cnn_fast.js")
    nodes, weights = pocket_network()
    numbers = picture().ravel().tolist()
    argument = [nodes, base64.b64encode(weights).decode(), numbers]
    ours, theirs, backend = page.evaluate(SET_UP, argument)
    if backend != "cpu":
        raise RuntimeError(f"TensorFlow.js runs on {backend!r}, not on the processor")
    apart = float(np.abs(np.subtract(ours, theirs)).max())
    if apart > 1e-3:
        raise RuntimeError(f"the two networks are not the same: logits are {apart:g} apart")

    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def script_so_far() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "ScriptDuration")

    times = {name: {"script": [], "clock": []} for name in ("ours", "theirs")}
    for turn in range(WARM_UP + ROUNDS):
        for name, kinds in times.items():
            before = script_so_far()
            clock = page.evaluate(f"timed({name})")
            if turn >= WARM_UP:
                kinds["script"].append(1_000 * (script_so_far() - before))
                kinds["clock"].append(clock)
    return times, apart


def summary(times: dict, apart: float, browser_version: str) -> dict:
    """Medians and 95th percentiles in ms, and how many times faster the page's own network is."""
    result = {
        "unit": "ms for one forward pass of the chapter's own network, 32 × 32 picture",
        "browser": browser_version,
        "tensorflow_js": f"{VERSION}, backend cpu",
        "rounds": ROUNDS,
        "largest_difference_of_logits": float(f"{apart:.2g}"),
    }
    for name, kinds in times.items():
        result[name] = {
            kind: dict(
                zip(("median", "p95"), np.percentile(v, [50, 95]).round(2).tolist(), strict=True)
            )
            for kind, v in kinds.items()
        }
    ratio = result["theirs"]["script"]["median"] / result["ours"]["script"]["median"]
    return result | {"times_faster": round(ratio, 1)}


def table(result: dict) -> str:
    """The result as Markdown."""
    rows = [
        f"| {title} | {result[name]['script']['median']} | {result[name]['script']['p95']} | "
        f"{result[name]['clock']['median']} |"
        for name, title in (("ours", "this book's `cnn.js`"), ("theirs", "TensorFlow.js, cpu"))
    ]
    return "\n".join(
        [
            "One forward pass of the chapter's own network in Chromium, milliseconds",
            "",
            "| | script, median | script, 95 % | clock, median |",
            "|---|---|---|---|",
            *rows,
            "",
            f"`cnn.js` is {result['times_faster']} times as fast; the aims are {LEAST_RATIO} times "
            f"and at most {MOST_MILLISECONDS} ms.",
            "",
        ]
    )


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(300_000)
        result = summary(*measure(page), browser.version)
        browser.close()
    target = HERE / "results" / "in_page_network.json"
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    target.with_suffix(".md").write_text(table(result), encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
