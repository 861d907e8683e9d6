"""Readers whose browser refuses something, or who print at once, get the page all the same."""

import pytest
from playwright.sync_api import expect

NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""
SHIFTS = """new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries())
    if (!hadRecentInput) window.shifted = (window.shifted ?? 0) + value;
}).observe({ type: "layout-shift", buffered: true });"""


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
        page.get_by_role("button", name="Color mode").click()
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
    assert page.evaluate("window.shifted ?? 0") <= 0.05
