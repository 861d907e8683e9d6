"""A widget whose script does not arrive says so, and starts when there is a network again."""

import re

import pytest
from harness import show
from playwright.sync_api import expect
from published import ORIGIN, PAGE, Published

from convbook.widgets import OutputSizeCalculator, TrainingLab

pytestmark = pytest.mark.browser

SCRIPT = f"{ORIGIN}/afm/front.js"
WIDGET = ".cb-output-size-calculator .cb-body > *"


@pytest.fixture
def cut_off(browser):
    """A published page that lost its network before its widget came."""
    site = Published(browser, OutputSizeCalculator())
    site.context.route(SCRIPT, lambda route: route.abort("internetdisconnected"))
    site.context.route(PAGE, site._answer)
    site.context.set_offline(True)
    site.page.goto(f"{PAGE}#OutputSizeCalculator?stride=2")
    yield site
    site.close()


def connect(site):
    site.context.unroute(SCRIPT)
    site.context.set_offline(False)


def test_it_says_that_one_is_offline_and_starts_by_itself_as_the_link_asked(cut_off):
    note = cut_off.page.get_by_role("status").filter(has_text="You are offline")
    expect(note.get_by_role("button", name="Try again")).to_be_visible()
    expect(cut_off.page.locator(".afm-error")).to_have_count(0)
    expect(cut_off.page.locator(".afm figure")).to_be_attached()
    connect(cut_off)
    expect(cut_off.page.locator(WIDGET).first).to_be_visible()
    assert cut_off.state("stride") == {"stride": 2}
    expect(note).to_have_count(0)


def test_a_press_tries_again_and_fails_again_in_the_same_words(cut_off):
    again = cut_off.page.get_by_role("button", name="Try again")
    again.click()
    expect(cut_off.page.locator(".afm-waits")).to_have_count(1)
    expect(again).to_be_visible()
    cut_off.context.unroute(SCRIPT)  # a network of which the browser tells nothing
    again.click()
    expect(cut_off.page.locator(WIDGET).first).to_be_visible()


def test_its_room_says_that_it_is_loading_until_it_has_come(cut_off):
    sign = "one => getComputedStyle(one, '::after').content"
    view = cut_off.page.locator(".afm")
    expect(cut_off.page.locator(".afm-waits")).to_be_visible()
    assert view.evaluate(sign) == "none"
    held = []
    cut_off.context.unroute(SCRIPT)
    cut_off.context.route(SCRIPT, lambda route: held.append(route))
    cut_off.page.get_by_role("button", name="Try again").click()
    cut_off.page.wait_for_function("!document.querySelector('.afm-waits')")
    assert re.match('"Loading', view.evaluate(sign))
    assert held
    cut_off._answer(held[0])
    expect(cut_off.page.locator(WIDGET).first).to_be_visible()
    assert view.evaluate(sign) == "none"


def test_what_a_widget_fetches_itself_is_asked_for_again_too(open_page):
    page = open_page()
    page.evaluate(
        "() => { Model.prototype.load = async () => {"
        " throw Object.assign(new Error('you are offline'), { fetching: true }); }; }"
    )
    show(page, TrainingLab())
    expect(page.get_by_role("status").filter(has_text="you are offline")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.evaluate("() => { delete Model.prototype.load; dispatchEvent(new Event('online')); }")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
