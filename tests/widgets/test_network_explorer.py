"""NetworkExplorer: what it shows at every level is what the network computes, in Keras too."""

import json
import random
import re

import harness
import numpy as np
import pytest
import waiting
from browsing import axe_violations
from playwright.sync_api import expect
from published import Published
from test_every_widget import ABOUT_PAGES

from convbook.colours import colour_map
from convbook.widgets import NetworkExplorer
from convbook.widgets._imagenet_network import imagenet_file
from convbook.widgets.network_explorer import LEVELS, RECORDED, recorded_limits

DRAWN = "[data-cb-drawn]"
PLACE = {"layer": "stage1_block2_out", "channel": 4, "row": 7, "column": 8}
#: Sets states one after the other, waits for each to be drawn, and reads what is shown of the sum.
SHOW = """async (states) => {
  const place = document.querySelector("[data-cb-drawn]");
  const texts = (css) => [...document.querySelectorAll(css)].filter((el) => el.checkVisibility())
    .map((el) => el.textContent);
  const part = (title) => texts(`[data-part="${title}"] td`);
  const found = [];
  for (const state of states) {
    delete place.dataset.cbDrawn;
    models[0].set("order", models[0].get("order") === "index" ? "activity" : "index");
    for (const [name, value] of Object.entries(state)) models[0].set(name, value);
    while (!place.dataset.cbDrawn) await frame();
    found.push({ shares: texts(".cb-term .cb-share"), products: part("= products"),
      read: part("It reads"), chosen: texts(".cb-term[aria-pressed=true] .cb-share")[0],
      said: texts("[data-cb=sum]")[0], activation: texts("[data-cb=activation]")[0] });
  }
  return found;
}"""
NUMBER = r"(−?[\d,]+\.\d{4})"


def units(text: str) -> int:
    """A shown number with four decimals, in ten thousandths."""
    return round(10_000 * harness.read_number(text.replace("+", "")))


def drawn(page) -> list:
    """Picture, level, layer, channel, row, column and input map that are on the screen."""
    page.wait_for_selector(DRAWN)
    return json.loads(page.locator(DRAWN).get_attribute("data-cb-drawn"))


def arrived(page, level: str) -> None:
    """The level is on the screen, and the keyboard is in it."""
    script = """(level) => {
      const place = document.querySelector("[data-cb-drawn]");
      const [, shown] = JSON.parse(place.dataset.cbDrawn);
      return place.contains(document.activeElement) && shown === level;
    }"""
    assert waiting.happens(lambda: page.evaluate(script, level), 15, waiting.beat(page)), level


def random_place(rng, widget) -> dict:
    layer = rng.choice(widget.layers)
    channels, height, width = widget.maps(layer).shape
    return {
        "level": "sum",
        "layer": layer,
        "channel": rng.randrange(channels),
        "row": rng.randrange(height),
        "column": rng.randrange(width),
        "input_channel": rng.randrange(2000),
    }


def pixels_in_page(page, url: str) -> np.ndarray:
    """A picture as the page's browser decodes it: (H, W, 3), 0 to 255."""
    found = page.evaluate(
        """async (url) => {
          const image = new Image();
          image.src = url;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, image.width, image.height);
          return [image.height, image.width, [...data]];
        }""",
        url,
    )
    return np.reshape(found[2], (*found[:2], 4))[..., :3]


def keras_maps(network: str, pixels: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer of the Keras model gives: name to (channel, row, column)."""
    import keras

    from convbook.models import mobilenet, pretrained

    if network == "pocket-net":
        model, x = pretrained.load("pocket-net-cifar10"), pixels / 255
        renamed = {"image": "centre", "global_average_pooling": "pooled"}
    else:
        model, x = mobilenet.load_int8_mobilenet_v2()[0], pixels / 127.5 - 1
        # Keras numbers a name that the process has given before.
        pooled = "global_average_pooling2d"
        renamed = {pooled: next(one.name for one in model.layers if one.name.startswith(pooled))}
    layers = {layer.name: layer.output for layer in model.layers}
    found = keras.Model(model.input, layers)(np.float32(x[None]), training=False)
    maps = {name: np.asarray(given)[0] for name, given in found.items()}
    maps |= {ours: maps[theirs] for ours, theirs in renamed.items()}
    maps.setdefault("image", np.float32(x))
    turned = {name: m.transpose(2, 0, 1) for name, m in maps.items() if m.ndim == 3}
    return {name: m[:, None, None] for name, m in maps.items() if m.ndim == 1} | turned


@pytest.mark.browser
@pytest.mark.keras
@pytest.mark.parametrize("network", ["pocket-net", "mobilenet-v2"])
def test_the_shown_products_of_100_random_places_add_up_to_what_keras_gives(open_page, network):
    rng = random.Random(18)
    sent = {"_imagenet": imagenet_file()} if network == "mobilenet-v2" else {}
    widget = NetworkExplorer(network=network, picture_index=2, **sent)
    page = open_page(widget)
    drawn(page)
    given = keras_maps(network, pixels_in_page(page, widget.pictures[2]["url"]))
    places = [random_place(rng, widget) for _ in range(100)]
    for place, shown in zip(places, page.evaluate(SHOW, places), strict=True):
        activation = re.search(NUMBER, shown["activation"].split(":")[-1])[1]
        expected = given[place["layer"]][place["channel"], place["row"], place["column"]]
        assert harness.read_number(activation) == pytest.approx(expected, abs=1e-3), place
        if not shown["shares"]:  # pooling keeps the largest
            largest = max(map(harness.read_number, shown["read"]))
            assert largest == pytest.approx(harness.read_number(activation), abs=1e-3), place
            continue
        total = units(re.search(NUMBER, shown["said"])[1])
        assert sum(map(units, shown["shares"])) == total, place
        cut_off = "ReLU makes" in shown["activation"] or "cuts" in shown["activation"]
        assert (total == units(activation)) != cut_off, place
        if shown["products"]:
            assert sum(map(units, shown["products"])) == units(shown["chosen"]), place


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_every_level_is_entered_by_enter_and_left_by_escape(open_page, width):
    page = open_page(NetworkExplorer(**PLACE), width=width)
    before = drawn(page)
    page.get_by_role("gridcell", name=re.compile(f"^{PLACE['layer']}")).focus()
    for level in LEVELS[1:]:
        page.keyboard.press("Enter")
        arrived(page, level)
        for key in ("ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
    for level in reversed(LEVELS[:-1]):
        page.keyboard.press("Escape")
        arrived(page, level)
    assert drawn(page)[2:6] == before[2:6]


@pytest.mark.browser
def test_every_level_is_entered_and_left_by_touch_at_360_pixels_and_axe_finds_nothing(open_page):
    page = open_page(NetworkExplorer(**PLACE), width=360, theme="dark", has_touch=True)
    drawn(page)
    inside = (
        page.get_by_role("gridcell", name=re.compile(f"^{PLACE['layer']}")),
        page.get_by_role("grid", name=re.compile("^Maps of the layer")),
        page.get_by_role("grid", name=re.compile("^Positions")),
        page.get_by_role("grid", name=re.compile("^What it reads")),
    )
    for level, target in zip(LEVELS, (*inside, None), strict=True):
        assert drawn(page)[1] == level
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, level
        found = axe_violations(page)
        problems = {v["id"]: v["nodes"][0]["html"] for v in found if v["id"] not in ABOUT_PAGES}
        assert problems == {}, level
        if target:
            target.tap()
            arrived(page, LEVELS[LEVELS.index(level) + 1])
    for level in reversed(LEVELS[:-1]):
        page.get_by_role("button", name="Back").tap()
        arrived(page, level)


@pytest.mark.browser
def test_a_page_fetches_the_network_on_a_tap_that_names_its_size_and_opens_where_a_link_says(
    browser,
):
    site = Published(browser, NetworkExplorer(), viewport={"width": 1280, "height": 720})
    link = "level=%22map%22&layer=%22stage2_relu%22&channel=9&row=3&column=4"
    page = site.open(f"#NetworkExplorer?{link}")
    assert page.locator(DRAWN).count() == 0
    start = page.locator("[data-cb-start]")
    expect(start).to_have_text(re.compile(r"Open Pocket net here \(1\.\d+\sMB\)"))
    start.click()
    assert drawn(page)[1:6] == ["map", 10, 9, 3, 4]
    expect(page.locator("[data-cb=fires]")).to_contain_text("with the activation")
    page.get_by_label("MobileNetV2").check()
    expect(page.locator("[data-cb-start]")).to_have_text(
        re.compile(r"MobileNetV2 here \(5.*\sMB\)")
    )
    assert site.problems == []
    site.close()


@pytest.mark.browser
def test_without_webassembly_and_workers_it_works_and_says_so(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          delete window.WebAssembly;
          window.Worker = class {
            constructor() { throw new DOMException("refused", "SecurityError"); }
          };
        }"""
    )
    harness.show(page, NetworkExplorer(level="sum", **PLACE))
    assert drawn(page)[1] == "sum"
    said = page.locator("[data-cb=network]")
    expect(said).to_contain_text("plain JavaScript here, with the same results")
    expect(said).to_contain_text("refuses workers")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["sequential", "diverging"])
def test_pictures_for_print_have_the_pages_colours(open_page, name):
    page = open_page()
    harness.load_module(page, "shared/colour.js")
    theirs = page.evaluate("name => module.colourMap(name).css", name)
    numbers = [[int(n) for n in re.findall(r"\d+", css)] for css in theirs]
    np.testing.assert_allclose(colour_map(name).astype(int), numbers, atol=1)


def test_the_recorded_ends_of_the_colours_are_those_of_the_shipped_networks():
    recorded = json.loads((RECORDED / "limits.json").read_text("utf-8"))
    for name, limits in recorded_limits().items():
        np.testing.assert_allclose(recorded[name], limits, rtol=0.1)


def own_model():
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    inner = keras.Sequential(
        [keras.Input((None, None, 8)), layers.Conv2D(8, 3, padding="same", activation="relu6")]
    )
    x = image = keras.Input((20, 20, 3))
    x = layers.Rescaling(2, -1)(x)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = first = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.BatchNormalization()(inner(layers.Dropout(0.2)(x)))
    x = layers.Activation("relu")(layers.Add()([first, x]))
    x = layers.DepthwiseConv2D(3, strides=2)(layers.ZeroPadding2D(((0, 1), (0, 1)))(x))
    x = layers.SeparableConv2D(12, 3, padding="same")(layers.ReLU(max_value=6.0)(x))
    x = means = layers.AveragePooling2D(2)(x)
    x = layers.MaxPooling2D(2)(layers.Add()([layers.ReLU()(x), means, means]))
    x = layers.Dense(7, activation="relu")(layers.Flatten()(x))
    model = keras.Model(image, layers.Softmax()(layers.Dense(4)(x)))
    for layer in [*model.layers, *inner.layers]:
        if layer.weights:
            rng = np.random.default_rng(len(layer.name))
            layer.set_weights([rng.uniform(-0.4, 0.8, w.shape) ** 2 + 0.05 for w in layer.weights])
    return model


@pytest.mark.browser
@pytest.mark.keras
def test_any_keras_model_of_layers_that_the_engine_has_can_be_opened(open_page):
    from convbook import explain

    model = own_model()
    images = np.random.default_rng(1).integers(0, 256, (2, 20, 20, 3)) / np.float32(255)
    widget = NetworkExplorer.of(model, images, ["a", "b", "c", "d"], picture_index=1)
    expected = explain.logits(model, images[1:])[0]
    np.testing.assert_allclose(widget.maps(-1).ravel(), expected, rtol=1e-4, atol=1e-4)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(widget.probabilities, np.asarray(model(images[1:]))[0], atol=1e-4)
    page = open_page(widget)
    drawn(page)
    places = [
        {"level": "sum", "layer": name, "channel": c}
        for c, name in enumerate(widget.layers[-1:] * 4)
    ]
    shown = [re.search(NUMBER, one["activation"])[1] for one in page.evaluate(SHOW, places)]
    np.testing.assert_allclose([*map(harness.read_number, shown)], expected, rtol=1e-3, atol=1e-3)


@pytest.mark.keras
def test_a_layer_that_the_engine_does_not_have_is_named():
    import keras

    def ending(*layers):
        ends = [keras.layers.Flatten(), keras.layers.Dense(2)]
        return keras.Sequential([keras.Input((8, 8, 1)), *layers, *ends])

    images = np.zeros((1, 8, 8, 1))
    with pytest.raises(ValueError, match=r"layer 'leaky' is a LeakyReLU.*It has Conv2D, "):
        NetworkExplorer.of(ending(keras.layers.LeakyReLU(name="leaky")), images)
    with pytest.raises(ValueError, match=r"layer 'wide' \(Conv2D\) is dilated"):
        NetworkExplorer.of(ending(keras.layers.Conv2D(2, 3, dilation_rate=2, name="wide")), images)
    with pytest.raises(ValueError, match="3 class names for 2 outputs"):
        NetworkExplorer.of(ending(), images, ["a", "b", "c"])
    with pytest.raises(ValueError, match=r"images must be \(N, H, W, 1 or 3\)"):
        NetworkExplorer.of(ending(), images[0])
