"""The pages of a built site as they go on paper.

A widget is its picture, an answer that a reader unfolds is a note at the page's end, and a link
says where it leads: to a page's number, or to an address among the notes.
"""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

# What a screen needs and paper does not. Code that a page keeps folded away is plumbing.
FOR_SCREENS = (
    "a.headerlink, script, button, .toctree-wrapper, details.hide, .output.stderr, .afm-error, "
    ".book-place, .constants"
)
HEADINGS = re.compile("^h[1-5]$")
CALL = 4  # lines: an import, a blank one, and the widget with its settings
SHOW = re.compile(r"[:,]? ?\bshow (the \w+|it)$", re.IGNORECASE)


@dataclass
class Article:
    """A page: its address below the site, its part of the book, its depth in the contents."""

    address: str
    title: str
    part: str
    depth: int
    body: Tag

    @property
    def slug(self) -> str:
        """Its name in a document that holds all pages; fit to be an XML id."""
        return slug_of(self.address)

    @property
    def number(self) -> str:
        """The section's number, "4.2", or nothing."""
        found = re.match(r"(\d+(?:\.\d+)?)\.? ", self.title)
        return found[1] if found else ""


def slug_of(address: str) -> str:
    return "p-" + Path(address).stem


def read(site: Path) -> list[Article]:
    """Every page of the contents, in order and ready for paper."""
    articles = list(listed(site))
    if not articles:
        raise ValueError(f"{site} holds no built book: there is no contents list on its first page")
    known = {article.address for article in articles}
    for article in articles:
        prepare(article, known)
    return articles


def listed(site: Path):
    """The pages that the side bar of the landing page lists."""
    start = soup(site / "index.html").find("meta", attrs={"http-equiv": "Refresh"})
    landing = start["content"].partition("url=")[2] if start else "index.html"
    part = ""
    for item in soup(site / landing).select("nav.bd-links .caption-text, nav.bd-links li > a"):
        if item.name == "span":
            part = item.get_text(strip=True)
            continue
        address = joined(landing, item["href"])[0]
        body = soup(site / address).select_one("article.bd-article").extract()
        depth = len(item.find_parents("li")) - 1
        yield Article(address, " ".join(item.get_text().split()), part, depth, body)


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def joined(page: str, href: str) -> tuple[str, str]:
    """Where a link of a page leads: an address below the site, and an id there."""
    path, _, anchor = unquote(href).partition("#")
    if not path:
        return page, anchor
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), anchor


def prepare(article: Article, known: set[str]):
    for element in article.body.select(FOR_SCREENS):
        element.decompose()
    for formula in article.body.select("math[data-tex]"):
        formula.replace_with(formula["data-tex"])
    drop_calls(article)
    for view in article.body.select(".afm"):
        view["class"] = "widget"
        del view["data-model"]
    place_pictures(article)
    name_apart(article)
    notes = Notes(article)
    point_links(article, known, notes)
    fold_answers(article, notes)
    notes.append()
    lower_headings(article)
    article.body["data-slug"] = article.slug
    article.body.find(HEADINGS)["id"] = article.slug
    article.body["class"] = f"depth-{article.depth}"


def drop_calls(article):
    """A cell that does no more than show a widget is not worth reading on paper."""
    for cell in article.body.select(".cell:has(.afm)"):
        code = cell.select_one(".cell_input")
        if code and len(code.get_text().strip().splitlines()) <= CALL:
            code.decompose()


def place_pictures(article):
    """Addresses of pictures count from the site's folder."""
    for picture in article.body.find_all("img"):
        if not picture["src"].startswith("data:"):
            picture["src"] = joined(article.address, picture["src"])[0]
        for screen_only in ("loading", "fetchpriority", "decoding"):
            del picture[screen_only]


def name_apart(article):
    """Ids become unique among all pages."""
    for element in article.body.find_all(id=True):
        element["id"] = f"{article.slug}--{element['id']}"


def lower_headings(article):
    """A page that lies below another has its headings one level lower."""
    for heading in article.body.find_all(HEADINGS):
        heading.name = f"h{min(int(heading.name[1]) + article.depth, 6)}"


class Notes:
    """The numbered notes at the end of an article."""

    def __init__(self, article):
        self.article = article
        self.maker = BeautifulSoup("", "html.parser")
        self.items = []

    def add(self, *content) -> str:
        """Keep a note; return its id."""
        name = f"{self.article.slug}--note-{len(self.items) + 1}"
        item = self.maker.new_tag("li", id=name)
        item.extend(content)
        self.items.append(item)
        return name

    def append(self):
        if not self.items:
            return
        section = self.maker.new_tag("section", attrs={"class": "notes"})
        title = self.maker.new_tag("h2")
        title.string = "Notes"
        numbered = self.maker.new_tag("ol")
        numbered.extend(self.items)
        section.extend([title, numbered])
        self.article.body.append(section)

    def link(self, text: str, target: str, **attributes) -> Tag:
        link = self.maker.new_tag("a", href=f"#{target}", attrs=attributes)
        link.string = text
        return link

    def page_number(self, target: str) -> Tag:
        """A place for the number of the page that ``target`` stands on."""
        return self.maker.new_tag("span", attrs={"class": "page", "data-to": target})


def point_links(article, known, notes):
    for link in article.body.find_all("a", href=True):
        if re.match(r"[a-z]+:", link["href"]):
            note_address(link, notes)
            continue
        address, anchor = joined(article.address, link["href"])
        if address not in known:
            link.unwrap()  # a file to download, or a page that only a screen has
            continue
        target = slug_of(address) + (f"--{anchor}" if anchor and "?" not in anchor else "")
        link.attrs = {"href": f"#{target}"}
        if address != article.address:
            link.insert_after(notes.page_number(target))


def note_address(link, notes):
    """The address of another site, unless it is what the text says anyway."""
    if link.get_text().strip("/") in link["href"]:
        return
    address = notes.maker.new_tag("a", href=link["href"])
    address.string = link["href"]
    mark = notes.maker.new_tag("sup")
    mark.append(notes.link(str(len(notes.items) + 1), notes.add(address)))
    link.insert_after(mark)


def fold_answers(article, notes):
    """What a reader unfolds after a guess of their own goes to the notes."""
    for answer in article.body.find_all("details"):
        summary = " ".join(answer.summary.extract().get_text().split())
        label = SHOW.sub("", summary) or "The answer"
        title = notes.maker.new_tag("strong")
        title.string = f"{place_of(answer)}{label}. "
        target = notes.add(title, *[*answer.contents])
        lead = notes.maker.new_tag("p", attrs={"class": "fold"})
        lead.append(f"{label} · ")
        lead.append(notes.link(f"note {len(notes.items)}", target))
        lead.append(notes.page_number(target))
        answer.replace_with(lead)
        row_before(lead, notes).append(lead)


def row_before(lead, notes) -> Tag:
    """The row of folded answers that one directly follows, or a new row in its place."""
    before = lead.find_previous_sibling()
    if before is not None and "folds" in before.get("class", []):
        return before
    row = notes.maker.new_tag("div", attrs={"class": "folds"})
    lead.insert_before(row)
    return row


def place_of(element) -> str:
    """The heading or the numbered question that a folded answer belongs to."""
    question = element.find_previous_sibling("p")
    if question and re.match(r"\d+\.$", question.get_text().split(" ")[0]):
        return f"Question {question.get_text().split(' ')[0]} "
    heading = element.find_previous(HEADINGS)
    if heading is None or heading.name == "h1":
        return ""
    return heading.get_text(strip=True) + ". "
