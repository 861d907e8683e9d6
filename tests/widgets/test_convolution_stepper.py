"""ConvolutionStepper: each step's patch, products and sum are Python's."""

import random

import numpy as np
import pytest
from harness import read_number
from traitlets import TraitError

from convbook.widgets import ConvolutionStepper

browser = pytest.mark.browser


def random_state(rng):
    channels, height, width = rng.randint(1, 3), rng.randint(2, 7), rng.randint(2, 7)
    size = rng.randint(1, 4)

    def numbers(*shape):
        if len(shape) == 1:
            return [rng.choice([rng.randint(-9, 9), rng.randint(-9, 9) / 4]) for _ in range(*shape)]
        return [numbers(*shape[1:]) for _ in range(shape[0])]

    return {
        "image": numbers(channels, height, width),
        "kernel": numbers(channels if rng.random() < 0.95 else channels % 3 + 1, size, size),
        "bias": rng.choice([0, 0, 2, -1.5]),
        "stride": rng.randint(1, 3),
        "padding": rng.randint(0, 2),
        "step": rng.randint(0, 20),
    }


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(3)
    page = open_page(ConvolutionStepper())
    possible = 0
    for _ in range(100):
        state = random_state(rng)
        ours = ConvolutionStepper(**state)
        page.evaluate("state => setState(state)", state)
        shown = page.evaluate("shown()")
        if ours.problem:
            assert shown["problem"] == f"No output: {ours.problem}."
            assert not page.locator("[data-cb=value]").is_visible()
            continue
        possible += 1
        assert shown["problem"] == ""
        assert read_number(shown["value"]) == pytest.approx(ours.value, abs=5.1e-4)
        assert shown["output-shape"] == "output, {} × {}".format(*ours.output_shape)
        cells = page.locator(".cb-map td").all_inner_texts()
        done = min(state["step"], ours.output.size - 1)
        expected = ours.output.ravel()
        assert [read_number(text) for text in cells[: done + 1]] == pytest.approx(
            expected[: done + 1].tolist(), abs=5.1e-4
        )
        assert set(cells[done + 1 :]) <= {"?"}
        products = page.locator(".cb-channel .cb-term + .cb-term td").all_inner_texts()
        assert [read_number(text) for text in products] == pytest.approx(
            ours.products.ravel().tolist(), abs=5.1e-4
        )
    assert possible > 60


@browser
def test_forward_back_and_play_walk_through_the_outputs(open_page):
    page = open_page(ConvolutionStepper())
    step = "models[0].get('step')"
    page.get_by_role("button", name="Forward").click()
    assert page.evaluate(step) == 1
    page.evaluate("frame()")
    page.get_by_role("button", name="Back").press("Enter")
    assert page.evaluate(step) == 0
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("models[0].get('step') === 3")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert page.get_by_role("button", name="Forward").is_disabled()


@browser
def test_an_output_cell_is_chosen_by_click_and_by_arrow_key(open_page):
    page = open_page(ConvolutionStepper())
    page.locator(".cb-map td").nth(3).click()
    assert page.evaluate("models[0].get('step')") == 3
    page.get_by_role("grid", name="Output map").locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("models[0].get('step')") == 2


@browser
def test_every_number_can_be_edited(open_page):
    page = open_page(ConvolutionStepper())
    page.get_by_label("Input, row 0, column 0").fill("10")
    page.get_by_label("Filter, row 0, column 0").fill("-2")
    page.get_by_label("Bias").fill("0.5")
    page.evaluate("frame()")
    image, kernel = page.evaluate("[models[0].get('image'), models[0].get('kernel')]")
    ours = ConvolutionStepper(image=image, kernel=kernel, bias=0.5)
    assert ours.image[0][0][0] == 10
    assert read_number(page.evaluate("shown()")["value"]) == ours.value


@browser
def test_a_filter_gets_a_channel_for_each_of_the_inputs(open_page):
    page = open_page(ConvolutionStepper())
    page.get_by_role("radio", name="3").check()
    page.evaluate("frame()")
    shapes = page.evaluate("['image', 'kernel'].map((t) => models[0].get(t).length)")
    assert shapes == [3, 3]
    assert page.locator(".cb-map").count() == 1


@browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_360_pixels(open_page, theme):
    page = open_page(
        ConvolutionStepper(image=np.ones((3, 8, 8)).tolist(), kernel=np.ones((3, 3, 3)).tolist()),
        width=360,
        theme=theme,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_hand_convolution_of_the_chapter():
    stepper = ConvolutionStepper()
    assert stepper.output.tolist() == [[-2, -2], [2, -4]]
    assert [ConvolutionStepper(step=step).value for step in range(4)] == [-2, -2, 2, -4]
    assert "[[-2.0, -2.0], [2.0, -4.0]]" in stepper.caption
    assert stepper.picture().startswith("<svg")


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"image": [[1, 2], [3, 4]]}, "image must be numbers of shape"),
        ({"image": [[["a"]]]}, "image must be numbers of shape"),
        ({"image": np.zeros((1, 9, 9)).tolist()}, "sides up to 8"),
        ({"kernel": [[[1, 2]]]}, "height equal to width"),
        ({"kernel": [[[float("inf")]]]}, "from −1000 to 1000"),
    ],
)
def test_bad_input_says_what_was_expected(state, message):
    with pytest.raises(TraitError, match=message):
        ConvolutionStepper(**state)


@browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_output_stands_behind_the_sum_of_the_products(open_page, width, channels):
    given = np.ones((channels, 4, 4)).tolist(), np.ones((channels, 2, 2)).tolist()
    page = open_page(ConvolutionStepper(image=given[0], kernel=given[1]), width)
    sign = page.get_by_text("sum →").bounding_box()
    output = page.locator(".cb-output table").bounding_box()
    assert sign["x"] + sign["width"] <= output["x"] <= sign["x"] + sign["width"] + 24
    assert output["y"] <= sign["y"] + sign["height"] / 2 <= output["y"] + output["height"]
    for products in page.locator(".cb-channel .cb-term:last-of-type table").all():
        box = products.bounding_box()
        before = box["x"] + box["width"] <= sign["x"] or box["y"] + box["height"] <= sign["y"]
        assert before, "the products come first"
