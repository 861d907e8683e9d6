"""ReceptiveField: what a neuron sees, displayed and drawn, is Python's."""

import json
import random

import pytest
from harness import read_number
from traitlets import TraitError

from convbook import shapes
from convbook.widgets import ReceptiveField

browser = pytest.mark.browser


def random_state(rng):
    return {
        "layers": [
            [rng.randint(1, 5), rng.randint(1, 3), *rng.choice([[1], [2], [3], [1, "pool"]])]
            for _ in range(rng.randint(1, 4))
        ],
        "input_size": rng.randint(1, 64),
        "layer": rng.randint(-1, 4),
        "neuron": rng.randint(-1, 30),
        "channels": rng.choice([1, 3, 64, 512]),
    }


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(11)
    page = open_page(ReceptiveField())
    short = 0
    for _ in range(100):
        state = random_state(rng)
        ours = ReceptiveField(**state)
        page.evaluate("state => setState(state)", state)
        shown = page.evaluate("shown()")
        field = ours.field
        assert shown["rf-size"] == f"{field.size} × {field.size}"
        assert f"begin {field.effective_stride} pixel" in shown["effective-stride"]
        for number, size in enumerate(field.sizes, 1):
            assert shown[f"sees-{number}"] == str(size)
        span = json.loads(page.locator("[data-cb=span]").get_attribute("data-value"))
        assert tuple(span) == ours.span
        assert read_number(shown["stack-parameters"]) == ours.stack_parameters
        assert read_number(shown["single-parameters"]) == ours.single_parameters
        problem = f"Not all layers fit: {ours.problem}." if ours.problem else ""
        assert shown["problem"] == problem
        short += bool(problem)
        seen = page.locator(".cb-node.cb-seen").count()
        assert seen >= (ours.paths > 0).sum()
        bars = page.locator(".cb-path-bar").count()
        assert bars == (0 if ours.selected[0] < 2 else (ours.paths > 0).sum())
    assert 5 < short < 60


@browser
def test_a_neuron_is_tapped_and_walked_from_by_keyboard(open_page):
    page = open_page(ReceptiveField())
    drawing = page.get_by_role("grid", name="Layers of neurons")
    box = drawing.bounding_box()
    # The third neuron of the top row: its field begins at pixel 2.
    page.mouse.click(box["x"] + box["width"] * (2 + 2.5) / 15, box["y"] + 30)
    page.evaluate("frame()")
    assert (
        "Neuron 2 in layer 2 (neurons 0 to 10) sees 5 pixels, 2 to 6."
        in page.evaluate("shown()")["span"]
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.evaluate("frame()")
    assert "Neuron 4 in layer 1" in page.evaluate("shown()")["span"]


@browser
def test_layers_are_added_edited_and_removed(open_page):
    page = open_page(ReceptiveField())
    page.get_by_role("button", name="Add a layer").click()
    page.evaluate("frame()")
    assert page.evaluate("shown()")["rf-size"] == "7 × 7"
    page.get_by_label("Layer 1, stride").fill("2")
    page.evaluate("frame()")
    assert page.evaluate("shown()")["rf-size"] == "11 × 11"
    page.get_by_role("button", name="Remove layer 3").press("Enter")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('layers')") == [[3, 2, 1], [3, 1, 1]]


@browser
def test_nothing_sticks_out_at_360_pixels(open_page):
    page = open_page(ReceptiveField(layers=[[3, 1, 1]] * 8, input_size=64), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@browser
def test_pooling_is_no_trained_convolution(open_page):
    layers = [[3, 1, 1], [3, 1, 1], [2, 2, 1], [3, 1, 1]]
    page = open_page(ReceptiveField(layers=layers))
    page.get_by_label("Layer 3, kind").select_option("pool")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('layers')[2]") == [2, 2, 1, "pool"]
    assert page.evaluate("shown()")["stack-parameters"] == "110,784"
    assert "3 places for a non-linearity" in page.locator(".cb-receptive-field").inner_text()
    assert page.get_by_label("Layer 3, dilation").is_disabled()


def test_paths_are_counted_by_walking_them():
    widget = ReceptiveField(layers=[[3, 2, 1], [2, 1, 3], [3, 1, 2]], input_size=40)

    def walk(level, neuron):
        if level == 0:
            yield neuron
            return
        kernel, stride, dilation = widget.layers[level - 1]
        for tap in range(kernel):
            yield from walk(level - 1, neuron * stride + tap * dilation)

    pixels = list(walk(*widget.selected))
    first, last = widget.span
    assert (min(pixels), max(pixels)) == (first, last)
    counts = [pixels.count(pixel) for pixel in range(first, last + 1)]
    assert widget.paths.tolist() == counts


def test_a_stack_with_pooling_has_the_parameters_of_its_convolutions_alone():
    widget = ReceptiveField(layers=[[3, 1, 1], [3, 1, 1], [2, 2, 1, "pool"], [3, 1, 1]])
    convolutions = 3 * shapes.conv2d_parameters(64, 64, 3)
    assert (widget.stack_parameters, widget.convolutions) == (convolutions, 3) == (110_784, 3)
    assert widget.field == shapes.receptive_field([(3, 1), (3, 1), (2, 2), (3, 1)])
    assert "pooling 2×2 stride 2" in widget.caption


def test_two_3x3_save_28_percent_against_one_5x5():
    widget = ReceptiveField()
    assert widget.field.size == 5
    assert widget.paths.tolist() == [1, 2, 3, 2, 1]
    assert round(1 - widget.stack_parameters / widget.single_parameters, 2) == 0.28


def test_it_stands_for_itself_on_paper():
    assert "After each layer: 3, 5" in ReceptiveField().caption
    assert ReceptiveField().picture().count("<line") == 3 + 9


@pytest.mark.parametrize(
    "layers",
    [
        [],
        [[3, 1]],
        [[0, 1, 1]],
        [[3, 1, 9]],
        [[3, 1.5, 1]],
        [[2, 2, 2, "pool"]],
        [[2, 2, 1, "max"]],
    ],
)
def test_bad_layers_say_what_was_expected(layers):
    with pytest.raises(TraitError, match="layer"):
        ReceptiveField(layers=layers)
