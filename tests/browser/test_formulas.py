"""Formulas stand in the page as MathML first, and MathJax's take their places unnoticed."""

import pytest
from browsing import SHIFTS, shifted
from playwright.sync_api import expect

# On any machine, whatever its fonts, MathML now takes more room than MathJax.
LARGE_MATHML = """addEventListener("DOMContentLoaded", () => {
  const style = document.createElement("style");
  style.textContent = ".bd-article span.math math { font-size: 4em !important }";
  document.head.append(style);
});"""
# A formula of MathJax is there for each, in its place or still unseen; then two frames have passed.
ALL_SET = "!document.querySelector('.math:not(:has(mjx-container))')"
TWO_FRAMES = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
}"""
# Pages whose first screen has formulas in a paragraph, alone on a line, and in a table.
PAGES = [
    "notebooks/04/04-12-1-testing-a-heat-map",
    "notebooks/04/04-03-kernels",
    "notebooks/10/10-05-the-backward-pass",
    "book/cheat-sheet",
]
HEAT_MAP = PAGES[0]


def visited(visits, book_site, name, width=1280, height=720, script=SHIFTS):
    page = visits.open("about:blank", width=width, height=height)
    page.add_init_script(script)
    page.goto(book_site.url(f"{name}.html"))
    page.evaluate("dispatchEvent(new Event('scroll'))")  # then all formulas are set
    page.wait_for_function(ALL_SET)
    page.evaluate(TWO_FRAMES)
    return page


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_the_first_screen_moves_when_formulas_are_set(
    visits, book_site, name, width, height
):
    page = visited(visits, book_site, name, width, height)
    assert shifted(page) <= 0.02


@pytest.fixture
def heat_map(visits, book_site):
    """A page whose one formula would move a line of the first screen if it were set there."""
    page = visited(visits, book_site, HEAT_MAP, script=LARGE_MATHML)
    expect(page.locator("article math[data-tex]")).to_be_visible()
    expect(page.locator("article mjx-container")).to_be_hidden()
    return page


# Where the text after the formula's paragraph begins, where that paragraph ends, and its height.
LINES = """() => {
  const formula = document.querySelector("article span.math").closest("p");
  const below = formula.nextElementSibling.getBoundingClientRect();
  const { bottom, height } = formula.getBoundingClientRect();
  return [below.top, Math.ceil(bottom) + 1, height];
}"""


def is_set(page):
    expect(page.locator("article math[data-tex]")).to_have_count(0)
    expect(page.locator("article mjx-container")).to_be_visible()


def test_a_formula_that_would_move_a_line_is_set_when_the_reader_is_past_it(heat_map):
    heat_map.locator(".prev-next-area").scroll_into_view_if_needed()
    is_set(heat_map)


def test_the_text_stays_where_it_is_when_a_formula_above_the_screen_is_set(heat_map):
    top, bottom, height = heat_map.evaluate(LINES)
    heat_map.mouse.wheel(0, bottom)
    is_set(heat_map)
    heat_map.evaluate(TWO_FRAMES)
    now, _, lower = heat_map.evaluate(LINES)
    assert lower < height - 20, "the formula took more room before"
    assert now == pytest.approx(top - bottom, abs=2)


def test_a_formula_that_would_move_a_line_is_set_when_lines_are_made_anew(heat_map):
    heat_map.set_viewport_size({"width": 500, "height": 720})  # the text is narrower
    is_set(heat_map)


def test_a_formula_that_would_move_a_line_is_set_on_paper(heat_map):
    heat_map.evaluate("dispatchEvent(new Event('beforeprint'))")
    is_set(heat_map)


def test_a_formula_that_is_cut_off_on_a_telephone_is_set_at_once(visits, book_site):
    page = visited(visits, book_site, PAGES[1], width=360, height=900)
    expect(page.locator("article div.math mjx-container").first).to_be_visible()
    expect(page.locator("article div.math math[data-tex]")).to_have_count(0)


#: Formulas in sight that are MathML; how far the heading is from where a link leads; its ground.
ARRIVED = """() => {
  const seen = [...document.querySelectorAll("article math[data-tex]")].filter((math) => {
    const { width, top, bottom } = math.getBoundingClientRect();
    return width && bottom > 0 && top < innerHeight;
  });
  const section = document.querySelector(":target");
  const pixels = (element, name) => Number.parseFloat(getComputedStyle(element)[name]) || 0;
  const margin = pixels(document.documentElement, "scrollPaddingTop");
  const own = pixels(section, "scrollMarginTop");
  const ground = getComputedStyle(section.querySelector("h2")).backgroundColor;
  return [seen.length, section.getBoundingClientRect().top - margin - own, ground];
}"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("jumps", [False, True])
def test_a_link_to_a_heading_leads_to_set_formulas_and_the_heading_stays_in_its_place(
    visits, book_site, width, jumps
):
    address = book_site.url("notebooks/10/10-01-conv2d-from-scratch.html")
    page = visits.open(address if jumps else f"{address}#the-formula", width=width, height=740)
    if jumps:
        page.evaluate("location.hash = 'the-formula'")
    page.wait_for_function(f"() => ({ARRIVED})()[0] === 0")
    page.wait_for_function(ALL_SET)
    page.evaluate(TWO_FRAMES)
    unset, away, ground = page.evaluate(ARRIVED)
    assert unset == 0
    assert away == pytest.approx(0, abs=2)
    assert ground == "rgba(0, 0, 0, 0)"


# Whoever scrolls at once has a formula of three matrices in sight before MathJax is there.
SCROLLED_AT_ONCE = """
const scrolled = () => scrollTo({ top: 400, behavior: "instant" });
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(scrolled)));"""


def test_a_formula_that_will_take_several_lines_has_their_room_before_it_is_seen(visits, book_site):
    page = visits.open("about:blank", width=360, height=740)
    page.add_init_script(SHIFTS + SCROLLED_AT_ONCE)
    page.goto(book_site.url("notebooks/04/04-03-kernels.html"))
    page.wait_for_function(ALL_SET)
    page.evaluate(TWO_FRAMES)
    assert shifted(page) <= 0.03
    formula = page.locator(".bd-article div.math").first
    assert formula.locator("mjx-container").bounding_box()["height"] > 200, "three lines"
    page.evaluate("scrollTo(0, 3000)")
    page.wait_for_function("!document.querySelector('.bd-article div.math').style.minHeight")


# What would have set a formula by now, had it not waited for the letters beside it.
MATHJAX_IS_THERE = """async () => {
  await MathJax.startup.promise;
  for (let i = 0; i < 9; i++) await new Promise(requestAnimationFrame);
}"""


def test_a_formula_is_as_large_as_the_letters_that_the_reader_sees(visits, book_site):
    page = visits.open("about:blank", width=1280, height=720)
    held = []
    page.route("**/stix-two-text-latin-400-normal.woff2", lambda route: held.append(route))
    page.goto(book_site.url(f"{PAGES[2]}.html"), wait_until="commit")
    page.wait_for_function("window.MathJax?.startup?.typeset === false")
    page.evaluate("dispatchEvent(new Event('scroll'))")
    page.wait_for_function("MathJax.startup.promise")
    page.evaluate(MATHJAX_IS_THERE)
    assert page.locator("mjx-container").count() == 0, "before the letters are there"
    for route in held:
        route.continue_()
    page.wait_for_function(ALL_SET)
