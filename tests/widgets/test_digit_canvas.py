"""DigitCanvas: the page prepares and reads a drawing as Python does."""

import base64
import json

import harness
import numpy as np
import pytest

from convbook.models.in_numpy import load_mnist_network
from convbook.widgets import DigitCanvas
from convbook.widgets.digit_canvas import SIDE, prepared, stroked

VALUES = (
    "Object.fromEntries([...document.querySelectorAll('[data-cb]')]"
    ".map((el) => [el.dataset.cb, el.dataset.value]))"
)


def random_ink(rng):
    """A digit as drawn, moved about, thinned, or nothing but a few dots."""
    ink = stroked(int(rng.integers(10)))
    kind = rng.integers(4)
    if kind == 0:
        ink = np.roll(ink, rng.integers(-12, 13, 2), axis=(0, 1))
    elif kind == 1:
        ink = (ink * (rng.random((SIDE, SIDE)) < 0.8)).astype(np.uint8)
    elif kind == 2:
        ink = np.zeros((SIDE, SIDE), np.uint8)
        ink[rng.integers(0, SIDE, 3), rng.integers(0, SIDE, 3)] = 255
    return ink


@pytest.mark.browser
@pytest.mark.parametrize("engine", [True, False], ids=["engine", "plain JavaScript"])
def test_50_random_drawings_are_read_as_python_reads_them(open_page, engine):
    rng = np.random.default_rng(1)
    page = open_page(DigitCanvas())
    if engine:
        page.get_by_role("button", name="Draw a 7 for me").press("Enter")
        page.wait_for_selector("[data-engine=relaxed], [data-engine=plain]")
    for _ in range(50):
        ink = random_ink(rng).tobytes()
        state = {"node": int(rng.choice([1, 2, 3, 4])), "feature_map": int(rng.integers(20))}
        state |= {"row": int(rng.integers(24)), "column": int(rng.integers(24))}
        page.evaluate(
            "([s, b]) => setState(s, b)", [state, {"ink": base64.b64encode(ink).decode()}]
        )
        ours = DigitCanvas(ink=ink)
        shown = page.evaluate(VALUES)
        np.testing.assert_allclose(
            json.loads(shown["probabilities"]), ours.probabilities, atol=1e-4
        )
        if ours.probabilities.max() > 0.6 and ours.seen.any():
            assert shown["answer"] == str(ours.digit)
        maps = activations(ours, state["node"])
        c, row, column = (
            min(state[name], size - 1)
            for name, size in zip(("feature_map", "row", "column"), maps.shape, strict=True)
        )
        assert float(shown["sum"]) == pytest.approx(maps[c, row, column], abs=1e-4)


def activations(widget, node):
    """Feature maps after a convolution with its ReLU (1, 3) or after a pooling (2, 4)."""
    x = widget.seen[None, None].astype(np.float32)
    for layer in load_mnist_network().layers[: {1: 2, 2: 3, 3: 5, 4: 6}[node]]:
        x = layer.forward(x)
    return x[0]


@pytest.mark.browser
def test_a_digit_can_be_drawn_cleared_and_asked_for_by_keyboard(open_page):
    page = open_page(DigitCanvas())
    page.get_by_role("button", name="Clear").click()
    page.evaluate("frame()")
    assert page.evaluate("shown()")["answer"] == "Nothing is drawn yet"
    page.get_by_role("button", name="Draw a 7 for me").press("Enter")
    page.evaluate("frame()")
    assert page.evaluate(VALUES)["answer"] == "7"
    page.get_by_role("button", name="Clear").click()
    box = page.locator("canvas.cb-pad").bounding_box()
    page.mouse.move(box["x"] + 120, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 118, box["y"] + 190, steps=8)
    page.mouse.up()
    page.evaluate("frame()")
    assert page.evaluate(VALUES)["answer"] == "1"


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_that_is_drawn_for_the_reader_is_read_right(digit):
    assert DigitCanvas(digit=digit).digit == digit


def test_an_empty_drawing_is_prepared_without_a_warning():
    assert not prepared(np.zeros((SIDE, SIDE))).any()


@pytest.mark.browser
@pytest.mark.data
def test_mnist_through_the_widgets_own_preparation_is_read_right_97_times_in_100(open_page):
    from convbook.data import load
    from convbook.widgets._page_network import digit_network

    data = load("mnist", quiet=True)
    page = open_page()
    functions = ("makeNetwork", "prepareDigit", "readSingles", "runNetwork")
    page.evaluate("source => run(source)", harness.page_module("digit_canvas.js", *functions))
    nodes, weights = digit_network()
    images = data.x_test[:2000, ..., 0]
    answers = page.evaluate(
        """([nodes, weights, images, count]) => {
          const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
          const { makeNetwork, readSingles, runNetwork, prepareDigit } = module;
          const net = makeNetwork(nodes, readSingles(new DataView(bytes(weights).buffer)));
          const all = bytes(images);
          return Array.from({ length: count }, (_, i) => {
            const ink = Float64Array.from(all.subarray(i * 784, (i + 1) * 784), (v) => v / 255);
            const logits = runNetwork(net, Float32Array.from(prepareDigit(ink, 28, 28))).at(-1);
            return logits.indexOf(Math.max(...logits));
          });
        }""",
        [nodes, base64.b64encode(weights).decode(), base64.b64encode(images).decode(), len(images)],
    )
    assert np.mean(answers == data.y_test[:2000]) >= 0.97
