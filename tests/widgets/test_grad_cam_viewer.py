"""GradCamViewer: recorded answers are shown as Python holds them, and the page runs the network."""

import base64
import functools
import io
import json
import random
import re

import harness
import numpy as np
import pytest
import waiting
from playwright.sync_api import expect

from convbook.widgets import GradCamViewer
from convbook.widgets._imagenet_network import SCRIPT_BYTES, imagenet_file
from convbook.widgets._page_network import pocket_network

VALUES = (
    "Object.fromEntries([...document.querySelectorAll('[data-cb]')]"
    ".map((el) => [el.dataset.cb, el.dataset.value]))"
)


def shown(page) -> dict:
    """What a viewer displays of its network's answer, once it has drawn its picture."""
    page.locator("[data-cb=probabilities][data-value]").wait_for(state="attached")
    values = page.evaluate(VALUES)
    found = {name: values[name] for name in ("first", "where")}
    return {**found, "probabilities": json.loads(values["probabilities"])}


@pytest.mark.browser
@pytest.mark.parametrize("name", ["mobilenet", "leaves", "shortcut"])
def test_random_states_of_a_recorded_viewer_display_what_python_holds(open_page, name):
    rng = random.Random(4)
    page = open_page(GradCamViewer.recorded(name))
    record = GradCamViewer.recorded(name).record
    for _ in range(34):
        state = {
            "picture_index": rng.randrange(len(record["cases"])),
            "layer": rng.choice(record["cases"][0]["layers"])["name"],
            "class_index": rng.randint(-1, len(record["cases"][0]["classes"]) - 1),
            "show_truth": rng.random() < 0.5,
        }
        page.evaluate("state => setState(state)", state)
        ours = GradCamViewer(record=record, **state)
        peak = list(map(int, np.unravel_index(ours.heat.argmax(), ours.heat.shape)))
        expected = {
            "first": ours.case["classes"][int(np.argmax(ours.case["logits"]))],
            "where": "" if ours.heat.max() == 0 else json.dumps(peak, separators=(",", ":")),
            "probabilities": pytest.approx(list(ours.probabilities), rel=1e-9),
        }
        # The picture is decoded before it is drawn.
        holds = functools.partial(lambda expected: shown(page) == expected, expected)
        waiting.happens(holds, pause=waiting.beat(page))
        assert shown(page) == expected


def offered(page) -> list[list[str]]:
    """What each layer of the select is called, what it stands for, and what a pointer is told."""
    page.locator(".cb-body select option").first.wait_for(state="attached")
    return page.locator(".cb-body select option").evaluate_all(
        "options => options.map((one) => [one.textContent, one.value, one.title])"
    )


def check_words(layers):
    assert len({words for words, _, _ in layers}) == len(layers)
    for words, value, title in layers:
        assert re.fullmatch(r"[^_]+ · \d+ × \d+", words), words
        assert value == title


@pytest.mark.browser
@pytest.mark.parametrize("name", ["pocket-net", "mobilenet", "leaves", "shortcut"])
def test_a_person_understands_the_layers_and_old_links_find_them(open_page, name):
    viewer = GradCamViewer() if name == "pocket-net" else GradCamViewer.recorded(name)
    page = open_page(viewer)
    layers = offered(page)
    check_words(layers)
    recorded = viewer.record["cases"][0]["layers"]
    assert [value for _, value, _ in layers] == [layer["name"] for layer in recorded]
    for words, value, _ in layers:
        page.evaluate("state => setState(state)", {"layer": value})
        assert page.locator(".cb-body select").evaluate("one => one.selectedOptions[0].text") == (
            words
        )
        expect(page.locator(".cb-body code")).to_have_text(value)
        layer = next(one for one in recorded if one["name"] == value)
        assert words.endswith(f"{layer['height']} × {layer['width']}")


@pytest.mark.browser
def test_the_networks_that_run_in_the_page_offer_layers_in_words_too(open_page):
    page = open_page(GradCamViewer(_imagenet=imagenet_file()))
    page.locator("[data-cb-start]").click()
    page.wait_for_selector("[data-cb=network][data-value=running]")
    layers = offered(page)
    check_words(layers)
    assert ["stage 2, after its last block · 8 × 8", *["stage2_block3_out"] * 2] in layers
    page.locator(".cb-body select").first.select_option("stage1_block1_out")
    heading = page.locator(".cb-heading")
    expect(heading).to_contain_text("Of the 32 feature maps of this layer (16 × 16), the 16 that")
    page.locator("[data-cb-imagenet-start]").click()
    page.locator("[data-cb-imagenet=running]").wait_for()
    layers = offered(page)
    check_words(layers)
    assert layers[0] == ["last convolution · 7 × 7", "out_relu", "out_relu"]
    assert ["block 13, widened by 1 × 1 · 14 × 14", *["block_13_expand_relu"] * 2] in layers


@pytest.mark.browser
def test_the_network_starts_on_a_tap_that_names_its_size_and_takes_a_drawing(open_page):
    page = open_page(GradCamViewer())
    start = page.locator("[data-cb-start]")
    assert re.search(r"\(0\.\d\sMB\)", start.inner_text())
    start.click()
    page.wait_for_selector("[data-cb=network][data-value=running]")
    before = page.evaluate(VALUES)["probabilities"]
    field = page.locator("canvas.cb-drawing")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 90)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 40, steps=4)
    page.mouse.up()
    beat = waiting.beat(page)
    assert waiting.happens(lambda: page.evaluate(VALUES)["probabilities"] != before, pause=beat)
    assert page.evaluate("models[0].get('picture_index')") == -1
    page.locator(".cb-class").nth(3).press("Enter")
    assert waiting.happens(lambda: page.evaluate("models[0].get('class_index')") >= 0, pause=beat)
    expect(page.locator(".cb-maps canvas:visible")).to_have_count(16)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("start", "running", "answer"),
    [
        ("[data-cb-start]", "[data-cb=network][data-value=running]", ".cb-stage"),
        ("[data-cb-imagenet-start]", "[data-cb-imagenet=running]", ".cb-pictures"),
    ],
)
def test_on_a_telephone_the_answer_is_in_sight_once_the_network_runs(
    open_page, start, running, answer
):
    page = open_page(GradCamViewer(_imagenet=imagenet_file()), width=360)
    page.evaluate("document.body.style.paddingBlock = '2000px'")  # text before and after it
    page.locator(start).click()
    page.locator(running).wait_for(state="attached")

    def at_the_top():
        top = page.locator(answer).first.evaluate("one => one.getBoundingClientRect().top")
        return 0 <= top < 450

    assert waiting.happens(at_the_top, 10, waiting.beat(page))


@pytest.mark.browser
def test_each_map_shows_its_weight_and_their_products_add_up_to_the_heat_map(open_page):
    page = open_page(GradCamViewer(layer="stage1_block2_out"))
    page.locator("[data-cb-start]").click()
    page.wait_for_selector("[data-cb=network][data-value=running]")
    chosen = page.locator("[data-cb=weighed]")
    strongest, _ = json.loads(chosen.get_attribute("data-value"))
    tiles = page.locator(".cb-maps button:visible")
    assert tiles.first.get_attribute("aria-pressed") == "true"
    assert f"Feature map {strongest}," in tiles.first.get_attribute("aria-label")
    tiles.nth(4).click()
    expect(tiles.nth(4)).to_have_attribute("aria-pressed", "true")
    channel, alpha = json.loads(chosen.get_attribute("data-value"))
    assert channel != strongest
    assert page.evaluate("models[0].get('feature_map')") == channel
    assert tiles.nth(4).inner_text() == f"α {alpha:+.3f}".replace("-", "\N{MINUS SIGN}")
    assert ("speaks for" in chosen.inner_text()) == (alpha > 0)  # after a ReLU no map is negative

    harness.load_module(page, "shared/weighted_maps.js", "shared/script_network.js")
    nodes, weights = pocket_network()
    worst = page.evaluate(
        """([nodes, weights]) => {
          const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
          const view = new DataView(bytes(weights).buffer);
          const net = new module.ScriptNetwork(nodes, module.readHalves(view));
          const at = nodes.findIndex(({ name }) => name === "stage1_block2_out");
          let worst = 0;
          for (let seed = 0; seed < 10; seed += 1) {
            const wave = (_, i) => (Math.sin(i * (seed + 2)) + 1) / 2;
            net.run(Float32Array.from({ length: 3072 }, wave));
            const { total } = module.weighed(net.values(at), net.gradient(at, seed), net.nodes[at]);
            const { data } = net.gradCam(at, seed);
            const most = Math.max(...total, 1e-8);
            const away = total.map((v, i) => Math.abs(Math.max(0, v) / most - data[i]));
            worst = Math.max(worst, ...away);
          }
          return worst;
        }""",
        [nodes, base64.b64encode(weights).decode()],
    )
    assert worst < 1e-4


def test_a_kernel_sends_the_large_network_once_it_is_asked_for():
    viewer = GradCamViewer()
    assert not viewer._imagenet
    viewer._imagenet_wanted = True
    assert viewer._imagenet == imagenet_file()
    assert viewer.shipped()["_imagenet"] == imagenet_file()
    assert len(base64.b64encode(imagenet_file())) == pytest.approx(SCRIPT_BYTES, rel=0.01)
    assert b"Apache" in imagenet_file()[:4000]
    assert GradCamViewer.recorded("leaves").shipped() == {}


@pytest.mark.browser
def test_without_webassembly_the_network_runs_in_plain_javascript_and_says_so(open_page):
    page = open_page()
    page.evaluate("() => { delete window.WebAssembly; }")
    harness.show(page, GradCamViewer())
    page.locator("[data-cb-start]").click()
    state = page.locator("[data-cb=network]")
    expect(state).to_contain_text("plain JavaScript here, with the same results")
    expect(state).to_contain_text("WebAssembly switched off")
    expect(page.locator(".cb-maps canvas:visible")).to_have_count(16)


@pytest.mark.browser
@pytest.mark.parametrize("refused", ["throws", "ends"])
def test_without_a_worker_the_large_network_runs_on_the_pages_own_thread(open_page, refused):
    page = open_page()
    # A policy may refuse at once or, as Chromium does, a moment later.
    page.evaluate(
        """(refused) => { window.Worker = class {
          constructor() {
            if (refused === "throws") throw new DOMException("refused", "SecurityError");
            setTimeout(() => this.onerror(new Event("error", { cancelable: true })));
          }
          postMessage() {}
          terminate() {}
        }; }""",
        refused,
    )
    harness.show(page, GradCamViewer(_imagenet=imagenet_file()))
    page.locator("[data-cb-imagenet-start]").click()
    expect(page.locator("[data-cb=first]")).to_have_text(re.compile(r"tabby 46\.1\s%"))
    expect(page.locator("[data-cb=timing]")).to_contain_text("this site refuses workers")


@pytest.mark.browser
def test_a_photograph_that_lies_on_its_side_is_seen_upright(open_page, tmp_path):
    from PIL import Image

    url = GradCamViewer.recorded("mobilenet").record["cases"][0]["url"]
    cat = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to the right before you look
    cat.rotate(90, expand=True).save(tmp_path / "turned.jpg", quality=95, exif=exif)
    page = open_page(GradCamViewer(_imagenet=imagenet_file()))
    page.locator("[data-cb-imagenet-start]").click()
    expect(page.locator("[data-cb=first]")).to_contain_text("tabby")
    page.locator(".cb-imagenet input[type=file]").set_input_files(tmp_path / "turned.jpg")
    picture = page.locator("canvas.cb-picture[aria-label^='your picture']")
    seen = picture.evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 224, 224).data]"
    )
    away = np.reshape(seen, (224, 224, 4))[..., :3] - np.asarray(cat, float)
    assert np.abs(away).mean() < 10


@pytest.mark.browser
@pytest.mark.keras
def test_the_page_gives_the_logits_and_the_maps_that_keras_gives(open_page):
    from convbook import explain
    from convbook.models import pretrained

    pictures = crops(500)
    model = pretrained.load("pocket-net-cifar10")
    ours = explain.logits(model, pictures)
    page = open_page()
    harness.load_module(page, "shared/cnn_back.js", "shared/cnn_fast.js")
    nodes, weights = pocket_network()
    planar = np.round(255 * pictures).astype(np.uint8).transpose(0, 3, 1, 2).tobytes()
    theirs = page.evaluate(
        """([nodes, weights, planar, count]) => {
          const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
          const view = new DataView(bytes(weights).buffer);
          window.net = module.makeFastNetwork(nodes, module.readHalves(view));
          const all = bytes(planar);
          window.size = all.length / count;
          const picture = (i) => all.subarray(i * size, (i + 1) * size);
          window.pixels = (i) => Float32Array.from(picture(i), (v) => v / 255);
          window.logits = (i) => [...module.runNetwork(net, pixels(i)).at(-1)];
          return Array.from({ length: count }, (_, i) => logits(i));
        }""",
        [nodes, base64.b64encode(weights).decode(), base64.b64encode(planar).decode(), 500],
    )
    np.testing.assert_allclose(theirs, ours, atol=1e-2)
    assert (np.argmax(theirs, axis=1) == ours.argmax(axis=1)).all()
    for layer in ("stage2_block3_out", "stage1_block2_out"):
        target = next(i for i, node in enumerate(nodes) if node["name"] == layer)
        maps = explain.grad_cam(model, pictures[:50], layer=layer)
        page_maps = page.evaluate(
            """([target, classes]) => classes.map((k, i) =>
              [...module.gradCamMap(net, module.runNetwork(net, pixels(i)), target, k).data])""",
            [target, ours[:50].argmax(axis=1).tolist()],
        )
        for keras_map, page_map in zip(maps, page_maps, strict=True):
            if keras_map.any():
                assert np.corrcoef(keras_map.ravel(), page_map)[0, 1] >= 0.99
            else:  # nothing in this layer speaks for the class
                assert not any(page_map)


def crops(count):
    """Squares of 32×32 pixels from photographs, at several scales: float32 in 0…1."""
    from PIL import Image
    from skimage import data

    rng = np.random.default_rng(12)
    photographs = [Image.fromarray(getattr(data, n)()) for n in ("chelsea", "coffee", "astronaut")]
    out = []
    for i in range(count):
        photograph = photographs[i % 3]
        side = int(rng.integers(48, 280))
        left, top = (int(rng.integers(0, n - side)) for n in photograph.size)
        out.append(
            np.asarray(photograph.crop((left, top, left + side, top + side)).resize((32, 32)))
        )
    return np.stack(out).astype(np.float32) / 255


def small_model(*layers):
    import keras

    keras.utils.set_random_seed(0)
    ends = [keras.layers.Flatten(), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((12, 12, 1)), *layers, *ends])


@pytest.mark.browser
@pytest.mark.keras
def test_any_keras_model_and_picture_can_be_looked_into(open_page):
    import keras

    model = small_model(keras.layers.Conv2D(3, 3, activation="relu", name="only"))
    images = np.random.default_rng(0).integers(0, 256, (2, 12, 12, 1)) / np.float32(255)
    viewer = GradCamViewer.of(model, images, ["left", "right"], picture_index=1)
    assert viewer.heat.shape == (10, 10)
    assert viewer.probabilities.sum() == pytest.approx(1)
    assert viewer.picture().startswith("<img")
    page = open_page(viewer)
    recorded = shown(page)
    page.locator("[data-cb-start]").click()
    page.wait_for_selector("[data-cb=network][data-value=running]")
    live = shown(page)
    assert live["probabilities"] == pytest.approx(recorded["probabilities"], abs=1e-3)
    assert live["where"] == recorded["where"]
    page.locator("input[type=file]").set_input_files(picture_file(7, 40))
    page.wait_for_function("models[0].get('picture_index') === -1")
    page.wait_for_function(
        "old => document.querySelector('[data-cb=probabilities]').dataset.value !== old",
        arg=json.dumps(live["probabilities"], separators=(",", ":")),
    )
    with pytest.raises(ValueError, match="3 class names for 2 logits"):
        GradCamViewer.of(model, images, ["a", "b", "c"])


def picture_file(height: int, width: int) -> dict:
    from PIL import Image

    pixels = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


@pytest.mark.keras
def test_a_layer_that_keeps_a_model_from_running_in_the_page_is_named():
    import keras

    wide = small_model(keras.layers.Conv2D(3, 3, dilation_rate=2, name="wide"))
    viewer = GradCamViewer.of(wide, np.zeros((1, 12, 12, 1)), ["left", "right"])
    assert not viewer.weights_size
    assert "layer 'wide' (Conv2D) is dilated" in viewer.record["warning"]


def test_an_unknown_record_is_answered_with_the_ones_there_are():
    with pytest.raises(ValueError, match="mobilenet"):
        GradCamViewer.recorded("resnet")


def test_weights_are_fetched_only_when_asked_for():
    assert GradCamViewer().trait_metadata("weights", "lazy")
    assert GradCamViewer().weights_size == len(GradCamViewer().weights) < 600_000
