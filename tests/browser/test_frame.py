"""The frame round the text: the buttons above it open the lists of the book and of the page."""

import pytest
from playwright.sync_api import expect

SECTION = "notebooks/04/04-06-the-standard-pipeline.html"
LANDING = "book/index.html"
STARTED = "document.readyState === 'complete'"


def opened(visits, address, width, **options):
    page = visits.open(address, width=width, height=740, **options)
    page.wait_for_function(STARTED)
    return page


@pytest.mark.parametrize("name", [SECTION, LANDING])
@pytest.mark.parametrize("width", [360, 768])
def test_a_tap_on_menu_opens_the_books_contents(visits, book_site, scheme, name, width):
    page = opened(visits, book_site.url(name, scheme), width, has_touch=True)
    menu = page.get_by_role("button", name="Menu")
    drawer = page.get_by_role("dialog", name="Menu")
    entry = page.get_by_role("link", name="4.6 The standard pipeline")
    expect(entry).to_be_hidden()
    menu.tap()
    expect(drawer).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(drawer.get_by_role("link", name="20. Multiple-choice")).to_be_visible()
    assert page.evaluate("document.querySelector('.tooltip')") is None
    page.touchscreen.tap(width - 8, 400)  # outside
    expect(drawer).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.tap()
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_the_menu_leads_to_a_page_and_shows_where_one_is(visits, book_site, scheme):
    page = opened(visits, book_site.url(SECTION, scheme), 360, has_touch=True)
    page.get_by_role("button", name="Menu").tap()
    drawer = page.get_by_role("dialog", name="Menu")
    expect(drawer.get_by_role("link", name="4.6 The standard pipeline")).to_be_in_viewport()
    drawer.get_by_role("link", name="4.7 The 1×1 convolution").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("4.7")


def test_on_this_page_leads_to_a_heading_and_closes(visits, book_site, scheme):
    page = opened(visits, book_site.url(SECTION, scheme), 360, has_touch=True)
    page.get_by_role("button", name="On this page").tap()
    drawer = page.get_by_role("dialog", name="On this page")
    last = drawer.get_by_role("link").last
    heading = page.locator(last.get_attribute("href")).get_by_role("heading").first
    last.tap()
    expect(drawer).to_be_hidden()
    expect(heading).to_be_in_viewport()


def test_the_landing_page_has_no_button_for_a_list_that_it_does_not_show(visits, book_site):
    page = opened(visits, book_site.url(LANDING), 360)
    expect(page.get_by_role("button", name="Menu")).to_be_visible()
    expect(page.get_by_role("button", name="On this page")).to_be_hidden()


def test_a_drawer_has_a_button_that_closes_it_and_the_sign_leads_home(visits, book_site, scheme):
    page = opened(visits, book_site.url(SECTION, scheme), 360, has_touch=True)
    for name in ("Menu", "On this page"):
        page.get_by_role("button", name=name).tap()
        drawer = page.get_by_role("dialog", name=name)
        drawer.get_by_role("button", name="Close").tap()
        expect(drawer).to_be_hidden()
    page.get_by_role("link", name="first page").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Convolutional neural networks#")


def test_what_stands_above_the_text_is_as_high_as_a_finger(visits, book_site):
    page = opened(visits, book_site.url(SECTION), 360, has_touch=True, is_mobile=True)
    for control in page.locator(".bd-header-article :is(button, a):visible").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 44, control.evaluate("e => e.outerHTML")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_menu_works_by_keyboard_and_gives_the_focus_back(visits, book_site, key):
    page = opened(visits, book_site.url(SECTION), 360)
    menu, drawer = (page.get_by_role(role, name="Menu") for role in ("button", "dialog"))
    menu.focus()
    page.keyboard.press(key)
    expect(drawer).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('dialog[open]') !== null")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(menu).to_be_focused()


@pytest.mark.parametrize("name", [SECTION, LANDING])
def test_on_a_wide_screen_menu_puts_the_list_away_and_brings_it_back(
    visits, book_site, scheme, name
):
    page = opened(visits, book_site.url(name, scheme), 1280)
    menu = page.get_by_role("button", name="Menu")
    entry = page.get_by_role("link", name="20. Multiple-choice")
    for shown in (False, True):
        menu.click()
        expect(menu).to_have_attribute("aria-expanded", str(shown).lower())
        expect(entry).to_be_visible(visible=shown)


NAV = ".sidebar-primary-item:has(> .bd-links)"
AT_ITS_END = """([selector, way]) => {
  const { scrollTop, clientHeight, scrollHeight } = document.querySelector(selector);
  return way < 0 ? scrollTop === 0 : scrollTop + clientHeight > scrollHeight - 2;
}"""


@pytest.mark.parametrize("name", [SECTION, "book/24-references.html"])
def test_the_list_shows_where_one_is_and_the_search_stays(visits, book_site, scheme, name):
    page = opened(visits, book_site.url(name, scheme), 1280)
    entry = page.locator("#pst-primary-sidebar li.active > a").last
    search = page.get_by_role("button", name="Search").first
    expect(entry).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("scrollY") == 0
    page.locator(NAV).hover()
    for way in (-4000, 4000):
        page.mouse.wheel(0, way)
        page.wait_for_function(AT_ITS_END, arg=[NAV, way])
        expect(search).to_be_in_viewport(ratio=0.9)
        expect(page.locator(".navbar-brand").first).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("scrollY") == 0  # the page does not scroll on where its list ends


def test_the_open_page_lists_its_headings_in_the_side_bar(visits, book_site, scheme):
    page = opened(visits, book_site.url(SECTION, scheme), 1280)
    headings = page.get_by_role("navigation", name="On this page")
    titles = page.locator(".bd-article section > h2")
    assert headings.get_by_role("link").count() == titles.count() > 5
    expect(page.get_by_role("button", name="On this page")).to_be_hidden()
    last = headings.get_by_role("link", name="Three lines to keep")
    last.click()
    expect(titles.last).to_be_in_viewport()
    expect(last).to_have_attribute("aria-current", "true")


def test_nothing_comes_and_goes_where_captions_stand(visits, book_site, scheme):
    """The theme's second list stood in the margin and was put away for every caption."""
    page = opened(visits, book_site.url(SECTION, scheme), 1280)
    assert page.locator(".bd-sidebar-secondary").count() == 0
    column = page.locator(".bd-article-container").bounding_box()
    caption = page.locator("figure.caption-beside figcaption").first.bounding_box()
    assert caption["x"] >= column["x"] + column["width"] - 33  # pixels; the column's own padding


def test_the_faces_are_asked_for_while_the_style_sheets_are_still_on_their_way(visits, book_site):
    """A face that comes after the first words were painted is not used on that page."""
    page = opened(visits, book_site.url(LANDING), 1280)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    held = []
    page.route("**/*.css*", lambda route: held.append(route))
    with page.expect_request("**/fonts/inter-latin-600-normal.woff2"):
        page.reload(wait_until="commit")
    faces = {url.rpartition("/")[2] for url in asked if url.endswith(".woff2")}
    page.unroute("**/*.css*")  # lets those go that were held
    assert len(faces) == 5, f"before any style sheet: {sorted(faces)}"
    assert held
    page.wait_for_function(STARTED)


#: For each piece of code: how wide it is, how wide its lines are, and the column of figures.
WIDTHS = """() => [...document.querySelectorAll('.bd-article pre')].map((pre) => {
  const lines = document.createRange();
  lines.selectNodeContents(pre);
  const { width } = lines.getBoundingClientRect();
  return [pre.clientWidth, width, pre.closest('section').clientWidth, pre.scrollWidth];
}).filter(([, width]) => width)"""


@pytest.mark.parametrize(
    "name", ["notebooks/11/11-03-grad-cam.html", "book/15-startup-applications.html"]
)
def test_code_takes_of_the_margin_what_its_longest_line_needs(visits, book_site, name):
    page = opened(visits, book_site.url(name), 1280)
    found = page.evaluate(WIDTHS)
    beyond = [row for row in found if row[0] > row[2]]
    assert beyond, "a line is longer than the column"
    assert all(slab - lines < 40 for slab, lines, *_ in beyond), beyond
    assert all(full <= slab + 1 for slab, *_, full in found), "nothing scrolls"


READ = [
    "book/01-learning-objectives",
    "notebooks/04/04-01-why-not-fully-connected",
    "notebooks/04/04-04-stride-and-padding",
]
LIST = """[...document.querySelectorAll('.bd-links a')]
  .filter((link) => link.checkVisibility())
  .map((link) => {
    const { x, y, width, height } = link.getBoundingClientRect();
    return [x, y, width, height].join(' ');
  })"""


# Where what stands in the margin ends: notes, captions, wide code and lines that it prints.
MARGIN = """[...document.querySelectorAll(":is(blockquote.aside, figcaption, .wide)")]
  .map((part) => part.getBoundingClientRect().right)"""


@pytest.mark.parametrize("name", ["02-introduction", "04/04-02-1-filters-and-channels"])
def test_the_margin_ends_within_the_narrowest_window_that_has_one(visits, book_site, name):
    page = visits.open(book_site.url(f"notebooks/{name}.html"), width=1200, height=720)
    ends = page.evaluate(MARGIN)
    assert 1100 < max(ends) <= 1200 - 15, "a bar to scroll by takes 15 pixels elsewhere"
    assert page.evaluate("document.documentElement.scrollWidth") == 1200


@pytest.mark.parametrize("width", [360, 1280])
def test_marks_of_what_was_read_move_nothing_in_the_list(visits, book_site, width):
    page = opened(visits, book_site.url(SECTION), width)
    if width < 960:
        page.get_by_role("button", name="Menu").click()
    before = page.evaluate(LIST)
    page.evaluate("read => localStorage.setItem('convbook:read', JSON.stringify(read))", READ)
    page.reload()
    page.wait_for_function(STARTED)
    if width < 960:
        page.get_by_role("button", name="Menu").click()
    link = page.get_by_role("link", name="4. Conceptual explanation")
    expect(link).to_contain_text("2/17")
    assert page.evaluate(LIST) == before
    for mark in page.locator(".read-mark:visible").all():
        title = mark.locator("xpath=..").locator(".page-title")
        (word, sign) = (one.evaluate(WORDS) for one in (title, mark.locator("> span").first))
        assert sign["right"] <= word["left"] or sign["left"] >= word["right"], mark.inner_html()


WORDS = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const { left, right } = range.getBoundingClientRect();
  return { left, right };
}"""


def test_titles_of_a_list_begin_below_each_other(visits, book_site):
    """Also those of two digits, and the second line of a title that has one."""
    page = opened(visits, book_site.url("book/24-references.html"), 1280)
    titles = page.locator(".bd-sidenav > .toctree-l1 > a > .page-title")
    assert titles.count() >= 24
    assert len({round(one["left"]) for one in titles.evaluate_all(f"all => all.map({WORDS})")}) == 1


def test_the_buttons_begin_with_the_text_and_stand_at_one_place_on_every_page(visits, book_site):
    places = set()
    for name in (SECTION, LANDING, "search.html?q=stride", "book/13-indian-case-studies.html"):
        page = opened(visits, book_site.url(name), 1280)
        sign = page.locator(".frame-sign").bounding_box()
        title = page.locator("#main-content h1:visible").first.bounding_box()
        assert abs(sign["x"] - title["x"]) < 1
        theme = page.get_by_role("button", name="Colour mode").bounding_box()
        places.add((sign["x"], theme["x"]))
    assert len(places) == 1


def test_the_menus_sign_says_whether_the_list_stands_there(visits, book_site):
    page = opened(visits, book_site.url(SECTION), 1280)
    filled = page.locator(".frame-sign .list")
    expect(filled).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(filled).to_be_hidden()


def test_what_is_on_this_page_has_a_name_and_stands_clear_of_its_rule(visits, book_site):
    page = opened(visits, book_site.url(SECTION), 360, has_touch=True)
    page.locator("#three-lines-to-keep").scroll_into_view_if_needed()
    page.get_by_role("button", name="On this page").tap()
    drawer = page.get_by_role("dialog", name="On this page")
    expect(drawer.get_by_role("heading", name="On this page")).to_be_visible()
    expect(drawer.locator("[aria-current]")).to_have_count(1)
    rule = drawer.locator("ul").bounding_box()["x"]
    for link in drawer.get_by_role("link").all():
        assert link.evaluate(WORDS)["left"] > rule + 8
    drawer.get_by_role("button", name="Close").tap()
    expect(page.locator("#page-headings > h2")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_lies_on_the_text_when_one_scrolls_back(visits, book_site, width):
    page = opened(visits, book_site.url(SECTION), width)
    for way in (3000, -400):
        at = page.evaluate("scrollY")
        page.mouse.move(width / 2, 400)
        page.mouse.wheel(0, way)
        page.wait_for_function(
            "([at, way]) => Math.sign(scrollY - at) === Math.sign(way)", arg=[at, way]
        )
    expect(page.get_by_text("Back to top")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_last_line_of_a_page_begins_where_its_text_does(visits, book_site, width):
    page = opened(visits, book_site.url(SECTION), width)
    last = page.locator(".bd-footer-content__inner p").last.bounding_box()
    assert abs(last["x"] - page.locator("#main-content h1:visible").first.bounding_box()["x"]) < 1
