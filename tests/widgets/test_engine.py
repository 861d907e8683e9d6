"""The page's network engine: both binaries and plain JavaScript give what Keras gives."""

import base64
import gzip
import importlib.util
import re

import harness
import numpy as np
import pytest

from convbook.nn import Conv2D
from convbook.widgets import _bundle
from convbook.widgets._imagenet_network import imagenet_labels, imagenet_network
from convbook.widgets._page_network import _Builder, pocket_network
from convbook.widgets.engine import build as engine

KINDS = ("relaxed", "plain", "script")
PHOTOGRAPHS = 16
#: What the page runs without WebAssembly is no part of the engine.
REFERENCE = {"cnn.js", "cnn_back.js", "cnn_fast.js", "convolve.js", "script_network.js"}

SET_UP = """async ([kinds, nodes, weights, form]) => {
  const bytes = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  window.networks = {};
  const read = { f2: () => ({ nodes, weights: module.readHalves(new DataView(bytes.buffer)) }),
    f4: () => ({ nodes, weights: module.readSingles(new DataView(bytes.buffer)) }),
    i1: () => module.readImagenet(nodes, bytes.buffer) }[form]();
  for (const kind of kinds) {
    const engine = await module.openEngine(kind);
    if (engine.kind !== kind) throw new Error(engine.words);
    networks[kind] = engine.open(read.nodes, read.weights);
  }
  window.encode = (numbers) => {
    const raw = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    let text = "";
    for (let i = 0; i < raw.length; i += 1) text += String.fromCharCode(raw[i]);
    return btoa(text);
  };
  window.decode = (text) => {
    const raw = atob(text);
    const bytes = Uint8Array.from({ length: raw.length }, (_, i) => raw.charCodeAt(i));
    return new Float32Array(bytes.buffer);
  };
}"""


def text_of(numbers) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode()


def numbers_of(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


class Page:
    """A page with one network in every kind of engine."""

    def __init__(self, page, nodes, weights, form, kinds=KINDS):
        self.page, self.nodes, self.kinds = page, nodes, kinds
        harness.load_module(page, "shared/open_network.js", "shared/imagenet.js")
        page.evaluate(SET_UP, [list(kinds), nodes, base64.b64encode(weights).decode(), form])

    def call(self, kind: str, method: str, *arguments) -> np.ndarray:
        """What a method of the network gives; arrays go in and come back as float32."""
        given = [
            {"array": text_of(one)} if isinstance(one, np.ndarray) else one for one in arguments
        ]
        return numbers_of(
            self.page.evaluate(
                """([kind, method, given]) => {
                  const read = given.map((one) => (one?.array ? decode(one.array) : one));
                  const found = networks[kind][method](...read);
                  return encode(found.data ?? found);
                }""",
                [kind, method, given],
            )
        )

    def index(self, name: str) -> int:
        return next(i for i, node in enumerate(self.nodes) if node.get("name") == name)


def photographs(size: int) -> np.ndarray:
    """Square crops of the book's photographs, (PHOTOGRAPHS, size, size, 3), uint8."""
    from PIL import Image

    from convbook.data.photographs import PHOTOGRAPHS as NAMES
    from convbook.data.photographs import photograph

    crops = []
    for turn in range(PHOTOGRAPHS):
        image = photograph(sorted(NAMES)[turn % len(NAMES)]).image
        image = np.repeat(image[..., None], 3, axis=-1) if image.ndim == 2 else image[..., :3]
        side = min(image.shape[:2]) * (4 - turn // len(NAMES)) // 4
        top, left = ((n - side) * (turn % 3) // 2 for n in image.shape[:2])
        square = Image.fromarray(np.ascontiguousarray(image[top : top + side, left : left + side]))
        crops.append(np.asarray(square.resize((size, size), Image.Resampling.BICUBIC)))
    return np.stack(crops)


def awkward_network() -> tuple[list[dict], bytes]:
    """Odd sizes, channels that fill no panel, every operation, strides and uneven padding."""
    rng = np.random.default_rng(5)
    page = _Builder(3, 17, 13, scale=2.0, offset=-1.0)

    def conv(filters, channels, size, **fields):
        kernel = rng.normal(0, (2 / (channels * size**2)) ** 0.5, (filters, channels, size, size))
        node = page.conv(kernel, rng.normal(0, 0.2, filters), f"n{len(page.nodes)}", 0)
        page.nodes[node] |= fields
        return node

    conv(5, 3, 3, pad=1, stride=2)
    first = conv(12, 5, 5, pad=2, ceiling=1.5)
    conv(12, 1, 3, pad=1)
    page.nodes[-1] |= {"op": "depthwise", "in": 12, "relu": False}
    page.nodes.append(
        {"op": "add", "name": "sum", "from": [first, len(page.nodes) - 1], "relu": True}
    )
    last = conv(12, 12, 1, pad=0, relu=False)
    page.nodes.append({"op": "add", "name": "out", "from": [last - 1, last], "relu": True})
    conv(12, 1, 3, pad=0, padEnd=1, stride=2)
    page.nodes[-1] |= {"op": "depthwise", "in": 12}
    conv(7, 12, 3, pad=1)
    page.add("pool", size=2, name="pool")
    matrix = rng.normal(0, 0.3, (7 * 2 * 1, 9))  # of 2 rows and 1 column
    page.dense(matrix, rng.normal(0, 0.2, 9))
    page.nodes[-1]["relu"] = True
    page.dense(rng.normal(0, 0.5, (9, 4)), rng.normal(0, 0.2, 4))
    return page.packed("<f4")


@pytest.mark.browser
def test_all_engines_agree_on_every_operation_value_and_gradient(open_page):
    nodes, weights = awkward_network()
    page = Page(open_page(), nodes, weights, "f4")
    x = np.random.default_rng(2).random((3, 17, 13)).astype(np.float32)
    upstream = np.array([0.3, -1, 2, 0.5], np.float32)
    found = {}
    for kind in KINDS:
        parts = [page.call(kind, "run", x)]
        for turn in (1, 2):  # what the first time made is used again
            parts += [page.call(kind, "values", i) for i in range(len(nodes))]
            parts += [page.call(kind, "gradient", i, turn) for i in range(len(nodes))]
            parts += [page.call(kind, "gradient", i, upstream) for i in range(len(nodes))]
            parts += [page.call(kind, "gradCam", i, turn) for i in range(1, len(nodes) - 3)]
        found[kind] = parts
    for kind in ("relaxed", "plain"):
        for ours, reference in zip(found[kind], found["script"], strict=True):
            np.testing.assert_allclose(ours, reference, atol=2e-5, rtol=2e-4)
    # The reference itself: its first layer against convbook.nn, and a slope against a difference.
    layer = Conv2D(3, 5, 3, stride=2, padding=1)
    own = np.frombuffer(weights, "<f4")[: 5 * 3 * 9].reshape(5, 3, 3, 3)
    layer.params = {"weight": own, "bias": np.array(nodes[1]["bias"], np.float32)}
    expected = np.maximum(layer.forward(2 * x[None] - 1), 0)
    np.testing.assert_allclose(found["script"][2], expected.ravel(), atol=1e-5)
    at, step = (1, 8, 6), 1e-2
    moved = [x.copy(), x.copy()]
    moved[0][at] += step
    moved[1][at] -= step
    high, low = (page.call("script", "run", one) @ upstream for one in moved)
    page.call("script", "run", x)
    slope = 2 * page.call("script", "gradient", 0, upstream).reshape(x.shape)[at]
    assert (high - low) / (2 * step) == pytest.approx(slope, rel=0.05, abs=2e-3)


def network_in_strips() -> tuple[list[dict], bytes]:
    """Depthwise maps large enough to pass in strips: odd sides, strides, paddings, an addition."""
    rng = np.random.default_rng(7)
    page = _Builder(3, 61, 55)

    def conv(filters, channels, size, **fields):
        kernel = rng.normal(0, (2 / (channels * size**2)) ** 0.5, (filters, channels, size, size))
        page.conv(kernel, rng.normal(0, 0.2, filters), f"n{len(page.nodes)}", 0)
        page.nodes[-1] |= fields

    def block(wide, channels, filters, **depthwise):
        conv(wide, channels, 1, pad=0, ceiling=6)
        conv(wide, 1, depthwise.pop("size", 3), **depthwise)
        page.nodes[-1] |= {"op": "depthwise", "in": wide}
        conv(filters, wide, 1, pad=0, relu=False)

    conv(16, 3, 3, pad=0, padEnd=1, stride=2)
    block(44, 16, 12, pad=1, relu=False)
    block(44, 12, 12, pad=1)
    source = len(page.nodes) - 4
    add = {"op": "add", "name": "sum", "from": [source, source + 3], "relu": True}
    page.nodes.append(add)
    block(52, 12, 9, pad=0)
    block(52, 9, 12, pad=0, padEnd=1, stride=2)
    block(200, 12, 7, pad=2, size=5)
    page.dense(rng.normal(0, 0.3, (7 * 14 * 12, 4)), rng.normal(0, 0.2, 4))
    return page.packed("<f4")


@pytest.mark.browser
def test_maps_that_pass_in_strips_are_whole_when_somebody_asks(open_page):
    nodes, weights = network_in_strips()
    page = Page(open_page(), nodes, weights, "f4")
    for kind in KINDS[:2]:
        ends = "(kind) => networks[kind].plans.filter((plan) => plan.strips).length"
        assert page.page.evaluate(ends, kind) == 5
    images = np.random.default_rng(3).random((3, 3, 61, 55)).astype(np.float32)
    found = {}
    for kind in KINDS:
        parts = []
        # Asked after the first image, not after the second: whole in the second run only.
        for turn, image in enumerate(images):
            parts.append(page.call(kind, "run", image))
            if turn != 1:
                parts += [page.call(kind, "values", i) for i in range(len(nodes))]
                parts += [page.call(kind, "gradient", i, 1) for i in (0, 4, 9)]
        parts.append(page.call(kind, "gradCam", 5, 2))
        found[kind] = parts
    for kind in ("relaxed", "plain"):
        for ours, reference in zip(found[kind], found["script"], strict=True):
            np.testing.assert_allclose(ours, reference, atol=5e-5, rtol=2e-4)


@pytest.mark.browser
def test_a_kernel_at_the_end_of_memory_is_not_read_beyond_its_end(open_page):
    # Back through the addition, the second convolution's turned kernel is made last of all.
    rng = np.random.default_rng(8)
    page = _Builder(3, 3, 4001)
    for number in (1, 2):
        kernel = rng.normal(0, 0.2, (8, 3 if number == 1 else 8, 3, 3))
        page.conv(kernel, rng.normal(0, 0.2, 8), f"n{number}", 0)
        page.nodes[-1] |= {"from": number - 1, "pad": 1, "relu": number == 1}
    page.nodes.append({"op": "add", "name": "sum", "from": [1, 2], "relu": True})
    page.nodes.append({"op": "mean", "from": 3, "name": "mean"})
    page.dense(rng.normal(0, 0.3, (8, 2)), rng.normal(0, 0.2, 2))
    nodes, weights = page.packed("<f4")
    page = Page(open_page(), nodes, weights, "f4")
    image = rng.random((3, 3, 4001)).astype(np.float32)
    found = [[page.call(kind, "run", image), page.call(kind, "gradient", 1, 0)] for kind in KINDS]
    for parts in found[:2]:
        for ours, reference in zip(parts, found[2], strict=True):
            np.testing.assert_allclose(ours, reference, atol=1e-5, rtol=1e-4)


@pytest.mark.browser
def test_the_pocket_network_is_the_same_in_every_engine(open_page):
    nodes, weights = pocket_network()
    page = Page(open_page(), nodes, weights, "f2")
    targets = [
        page.index(name) for name in ("stage2_block3_out", "stage2_block1_b_bn", "stem_relu")
    ]
    for image in photographs(32)[:4]:
        planar = image.transpose(2, 0, 1) / np.float32(255)
        found = []
        for kind in KINDS:
            parts = [page.call(kind, "run", planar)]
            parts += [page.call(kind, "values", i) for i in targets]
            parts += [page.call(kind, "gradCam", i, 3) for i in targets]
            parts.append(page.call(kind, "gradient", 0, 5))
            found.append(parts)
        for parts in found[:2]:
            for ours, reference in zip(parts, found[2], strict=True):
                np.testing.assert_allclose(ours, reference, atol=2e-3)


@pytest.mark.browser
@pytest.mark.keras
def test_mobilenet_gives_keras_logits_top_five_and_grad_cam(open_page):
    from convbook import explain
    from convbook.models.mobilenet import imagenet_classes, load_int8_mobilenet_v2

    model, _ = load_int8_mobilenet_v2()
    images = photographs(224)
    scaled = images / np.float32(127.5) - 1
    expected = explain.logits(model, scaled)
    layers = ("out_relu", "block_13_expand_relu", "block_6_expand_relu")
    chosen = [2, 7, 11]
    classes = expected[chosen].argmax(axis=1)
    maps = {name: explain.grad_cam(model, scaled[chosen], name, classes) for name in layers}
    nodes, weights = imagenet_network()
    assert imagenet_labels() == list(imagenet_classes())
    page = Page(open_page(), nodes, weights, "i1", KINDS[:2])
    for kind in KINDS[:2]:
        for number, image in enumerate(images):
            found = page.call(kind, "run", image.transpose(2, 0, 1) / np.float32(255))
            np.testing.assert_allclose(found, expected[number], atol=1e-3)
            ranked, wanted = (list(np.argsort(-row)[:5]) for row in (found, expected[number]))
            assert ranked == wanted, (number, ranked, wanted)
            for name in layers if number in chosen else ():
                turn = chosen.index(number)
                heat = page.call(kind, "gradCam", page.index(name), int(classes[turn]))
                np.testing.assert_allclose(heat, maps[name][turn].ravel(), atol=1e-2)


@pytest.mark.browser
def test_plain_javascript_runs_mobilenet_too(open_page):
    nodes, weights = imagenet_network(32)
    page = Page(open_page(), nodes, weights, "i1")
    planar = photographs(32)[3].transpose(2, 0, 1) / np.float32(255)
    found = [page.call(kind, "run", planar) for kind in KINDS]
    heat = [page.call(kind, "gradCam", page.index("block_6_expand_relu"), 283) for kind in KINDS]
    for logits, maps in zip(found[:2], heat[:2], strict=True):
        np.testing.assert_allclose(logits, found[2], atol=1e-3)
        np.testing.assert_allclose(maps, heat[2], atol=1e-2)


@pytest.mark.skipif(
    importlib.util.find_spec("ziglang") is None,
    reason="ziglang, which builds the engine, is missing",
)
def test_the_committed_binaries_are_what_the_c_files_give(tmp_path):
    engine.build(tmp_path)
    for name in engine.BINARIES:
        same = (tmp_path / name).read_bytes() == (engine.HERE / name).read_bytes()
        assert same, f"{name} is not what its C file gives: run `make wasm` and commit the result"


@pytest.mark.parametrize(("name", "most"), [("net", 6_000), ("train", 8_000)])
def test_binaries_stay_small(name, most):
    for suffix in (".wasm", "-relaxed.wasm"):
        packed = gzip.compress((engine.HERE / f"{name}{suffix}").read_bytes(), mtime=0)
        assert len(packed) <= most


def test_the_engines_javascript_stays_small():
    names = ("shared/engine.js", "shared/network_on.js", "shared/open_network.js")
    paths = dict.fromkeys(path for name in names for path in _bundle._joined(name))
    own = [path for path in paths if path.suffix == ".js" and path.name not in REFERENCE]
    joined = "\n".join(_bundle._without_modules(path, path.read_text("utf-8")) for path in own)
    # The modules are measured apart, and the text for workers holds the same code once more.
    code = re.sub(r"^const (source|plain|relaxed) = .*$", "", joined, flags=re.MULTILINE)
    assert len(gzip.compress(code.encode(), mtime=0)) <= 8_000
