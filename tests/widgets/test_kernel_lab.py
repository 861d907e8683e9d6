"""KernelLab: what it displays is what Python computes, pixel by pixel and in sum."""

import base64
import io
import json
import random

import numpy as np
import pytest
from harness import load_module, read_number, state_of
from PIL import Image
from scipy.signal import convolve2d, correlate2d

from convbook.widgets import KernelLab
from convbook.widgets.kernel_lab import PRESETS

browser = pytest.mark.browser


def random_state(rng):
    state = {
        "operation": rng.choice(["cross-correlation", "convolution"]),
        "stride": rng.randint(1, 4),
        "padding": rng.randint(0, 8),
        "fill": rng.choice(["zeros", "replicate"]),
        "source": rng.choice(["photograph", "photograph", "edge"]),
        "row": rng.randint(0, 255),
        "column": rng.randint(0, 255),
    }
    if rng.random() < 0.5:
        return state | {"preset": rng.choice(list(PRESETS))}
    size = rng.choice([3, 5])
    kernel = [[rng.randint(-16, 16) / 2 for _ in range(size)] for _ in range(size)]
    return state | {"kernel": kernel, "divisor": rng.choice([1, 3, 16])}


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(5)
    page = open_page(KernelLab())
    page.wait_for_selector("[data-cb=response]")
    for _ in range(100):
        state = random_state(rng)
        ours = KernelLab(**state)
        page.evaluate("state => setState(state)", state)
        shown, out = page.evaluate("shown()"), ours.output
        assert shown["output-size"] == " × ".join(map(str, ours.output_shape))
        assert read_number(shown["response"]) == pytest.approx(ours.response(), abs=5.1e-4)
        value = float(page.locator("[data-cb=response]").get_attribute("data-value"))
        assert value == pytest.approx(ours.response(), rel=1e-12, abs=1e-9)
        low, high = json.loads(page.locator("[data-cb=range]").get_attribute("data-value"))
        assert (low, high) == pytest.approx((out.min(), out.max()), rel=1e-12, abs=1e-9)
        border = int(page.locator("[data-cb=border]").get_attribute("data-value"))
        assert border == ours.border.sum()
        patch = page.locator(".cb-sum table").first.locator("td").all_inner_texts()
        assert [read_number(text) for text in patch] == ours.patch().ravel().tolist()
        assert page.evaluate("models[0].get('preset')") == ours.preset


@browser
def test_every_painted_pixel_is_its_response(open_page):
    page = open_page(KernelLab(preset="gaussian-blur", padding=1))
    page.wait_for_selector("[data-cb=response]")
    painted = page.evaluate(
        """() => { const canvas = document.querySelectorAll("canvas")[1];
        return [...canvas.getContext("2d").getImageData(0, 0, 256, 256).data]; }"""
    )
    painted = np.array(painted).reshape(256, 256, 4)[..., 0]
    ours = KernelLab(preset="gaussian-blur", padding=1).output
    assert np.abs(painted - ours).max() <= 0.5 + 1e-9


@browser
def test_mean_strength_at_the_border_is_pythons(open_page):
    page = open_page(KernelLab(preset="sobel-x", padding=2))
    page.wait_for_selector("[data-cb=response]")
    ours = KernelLab(preset="sobel-x", padding=2)
    strength = np.abs(ours.output)
    inside, border = strength[~ours.border].mean(), strength[ours.border].mean()
    words = page.evaluate("shown()")["border"]
    assert f"Mean strength there {border:.1f}, elsewhere {inside:.1f}" in words


@browser
def test_pointing_with_mouse_touch_and_arrow_keys(open_page):
    page = open_page(KernelLab(), has_touch=True)
    page.wait_for_selector("[data-cb=response]")
    output = page.get_by_role("grid", name="Output picture")
    box = output.bounding_box()
    cell = "[models[0].get('row'), models[0].get('column')]"
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.25)
    assert page.evaluate(cell) == [64, 128]
    page.touchscreen.tap(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    assert page.evaluate(cell) == [192, 64]
    output.get_by_role("gridcell").focus()
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate(cell) == [193, 73]
    page.evaluate("frame()")
    expected = KernelLab().response(193, 73)
    assert read_number(page.evaluate("shown()")["response"]) == pytest.approx(expected)


@browser
def test_pointing_at_the_input_finds_the_output_made_from_there(open_page):
    page = open_page(KernelLab(stride=2, padding=0))
    page.wait_for_selector("[data-cb=response]")
    box = page.get_by_role("grid", name="Input picture").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    row = page.evaluate("models[0].get('row')")
    assert abs((row * 2 + 1.5) - 128) <= 1


@browser
def test_a_weight_can_be_dragged_and_typed_and_names_itself_custom(open_page):
    page = open_page(KernelLab(preset="identity"))
    page.wait_for_selector(".cb-weight")
    page.get_by_label("Row 2, column 2", exact=True).fill("5")
    for row, column in ((1, 2), (2, 1), (2, 3), (3, 2)):
        page.get_by_label(f"Row {row}, column {column}", exact=True).focus()
        page.get_by_label(f"Weight at row {row}, column {column}").focus()
        for _ in range(2):
            page.keyboard.press("ArrowLeft")
    page.evaluate("frame().then(frame)")
    assert page.evaluate("models[0].get('kernel')") == PRESETS["sharpen"]["kernel"]
    assert page.evaluate("models[0].get('preset')") == "sharpen"
    page.get_by_label("Row 1, column 1", exact=True).fill("0.25")
    page.evaluate("frame().then(frame)")
    assert page.evaluate("models[0].get('preset')") == "custom"


@browser
def test_the_kernel_is_one_stop_of_the_tab_key_and_the_arrow_keys_go_through_it(open_page):
    page = open_page(KernelLab(preset="identity"))
    page.wait_for_selector(".cb-weight")
    assert page.locator(".cb-weight input[tabindex='0']").count() == 1
    page.get_by_label("Row 2, column 2", exact=True).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    page.evaluate("frame().then(frame)")
    assert page.evaluate("models[0].get('kernel')") == [[0, 0, 0], [0, 1, 0], [1, 0, 0]]
    assert page.get_by_label("Weight at row 3, column 1").input_value() == "1"
    assert page.locator(".cb-weight input[tabindex='0']").count() == 1


@browser
@pytest.mark.parametrize("padding", [0, 2, 8])
def test_the_window_stays_in_its_picture_whose_padding_is_drawn(open_page, padding):
    page = open_page(KernelLab(source="edge", padding=padding))
    page.wait_for_selector("[data-cb=response]")
    canvas = page.locator("canvas").first.bounding_box()
    assert page.evaluate("document.querySelector('canvas').width") == 8 + 2 * padding
    assert page.locator(".cb-padding-ring").is_visible() == (padding > 0)
    for row, column in ((0, 0), (0, 99), (99, 0), (99, 99)):
        page.evaluate("state => setState(state)", {"row": row, "column": column})
        box = page.locator(".cb-box").first.bounding_box()
        assert box["x"] >= canvas["x"] - 0.5
        assert box["y"] >= canvas["y"] - 0.5
        assert box["x"] + box["width"] <= canvas["x"] + canvas["width"] + 0.5
        assert box["y"] + box["height"] <= canvas["y"] + canvas["height"] + 0.5


@browser
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
def test_the_sum_inside_a_pixel_stands_on_one_screen_with_the_pictures(open_page, width, height):
    page = open_page(KernelLab(), width=width)
    page.wait_for_selector("[data-cb=response]")
    top = page.locator("canvas").first.bounding_box()["y"]
    response = page.locator("[data-cb=response]").bounding_box()
    bottom = response["y"] + response["height"]
    # On a telephone the pictures stay at the top of the screen while the rest moves.
    sticky = page.locator(".cb-pictures").evaluate("el => getComputedStyle(el).position")
    assert bottom - top <= height or sticky == "sticky"
    assert (sticky == "sticky") == (width < 400)


@browser
def test_a_kernel_of_ones_own_is_described_by_its_weights(open_page):
    page = open_page(KernelLab(preset="identity"))
    page.wait_for_selector(".cb-weight")
    page.get_by_label("Row 2, column 2", exact=True).fill("0")
    page.evaluate("frame().then(frame)")
    assert "every edge is gone" in page.locator(".cb-about").inner_text()


@browser
def test_a_sum_adds_up_as_it_is_shown_or_says_that_it_is_rounded(open_page):
    page = open_page()
    load_module(page, "shared/filtering.js")
    assert page.evaluate("module.sumSign([1, 2.5], 3.5)") == "="
    assert page.evaluate("module.sumSign([1.0004, 1.0004, 1.0004], 3.0012)") == "≈"


@browser
def test_growing_the_kernel_puts_zeros_around_it_and_changes_no_pixel(open_page):
    page = open_page(KernelLab(preset="sobel-x", padding=0, row=9, column=9))
    page.wait_for_selector(".cb-weight")
    page.get_by_role("radio", name="5×5").check()
    page.evaluate("frame().then(frame)")
    kernel = page.evaluate("models[0].get('kernel')")
    assert np.array(kernel)[1:-1, 1:-1].tolist() == PRESETS["sobel-x"]["kernel"]
    assert page.evaluate("shown()")["output-size"] == "252 × 252"
    page.get_by_role("radio", name="3×3").check()
    page.evaluate("frame().then(frame)")
    assert page.evaluate("models[0].get('preset')") == "sobel-x"


def picture_file(width, height, name="mine.png"):
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)).save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


@browser
def test_the_readers_own_picture_reaches_python_as_the_same_numbers(open_page):
    page = open_page(KernelLab())
    page.wait_for_selector("[data-cb=response]")
    page.set_input_files("input[type=file]", picture_file(40, 30))
    page.wait_for_function("models[0].get('source') === 'own'")
    page.evaluate("frame()")
    assert page.evaluate("shown()")["input-size"] == "30 × 40"
    held = page.evaluate("[...new Uint8Array(models[0].get('image').buffer)].map(String).join(' ')")
    ours = KernelLab(
        source="own", image=bytes(map(int, held.split())), image_width=40, row=3, column=4
    )
    page.evaluate("setState({ row: 3, column: 4 })")
    assert ours.pixels.shape == (30, 40)
    assert read_number(page.evaluate("shown()")["response"]) == ours.response()
    page.get_by_role("combobox", name="Picture").select_option("edge")
    page.get_by_role("combobox", name="Picture").select_option("own")
    page.evaluate("frame()")
    assert page.evaluate("shown()")["input-size"] == "30 × 40"
    page.get_by_role("button", name="Reset").click()
    page.evaluate("frame()")
    assert page.evaluate("shown()")["input-size"] == "256 × 256"


@browser
@pytest.mark.parametrize(
    ("file", "answer"),
    [
        (
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"not a picture"},
            "not a picture",
        ),
        ({"name": "void.png", "mimeType": "image/png", "buffer": b""}, "is empty"),
        ("huge", "has 300 megapixels"),
    ],
)
def test_a_file_that_is_no_usable_picture_is_answered_in_words(open_page, file, answer, tmp_path):
    if file == "huge":
        path = tmp_path / "huge.png"
        Image.new("1", (20_000, 15_000)).save(path)
        file = path
    page = open_page(KernelLab())
    page.wait_for_selector("[data-cb=response]")
    page.set_input_files("input[type=file]", file)
    page.wait_for_function("document.querySelector('[data-cb=picture-problem]').textContent")
    assert answer in page.evaluate("shown()")["picture-problem"]
    assert page.evaluate("models[0].get('source')") == "photograph"


@browser
def test_a_photograph_of_48_megapixels_is_shrunk_not_refused(open_page, tmp_path):
    path = tmp_path / "phone.png"
    Image.new("L", (8_000, 6_000), 90).save(path)
    page = open_page(KernelLab())
    page.wait_for_selector("[data-cb=response]")
    page.set_input_files("input[type=file]", path)
    page.wait_for_function("models[0].get('source') === 'own'")
    page.evaluate("frame().then(frame)")
    assert page.evaluate("shown()")["input-size"] == "192 × 256"


@browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_360_pixels(open_page, theme):
    page = open_page(KernelLab(preset="gaussian-blur-5", padding=2), width=360, theme=theme)
    page.wait_for_selector("[data-cb=response]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


# --- the Python side -----------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_responses_are_scipys(preset):
    lab = KernelLab(preset=preset, padding=0)
    kernel = np.array(lab.kernel)
    pixels = lab.pixels.astype(float)
    expected = correlate2d(pixels, kernel, "valid") / lab.divisor
    np.testing.assert_allclose(lab.output, expected, atol=1e-9)
    lab.operation = "convolution"
    expected = convolve2d(pixels, kernel, "valid") / lab.divisor
    np.testing.assert_allclose(lab.output, expected, atol=1e-9)
    assert lab.response(10, 20) == pytest.approx(expected[10, 20])


def test_a_preset_sets_the_kernel_and_a_kernel_finds_its_name():
    lab = KernelLab(preset="gaussian-blur")
    assert (lab.kernel, lab.divisor) == (PRESETS["gaussian-blur"]["kernel"], 16)
    lab.divisor = 1
    assert lab.preset == "custom"
    lab.kernel = PRESETS["laplacian"]["kernel"]
    assert lab.preset == "laplacian"
    assert KernelLab(kernel=PRESETS["sharpen"]["kernel"]).preset == "sharpen"


def test_blurs_keep_brightness():
    for name in ("gaussian-blur", "box-blur", "gaussian-blur-5"):
        assert np.sum(PRESETS[name]["kernel"]) == PRESETS[name]["divisor"]


def test_own_picture_from_an_array():
    lab = KernelLab(preset="identity", padding=1)
    picture = np.arange(12).reshape(3, 4) * 20
    lab.use_picture(picture)
    np.testing.assert_array_equal(lab.output, picture)
    assert "image" in state_of(lab)[1]
    assert base64.b64decode(state_of(lab)[1]["image"]) == picture.astype(np.uint8).tobytes()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda lab: lab.use_picture(np.zeros((3, 4, 3))), "must be \\(H, W\\), grey"),
        (lambda lab: lab.use_picture(np.full((3, 4), 300)), "from 0 to 255; got 300"),
        (lambda lab: lab.response(256, 0), "rows 0 to 255"),
        (lambda lab: setattr(lab, "kernel", [[1, 2], [3, 4]]), "3 rows of 3"),
        (lambda lab: setattr(lab, "kernel", [[1, 2, 3]] * 2 + [[1, 2, float("nan")]]), "numbers"),
        (lambda lab: setattr(lab, "divisor", 0), "should not be less than 0.01"),
    ],
)
def test_bad_input_says_what_was_expected(act, message):
    with pytest.raises(Exception, match=message):
        act(KernelLab())


def test_it_stands_for_itself_on_paper():
    lab = KernelLab()
    assert "256 × 256 responses" in lab.caption
    assert lab.picture().count("<image") == 2
    assert len(lab.picture()) < 30_000


CHALLENGED = [
    ([[0, 0, 0], [1, 1, 0], [0, 0, 0]], "the nine numbers add up to 2"),
    ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], "some number must differ from 0"),
    ([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "row 1 of the kernel adds up to 3"),
    ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "Found"),
    ([[0.1, 0.2, -0.3], [0, 0, 0], [0, 0, 0]], "Found"),
]


@browser
def test_the_challenge_tells_how_far_a_kernel_is_from_upright_edges_alone(open_page):
    page = open_page(KernelLab(preset="identity", challenge="upright"))
    told = page.locator("[data-cb=challenge]")
    goal = "Change the nine numbers until only upright edges are left."
    assert told.inner_text() == goal  # and no hint before a try
    for kernel, words in CHALLENGED:
        page.evaluate("state => setState(state)", {"kernel": kernel})
        assert words in told.inner_text()
        assert told.get_attribute("data-value") == str(KernelLab(kernel=kernel).solved).lower()


SWEPT = "document.querySelectorAll('.cb-sheet canvas')[1].style.clipPath"


@browser
def test_the_window_sweeps_once_over_the_opening_picture_and_the_first_touch_ends_it(open_page):
    page = open_page(KernelLab(preset="identity", challenge="upright"))
    page.wait_for_function(f"() => {SWEPT}")
    page.locator(".cb-weight input").first.focus()
    page.wait_for_function(f"() => {SWEPT} === ''")
    at = page.locator(".cb-box").nth(1).evaluate("box => parseFloat(box.style.top) / 100")
    assert at == pytest.approx(KernelLab().row / 256)


@browser
@pytest.mark.parametrize(
    ("state", "options"),
    [({"challenge": "upright"}, {"reduced_motion": "reduce"}), ({"challenge": ""}, {})],
)
def test_nothing_sweeps_for_whoever_wants_no_motion_or_has_no_challenge(open_page, state, options):
    page = open_page(KernelLab(preset="identity", **state), **options)
    page.wait_for_selector(".cb-kernel-lab .cb-inside", state="attached")
    page.evaluate("frame().then(frame)")
    assert page.evaluate(SWEPT) == ""


def test_what_solves_the_challenge_answers_0_to_pictures_without_upright_edges():
    level = np.repeat(np.arange(0, 250, 10, np.uint8)[:, None], 25, axis=1)
    for kernel, _ in CHALLENGED:
        lab = KernelLab(kernel=kernel, padding=0)
        lab.use_picture(level)
        assert (abs(lab.output).max() < 1e-9) == (lab.solved or not np.any(kernel))
