"""The shared front-end modules, each alone in a browser."""

import numpy as np
import pytest
from harness import load_module, page_source

from convbook.colours import colour_map
from convbook.plotting import signed_colours

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def module(browser):
    """``module("shared/x.js")`` gives a function that evaluates JavaScript beside its exports."""
    pages, complaints = {}, []

    def loaded(name):
        if name not in pages:
            pages[name] = page = browser.new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.set_content(page_source())
            load_module(page, name)
        return pages[name].evaluate

    yield loaded
    for page in pages.values():
        page.close()
    assert complaints == []


# --- format.js -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("number(150528)", "150,528"),
        ("number(-0.25)", "−0.25"),
        ("number(-0.0001)", "0"),
        ("number(1 / 3)", "0.333"),
        ("number(NaN)", "not a number"),
        ("number(-Infinity)", "−∞"),
        ("fixed(2.5, 2)", "2.50"),
        ("fixed(-1234, 1)", "−1,234.0"),
        ("fixed(-0.001, 1)", "0.0"),
        ("signed(3)", "+3"),
        ("signed(-3)", "−3"),
        ("signed(0)", "0"),
        ("percent(0.0157)", "1.6\u00a0%"),
        ("inWords(138357544)", "138.36\u00a0million"),
        ("inWords(999999)", "999,999"),
        ("inWords(3.87e9)", "3.87\u00a0billion"),
        ("bytes(602112)", "602.11\u00a0kB"),
        ("bytes(0)", "0\u00a0B"),
        ("plural(1, 'pixel')", "1 pixel"),
        ("plural(0, 'pixel')", "0 pixels"),
        ("plural(2, 'class', 'classes')", "2 classes"),
    ],
)
def test_numbers_are_printed_as_in_the_book(module, call, text):
    assert module("shared/format.js")(f"module.{call}") == text


def test_reading_what_a_person_typed(module):
    read = module("shared/format.js")

    def typed(text, **limits):
        return read("([text, limits]) => module.readNumber(text, limits)", [text, limits])

    assert typed("12") == {"value": 12}
    assert typed(" −3 ") == {"value": -3}
    assert typed("1e3") == {"value": 1000}
    assert typed("0,5", whole=False) == {"value": 0.5}
    assert "is not a number; give a whole number" in typed("abc")["problem"]
    assert "is not a number" in typed("0x10")["problem"]
    assert typed("", min=1)["problem"] == ("this field is empty; give a whole number of at least 1")
    assert typed("1e9", min=1, max=100)["problem"] == (
        "1e9 does not fit here; give a whole number from 1 to 100"
    )
    assert "does not fit" in typed("2.5")["problem"]


# --- keyboard.js ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "far", "cell"),
    [
        ("ArrowUp", False, [2, 4]),
        ("ArrowDown", False, [4, 4]),
        ("ArrowLeft", True, [3, 0]),
        ("ArrowRight", True, [3, 9]),
        ("Home", False, [3, 0]),
        ("End", False, [3, 9]),
        ("PageUp", False, [0, 4]),
        ("PageDown", False, [9, 4]),
        ("a", False, None),
    ],
)
def test_arrow_keys_stay_in_the_grid(module, key, far, cell):
    move = module("shared/keyboard.js")
    assert move("([key, far]) => module.moveCell(key, [3, 4], [10, 10], far)", [key, far]) == cell


# --- colour.js -----------------------------------------------------------------------------------


def lightness(colours):
    """Oklab lightness of sRGB colours, shape (n, 3), from 0 to 255."""
    share = np.asarray(colours) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    cones = linear @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(cones) @ np.array([0.2104542553, 0.7936177850, -0.0040720468])


def colours_of(evaluate, name):
    css = evaluate("name => module.colourMap(name).css", name)
    return np.array([[int(part) for part in text[4:-1].split(",")] for text in css])


def test_the_sequential_map_gets_lighter_in_even_steps(module):
    # Over eight colours at a time: single steps are at the mercy of rounding to bytes.
    steps = np.diff(lightness(colours_of(module("shared/colour.js"), "sequential"))[::8])
    assert steps.min() > 0.8 * steps.mean()
    assert steps.max() < 1.2 * steps.mean()


def test_the_diverging_map_is_lightest_in_the_middle_and_equally_dark_at_its_ends(module):
    light = lightness(colours_of(module("shared/colour.js"), "diverging"))
    assert abs(light[0] - light[-1]) < 0.02
    assert light.argmax() in (127, 128)
    assert (np.diff(light[:127]) > -0.004).all()
    assert (np.diff(light[129:]) < 0.004).all()


def test_on_a_dark_page_zero_is_nearly_as_dark_as_the_page_and_both_ends_are_equally_light(module):
    colours = colours_of(module("shared/colour.js"), "diverging-dark")
    assert abs(colours[127] - [0x24, 0x27, 0x2E]).max() <= 8
    light = lightness(colours)
    assert abs(light[0] - light[-1]) < 0.02
    assert light.argmin() in (127, 128)
    assert (np.diff(light[:127]) < 0.004).all()
    assert (np.diff(light[129:]) > -0.004).all()


def test_figures_and_widgets_show_signs_in_the_same_colours(module):
    figures = np.round(255 * np.array(signed_colours().colors)).astype(int)
    evaluate = module("shared/colour.js")
    assert (figures == colours_of(evaluate, "diverging")).all()
    known, dark = (colour_map(name).astype(int) for name in ("diverging", "diverging-dark"))
    assert (abs(known - figures) <= 1).all()
    assert (abs(dark - colours_of(evaluate, "diverging-dark")) <= 1).all()


def test_ink_can_be_read_on_every_colour(module):
    evaluate = module("shared/colour.js")
    for name in ("grey", "sequential", "diverging", "diverging-dark"):
        inks = evaluate("name => module.colourMap(name).css.map(module.inkOn)", name)
        for colour, ink in zip(colours_of(evaluate, name), inks, strict=True):
            share = colour / 255
            linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
            paper = linear @ [0.2126, 0.7152, 0.0722]
            contrast = 1.05 / (paper + 0.05) if ink == "#fff" else (paper + 0.05) / 0.05
            assert contrast > 4.5


# --- tensor.js -----------------------------------------------------------------------------------


def test_padding_a_plane(module):
    evaluate = module("shared/tensor.js")
    source = np.arange(6).reshape(2, 3)
    for fill, mode in (("zeros", "constant"), ("replicate", "edge")):
        padded = evaluate(
            "([rows, fill]) => module.rowsOf(module.padPlane(module.planeOf(rows), 2, fill))",
            [source.tolist(), fill],
        )
        np.testing.assert_array_equal(padded, np.pad(source, 2, mode=mode))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_correlation_is_scipys(module, size, stride):
    from scipy.signal import correlate2d

    rng = np.random.default_rng(size)
    picture, kernel = rng.normal(size=(17, 12)), rng.normal(size=(size, size))
    found = module("shared/tensor.js")(
        """([rows, kernel, stride]) => {
          const plane = module.planeOf(rows);
          const out = module.correlatePlane(plane, kernel, { stride, divisor: 2 });
          return { rows: module.rowsOf(out), low: out.low, high: out.high, total: out.total };
        }""",
        [picture.tolist(), kernel.tolist(), stride],
    )
    expected = correlate2d(picture, kernel, "valid")[::stride, ::stride] / 2
    np.testing.assert_allclose(found["rows"], expected, atol=1e-12)
    assert found["low"] == pytest.approx(expected.min())
    assert found["high"] == pytest.approx(expected.max())
    assert found["total"] == pytest.approx(np.abs(expected).sum())


def test_turning_a_kernel_is_180_degrees(module):
    turned = module("shared/tensor.js")("module.turnKernel([[1, 2], [3, 4]])")
    assert turned == [[4, 3], [2, 1]]


def test_random_numbers_repeat_with_their_seed_and_spread_evenly(module):
    evaluate = module("shared/chance.js")

    def draw(seed):
        return evaluate(
            "seed => Array.from({ length: 4000 }, module.randomFrom(seed))",
            seed,
        )

    first, again, other = draw(1), draw(1), draw(2)
    assert first == again != other
    counts = np.histogram(first, 10, (0, 1))[0]
    assert counts.sum() == len(first)
    assert counts.min() > 330
    assert counts.max() < 470


# --- picture.js ----------------------------------------------------------------------------------


def test_a_painted_plane_has_the_colours_of_its_map(module):
    found = module("shared/picture.js")(
        """() => {
          const canvas = document.createElement("canvas");
          const data = Float64Array.of(-10, 0, 127.6, 255, 900, -3);
          const context = canvas.getContext("2d", { willReadFrequently: true });
          const read = () => [...context.getImageData(0, 0, 3, 2).data]
            .filter((_, i) => i % 4 === 0);
          module.paintPlane(canvas, { data, height: 2, width: 3 }, "grey", 0, 255);
          const plain = read();
          module.paintPlane(canvas, { data, height: 2, width: 3 }, "grey", 0, 255, true);
          return [plain, read()];
        }"""
    )
    assert found == [[0, 0, 128, 255, 255, 0], [10, 0, 128, 255, 255, 3]]


def test_what_is_not_a_number_stays_blank(module):
    alpha = module("shared/picture.js")(
        """() => {
          const canvas = document.createElement("canvas");
          module.paintPlane(canvas, { data: [NaN, 3], height: 1, width: 2 }, "grey", 0, 255);
          const { data } = canvas.getContext("2d").getImageData(0, 0, 2, 1);
          return [data[3], data[7]];
        }"""
    )
    assert alpha == [0, 255]


def test_signs_are_painted_again_when_the_page_turns_dark(module):
    found = module("shared/picture.js")(
        """async () => {
          const style = document.createElement("style");
          style.textContent = "[data-theme=dark] .cb-widget { color-scheme: dark }" +
            "[data-theme=light] .cb-widget { color-scheme: light }";
          const widget = document.createElement("div");
          widget.className = "cb-widget";
          const canvas = document.createElement("canvas");
          widget.append(canvas);
          document.body.append(style, widget);
          const context = canvas.getContext("2d", { willReadFrequently: true });
          const zero = () => context.getImageData(0, 0, 1, 1).data[0];
          document.documentElement.dataset.theme = "light";
          const plane = { data: [0], height: 1, width: 1 };
          module.paintPlane(canvas, plane, "diverging", -1, 1);
          const found = [zero()];
          for (const theme of ["dark", "light"]) {
            document.documentElement.dataset.theme = theme;
            await new Promise((done) => setTimeout(done));
            found.push(zero());
          }
          return found;
        }"""
    )
    assert found[0] == found[2] > 240
    assert found[1] < 50


def test_grey_is_luma(module):
    grey = module("shared/picture.js")(
        """[...module.greyPlane({ rgba: [255, 0, 0, 255, 0, 255, 0, 255, 9, 9, 9, 255],
        height: 1, width: 3 }).data]"""
    )
    assert grey == [76, 150, 9]


# --- controls.js and view.js ---------------------------------------------------------------------

WIDGET = """
import { choice, numberField, result, select, slider, toggle } from "./shared/controls.js";
import { defineWidget } from "./shared/view.js";
function build(view) {
  const drawn = result("drawn");
  let draws = 0;
  view.watch(["size", "kind"], () => { draws += 1; drawn.show(draws); });
  view.body.append(
    numberField(view, "size", { label: "Size", min: 1, max: 9 }),
    slider(view, "size", { label: "Size too", min: 1, max: 9 }),
    choice(view, "kind", { label: "Kind", options: [["a", "A"], ["b", "B"]] }),
    select(view, "kind", { label: "Kind too", options: [["a", "A"], ["b", "B"]] }),
    toggle(view, "on", { label: "On" }), drawn.element);
}
export default defineWidget({ name: "sample", title: "Sample", build });
"""


@pytest.fixture
def sample(open_page, monkeypatch, tmp_path):
    """A page with a widget that has one of each control."""
    import shutil

    from convbook.widgets import _bundle

    shutil.copytree(_bundle.FOLDER / "shared", tmp_path / "shared")
    (tmp_path / "sample.js").write_text(WIDGET, encoding="utf-8")
    monkeypatch.setattr(_bundle, "FOLDER", tmp_path)
    _bundle.bundle.cache_clear()
    page = open_page()
    page.evaluate(
        "([esm, state]) => mount(esm, state, {}, 1)",
        [
            _bundle.bundle("sample.js"),
            {"size": 3, "kind": "a", "on": False, "_opening": {"size": 3}},
        ],
    )
    page.evaluate("frame()")
    _bundle.bundle.cache_clear()
    return page


def test_controls_follow_the_state_and_each_other(sample):
    sample.get_by_label("Size", exact=True).fill("7")
    sample.evaluate("frame()")
    assert sample.get_by_role("slider").input_value() == "7"
    sample.get_by_role("radio", name="B").check()
    sample.evaluate("frame()")
    assert sample.get_by_label("Kind too").input_value() == "b"
    sample.get_by_label("On", exact=True).check()
    assert sample.evaluate("models[0].get('on')") is True


def test_many_changes_make_one_redraw(sample):
    before = int(sample.evaluate("shown()")["drawn"])
    sample.evaluate("() => { for (let i = 1; i < 9; i += 1) models[0].set('size', i); }")
    sample.evaluate("frame()")
    assert int(sample.evaluate("shown()")["drawn"]) == before + 1


def test_a_view_that_is_gone_hears_nothing_more(sample):
    sample.evaluate("unmount.forEach((close) => close())")
    sample.evaluate("() => { models[0].set('size', 5); return frame(); }")
    assert sample.locator(".cb-widget").count() == 0
    listeners = sample.evaluate("Object.values(models[0].listeners).flat().length")
    assert listeners == 0


def test_every_control_has_a_name(sample):
    for role in ("spinbutton", "slider", "combobox", "checkbox"):
        box = sample.get_by_role(role)
        assert box.count() == 1
        assert box.evaluate("el => el.labels.length > 0 || el.ariaLabel")
