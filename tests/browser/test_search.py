"""What a student types leads to the page that is meant."""

import json
from pathlib import Path

import pytest
from browsing import axe_violations
from playwright.sync_api import expect

QUERIES = json.loads(Path(__file__).with_name("queries.json").read_text("utf-8"))
RANKS = """(queries) => {
  const book = convbookSearch.index(convbookTexts);
  return queries.map(([query, page]) =>
    book.search(query).findIndex(({ url }) => url === `${page}.html`) + 1);
}"""


@pytest.fixture
def results(visits, book_site):
    def opened(query, scheme="http", **options):
        page = visits.open(book_site.url("search.html?q=" + query, scheme), **options)
        expect(page.locator("#search-said")).not_to_be_empty()
        return page

    return opened


@pytest.mark.parametrize("kind", QUERIES)
def test_students_queries_lead_to_the_page_that_is_meant(results, kind):
    """Of 40 queries at least 32 lead there first, and 38 have it among the first three."""
    ranks = results("padding").evaluate(RANKS, QUERIES[kind])
    later = {
        query: rank for (query, _), rank in zip(QUERIES[kind], ranks, strict=True) if rank != 1
    }
    assert len(ranks) == 40
    assert sum(rank == 1 for rank in ranks) >= 32, later
    assert sum(1 <= rank <= 3 for rank in ranks) >= 38, later


def test_a_slip_of_one_letter_still_finds_the_page(results):
    slips = [
        [f"{word[:3]}{word[4:]}", page]
        for word, page in [
            ("stride", "notebooks/04/04-04-stride-and-padding"),
            ("padding", "notebooks/04/04-04-stride-and-padding"),
            ("pooling", "notebooks/04/04-05-pooling"),
            ("augmentation", "notebooks/04/04-11-data-augmentation"),
            ("derivations", "notebooks/06-derivations"),
            ("interview", "book/21-interview-questions"),
            ("glossary", "book/glossary"),
        ]
    ]
    assert results("padding").evaluate(RANKS, slips) == [1] * len(slips)


def test_results_follow_what_is_typed_and_the_address_keeps_it(results, scheme):
    page = results("pooling", scheme)
    links = page.locator("#search-results li a")
    expect(links.first).to_contain_text("Pooling")
    page.locator(".bd-search-container input[type=search]").fill("receptive field")
    expect(links.first).not_to_contain_text("Pooling")
    expect(page.locator("#search-results mark").first).to_be_visible()
    assert "q=receptive+field" in page.url


def test_snippets_are_prose_and_nothing_stays_highlighted_on_the_page(results):
    page = results("output size formula")
    texts = page.locator("#search-results li p").all_text_contents()
    assert len(texts) > 5
    for text in texts:
        assert not any(raw in text for raw in ("\\(", "\\frac", "import ", "{code-cell")), text
        assert len(text) < 300
    page.locator("#search-results li a").first.click()
    assert "highlight" not in page.url
    expect(page.locator(".highlighted")).to_have_count(0)


def test_what_the_book_does_not_know_is_said_in_words(results):
    page = results("xylophone")
    expect(page.get_by_role("status")).to_contain_text("Nothing found")
    expect(page.locator("#search-results li")).to_have_count(0)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_results_is_accessible_and_fits(results, width):
    page = results("1x1 convolution", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [one["id"] for one in axe_violations(page, ".bd-search-container")] == []


def test_the_page_of_results_has_the_books_title_and_no_key_in_its_open_field(results):
    page = results("stride")
    title = page.locator(".bd-search-container h1")
    assert title.evaluate("title => getComputedStyle(title).fontWeight") == "600"
    expect(page.locator(".bd-search-container kbd:visible")).to_have_count(0)


def test_who_asks_for_more_gets_every_page_that_has_the_word(results):
    page = results("stride")
    said, links = page.get_by_role("status"), page.locator("#search-results li a")
    shown, found = (
        links.count(),
        page.evaluate("convbookSearch.index(convbookTexts).search('stride').length"),
    )
    assert shown < found
    expect(said).to_have_text(f"The {shown} pages that fit best, of {found}.")
    more = page.get_by_role("button", name=f"Show {found - shown} more pages")
    more.click()
    expect(links).to_have_count(found)
    expect(links.nth(shown)).to_be_focused()
    expect(more).to_be_hidden()
    page.locator(".bd-search-container input[type=search]").fill("xylophone")
    expect(links).to_have_count(0)
    expect(more).to_be_hidden()
