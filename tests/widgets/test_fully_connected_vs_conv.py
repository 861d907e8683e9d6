"""FullyConnectedVsConv: counts and the four small networks' answers are Python's."""

import random

import numpy as np
import pytest
from harness import read_number

from convbook import data
from convbook.widgets import FullyConnectedVsConv, _shuffle

browser = pytest.mark.browser


def random_state(rng):
    return {
        "image_size": rng.randint(1, 1024),
        "channels": rng.choice([1, 3]),
        "units": rng.choice([1, 10, 1_000, 100_000]),
        "filters": rng.randint(1, 512),
        "kernel_size": rng.randint(1, 31),
        "example": rng.randint(0, 29),
        "shuffled": rng.random() < 0.5,
    }


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(2)
    page = open_page(FullyConnectedVsConv())
    for _ in range(100):
        state = random_state(rng)
        ours = FullyConnectedVsConv(**state)
        page.evaluate("state => setState(state)", state)
        shown = page.evaluate("shown()")
        assert read_number(shown["dense-parameters"]) == ours.dense_parameters
        assert read_number(shown["conv-parameters"]) == ours.conv_parameters
        held = page.locator("[data-cb=equal-dense-parameters]").get_attribute("data-value")
        assert int(held) == ours.equal_dense_parameters
        for kind in ("dense", "conv"):
            expected = ours.probabilities(kind)
            displayed = [
                read_number(shown[f"{kind}-share-{digit}"].rstrip("%")) / 100 for digit in range(10)
            ]
            assert displayed == pytest.approx(expected.tolist(), abs=6e-4)
            assert shown[f"{kind}-says"].startswith(f"says {expected.argmax()}:")


@browser
def test_areas_are_to_scale(open_page):
    page = open_page(FullyConnectedVsConv(image_size=16, units=10, filters=64))
    sides = page.locator(".cb-compare rect").evaluate_all(
        "rects => rects.map((rect) => rect.height.baseVal.value)"
    )
    widget = FullyConnectedVsConv(image_size=16, units=10, filters=64)
    ratio = widget.conv_parameters / widget.dense_parameters
    assert (sides[1] / sides[0]) ** 2 == pytest.approx(ratio, rel=1e-6)


@browser
def test_shuffling_by_keyboard(open_page):
    page = open_page(FullyConnectedVsConv())
    page.get_by_role("radio", name="count the parameters").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("frame()")
    page.get_by_role("radio", name="in order").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("models[0].get('shuffled')") is True


@browser
@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ({}, "parameters"),
        ({"image_size": 100, "units": 1}, "parameters"),
        ({"shuffled": True}, "shuffle"),
        ({"example": 4}, "shuffle"),
        ({"part": "shuffle"}, "shuffle"),
        ({"part": "parameters", "shuffled": True}, "parameters"),
    ],
)
def test_one_part_is_shown_and_a_link_opens_the_one_that_it_speaks_of(open_page, state, shown):
    page = open_page(FullyConnectedVsConv())
    page.evaluate("state => setState(state)", state)
    assert page.locator(".cb-compare").is_visible() == (shown == "parameters")
    assert page.locator(".cb-shuffle").is_visible() == (shown == "shuffle")


@browser
@pytest.mark.parametrize("part", ["parameters", "shuffle"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_360_pixels(open_page, part, theme):
    page = open_page(FullyConnectedVsConv(part=part), width=360, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_counts_of_section_2():
    widget = FullyConnectedVsConv()
    assert widget.input_count == 150_528
    assert widget.dense_parameters == 150_529_000
    assert widget.conv_parameters == 1_792


def test_the_recorded_accuracies_are_those_of_the_weights_that_came_along():
    digits = data.load("digits")
    flat = np.round(digits.x_test.reshape(-1, 64) / (255 / 16)) / 16
    record = _shuffle.record()
    for name, network in _shuffle.trained().items():
        pixels = flat[:, record["order"]] if name.endswith("shuffled") else flat
        accuracy = network.accuracy(pixels.reshape(-1, 1, 8, 8).astype(np.float32), digits.y_test)
        assert accuracy == pytest.approx(record["accuracies"][name][0], abs=1e-4)
        kind = name.partition("-")[0]
        assert network.parameter_count == record["parameters"][kind]


def test_shuffling_costs_the_convolutional_network_and_not_the_dense_one():
    means = {name: np.mean(scores) for name, scores in _shuffle.record()["accuracies"].items()}
    assert abs(means["dense-in-order"] - means["dense-shuffled"]) < 0.01
    assert means["conv-in-order"] - means["conv-shuffled"] > 0.03


def test_shuffled_pixels_are_the_same_pixels():
    shuffled = FullyConnectedVsConv(example=4, shuffled=True).digit
    in_order = FullyConnectedVsConv(example=4).digit
    assert sorted(shuffled.ravel()) == sorted(in_order.ravel())
    assert (shuffled != in_order).any()


def test_it_stands_for_itself_on_paper():
    widget = FullyConnectedVsConv()
    assert "150,529,000 parameters" in widget.caption
    assert widget.picture().count("<rect") == 2
