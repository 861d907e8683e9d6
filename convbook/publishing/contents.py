"""The side bar: the page that is open lists its own headings below its name; numbers make a column.

The theme's second list, right of the text, stood where captions, asides and wide code stand, and
came and went as they passed. With one list the margin belongs to them, and a narrow window, where
the side bar is a drawer, shows the headings in a drawer of their own (``static/frame.js``).
"""

import re

from bs4 import BeautifulSoup, NavigableString

NUMBER = re.compile(r"\s*(\d+(?:\.\d+)*\.?)\s+")
KINDS = ("page-number", "page-title")
LIST = {"id": "page-headings", "class": "on-this-page", "aria-label": "On this page"}


def drop_the_second_list(app, config):
    if config.html_theme == "sphinx_book_theme":  # others may not know the option
        config.html_theme_options["secondary_sidebar_items"] = []


def add_headings(app, pagename, templatename, context, doctree):
    side_bar, headings = (context.get(f"generate_{kind}_html") for kind in ("toctree", "toc"))
    if side_bar is None or headings is None:
        return

    def with_headings(*args, **kwargs):
        html = side_bar(*args, **kwargs)
        add_below_the_open_page(html, str(headings() or ""))
        set_numbers_apart(html)
        return html

    context["generate_toctree_html"] = with_headings


def add_below_the_open_page(side_bar: BeautifulSoup, headings: str) -> None:
    """Put a page's headings after its own link; a page that is not listed gets none."""
    here = side_bar.select("li.active > a")
    if not (here and headings):
        return
    below = side_bar.new_tag("nav", attrs=LIST)
    below.append(BeautifulSoup(headings, "html.parser"))
    for deeper in below.select("ul ul"):
        deeper.decompose()
    for link in below.select("a"):
        link["class"] = "nav-link"  # not a link to a page, as the others of the side bar
    here[-1].insert_after(below)


def set_numbers_apart(side_bar: BeautifulSoup) -> None:
    """Give the number before a page's title, and the title, an element each.

    A list with numbers says how many characters the longest has, for its column's width; a section
    with pages, how many "12/17" has, for the room at the end of its row (``read_marks.py``).
    """
    for pages in side_bar.select("ul:not(.on-this-page ul)"):
        longest = 0
        for link in pages.select(":scope > li > a.internal"):
            text = link.contents[0] if link.contents else None
            if not (isinstance(text, NavigableString) and (found := NUMBER.match(text))):
                continue
            number, title = (side_bar.new_tag("span", attrs={"class": kind}) for kind in KINDS)
            number.string = found[1]
            text.replace_with(text[found.end() :])
            title.extend([*link.contents])
            link.extend([number, " ", title])
            longest = max(longest, len(found[1]))
        if longest:
            pages["style"] = f"--number: {longest}"
    for section in side_bar.select("li.has-children:has(> a.internal)"):
        links = section.select("a.internal")  # its own, and those of its pages
        links[0]["style"] = f"--count: {2 * len(str(len(links))) + 1}"


def setup(app):
    app.connect("config-inited", drop_the_second_list)
    # After the theme has put its functions there.
    app.connect("html-page-context", add_headings, priority=810)
