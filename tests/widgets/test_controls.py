"""What every control does with what a reader types, turns and touches."""

import re

import pytest
from harness import load_module, read_number
from playwright.sync_api import expect
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


@pytest.mark.parametrize("name", ["ConvolutionStepper", "PoolingLab"])
def test_a_table_of_fields_is_one_stop_of_the_tab_key(open_page, name):
    page = open_page(getattr(widgets, name)())
    table = page.get_by_role("grid", name="Input; arrow keys")
    expect(table.locator("input[tabindex='0']")).to_have_count(1)
    table.locator("input[tabindex='0']").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    seen = []
    for key in ("ArrowRight", "Enter", "ArrowLeft", "Shift+Enter"):
        page.keyboard.press(key)
        seen.append(page.evaluate(label).removeprefix("Input, "))
    assert seen == [
        "row 0, column 1",
        "row 1, column 1",
        "row 1, column 0",
        "row 0, column 0",
    ]
    before = page.locator("input:focus").input_value()
    page.keyboard.press("ArrowUp")
    assert read_number(page.locator("input:focus").input_value()) == read_number(before) + 1
    expect(table.locator("input[tabindex='0']")).to_have_count(1)


POINTED_AT = {
    "ConvolutionStepper": ("grid", "Output map"),
    "PoolingLab": ("grid", "Output"),
    "KernelLab": ("grid", "Output picture"),
    "ReceptiveField": ("grid", "Layers of neurons"),
    "OutputSizeCalculator": ("slider", "The window in its positions"),
    "GradientHighway": ("slider", "Length of the gradient"),
    "Timeline": ("slider", "Milestones by year"),
    "NetworkBuilder": ("slider", "What every layer makes"),
    "DigitCanvas": ("grid", "The chosen map"),
}


@pytest.mark.parametrize("name", POINTED_AT)
def test_what_one_points_at_is_a_grid_or_a_slider_and_the_keyboard_stays_in_it(open_page, name):
    role, label = POINTED_AT[name]
    page = open_page(getattr(widgets, name)())
    page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *")
    assert page.locator("[role=application]").count() == 0
    place = page.get_by_role(role, name=label, exact=False).first
    stop = place.locator("[tabindex='0']") if role == "grid" else place
    assert stop.count() == 1
    stop.focus()
    told = """(el) => { const stops = [...el.querySelectorAll("[tabindex]")];
      const at = stops.findIndex((stop) => stop.tabIndex === 0);
      return [at, stops[at]?.ariaLabel, el.ariaValueText].join(); }"""
    before = place.evaluate(told)
    key = "ArrowLeft" if name in ("ReceptiveField", "Timeline") else "ArrowRight"
    for _ in range(2):
        page.keyboard.press(key)
        page.evaluate("frame()")
    assert place.evaluate(told) != before
    assert place.evaluate("(el) => el.contains(document.activeElement)")
    assert (place.locator("[tabindex='0']") if role == "grid" else place).count() == 1


def test_a_box_that_scrolls_stops_watching_its_width_once_it_has_left_the_page(open_page):
    page = open_page()
    load_module(page, "shared/dom.js")
    watched = page.evaluate(
        """async () => {
          const counts = { observing: 0 };
          const Observer = window.ResizeObserver;
          window.ResizeObserver = class extends Observer {
            constructor(heard) { super(heard); counts.observing += 1; }
            disconnect() { counts.observing -= 1; super.disconnect(); }
          };
          const box = module.scrollBox(document.createElement("table"));
          const found = [];
          for (const act of [() => document.body.append(box), () => box.remove()]) {
            act();
            await frame();
            await frame();
            found.push(counts.observing);
          }
          return found;
        }"""
    )
    assert watched == [1, 0]
