"""OutputSizeCalculator: what it displays is what Python computes, however it is set."""

import random

import pytest
from harness import read_number

from convbook.widgets import OutputSizeCalculator

pytestmark = pytest.mark.browser


def random_state(rng):
    return {
        "input_size": rng.choice([rng.randint(1, 40), rng.randint(1, 1000)]),
        "kernel_size": rng.randint(1, 12),
        "stride": rng.randint(1, 6),
        "padding": rng.randint(0, 6),
        "padding_after": rng.randint(0, 6),
        "padding_mode": rng.choice(["equal", "uneven", "valid", "same"]),
        "dilation": rng.choice([1, 1, 2, 3]),
        "position": rng.randint(0, 20),
    }


def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(7)
    page = open_page(OutputSizeCalculator())
    possible = 0
    for _ in range(100):
        state = random_state(rng)
        page.evaluate("state => setState(state)", state)
        shown, ours = page.evaluate("shown()"), OutputSizeCalculator(**state)
        for name, expected in (("keras", ours.keras_output), ("pytorch", ours.pytorch_output)):
            assert shown[name] == ("refuses" if expected is None else f"{expected:,}"), state
        if ours.problem:
            assert shown["problem"] == f"No output: {ours.problem}."
            assert shown["output-size"] == "–"
            continue
        possible += 1
        assert shown["problem"] == ""
        assert read_number(shown["output-size"]) == ours.output_size
        unused = shown["unused-pixels"].split()[0]
        assert (0 if unused == "The" else read_number(unused)) == ours.unused_pixels
        before, after = ours.pad_amounts
        if before != after:
            assert f"{before} before and {after} after" in shown["pad-amounts"]
        elif before:
            assert f"{before} on each side" in shown["pad-amounts"]
        position = min(state["position"], ours.output_size - 1)
        first = position * ours.stride - before
        assert page.locator("[data-cb=window]").get_attribute("data-value") == str(first)
    assert possible > 60


def test_the_last_line_of_the_formula_is_the_answer(open_page):
    page = open_page(OutputSizeCalculator(input_size=224, kernel_size=7, stride=2, padding=3))
    lines = page.locator(".cb-step").all_inner_texts()
    assert "⌊(224 − 7 + 2·3) / 2⌋ + 1" in lines[1].replace("\n", "")
    assert page.locator(".cb-final").inner_text() == "112"


def test_typing_and_arrow_keys_change_the_state(open_page):
    page = open_page(OutputSizeCalculator())
    page.get_by_label("Input W", exact=True).first.fill("7")
    page.get_by_label("Kernel F", exact=True).first.fill("3")
    page.locator("input[type=range]").nth(2).focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("frame()")
    state = page.evaluate("[models[0].get('input_size'), models[0].get('stride')]")
    assert state == [7, 2]
    page.get_by_role("radio", name="valid").check()
    page.evaluate("frame()")
    assert page.evaluate("shown()")["output-size"] == "3"


def test_a_key_pressed_in_the_widget_stays_in_it(open_page):
    page = open_page(OutputSizeCalculator())
    page.evaluate("window.heard = 0; document.body.addEventListener('keydown', () => heard++)")
    page.locator("input[type=range]").first.press("ArrowRight")
    assert page.evaluate("heard") == 0


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "this field is empty"),
        ("1e9", "1e9 does not fit here; give a whole number from 1 to 1,000,000"),
        ("2.5", "2.5 does not fit here"),
        ("-3", "-3 does not fit here"),
    ],
)
def test_nonsense_is_answered_in_words_and_the_last_good_value_stays(open_page, typed, answer):
    page = open_page(OutputSizeCalculator())
    field = page.locator("input[role=spinbutton]").first
    field.fill(typed)
    page.evaluate("frame()")
    message = page.locator(".cb-field .cb-problem").first.inner_text()
    assert answer in message
    assert "Still in use: 32." in message
    assert page.evaluate("shown()")["output-size"] == "32"
    page.get_by_role("button", name="Reset").click()
    page.evaluate("frame()")
    assert field.input_value() == "32"
    assert page.locator(".cb-field .cb-problem").first.inner_text() == ""


def test_letters_are_answered_in_words(open_page):
    page = open_page(OutputSizeCalculator())
    field = page.locator("input[role=spinbutton]").first
    field.click()
    field.press("Control+a")
    page.keyboard.type("eee")
    page.evaluate("frame()")
    assert "is not a number" in page.locator(".cb-field .cb-problem").first.inner_text()


def test_a_million_pixels_are_counted_but_not_drawn(open_page):
    page = open_page(OutputSizeCalculator(input_size=1_000_000))
    assert page.evaluate("shown()")["output-size"] == "1,000,000"
    assert page.locator(".cb-drawing svg").count() == 0
    assert "too many to draw to scale" in page.evaluate("shown()")["window"]


def test_two_views_of_one_model_stay_in_step(open_page):
    page = open_page(OutputSizeCalculator(), views=2)
    page.locator("input[role=spinbutton]").first.fill("64")
    page.evaluate("frame()")
    sizes = page.locator("[data-cb=output-size]").all_inner_texts()
    assert sizes == ["64", "64"]


def test_reset_goes_back_to_what_the_page_opened_with(open_page):
    page = open_page(OutputSizeCalculator(input_size=11, kernel_size=4, stride=3, padding=0))
    page.evaluate("setState({ input_size: 99, padding_mode: 'same', dilation: 2 })")
    page.get_by_role("button", name="Reset").click()
    page.evaluate("frame()")
    assert page.evaluate("shown()")["output-size"] == "3"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_sticks_out_at_360_pixels(open_page, theme):
    page = open_page(OutputSizeCalculator(), width=360, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_it_stands_for_itself_on_paper():
    widget = OutputSizeCalculator(input_size=8, kernel_size=3, stride=2, padding=0)
    assert "3 outputs, 1 pixel unread at the end" in widget.caption
    assert widget.picture().startswith("<svg")
    assert "larger than" in OutputSizeCalculator(input_size=2, padding=0).caption


def test_an_unknown_input_is_refused_with_the_ones_there_are():
    with pytest.raises(TypeError, match="has no strides; what can be set is dilation"):
        OutputSizeCalculator(strides=2)
