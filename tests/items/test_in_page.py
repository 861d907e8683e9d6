"""Questions of the bank as a page shows them: complete, in a fixed order, the answer folded."""

import re
from pathlib import Path

import pytest
from claims import for_each

from convbook.items import questions
from convbook.items.in_page import check_yourself, written_out

BOOK = Path(__file__).resolve().parents[2] / "book"
PROSE = [path for path in BOOK.glob("*.md") if "<!-- check-yourself:" in path.read_text("utf8")]


@for_each("question", questions(), ids=lambda question: question.id)
def test_every_question_shows_all_options_and_folds_the_answer(question):
    page = check_yourself(question.id).data
    before, _, folded = page.partition("<details>")
    assert before.count("<li>") == folded.count("<li>") == len(question.options)
    assert "Right." not in before
    assert folded.count("Right.") == 1


def test_reasons_stand_in_the_order_of_their_options():
    question = questions()[0]
    page = check_yourself(question.id).data
    shown = re.findall(r"<li>(.*?)</li>", page.partition("<details>")[0])
    right = next(i for i, item in enumerate(shown) if item == question.right.text)
    assert "Right." in re.findall(r"<li>(.*?)</li>", page.partition("<details>")[2])[right]


def test_the_order_is_the_same_each_time_and_not_always_the_bank_s():
    assert check_yourself("output-size-1").data == check_yourself("output-size-1").data
    first = [re.search(r"<li>(.*?)</li>", check_yourself(q.id).data)[1] for q in questions()]
    bank = [q.options[0].text for q in questions()]
    assert first != bank


def test_an_unknown_question_is_named():
    with pytest.raises(KeyError, match="no-such"):
        check_yourself("no-such")


@for_each("path", PROSE, ids=lambda path: path.stem)
def test_a_markdown_page_has_its_questions_as_the_bank_has_them_now(path):
    page = path.read_text("utf8")
    assert page.count("<p><strong>") == 2
    assert written_out(page) == page, f"run python -m convbook.items.in_page book/{path.name}"


def test_questions_are_written_below_their_comment_once_and_again():
    page = "Before.\n\n<!-- check-yourself: pool-1 -->\n\nAfter.\n"
    once = written_out(page)
    assert once.startswith("Before.\n\n<!-- check-yourself: pool-1 -->\n<div")
    assert once.endswith("\n</div>\n\nAfter.\n")
    assert written_out(once) == once
    assert written_out(once.replace("Max and average", "An old stem")) == once
    assert "\n\n" not in once.partition("<div")[2].partition("</div>")[0]
