"""Readers whose browser refuses something, or who print, get the page all the same."""

import re

import pytest
from browsing import SHIFTS, shifted
from playwright.sync_api import expect

NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""


@pytest.fixture
def without_storage(visits):
    page = visits.open("about:blank")
    page.add_init_script(NO_STORAGE)
    return page


def test_search_finds_pages_where_the_browser_keeps_nothing(without_storage, book_site):
    without_storage.goto(book_site.url("search.html?q=padding"))
    expect(without_storage.locator("#search-results li a").first).to_be_visible()


def test_the_theme_button_works_where_the_browser_keeps_nothing(without_storage, book_site):
    page = without_storage
    page.goto(book_site.url("book/notation.html"))
    seen = set()
    for _ in range(3):
        page.get_by_role("button", name="Colour mode").click()
        seen.add(page.evaluate("document.documentElement.dataset.mode"))
    assert seen == {"auto", "light", "dark"}


def test_a_formula_is_no_tex_before_mathjax_has_come(visits, book_site):
    page = visits.open("about:blank", java_script_enabled=False)
    page.goto(book_site.url("notebooks/05-mathematical-foundation.html"))
    text = page.locator("article.bd-article").inner_text()
    assert page.locator("article math").count() > 30
    assert "\\frac" not in text
    assert "\\(" not in text


def test_formulas_do_not_move_the_text_when_they_are_set(visits, book_site):
    page = visits.open("about:blank", width=360)
    page.add_init_script(SHIFTS)
    page.goto(book_site.url("notebooks/06-derivations.html"))
    page.evaluate("dispatchEvent(new Event('scroll'))")
    page.wait_for_function("!document.querySelector('.math:not(:has(mjx-container))')")
    assert shifted(page) <= 0.05


LOST = """() => [...document.querySelectorAll("article pre")]
  .filter((box) => box.clientWidth && box.scrollWidth > box.clientWidth)
  .map((box) => box.textContent)"""


@pytest.mark.parametrize(
    "name",
    ["notebooks/18/18-02-traffic-signs", "notebooks/12-scikit-learn-integration", "book/index"],
)
def test_code_on_paper_loses_no_line_end(visits, book_site, name):
    a4 = 794 - 2 * 38  # pixels of its width within the browser's own margins
    page = visits.open(book_site.url(f"{name}.html"), width=a4)
    page.emulate_media(media="print")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate(LOST) == []


def test_the_root_asks_for_no_icon_that_is_not_there(visits, book_site):
    visits.open(book_site.url("index.html")).wait_for_url("**/book/index.html")
    assert not [address for address in visits.requests if address.endswith("favicon.ico")]


def test_no_fold_is_named_by_the_builder(book_site):
    named = [p for p in book_site.pages() if "Show code cell" in (book_site.folder / p).read_text()]
    assert named == []


def test_a_page_read_to_its_end_is_marked_even_where_the_browser_keeps_nothing(
    without_storage, book_site
):
    page = without_storage
    page.goto(book_site.url("notebooks/04/04-03-kernels.html"))
    link = page.locator(".bd-sidenav").get_by_role("link", name="4.3 Kernels you should know")
    expect(link).not_to_contain_text("(read)")
    page.locator(".prev-next-area").scroll_into_view_if_needed()
    expect(link).to_contain_text("(read)")


def test_what_was_read_is_counted_on_other_pages(visits, book_site):
    page = visits.open(book_site.url("notebooks/04/04-03-kernels.html"))
    page.locator(".prev-next-area").scroll_into_view_if_needed()
    expect(page.get_by_text("(read)")).to_have_count(1)
    page.goto(book_site.url("book/notation.html"))
    expect(page.get_by_role("link", name=re.compile(r"\(1 of \d+ pages read\)"))).to_have_count(1)


def test_on_a_screen_wider_than_two_pages_widgets_are_larger_and_have_their_room(visits, book_site):
    page = visits.open("about:blank", width=2560, height=1300)
    page.add_init_script(SHIFTS)
    page.goto(book_site.url("notebooks/04/04-03-kernels.html"))
    page.locator(".afm").first.scroll_into_view_if_needed()
    page.wait_for_selector(".afm-settled .cb-widget [data-cb=response]")
    assert page.locator(".cb-widget").first.bounding_box()["width"] > 800
    assert page.evaluate("document.documentElement.scrollWidth") <= 2560
    assert shifted(page) <= 0.05


def test_the_glossary_is_a_list_and_not_a_page_for_each_word(visits, book_site):
    page = visits.open(book_site.url("book/glossary.html"))
    words = page.locator("#glossary-and-index > section")
    assert words.count() >= 60
    assert page.locator("article").evaluate("it => it.scrollHeight") / words.count() < 90
    heading, text = words.first.locator("h2"), words.first.locator("p")
    assert abs(heading.bounding_box()["y"] - text.bounding_box()["y"]) < 10, "beside each other"
