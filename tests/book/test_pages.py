"""Pages are whole: links lead somewhere, notebooks are clean, reading times are true."""

import ast
import json
import math
import re
from pathlib import Path

from book_pages import (
    READING_LINE,
    WORDS_PER_MINUTE,
    all_pages,
    contents,
    is_for_instructors,
    is_statement,
)
from claims import for_each
from markdown_it import MarkdownIt

from convbook.items import questions

PAGES = all_pages()
NOTEBOOKS = [path for path in contents() if path.suffix == ".ipynb"]
READ = [page for page in PAGES if not is_statement(page) and not is_for_instructors(page)]
SECTIONS = [page for page in READ if re.match(r"\d", page.path.name)]
# Lists of pages, of runs and of references; the questions' own pages.
WITHOUT_QUESTIONS = {
    *("01-learning-objectives", "04-conceptual-explanation", "10-from-scratch"),
    *("11-keras-implementation", "11-04-recorded-runs", "18-mini-projects", "19-exercises"),
    *("20-multiple-choice", "24-references"),
}
DRAWING = {"image_row", "number_grid", "panels"}
LONGEST = 15  # minutes
OTHER_HOSTS = ("http://", "https://", "mailto:")

every_page = for_each("page", PAGES, ids=lambda page: page.name)
every_notebook = for_each("path", NOTEBOOKS, ids=lambda path: path.stem)


def headings(path: Path) -> set[str]:
    """Anchors of a Markdown page's headings, made as the book makes them."""
    titles = re.findall(r"^#+ (.*)$", path.read_text("utf8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@every_page
def test_links_between_pages_lead_to_pages_of_the_book(page):
    book = set(contents())
    for link in page.links:
        if link.startswith(OTHER_HOSTS):
            continue
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.is_file(), f"{page.name} links to {link}, which is not there"
        if path.suffix in (".md", ".ipynb"):
            assert path in book, f"{page.name} links to {link}, which is no page of the book"
        if anchor and path.suffix == ".md":
            assert anchor in headings(path), f"{link} has no such heading"


@every_page
def test_every_picture_says_in_words_what_it_shows(page):
    for alt in re.findall(r"!\[([^\]]*)\]\(", page.text):
        assert len(alt.split()) >= 8, f"{page.name}: say more than {alt!r}"
    for source in page.code:
        for call in figures_drawn_by(source):
            named = {keyword.arg for keyword in call.keywords}
            assert "alt" in named or len(call.args) >= 3, f"{page.name}: {call.func.id} without alt"


def figures_drawn_by(source: str):
    """Calls of the book's own drawing functions in one cell."""
    code = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in DRAWING:
            yield node


@every_page
def test_a_page_opens_with_one_title(page):
    tokens = MarkdownIt().parse(page.markdown[0])
    assert tokens[0].tag == "h1", f"{page.name} does not begin with its title"
    titles = re.findall(r"^# .*$", re.sub(r"```.*?```", "", page.text, flags=re.S), re.M)
    assert len(titles) == 1


@for_each("page", READ, ids=lambda page: page.name)
def test_no_page_takes_longer_than_fifteen_minutes_and_each_says_how_long(page):
    words = math.ceil((page.minutes - LONGEST) * WORDS_PER_MINUTE)
    assert page.minutes <= LONGEST, (
        f"{page.name} takes {page.minutes:.2f} minutes, at most {LONGEST}: "
        f"leave out about {words} words, or move a part to another page"
    )
    stated = READING_LINE.search(page.text)
    if page.path.stem == "index":
        return  # the landing page states the whole book's time
    assert stated, f"{page.name} does not say how long it takes: '*6 min · before this page: …*'"
    assert abs(int(stated[1]) - page.minutes) <= 1.5, f"{page.name}: {page.minutes:.1f} minutes"


def test_the_landing_page_states_the_whole_reading_time():
    landing = next(page for page in PAGES if page.path.stem == "index")
    hours = re.search(r"about (\d+(?:\.5)?) hours", landing.text)
    total = sum(page.minutes for page in READ) / 60
    assert hours, "the landing page says 'about N hours'"
    assert abs(float(hours[1]) - total) <= 0.5, f"reading everything takes {total:.2f} hours"


@every_notebook
def test_notebooks_carry_no_outputs_and_stable_ids(path):
    notebook = json.loads(path.read_text("utf8"))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(ids) == len(set(ids))
    assert "widgets" not in notebook["metadata"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@every_notebook
def test_notebook_prose_is_plain_markdown(path):
    cells = json.loads(path.read_text("utf8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            found = re.search(
                r"^(?:```|:::)\{|\{(?:cite|ref|doc|glue|numref)[:\w]*\}`", source, re.M
            )
            assert not found, f"{path.name}: {found[0]} shows raw in JupyterLab"


@for_each("page", SECTIONS, ids=lambda page: page.name)
def test_pages_end_with_three_lines_to_keep(page):
    head, _, keep = page.text.rpartition("## Three lines to keep")
    assert head, f"{page.name} has no three lines to keep"
    assert len(re.findall(r"^\d\. ", keep, re.M)) == 3


ASKING = [page for page in SECTIONS if page.path.stem not in WITHOUT_QUESTIONS]


@for_each("page", ASKING, ids=lambda page: page.name)
def test_pages_ask_two_questions_of_the_bank_before_their_three_lines(page):
    assert "## Check yourself" in page.text.rpartition("## Three lines to keep")[0], page.name
    code = "\n".join(page.code)
    named = re.findall(r"<!-- check-yourself: (.+?) -->", page.text)
    named += re.findall(r"check_yourself\((.+?)\)", code)
    assert len(named) == 1, f"{page.name} asks in {len(named)} places"
    ids = re.findall(r"[\w-]+", named[0])
    assert len(set(ids)) == 2
    assert set(ids) <= {question.id for question in questions()}
