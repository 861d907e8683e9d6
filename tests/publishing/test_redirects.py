"""An address that was published once leads on: from a web server's files and from a folder."""

import pytest
from browsing import Site, Visits

TABLE = """
notebooks/gone.html: new.html
notebooks/gone.html#one: other.html#uno
other.html#left: new.html#arrived
other.html#Dial: new.html
"""
LONG = "\n\n".join("A line of text." for _ in range(200))


@pytest.fixture(scope="module")
def built(book):
    (book.folder / "book").mkdir()
    (book.folder / "book/redirects.yml").write_text(TABLE)
    icon = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    (book.folder / "icon.svg").write_text(icon)
    with (book.folder / "conf.py").open("a") as conf:
        conf.write('html_favicon = "icon.svg"')
    book.page("new", f"# New\n\n{LONG}\n\n## Arrived\n\n{LONG}")
    book.page("other", f"# Other\n\n{LONG}\n\n## Uno\n\n{LONG}")
    book.contents("new", "other")
    book.build_well()
    with Site(book.site).served() as site:
        yield site


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("notebooks/gone.html", "new.html"),
        ("notebooks/gone.html#arrived", "new.html#arrived"),
        ("notebooks/gone.html#one", "other.html#uno"),
        ("other.html#left", "new.html#arrived"),
        ("other.html#Dial?value=3", "new.html#Dial?value=3"),
        ("other.html#uno", "other.html#uno"),
        ("other.html#100%", "other.html#100%"),  # a stray % is no encoding
        ("notebooks/gone.html#100%", "new.html#100%"),
    ],
)
def test_an_old_address_leads_to_the_new_one_with_its_fragment(built, browser, scheme, old, new):
    visits = Visits(browser)
    page = visits.open(built.url(old, scheme))
    page.wait_for_url(built.url(new, scheme))
    visits.close()
    assert visits.problems == []


@pytest.mark.browser
def test_without_scripts_an_old_page_leads_on_too(built, browser):
    visits = Visits(browser)
    page = visits.open(built.url("notebooks/gone.html"), java_script_enabled=False)
    page.wait_for_url(built.url("new.html"))
    visits.close()


def test_a_new_line_of_the_table_reaches_a_page_that_stays_as_it_is(book, built):
    (book.folder / "book/redirects.yml").write_text(f"{TABLE}other.html#later: new.html\n")
    book.build_well()
    assert '"later": "new.html"' in book.html("other")


def test_a_line_that_leads_nowhere_or_hides_a_page_stops_the_build(book, built):
    (book.folder / "book/redirects.yml").write_text("gone.html: nowhere.html\nother.html: new.html")
    said = book.build()
    assert said.returncode != 0
    assert "gone.html leads to nowhere.html, which is no page" in said.stderr
    assert "other.html has moved, but there is a page" in said.stderr
