"""The open page's headings stand below its name in the side bar."""

from bs4 import BeautifulSoup

from convbook.publishing.contents import add_below_the_open_page

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
