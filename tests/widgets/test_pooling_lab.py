"""PoolingLab: windows, and what a shift changes, are Python's."""

import random

import numpy as np
import pytest
from harness import read_number
from traitlets import TraitError

from convbook.widgets import PoolingLab

browser = pytest.mark.browser
#: What a result of the widget stands for.
VALUE = "(name) => JSON.parse(document.querySelector(`[data-cb=${name}]`).dataset.value)"


def random_state(rng):
    height, width = rng.randint(2, 8), rng.randint(2, 8)
    return {
        "source": rng.choice(["numbers", "numbers", "digit", "photograph"]),
        "numbers": [[rng.randint(-9, 9) for _ in range(width)] for _ in range(height)],
        "kind": rng.choice(["max", "average"]),
        "everywhere": rng.random() < 0.15,
        "pool_size": rng.randint(1, 4),
        "stride": rng.randint(1, 4),
        "shift_down": rng.randint(-4, 4),
        "shift_right": rng.randint(-4, 4),
        "row": rng.randint(0, 60),
        "column": rng.randint(0, 60),
    }


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(9)
    page = open_page(PoolingLab())
    page.wait_for_selector("[data-cb=value]")
    possible = moved = 0
    for _ in range(100):
        state = random_state(rng)
        ours = PoolingLab(**state)
        page.evaluate("state => setState(state)", state)
        shown = page.evaluate("shown()")
        if ours.problem:
            assert shown["problem"] == f"No output: {ours.problem}."
            continue
        possible += 1
        assert shown["output-size"] == " × ".join(map(str, ours.output_shape))
        assert read_number(shown["value"]) == pytest.approx(ours.value, abs=5.1e-4)
        if state["shift_down"] or state["shift_right"]:
            value = page.locator("[data-cb=unchanged]").get_attribute("data-value")
            assert int(value) == ours.unchanged
            along = page.locator("[data-cb=moved-along]").get_attribute("data-value")
            assert along == ("" if ours.moved_along is None else str(ours.moved_along))
            moved += ours.moved_along is not None
        if state["source"] == "numbers":
            cells = page.locator(".cb-map td").all_inner_texts()
            assert [read_number(text) for text in cells] == pytest.approx(
                ours.output.ravel().tolist(), abs=5.1e-4
            )
    assert possible > 60
    assert moved > 5


@browser
def test_where_no_window_fits_nothing_old_stays_and_the_advice_can_be_followed(open_page):
    page = open_page(PoolingLab())
    page.wait_for_selector("[data-cb=value]")
    page.evaluate("setState({pool_size: 6})")
    words = page.evaluate("shown()")["problem"]
    assert "make the window smaller or the table larger" in words
    for control in ("Window", "Table"):
        assert page.get_by_role("slider", name=control).is_visible()
    for stale in (".cb-map", "[data-cb=value]", "[data-cb=unchanged]"):
        assert not page.locator(stale).is_visible()
    assert page.evaluate("shown()")["output-size"] == "none"
    assert page.locator(".cb-in-window").count() == 0
    page.evaluate("setState({pool_size: 2})")
    assert page.locator(".cb-map").is_visible()


@browser
@pytest.mark.parametrize("source", ["photograph", "digit"])
def test_a_picture_opens_where_its_numbers_differ(open_page, source):
    page = open_page(PoolingLab())
    page.wait_for_selector("[data-cb=value]")
    page.get_by_role("radio", name=source).check()
    page.evaluate("frame()")
    chosen = [page.evaluate(f"models[0].get('{name}')") for name in ("row", "column")]
    ours = PoolingLab(source=source)
    assert chosen == [ours.row, ours.column]
    top, left = 2 * ours.row, 2 * ours.column
    assert np.ptp(ours.image[top : top + 2, left : left + 2]) > 50


@browser
def test_a_window_is_chosen_by_mouse_and_by_arrow_keys(open_page):
    page = open_page(PoolingLab())
    page.wait_for_selector("[data-cb=value]")
    page.locator(".cb-map td").nth(3).hover()
    page.evaluate("frame()")
    assert page.evaluate("shown()")["value"] == "6"
    page.get_by_role("grid", name="Output").locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.evaluate("frame()")
    assert page.evaluate("shown()")["value"] == "4"


@browser
def test_editing_a_shifted_cell_changes_the_number_that_stands_there(open_page):
    page = open_page(PoolingLab(shift_right=1))
    page.wait_for_selector("[data-cb=value]")
    page.get_by_label("Input, row 0, column 0").fill("9")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('numbers')[0]") == [1, 3, 2, 9]
    assert page.evaluate("shown()")["value"] == "9"


@browser
@pytest.mark.parametrize("source", ["numbers", "photograph", "digit"])
def test_nothing_sticks_out_at_360_pixels(open_page, source):
    widget = PoolingLab(source=source, numbers=np.ones((8, 8)).tolist())
    page = open_page(widget, width=360)
    page.wait_for_selector("[data-cb=value]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@browser
def test_the_network_reads_the_shifted_digit_as_it_does_in_numpy(open_page):
    page = open_page(PoolingLab(source="digit"), width=360)
    page.get_by_role("button", name="Ask the network of section 10").press("Enter")
    page.wait_for_function("() => shown()['network-says'].includes(' says 6')")
    for down, right in ((0, 0), (0, 3), (-4, 1), (8, -8)):
        page.evaluate("state => setState(state)", {"shift_down": down, "shift_right": right})
        ours = PoolingLab(source="digit", shift_down=down, shift_right=right)
        digit, probability = ours.prediction
        assert page.evaluate(VALUE, "network-says") == [
            str(digit),
            pytest.approx(probability, abs=1e-4),
        ]
        curves = page.evaluate(VALUE, "shift-curve")
        for direction in ("right", "down"):
            assert curves[direction] == pytest.approx(ours.shift_test(direction).tolist(), abs=1e-4)
        assert page.evaluate("shown()")["shift-curve"] in ours.caption
    assert page.locator(".cb-shift-test circle").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_chapters_example_and_its_shifts():
    assert PoolingLab().output.tolist() == [[3, 4], [5, 6]]
    assert PoolingLab(kind="average").output.tolist() == [[1.5, 2.5], [2.25, 2.25]]
    by_a_stride = PoolingLab(shift_right=2)
    assert by_a_stride.output.tolist() == [[4, 3], [6, 5]]
    assert (by_a_stride.unchanged, by_a_stride.moved_along) == (0, 4)
    assert PoolingLab(shift_right=1).moved_along is None


@pytest.mark.parametrize("kind", ["max", "average"])
def test_global_pooling_does_not_notice_a_shift(kind):
    pooled = PoolingLab(kind=kind, everywhere=True, shift_down=3, shift_right=-1)
    assert pooled.output_shape == (1, 1)
    assert pooled.unchanged == 1


def test_it_stands_for_itself_on_paper():
    assert "2 × 2 of 4 × 4" in PoolingLab().caption
    assert "cannot be" in PoolingLab(pool_size=5).caption
    assert PoolingLab(pool_size=5).picture().startswith("<svg")
    assert "<image" in PoolingLab(source="photograph").picture()
    assert "the network of section 10 says 6, 100 %" in PoolingLab(source="digit").caption
    assert PoolingLab(source="digit").picture().count("<polyline") == 2


@pytest.mark.parametrize("numbers", [[], [[]], [[1, 2], [3]], [["a"]], np.zeros((9, 2)).tolist()])
def test_bad_numbers_say_what_was_expected(numbers):
    with pytest.raises(TraitError, match="numbers must be a table of 1 to 8 rows and columns"):
        PoolingLab(numbers=numbers)
