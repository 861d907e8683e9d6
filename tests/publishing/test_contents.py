"""The open page's headings stand below its name in the side bar."""

from bs4 import BeautifulSoup

from convbook.publishing.contents import add_below_the_open_page, set_numbers_apart

HEADINGS = (
    '<ul><li><a class="reference internal nav-link" href="#one">One</a>'
    '<ul><li><a class="reference internal" href="#deeper">Deeper</a></li></ul></li></ul>'
)


def side_bar(html: str, headings: str = HEADINGS) -> BeautifulSoup:
    soup = BeautifulSoup(html, "html.parser")
    add_below_the_open_page(soup, headings)
    return soup


def test_headings_stand_below_the_innermost_open_page():
    soup = side_bar(
        '<ul><li class="active"><a href="4.html">4</a><ul>'
        '<li class="active"><a href="#">4.1</a></li><li><a href="42.html">4.2</a></li>'
        "</ul></li></ul>"
    )
    lists = soup.select("nav.on-this-page")
    assert [one.parent.a.get_text() for one in lists] == ["4.1"]
    assert [link["href"] for link in lists[0].select("a")] == ["#one"]


def test_its_links_are_not_taken_for_pages():
    """The marks of what was read count ``a.reference.internal``."""
    soup = side_bar('<ul><li class="active"><a class="reference internal" href="#">1</a></li></ul>')
    assert len(soup.select("a.reference.internal")) == 1


def test_a_page_without_headings_or_outside_the_list_gets_none():
    listed = '<ul><li class="active"><a href="#">1</a></li></ul>'
    assert not side_bar(listed, headings="").select("nav")
    assert not side_bar("<ul><li><a href='1.html'>1</a></li></ul>").select("nav")


def test_a_number_and_its_title_stand_apart_and_a_list_says_how_wide_its_numbers_are():
    soup = BeautifulSoup(
        '<ul><li class="has-children"><a class="internal" href="9.html">9. Nine</a><ul>'
        '<li><a class="internal" href="91.html">9.10 A <em>part</em></a></li></ul></li>'
        '<li><a class="internal" href="g.html">Glossary</a></li></ul>',
        "html.parser",
    )
    set_numbers_apart(soup)
    assert [(one.span.text, one.get_text()) for one in soup.select("a:has(span)")] == [
        ("9.", "9. Nine"),
        ("9.10", "9.10 A part"),
    ]
    assert [one["style"] for one in soup.select("ul")] == ["--number: 2", "--number: 4"]
    assert soup.a["style"] == "--count: 3", "as 1/2"
    assert soup.select("em")
    assert not soup.select("a[href='g.html'] span")
