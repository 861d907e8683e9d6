"""Every number in prose is asserted on its page, glued from another, or cited with its year."""

import json
import os
from pathlib import Path

import pytest
from book_numerals import claims, unsupported
from book_pages import Page, all_pages, is_for_instructors, is_made_of_exercises, normal
from claims import for_each

EXCEPTIONS = json.loads((Path(__file__).parent / "number_exceptions.json").read_text("utf8"))
PAGES = [
    page for page in all_pages() if not is_made_of_exercises(page) and not is_for_instructors(page)
]
STRICT = os.environ.get("STRICT", "1") != "0"


@pytest.mark.skipif(not STRICT, reason="STRICT=0 was set")
@for_each("page", PAGES, ids=lambda page: page.name)
def test_every_number_in_prose_is_vouched_for(page):
    excused = {normal(entry["numeral"]) for entry in EXCEPTIONS if entry["page"] == page.name}
    left = [numeral for numeral in unsupported(page) if normal(numeral) not in excused]
    assert not left, (
        f"{page.name}: {left} stand in the text, but in no assert of the page; "
        "assert them in a cell, or cite a source with its year in the same paragraph"
    )


def test_exceptions_are_few_reasoned_and_still_needed():
    assert len(EXCEPTIONS) <= 40
    pages = {page.name: page for page in PAGES}
    for entry in EXCEPTIONS:
        assert len(entry["reason"].split()) >= 4, entry
        used = {normal(numeral) for numeral in unsupported(pages[entry["page"]])}
        assert normal(entry["numeral"]) in used, f"no longer needed: {entry}"


def page_of(text, *code):
    return Page(Path("x.ipynb"), (text,), code)


def test_an_invented_number_is_found():
    assert unsupported(page_of("The layer has 1,792 weights.")) == ["1,792"]


def test_an_asserted_number_is_accepted_in_either_notation():
    assert not unsupported(page_of("It has 1,792 weights.", "assert count == 1792"))
    assert not unsupported(page_of("74.3 % of them.", "assert f'{share:.1%}' == '74.3%'"))


def test_a_number_in_code_that_is_not_an_assertion_vouches_for_nothing():
    assert unsupported(page_of("It has 1,792 weights.", "count = 1792")) == ["1,792"]


def test_a_citation_needs_a_year_and_reaches_one_paragraph():
    cited = "Error 15.3 % ([Krizhevsky, 2012](24-references.md))."
    assert not unsupported(page_of(cited))
    assert unsupported(page_of(cited.replace("2012", "the paper"))) == ["15.3"]
    assert unsupported(page_of(cited + "\n\nAnd 26.2 %.")) == ["26.2"]


def test_names_and_places_are_no_claims():
    assert not claims("See section 4.2, exercises 1 and 3, ResNet-50, conv1_1 and a 2-D array.")
    assert not claims("## 4.2 The convolution operation")
    assert not claims("1. First\n")
    assert not claims("The array `x[3:5]` and [7](07-worked-examples.ipynb).")


def test_what_somebody_else_says_is_a_quotation_not_a_claim():
    assert not unsupported(page_of("The chapter prints “92–93%” and shows no run."))
    assert unsupported(page_of("It reaches 92 %.")) == ["92"]


def test_millions_may_be_asserted_in_full():
    assert not unsupported(page_of("It takes 35 million steps.", "assert steps <= 35_000_000"))
    assert unsupported(page_of("It takes 36 million steps.", "assert steps <= 35_000_000"))


def test_numbers_in_formulas_are_claims_and_their_powers_are_not():
    assert claims("$2 F^2 C = 462{,}422{,}016$") == ["2", "462422016"]
