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
        state = {"node": int(rng.choice([1, 2, 3, 4, 5])), "feature_map": int(rng.integers(20))}
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
        value = pytest.approx(maps[c, row, column], abs=1e-4)
        assert float(shown["activation"]) == float(shown["position"]) == value


def activations(widget, node):
    """Feature maps after a convolution with its ReLU (1, 3) or a pooling (2, 4), or logits (5)."""
    x = widget.seen[None, None].astype(np.float32)
    for layer in load_mnist_network().layers[: {1: 2, 2: 3, 3: 5, 4: 6, 5: None}[node]]:
        x = layer.forward(x)
    return x.reshape(x.shape[1], -1, 1) if node == 5 else x[0]


def shown_number(text: str) -> float:
    return harness.read_number(text.lstrip("+"))


@pytest.mark.browser
@pytest.mark.parametrize(("node", "terms"), [(1, 1), (3, 8), (5, 20)])
def test_the_shares_and_the_bias_add_up_as_they_are_shown(open_page, node, terms):
    page = open_page(DigitCanvas(node=node, feature_map=3, row=5, column=4))
    for input_channel in range(terms):
        page.evaluate("state => setState(state)", {"input_channel": input_channel})
        parts = page.locator(".cb-term .cb-share").all_inner_texts()
        total = sum(round(10_000 * shown_number(text)) for text in parts)
        assert (
            page.locator("[data-cb=sum]")
            .inner_text()
            .endswith(f"{total / 10_000:.4f}.".replace("-", "\N{MINUS SIGN}"))
        )
        products = page.locator("[data-part='= products'] td").all_inner_texts()
        share = page.locator("[data-cb=share]").inner_text().rstrip(".").rpartition(" ")[2]
        assert sum(round(10_000 * shown_number(text)) for text in products) == round(
            10_000 * shown_number(share)
        )
    assert page.locator("[data-cb=sum]").inner_text().startswith(f"{terms} share")


@pytest.mark.browser
def test_all_layers_stand_side_by_side_and_the_place_is_kept_through_them(open_page):
    page = open_page(DigitCanvas(row=12, column=14))
    layers = page.locator(".cb-layer")
    assert layers.count() == 5
    boxes = [layers.nth(i).bounding_box() for i in range(5)]
    assert len({box["y"] for box in boxes}) == 1
    places = {}
    for i in (1, 2, 3, 4, 2, 0):
        layers.nth(i).locator(".cb-mosaic").click(position={"x": 8, "y": 8})
        page.evaluate("frame()")
        node, row, column = (
            page.evaluate(f"models[0].get('{name}')") for name in ("node", "row", "column")
        )
        assert node == i + 1
        places[node] = (row, column)
        assert page.locator("[data-cb=position]").inner_text().split(",")[0].split(":")[0] == (
            page.locator(".cb-is-open b").inner_text()
        )
    # Convolution 1 sees 5 rows from its own on, pooling 1 six from twice its own.
    assert places[2] == (6, 7)
    assert places[3] == (4, 5)
    assert places[1] == (12, 14)


@pytest.mark.browser
def test_what_a_number_sees_is_outlined_and_hovering_moves_it(open_page):
    page = open_page(DigitCanvas(node=3, row=2, column=3))
    outline = page.locator(".cb-context .cb-box").nth(1)
    styles = "el => [el.style.top, el.style.left, el.style.height, el.style.width].map(parseFloat)"
    expected = [100 * part / 28 for part in (4, 6, 14, 14)]
    assert outline.evaluate(styles) == pytest.approx(expected, abs=0.01)
    sheet = page.locator(".cb-context .cb-sheet").first
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.05)
    page.evaluate("frame()")
    assert page.evaluate("[models[0].get('row'), models[0].get('column')]") == [0, 7]
    assert outline.evaluate(styles)[:2] == pytest.approx([0, 50], abs=0.01)


@pytest.mark.browser
def test_dense_and_softmax_can_be_opened(open_page):
    page = open_page(DigitCanvas(digit=7))
    assert page.get_by_text("Softmax", exact=True).is_hidden()
    grid = page.get_by_role("grid", name="logits")
    grid.locator("[tabindex='0']").focus()
    for key in ("Enter", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
        page.evaluate("frame()")
    assert page.evaluate("models[0].get('feature_map')") == 7
    rows = page.get_by_role("table", name="Softmax").locator("tbody tr").all()
    cells = [[text.strip() for text in row.locator("td").all_inner_texts()] for row in rows]
    assert [row[0] for row in cells] == [str(digit) for digit in range(10)]
    powers = [round(10_000 * shown_number(row[2])) for row in cells]
    words = page.locator("[data-cb=softmax]").inner_text()
    assert f"add up to {sum(powers) / 10_000:.4f};" in words
    share = DigitCanvas(digit=7).probabilities[7]
    assert float(page.locator("[data-cb=softmax]").get_attribute("data-value")) == (
        pytest.approx(share, abs=1e-4)
    )
    assert "softmax makes" in page.locator("[data-cb=activation]").inner_text()
    page.get_by_role("button", name="Where does it come from?").click()
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('node')") == 4


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


WHERE = [".cb-pad", ".cb-seen", ".cb-pictures canvas[role=img]", ".cb-three-parts canvas"]
GIVEN = """(names) => names.map(
  (name) => {
    const canvas = document.querySelector(name);
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const pixels = [...Array(data.length / 4).keys()].map((i) => [...data.slice(4 * i, 4 * i + 3)]);
    return {
      grey: pixels.every(([red, green, blue]) => red === green && green === blue),
      corner: pixels[0][0],
      most: Math.max(...pixels.map(([red]) => red)),
    };
  })"""


@pytest.mark.browser
def test_what_the_network_is_given_is_white_on_black_and_grey_wherever_it_is_shown(open_page):
    page = open_page(DigitCanvas(row=12, column=12))
    page.get_by_role("button", name="Draw a 3 for me").press("Enter")
    page.evaluate("frame()")
    drawing, seen, image, patch = page.evaluate(GIVEN, WHERE)
    assert all(shown["grey"] and shown["most"] >= 250 for shown in (drawing, seen, image, patch))
    assert drawing["corner"] == seen["corner"] == image["corner"] == 0
