"""The room that a page keeps for a widget: text doesn't jump when the widget is there."""

import pytest
import waiting
from published import Published

from convbook import widgets
from convbook.publishing import heights

SHIFTS = """
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("name", widgets.__all__)
def test_every_widget_has_measured_heights(name):
    assert "--afm-narrow:" in heights.reserved({"name": name, "state": {}})


def test_a_widget_that_was_never_measured_keeps_a_screen_free():
    assert heights.reserved({"name": "YourOwn", "state": {"n": 1}}) == ""


def test_a_state_of_its_own_goes_before_its_class(monkeypatch):
    model = {"name": "Drill", "state": {"level": 3, "_limits": "{}"}}
    measured = {"Drill": [500, 400], heights.key_of(model): [900, 800]}
    monkeypatch.setattr(heights, "_measured", lambda: measured)
    assert heights.reserved(model) == "--afm-narrow:900px;--afm-wide:800px"
    later = {"name": "Drill", "state": {"level": 3, "_limits": '{"level": {}}'}}
    assert heights.key_of(later) == heights.key_of(model), "limits are no state"


@pytest.mark.browser
@pytest.mark.parametrize("width", [328, 768])
@pytest.mark.parametrize("name", widgets.__all__)
def test_text_below_does_not_jump_when_the_widget_comes(browser, name, width):
    site = Published(
        browser, getattr(widgets, name)(), viewport={"width": width + 16, "height": 740}
    )
    site.page.add_init_script(SHIFTS)
    page = site.open()
    page.wait_for_selector(".afm-settled")
    assert not waiting.happens(lambda: page.evaluate("shift") > 0.05, 0.2, waiting.beat(page))
    site.close()
