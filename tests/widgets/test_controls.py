"""What every control does with what a reader types, turns and touches."""

import re

import pytest
from published import Published

from convbook import widgets
from convbook.widgets import _bundle

pytestmark = pytest.mark.browser


def type_into(page, field, text):
    field.click()
    field.press("Control+a")
    page.keyboard.type(text)
    page.evaluate("frame()")


@pytest.mark.parametrize(
    ("typed", "value"), [("0,5", 0.5), ("1/3", 1 / 3), ("−1/4", -0.25), (".5", 0.5), ("2,25", 2.25)]
)
def test_a_weight_may_be_a_decimal_with_comma_or_a_fraction(open_page, typed, value):
    page = open_page(widgets.KernelLab())
    type_into(page, page.get_by_label("Row 1, column 1", exact=True).first, typed)
    assert page.evaluate("models[0].get('kernel')[0][0]") == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("1,728", "can be read in two ways"), ("1/0", "is not a number"), ("1 3", "is not a number")],
)
def test_what_cannot_be_read_is_said_and_changes_nothing(open_page, typed, words):
    page = open_page(widgets.KernelLab())
    before = page.evaluate("models[0].get('kernel')")
    page.get_by_label("Row 1, column 1", exact=True).first.fill(typed)
    page.evaluate("frame()")
    assert words in page.locator(".cb-problems").first.inner_text()
    assert page.evaluate("models[0].get('kernel')") == before


def test_the_mouse_wheel_over_a_focused_number_field_changes_nothing(open_page):
    page = open_page(widgets.OutputSizeCalculator())
    field = page.get_by_label("Input", exact=False).and_(page.get_by_role("spinbutton")).first
    field.focus()
    field.hover()
    before = page.evaluate("models[0].get('input_size')")
    page.mouse.wheel(0, -300)
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('input_size')") == before
    field.press("ArrowUp")
    assert page.evaluate("models[0].get('input_size')") == before + 1


@pytest.mark.parametrize(
    ("across", "along", "changes"), [(4, 160, False), (60, 4, True), (0, 0, True)]
)
def test_a_finger_changes_a_slider_only_when_it_goes_sideways_or_taps(
    open_page, across, along, changes
):
    page = open_page(widgets.BatchNormLab(), width=360, has_touch=True, is_mobile=True)
    slider = page.get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + 0.8 * box["width"] - across, box["y"] + box["height"] / 2
    before = page.evaluate("JSON.stringify(models[0].state)")
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for step in range(1, 9 if across or along else 1):
        send("touchMove", {"x": x + across * step / 8, "y": y - along * step / 8})
        page.evaluate("frame()")
    send("touchEnd")
    page.evaluate("frame()")
    assert (page.evaluate("JSON.stringify(models[0].state)") != before) is changes


def test_a_choice_stays_visible_in_forced_colours(open_page):
    page = open_page(widgets.KernelLab(), forced_colors="active")
    chosen, other = (
        page.locator(f".cb-segments input{state} + span").first.evaluate(
            "span => getComputedStyle(span).backgroundColor"
        )
        for state in (":checked", ":not(:checked)")
    )
    assert chosen != other


@pytest.mark.parametrize("name", ["Drill", "Quiz", "Progress", "Flashcards"])
def test_a_widget_works_where_the_browser_refuses_to_keep_anything(browser, name):
    site = Published(browser, getattr(widgets, name)())
    site.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } })"
    )
    page = site.open()
    assert page.locator(".cb-body :is(button, input)").count() > 1
    page.get_by_role("button").last.click()
    site.rest()
    assert page.locator(".afm-error").count() == 0
    assert site.problems == []
    site.close()


def test_a_content_policy_without_blobs_is_named(browser):
    policy = {"content-security-policy": "script-src 'self'; style-src 'self' 'unsafe-inline'"}
    site = Published(browser, widgets.Drill(), headers=policy)
    page = site.open()
    words = page.locator(".afm-error").inner_text()
    assert "blob:" in words
    assert "Reload" not in words
    site.close()


def test_no_control_repeats_the_limits_of_its_trait():
    """Ends and whole numbers come from Python; only a part of a trait says its own."""
    again = re.compile(
        r'(?:slider|numberField|rangeField)\(view, "\w+",\s*\{[^{}]*?\b(?:min|max|whole):'
    )
    for path in _bundle.FOLDER.rglob("*.js"):
        assert again.findall(path.read_text("utf-8")) == [], path.name
