"""A reader who looks for something finds it: by the index, or from an address that is wrong."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("address", "landing"),
    [
        ("/notebooks/04/04-04-stride-and-paddings.html", "/book/index.html"),
        ("/course/book/old/stride.html", "/book/index.html"),
        ("/no-such-thing", "/book/index.html"),
    ],
)
def test_a_missing_page_leads_on_from_any_depth(visits, book_site, address, landing):
    missing = (book_site.folder / "404.html").read_text("utf-8")
    page = visits.open("about:blank")
    page.route(f"**{address}", lambda route: route.fulfill(body=missing, content_type="text/html"))
    page.goto(book_site.address + address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This page does not exist")
    link = page.get_by_role("link", name=re.compile("To the first page"))
    expect(link).to_have_attribute("href", landing)
    similar = page.get_by_role("list").get_by_role("link")
    if "stride" in address:
        expect(similar.first).to_contain_text("Stride and padding")
    else:
        expect(similar).to_have_count(0)
    visits.problems = [problem for problem in visits.problems if "404" not in problem]


@pytest.mark.parametrize("missing", ["no-such-thing", "notebooks/no-such-thing", "a/b/c"])
def test_below_a_path_that_nobody_configured_a_missing_page_finds_the_book(
    visits, book_site, missing
):
    text = (book_site.folder / "404.html").read_text("utf-8")
    below = f"{book_site.address}/courses/2027/cnn/"

    def answer(route):
        name = route.request.url.removeprefix(below)
        if route.request.url.startswith(below) and (book_site.folder / name).is_file():
            route.fulfill(status=200, body="")
        else:
            route.fulfill(status=404, body=text, content_type="text/html")

    page = visits.open("about:blank")
    page.route(f"{book_site.address}/**", answer)
    page.goto(below + missing)
    link = page.get_by_role("link", name=re.compile("To the first page"))
    expect(link).to_have_attribute("href", "/courses/2027/cnn/book/index.html")
    visits.problems = [problem for problem in visits.problems if "404" not in problem]


def test_a_missing_page_searches_the_book(visits, book_site):
    page = visits.open(book_site.url("404.html"))
    page.get_by_role("searchbox").fill("padding")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#search-results li a").first).to_be_visible()


def test_the_index_leads_from_a_word_to_its_pages(visits, book_site):
    page = visits.open(book_site.url("book/glossary.html"))
    page.get_by_role("link", name="the index", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Index")
    entry = page.locator(".genindextable li").filter(has_text=re.compile(r"^stride\b"))
    expect(entry.get_by_role("link").first).to_have_attribute(
        "href", re.compile("glossary.*#stride")
    )
    entry.get_by_role("link").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stride and padding")
