"""The host that keeps widgets alive with no kernel, on a page of sample widgets."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from convbook.publishing.assets import STATIC


@pytest.fixture
def page(visits, small_site, scheme):
    """The page with all its widgets started but the last, which lies far below."""
    page = visits.open(small_site.url("index.html", scheme))
    for view in page.locator(".afm").all()[:-1]:
        view.scroll_into_view_if_needed()
        expect(view.locator(".afm-stage > *, .afm-error").first).to_be_attached()
    page.evaluate("scrollTo(0, 0)")
    return page


def test_all_views_of_a_widget_show_one_state(page):
    first, second = page.locator(".counter").all()
    expect(first).to_have_text("3 after 1")
    second.click()
    expect(first).to_have_text("4 after 1")
    expect(second).to_have_text("4 after 1")
    expect(first).to_have_css("color", "rgb(1, 2, 3)")
    assert page.evaluate("convbook.find('Counter').get('count')") == 4


def test_bytes_arrive_as_data_views_wherever_they_are_in_the_state(page):
    expect(page.locator(".holder")).to_have_text(
        ["DataView 36, DataView 6000, text 5000", "DataView 36, DataView 6000, text 0"]
    )


def test_listeners_hear_of_each_change_once(page):
    expect(page.locator(".listener")).to_have_text("once 2, value 2, any, value 3, any")


def test_a_widget_starts_when_it_comes_near_the_screen(page):
    last = page.locator(".afm").last
    expect(last.locator("figcaption")).to_be_visible()
    assert last.locator("img").get_attribute("loading") == "lazy", "it comes when it is near, too"
    assert last.locator(".counter").count() == 0
    last.scroll_into_view_if_needed()
    expect(last.locator(".counter")).to_have_text("100 after 1")
    expect(last.locator("img")).to_be_hidden()


def test_what_fails_says_so_in_words_and_shows_its_picture(page, visits):
    broken, later = (page.locator(".afm", has_text="A widget that breaks").nth(i) for i in (0, 1))
    expect(broken.get_by_role("alert")).to_contain_text("there are no numbers")
    expect(broken.locator("img")).to_be_visible()
    expect(later.get_by_role("alert")).to_have_count(0)
    later.locator(".fuse").click()
    expect(later.get_by_role("alert")).to_contain_text("the number is gone")
    expect(broken.get_by_role("alert")).not_to_contain_text("the number is gone")
    assert len(visits.problems) == 1, "the later error reaches the console too"
    visits.problems.clear()


@pytest.mark.parametrize(
    ("fragment", "count"),
    [
        ("#Counter?count=42", 42),
        ("#Counter?count=1e1&unknown=1", 10),
        ("#Counter?count=nonsense", 3),
        ("#Counter", 3),
        ("#Stranger?count=1", 3),
    ],
)
def test_a_fragment_sets_the_first_widget_of_its_class(visits, small_site, fragment, count):
    page = visits.open(small_site.url("index.html" + fragment))
    expect(page.locator(".counter").first).to_have_text(f"{count} after 1")


def test_a_fragment_goes_to_the_widget_and_a_link_on_the_page_does_too(visits, small_site, scheme):
    page = visits.open(small_site.url("index.html#Listener?value=9", scheme), height=300)
    expect(page.locator(".listener")).to_be_in_viewport()
    page.evaluate("location.hash = '#Counter?count=7'")
    expect(page.locator(".counter").first).to_have_text("7 after 1")
    expect(page.locator(".counter").first).to_be_in_viewport()


def test_without_scripts_a_widget_is_a_picture_with_a_caption(visits, small_site, scheme):
    page = visits.open(small_site.url("index.html", scheme), java_script_enabled=False)
    picture = page.get_by_alt_text("A button with 3").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 40
    expect(page.get_by_text("A button that counts.").first).to_be_visible()


def test_without_scripts_a_page_is_light_and_a_link_leads_to_the_contents(visits, small_site):
    address = small_site.url("index.html")
    page = visits.open(address, width=360, dark=True, java_script_enabled=False)
    assert page.locator("html").get_attribute("data-theme") == "light"
    link = page.get_by_role("link", name="Contents")
    expect(link).to_be_visible()
    assert page.locator(link.get_attribute("href")).count() == 1
    with_scripts = visits.open(address, width=360, dark=True)
    assert with_scripts.evaluate("({ ...document.documentElement.dataset })") == {
        "content_root": "./",
        "mode": "auto",
        "theme": "dark",
    }
    expect(with_scripts.get_by_role("link", name="Contents")).to_have_count(0)
    colour = with_scripts.get_by_role("button", name="Colour mode")
    assert colour.get_attribute("data-bs-toggle") is None, "a tooltip stays under a finger"


def test_the_page_for_lost_addresses_has_the_mode_that_was_chosen(visits, small_site):
    page = visits.open(small_site.url("404.html"))
    page.evaluate("localStorage.setItem('mode', 'dark')")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 29)"


def test_in_print_a_widget_is_its_picture(page):
    view = page.locator(".afm").first
    expect(view.locator(".counter")).to_be_visible()
    expect(view.locator("img")).to_be_hidden()
    page.emulate_media(media="print")
    expect(view.locator("img")).to_be_visible()
    expect(view.locator(".counter")).to_be_hidden()


def test_the_host_is_small():
    script = (STATIC / "host.js").read_bytes()
    assert (
        len(gzip.compress(script)) <= 6_000
    )  # the share that the widgets leave it: tests/widgets/test_sizes.py
    statements = [line for line in script.decode().splitlines() if re.search(r"\w", line)]
    assert len(statements) < 250  # twenty keep a widget's state in the address, forty try again
