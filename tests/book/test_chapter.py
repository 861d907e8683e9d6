"""The chapter as a whole: no orphan objective, section or exercise; errata and figures complete."""

import re
import subprocess
import sys

from book_pages import ROOT, all_pages, contents, read_page
from claims import for_each

OBJECTIVES = read_page(ROOT / "book" / "01-learning-objectives.ipynb")
ERRATA = (ROOT / "book" / "errata.md").read_text("utf8")
ROWS = re.findall(r"^\| (\d+)\. (.*) \|$", OBJECTIVES.text, re.M)


def test_fourteen_objectives_each_taught_practised_and_examined():
    assert [int(number) for number, _ in ROWS] == list(range(1, 15))
    for number, row in ROWS:
        _, taught, practised, examined = row.split(" | ")
        assert re.search(r"\]\(|section", taught), f"objective {number} is taught nowhere"
        assert practised.strip(), f"objective {number} is practised nowhere"
        assert re.search(r"exercise|added|project", examined), f"objective {number} is not examined"


@for_each("number", range(1, 26))
def test_no_exercise_is_an_orphan(number):
    named = re.compile(rf"exercise {number}\b", re.I)
    examined = " ".join(row.split(" | ")[3] for _, row in ROWS)
    assert named.search(examined), f"exercise {number} examines no objective"
    pages = [
        page.name for page in all_pages() if page is not OBJECTIVES and named.search(page.text)
    ]
    assert len(pages) >= 2, f"exercise {number} is named on no page but {pages}"


@for_each("section", range(1, 25))
def test_every_section_is_in_the_contents(section):
    names = [path.relative_to(ROOT).as_posix() for path in contents()]
    assert any(re.search(rf"/{section:02d}\b", name) for name in names)


@for_each("number", range(1, 30))
def test_every_known_erratum_is_listed_with_its_place(number):
    assert re.search(rf"^\*\*A{number} · .+?\.\*\* \S", ERRATA, re.M), f"A{number} is missing"


@for_each("number", range(1, 11))
def test_every_correction_of_code_is_listed(number):
    assert re.search(rf"^\*\*B{number} · .+?\*\* \S", ERRATA, re.M), f"B{number} is missing"


def test_what_else_was_found_is_numbered_without_gaps():
    found = [int(number) for number in re.findall(r"^\*\*C(\d+) · ", ERRATA, re.M)]
    assert found == list(range(1, len(found) + 1))
    assert len(found) >= 10


def test_diagrams_are_what_their_code_draws(tmp_path):
    figures = ROOT / "book" / "figures"
    code = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import make;"
        "make.HERE = pathlib.Path(sys.argv[2]); make.main()"
    )
    command = [sys.executable, "-c", code, str(figures), str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    drawn = {path.name: path.read_text("utf8") for path in tmp_path.glob("*.svg")}
    kept = {path.name: path.read_text("utf8") for path in figures.glob("*.svg")}
    assert drawn == kept, "run python book/figures/make.py"
    for name, picture in kept.items():
        assert "<desc>" in picture, name


GLOSSARY = read_page(ROOT / "book" / "glossary.md")
ENTRIES = re.findall(r"^## (.+)\n\n(.+)$", GLOSSARY.text, re.M)


@for_each(("word", "meaning"), ENTRIES, ids=lambda word, _: word)
def test_a_word_of_the_glossary_is_linked_on_a_page_that_explains_it(word, meaning):
    anchor = re.sub(r"[^\w\- ]", "", word.lower()).replace(" ", "-")
    pages = re.findall(r"\]\((.+?)\)", meaning)
    named = {(GLOSSARY.path.parent / page).resolve() for page in pages}
    linking = [
        page.path
        for page in all_pages()
        if any(link.endswith(f"glossary.md#{anchor}") for link in page.links)
    ]
    assert named & set(linking), f"{word}: none of {pages} links to it"


def test_the_glossary_is_in_order_and_says_where_each_word_is_explained():
    words = [word for word, _ in ENTRIES]
    assert words == sorted(words, key=str.lower)
    assert all(re.search(r"\*Sections? \[", meaning) for _, meaning in ENTRIES)
