"""The room that a page keeps for a widget: text doesn't jump when the widget is there."""

from contextlib import ExitStack

import pytest
import waiting
from browsing import SHIFTS, shifted
from published import Published

from convbook import widgets
from convbook.publishing import heights

#: Widgets whose pages are open at the same time.
TOGETHER = 6


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


def settled_shifts(browser, names, width) -> dict[str, float]:
    """How far text has jumped on each widget's page, once all of them have taken their room.

    They are opened one after the other and waited for together: a widget that stays smaller than
    its room keeps it for a second and a half.
    """
    with ExitStack() as closing:
        pages = {}
        for name in names:
            widget = getattr(widgets, name)()
            site = Published(browser, widget, viewport={"width": width + 16, "height": 740})
            closing.callback(site.close)
            site.page.add_init_script(SHIFTS)
            pages[name] = site.open()
        for page in pages.values():
            page.wait_for_selector(".afm-settled")

        def jumped():
            return {name: s for name, page in pages.items() if (s := shifted(page)) > 0.05}

        waiting.happens(jumped, 0.2, waiting.beat(page))
        return jumped()


@pytest.mark.browser
@pytest.mark.parametrize("width", [328, 768])
@pytest.mark.parametrize("first", range(0, len(widgets.__all__), TOGETHER))
def test_text_below_does_not_jump_when_the_widget_comes(browser, first, width):
    assert settled_shifts(browser, widgets.__all__[first : first + TOGETHER], width) == {}
