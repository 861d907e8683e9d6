"""The network that runs in the page: forward and backward as in convbook.nn."""

import base64

import harness
import numpy as np
import pytest

from convbook.nn import Conv2D, Dense, Flatten, GlobalAvgPool2D, MaxPool2D, ReLU, Sequential
from convbook.widgets._page_network import _Builder

pytestmark = pytest.mark.browser

RUN = """([nodes, weights, pixels, target, classIndex]) => {
  const raw = Uint8Array.from(atob(weights), (c) => c.charCodeAt(0));
  const network = module.makeFastNetwork(nodes, module.readHalves(new DataView(raw.buffer)));
  const given = module.runNetwork(network, Float32Array.from(pixels));
  const map = module.gradCamMap(network, given, target, classIndex);
  return { logits: [...given.at(-1)], maps: [...given[target]],
    gradient: [...module.gradientAt(network, given, target, classIndex)],
    map: [...map.data], size: [map.height, map.width] };
}"""


@pytest.fixture
def run(open_page):
    page = open_page()
    harness.load_module(page, "shared/cnn_back.js", "shared/cnn_fast.js")

    def run(page_network, x, target, class_index):
        nodes, weights = page_network
        arguments = [
            nodes,
            base64.b64encode(weights).decode(),
            x.ravel().tolist(),
            target,
            class_index,
        ]
        return page.evaluate(RUN, arguments)

    return run


def rounded(layers):
    """Give every layer weights that 16 bits hold exactly, and biases that are not zero."""
    rng = np.random.default_rng(3)
    for layer in layers:
        for name, values in layer.params.items():
            noise = rng.normal(0, 0.2, values.shape) if name == "bias" else values
            layer.params[name] = noise.astype(np.float16).astype(np.float32)
    return layers


def test_residual_network_forward_gradient_and_grad_cam_agree_with_numpy(run):
    rng = np.random.default_rng(0)
    first, a, b, dense = rounded(
        [
            Conv2D(3, 6, 3, padding=1),
            Conv2D(6, 6, 3, padding=1),
            Conv2D(6, 6, 3, padding=1),
            Dense(6, 4),
        ]
    )
    page = _Builder(3, 9, 7, scale=4.0, offset=-2.0)
    page.conv(first.params["weight"], first.params["bias"], "first", pad=1)
    page.add("pool", size=2, name="pool")
    page.conv(a.params["weight"], a.params["bias"], "a", pad=1)
    page.conv(b.params["weight"], b.params["bias"], "b", pad=1, relu=False)
    page.nodes.append({"op": "add", "name": "out", "from": [2, 4], "relu": True})
    page.add("mean")
    page.dense(dense.params["weight"], dense.params["bias"])

    x = rng.random((1, 3, 9, 7)).astype(np.float32)
    relus = [ReLU() for _ in range(3)]
    pool, mean = MaxPool2D(2), GlobalAvgPool2D()
    stem = relus[0].forward(first.forward(4 * x - 2, training=True), training=True)
    low = pool.forward(stem, training=True)
    branch = b.forward(
        relus[1].forward(a.forward(low, training=True), training=True), training=True
    )
    out = relus[2].forward(low + branch, training=True)
    logits = dense.forward(mean.forward(out, training=True), training=True)

    upstream = mean.backward(dense.backward(np.eye(4, dtype=np.float32)[[2]]))
    inside = relus[2].backward(upstream)
    at_low = inside + a.backward(relus[1].backward(b.backward(inside)))
    at_stem = pool.backward(at_low)

    for target, maps, gradient in ((1, stem, at_stem), (5, out, upstream)):
        got = run(page.packed(), x, target, 2)
        np.testing.assert_allclose(got["logits"], logits[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(got["maps"], maps.ravel(), rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(got["gradient"], gradient.ravel(), rtol=1e-4, atol=1e-5)
        raw = np.maximum((gradient.mean(axis=(2, 3), keepdims=True) * maps).sum(axis=1), 0)
        expected = raw / (raw.max() + 1e-8)
        assert got["size"] == list(maps.shape[2:])
        np.testing.assert_allclose(got["map"], expected.ravel(), rtol=1e-3, atol=1e-4)


def test_valid_five_by_five_convolutions_and_flattening_agree_with_numpy(run):
    layers = [
        Conv2D(1, 5, 5),
        ReLU(),
        MaxPool2D(2),
        Conv2D(5, 7, 3),
        ReLU(),
        Flatten(),
        Dense(7 * 16, 10),
    ]
    network = Sequential(layers, input_shape=(1, 16, 16), seed=2)
    rounded(network.layers)
    page = _Builder(1, 16, 16)
    page.conv(layers[0].params["weight"], layers[0].params["bias"], "one", pad=0)
    page.add("pool", size=2, name="pool")
    page.conv(layers[3].params["weight"], layers[3].params["bias"], "two", pad=0)
    page.dense(layers[6].params["weight"], layers[6].params["bias"])
    x = np.random.default_rng(1).random((1, 1, 16, 16)).astype(np.float32)
    got = run(page.packed(), x, 1, 3)
    np.testing.assert_allclose(got["logits"], network.predict(x)[0], rtol=1e-4, atol=1e-4)


def test_half_precision_numbers_are_read_as_numpy_writes_them(open_page):
    page = open_page()
    harness.load_module(page, "shared/cnn_back.js", "shared/cnn_fast.js")
    values = np.array([0, 1, -2.5, 65504, 6.1e-5, 5.96e-8, -3.1416, 0.1], np.float16)
    read = page.evaluate(
        "text => [...module.readHalves(new DataView("
        "Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer))]",
        base64.b64encode(values.tobytes()).decode(),
    )
    assert read == values.astype(float).tolist()
